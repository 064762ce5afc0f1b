"""What cannot be taken at all: physical impossibilities, and facts that a record cannot do without."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pumplog.entries import (
    AlarmHeard,
    AnyEntry,
    Corrected,
    Deferred,
    Refilled,
    Registered,
    Reprogrammed,
    Retired,
    RowRefused,
    RowSettled,
)
from pumplog.errors import EntryRefused, Fault
from pumplog.outlook import project
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import Reference
from pumplog.rules.calls import may_follow_retirement
from pumplog.rules.filling import faults_of_volumes
from pumplog.rules.replaced import faults_of_link
from pumplog.state import CALL_KINDS, LogLine, PumpState, Standing
from pumplog.state.clinical import BESIDE_THE_TIME_LINE

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Two devices' clocks may differ by this much before an entry counts as being in the future."""


def faults_of_time(entry: AnyEntry, state: PumpState | None, *, now: datetime) -> Iterator[Fault]:
    """In the future; or late without a reason. People type minutes: within the same one, nothing is late."""
    if entry.happened_at > now + CLOCK_TOLERANCE:
        yield Fault("happened_at", "The date and time lie in the future: type when it happened.")
    if state is None or isinstance(entry, Registered) or entry.kind in CALL_KINDS | BESIDE_THE_TIME_LINE:
        return
    last = state.last_clinical_at
    told_at = (entry.reported_at if isinstance(entry, AlarmHeard) else None) or entry.happened_at
    if last is not None and told_at < last.replace(second=0, microsecond=0) and entry.late_reason is None:
        yield Fault(
            "late_reason",
            "This is a late entry: something that happened later is already recorded for this pump. "
            "Type the reason why it is late (for example: paper form, typed in afterwards).",
        )


def faults_of_leaving(entry: AnyEntry, state: PumpState, zone: ZoneInfo) -> Iterator[Fault]:
    """Something after the pump has left the list, or a pump that leaves before something that happened to it."""
    retired = state.retired
    if isinstance(entry, Corrected | Registered):
        return
    if isinstance(entry, Retired):
        if retired is not None:
            yield Fault("pump_serial", "This pump is retired already: correct that entry instead.")
        visits = [visit.entry for visit in state.visits]
        alarms = [alarm.heard for alarm in state.open_alarms]
        last = max((one.happened_at for one in (*visits, *alarms)), default=None)
        if last is not None and entry.happened_at < last:
            yield Fault(
                "happened_at",
                f"This pump was seen after that, on {_day(last, zone)}: check the serial and the date, "
                "or correct the later entry first.",
            )
    elif retired is not None and entry.happened_at >= retired.happened_at and not may_follow_retirement(entry, state):
        yield Fault(
            "pump_serial",
            f"This pump was retired on {_day(retired.happened_at, zone)} ({retired.reason}): "
            "check the serial, or correct the retirement first.",
        )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return show_date(moment.astimezone(zone).date())


def faults_of_pump(entry: AnyEntry, state: PumpState | None) -> Iterator[Fault]:
    """A serial nobody registered, or one that is registered already."""
    known = state is not None and state.registered is not None
    if isinstance(entry, Registered):
        if known:
            yield Fault("pump_serial", "A pump with this serial is registered already: check the serial.")
        yield from _faults_of_registration(entry)
    elif not known:
        yield Fault("pump_serial", "No pump with this serial is registered: check it, or register the pump first.")


def _faults_of_registration(entry: Registered) -> Iterator[Fault]:
    pump = entry.pump
    if pump.capacity_ml <= 0:
        yield Fault("pump.capacity_ml", "The capacity is 0 mL: type what the reservoir holds.")
    elif pump.alarm_volume_ml >= pump.capacity_ml:
        yield Fault(
            "pump.alarm_volume_ml",
            f"The alarm volume, {_ml(pump.alarm_volume_ml)}, is not below the capacity, {_ml(pump.capacity_ml)}: "
            "check both.",
        )


def faults_of_refill(
    entry: Refilled, state: PumpState, after: PumpState, reference: Reference, *, capacity_ml: Decimal, imported: bool
) -> Iterator[Fault]:
    """Volumes that the reservoir cannot hold, sums that do not add up, drugs nobody knows, dates that fail."""
    yield from _above_capacity(entry, capacity_ml)
    yield from _bridge(entry, state)
    yield from _drugs(entry, reference)
    minute = entry.happened_at.replace(second=0, microsecond=0)
    same_minute = [
        visit
        for visit in after.visits
        if visit.event_id != PREVIEW_ID
        and visit.entry.kind == "refilled"
        and visit.entry.happened_at.replace(second=0, microsecond=0) == minute
    ]
    if same_minute:
        yield Fault(
            "happened_at",
            "A fill of this pump at the same minute is recorded already: check the time, or correct that entry.",
        )
    if entry.pump_running is None and not imported:
        yield Fault("pump_running", "Say whether the pump was confirmed running: look at the programmer and answer.")
    visit = next(visit for visit in after.visits if visit.event_id == PREVIEW_ID)
    yield from _leaves_at_once(visit.standing)
    alarm_volume_ml = visit.standing.alarm_volume_ml
    if entry.volume_after_fill_ml <= alarm_volume_ml:
        yield Fault(
            "volume_after_fill_ml",
            f"The volume after fill, {_ml(entry.volume_after_fill_ml)}, is at or below the alarm volume, "
            f"{_ml(alarm_volume_ml)}: the alarm would sound at once; check both.",
        )
    elif entry.programme.mode not in ("stopped", "single_bolus"):
        projection = project(replace(after, standing=visit.standing), reference)
        if projection.calculation is None:
            unsaid = projection.stability.reasons
            yield from (Fault("programme", reason) for reason in projection.reasons if reason not in unsaid)


