"""What stands in the place of every page until somebody is signed in, and what a lock keeps."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.people import Must, Person, Role
from pumplog.screens import clinic
from tests.screens.conftest import BROWSER, KELLER, PASSWORD, ROOT, OpenApp, sign_in
from tests.screens.test_navigation import VIEWS, strip

NOBODY = ""


def said(app: AppTest) -> str:
    """Everything that is shown as words."""
    shown = [one.value for one in app.error] + [one.value for one in app.info] + [one.value for one in app.success]
    shown += (
        [one.value for one in app.caption] + [one.value for one in app.markdown] + [one.value for one in app.title]
    )
    return " ".join(shown).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def type_in(app: AppTest, **typed: str) -> AppTest:
    for key, text in typed.items():
        app.text_input(key=key.replace("_", "-")).set_value(text)
    return app


def keller(desk: Desk) -> Person:
    account = desk.door.accounts.named("M. Keller")
    assert account is not None
    return account.person


def with_pin(desk: Desk, pin: str = "481923") -> None:
    """An enrolled tablet, at which M. Keller has a PIN."""
    desk.administration.enrol_tablet("Room 2", browser=BROWSER, by=keller(desk), at=desk.now())
    desk.administration.set_pin(keller(desk).person_id, PASSWORD, pin, at=desk.now())


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_is_shown_to_nobody(open_app: OpenApp, clinic_desk: Desk, view: str) -> None:
    app = open_app(view, NOBODY)
    assert [one.value for one in app.title] == ["Sign in"]
    everything = said(app) + " ".join(one.proto.body for one in app.get("html"))
    for card in clinic_desk.pumps():
        assert card.patient_name not in everything
        assert card.pump_serial not in everything


def test_a_word_that_is_no_sign_in_opens_nothing(open_app: OpenApp) -> None:
    assert open_app("board", "f" * 43).title[0].value == "Sign in"


def test_the_first_administrator_is_made_by_the_code_of_the_terminal(desk: Desk) -> None:
    code = desk.administration.make_setup_code(at=desk.now())
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60).run()
    assert app.title[0].value == "Set up this clinic"
    type_in(app, setup_code="WRONG", setup_name="A. Brandt", setup_word="brandt", setup_new=PASSWORD)
    press(type_in(app, setup_again=PASSWORD), "Make the first administrator")
    assert "not the set-up code" in said(app)
    press(type_in(app, setup_code=code.lower()), "Make the first administrator")
    assert app.title[0].value == "Settings", "an administrator sees no pumps"
    assert "Signed in: <b>A. Brandt</b>" in strip(app)
    assert desk.door.has_people()


def test_two_new_passwords_that_differ_make_nobody(desk: Desk) -> None:
    code = desk.administration.make_setup_code(at=desk.now())
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60).run()
    type_in(
        app, setup_code=code, setup_name="A. Brandt", setup_word="brandt", setup_new=PASSWORD, setup_again="other"
    )
    press(app, "Make the first administrator")
    assert "differ" in app.error[0].value
    assert not desk.door.has_people()


def test_name_and_password_open_the_page_that_was_asked_for(open_app: OpenApp) -> None:
    app = open_app("method", NOBODY)
    press(type_in(app, sign_in_name="M. Keller", sign_in_password="not it at all"), "Sign in")  # noqa: S106
    assert "do not fit" in app.error[0].value
    press(type_in(app, sign_in_password=PASSWORD), "Sign in")
    assert app.title[0].value == "Method"


def test_a_browser_that_keeps_no_cookies_is_told_so(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinic, "browser", lambda: None)
    app = open_app("board", NOBODY)
    assert "keeps no cookies" in app.error[0].value
    assert not app.text_input


def test_a_sign_in_shown_from_another_browser_opens_nothing(
    open_app: OpenApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app("board")
    assert app.title[0].value == "Refill board"
    monkeypatch.setattr(clinic, "browser", lambda: "e" * 43)
    app.run()
    assert app.title[0].value == "Sign in"
    assert "another browser" in said(app)
    assert "refused" in [line.kind for line in desk.logbook.access_events()]


def test_what_is_idle_is_locked_and_what_was_typed_is_there_again(open_app: OpenApp, desk: Desk) -> None:
    app = open_app("register")
    field = next(one for one in app.text_input if one.label == "Name")
    field.set_value("Anna Weber").run()
    now = desk.now()
    desk._now = lambda: now + timedelta(minutes=5)
    app.run()
    assert [one.value for one in app.title] == ["Locked"]
    assert "Anna Weber" not in said(app)
    press(type_in(app, unlock_password="not it at all"), "Unlock")  # noqa: S106
    assert "not the password" in app.error[0].value
    press(type_in(app, unlock_password=PASSWORD), "Unlock")
    assert app.title[0].value == "Register a pump"
    assert next(one for one in app.text_input if one.label == "Name").value == "Anna Weber"


def test_a_touch_keeps_it_open_and_the_boards_own_clock_does_not(open_app: OpenApp, desk: Desk) -> None:
    app = open_app("board")
    begun = desk.now()
    desk._now = lambda: begun + timedelta(minutes=4)
    app.run()
    desk._now = lambda: begun + timedelta(minutes=8)
    app.run()
    assert app.title[0].value == "Refill board"
    desk._now = lambda: begun + timedelta(minutes=12)
    desk.door.current(app.session_state[clinic.SESSION_KEY], browser=BROWSER, at=desk.now(), touched=False)
    desk._now = lambda: begun + timedelta(minutes=14)
    app.run()
    assert app.title[0].value == "Locked"


def test_the_lock_is_opened_by_the_pin_on_the_clinics_own_tablet(open_app: OpenApp, desk: Desk) -> None:
    app = open_app("board")
    with_pin(desk)
    app.button(key="lock").click().run()
    assert app.title[0].value == "Locked"
    press(type_in(app, unlock_pin="111222"), "Unlock")
    assert "PIN does not fit" in app.error[0].value
    press(type_in(app, unlock_pin="481923"), "Unlock")
    assert app.title[0].value == "Refill board"


def test_a_tap_on_a_name_and_a_pin_sign_in_on_the_clinics_own_tablet(open_app: OpenApp, desk: Desk) -> None:
    with_pin(desk)
    app = open_app("board", NOBODY)
    app.pills(key="pin-person").set_value(keller(desk).person_id).run()
    press(type_in(app, pin_typed="481923"), "Sign in")
    assert app.title[0].value == "Refill board"


def test_nobodys_name_is_shown_on_a_browser_that_is_no_tablet_of_the_clinic(
    open_app: OpenApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_pin(desk)
    monkeypatch.setattr(clinic, "browser", lambda: "e" * 43)
    app = open_app("board", NOBODY)
    assert not app.pills
    assert "Keller" not in said(app)


def test_what_one_person_typed_is_not_shown_to_the_next_and_is_there_again_for_the_first(
    open_app: OpenApp, desk: Desk
) -> None:
    sign_in(desk, "T. Lindqvist", Role.RECORDER)
    app = open_app("register")
    next(one for one in app.text_input if one.label == "Name").set_value("Anna Weber").run()
    app.button(key="lock").click().run()
    press(type_in(app, sign_in_name="t. lindqvist", sign_in_password=PASSWORD), "Sign in")
    assert "T. Lindqvist" in strip(app)
    assert next(one for one in app.text_input if one.label == "Name").value == ""
    assert "Anna Weber" not in said(app)
    app.button(key="lock").click().run()
    press(type_in(app, sign_in_name="m. keller", sign_in_password=PASSWORD), "Sign in")
    assert next(one for one in app.text_input if one.label == "Name").value == "Anna Weber"


def test_signing_out_ends_it_on_the_server(open_app: OpenApp, desk: Desk) -> None:
    app = open_app("board")
    word = app.session_state[clinic.SESSION_KEY]
    app.button(key="sign-out").click().run()
    assert app.title[0].value == "Sign in"
    assert desk.door.session(word) is None


def test_who_is_switched_off_is_out_at_the_next_thing_they_do(open_app: OpenApp, desk: Desk) -> None:
    app = open_app("board", sign_in(desk, "T. Lindqvist", Role.RECORDER))
    assert app.title[0].value == "Refill board"
    account = desk.door.accounts.named("T. Lindqvist")
    assert account is not None
    desk.administration.change_person(
        account.person_id, roles=account.roles, sites=None, enabled=False, by=keller(desk), at=desk.now()
    )
    for _ in range(2):  # the reason is still there when the page is drawn again
        app.run()
        assert app.title[0].value == "Sign in"
        assert "switched off" in said(app)


def test_a_first_password_is_changed_before_anything_else(open_app: OpenApp, desk: Desk) -> None:
    sign_in(desk, "T. Lindqvist", Role.RECORDER)
    account = desk.door.accounts.named("T. Lindqvist")
    assert account is not None
    temporary = desk.administration.reset_person(account.person_id, by=keller(desk), at=desk.now())
    begun = desk.door.sign_in("t. lindqvist", temporary, browser=BROWSER, at=desk.now())
    assert begun.must == {Must.CHANGE_PASSWORD}
    app = open_app("board", begun.session_id)
    assert app.title[0].value == "Choose your own password"
    type_in(app, own_old=temporary, own_new="otters in the reeds", own_again="otters in the reeds")
    press(app, "Change the password")
    assert app.title[0].value == "Refill board"


TO_LOOK_AT = {"board", "alarms", "calls", "story", "planner", "method", "settings"}


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (Role.VIEWER, TO_LOOK_AT),
        (Role.CALLER, TO_LOOK_AT | {"entries"}),
        (Role.RECORDER, set(VIEWS)),
        (Role.PRESCRIBER, TO_LOOK_AT | {"entries"}),
        (Role.AUDITOR, TO_LOOK_AT),
        (Role.ADMINISTRATOR, {"method", "settings"}),
    ],
)
def test_the_menu_holds_what_is_of_use_to_a_role(open_app: OpenApp, desk: Desk, role: Role, menu: set[str]) -> None:
    app = open_app("board", sign_in(desk, "T. Lindqvist", role))
    assert not app.exception
    assert not app.error
    assert {view for view in VIEWS if is_in_the_menu(app, view)} == menu


def is_in_the_menu(app: AppTest, view: str) -> bool:
    try:
        app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / f"{view}.py"))
    except ValueError:
        return False
    return True


def test_a_demo_in_which_nobody_has_an_account_asks_nobody(open_demo: OpenApp) -> None:
    assert open_demo("board").title[0].value == "Refill board"


def test_a_demo_with_accounts_asks_for_a_sign_in(open_demo: OpenApp, desk: Desk) -> None:
    sign_in(desk, *KELLER)
    assert open_demo("board").title[0].value == "Sign in"
