"""Settings: who came in and what was read, by person and pump, for whoever may read it."""

from pumplog.desk import Desk
from tests.screens.conftest import OpenApp
from tests.screens.filling import Page, one_pump


def test_who_opened_a_story_is_found_by_the_pump(open_app: OpenApp, desk: Desk) -> None:
    pump_id = one_pump(desk)
    open_app("story", pump_id=pump_id)
    page = Page(open_app("settings"))
    page.app.session_state["fold-access"] = True
    page.run()
    assert "opened a pump's story" in page.text
    assert "signed in" in page.text
    serial = next(card.pump_serial for card in desk.pumps())
    page._one("selectbox", "Pump").set_value(pump_id)
    page.run()
    rows = page.text.partition("When")[2]
    assert serial in rows
    assert "signed in" not in rows.partition("See the board")[0]
