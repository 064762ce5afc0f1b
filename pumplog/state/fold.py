"""The fold: the events of one pump, in the order in which things happened, to its state.

Entries may be late, so state goes by when things happened, not by when they were written. Corrections
apply to the entry they name whenever that entry happened; both stay in the log.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pumplog.entries import (
    Refilled,
    Registered,
    Reprogrammed,
)
from pumplog.state.calls import Calls
from pumplog.state.clinical import BESIDE_THE_TIME_LINE, CLINICAL_KINDS, Clinical
from pumplog.state.folding import Folding
from pumplog.state.model import LogLine, OwnRatio, PumpState, Said, Visit
from pumplog.state.order import ABOUT_THE_RECORD, TIMELESS, Corrections, corrections_in_force, in_order_of_happening
from pumplog.state.own_ratio import own_ratio_of


def fold_pump(
    pump_id: str, events: Iterable[Said], *, zone: ZoneInfo, until_utc: datetime | None = None
) -> PumpState:
    """The state of one pump from its events; `until_utc` leaves out what happened after that instant.

    Registration, corrections and refused rows are facts about the record: they count whenever they were written.
    """
    written = sorted(events, key=lambda said: said.sequence)
    corrections = corrections_in_force(written)
    folding = Folding(zone)
    visited: list[Said] = []
    called: list[Said] = []
    told: list[Said] = []
    last_happened_at: datetime | None = None
    last_clinical_at: datetime | None = None
    for said in in_order_of_happening(written, corrections):
        if said.kind not in ABOUT_THE_RECORD:
            last_happened_at = max(said.happened_at, last_happened_at or said.happened_at)
            if said.kind not in CALL_KINDS | BESIDE_THE_TIME_LINE:
                last_clinical_at = max(said.happened_at, last_clinical_at or said.happened_at)
        if said.kind in TIMELESS or until_utc is None or said.happened_at <= until_utc:
            if said.kind in _VISITS:
                visited.append(said)
            elif said.kind in CALL_KINDS:
                called.append(said)
            elif said.kind in CLINICAL_KINDS:
                told.append(said)
            else:
                folding.take(said)
    registered = folding.registered
    begin, folding.alarm_volume_ml = _ground(visited)
    for said in visited[begin:]:
        folding.take(said)
    alarms = folding.alarms.whole()
    stopped = alarms.stopped_since(folding.running_said_at)
    return PumpState(
        pump_id=pump_id,
        latest=written[-1].sequence if written else 0,
        registered=registered,
        retired=folding.retired,
        running=folding.running and not stopped,
        found_stopped=stopped,
        emptied=folding.emptied,
        risks=folding.risks,
        standing=folding.standing,
        last_fill=folding.last_fill,
        alarms=alarms,
        open_rows=tuple(folding.rows.values()),
        clinic_days=folding.days.done(),
        log=tuple(_log_line(said, corrections) for said in written),
        last_happened_at=last_happened_at,
        typed_eri_on=lambda: _eri_on(visited, registered),
        last_clinical_at=last_clinical_at,
        all_calls=lambda: _calls(called, visited, zone),
        all_visits=lambda: _visits(visited, registered, zone),
        all_clinical=lambda: _clinical(told, zone),
        accepted_ratio=lambda: _own_ratio(folding.ratios, visited, registered, zone),
    )


_VISITS = frozenset({"refilled", "reprogrammed", "deferred"})
CALL_KINDS = frozenset({"contacted", "booked", "booking_changed", "transfer_confirmed", "near_miss_explained"})
"""What is said on the telephone and about the diary: it moves no date of the pump, and makes no other entry late."""


def _ground(visited: Sequence[Said]) -> tuple[int, Decimal | None]:
    """From which visit on the fold ends where it would from the first one on, and the alarm volume until then.

    A fill says all there is about the reservoir but two things: the concentration before it, which a bridge needs,
    and an alarm volume that it leaves unsaid. So: the last fill but one, with the alarm volume last typed before it.
    """
    fills = [place for place, said in enumerate(visited) if said.kind == "refilled"]
    if len(fills) < 2:
        return 0, None
    for place in range(fills[-2] - 1, fills[0] - 1, -1):
        if visited[place].mentions("alarm_volume_ml"):
            entry = visited[place].entry
            if isinstance(entry, Refilled | Reprogrammed) and entry.alarm_volume_ml is not None:
                return fills[-2], entry.alarm_volume_ml
    return fills[-2], None


def _eri_on(visited: Sequence[Said], registered: Registered | None) -> date | None:
    """The elective replacement date as a visit last typed it, else as registered."""
    for said in reversed(visited):
        if said.mentions("eri_on"):
            entry = said.entry
            if isinstance(entry, Refilled) and entry.eri_on is not None:
                return entry.eri_on
    return registered.pump.eri_on if registered else None


def _visits(visited: Sequence[Said], registered: Registered | None, zone: ZoneInfo) -> tuple[Visit, ...]:
    folding = Folding(zone, registered=registered)
    for said in visited:
        folding.take(said)
    return tuple(folding.visits)


def _own_ratio(
    ratios: Sequence[OwnRatio], visited: Sequence[Said], registered: Registered | None, zone: ZoneInfo
) -> OwnRatio | None:
    """What a person accepted, if anything: only then is the time line gone along again."""
    return own_ratio_of(ratios, _visits(visited, registered, zone)) if ratios else None


def _calls(called: Sequence[Said], visited: Sequence[Said], zone: ZoneInfo) -> Calls:
    """Calls and bookings, read when somebody asks; the next visit that the last refill named is booked first."""
    folding = Folding(zone)
    last_fill = next((said for said in reversed(visited) if said.kind == "refilled"), None)
    if last_fill is not None and last_fill.mentions("next_visit_on"):
        entry = last_fill.entry
        if isinstance(entry, Refilled) and entry.next_visit_on is not None:
            by = last_fill.recorded_by
            folding.calls.typed_at_visit(last_fill.event_id, entry.next_visit_on, entry.happened_at, by)
    for said in called:
        folding.take(said)
    return folding.calls.done([said.happened_at for said in visited])


def _clinical(told: Sequence[Said], zone: ZoneInfo) -> Clinical:
    folding = Folding(zone)
    for said in told:
        folding.take(said)
    return folding.telling.told()


def _log_line(said: Said, corrections: Corrections) -> LogLine:
    if said.event_id not in corrections:
        return LogLine(said, None, None)
    event_id, correction = corrections[said.event_id]
    return LogLine(said, event_id, correction.how)
