"""`pumplog export …`: files in a folder, for their owner alone, written down, and an honest exit code."""

import json
import stat
from pathlib import Path

import pytest

from pumplog.desk import Desk
from tests.cli.terminal import EXPECTED, SAMPLE, assert_sentences, inside


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    assert inside("--database", database, "import", SAMPLE, "--accept-good-rows").code == 0
    return database


def test_views_are_files_for_their_owner_alone_and_a_line_says_who_took_them(clinic: Path, tmp_path: Path) -> None:
    words = ("export", "views", "--out", tmp_path / "out", "--by", "M. Keller", "--format", "json")
    said = inside("--database", clinic, *words)
    assert said.code == 0, said.err
    assert said.json["pumps_count"] == EXPECTED["pumps"]
    written = [Path(path) for path in said.json["files"]]
    assert {path.name for path in written} >= {"pump.parquet", "refill_visit.parquet", "columns.md"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    with Desk.open(clinic) as desk:
        line = desk.logbook.access_events()[-1]
        assert (line.kind, line.pump_id, line.recorded_by) == ("paper_made", "views", "M. Keller")


def test_a_fhir_bundle_of_a_pump_and_what_cannot_be_asked(clinic: Path, tmp_path: Path) -> None:
    serial = inside("--database", clinic, "due", "--format", "json").json[0]["pump_serial"]
    words = ("export", "fhir", "--pump", serial, "--out", tmp_path / "out", "--by", "M. Keller", "--format", "json")
    said = inside("--database", clinic, *words)
    assert said.code == 0, said.err
    (written,) = said.json["files"]
    assert json.loads(Path(written).read_bytes())["resourceType"] == "Bundle"
    assert serial not in written
    for wrong, field in (
        (("--from", "5.5.2026x"), "from"),
        (("--pump", "NOBODY"), "pump_serial"),
        ((), "pump_serial"),
    ):
        refused = inside(
            "--database", clinic, "export", "fhir", *wrong, "--out", tmp_path / "none", "--format", "json"
        )
        assert (refused.code, refused.json["refused"][0]["field"]) == (1, field)
    assert not (tmp_path / "none").exists()


def test_an_export_without_a_folder_or_a_log_is_refused(clinic: Path, tmp_path: Path) -> None:
    assert inside("--database", clinic, "export", "views").code == 2
    missing = inside("--database", tmp_path / "none.duckdb", "export", "views", "--out", tmp_path)
    assert missing.code == 1
    assert_sentences(missing.err)
    assert list(tmp_path.iterdir()) == []
