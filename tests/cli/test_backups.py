"""`pumplog backup` and `restore` as a person meets them: what is said, what is kept, what is written down."""

import json
from pathlib import Path

import pytest

from pumplog.desk import Desk
from tests.cli.terminal import assert_sentences, example, inside, written


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one pump; its clinic has a name of its own."""
    folder = tmp_path_factory.mktemp("clinic")
    database = folder / "clinic.duckdb"
    (folder / "clinic.toml").write_text('clinic_name = "Riverside"', "utf-8")
    recorded(database, "FIRST-1")
    return database


def recorded(database: Path, serial: str) -> None:
    entry = written(database.parent / "entry.json", example("registered", pump_serial=serial))
    assert inside("--database", database, "record", entry, "--by", "M. Keller").code == 0


def test_a_backup_is_made_and_put_back(clinic: Path, tmp_path: Path) -> None:
    made = inside(
        "--database", clinic, "backup", "--to", tmp_path / "b", "--by", "M. Keller", "--format", "json"
    ).json
    folder = Path(made["folder"])
    assert made["events_count"] == 1
    assert (folder / "clinic.toml").read_text("utf-8") == 'clinic_name = "Riverside"'
    recorded(clinic, "SECOND-2")
    said = inside("--database", clinic, "restore", folder, "--by", "J. Frey")
    assert (said.code, said.err) == (0, "")
    assert "It had 1 event more than the backup." in said.out
    assert "look through Settings" in said.out
    with Desk.open(clinic) as desk:
        assert [card.pump_serial for card in desk.pumps()] == ["FIRST-1"]
        assert desk.head().hash == made["head_hash"]
        assert desk.papers()["backup"].made_at is None  # what it knows is of the moment before the copy
        (line,) = (line for line in desk.logbook.access_events() if line.kind == "restored")
    assert line.recorded_by == "J. Frey"
    assert json.loads(line.body) == {"events_count": 1, "missing_count": 1}


def test_without_a_folder_it_lies_beside_the_log_and_the_log_knows_of_it(clinic: Path) -> None:
    said = inside("--database", clinic, "backup", "--by", "M. Keller")
    assert said.code == 0
    assert str(clinic.parent / "backups") in said.out
    with Desk.open(clinic) as desk:
        assert desk.papers()["backup"].made_at is not None


def test_refuses_in_a_sentence_what_is_no_backup(clinic: Path, tmp_path: Path) -> None:
    for named in (tmp_path, tmp_path / "nowhere", clinic):
        said = inside("--database", clinic, "restore", named, "--by", "J. Frey")
        assert said.code == 1
        assert_sentences(said.err)
    missing = inside("--database", tmp_path / "none.duckdb", "backup")
    assert missing.code == 1
    assert_sentences(missing.err)
