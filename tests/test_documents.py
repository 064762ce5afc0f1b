"""What the documents promise, checked against the house."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer

from pumplog.cli.app import app, main
from pumplog.entries import read_entry
from pumplog.errors import EntryRefused
from pumplog.reference import load_reference

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands() -> list[list[str]]:
    joined = "\n".join(blocks("sh")).replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in joined.splitlines() if line.startswith("pumplog ")]


def command_names() -> set[str]:
    group = typer.main.get_command(app)
    names: set[str] = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        children = getattr(command, "commands", {})
        names |= {f"{name} {child}" for child in children}
        if not children or getattr(command, "invoke_without_command", False):
            names.add(name)
    return names


def test_every_command_is_in_the_readme_and_every_command_in_the_readme_exists() -> None:
    named = set(
        re.findall(r"^\| `pumplog ((?:(?:calc|export|people) |head (?=check))?[a-z-]+)", README, flags=re.MULTILINE)
    )
    assert named == command_names()


def test_the_calculation_in_the_readme_gives_the_answer_of_case_d1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = [words for words in commands() if words[1] == "calc"]
    monkeypatch.setattr("sys.argv", example)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert "28 Apr 2026" in capsys.readouterr().out


def test_the_spreadsheet_commands_in_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = ROOT / "tests" / "data" / "spreadsheet" / "clinic.csv"
    (tmp_path / "refills.csv").write_bytes(sheet.read_bytes())
    monkeypatch.chdir(tmp_path)
    run = [words for words in commands() if words[1] == "--database" and words[3] in ("import", "due")]
    assert len(run) == 4
    codes = []
    for words in run:
        monkeypatch.setattr("sys.argv", words)
        with pytest.raises(SystemExit) as left:
            main()
        codes.append(left.value.code)
    assert codes == [0, 1, 0, 0]
    assert "40 pumps" in capsys.readouterr().out


def test_the_entry_in_the_readme_is_one_that_can_be_said() -> None:
    (example,) = blocks("json")
    said = json.loads(example)
    said["happened_at"] += "+00:00"
    assert read_entry(said).kind == "alarm_heard"


def test_the_settings_in_the_readme_are_taken(tmp_path: Path) -> None:
    (example,) = blocks("toml")
    settings = tmp_path / "clinic.toml"
    settings.write_text(example, "utf-8")
    reference, said = load_reference(settings), tomllib.loads(example)
    for name, given in said.items():
        if not isinstance(given, dict):
            kept = getattr(reference.policy, name)
            assert str(getattr(kept, "value", kept)) == str(given)
    assert {name for name, given in said.items() if isinstance(given, dict)} == {"calendar", "nightly", "door"}
    assert list(reference.calendar.open_weekdays) == said["calendar"]["open_weekdays"]
    assert dict(reference.calendar.visits) == said["calendar"]["visits"]
    assert reference.nightly.keep_days == said["nightly"]["keep_days"]
    assert list(reference.door.hosts) == said["door"]["hosts"]


def test_a_setting_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    settings = tmp_path / "clinic.toml"
    settings.write_text("margin_weeks = 1\n", "utf-8")
    with pytest.raises(EntryRefused, match="margin_weeks"):
        load_reference(settings)


def test_every_room_is_on_the_map() -> None:
    rooms = {
        f"pumplog/{path.name}{'/' if path.is_dir() else ''}"
        for path in (ROOT / "pumplog").iterdir()
        if not path.name.startswith("_") and path.suffix in ("", ".py")
    }
    assert set(re.findall(r"^\| `(pumplog/[a-z_.]+/?)`", README, flags=re.MULTILINE)) == rooms


def test_every_picture_is_there_and_every_page_has_one() -> None:
    pictures = set(re.findall(r"!\[[^]]*\]\((docs/pictures/[a-z_]+\.png)\)", README))
    assert sorted(name for name in pictures if not (ROOT / name).is_file()) == []
    views = {path.stem for path in (ROOT / "pumplog" / "screens" / "views").glob("*.py") if path.stem != "__init__"}
    steps = {"visit_drawn", "visit_filled", "visit_programmed", "visit_check", "visit_saved"}
    assert {Path(name).stem for name in pictures} == views | steps | {"sign_in"}


def test_the_make_targets_named_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= targets


def test_the_changelog_keeps_its_two_extra_headings() -> None:
    assert "### Calculations" in CHANGELOG
    assert "### Records" in CHANGELOG
