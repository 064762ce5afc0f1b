"""The shell around every page."""

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.logbook import Verification
from pumplog.screens import clinic
from tests.screens.conftest import OpenApp

VIEWS = (
    "board",
    "alarms",
    "calls",
    "visit",
    "story",
    "planner",
    "register",
    "entries",
    "import_sheet",
    "method",
    "settings",
)


def strip(app: AppTest) -> str:
    bodies: list[str] = [one.proto.body for one in app.get("html")]
    return next(body for body in bodies if "pl-strip" in body)


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_opens_on_an_empty_log(open_app: OpenApp, view: str) -> None:
    app = open_app(view)
    assert not app.exception
    assert len(app.title) == 1
    assert "1 Jun 2026" in strip(app)
    assert "Backup: none yet" in strip(app)


def test_a_name_typed_in_a_demo_is_kept_from_page_to_page(open_demo: OpenApp) -> None:
    app = open_demo("board")
    assert "Nobody named yet" in strip(app)
    app.text_input(key="person_typed").set_value("  M.   <b>Keller ").run()
    assert "Recording: <b>M. &lt;b&gt;Keller</b>" in strip(app)
    app.switch_page("pumplog/screens/views/method.py").run()
    assert "M. &lt;b&gt;Keller" in strip(app)


def test_the_person_who_is_signed_in_stands_on_every_page(open_app: OpenApp) -> None:
    app = open_app("board")
    assert "Signed in: <b>M. Keller</b>" in strip(app)
    app.switch_page("pumplog/screens/views/method.py").run()
    assert "Signed in: <b>M. Keller</b>" in strip(app)


def test_a_log_that_does_not_prove_itself_stands_out(
    open_app: OpenApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "verify", lambda: Verification(False, 3, 2, "Event 2 was changed."))
    clinic.checked(now=True)
    assert 'role="alert">✕ Event 2 was changed.' in strip(open_app("board"))
