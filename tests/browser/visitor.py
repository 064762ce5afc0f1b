"""Somebody who records visits over a real web socket, as a browser's page does: by the labels she reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

PATIENCE_SECONDS = 120
ASKING = ("text_input", "button", "button_group", "radio")
"""What a visit is filled in with."""


@dataclass
class Visitor:
    """A page that is open: what it shows, what was typed into it, how long each of its runs took [s]."""

    socket: ClientConnection
    shown: dict[tuple[str, str], Any] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)
    _typed: dict[str, WidgetState] = field(default_factory=dict)
    _page_hash: str = ""
    _query: str = ""

    def open(self, page: str, query: str = "") -> None:
        """Come to a page by its address."""
        message = BackMsg()
        self._query = query
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        self._ask(message, f"open {page or 'board'}")

    def type(self, label: str, text: str) -> None:
        """Type into a field and leave it."""
        self._put("text_input", label, string_value=text)

    def tap(self, label: str, *words: str) -> None:
        """Tap choices that are in sight."""
        state = self._state("button_group", label)
        state.string_array_value.data[:] = words
        self._answer(state, label)

    def answer(self, label: str, word: str) -> None:
        """Answer a question with one of its words."""
        self._put("radio", label, string_value=word)

    def press(self, label: str, *, typed: Iterable[tuple[str, str]] = ()) -> None:
        """Press a button; of a form, with what was typed into its fields."""
        for name, text in typed:
            state = self._state("text_input", name)
            state.string_value = text
            self._typed[state.id] = state
        pressed = self._state("button", label)
        pressed.trigger_value = True
        self._run([pressed], f"press {label.split(' ')[0]}")

    def has(self, kind: str, label: str) -> bool:
        """Whether such a thing is in sight."""
        return any(one_kind == kind and one.startswith(label) for one_kind, one in self.shown)

    def _put(self, kind: str, label: str, **value: str) -> None:
        state = self._state(kind, label)
        for name, said in value.items():
            setattr(state, name, said)
        self._answer(state, label)

    def _answer(self, state: WidgetState, label: str) -> None:
        self._typed[state.id] = state
        self._run([], f"answer {label.split(' (')[0]}")

    def _state(self, kind: str, label: str) -> WidgetState:
        found = [one for (one_kind, name), one in self.shown.items() if one_kind == kind and name.startswith(label)]
        if not found:
            raise AssertionError(f"no {kind} named {label}: {sorted(self.shown)}; it says {self.says}")
        return WidgetState(id=found[0].id)

    def _run(self, pressed: list[WidgetState], what: str) -> None:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.query_string = self._query
        in_sight = {one.id for one in self.shown.values()}
        states = [state for state in self._typed.values() if state.id in in_sight]
        message.rerun_script.widget_states.widgets.extend([*states, *pressed])
        self._ask(message, what)

    def _ask(self, message: BackMsg, what: str) -> None:
        begun = perf_counter()
        self.socket.send(message.SerializeToString())
        self.shown, self.says = {}, []
        while True:
            received = self.socket.recv(timeout=PATIENCE_SECONDS)
            said = ForwardMsg.FromString(received)
            match said.WhichOneof("type"):
                case "new_session":
                    self.shown, self.says = {}, []
                case "navigation":
                    self._page_hash = said.navigation.page_script_hash
                case "delta" if said.delta.WhichOneof("type") == "new_element":
                    self._see(said.delta.new_element)
                case "script_finished" if said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self.seconds.append((what, perf_counter() - begun))
                    return

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        one = getattr(element, kind)
        if kind in ASKING:
            self.shown[kind, one.label.replace("\\", "")] = one
        elif kind == "alert":
            self.says.append(one.body.replace("\\", ""))
