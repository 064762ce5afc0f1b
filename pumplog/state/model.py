"""The shapes that the fold returns: all frozen, all made from events alone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from pumplog.entries import (
    AlarmHeard,
    AnyEntry,
    Deferred,
    Refilled,
    Registered,
    Reprogrammed,
    Retired,
    RowRefused,
)
from pumplog.entries.programme import Programme
from pumplog.entries.refilled import Component


@dataclass(frozen=True, slots=True)
class Said:
    """An entry with the facts of its writing."""

    event_id: str
    sequence: int
    entry: AnyEntry
    recorded_at_utc: datetime
    recorded_by: str


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
class OpenAlarm:
    """An alarm that nobody has closed yet."""

    event_id: str
    heard: AlarmHeard
    recorded_by: str


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


@dataclass(frozen=True, slots=True)
class PumpState:
    """Everything known about one pump. `latest` is the sequence of its newest event."""

    pump_id: str
    latest: int
    registered: Registered | None
    retired: Retired | None
    running: bool
    standing: Standing | None
    visits: tuple[Visit, ...]
    open_alarms: tuple[OpenAlarm, ...]
    open_rows: tuple[OpenRow, ...]
    log: tuple[LogLine, ...]
    last_happened_at: datetime | None
