"""A step out of sight says what it says in sight: nothing of a visit depends on which step is looked at."""

from collections.abc import Callable
from typing import Any

import pytest

from pumplog.desk import Desk
from pumplog.screens import drafts
from pumplog.screens.form import Form
from tests.screens.conftest import OpenApp
from tests.screens.filling import STEPS_COUNT, Page, one_pump, opened_for
from tests.screens.test_visit import fill_in


def a_bridge_a_mixture_and_waste(page: Page) -> None:
    fill_in(page, concentration="2000").press("Add a drug of the mixture").tap("Drug 2", "clonidine")
    page.tap_all("Signs of a fill beside", "swelling").type("How long", "4 hours").type("Lot", "AB12")
    page.answer("Rinsed?", "Yes").type("Thrown away", "1.5").type("Witness", "J. Frey")
    page.answer("Was the bridge bolus programmed?", "Yes").answer("Bridge dose in", "mg").type("Bridge dose", "0.2")
    page.type("Programmer says: dose", "0.1 mg/day").tick("Teaching done").write("Note", "Two needles")


def a_flex_day_that_is_not_whole(page: Page) -> None:
    fill_in(page).tap("The pump now runs", "flex").tick("Some weekdays are different")
    page.tap_all("Days of group 1", "mon", "tue").type("Step 1 lasts", "8").type("Step 1 rate", "1,500")
    page.tick("The patient may ask for boluses").type("Lock-out", "2")


def nothing_that_can_be_read(page: Page) -> None:
    page.tap_all("Which identifiers", "name").type("Drawn", "1,500").type("Concentration", "a lot")
    page.type("Volume after fill", "-1").tap("The pump now runs", "fixed_flow").type("Flow", "1e400")


def put_off(page: Page) -> None:
    fill_in(page, drawn="").type("Drawn", "19").tap("Stop: what happens now?", "put_off")
    page.type("Left in or returned", "19").type("Needle", "22 G")


@pytest.mark.parametrize(
    "fill", [a_bridge_a_mixture_and_waste, a_flex_day_that_is_not_whole, nothing_that_can_be_read, put_off]
)
def test_each_step_says_the_same_whichever_is_in_sight(
    open_app: OpenApp, desk: Desk, monkeypatch: pytest.MonkeyPatch, fill: Callable[[Page], None]
) -> None:
    page = opened_for(open_app, "visit", one_pump(desk))
    fill(page)
    said: dict[int, Any] = {}
    keep = drafts.keep_typed

    def noting(form: Form, *more: Any) -> None:
        said[form.sheet.step] = (dict(form.said), list(form.faults), dict(form.steps.of), set(form.steps.unread))
        keep(form, *more)

    monkeypatch.setattr(drafts, "keep_typed", noting)
    for number in range(1, STEPS_COUNT + 1):
        page.step(number)
    assert sorted(said) == list(range(1, STEPS_COUNT + 1))
    assert len(said[1][0]) > 6
    for number, one in said.items():
        assert one == said[1], f"step {number} in sight"
