"""The doctor finds each thing that is wrong, names it, and says the mend; and is quiet where all is well."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pumplog.desk import Desk
from pumplog.desk.examining import Health, of_orphans, of_the_clock, of_the_memory
from pumplog.logbook import Event, Logbook
from pumplog.logbook.anchor import anchor_path
from pumplog.logbook.answering import answering
from pumplog.outlook import Tier
from pumplog.serving import doctor
from pumplog.serving.doctor import examine
from tests.cli.terminal import inside
from tests.logbook.said import filled, new, tamper
from tests.stories.clinic import Clinic

SETTINGS = 'zone = "Etc/UTC"\n[nightly]\nbackup_to = "{folder}/backups"\n'


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic with one pump and a backup of this moment, its backups as good as on another disk."""
    folder = tmp_path_factory.mktemp("well")
    with Clinic(folder / "clinic").open() as opened:
        opened.ordinary("NGX100001")
    return folder / "clinic"


@pytest.fixture
def database(_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(_once, tmp_path / "clinic")
    (tmp_path / "clinic" / "clinic.toml").write_text(SETTINGS.format(folder=tmp_path), "utf-8")
    for path in (tmp_path / "clinic").iterdir():
        path.chmod(0o600)
    database = next((tmp_path / "clinic").glob("*.duckdb"))
    assert inside("--database", database, "backup", "--by", "M. Keller").code == 0
    return database


def unwell(database: Path) -> dict[str, Health]:
    """What the doctor complains of, each with a mend."""
    found = [check for check in examine(database) if check.health is not Health.WELL]
    assert all(check.mend.endswith((".", ")", '"')) and check.says for check in found), found
    return {check.about: check.health for check in found}


def test_where_all_is_well_there_is_one_thing_to_look_at(database: Path) -> None:
    """In a test, backups cannot lie on another disk: the doctor says that, and nothing else."""
    assert unwell(database) == {"backup folder": Health.LOOK}
    said = inside("--database", database, "doctor")
    assert (said.code, said.err) == (1, "")
    assert "which is on the disk of the log" in said.out
    told = inside("--database", database, "doctor", "--format", "json").json
    assert {one["health"] for one in told} == {"well", "look"}


def test_the_same_through_the_app(database: Path) -> None:
    alone = inside("--database", database, "doctor", "--format", "json").json
    with Logbook.open(database) as log, answering(database, log):
        words = [sys.executable, "-m", "pumplog", "--database", str(database), "doctor", "--format", "json"]
        done = subprocess.run(words, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 1

    def kinds(said: object) -> list[tuple[str, str]]:
        assert isinstance(said, list)
        return [(one["about"], one["health"]) for one in said]

    assert kinds(json.loads(done.stdout)) == kinds(alone)


def test_names_the_event_that_was_altered_though_the_log_does_not_open(database: Path) -> None:
    tamper(database, "UPDATE event_log SET recorded_by = 'somebody' WHERE sequence = 2")
    said = inside("--database", database, "doctor")
    assert said.code == 2
    assert "✕ log: Event 2 was altered after it was written" in said.out
    assert "docs/recovery.md" in said.out


def test_finds_what_is_wrong_around_the_log(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = database.parent
    (folder / "clinic.toml").write_text('[nightly]\nbackup_to = "/nowhere/at/all"\n', "utf-8")
    (folder / "clinic.toml").chmod(0o644)
    with duckdb.connect(database) as connection:
        connection.execute("DROP TRIGGER event_log_refuses_update ON event_log")
    monkeypatch.setenv("STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", "false")
    for limit in ("FREE_LOOK_BYTES", "FREE_WRONG_BYTES"):
        monkeypatch.setattr(doctor, limit, 1 << 60)
    monkeypatch.setattr(doctor, "BACKUP_LOOK", timedelta(0))
    assert unwell(database) == {
        "triggers": Health.WRONG,
        "zone": Health.LOOK,
        "free disk": Health.WRONG,
        "files": Health.WRONG,
        "web server": Health.LOOK,
        "backup age": Health.LOOK,
        "newest backup": Health.WRONG,
    }
    assert "triggers" not in unwell(database)  # looking put them back


def test_a_log_that_is_held_or_without_its_anchor_is_said_with_the_way_out(database: Path) -> None:
    anchor_path(database).unlink()
    found = examine(database)
    assert (found[0].about, found[0].health) == ("log", Health.WRONG)
    assert "The anchor is missing or cannot be read" in found[0].mend
    (database.parent / "clinic.toml").write_text("zone = 5", "utf-8")
    assert unwell(database)["settings"] is Health.WRONG


def test_a_backup_of_another_log_is_none(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "clinic.duckdb"
    other.parent.mkdir()
    filled(other, 3)
    assert inside("--database", other, "backup", "--to", tmp_path / "backups", "--by", "M. Keller").code == 0
    mine = sorted((tmp_path / "backups").iterdir())
    for folder in mine[:-1]:
        shutil.rmtree(folder)
    assert unwell(database)["newest backup"] is Health.WRONG


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Event]]:
    with Logbook.open(tmp_path_factory.mktemp("three") / "log.duckdb") as log:
        yield list(log.append_all([new(number) for number in range(1, 4)], seen={"P1": 0}))


def test_finds_entries_about_nothing(three: list[Event]) -> None:
    lost = replace(three[1], body='{"replacement": {"visit_event_ids": ["event-1", "gone"]}}')
    found = {check.about: check for check in of_orphans([three[0], lost], {"p9/refilled/new": "{}"}, {"p1"})}
    assert "Event 2 speaks of an entry that is not in the log" in found["entries about entries"].says
    assert "Event 1 is about a pump that nobody registered" in found["pumps"].says
    assert "1 unfinished form of people without an account" in found["drafts"].says
    whole = replace(three[0], kind="registered")
    assert {check.health for check in of_orphans([whole], {"p1/refilled/new": "{}"}, {"p1"})} == {Health.WELL}


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_finds_a_clock_that_was_set_back(three: list[Event], back: timedelta) -> None:
    now = three[2].recorded_at_utc + timedelta(hours=1)
    assert of_the_clock(now, three).health is Health.WELL
    jumped = [*three[:2], replace(three[2], recorded_at_utc=three[1].recorded_at_utc - back)]
    said = of_the_clock(now, jumped)
    assert said.health is Health.LOOK
    assert "before event 3 on " in said.says
    assert of_the_clock(now + timedelta(days=60), jumped).health is Health.WELL
    assert of_the_clock(three[2].recorded_at_utc - back, three).health is Health.WRONG


def test_a_board_that_is_not_what_the_log_says_is_found(database: Path) -> None:
    with Desk.open(database) as desk:
        desk.board()
        kept = desk._outlooks
        pump_id, (latest, day, row) = next(iter(kept.items()))
        kept[pump_id] = (latest, day, replace(row, tier=next(tier for tier in Tier if tier is not row.tier)))
        found = {check.about: check.health for check in desk.examine()}
        assert found["board and log"] is Health.WRONG
    assert of_the_memory(as_kept=(1,), as_folded=(1,)).health is Health.WELL
