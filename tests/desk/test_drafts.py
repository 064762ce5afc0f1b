"""Drafts: kept for one person, offered again, never counted as anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pumplog.desk import Desk, Draft
from pumplog.errors import NotAllowed
from pumplog.logbook import Kept, Shelf
from pumplog.people import Person, Role
from tests.people.staff import Staff, cheap_passwords
from tests.stories.clinic import Clinic, Opened

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HEARD_AT = "2026-03-02T08:00Z"
FIELDS: dict[str, Any] = {
    "drawn_ml": "1,5",
    "injected_ml": "some, I think",
    "happened_at.day": date(2026, 3, 2),
    "happened_at.time": time(9, 15),
    "identifiers": ("name", "serial"),
    "teaching_done": True,
    "fluid_count": 2,
    "rinsed": None,
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with cheap_passwords(), Clinic(tmp_path).open() as clinic:
        clinic.ordinary()
        clinic.at(date(2026, 3, 2))
        yield clinic


@pytest.fixture
def staff(opened: Opened) -> Staff:
    return Staff(opened)


@pytest.fixture
def ada(staff: Staff) -> Person:
    return staff.add("Ada Ness", Role.RECORDER)


def draft_of(desk: Desk, **more: Any) -> Draft:
    pump_id = desk.pumps()[0].pump_id
    draft = Draft("refilled", pump_id, "form-1", NOW, NOW, desk.seen(pump_id), 3, 4, FIELDS)
    return replace(draft, **more)


def test_a_draft_comes_back_as_it_was_typed(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    kept = draft_of(desk)
    desk.keep_draft(kept, by=ada.name)
    (found,) = desk.drafts(by=ada.name)
    assert found.draft == kept
    assert found.card is not None
    assert (found.said_since, found.saved) == ((), False)


def test_it_is_in_the_file_when_the_program_was_killed(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    opened.desk.close()
    with Desk.open(opened.clinic.database, now=lambda: NOW) as again:
        assert [one.draft.fields["drawn_ml"] for one in again.as_person(ada).drafts(by=ada.name)] == ["1,5"]


def test_one_draft_for_each_person_pump_and_kind(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    for step in (1, 2):
        desk.keep_draft(draft_of(desk, step=step), by=ada.name)
    desk.keep_draft(draft_of(desk, kind="deferred", event_id="form-2"), by=ada.name)
    desk.keep_draft(draft_of(desk, kind="registered", event_id="form-3", pump_id=None), by=ada.name)
    found = [(one.draft.kind, one.draft.step) for one in desk.drafts(by=ada.name)]
    assert sorted(found) == [("deferred", 3), ("refilled", 2), ("registered", 3)]


def test_nobody_sees_or_discards_anothers_draft(opened: Opened, staff: Staff, ada: Person) -> None:
    bo = staff.add("Bo Lind", Role.RECORDER, Role.PRESCRIBER, Role.AUDITOR)
    desk, others = opened.desk.as_person(ada), opened.desk.as_person(bo)
    desk.keep_draft(draft_of(desk), by=ada.name)
    assert others.drafts(by=bo.name) == []
    assert others.drafts(by=ada.name) == [], "a name said is nobody's draft: the account counts"
    others.discard_draft("form-1", by=bo.name)
    assert len(desk.drafts(by=ada.name)) == 1
    with pytest.raises(NotAllowed, match="cannot save as somebody else"):
        others.keep_draft(draft_of(others), by=ada.name)


def test_without_accounts_a_typed_name_serves(opened: Opened) -> None:
    opened.desk.keep_draft(draft_of(opened.desk), by="A. Moser")
    assert len(opened.desk.drafts(by=" a.  MOSER")) == 1
    assert opened.desk.drafts(by="A. Mose") == []


def test_a_draft_counts_nowhere(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    pump_id = desk.pumps()[0].pump_id

    def shown() -> tuple[object, ...]:
        whole = opened.desk
        return whole.board(), whole.story_of(pump_id), whole.head(), whole.verify(), whole.logbook.events()

    before = shown()
    desk.keep_draft(draft_of(desk), by=ada.name)
    desk.keep_draft(draft_of(desk, kind="deferred", event_id="form-2"), by=ada.name)
    assert shown() == before
    with Desk.open(opened.clinic.database) as second:
        assert second.verify() == before[3]
    opened.desk.close()
    with duckdb.connect(opened.clinic.database, read_only=True) as plain:
        assert plain.execute("SELECT count(*) FROM refill_visit").fetchall() == [(1,)], "nor in the analysts' views"


def test_a_saved_draft_is_gone_and_the_other_ones_are_not(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    desk.keep_draft(draft_of(desk, kind="deferred", event_id="form-2"), by=ada.name)
    entry = opened.read("alarm_heard", HEARD_AT, alarm="OTHER")
    desk.record(entry, by=ada.name, seen=desk.seen_of(entry), event_id="form-1")
    assert [one.draft.event_id for one in desk.drafts(by=ada.name)] == ["form-2"]


def test_a_save_whose_answer_was_lost_is_told_and_kept_no_more(opened: Opened, ada: Person) -> None:
    """The server was killed between the entry and its answer: the draft is there still, and its entry too."""
    desk = opened.desk.as_person(ada)
    kept = draft_of(desk)
    entry = opened.read("alarm_heard", HEARD_AT, alarm="OTHER")
    desk.keep_draft(kept, by=ada.name)
    ((key, body),) = desk.logbook.kept(Shelf.DRAFT).items()
    desk.record(entry, by=ada.name, seen=desk.seen_of(entry), event_id="form-1")
    desk.logbook.keep([Kept(Shelf.DRAFT, key, body)])
    (found,) = desk.drafts(by=ada.name)
    assert found.saved
    assert found.said_since == (), "its own entry is no news"
    desk.keep_draft(replace(kept, step=5), by=ada.name)
    assert desk.drafts(by=ada.name)[0].draft.step == 3, "another tab goes on typing: it is saved already"
    again = desk.record(entry, by=ada.name, seen=found.draft.seen, event_id="form-1")
    assert again.event.event_id == "form-1"
    assert desk.drafts(by=ada.name) == []


def test_a_stale_draft_says_what_was_recorded_since(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    entry = opened.read("alarm_heard", HEARD_AT, alarm="OTHER")
    desk.record(entry, by=ada.name, seen=desk.seen_of(entry))
    assert [one.kind for one in desk.drafts(by=ada.name)[0].said_since] == ["alarm_heard"]


def test_a_draft_about_a_retired_pump_is_offered_with_its_retirement(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    entry = opened.read("retired", HEARD_AT, reason="explanted")
    desk.record(entry, by=ada.name, seen=desk.seen_of(entry))
    (found,) = desk.drafts(by=ada.name)
    assert found.card is not None
    assert found.card.retired
    assert [one.kind for one in found.said_since] == ["retired"]


def test_of_an_account_switched_off_nothing_is_kept_and_what_was_waits_for_them(
    opened: Opened, staff: Staff, ada: Person
) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    staff.change(ada, enabled=False)
    with pytest.raises(NotAllowed, match="switched off"):
        desk.keep_draft(draft_of(desk, step=4), by=ada.name)
    with pytest.raises(NotAllowed, match="switched off"):
        desk.discard_draft("form-1", by=ada.name)
    staff.change(ada, enabled=True)
    assert [one.draft.step for one in desk.drafts(by=ada.name)] == [3]


def test_who_may_write_calls_alone_keeps_no_draft_of_a_visit(opened: Opened, staff: Staff) -> None:
    caller = staff.add("Cy Call", Role.CALLER)
    desk = opened.desk.as_person(caller)
    with pytest.raises(NotAllowed):
        desk.keep_draft(draft_of(desk), by=caller.name)
    desk.keep_draft(draft_of(desk, kind="alarm_heard"), by=caller.name)
    assert [one.draft.kind for one in desk.drafts(by=caller.name)] == ["alarm_heard"]


def test_discarding_a_draft_twice_is_no_fault(opened: Opened, ada: Person) -> None:
    desk = opened.desk.as_person(ada)
    desk.keep_draft(draft_of(desk), by=ada.name)
    for _ in range(2):
        desk.discard_draft("form-1", by=ada.name)
        assert desk.drafts(by=ada.name) == []
