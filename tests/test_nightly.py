"""The papers of the night: when they are due on the clinic's clock, where they go, what is said when they fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pumplog.errors import EntryRefused
from pumplog.logbook.backup import prove_copy
from pumplog.reference import load_reference
from pumplog.reference.nightly import Nightly
from pumplog.serving.nightly import NightlyPapers, NightWatch
from tests.stories.clinic import Clinic, Opened

BERLIN = ZoneInfo("Europe/Berlin")


@contextmanager
def nights(folder: Path, more: str = "", *, zone: str = "UTC") -> Iterator[tuple[Opened, NightlyPapers]]:
    """A clinic that wants both papers at half past five, and who makes them."""
    clinic = Clinic(folder / "clinic", zone=zone)
    (folder / "clinic" / "clinic.toml").write_text(
        f'zone = "{zone}"\n[nightly]\ndigest_to = "{folder}/digest"\ndowntime_pack_to = "{folder}/pack"\n{more}',
        "utf-8",
    )
    with clinic.open() as opened:
        yield opened, NightlyPapers(opened.desk)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_makes_both_once_a_night_and_again_the_next(tmp_path: Path) -> None:
    with nights(tmp_path) as (opened, papers):
        opened.clinic.now = datetime(2026, 5, 5, 5, 30, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]
        assert names_in(tmp_path / "pack") == ["downtime-pack-2026-05-05.pdf"]
        assert len(names_in(tmp_path / "digest")) == 3
        for minutes in (1, 60, 20 * 60, 23 * 60 + 59):
            opened.clinic.now = datetime(2026, 5, 5, 5, 30, tzinfo=UTC) + timedelta(minutes=minutes)
            assert papers.make_due() == []
        opened.clinic.now = datetime(2026, 5, 6, 5, 30, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]


def test_a_server_that_slept_through_the_hour_makes_them_when_it_wakes(tmp_path: Path) -> None:
    with nights(tmp_path) as (opened, papers):
        opened.clinic.now = datetime(2026, 5, 5, 11, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]
    with nights(tmp_path) as (opened, papers):
        opened.clinic.now = datetime(2026, 5, 6, 5, 29, tzinfo=UTC)
        assert papers.make_due() == []
        opened.clinic.now = datetime(2026, 5, 9, 2, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), 2), (date(2026, 10, 25), 1), (date(2026, 7, 1), 2)])
def test_the_hour_is_the_clinics_whatever_the_clocks_do_that_night(tmp_path: Path, on: date, hours: int) -> None:
    with nights(tmp_path, zone="Europe/Berlin") as (opened, papers):
        due = datetime(on.year, on.month, on.day, 5, 30, tzinfo=BERLIN)
        assert due.utcoffset() == timedelta(hours=hours)
        opened.clinic.now = (due - timedelta(days=1)).astimezone(UTC) + timedelta(hours=3)
        papers.make_due()
        opened.clinic.now = due.astimezone(UTC) - timedelta(minutes=1)
        assert papers.make_due() == []
        opened.clinic.now = due.astimezone(UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]


def test_an_hour_that_the_clocks_leave_out_is_not_left_out(tmp_path: Path) -> None:
    with nights(tmp_path, 'at = "02:30"', zone="Europe/Berlin") as (opened, papers):
        opened.clinic.now = datetime(2026, 3, 28, 12, tzinfo=UTC)
        papers.make_due()
        opened.clinic.now = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
        assert papers.make_due() == []
        opened.clinic.now = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]


def test_a_failure_is_kept_and_tried_again_after_a_while(tmp_path: Path) -> None:
    with nights(tmp_path) as (opened, papers):
        (tmp_path / "pack").write_text("in the way")
        opened.clinic.now = first = datetime(2026, 5, 5, 5, 30, tzinfo=UTC)
        assert papers.make_due() == ["digest", "downtime_pack"]
        told = opened.desk.papers()
        assert told["digest"].failed_at is None
        assert told["downtime_pack"].failed_at == first
        assert "cannot be written to" in told["downtime_pack"].failed_says
        opened.clinic.now = first + timedelta(minutes=14)
        assert papers.make_due() == []
        (tmp_path / "pack").unlink()
        opened.clinic.now = first + timedelta(minutes=15)
        assert papers.make_due() == ["downtime_pack"]
        assert opened.desk.papers()["downtime_pack"].failed_at is None


def test_a_paper_made_by_hand_is_not_the_copy_of_the_night(tmp_path: Path) -> None:
    with nights(tmp_path) as (opened, papers):
        opened.clinic.now = datetime(2026, 5, 5, 6, tzinfo=UTC)
        opened.desk.digest(by="M. Keller")
        opened.desk.downtime_pack(by="M. Keller", forms_count=1)
        assert papers.make_due() == ["digest", "downtime_pack"]


def test_old_copies_are_let_go(tmp_path: Path) -> None:
    with nights(tmp_path, "keep_days = 2") as (opened, papers):
        for day in range(5):
            opened.clinic.now = datetime(2026, 5, 5 + day, 5, 30, tzinfo=UTC)
            papers.make_due()
        assert names_in(tmp_path / "pack") == [f"downtime-pack-2026-05-{day:02}.pdf" for day in (7, 8, 9)]


def test_the_backup_of_the_night_is_proved_kept_by_number_and_its_failure_is_said(tmp_path: Path) -> None:
    with nights(tmp_path, f'backup_to = "{tmp_path}/backups"\nkeep_backups_count = 2') as (opened, papers):
        for day in range(4):
            opened.clinic.now = datetime(2026, 5, 5 + day, 5, 30, tzinfo=UTC)
            assert papers.make_due()[0] == "backup"
        kept = names_in(tmp_path / "backups")
        assert kept == [f"pumplog-nightly-2026-05-{day:02}T05-30-00Z" for day in (7, 8)]
        newest = next((tmp_path / "backups" / kept[-1]).glob("*.duckdb"))
        assert prove_copy(newest).head == opened.desk.head()
        assert opened.desk.papers()["backup"].by_night_at == opened.clinic.now
        opened.desk.back_up(tmp_path / "backups", by="M. Keller")
        opened.clinic.now += timedelta(days=1)
        (tmp_path / "backups").rename(tmp_path / "taken away")
        (tmp_path / "backups").write_text("in the way")
        papers.make_due()
        told = opened.desk.papers()["backup"]
        assert (told.failed_at, told.made_at) == (opened.clinic.now, opened.clinic.now - timedelta(days=1))
        assert "No backup could be put into" in told.failed_says


def test_the_watch_looks_by_itself_and_ends_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pumplog.serving.nightly._LOOK_EVERY_SECONDS", 0.01)
    with nights(tmp_path) as (opened, _):
        watch = NightWatch(lambda: opened.desk)
        watch.start()
        for _ in range(600):
            if opened.desk.papers()["downtime_pack"].by_night_at is not None:
                break
            watch._over.wait(0.1)
        watch.stop()
        assert not watch._thread.is_alive()
        assert names_in(tmp_path / "pack") == ["downtime-pack-2026-01-01.pdf"]


# --- settings ---


def settings(folder: Path, table: str) -> Nightly:
    (folder / "clinic.toml").write_text(f"[nightly]\n{table}", "utf-8")
    return load_reference(folder / "clinic.toml").nightly


def test_without_the_table_nothing_is_made_at_night(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text("margin_days = 5")
    assert not load_reference(tmp_path / "clinic.toml").nightly.makes_anything
    assert not load_reference().nightly.makes_anything


@pytest.mark.parametrize("said", ['"04:15"', "04:15:00"])
def test_takes_an_hour_with_quotes_or_without(tmp_path: Path, said: str) -> None:
    assert str(settings(tmp_path, f"at = {said}").at) == "04:15:00"


@pytest.mark.parametrize(
    ("table", "field", "mend"),
    [
        ('at = "25:00"', "nightly.at", 'at = "05:30"'),
        ("at = 5", "nightly.at", 'at = "05:30"'),
        ('digest_to = "papers"', "nightly.digest_to", "from the root on"),
        ("downtime_pack_to = 1", "nightly.downtime_pack_to", "downtime_pack_to = "),
        ("keep_days = 0", "nightly.keep_days", "keep_days = 14"),
        ('backup_to = "backups"', "nightly.backup_to", "from the root on"),
        ("keep_backups_count = 0", "nightly.keep_backups_count", "keep_backups_count = 30"),
        ("keep_days = true", "nightly.keep_days", "keep_days = 14"),
        ('digest_too = "/x"', "nightly.digest_too", "Did you mean digest_to?"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_named_with_its_mend(
    tmp_path: Path, table: str, field: str, mend: str
) -> None:
    with pytest.raises(EntryRefused) as refusal:
        settings(tmp_path, table)
    (fault,) = refusal.value.faults
    assert fault.field == field
    assert fault.says.startswith("clinic.toml: ")
    assert mend in fault.says
