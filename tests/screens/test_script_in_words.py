"""Script, markup and templates in whatever people type: shown as the words that they are, on every page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION, KINDS, AnyEntry
from pumplog.logbook import NewEvent
from pumplog.people import Role
from pumplog.screens import clinic
from pumplog.screens.going import PUMP_KEY
from pumplog.screens.other_forms import CHOICES
from pumplog.screens.story_charts import dose_chart, ratio_chart, reservoir_chart
from pumplog.screens.views.story import _EVER
from tests.screens.conftest import BROWSER, NOW, PASSWORD, OpenApp, sign_in
from tests.screens.filling import Page, one_pump, open_app_at, sign_second
from tests.screens.hostile import MARK, NAME, WORDS, more_than_text, planted_in, shown
from tests.screens.test_import import GOOD, choose, press
from tests.screens.test_import import temporary as temporary
from tests.screens.test_navigation import VIEWS
from tests.screens.test_visit import going_on
from tests.test_house_entries import OF_THE_CLINIC, WRITTEN_BY_THE_DESK_ALONE

EXAMPLES = Path(__file__).parents[1] / "examples" / "entries"
LINKS = frozenset(
    {
        *("alarm_event_id", "target_event_id", "row_event_id", "closure_event_id"),
        *("booking_event_id", "visit_event_id", "plan_event_id", "gtin"),
    }
)
"""Made by the program, and what an entry is found by: planted in a log of their own."""
MORE: dict[str, Any] = {
    "bridge": {"given": False},
    "waste": {"volume_ml": "1", "witness": "x", "method": "x"},
    "drawn_waste": {"volume_ml": "1", "witness": "x", "method": "x"},
    "observation": {"what": "x", "how_long": "x", "who": "x"},
}
KNOWN, UNKNOWN = "1" * 32, "2" * 32
"""Two pumps: of the one, model and drug are real, so that it has dates and charts; of the other, nothing is."""
ROLES = tuple(Role)


def example(kind: str, pump_id: str) -> dict[str, Any]:
    """One entry of a kind with the words in each of its fields."""
    said = json.loads((EXAMPLES / f"{kind}.json").read_text("utf-8"))
    said |= {name: part for name, part in MORE.items() if name in KINDS[kind].model_fields}
    but = LINKS | (frozenset({"model", "drug"}) if pump_id == KNOWN else frozenset())
    said = planted_in(KINDS[kind], said, WORDS, but=but)
    if kind in OF_THE_CLINIC:
        return said
    return {**said, "pump_serial": f"{pump_id[:2]} {WORDS}"}


def told(said: dict[str, Any], pump_id: str, event_id: str) -> tuple[AnyEntry, NewEvent]:
    """An entry as it stands: what the desk would refuse may come from a log of another time."""
    entry = KINDS[said["kind"]].model_validate(said)
    at = entry.happened_at
    return entry, NewEvent(event_id, pump_id, entry.kind, BODY_VERSION, entry.body(), at, at, NAME)


@cache
def all_told(pump_id: str) -> tuple[tuple[AnyEntry, NewEvent], ...]:
    """Every kind of entry about a pump; each of them replaced by itself; refused rows, one dismissed."""
    ids = {kind: f"{kind}-{pump_id}" for kind in KINDS}
    links = {
        "alarm_event_id": ids["alarm_heard"],
        "target_event_id": ids["deferred"],
        "row_event_id": ids["row_refused"],
        "booking_event_id": ids["booked"],
        "visit_event_id": ids["refilled"],
        "plan_event_id": ids["plan_made"],
    }
    written = []
    for kind in KINDS:
        said = example(kind, pump_id)
        said |= {name: event_id for name, event_id in links.items() if name in said}
        if kind == "corrected":
            said |= {"how": "entered_in_error", "replacement": None}
        if kind == "retired":
            continue
        written.append(told(said, "clinic" if kind in OF_THE_CLINIC else pump_id, ids[kind]))
        if kind not in ("corrected", *WRITTEN_BY_THE_DESK_ALONE):
            correction = {**example("corrected", pump_id), "target_event_id": ids[kind], "replacement": said}
            if kind != "refilled":
                written.append(told(correction, pump_id, uuid4().hex))
    written.append(told(example("row_refused", pump_id), pump_id, uuid4().hex))
    written.append(told({**example("alarm_heard", pump_id), "alarm": "MOTOR_STALL"}, pump_id, uuid4().hex))
    return tuple(written)


@pytest.fixture(autouse=True)
def named_clinic(tmp_path: Path) -> None:
    """A clinic whose own name is such words."""
    (tmp_path / "clinic.toml").write_text(f"clinic_name = {json.dumps(WORDS)}\n", "utf-8")


@pytest.fixture
def planted(named_clinic: None, desk: Desk, keller: None) -> list[AnyEntry]:
    """A clinic in which everything that can be typed is such words."""
    evil = sign_in(desk, NAME, *ROLES)
    person = desk.door.current(evil, browser=BROWSER, at=desk.now())
    desk.administration.enrol_tablet(NAME[:60], browser=BROWSER, by=person, at=desk.now())
    desk.administration.set_pin(person.person_id, PASSWORD, "481923", at=desk.now())
    written = []
    for pump_id in (KNOWN, UNKNOWN):
        events = [event for _, event in all_told(pump_id)]
        desk.logbook.append_all(events, seen={event.pump_id: desk.seen(event.pump_id) for event in events})
        written += [entry for entry, _ in all_told(pump_id)]
    return written


@pytest.fixture
def whose(desk: Desk, planted: list[AnyEntry]) -> str:
    """The word of a sign-in of somebody of such a name."""
    return sign_in(desk, NAME, *ROLES)


def every_text(part: object) -> Iterator[str]:
    """Every planted text that an entry holds."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from every_text(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from every_text(one)
    elif isinstance(part, dict):
        yield from every_text(tuple(part.values()))
    elif isinstance(part, str) and MARK in part:
        yield part


