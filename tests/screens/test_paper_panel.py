"""The papers under the board: made when somebody asks, for those who may; their age, and a night that failed."""

from datetime import timedelta

from pumplog.desk import Desk, PaperMade
from pumplog.people import Role
from pumplog.screens.paper_ages import age_words, failed_words
from tests.screens.conftest import NOW, OpenApp, sign_in


def test_each_paper_is_made_by_one_press_and_then_has_an_age(clinic_desk: Desk, open_app: OpenApp) -> None:
    caller = sign_in(clinic_desk, "Cara Call", Role.CALLER)
    app = open_app("board", caller)
    app.button(key="make-digest").click().run()
    assert [one.proto.label for one in app.get("download_button")] == [
        "Take it as web page",
        "Take it as plain text",
        "Take it as PDF",
    ]
    app.button(key="make-calendar").click().run()
    assert "It names no patient." in app.success[0].value
    assert clinic_desk.papers()["digest"].made_at == NOW


def test_who_may_not_print_is_offered_nothing(clinic_desk: Desk, open_app: OpenApp) -> None:
    app = open_app("board", sign_in(clinic_desk, "Vera View", Role.VIEWER))
    assert not app.exception
    assert "On paper" not in [one.value for one in app.subheader]


def test_opening_the_board_is_written_down_once(clinic_desk: Desk, open_app: OpenApp) -> None:
    app = open_app("board")
    app.run()
    looked = [line for line in clinic_desk.logbook.access_events() if line.kind == "opened_board"]
    assert [line.recorded_by for line in looked] == ["M. Keller"]


def test_the_age_is_said_as_one_says_it() -> None:
    ages = [None, NOW, NOW - timedelta(days=1), NOW - timedelta(days=9)]
    said = [age_words(PaperMade(made_at=made), NOW) for made in ages]
    assert said == ["none yet", "today 09:30", "yesterday 09:30", "9 days old"]


def test_a_failed_night_is_said_with_its_reason() -> None:
    failed = PaperMade(failed_at=NOW, failed_says="The folder has no room.")
    assert failed_words("downtime_pack", failed) == (
        "Downtime pack by night failed since 1 Jun 2026, 09:30. The folder has no room."
    )