PREVIEW_ID = "not yet written"
"""Stands for the event id of an entry that is judged before it is written."""


def _ml(volume: Decimal) -> str:
    return show(volume, Unit.ML)


def _above_capacity(entry: Refilled | Deferred, capacity_ml: Decimal) -> Iterator[Fault]:
    yield from faults_of_volumes({name: value for name, value in entry if isinstance(value, Decimal)}, capacity_ml)
    alarm = getattr(entry, "alarm_volume_ml", None)
    if alarm is not None and alarm >= capacity_ml:
        yield Fault("alarm_volume_ml", f"The alarm volume, {_ml(alarm)}, is not below the capacity: check it.")


def _bridge(entry: Refilled | Reprogrammed, state: PumpState) -> Iterator[Fault]:
    """A bridge that was given needs its dose, its hours and a volume; one that was not given a reason."""
    bridge = entry.bridge
    if bridge is None:
        return
    if not bridge.given:
        if bridge.reason_not_given is None:
            yield Fault("bridge.reason_not_given", "No bridge was given: type the reason.")
        return
    if bridge.bridge_hours is None or bridge.bridge_mcg is None:
        yield Fault("bridge.bridge_hours", "The bridge was given: type its dose and its hours from the programmer.")
    if bridge.path_ml is None and state.standing is None:
        says = "The concentration before this fill is not on record: type the path volume of the bridge."
        yield Fault("bridge.path_ml", says)


def _leaves_at_once(standing: Standing) -> Iterator[Fault]:
    """What is primed, given as a single bolus or run as a bridge comes out of the fill."""
    parts = {"priming_ml": standing.at_once_ml, "bridge.path_ml": standing.bridge_ml}
    taken_ml = sum(parts.values(), Fraction(0))
    if taken_ml > 0 and taken_ml >= standing.volume_ml:
        largest = max(parts, key=lambda name: parts[name])
        yield Fault(
            largest,
            f"Priming, single bolus and bridge take {show(taken_ml, Unit.ML)}, as much as the reservoir holds, "
            f"{show(standing.volume_ml, Unit.ML)}, or more: check their volumes and doses.",
        )


def _drugs(entry: Refilled, reference: Reference) -> Iterator[Fault]:
    for place, component in enumerate(entry.fluid):
        try:
            reference.drug(component.drug)
        except EntryRefused as refused:
            yield from (Fault(f"fluid.{place}.drug", fault.says) for fault in refused.faults)


def faults_of_deferral(entry: Deferred, state: PumpState, *, capacity_ml: Decimal) -> Iterator[Fault]:
    """A deferral needs a fill to put off, and volumes that the reservoir can hold."""
    yield from _above_capacity(entry, capacity_ml)
    if state.standing is None:
        yield Fault("pump_serial", "No fill of this pump is on record: record the last fill first.")


def faults_of_change(entry: Reprogrammed, state: PumpState, *, capacity_ml: Decimal) -> Iterator[Fault]:
    """A programme change needs a fill to re-project from, and a volume for its bridge."""
    if state.standing is None:
        yield Fault("pump_serial", "No fill of this pump is on record: record the last fill first.")
    yield from _bridge(entry, state)
    alarm = entry.alarm_volume_ml
    if alarm is not None and alarm >= capacity_ml:
        yield Fault("alarm_volume_ml", f"The alarm volume, {_ml(alarm)}, is not below the capacity: check it.")


def faults_of_correction(entry: Corrected, state: PumpState) -> Iterator[Fault]:
    """A correction names an entry of this pump that has not been corrected yet."""
    lines = {line.said.event_id: line for line in state.log}
    line = lines.get(entry.target_event_id)
    if line is None:
        yield Fault("target_event_id", "This pump has no such entry: choose the entry from its story.")
        return
    if line.corrected_by is not None:
        yield Fault("target_event_id", "This entry was corrected already: correct the correction instead.")
    is_registration = isinstance(line.said.entry, Registered) and entry.how == "entered_in_error"
    if is_registration and any(_holds_something(one) for one in state.log if one is not line):
        yield Fault(
            "how",
            "The registration holds this pump's story together: replace it by the right one, retire the pump, "
            "or first take every other entry as entered in error.",
        )
    replacement = entry.replacement
    if replacement is not None and replacement.kind != line.said.entry.kind:
        yield Fault("replacement.kind", "The replacement is of another kind: enter it in error and record anew.")
    yield from faults_of_link(entry, line.said.entry)


def _holds_something(line: LogLine) -> bool:
    """Whether an entry still says something about the pump itself."""
    about_the_record = isinstance(line.said.entry, Corrected | RowRefused | RowSettled)
    return not about_the_record and line.corrected_how != "entered_in_error"
