"""What has been read from the log so far, pump by pump; it catches up by reading only what is new."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from zoneinfo import ZoneInfo

from pumplog.entries import serial_key
from pumplog.logbook import Event, Log
from pumplog.state import PumpState, Said, Unread, fold_pump

CLINIC = "clinic"
"""The pump id of what is said about no pump in particular: refused rows without a known serial."""


_NAMES_A_PUMP = frozenset({"registered", "corrected"})
"""The kinds that can give a pump a serial it did not have; of the others one is enough to know it by."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector off: what is read from the log stays, and looking through it doubles the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Memory:
    """A cache over the log: may be thrown away at any time, and holds nothing that the log does not."""

    def __init__(self, logbook: Log, zone: ZoneInfo) -> None:
        self._logbook = logbook
        self._zone = zone
        self._lock = RLock()
        self._said: dict[str, list[Said]] = {}
        self._states: dict[str, PumpState] = {}
        self._serials: dict[str, str] = {}
        self._named: set[str] = set()
        self._event_ids: set[str] = set()
        self._sequence = 0

    def catch_up(self) -> int:
        """Read what was written since the last time; the sequence of the newest event."""
        with self._lock:
            with uncollected():
                for event in self._logbook.events(after=self._sequence):
                    self._take(event)
            return self._sequence

    def take_written(self, event: Event) -> None:
        """Take an event that this process has just written; whatever else is new is read first."""
        with self._lock:
            if event.sequence == self._sequence + 1:
                self._take(event)
            else:
                self.catch_up()

    def _take(self, event: Event) -> None:
        said = said_of(event)
        self._said.setdefault(event.pump_id, []).append(said)
        self._states.pop(event.pump_id, None)
        self._event_ids.add(event.event_id)
        self._sequence = event.sequence
        if event.pump_id != CLINIC and (event.kind in _NAMES_A_PUMP or event.pump_id not in self._named):
            serial = said.entry.pump_serial
            if serial is not None:
                self._serials.setdefault(serial_key(serial), event.pump_id)
                self._named.add(event.pump_id)

    def pump_ids(self) -> list[str]:
        """Every pump that anything was said about."""
        with self._lock:
            return [pump_id for pump_id in self._said if pump_id != CLINIC]

    def pump_id(self, serial: str) -> str | None:
        """The pump of that serial, whatever its case and spaces."""
        with self._lock:
            return self._serials.get(serial_key(serial))

    def said(self, pump_id: str) -> tuple[Said, ...]:
        """Everything said about a pump, in the order of writing."""
        with self._lock:
            return tuple(self._said.get(pump_id, ()))

    def state(self, pump_id: str) -> PumpState:
        """The state of a pump with everything that was said about it; folded once, until more is said."""
        with self._lock:
            state = self._states.get(pump_id)
            if state is None:
                state = fold_pump(pump_id, self._said.get(pump_id, ()), zone=self._zone)
                if pump_id in self._said or pump_id == CLINIC:
                    self._states[pump_id] = state
            return state

    def holds(self, event_id: str) -> bool:
        """Whether an event of that id is in the log."""
        with self._lock:
            return event_id in self._event_ids


def said_of(event: Event) -> Said:
    """What an event says, to be read from its body when somebody asks."""
    words = Unread(event.kind, event.happened_at_utc, event.body_version, event.body)
    return Said(event.event_id, event.sequence, words, event.recorded_at_utc, event.recorded_by)
