"""A pump takes another's place: two entries that are written together or not at all, and linked both ways."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.entries import AnyEntry
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.outlook import Tier
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened, told

NEW = "NGX200002"
AT = "2026-03-02T09:00Z"
PATIENT = {"patient_id": f"P-{SERIAL}", "name": "Example, Ada"}


@pytest.fixture
def filled(tmp_path: Path) -> Opened:
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    opened.clinic.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return opened


def new_pump(opened: Opened, **fields: Any) -> AnyEntry:
    said = {"pump_serial": NEW, "replaces": SERIAL, "patient": PATIENT, **fields}
    return opened.read("registered", AT, **said)


def faults(opened: Opened, entry: AnyEntry) -> dict[str, str]:
    before = opened.head()
    with pytest.raises(EntryRefused) as refusal:
        opened.desk.record(entry, by=NURSE, seen=opened.desk.seen_of(entry))
    assert opened.head() == before
    return {fault.field: fault.says for fault in refusal.value.faults}


def test_the_old_pump_leaves_and_the_new_one_is_red_until_its_first_fill(filled: Opened) -> None:
    entry = new_pump(filled)
    preview = filled.desk.preview(entry, by=NURSE)
    assert preview.before is not None
    assert preview.after is not None
    assert (preview.before.pump_serial, preview.after.pump_serial) == (SERIAL, NEW)
    recorded = filled.desk.record(entry, by=NURSE, seen=preview.seen, event_id="form")
    assert recorded.outlook is not None
    assert recorded.outlook.tier is Tier.CANNOT_PROJECT
    assert filled.row(serial=SERIAL) is None
    old, new = filled.desk.story(SERIAL).state, filled.desk.story(NEW).state
    assert (old.retired and old.retired.reason, old.retired and old.retired.replaced_by) == ("replaced", NEW)
    assert new.registered is not None
    assert new.registered.replaces == SERIAL
    assert [line.said.kind for line in old.log] == ["registered", "refilled", "retired"]
    filled.say("refilled", "2026-03-02T10:00Z", pump_serial=NEW)
    row = filled.row(serial=NEW)
    assert row is not None
    assert row.tier is Tier.ON_TRACK


def test_a_past_day_still_shows_the_old_pump(filled: Opened) -> None:
    entry = new_pump(filled)
    filled.desk.record(entry, by=NURSE, seen=filled.desk.seen_of(entry))
    before = date(2026, 3, 1)
    assert filled.row(before, SERIAL) is not None
    assert filled.row(before, NEW) is None


def test_the_same_form_sent_twice_is_written_once(filled: Opened) -> None:
    entry = new_pump(filled)
    seen = filled.desk.seen_of(entry)
    first = filled.desk.record(entry, by=NURSE, seen=seen, event_id="form")
    count = filled.head()
    assert filled.desk.record(entry, by=NURSE, seen=seen, event_id="form").event == first.event
    assert filled.head() == count == 4


def test_what_was_said_of_the_old_pump_meanwhile_refuses_both(filled: Opened) -> None:
    entry = new_pump(filled)
    seen = filled.desk.preview(entry, by=NURSE).seen
    filled.say("alarm_heard", "2026-03-02T08:00Z", alarm="OTHER")
    count = filled.head()
    with pytest.raises(StaleRecord):
        filled.desk.record(entry, by=NURSE, seen=seen)
    assert filled.head() == count
    assert filled.desk.story(SERIAL).state.retired is None


def test_a_crash_between_the_two_leaves_neither(filled: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """They go to the log in one call, which is one transaction."""
    entry, asked = new_pump(filled), []

    def append_all(events: Any, *, seen: Any) -> Any:
        asked.append(([one.kind for one in events], sorted(seen.values())))
        raise OSError("the disk is full")

    monkeypatch.setattr(filled.desk.logbook, "append_all", append_all)
    with pytest.raises(OSError, match="disk is full"):
        filled.desk.record(entry, by=NURSE, seen=filled.desk.seen_of(entry))
    assert asked == [(["retired", "registered"], [0, 2])]


def test_refuses_what_cannot_be_a_replacement(filled: Opened) -> None:
    assert (
        "another patient's"
        in faults(filled, new_pump(filled, patient={**PATIENT, "patient_id": "X"}))["patient.patient_id"]
    )
    assert "check the serial of the old pump" in faults(filled, new_pump(filled, replaces="UNKNOWN"))["replaces"]
    assert "registered already" in faults(filled, new_pump(filled, pump_serial=SERIAL))["pump_serial"]
    filled.say("retired", "2026-03-02T08:00Z", reason="explanted")
    assert "retired already" in faults(filled, new_pump(filled))["replaces"]


def test_refuses_a_replacement_before_the_old_pump_was_last_seen(filled: Opened) -> None:
    filled.say("refilled", "2026-03-02T10:00Z")
    said = faults(filled, new_pump(filled, late_reason="typed in afterwards"))
    assert "was seen after that" in said["happened_at"]


def test_nobody_writes_one_half(filled: Opened) -> None:
    alone = filled.read("retired", AT, reason="replaced", replaced_by=NEW)
    assert "together with the registration" in faults(filled, alone)["reason"]
    with pytest.raises(EntryRefused, match="names the serial of the new one"):
        filled.read("retired", AT, reason="explanted", replaced_by=NEW)


def replaced(opened: Opened) -> None:
    entry = new_pump(opened)
    opened.desk.record(entry, by=NURSE, seen=opened.desk.seen_of(entry), event_id="form")


def test_taking_one_half_back_names_the_other(filled: Opened) -> None:
    replaced(filled)
    back = {"how": "entered_in_error", "target_event_id": "form"}
    preview = filled.desk.preview(filled.read("corrected", AT, pump_serial=NEW, **back), by=NURSE)
    assert {finding.code for finding in preview.findings} == {"replaced_pump_stays_retired"}
    retirement = filled.desk.story(SERIAL).state.log[-1].said.event_id
    back = {"how": "entered_in_error", "target_event_id": retirement}
    preview = filled.desk.preview(filled.read("corrected", AT, **back), by=NURSE)
    assert {finding.code for finding in preview.findings} == {"new_pump_stays"}
    assert preview.moved == ("The pump comes back to the board: on track.",)


def test_a_correction_keeps_the_link(filled: Opened) -> None:
    replaced(filled)
    right = told("registered", AT, pump_serial=NEW, patient={**PATIENT, "name": "Example, Adah"})
    change = {"how": "replaced", "target_event_id": "form", "pump_serial": NEW}
    with pytest.raises(EntryRefused, match="cannot be mended here"):
        filled.desk.preview(filled.read("corrected", AT, **change, replacement=right), by=NURSE)
    filled.say("corrected", AT, **change, replacement={**right, "replaces": SERIAL})
    registered = filled.desk.story(NEW).state.registered
    assert registered is not None
    assert registered.patient.name == "Example, Adah"
