"""Whatever is typed into any field of any step: no traceback, and nothing written unless Save was pressed."""

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from tests.screens.conftest import OpenApp
from tests.screens.filling import STEPS_COUNT, every, one_pump, opened_for
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
MODES = ("flex", "periodic_bolus", "minimum_rate", "single_bolus", "fixed_flow")


@pytest.fixture
def pump_id(desk: Desk) -> str:
    return one_pump(desk)


def type_everywhere(app: AppTest, text: str) -> None:
    for one in [*every(app, "text_input"), *every(app, "text_area")]:
        one.set_value(text[: one.proto.max_chars or None])


def test_no_step_shows_a_traceback_and_nothing_is_written(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    """Each text in every field of every step at once, in every mode, with every fold open; then the check."""
    page = opened_for(open_app, "visit", pump_id)
    fill_in(page, concentration="2000").tick("Teaching done").press("Add a drug of the mixture")
    for place, text in enumerate(HOSTILE):
        page.tap("The pump now runs", MODES[place % len(MODES)]).run()
        for step in range(1, STEPS_COUNT):
            type_everywhere(page.step(step).app, text)
            page.run()
        page.check()
        assert not page.has("button", "Save as"), text
        page.press("1 Who")
    assert len(written(desk, pump_id)) == 2


def test_a_draft_of_whatever_was_typed_comes_back(open_app: OpenApp, desk: Desk, pump_id: str) -> None:
    page = opened_for(open_app, "visit", pump_id)
    for text in HOSTILE[::3]:
        type_everywhere(page.app, text)
        page.run()
        again = opened_for(open_app, "visit", pump_id).press("Go on with it")
        before, after = ({one.key: one.value for one in every(app, "text_input")} for app in (page.app, again.app))
        assert after == before
    assert len(written(desk, pump_id)) == 2