def is_shown(app: AppTest, text: str) -> bool:
    """Whether a text stands on the page letter for letter, however its spaces are set."""
    return " ".join(text.split()) in " ".join(shown(app).split())


def assert_text_alone(app: AppTest) -> None:
    assert not app.exception
    assert more_than_text(app) == []


def test_what_looks_for_more_than_text_finds_it() -> None:
    """The judge of all that follows is judged first."""
    page = AppTest.from_string(
        "import streamlit as st\n"
        "from tests.screens.hostile import NAME, WORDS\n"
        "st.html(f'<p>{WORDS}</p>'); st.write(NAME); st.button(NAME); st.expander(NAME).write('x')\n"
        "st.pills(NAME, ['a'], format_func=lambda _: NAME, key='p'); st.error(WORDS); st.caption(NAME)\n"
    ).run()
    found = " ".join(more_than_text(page))
    for where in ("Html.body", "Markdown.body", "Button.label", "Expandable.label", "Option.content", "Alert.body"):
        assert where in found


def test_every_field_of_text_of_every_kind_is_planted(planted: list[AnyEntry]) -> None:
    assert {entry.kind for entry in planted} >= set(KINDS) - {"retired"}
    for entry in planted:
        bare = [
            name
            for name, field in type(entry).model_fields.items()
            if field.annotation is not None
            and "Words" in str(field.annotation)
            and name not in LINKS
            and not list(every_text(getattr(entry, name)))
        ]
        assert bare == []
        assert len(list(every_text(entry))) >= 3


@pytest.mark.parametrize("view", VIEWS)
def test_words_of_script_are_text_on_every_page(open_app: OpenApp, whose: str, view: str) -> None:
    assert_text_alone(open_app(view, whose))


def test_on_the_board_every_red_row_and_every_refused_row_is_text(open_app: OpenApp, whose: str) -> None:
    app = open_app("board", whose)
    app.session_state["refused-fold"] = True
    app.text_input(key="find").set_value(MARK).run()
    assert_text_alone(app)
    assert is_shown(app, f"name {WORDS}")
    assert is_shown(app, f"sheet {WORDS}")


@pytest.mark.parametrize("pump_id", [KNOWN, UNKNOWN])
def test_in_a_story_every_field_is_shown_as_it_was_typed(
    open_app: OpenApp, desk: Desk, whose: str, pump_id: str
) -> None:
    app = open_app("board", whose)
    app.session_state[PUMP_KEY] = pump_id
    app = open_app_at(app, "story")
    app.button(key=f"all-lines:{pump_id}:press").click().run()
    assert_text_alone(app)
    story = desk.story_of(pump_id)
    typed = {text for line in story.state.log for text in every_text(line.said.entry)}
    unseen = {text.split()[0] for text in typed if not is_shown(app, text)}
    # The digest is for the program; names of fields are shown as labels; the serial stands in the head, once.
    assert unseen <= {"rest_digest", "confirmed_unverified", pump_id[:2]}
    assert is_shown(app, f"Written by {NAME}")


def test_in_no_chart_is_anything_that_was_typed(desk: Desk, planted: list[AnyEntry]) -> None:
    story = desk.story_of(KNOWN)
    assert story.outlook.refill_by is not None or story.visits
    zone, policy = desk.zone, desk.reference.policy
    charts = [reservoir_chart(story, zone, _EVER, "light"), dose_chart(story, zone, "light")]
    charts += [ratio_chart(story, zone, policy, "light")]
    drawn = [chart.to_json() for chart in charts if chart is not None]
    assert len(drawn) >= 2
    assert [one for one in drawn if MARK in one] == []


@pytest.mark.parametrize("pump_id", [KNOWN, UNKNOWN])
def test_in_the_visit_words_are_text_before_and_after_the_check(open_app: OpenApp, whose: str, pump_id: str) -> None:
    app = open_app("board", whose)
    app.session_state[PUMP_KEY] = pump_id
    assert_text_through_the_check(open_app_at(app, "visit"))


