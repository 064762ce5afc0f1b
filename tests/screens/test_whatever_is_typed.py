"""Whatever is typed and pressed, in any form: no traceback, and nothing written but by Save on a check that holds."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pumplog.desk import Desk
from pumplog.screens.other_forms import CHOICES
from tests.screens.conftest import OpenApp
from tests.screens.filling import STEPS_COUNT, Page, every, one_pump, opened_for, plain
from tests.screens.hostile import WORDS
from tests.screens.test_visit import fill_in, written

HOSTILE = (
    "1,5",
    "1,500",
    "1.500,00",
    "-0",
    "1e400",
    "NaN",
    "\u221e",
    "\u0663\u066b\u0665",
    "1 mL 2 mL",
    "0" * 40,
    "9" * 40,
    "1/0",
    "%s%n{}",
    "\u202e5\u0000",
    "'; DROP TABLE kept; --",
    "\t \u00a0",
    "½",
    WORDS,
)
UNITS = ("", " mL", " mcg", " mg/mL", " mcg/day", " h", "mg/h")
NUMBERS = st.builds(
    "{}{}".format,
    st.one_of(
        st.integers(-5, 2500),
        st.decimals(min_value=0, max_value=2500, places=2),
        st.floats(allow_nan=True, allow_infinity=True),
    ),
    st.sampled_from(UNITS),
)
TYPED = st.one_of(
    st.sampled_from(HOSTILE), st.sampled_from(("", "2", "20", "100", "500", "2000")), NUMBERS, st.text(max_size=60)
)
PLACES = st.integers(0, 59)
"""Which of the fields, choices or buttons in sight, counted round and round."""
ACTIONS = st.one_of(
    st.tuples(st.just("type"), PLACES, TYPED),
    st.tuples(st.just("tap"), PLACES, PLACES),
    st.tuples(st.just("answer"), PLACES, PLACES),
    st.tuples(st.just("tick"), PLACES, st.booleans()),
    st.tuples(st.just("choose"), PLACES, st.dates(date(1900, 1, 1), date(2199, 12, 31))),
    st.tuples(st.just("press"), PLACES, st.none()),
    st.tuples(st.just("save"), PLACES, st.none()),
)
LEAVES = ("Lock", "Sign out", "Another pump", "Discard", "Change person", "To ", "Go on", "Begin another")
"""What is not pressed: it goes elsewhere, or throws the form away."""


def raw_choices(one: Any) -> list[Any]:
    """What a choice stands for: the words in sight are made of it."""
    return list(getattr(one.format_func, "__self__", None) or one.options)


def nth(some: list[Any], place: int) -> Any:
    return some[place % len(some)] if some else None


SET_AS_DRAWN = {"tick": "checkbox", "choose": "date_input"}


def act(page: Page, what: str, place: int, value: Any) -> str:
    """Do one thing at a page; the label of the button that was pressed, or nothing."""
    app = page.app
    if what == "type" and (one := nth([*every(app, "text_input"), *every(app, "text_area")], place)):
        one.set_value(value[: one.proto.max_chars or None])
    elif what == "tap" and (one := nth(every(app, "button_group"), place)):
        choice = nth(raw_choices(one), value)
        one.set_value(choice if one._is_single_select else [choice])
    elif what == "answer" and (one := nth(every(app, "radio"), place)):
        one.set_value(nth(one.options, value))
    elif what in SET_AS_DRAWN and (one := nth(every(app, SET_AS_DRAWN[what]), place)):
        one.set_value(value)
    elif what == "press":
        free = [one for one in every(app, "button") if not one.disabled and not plain(one.label).startswith(LEAVES)]
        return press(page, nth(free, place))
    elif what == "save":
        saves = [one for one in every(app, "button") if plain(one.label).startswith(("Save", "Check"))]
        return press(page, nth(saves, place))
    page.run()
    return ""


def press(page: Page, one: Any) -> str:
    if one is None or one.disabled:
        return ""
    one.click()
    page.run()
    return plain(one.label)


def live(page: Page, actions: list[tuple[str, int, Any]], count: Callable[[], int]) -> bool:
    """Do one thing after the other: what is on record grows by a Save of a check in sight, by one, and that ends it.

    Whether anything was saved.
    """
    for what, place, value in actions:
        before, checked = count(), "What this would mean" in [one.value for one in page.app.subheader]
        pressed = act(page, what, place, value)
        grown = count() - before
        if grown:
            assert grown == 1
            assert pressed.startswith("Save as "), pressed
            assert checked, "what was saved had been shown"
            assert page.app.success, "and it is said"
            return True
    return False


def a_form(open_app: OpenApp, pump_id: str, form: str) -> Page:
    """A form of a pump: `filled` is a visit that could be saved."""
    if form in ("visit", "filled"):
        page = opened_for(open_app, "visit", pump_id)
        if page.has("button", "Discard for good"):
            page.press("Discard for good")
        return fill_in(page).step(STEPS_COUNT) if form == "filled" else page
    page = opened_for(open_app, "entries", pump_id).tap("What happened?", form)
    return page.press("Discard for good") if page.has("button", "Go on with it") else page


FORMS = ("filled", "visit", *CHOICES)


def whatever(open_app: OpenApp, desk: Desk, examples_count: int, *, same_each_time: bool) -> None:
    """Live through so many drawn examples on one log, each in a form of its own; some end with a save."""
    pump_id, saved = one_pump(desk), list[str]()

    @settings(
        max_examples=examples_count,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
        database=None,
        derandomize=same_each_time,
    )
    @given(st.one_of(st.just("filled"), st.sampled_from(FORMS)), st.lists(ACTIONS, min_size=2, max_size=8))
    def lived(form: str, actions: list[tuple[str, int, Any]]) -> None:
        if live(a_form(open_app, pump_id, form), actions, lambda: len(desk.logbook.events())):
            saved.append(form)

    lived()
    assert saved, "no example came to a save: the rule was not tried"


def test_whatever_is_typed_and_pressed_nothing_breaks_and_only_save_writes(open_app: OpenApp, desk: Desk) -> None:
    whatever(open_app, desk, 25, same_each_time=True)


@pytest.mark.soak
def test_whatever_is_typed_and_pressed_many_times_over(open_app: OpenApp, desk: Desk) -> None:
    whatever(open_app, desk, 600, same_each_time=False)


def type_everywhere(page: Page, text: str) -> None:
    for one in [*every(page.app, "text_input"), *every(page.app, "text_area")]:
        one.set_value(text[: one.proto.max_chars or None])
    page.run()


MODES = ("flex", "periodic_bolus", "minimum_rate", "single_bolus", "fixed_flow")


def test_each_hostile_text_in_every_field_of_every_step_at_once(open_app: OpenApp, desk: Desk) -> None:
    """In every mode, with every fold open; then the check."""
    pump_id = one_pump(desk)
    page = opened_for(open_app, "visit", pump_id)
    fill_in(page, concentration="2000").tick("Teaching done").press("Add a drug of the mixture")
    for place, text in enumerate(HOSTILE):
        page.tap("The pump now runs", MODES[place % len(MODES)]).run()
        for step in range(1, STEPS_COUNT):
            type_everywhere(page.step(step), text)
        page.check()
        assert not page.has("button", "Save as"), text
        page.press("1 Who")
    assert len(written(desk, pump_id)) == 2


def test_a_draft_of_whatever_was_typed_comes_back(open_app: OpenApp, desk: Desk) -> None:
    pump_id = one_pump(desk)
    page = opened_for(open_app, "visit", pump_id)
    for place, text in enumerate(HOSTILE[::3]):
        type_everywhere(page.step(1 + place % 4), text)
        again = opened_for(open_app, "visit", pump_id).press("Go on with it")
        before, after = ({one.key: one.value for one in every(app, "text_input")} for app in (page.app, again.app))
        assert after == before
        assert text[:20] in "".join(before.values())
    assert len(written(desk, pump_id)) == 2
