"""A form filled in as a person would, by the labels she reads; and a clinic of one pump."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.screens.going import PUMP_KEY
from tests.screens.conftest import PASSWORD, ROOT, OpenApp

LAST_STEP = "5 Check and sign"
STEPS_COUNT = 5
SERIAL = "NGP482113H"

REGISTERED: dict[str, Any] = {
    "kind": "registered",
    "happened_at": "2026-03-02",
    "pump_serial": SERIAL,
    "patient": {"patient_id": "P-0114", "name": "Anna Weber", "date_of_birth": "1970-02-03"},
    "pump": {
        "model": "SynchroMed II 8637-20",
        "capacity_ml": "20",
        "alarm_volume_ml": "2",
        "tubing_volume_ml": "0.199",
        "catheter_cm": "80",
        "catheter_ml_per_cm": "0.0022",
    },
    "risk_flags": ["previous_withdrawal"],
}
REFILLED: dict[str, Any] = {
    "kind": "refilled",
    "happened_at": "2026-03-03T09:30",
    "pump_serial": SERIAL,
    "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
    "volume_after_fill_ml": "20",
    "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "100"},
    "pump_running": True,
}
"""Ninety days before the morning of the tests: 2 mL are expected in the pump."""


def one_pump(desk: Desk, *more: dict[str, Any]) -> str:
    """Record a pump and its fill, and whatever else; returns the pump's id."""
    for said in (REGISTERED, REFILLED, *more):
        entry = desk.read_entry(said)
        desk.record(entry, by="T. Lindqvist", seen=desk.seen_of(entry))
    return desk.pump_id(SERIAL)


def opened_for(open_app: OpenApp, view: str, pump_id: str | None = None) -> "Page":
    """The page of a pump, come to from its row of the board; or of none."""
    return Page(open_app(view, pump_id=pump_id))


def sign_second(page: "Page", sign_in_name: str, password: str = PASSWORD) -> "Page":
    """Sign as the second checker, by name and password."""
    page.type("Second checker's sign-in name", sign_in_name).type("Their PIN or password", password)
    return page.press("Sign as second checker")


def open_app_at(app: AppTest, view: str) -> AppTest:
    """The page of a view, in the same session."""
    app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / f"{view}.py"))
    return app.run()


class Page:
    """One page under test; it runs when something is pressed or read, so that filling in costs one run."""

    def __init__(self, app: AppTest) -> None:
        self._app = app
        self._waiting = False
        assert not app.exception

    @property
    def app(self) -> AppTest:
        """The page as it is with everything typed so far."""
        if self._waiting:
            self.run()
        return self._app

    def run(self) -> "Page":
        self._waiting = False
        self._app.run()
        assert not self._app.exception
        return self

    def _one(self, kind: str, label: str) -> Any:
        """The first of a kind with this label; where a form has steps, the step that holds it is gone to."""
        for look in (self._here, self._now, *self._elsewhere()):
            found = [one for one in every(look(), kind) if plain(one.label).startswith(label)]
            if found:
                return found[0]
        raise AssertionError(f"no {kind} named {label}: {[one.label for one in every(self.app, kind)]}")

    def _here(self) -> AppTest:
        return self._app

    def _now(self) -> AppTest:
        return self.app

    def _elsewhere(self) -> list[Callable[[], AppTest]]:
        """The steps of a visit other than the one in sight, in the order of the work."""
        own = self._sheet()
        others = (step for step in range(1, STEPS_COUNT + 1) if own is not None and step != own.step)
        return [partial(self._at, step) for step in others]

    def _at(self, step: int) -> AppTest:
        return self.step(step).app

    def _sheet(self) -> Any:
        state = self._app.session_state
        return state.get(f"sheet:visit:{state.get(PUMP_KEY)}")

    def step(self, number: int) -> "Page":
        """Bring a step of a visit into sight."""
        self._sheet().go_to_step(number)
        return self.run()

    def at(self, label: str) -> "Page":
        """Bring the step into sight that holds a field of one line."""
        self._one("text_input", label)
        return self

    def value(self, label: str) -> str:
        """What stands in a field of one line."""
        value: str = self._one("text_input", label).value
        return value

    def _set(self, kind: str, label: str, value: object) -> "Page":
        self._one(kind, label).set_value(value)
        self._waiting = True
        return self

    def type(self, label: str, text: str) -> "Page":
        """Type into a field of one line."""
        return self._set("text_input", label, text)

    def write(self, label: str, text: str) -> "Page":
        """Type into a note."""
        return self._set("text_area", label, text)

    def choose_day(self, label: str, day: date) -> "Page":
        """Choose a day of the calendar."""
        return self._set("date_input", label, day)

    def tap(self, label: str, value: str) -> "Page":
        """Tap one of the choices in sight."""
        return self._set("button_group", label, value)

    def tap_all(self, label: str, *values: str) -> "Page":
        """Tap several of the choices in sight."""
        return self._set("button_group", label, list(values))

    def answer(self, label: str, value: str) -> "Page":
        """Answer a question with one of its words."""
        return self._set("radio", label, value)

    def tick(self, label: str) -> "Page":
        """Tick a box."""
        return self._set("checkbox", label, True)

    def press(self, label: str) -> "Page":
        """Press a button; what was typed before goes with it."""
        self._one("button", label).click()
        return self.run()

    def check(self) -> "Page":
        """Press Check; where a form has steps, come to the last one, which is its check."""
        if not self.has("button", LAST_STEP) or self.has("button", "Check again"):
            return self.press("Check")
        return self.step(STEPS_COUNT)

    def has(self, kind: str, label: str) -> bool:
        return any(plain(one.label).startswith(label) for one in every(self.app, kind))

    def choices(self, label: str) -> list[str]:
        """The words that can be tapped."""
        return [option.content for option in self._one("button_group", label).proto.options]

    @property
    def refused(self) -> str:
        return plain(" ".join(one.value for one in self.app.error))

    @property
    def warned(self) -> str:
        return plain(" ".join(one.value for one in self.app.warning))

    @property
    def text(self) -> str:
        """Everything that is shown as words."""
        bodies = [one.proto.body for one in self.app.get("html") if "<style>" not in one.proto.body]
        others = [one.value for kind in ("success", "info", "caption", "markdown") for one in every(self.app, kind)]
        return plain(" ".join((*bodies, *others))).replace("&#x27;", "'")


def every(app: AppTest, kind: str) -> list[Any]:
    """All elements of a kind on the page."""
    return list(app.get(kind))


def plain(words: str) -> str:
    """Words without the marks that keep Markdown from reading them."""
    return words.replace("\\", "")
