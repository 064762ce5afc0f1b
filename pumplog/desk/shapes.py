"""What the desk hands over: plain frozen values that a screen or the command line only shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from pumplog.calc.formula import Answer
from pumplog.desk.saw_tooth import Level, levels_of
from pumplog.entries import AnyEntry
from pumplog.imports import RowFault
from pumplog.logbook import Event
from pumplog.outlook import Outlook, RatioTrend, Tier, ratio_trend_of
from pumplog.reference import Policy
from pumplog.rules import Compared, Finding
from pumplog.state import OpenRow, PumpState, Visit


@dataclass(frozen=True)
class Board:
    """The board of a day: every active pump exactly once, worst first, and the rows that were refused."""

    on: date
    rows: tuple[Outlook, ...]
    counts: Mapping[Tier, int]
    open_rows: tuple[OpenRow, ...]
    sequence: int


@dataclass(frozen=True)
class VisitLine:
    """One visit of the story with its residual worked out, when something was drawn."""

    visit: Visit
    residual: Answer | None


@dataclass(frozen=True)
class Drawn:
    """What was drawn just now against what was expected: the visit as it would stand, and what it asks for.

    `programmer_found` is what the programmer said then, beside what was known.
    """

    line: VisitLine
    finding: Finding
    programmer_found: tuple[Compared, ...]


@dataclass(frozen=True)
class Story:
    """One pump from its first entry to a day: state, outlook, visits, and the points of its saw-tooth."""

    on: date
    state: PumpState
    outlook: Outlook
    visits: tuple[VisitLine, ...]
    told_at: datetime
    as_used: Outlook | None
    policy: Policy

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The points of its saw-tooth up to `told_at` and ahead; worked out when somebody looks at them."""
        return levels_of(self.state, self.outlook, self.told_at, self.policy)

    @cached_property
    def ratio_trend(self) -> RatioTrend:
        """What the flow ratios come to, visit by visit."""
        return ratio_trend_of(self.state, self.policy)


@dataclass(frozen=True)
class Preview:
    """What recording an entry would mean: its findings, and the pump's outlook before and after.

    `seen` is what the person has then seen: it goes back with `record`. `programmer` is *programmer says, we say* at
    the end of a visit, `programmer_found` the same as found.
    `moved` says what a correction or a late entry would move.
    """

    entry: AnyEntry
    pump_id: str
    findings: tuple[Finding, ...]
    before: Outlook | None
    after: Outlook | None
    residual: Answer | None
    seen: int
    programmer: tuple[Compared, ...] = ()
    programmer_found: tuple[Compared, ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """An entry as written, the pump's outlook with it, and what a correction or a late entry moved."""

    event: Event
    findings: tuple[Finding, ...]
    outlook: Outlook | None
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do: rows with anything in them, and every fault of the refused ones."""

    rows_count: int
    new_count: int
    already_there_count: int
    pumps_count: int
    refused: tuple[RowFault, ...]
    written: bool


@dataclass(frozen=True)
class PumpCard:
    """Enough to find a pump: by serial, patient or name."""

    pump_id: str
    pump_serial: str
    patient_id: str
    patient_name: str
    pump_model: str
    capacity_ml: Decimal
    retired: bool


@dataclass(frozen=True)
class Found:
    """What a search for a pump came to: the first that fit, how many do, and the one that is meant beyond doubt."""

    cards: tuple[PumpCard, ...]
    fitting_count: int
    meant: PumpCard | None
