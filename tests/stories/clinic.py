"""A clinic whose clock is set by hand, and the few words that tell it of a pump."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

from pumplog.desk import Desk, Recorded
from pumplog.entries import AnyEntry
from pumplog.errors import StaleRecord
from pumplog.logbook import Event, Head, Kept, Lease, Logbook, NewEvent, Shelf
from pumplog.outlook import Outlook
from pumplog.reference import load_reference
from tests.empty_log import put_empty_log

NURSE = "M. Keller"
SERIAL = "NGX100001"
FILLED_ON = date(2026, 1, 5)

USUAL: Mapping[str, Mapping[str, Any]] = {
    "registered": {
        "patient": {"patient_id": "1000001", "name": "Example, Ada"},
        "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
    },
    "refilled": {
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
        "volume_after_fill_ml": "20",
        "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
        "pump_running": True,
    },
    "reprogrammed": {"pump_running": True},
    "deferred": {"reason": "fever"},
    "alarm_closed": {"found": "interrogated", "action": "cleared"},
    "corrected": {"reason": "typed wrongly"},
}
"""What an entry of these stories says unless it says otherwise: case D1 of the worked cases."""


def told(kind: str, happened_at: str, **fields: Any) -> dict[str, Any]:
    """An entry as a mapping, with what is usual filled in."""
    return {"kind": kind, "pump_serial": SERIAL, "happened_at": happened_at, **USUAL.get(kind, {}), **fields}


class PaperLog:
    """A log without a database, for stories by the hundred: what the real one promises, and nothing kept."""

    def __init__(self) -> None:
        self.written: list[Event] = []
        self.lines: list[NewEvent] = []

    def append(self, event: NewEvent, *, seen: int) -> Event:
        return self.append_all([event], seen={event.pump_id: seen})[0]

    def append_all(self, events: Sequence[NewEvent], *, seen: Mapping[str, int]) -> tuple[Event, ...]:
        for pump_id in {event.pump_id for event in events}:
            if seen[pump_id] != self.latest(pump_id):
                raise StaleRecord(pump_id, seen=seen[pump_id], latest=self.latest(pump_id))
        first = len(self.written) + 1
        fresh = [
            Event(**asdict(one), sequence=place, prior_hash="", hash="") for place, one in enumerate(events, first)
        ]
        self.written += fresh
        return tuple(fresh)

    def events(self, *, after: int = 0, pump_id: str | None = None) -> list[Event]:
        return [one for one in self.written[after:] if pump_id in (None, one.pump_id)]

    def keep(self, changes: Iterable[Kept] = (), *, said: Iterable[NewEvent] = ()) -> None:
        """What was done at the desk; nothing that changes is kept on this paper."""
        assert not list(changes)
        self.lines += said

    def kept(self, shelf: Shelf) -> dict[str, str]:  # noqa: ARG002  as the real one is asked
        """No accounts: a story is told by name alone."""
        return {}

    def kept_from(self, shelf: Shelf, beginning: str) -> dict[str, str]:  # noqa: ARG002  as the real one is asked
        """Nobody begins and does not finish."""
        return {}

    def latest(self, pump_id: str) -> int:
        return max((one.sequence for one in self.written if one.pump_id == pump_id), default=0)

    def head(self) -> Head:
        return Head(len(self.written), "", len(self.written))

    def leased(self, lease: Lease) -> AbstractContextManager[None]:  # noqa: ARG002  as the real one is asked
        """Nobody else writes on this paper."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to close."""


class Clinic:
    """One clinic's database in a folder; `now` is when it is, until somebody sets it."""

    def __init__(self, folder: Path, *, zone: str = "UTC") -> None:
        self.folder = folder
        self.now = datetime(2026, 1, 1, 9, tzinfo=UTC)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clinic.toml").write_text(f'zone = "{zone}"\n', "utf-8")

    @property
    def database(self) -> Path:
        return self.folder / "clinic.duckdb"

    @contextmanager
    def open(self) -> Iterator["Opened"]:
        """The desk of this clinic, opened anew."""
        put_empty_log(self.database)
        with Desk.open(self.database, now=lambda: self.now) as desk:
            yield Opened(self, desk)

    def on_paper(self) -> "Opened":
        """A desk over a log without a database."""
        log = cast(Logbook, PaperLog())
        return Opened(self, Desk(log, load_reference(self.folder / "clinic.toml"), lambda: self.now))


class Opened:
    """The open desk, and short ways to say things to it."""

    def __init__(self, clinic: Clinic, desk: Desk) -> None:
        self.clinic, self.desk = clinic, desk

    def read(self, kind: str, happened_at: str, **fields: Any) -> AnyEntry:
        return self.desk.read_entry(told(kind, happened_at, **fields))

    def say(
        self, kind: str, happened_at: str, *, by: str = NURSE, event: str | None = None, **fields: Any
    ) -> Recorded:
        """Record an entry an hour after it happened, or now when that is later, having seen everything."""
        happened = self.read(kind, happened_at, **fields).happened_at
        self.clinic.now = max(self.clinic.now, happened + timedelta(hours=1))
        return self.say_now(kind, happened_at, by=by, event=event, **fields)

    def say_now(
        self, kind: str, happened_at: str, *, by: str = NURSE, event: str | None = None, **fields: Any
    ) -> Recorded:
        """Record an entry at the moment it is, having seen everything."""
        entry = self.read(kind, happened_at, **fields)
        return self.desk.record(entry, by=by, seen=self.desk.seen_of(entry), event_id=event)

    def register(self, serial: str = SERIAL, happened_at: str = "2026-01-05T08:00Z", **fields: Any) -> Recorded:
        patient = {"patient_id": f"P-{serial}", "name": "Example, Ada"}
        return self.say("registered", happened_at, **{"pump_serial": serial, "patient": patient, **fields})

    def ordinary(self, serial: str = SERIAL) -> Recorded:
        """A pump of case D1: registered and filled on 5 Jan 2026."""
        self.register(serial)
        return self.say("refilled", "2026-01-05T09:00Z", pump_serial=serial, event=f"fill {serial}")

    def at(self, on: date) -> None:
        """Let it be noon of a day."""
        self.clinic.now = datetime.combine(on, time(12), tzinfo=UTC)

    def row(self, on: date | None = None, serial: str = SERIAL) -> Outlook | None:
        """The pump's row on the board of a day; at most one."""
        rows = [row for row in self.desk.board(on).rows if row.pump_serial == serial]
        assert len(rows) <= 1
        return rows[0] if rows else None

    def head(self) -> int:
        return self.desk.head().row_count
