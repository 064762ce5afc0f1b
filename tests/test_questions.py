"""The ten questions of the README, asked of the views and of the files, and answered as the desk answers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from pumplog.demo import fill_demo
from pumplog.desk import Desk, Story
from pumplog.entries import Corrected, Deferred, Refilled, Wasted
from pumplog.exports.private_folder import put_files

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
QUESTIONS: dict[str, str] = {
    asked.strip(): sql for asked, sql in re.findall(r"\n\n([^\n]+\?)\n\n```sql\n(.*?)```", README, flags=re.DOTALL)
}
SUNDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Rows = list[tuple[Any, ...]]


@dataclass
class Asked:
    desk: Desk
    files: duckdb.DuckDBPyConnection
    stories: dict[str, Story]

    def rows(self, beginning: str) -> Rows:
        """The answer of the one question that begins so: the same on the files and on the views of the log."""
        (sql,) = [sql for asked, sql in QUESTIONS.items() if asked.startswith(beginning)]
        of_files: Rows = self.files.execute(sql).fetchall()
        with self.desk.logbook._database.reading() as cursor:  # type: ignore[attr-defined]
            assert cursor.execute(sql).fetchall() == of_files
        return of_files

    def in_care(self) -> dict[str, Story]:
        known = {serial: story for serial, story in self.stories.items() if story.state.registered}
        return {serial: story for serial, story in known.items() if not story.state.retired}

    def refills(self) -> list[tuple[str, datetime, Refilled]]:
        return [
            (serial, line.visit.at, line.visit.entry)
            for serial, story in self.stories.items()
            for line in story.visits
            if isinstance(line.visit.entry, Refilled)
        ]

    def holding(self) -> Iterator[Any]:
        for story in self.stories.values():
            for line in story.state.log:
                if line.corrected_how is None and not isinstance(line.said.entry, Corrected):
                    yield line.said.entry
                elif line.corrected_how == "replaced":
                    by = {one.said.event_id: one.said.entry for one in story.state.log}[str(line.corrected_by)]
                    yield by.replacement if isinstance(by, Corrected) else None


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("demo")
    fill_demo(folder / "demo.duckdb", today=SUNDAY)
    with Desk.open(folder / "demo.duckdb", now=lambda: NOON) as desk, duckdb.connect(":memory:") as files:
        put_files(folder / "tables", desk.export_views(by="an analyst").files)
        for path in (folder / "tables").glob("*.parquet"):
            files.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        yield Asked(desk, files, {card.pump_serial: desk.story(card.pump_serial) for card in desk.pumps()})


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


def test_pumps_in_care_by_model(asked: Asked) -> None:
    counted = Counter(card.pump_model for card in asked.desk.pumps() if not card.retired)
    assert asked.rows("How many pumps are in care") == sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def test_last_fill_of_each_pump_in_care(asked: Asked) -> None:
    rows = [row for row in asked.desk.board().rows if row.last_fill_on is not None]
    standing = {serial: story.state.standing for serial, story in asked.in_care().items()}
    found = {
        row.pump_serial: (row.last_fill_on, one.fluid[0].drug, one.concentration_mcg_per_ml)
        for row in rows
        if (one := standing[row.pump_serial]) is not None
    }
    assert {row[0]: row[1:] for row in asked.rows("When was each of them last filled")} == found


def test_programme_of_each_pump_in_care(asked: Asked) -> None:
    programmes = {
        serial: story.state.standing.programme for serial, story in asked.in_care().items() if story.state.standing
    }
    assert {row[0]: row[1:] for row in asked.rows("What is each of them programmed")} == {
        serial: (one.mode, getattr(one, "dose_mcg_per_day", None)) for serial, one in programmes.items()
    }


def test_refills_in_each_month(asked: Asked) -> None:
    counted = Counter(entry.happened_at.date().replace(day=1) for _, _, entry in asked.refills())
    assert asked.rows("How many refills") == sorted(counted.items())


def test_days_from_one_refill_to_the_next(asked: Asked) -> None:
    days: dict[str, list[date]] = defaultdict(list)
    for serial, _, entry in asked.refills():
        days[serial].append(entry.happened_at.date())
    between = [(later - earlier).days for one in days.values() for earlier, later in pairwise(one)]
    assert asked.rows("How many days passed") == [(median(between), max(between), len(between))]


def test_a_recalled_lot_is_found_in_every_pump(asked: Asked) -> None:
    found = sorted(
        (serial, entry.happened_at.replace(tzinfo=None), part.lot, part.drug)
        for serial, _, entry in asked.refills()
        for part in entry.fluid
        if part.lot == "DEMO-460"
    )
    assert len(found) > 1
    assert asked.rows("A lot is recalled") == found


def test_open_alarms_with_their_owner(asked: Asked) -> None:
    found = [
        (
            one.row.pump_serial,
            one.alarm.heard.alarm,
            one.alarm.heard.happened_at.replace(tzinfo=None),
            one.alarm.owner,
        )
        for one in asked.desk.alarms().open
    ]
    assert found
    assert asked.rows("Which alarms are open") == sorted(found, key=lambda one: one[2])


def test_time_from_the_ring_to_the_close(asked: Asked) -> None:
    taken: dict[str, list[timedelta]] = defaultdict(list)
    for one in asked.desk.alarm_responses(SUNDAY.replace(year=2020), SUNDAY):
        if one.heard_to_cleared is not None:
            taken[one.codes[0]].append(one.heard_to_cleared)
    assert taken
    assert asked.rows("How long did it take") == [
        (code, len(spans), max(spans) // timedelta(minutes=1)) for code, spans in sorted(taken.items())
    ]


def test_corrections_with_their_person_and_reason(asked: Asked) -> None:
    found = []
    for serial, story in asked.stories.items():
        said = {line.said.event_id: line.said for line in story.state.log}
        found += [
            (one.sequence, serial, said[entry.target_event_id].kind, entry.how, entry.reason, one.recorded_by)
            for one in said.values()
            if isinstance(entry := one.entry, Corrected)
        ]
    assert found
    assert asked.rows("What was corrected") == [one[1:] for one in sorted(found)]


def test_waste_by_month_and_drug(asked: Asked) -> None:
    found: dict[tuple[date, str], list[Any]] = defaultdict(list)
    for entry in asked.holding():
        month = entry.happened_at.date().replace(day=1)
        if isinstance(entry, Refilled | Deferred) and entry.drawn_waste:
            found[month, entry.drawn_waste.drug or "as drawn"].append(entry.drawn_waste)
        if isinstance(entry, Refilled) and entry.waste:
            found[month, entry.waste.drug or entry.fluid[0].drug].append(entry.waste)
        if isinstance(entry, Wasted):
            found[month, entry.waste.drug or entry.drug].append(entry.waste)
    assert found
    rows = asked.rows("How much of each drug")
    assert [row[:2] for row in rows] == sorted(found)
    for first_on, drug, volume_ml, mass_mcg, witnesses_count in rows:
        wasted = found[first_on, drug]
        masses = [one.mass_mcg for one in wasted if one.mass_mcg is not None]
        assert volume_ml == sum((one.volume_ml for one in wasted), Decimal(0))
        assert mass_mcg == (sum(masses, Decimal(0)) if masses else None)
        assert witnesses_count == len({one.witness for one in wasted})