@pytest.mark.parametrize("kind", CHOICES)
def test_in_every_other_form_words_are_text_before_and_after_the_check(
    open_app: OpenApp, desk: Desk, whose: str, kind: str
) -> None:
    app = open_app("board", whose)
    app.session_state[PUMP_KEY] = KNOWN
    app = open_app_at(app, "entries")
    app.pills(key=f"kind:{KNOWN}").set_value(kind).run()
    if kind == "corrected":
        chooser = next(one for one in app.selectbox if one.label == "Which entry was wrong?")
        assert any(NAME in option for option in chooser.options)
        for index in range(len(chooser.options)):
            next(one for one in app.selectbox if one.label == "Which entry was wrong?").select_index(index).run()
            assert_text_alone(app)
    assert_text_through_the_check(app)


def assert_text_through_the_check(app: AppTest) -> None:
    """Type the words into every field of text, and check."""
    typed = [*app.text_input, *app.text_area]
    for one in typed:
        one.set_value(WORDS[: one.proto.max_chars or None])
    app.run()
    assert_text_alone(app)
    Page(app).check()
    assert_text_alone(app)
    assert app.error or "Save" in " ".join(button.label for button in app.button)
    assert typed


def test_a_registration_of_such_words_is_text_at_the_check_and_at_its_refusal(open_app: OpenApp, whose: str) -> None:
    app = open_app("register", whose)
    assert_text_through_the_check(app)
    assert app.error


def test_a_sheet_of_such_words_is_text_where_it_is_understood_refused_and_imported(
    open_app: OpenApp, whose: str
) -> None:
    cell = '"' + WORDS.replace('"', '""') + '"'
    rows = GOOD.decode().replace('"Example, Ada"', cell).replace("NG2", cell).replace("100 mcg/day", cell)
    rows = rows.replace("patient_name", f"patient_name,{cell}", 1).replace(f"{cell},Sync", f"{cell},x,Sync", 1)
    app = open_app("import_sheet", whose)
    app = choose(app, rows.encode(), name=f"{NAME}.csv")
    assert_text_alone(app)
    plain = GOOD.decode().replace('"Example, Ada"', cell).replace("100 mcg/day", cell).replace("NG2", "NG2<b>")
    app = press(choose(app, plain.encode(), name=f"{NAME}.csv"), "check")
    assert_text_alone(app)
    assert MARK in shown(app)
    app = press(app, "import")
    assert_text_alone(app)
    board = open_app("board", whose)
    board.session_state["refused-fold"] = True
    assert_text_alone(board.run())


def test_where_somebody_comes_in_names_are_text(open_app: OpenApp, desk: Desk, whose: str) -> None:
    app = open_app("board", "")
    assert_text_alone(app)
    assert MARK in shown(app), "the clinic's name, and on its tablet the person's"
    account = desk.door.accounts.named(NAME)
    assert account is not None
    app.pills(key="pin-person").set_value(account.person_id).run()
    assert_text_alone(app)
    assert is_shown(app, NAME)
    app.text_input(key="sign-in-name").set_value(WORDS[:80])
    app.text_input(key="sign-in-password").set_value(WORDS)
    next(button for button in app.button if button.key and "sign-in-go" in button.key).click().run()
    assert_text_alone(app)


def test_a_locked_page_and_the_way_out_show_a_name_as_text(open_app: OpenApp, desk: Desk, whose: str) -> None:
    app = open_app("board", whose)
    assert is_shown(app, f"Signed in: {NAME}")
    app.button(key="lock").click().run()
    assert app.title[0].value == "Locked"
    assert_text_alone(app)
    desk._now = lambda: NOW + timedelta(hours=13)
    app.run()
    assert_text_alone(app)


def test_settings_show_people_tablets_and_who_came_in_as_text(open_app: OpenApp, whose: str) -> None:
    app = open_app("settings", whose)
    assert_text_alone(app)
    assert is_shown(app, NAME)
    for one in app.selectbox:
        for index in range(len(one.options)):
            one.select_index(index).run()
            assert_text_alone(app)


def test_a_second_checker_of_such_a_name_is_text_on_the_page(
    open_app: OpenApp, desk: Desk, planted: list[AnyEntry]
) -> None:
    pump_id = one_pump(desk)
    app = open_app("board")
    app.session_state[PUMP_KEY] = pump_id
    page = going_on(Page(open_app_at(app, "visit")), "read twice").check()
    assert_text_alone(page.app)
    sign_second(page, NAME)
    assert_text_alone(page.app)
    assert is_shown(page.app, f"{NAME} has checked this")


def test_a_refusal_of_the_log_itself_is_text(open_app: OpenApp, whose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(clinic.checked(), verification=replace(clinic.checked().verification, ok=False, says=WORDS))
    monkeypatch.setattr(clinic, "checked", lambda: broken)
    assert_text_alone(open_app("board", whose))
