"""The alarms page: logged on a call, kept on top, taken on, quieted, asked about, closed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.entries import AlarmClosed, AlarmHeard, AlarmInterrogated, AlarmSnoozed, AlarmTakenOn
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in
from tests.screens.filling import SERIAL, Page, one_pump, open_app_at, opened_for

STALL = {
    "kind": "alarm_heard",
    "happened_at": (NOW - timedelta(hours=26)).isoformat(),
    "pump_serial": SERIAL,
    "alarm": "MOTOR_STALL",
    "heard_by": "the patient",
}


@pytest.fixture
def settings(tmp_path: Path) -> None:
    """The clinic's own words, where it has written them."""
    words = 'protocol = "Ring the consultant on call."\nemergency_phone = "020 7946 0199"\n'
    (tmp_path / "clinic.toml").write_text(words, "utf-8")


def record(desk: Desk, **said: Any) -> str:
    entry = desk.read_entry({"pump_serial": SERIAL, **said})
    return desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry)).event.event_id


@pytest.fixture
def stalled(desk: Desk) -> str:
    """A pump with a motor stall heard yesterday; the id of the alarm."""
    one_pump(desk)
    return record(desk, **STALL)


@pytest.fixture
def page(open_app: OpenApp, stalled: str) -> Page:
    return opened_for(open_app, "alarms")


def last(desk: Desk) -> Any:
    return desk.story(SERIAL).state.log[-1].said.entry


def test_an_empty_list_says_so(open_app: OpenApp, desk: Desk) -> None:
    one_pump(desk)
    page = opened_for(open_app, "alarms")
    assert "No alarm is open." in " ".join(one.value for one in page.app.markdown)


def test_an_open_alarm_shows_who_how_old_and_that_nobody_has_it(page: Page) -> None:
    assert "Anna Weber" in page.text
    assert "Motor stall (critical)</b>, open for <b>1 day 2 h</b>" in page.text
    assert "Heard 31 May 2026, 07:30 by the patient" in page.text
    assert "Nobody has taken it on yet." in page.text
    assert "Not interrogated yet." in page.text


def test_without_a_protocol_the_page_says_who_can_add_one(page: Page) -> None:
    assert "A critical alarm is open (motor stall): drug may not be flowing." in page.text
    assert "protocol is not here yet: an administrator can add it (protocol, see Settings)." in page.text
    assert "No number to ring is here yet: an administrator can add it (emergency_phone, see Settings)." in page.text
    assert "clinic.toml" not in page.text
    assert "return of spasticity" in page.text
    assert "floppiness rising from the legs" in page.text


def test_the_clinics_protocol_and_number_stand_on_page_story_and_board(
    settings: None, open_app: OpenApp, stalled: str, desk: Desk
) -> None:
    pump_id = desk.pump_id(SERIAL)
    page = opened_for(open_app, "alarms")
    story = Page(open_app_at(opened_for(open_app, "board", pump_id).app, "story"))
    board = Page(open_app("board"))
    for one in (page, story, board):
        assert "Ring the consultant on call." in one.text
        assert "Emergency <b>020 7946 0199</b>" in one.text
        assert "nobody has taken it on" in one.text.lower()


def test_an_alarm_is_logged_on_the_phone_by_its_tone_alone(open_app: OpenApp, desk: Desk) -> None:
    pump_id = one_pump(desk)
    page = opened_for(open_app, "alarms").press("Log an alarm")
    page.press("Anna Weber")
    page.tap("Which alarm", "UNKNOWN_SINGLE_BEEP")
    assert "it counts as one until the pump was asked" in page.text
    page.tap("Tone", "two_tone")
    assert "Two tones can mean: empty reservoir, end of service, motor stall" in page.text
    assert "drug may not be flowing" in page.text
    page.tap("Which alarm", "UNKNOWN_TWO_TONE").type("Heard by", "the patient").type("Reported by", "his wife")
    read_back = " ".join(one.value for one in page.app.text)
    assert read_back.startswith(f"{SERIAL}: two tones, Two tones, kind not known yet (critical), since 1 Jun 2026")
    assert read_back.endswith("heard by the patient, reported by his wife.")
    page.press("Check").press("Save as M. Keller")
    heard = last(desk)
    assert isinstance(heard, AlarmHeard)
    assert (heard.alarm, heard.tone, heard.heard_by, heard.reported_by) == (
        "UNKNOWN_TWO_TONE",
        "two_tone",
        "the patient",
        "his wife",
    )
    assert heard.reported_at is not None
    page.press("On with the alarms")
    assert "Two tones, kind not known yet (critical)" in page.text
    assert "Two tones are a critical alarm, whichever it is: drug may not be flowing." in page.text
    assert desk.story_of(pump_id).outlook.tier.value == "cannot_project"


