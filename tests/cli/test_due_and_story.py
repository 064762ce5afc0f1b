"""`pumplog due` and `pumplog story`: the board and one pump, for people, spreadsheets and scripts."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.outlook import Tier
from pumplog.quantities import show_date
from tests.cli.terminal import EXPECTED, SAMPLE, assert_sentences, example, inside, written

KEYS = [
    *("pump_serial", "patient_id", "tier", "refill_by", "book_on", "book_on_says", "alarm_date", "empty_date"),
    *("stability_date", "early_alarm_date", "may_alarm_already", "limited_by", "days_of_grace"),
    *("next_visit_on", "last_contact_on", "last_contact", "to_do", "reasons"),
]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    assert inside("import", SAMPLE, "--accept-good-rows", "--database", database).code == 0
    return database


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic of one pump: registered, refilled on 5 January, reprogrammed on 10 February 2026."""
    folder = tmp_path_factory.mktemp("ada")
    for kind in ("registered", "refilled", "reprogrammed"):
        step = {"confirmed": {"dose_step": "as prescribed"}, "second_checker": "A. Osei"}
        entry = written(folder / "entry.json", example(kind, **(step if kind == "reprogrammed" else {})))
        said = inside("record", entry, "--by", "M. Keller", "--database", folder / "ada.duckdb")
        assert said.code == 0, said.err
    return folder / "ada.duckdb"


def due(database: Path, *words: str) -> list[dict[str, Any]]:
    said = inside("due", "--database", database, "--format", "json", *words)
    assert (said.code, said.err) == (0, "")
    rows: list[dict[str, Any]] = said.json
    return rows


def test_each_row_of_the_board_has_its_keys_and_plain_values(clinic: Path) -> None:
    for row in due(clinic, "--on", EXPECTED["on"]):
        assert list(row) == KEYS
        assert row["tier"] in {tier.value for tier in Tier}
        assert row["limited_by"] in ("alarm", "stability")
        assert isinstance(row["may_alarm_already"], bool)
        assert isinstance(row["days_of_grace"], int)
        assert all(isinstance(reason, str) for reason in row["reasons"])


def test_the_board_is_worst_first_then_by_days_until_empty_then_serial(clinic: Path) -> None:
    tiers = [tier.value for tier in Tier]
    assert tiers == ["expected_empty", "cannot_project", "past_alarm", "overdue", "due_soon", "on_track"]
    rows = due(clinic, "--on", EXPECTED["on"])
    places = [(tiers.index(row["tier"]), row["empty_date"]) for row in rows]
    assert places == sorted(places)
    assert len({tier for tier, _ in places}) > 3


def test_the_early_alarm_date_says_may_alarm_already_whatever_the_tier(clinic: Path) -> None:
    rows = due(clinic, "--on", EXPECTED["on"])
    assert {row["may_alarm_already"] for row in rows} == {True, False}
    for row in rows:
        assert row["may_alarm_already"] == (row["early_alarm_date"] <= EXPECTED["on"])


def test_csv_and_table_say_the_same_as_json(clinic: Path) -> None:
    rows = due(clinic, "--on", EXPECTED["on"])
    said = inside("due", "--database", clinic, "--on", EXPECTED["on"], "--format", "csv")
    sheet = list(csv.DictReader(io.StringIO(said.out)))
    assert list(sheet[0]) == KEYS
    for one, row in zip(sheet, rows, strict=True):
        plain = {name: "" if row[name] is None else str(row[name]) for name in KEYS}
        told = {
            "reasons": " ".join(row["reasons"]),
            "to_do": " ".join(row["to_do"]),
            "may_alarm_already": "yes" if row["may_alarm_already"] else "no",
        }
        assert one == plain | told
    table = inside("due", "--database", clinic, "--on", EXPECTED["on"])
    assert table.out.startswith("1 Jun 2026: 40 on the list\n")
    serials = [line.split()[0] for line in table.out.splitlines()[2:-1]]
    assert serials == [row["pump_serial"] for row in rows]
    columns = table.out.splitlines()[1].split("  ")
    assert [one.strip() for one in columns if one.strip()][2:6] == ["refill by", "book on", "alarm", "empty"]
    for line, row in zip(table.out.splitlines()[2:-1], rows, strict=True):
        dates = [line[place : place + 12].strip() for place in (31, 44, 57, 70)]
        said_as = [row[name] for name in ("refill_by", "book_on", "alarm_date", "empty_date")]
        assert dates == [show_date(date.fromisoformat(day)) if day else "-" for day in said_as]
    assert table == inside("due", "--database", clinic, "--on", "1 June 2026", "--format", "table")


def test_the_board_is_made_from_what_had_happened_by_the_end_of_that_day(ada: Path) -> None:
    assert due(ada, "--on", "2026-01-04") == []
    (after_fill,) = due(ada, "--on", "2026-01-05")
    assert (after_fill["alarm_date"], after_fill["refill_by"]) == ("2026-05-05", "2026-04-28")
    (day_before,) = due(ada, "--on", "2026-02-09")
    assert day_before["alarm_date"] == "2026-05-05"
    (reprogrammed,) = due(ada, "--on", "2026-02-10")
    assert reprogrammed["alarm_date"] != "2026-05-05"


