"""A clinic's own tolerances decide its findings."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pumplog.desk import Desk
from pumplog.rules import Weight


def weights(folder: Path, settings: str) -> dict[str, Weight]:
    """The findings of a visit with 1 mL less drawn than expected, under these settings."""
    folder.mkdir(exist_ok=True)
    (folder / "clinic.toml").write_text(settings, "utf-8")
    with Desk.open(folder / "clinic.duckdb", now=lambda: datetime(2026, 5, 1, tzinfo=UTC)) as desk:
        fill = {
            "kind": "refilled",
            "pump_serial": "NG1",
            "happened_at": "2026-01-05",
            "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
            "volume_after_fill_ml": "20",
            "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
            "pump_running": True,
        }
        register = {
            "kind": "registered",
            "pump_serial": "NG1",
            "happened_at": "2026-01-04",
            "patient": {"patient_id": "1", "name": "Invented, Name"},
            "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
        }
        for said in (register, fill):
            entry = desk.read_entry(said)
            desk.record(entry, by="M. Keller", seen=desk.seen_of(entry))
        again = desk.read_entry(fill | {"happened_at": "2026-04-15", "drawn_ml": "4"})
        return {one.code: one.weight for one in desk.preview(again, by="M. Keller").findings}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("", "residual_within"),
        ("evaluate_ml = 0.9", "residual_evaluate"),
        ("evaluate_ml = 1", "residual_within"),
        ("finding_high_ratio = 1.05", "residual_evaluate"),
    ],
)
def test_the_clinics_own_tolerance_decides_the_finding(tmp_path: Path, settings: str, code: str) -> None:
    found = weights(tmp_path / "clinic", settings)
    assert [name for name in found if name.startswith("residual")] == [code]
