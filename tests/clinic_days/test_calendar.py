"""The clinic's days: open weekdays, holidays, closures, room for visits, and the day to book by."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.clinic_days.calendar import LONGEST_LOOK_DAYS
from pumplog.entries import CapacitySet, ClosureLifted, ClosureSet
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.reference import load_reference
from pumplog.state import ClinicDays, Closure
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

ENGLAND = '[calendar]\ncountry = "GB"\nregion = "ENG"\nvisits = { friday = 3 }\n'
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def closed(first: date, last: date, reason: str = "staff away") -> Closure:
    return Closure(f"{first}", first, last, reason, NURSE, NOW)


def calendar(
    folder: Path, *closures: Closure, settings: str = ENGLAND, visits: Mapping[date, int] | None = None
) -> ClinicCalendar:
    path = folder / "clinic.toml"
    path.write_text(settings, "utf-8")
    return ClinicCalendar(load_reference(path), ClinicDays(closures, visits or {}))


# --- open or closed ---


@pytest.mark.parametrize(
    ("day", "because"),
    [
        (date(2026, 12, 24), None),
        (date(2026, 12, 25), "public holiday: Christmas Day"),
        (date(2026, 12, 26), "public holiday: Boxing Day"),  # a Saturday, and kept on the Monday
        (date(2026, 12, 27), "closed on a Sunday"),
        (date(2026, 12, 28), "public holiday: Boxing Day (observed)"),
        (date(2026, 12, 29), "closed: staff away"),
        (date(2027, 1, 1), "closed: staff away"),
        (date(2027, 1, 2), "closed on a Saturday"),
        (date(2027, 1, 4), None),
    ],
)
def test_a_day_is_closed_by_weekday_by_holiday_or_by_a_closure(
    tmp_path: Path, day: date, because: str | None
) -> None:
    known = calendar(tmp_path, closed(date(2026, 12, 29), date(2027, 1, 1)))
    assert known.closed_because(day) == because
    assert known.is_open(day) == (because is None)
    assert (known.capacity(day) == 0) == (because is not None)


def test_a_region_keeps_its_own_holidays(tmp_path: Path) -> None:
    st_andrews = date(2026, 11, 30)
    scotland = ENGLAND.replace("ENG", "SCT")
    assert calendar(tmp_path).is_open(st_andrews)
    assert not calendar(tmp_path, settings=scotland).is_open(st_andrews)


def test_without_a_country_no_holiday_is_known(tmp_path: Path) -> None:
    known = calendar(tmp_path, settings="")
    assert known.is_open(date(2026, 12, 25))
    assert [known.is_open(date(2026, 12, 21) + number * DAY) for number in range(7)] == [True] * 5 + [False] * 2


def test_open_weekdays_are_as_the_clinic_sets_them(tmp_path: Path) -> None:
    known = calendar(tmp_path, settings='[calendar]\nopen_weekdays = ["Saturday", "monday"]\n')
    week = [date(2026, 3, 2) + number * DAY for number in range(7)]
    assert [day.strftime("%a") for day in week if known.is_open(day)] == ["Mon", "Sat"]


def test_room_goes_by_the_day_then_by_the_weekday_then_by_policy(tmp_path: Path) -> None:
    known = calendar(tmp_path, visits={date(2026, 3, 5): 11})
    assert known.capacity(date(2026, 3, 4)) == 8  # a Wednesday: house policy
    assert known.capacity(date(2026, 3, 6)) == 3  # a Friday
    assert known.capacity(date(2026, 3, 5)) == 11
    assert known.capacity(date(2026, 3, 7)) == 0


def test_room_on_a_closed_weekday_or_holiday_opens_it_but_in_a_closure_does_not(tmp_path: Path) -> None:
    saturday, christmas, away = date(2026, 12, 19), date(2026, 12, 25), date(2026, 12, 29)
    known = calendar(tmp_path, closed(away, away), visits={saturday: 4, christmas: 2, away: 6})
    assert [known.capacity(day) for day in (saturday, christmas, away)] == [4, 2, 0]


def test_room_for_nobody_closes_a_day(tmp_path: Path) -> None:
    known = calendar(tmp_path, visits={date(2026, 3, 4): 0})
    assert known.closed_because(date(2026, 3, 4)) == "no visits on this day"


# --- the day to book by ---

MONDAY = date(2026, 12, 14)


@pytest.mark.parametrize(
    ("refill_by", "book_on", "says"),
    [
        (date(2026, 12, 24), date(2026, 12, 24), "Book on or before Thursday 24 Dec 2026."),
        (date(2026, 12, 20), date(2026, 12, 18), "Friday 18 Dec 2026, the last open day by refill-by (closed on a"),
        (date(2026, 12, 28), date(2026, 12, 24), "(public holiday: Christmas Day, public holiday: Boxing Day"),
        (MONDAY, MONDAY, "Book on or before Monday 14 Dec 2026."),
        (MONDAY - DAY, None, "Refill-by has passed: book the first open day, Monday 14 Dec 2026."),
        (None, None, "no refill-by date; the first open day is Monday 14 Dec 2026."),
    ],
)
def test_book_on_is_the_last_open_day_on_or_before_refill_by(
    tmp_path: Path, refill_by: date | None, book_on: date | None, says: str
) -> None:
    found = calendar(tmp_path).book_on(MONDAY, refill_by)
    assert found.on == book_on
    assert says in found.says
    assert found.first_open_on == MONDAY


def test_no_open_day_before_refill_by_is_said_in_words_with_the_first_one_after(tmp_path: Path) -> None:
    known = calendar(tmp_path, closed(date(2026, 12, 12), date(2027, 1, 3), "boiler"))
    found = known.book_on(MONDAY, date(2026, 12, 29))
    assert found.on is None
    assert found.says == (
        "No open day from today to refill-by (closed: boiler); the first open day, after it, is Monday 4 Jan 2027."
    )
    assert found.first_open_on == date(2027, 1, 4)


def test_a_clinic_that_never_opens_again_says_so(tmp_path: Path) -> None:
    known = calendar(tmp_path, closed(MONDAY, MONDAY + 2 * LONGEST_LOOK_DAYS * DAY, "moved"))
    assert "none within two years" in known.book_on(MONDAY, MONDAY + 9 * DAY).says


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
spans = st.tuples(days, st.integers(0, 40)).map(lambda one: closed(one[0], one[0] + one[1] * DAY))
weekday_sets = st.sets(st.sampled_from(("monday", "tuesday", "friday", "sunday")), min_size=1)


@given(days, st.integers(-20, 90), st.lists(spans, max_size=4), weekday_sets)
def test_nothing_is_booked_after_refill_by_nor_on_a_closed_day(
    today: date, ahead: int, closures: list[Closure], weekdays: set[str]
) -> None:
    reference = load_reference()
    settings = reference.calendar.model_copy(update={"open_weekdays": tuple(weekdays)})
    known = ClinicCalendar(replace(reference, calendar=settings), ClinicDays(tuple(closures)))
    refill_by = today + ahead * DAY
    found = known.book_on(today, refill_by)
    between = [today + number * DAY for number in range(ahead + 1)]
    openly = [
        day
        for day in between
        if day.strftime("%A").lower() in weekdays and not any(one.first_on <= day <= one.last_on for one in closures)
    ]
    assert found.on == (openly[-1] if openly else None)
    assert found.says.strip()


# --- settings ---


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[calendar]\nopen_weekdays = ["mon"]\n', 'cannot hold "mon"'),
        ("[calendar]\nopen_weekdays = []\n", "list of weekdays"),
        ('[calendar]\ncountry = "England"\n', "two letters"),
        ('[calendar]\nregion = "ENG"\n', "needs its country"),
        ('[calendar]\ncountry = "GB"\nregion = "BY"\n', "The regions are"),
        ('[calendar]\ncountry = "GB"\nregions = "ENG"\n', "Did you mean region"),
        ("[calendar]\nvisits = { monday = 0 }\n", "left out of open_weekdays"),
        ("[calendar]\nvisits = { Noday = 3 }\n", "no weekday"),
        ("[calendar]\nvisits = 3\n", "how many fit into which weekday"),
        ("[calendar]\ncountry = 44\n", "code in quotes"),
        ("calendar = 3\n", "calendar must be a table"),
        ("visits_per_day_count = 0\n", "from 1 to 1000"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_mend(tmp_path: Path, settings: str, says: str) -> None:
    with pytest.raises(EntryRefused, match=r"clinic\.toml") as refusal:
        calendar(tmp_path, settings=settings)
    assert says in str(refusal.value)


# --- at the desk: said, kept, lifted, and in every outlook ---


def closure(first: date, last: date, reason: str = "staff away") -> ClosureSet:
    return ClosureSet(happened_at=NOW, first_on=first, last_on=last, reason=reason)


def plan(opened: Opened, entry: ClosureSet | ClosureLifted | CapacitySet, event: str | None = None) -> ClinicCalendar:
    return opened.desk.plan_days(entry, by=NURSE, seen=opened.desk.calendar().latest, event_id=event)


@pytest.fixture
def ordinary(tmp_path: Path) -> Opened:
    """A clinic with one pump: refill by 28 Apr 2026, a Tuesday."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.at(date(2026, 3, 2))
    return opened


