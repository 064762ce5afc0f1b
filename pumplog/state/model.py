"""The shapes that the fold returns: all frozen, all made from events alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from pumplog.entries import (
    AnyEntry,
    Deferred,
    RatioAccepted,
    Refilled,
    Registered,
    Reprogrammed,
    Retired,
    RiskFlagsChanged,
    RowRefused,
    upcast,
)
from pumplog.entries.programme import Programme
from pumplog.entries.refilled import Component
from pumplog.entries.registered import RiskFlag
from pumplog.state.alarms import Alarm, Alarms
from pumplog.state.calls import Calls
from pumplog.state.clinic_days import ClinicDays
from pumplog.state.clinical import Clinical


class Unread:
    """An entry as it lies in the log: read from its body when somebody asks what it says, and then kept.

    A board of ten years needs the last fills, not all of them, and reading a body is most of what a fold costs.
    """

    __slots__ = ("_body", "_body_version", "_entry", "happened_at", "kind")

    def __init__(self, kind: str, happened_at: datetime, body_version: int, body: str) -> None:
        self.kind = kind
        self.happened_at = happened_at
        self._body_version = body_version
        self._body = body
        self._entry: AnyEntry | None = None

    def mentions(self, name: str) -> bool:
        """Whether the body has this field anywhere: when not, reading it would not show one."""
        return f'"{name}"' in self._body

    def read(self) -> AnyEntry:
        """What it says. Raises EntryRefused when a newer program wrote it."""
        if self._entry is None:
            self._entry = upcast(self.kind, self._body_version, self._body)
        return self._entry


@dataclass(frozen=True, slots=True)
class Said:
    """An entry, read or not yet, with the facts of its writing."""

    event_id: str
    sequence: int
    words: AnyEntry | Unread
    recorded_at_utc: datetime
    recorded_by: str

    @property
    def entry(self) -> AnyEntry:
        """What was said."""
        return self.words.read() if isinstance(self.words, Unread) else self.words

    def mentions(self, name: str) -> bool:
        """Whether reading it could show this field; an entry that is read already may always."""
        return self.words.mentions(name) if isinstance(self.words, Unread) else True

    @property
    def kind(self) -> str:
        """The kind of entry, known without reading it."""
        return self.words.kind

    @property
    def happened_at(self) -> datetime:
        """When it happened, known without reading it."""
        return self.words.happened_at


class Volume(Protocol):
    """A volume in the reservoir: known, or worked out when somebody asks for it."""

    @property
    def volume_ml(self) -> Fraction:
        """The volume [mL]."""
        ...


@dataclass(frozen=True, slots=True)
class KnownVolume:
    """A volume that a person typed."""

    volume_ml: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """What the pump was last known to hold and to do: the ground every projection stands on.

    `since` is in the clinic's zone. `filled_on` is the day of the fill that brought the drug.
    `at_once_ml` left the reservoir at the start (priming, a single bolus); a bridge runs before the programme.
    """

    event_id: str
    since: datetime
    is_fill: bool
    volume: Volume
    alarm_volume_ml: Decimal
    fluid: tuple[Component, ...]
    filled_on: date
    first_fill: bool | None
    diluted: bool | None
    programme: Programme
    at_once_ml: Fraction
    bridge_ml: Fraction
    bridge_hours: Decimal

    @property
    def volume_ml(self) -> Fraction:
        """Volume in the reservoir when this began: as typed, or as expected at a programme change."""
        return self.volume.volume_ml

    @property
    def concentration_mcg_per_ml(self) -> Decimal:
        """Concentration of the primary drug."""
        return self.fluid[0].concentration_mcg_per_ml


@dataclass(frozen=True, slots=True)
class Visit:
    """A fill, a deferral or a programme change on the time line.

    `since_fill` are the standings from the last known volume to this visit, in order: empty before the first fill.
    """

    event_id: str
    at: datetime
    entry: Refilled | Reprogrammed | Deferred
    since_fill: tuple[Standing, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnRatio:
    """The pump's own flow ratio as a person accepted it."""

    said: RatioAccepted
    accepted_by: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A refused row of an imported sheet, neither mended nor dismissed."""

    event_id: str
    row: RowRefused


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event of the story, and what became of it: `corrected_by` names the event that corrected it."""

    said: Said
    corrected_by: str | None
    corrected_how: str | None


@dataclass(frozen=True)
class PumpState:
    """Everything known about one pump. `latest` is the sequence of its newest event.

    `found_stopped` says that an alarm, not a visit, last found the pump standing still. An entry is late when it
    happened before `last_clinical_at`: calls, bookings and what is told of the patient make nothing late.
    `all_visits` goes along the whole time line again; most who ask for a state need only where it ends. So does
    `all_clinical` for what was told of the patient. `emptied` is the visit that emptied the pump and left it waiting
    for a refill.
    """

    pump_id: str
    latest: int
    registered: Registered | None
    retired: Retired | None
    running: bool
    found_stopped: bool
    emptied: Deferred | None
    risks: RiskFlagsChanged | None
    standing: Standing | None
    last_fill: Refilled | None
    alarms: Alarms
    open_rows: tuple[OpenRow, ...]
    clinic_days: ClinicDays
    log: tuple[LogLine, ...]
    last_happened_at: datetime | None
    typed_eri_on: Callable[[], date | None] = field(repr=False, compare=False)
    last_clinical_at: datetime | None
    all_calls: Callable[[], Calls] = field(repr=False, compare=False)
    all_visits: Callable[[], tuple[Visit, ...]] = field(repr=False, compare=False)
    all_clinical: Callable[[], Clinical] = field(repr=False, compare=False)
    accepted_ratio: Callable[[], OwnRatio | None] = field(repr=False, compare=False)

    @cached_property
    def eri_on(self) -> date | None:
        """The elective replacement date as it was last typed."""
        return self.typed_eri_on()

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        """The alarms that nobody has closed, in the order in which they were heard."""
        return self.alarms.open

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """Every visit in the order in which they happened."""
        return self.all_visits()

    @cached_property
    def own_ratio(self) -> OwnRatio | None:
        """The pump's own flow ratio that a person accepted, while the visits it was measured at stand."""
        return self.accepted_ratio()

    @cached_property
    def calls(self) -> Calls:
        """Every call and booking."""
        return self.all_calls()

    @cached_property
    def clinical(self) -> Clinical:
        """What was told of the patient: scores, diary, medicines, plans."""
        return self.all_clinical()

    @property
    def risk_flags(self) -> tuple[RiskFlag, ...]:
        """The risks that hold: those last said, else those of the registration."""
        if self.risks is not None:
            return self.risks.risk_flags
        return self.registered.risk_flags if self.registered else ()
