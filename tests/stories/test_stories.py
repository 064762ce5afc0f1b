"""Every story file: its entries recorded through the desk, and the board on the named days."""

import os
import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pumplog.exports.records import due_record
from pumplog.outlook import Outlook, Tier
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

FOLDER = Path(__file__).parent
STORIES: Mapping[str, Mapping[str, Any]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}
SERVER_ZONES = ("UTC", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns")


@pytest.fixture(params=SERVER_ZONES)
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own time zone, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def tell(opened: Opened, story: Mapping[str, Any]) -> None:
    """Record the entries of a story one after the other."""
    for entry in story["entry"]:
        fields = dict(entry)
        then = fields.pop("expect_then", None)
        if (recorded_at := fields.pop("recorded_at", None)) is not None:
            opened.clinic.now = datetime.fromisoformat(recorded_at)
        recorded = opened.say(by=fields.pop("by", NURSE), event=fields.pop("event", None), **fields)
        if then is not None:
            assert_row(recorded.outlook, then)


def assert_row(row: Outlook | None, expected: Mapping[str, Any]) -> None:
    """The row says all that was expected."""
    if not expected.get("on_board", True):
        assert row is None
        return
    assert row is not None
    for name, value in expected.items():
        if name in ("on", "as_used", "on_board"):
            continue
        if name == "says":
            assert any(value in reason for reason in row.reasons), row.reasons
        elif name == "tier":
            assert row.tier is Tier(value)
        elif name == "open_alarm_codes":
            assert list(row.open_alarm_codes) == value
        else:
            found = getattr(row, name)
            assert found == (None if value == "none" else value), (name, found, value)


def assert_days(opened: Opened, story: Mapping[str, Any]) -> None:
    """The board, the story and the export of every named day."""
    for expected in story["expect"]:
        on: date = expected["on"]
        row = opened.row(on)
        assert_row(row, expected)
        told = opened.desk.story(SERIAL, on)
        if row is not None:
            assert told.outlook == row
            assert due_record(told.outlook) == due_record(row)
        for used, value in expected.get("as_used", {}).items():
            assert told.as_used is not None
            assert getattr(told.as_used, used) == value


@pytest.mark.parametrize("name", STORIES)
def test_the_board_says_what_was_worked_out_by_hand(name: str, tmp_path: Path) -> None:
    story = STORIES[name]
    clinic = Clinic(tmp_path, zone=story.get("zone", "UTC"))
    with clinic.open() as opened:
        tell(opened, story)
        assert_days(opened, story)
    with clinic.open() as opened:
        assert_days(opened, story)


def test_no_story_depends_on_the_time_zone_of_the_server(server_zone: str, tmp_path: Path) -> None:
    for name, story in STORIES.items():
        opened = Clinic(tmp_path / name, zone=story.get("zone", "UTC")).on_paper()
        tell(opened, story)
        assert_days(opened, story)


def test_time_alone_never_lowers_a_tier_in_any_story(tmp_path: Path) -> None:
    for name, story in STORIES.items():
        opened = Clinic(tmp_path / name, zone=story.get("zone", "UTC")).on_paper()
        tell(opened, story)
        first = opened.desk.today()
        rows = [opened.row(first + timedelta(days=days)) for days in (*range(0, 200, 5), 365, 730, 3650)]
        tiers = [row.tier.rank for row in rows if row is not None]
        assert len(tiers) in (0, len(rows)), name
        assert tiers == sorted(tiers, reverse=True), name