def test_the_tier_of_a_day_changes_at_its_boundaries(ada: Path) -> None:
    (row,) = due(ada, "--on", "2026-02-10")
    days = {name: row[name] for name in ("refill_by", "alarm_date", "empty_date")}
    assert due(ada, "--on", days["refill_by"])[0]["tier"] == "due_soon"
    assert due(ada, "--on", days["alarm_date"])[0]["tier"] == "past_alarm"
    assert due(ada, "--on", days["empty_date"])[0]["tier"] == "expected_empty"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0001-01-01", "9999-12-31", "05/06/2026", "soon", "", "2026-W19-2", "1e400", "-1"]
)
def test_a_day_that_is_none_is_refused_in_a_sentence(day: str, clinic: Path) -> None:
    for words in (("due",), ("story", "NG871679H")):
        said = inside(*words, "--database", clinic, "--on", day)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("On: ")
        assert_sentences(said.err)


@pytest.mark.parametrize("words", [("due",), ("due", "--format", "csv"), ("story", "NG871679H"), ("verify",)])
def test_a_mistyped_path_never_looks_like_an_empty_clinic(words: tuple[str, ...], tmp_path: Path) -> None:
    for database in (tmp_path / "clinc.duckdb", tmp_path / "no" / "clinic.duckdb", tmp_path):
        said = inside(*words, "--database", database)
        assert (said.code, said.out) == (1, "")
        assert_sentences(said.err)
        assert str(database) in said.err
    assert list(tmp_path.iterdir()) == []
    refused = inside(*words[: 1 + (words[0] == "story")], "--database", tmp_path / "clinc.duckdb", "--format", "json")
    assert refused.json["refused"][0]["says"] == refused.err.strip()


def test_a_file_that_is_no_log_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary", "utf-8")
    sheet_words = ("import", SAMPLE, "--accept-good-rows")
    for words in (("due",), ("story", "X"), ("verify",), sheet_words, (*sheet_words, "--dry-run")):
        said = inside(*words, "--database", path)
        assert said.code == 1
        assert_sentences(said.err)
    assert path.read_text("utf-8") == "dear diary"


def test_a_story_has_events_state_and_a_projection_with_its_working(ada: Path) -> None:
    said = inside("story", "NGX100001", "--on", "2026-01-05", "--database", ada, "--format", "json")
    assert (said.code, said.err) == (0, "")
    story = said.json
    assert {"pump_serial", "on", "events", "state", "outlook", "projection"} == set(story)
    assert [event["kind"] for event in story["events"]] == ["registered", "refilled"]
    assert {"sequence", "event_id", "happened_at", "recorded_at", "recorded_by", "entry"} <= set(story["events"][0])
    assert story["events"][1]["happened_at"] == "2026-01-05T09:00:00Z"
    assert story["events"][1]["recorded_by"] == "M. Keller"
    assert story["state"]["registered"]["patient"]["patient_id"] == "1000001"
    assert story["state"]["standing"]["volume_ml"] == "20"
    projection = story["projection"]
    assert (projection["alarm_date"], projection["days_of_grace"], projection["refused"]) == ("2026-05-05", 13, [])
    assert projection["flow_ml_per_day"] == "0.15"
    assert {"name", "meaning", "written", "value", "unit", "source"} <= set(projection["working"][0])
    assert story["outlook"] == due(ada, "--on", "2026-01-05")[0]


def test_a_story_later_has_the_later_events_too(ada: Path) -> None:
    story = inside("story", "ngx 100001", "--on", "2026-02-10", "--database", ada, "--format", "json").json
    assert [event["kind"] for event in story["events"]] == ["registered", "refilled", "reprogrammed"]
    text = inside("story", "NGX100001", "--on", "2026-02-10", "--database", ada)
    assert text.code == 0
    assert "10 Feb 2026" in text.out
    assert "÷" in text.out


def test_an_unknown_serial_is_refused_in_a_sentence(ada: Path) -> None:
    said = inside("story", "NG000000H", "--database", ada, "--format", "json")
    assert said.code == 1
    assert said.json == {"refused": [{"field": "pump_serial", "says": said.err.strip()}]}
    assert_sentences(said.err)


def test_an_empty_clinic_says_that_it_is_empty(tmp_path: Path) -> None:
    database = tmp_path / "clinic.duckdb"
    assert inside("import", SAMPLE, "--accept-good-rows", "--database", database).code == 0
    said = inside("due", "--database", database, "--on", "1990-01-01")
    assert "No pump is on the list" in said.out
    assert "still open: 10." in said.out


def test_who_read_the_board_or_a_story_at_a_terminal_is_written_down(ada: Path) -> None:
    assert inside("due", "--database", ada, "--by", "I. Thistlewick").code == 0
    assert inside("story", "NGX100001", "--database", ada, "--by", "I. Thistlewick").code == 0
    with Desk.open(ada, create=False) as desk:
        lines = desk.logbook.access_events()[-2:]
        about = desk.pump_id("NGX100001")
    assert [(line.kind, line.pump_id, line.recorded_by) for line in lines] == [
        ("printed_board", "terminal", "I. Thistlewick"),
        ("opened_story", about, "I. Thistlewick"),
    ]