def book_on(opened: Opened, on: date | None = None) -> date | None:
    row = opened.row(on)
    assert row is not None
    assert row.book_on_says
    return row.book_on


def test_a_closure_moves_the_day_to_book_by_and_lifting_it_moves_it_back(ordinary: Opened) -> None:
    assert book_on(ordinary) == date(2026, 4, 28)
    plan(ordinary, closure(date(2026, 4, 27), date(2026, 5, 1)), "easter")
    assert book_on(ordinary) == date(2026, 4, 24)
    story = ordinary.desk.story(SERIAL)
    assert (story.outlook.book_on, story.outlook.book_on_says) == (
        date(2026, 4, 24),
        "Book on or before Friday 24 Apr 2026, the last open day by refill-by (closed on a Saturday, closed on a "
        "Sunday, closed: staff away).",
    )
    plan(ordinary, ClosureLifted(happened_at=NOW, closure_event_id="easter", reason="open after all"))
    assert book_on(ordinary) == date(2026, 4, 28)


def test_a_past_day_is_shown_by_the_calendar_as_it_was_known_then(ordinary: Opened) -> None:
    plan(ordinary, closure(date(2026, 4, 27), date(2026, 5, 1)))
    ordinary.at(date(2026, 3, 9))
    assert book_on(ordinary, date(2026, 3, 1)) == date(2026, 4, 28)
    assert book_on(ordinary, date(2026, 3, 2)) == date(2026, 4, 24)