def test_an_alarm_is_taken_on_asked_about_and_closed(page: Page, desk: Desk) -> None:
    page.press("Take it on")
    assert "Motor stall (critical)</b>, open for 1 day 2 h; <b>nobody has taken it on</b>" in page.text
    page.press("Check").press("Save as M. Keller")
    assert last(desk) == AlarmTakenOn(**{**last(desk).model_dump(), "owner": "M. Keller"})
    page.press("On with the alarms")
    assert "<b>M. Keller</b> sees to it since 1 Jun 2026, 09:30" in page.text
    page.press("Interrogated").press("Check")
    assert "Pump running: answer yes or no" in page.refused
    page.answer("Pump running?", "No").press("Check").press("Save as M. Keller")
    assert isinstance(last(desk), AlarmInterrogated)
    page.press("On with the alarms")
    assert "pump NOT running" in page.text
    page.press("Close").write("What was found?", "stalled rotor").write("What was done?", "to theatre")
    page.press("Check")
    assert "say whether it runs now" in page.refused
    page.answer("Pump running?", "Yes").press("Check").press("Save as M. Keller")
    assert isinstance(last(desk), AlarmClosed)
    page.press("On with the alarms")
    assert "No alarm is open." in " ".join(one.value for one in page.app.markdown)


def test_a_snooze_is_marked_and_cancelled_and_hides_no_red_row(page: Page, desk: Desk, open_app: OpenApp) -> None:
    page.press("Snooze").press("Check")
    assert "Why can it wait?: type it" in page.refused
    page.type("Why can it wait?", "on the way here").press("Check").press("Save as M. Keller")
    assert isinstance(last(desk), AlarmSnoozed)
    page.press("On with the alarms")
    assert "Snoozed until 1 Jun 2026, 10:30</b> by M. Keller because: on the way here" in page.text
    board = Page(open_app("board"))
    assert "Cannot project" in board.text
    assert "Snoozed until 1 Jun 2026, 10:30" in board.text
    assert "1 snoozed" in board.text
    page.press("Cancel snooze").press("Check").press("Save as M. Keller").press("On with the alarms")
    assert "Snoozed until" not in page.text


def test_a_snooze_past_the_empty_date_is_refused_with_a_sentence(page: Page) -> None:
    later = (NOW + timedelta(days=90)).date()
    page.press("Snooze").type("Why can it wait?", "later").choose_day("Snooze until, day", later).press("Check")
    assert "A snooze never passes the empty date" in page.refused


def test_a_low_alarm_shows_its_ratio_and_working_on_the_page(open_app: OpenApp, desk: Desk) -> None:
    one_pump(desk)
    heard = {"kind": "alarm_heard", "happened_at": "2026-05-02T09:30", "alarm": "LOW_RESERVOIR"}
    record(desk, **heard)
    page = opened_for(open_app, "alarms")
    assert "1.5 times the programmed flow, outside the pump's accuracy. Evidence only" in page.text
    assert "Flow that the alarm implies, over programmed flow." in page.text


def test_a_replacement_is_planned_from_the_list(open_app: OpenApp, desk: Desk) -> None:
    one_pump(desk)
    record(desk, kind="alarm_heard", happened_at="2026-05-30T09:30", alarm="ELECTIVE_REPLACEMENT")
    page = opened_for(open_app, "alarms")
    assert "Replace by 28 Aug 2026; to be planned since 28 May 2026" in page.text
    page.press("Plan it").choose_day("Replacement planned for", (NOW + timedelta(days=40)).date())
    page.type("Where, and by whom", "North hospital").press("Check").press("Save as M. Keller")
    page.press("On with the alarms")
    assert "planned for 11 Jul 2026" in page.text


def test_a_planned_scan_is_listed_and_told_as_done(open_app: OpenApp, desk: Desk) -> None:
    one_pump(desk)
    planned_at = (NOW + timedelta(hours=1)).isoformat()
    record(desk, kind="imaged", happened_at=NOW.isoformat(), how="planned", planned_at=planned_at, where="North")
    page = opened_for(open_app, "alarms")
    words = " ".join(one.value for one in page.app.markdown)
    assert "Anna Weber" in words
    assert "1 Jun 2026, 10:30" in words
    page.press("Record it as done").tap("The MRI is", "done").press("Check")
    assert "a restart is normally seen within 15 minutes" in page.text


def test_who_may_only_look_sees_the_alarms_and_no_way_to_say_anything(
    open_app: OpenApp, desk: Desk, stalled: str
) -> None:
    open_app("board")
    app = open_app("alarms", sign_in(desk, "Vera Sol", Role.VIEWER))
    labels = [button.label for button in app.button]
    assert "Story" in labels
    assert not set(labels) & {"Log an alarm", "Take it on", "Interrogated", "Snooze", "Close"}


def test_whoever_may_log_a_call_snoozes_and_takes_on_but_does_not_close(
    open_app: OpenApp, desk: Desk, stalled: str
) -> None:
    open_app("board")
    app = open_app("alarms", sign_in(desk, "Carl Ring", Role.CALLER))
    labels = {button.label for button in app.button}
    assert {"Log an alarm", "Take it on", "Snooze"} <= labels
    assert not labels & {"Interrogated", "Close"}