def test_a_closure_is_in_the_log_with_who_when_and_why_and_survives(tmp_path: Path) -> None:
    with Clinic(tmp_path).open() as opened:
        opened.at(date(2026, 3, 2))
        plan(opened, closure(date(2026, 12, 24), date(2027, 1, 3), "Christmas"), "christmas")
        (event,) = opened.desk.logbook.events(pump_id="clinic")
        assert (event.kind, event.recorded_by, event.recorded_at_utc) == ("closure_set", NURSE, NOW)
        assert '"reason":"Christmas"' in event.body
    with Clinic(tmp_path).open() as opened:
        opened.at(date(2026, 3, 3))
        (kept,) = opened.desk.calendar().said.closures
        assert (kept.event_id, kept.reason, kept.set_by) == ("christmas", "Christmas", NURSE)
        plan(opened, ClosureLifted(happened_at=NOW, closure_event_id="christmas", reason="open"))
        assert [event.kind for event in opened.desk.logbook.events(pump_id="clinic")] == [
            "closure_set",
            "closure_lifted",
        ]
        assert opened.desk.verify().ok


def test_a_second_click_writes_once_and_whoever_had_not_seen_the_last_word_is_told(ordinary: Opened) -> None:
    seen = ordinary.desk.calendar().latest
    for _ in range(2):
        ordinary.desk.plan_days(closure(MONDAY, MONDAY), by=NURSE, seen=seen, event_id="one")
    assert len(ordinary.desk.calendar().said.closures) == 1
    with pytest.raises(StaleRecord, match="the clinic's days"):
        ordinary.desk.plan_days(closure(MONDAY + DAY, MONDAY + DAY), by=NURSE, seen=seen)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (closure(date(2026, 2, 1), date(2026, 3, 1)), "is over already"),
        (closure(date(2026, 3, 2), date(2027, 4, 1)), "longer than a year"),
        (closure(date(2026, 5, 1), date(2026, 5, 2)), "exactly these days"),
        (ClosureLifted(happened_at=NOW, closure_event_id="nothing", reason="x"), "does not hold any more"),
        (CapacitySet(happened_at=NOW, day_date=date(2026, 3, 1), visits_count=3, reason="x"), "has passed"),
        (CapacitySet(happened_at=NOW, day_date=date(2026, 3, 3), reason="x"), "no room of its own"),
    ],
)
def test_what_cannot_be_is_refused(
    ordinary: Opened, entry: ClosureSet | ClosureLifted | CapacitySet, says: str
) -> None:
    plan(ordinary, closure(date(2026, 5, 1), date(2026, 5, 2)))
    with pytest.raises(EntryRefused, match=says):
        plan(ordinary, entry)


def test_a_closure_ends_no_earlier_than_it_begins() -> None:
    with pytest.raises(ValueError, match="before its first"):
        closure(date(2026, 5, 2), date(2026, 5, 1))


def test_a_day_gets_room_of_its_own_and_loses_it_again(ordinary: Opened) -> None:
    saturday = date(2026, 4, 25)
    plan(ordinary, CapacitySet(happened_at=NOW, day_date=saturday, visits_count=2, reason="extra"))
    plan(ordinary, closure(date(2026, 4, 26), date(2026, 4, 28)))
    assert book_on(ordinary) == saturday
    plan(ordinary, CapacitySet(happened_at=NOW, day_date=saturday, reason="not after all"))
    assert book_on(ordinary) == date(2026, 4, 24)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("midnight", [date(2026, 3, 29), date(2026, 3, 8), date(2026, 10, 25), date(2026, 4, 5)])
def test_today_is_the_clinics_own_date_also_in_the_night_of_the_clocks(
    tmp_path: Path, zone: str, midnight: date
) -> None:
    clinic = Clinic(tmp_path, zone=zone)
    opened = clinic.on_paper()
    here = ZoneInfo(zone)
    opened.register(happened_at="2026-01-05T08:00Z")
    opened.say("refilled", "2026-01-05T09:00Z")
    for hour, day in ((23, midnight - DAY), (1, midnight), (4, midnight)):
        clinic.now = datetime(day.year, day.month, day.day, hour, 30, tzinfo=here).astimezone(UTC)
        row = opened.row()
        assert row is not None
        assert row.today == day
        if row.refill_by and day <= row.refill_by:
            assert row.book_on is not None
            assert day <= row.book_on <= row.refill_by
            assert opened.desk.calendar().is_open(row.book_on)
