"""One row of the board for one pump, and the order of the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from pumplog.clinic_days import ClinicCalendar
from pumplog.outlook.calling import Calling, calling_of
from pumplog.outlook.drug_risk import DrugRisk, drug_risks_of
from pumplog.outlook.projection import Projection, drug_or_none, project
from pumplog.outlook.tiers import Tier, alarmed_tier, emptied_tier, projected_tier, worst
from pumplog.quantities import Unit, show, show_date
from pumplog.reference import ALARM_KINDS, Interruption, Reference
from pumplog.state import PumpState
from pumplog.state.course import Boluses, steady_dose_mcg_per_day


@dataclass(frozen=True)
class Outlook:
    """What the board, the story and every export say about one pump on one day."""

    pump_id: str
    pump_serial: str
    patient_id: str | None
    patient_name: str | None
    phone: str | None
    pump_model: str | None
    today: date
    tier: Tier
    refill_by: date | None
    alarm_date: date | None
    empty_date: date | None
    stability_date: date | None
    early_alarm_date: date | None
    late_alarm_date: date | None
    may_alarm_already: bool
    limited_by: str | None
    limited_by_says: str | None
    days_of_grace: int | None
    days_to_empty: int | None
    reasons: tuple[str, ...]
    fluid_says: str | None
    dose_says: str | None
    drug: str | None
    interruption: Interruption | None
    drug_risks: tuple[DrugRisk, ...]
    last_fill_on: date | None
    book_on: date | None
    book_on_says: str
    next_visit_on: date | None
    calling: Calling
    open_alarm_codes: tuple[str, ...]
    projection: Projection


def outlook(
    state: PumpState,
    reference: Reference,
    today: date,
    *,
    calendar: ClinicCalendar,
    boluses: Boluses = Boluses.ALLOTTED,
    projection: Projection | None = None,
) -> Outlook:
    """The outlook of one active pump on a day; planned with every allotted patient bolus unless told otherwise.

    Whoever has this state's projection gives it: it is the same on every day.
    """
    projection = projection or project(state, reference, boluses=boluses)
    alarms = tuple(code for alarm in state.open_alarms for code in alarm.codes)
    tier = worst(
        (
            projected_tier(
                today,
                refill_by=projection.day("refill_by"),
                alarm_date=projection.day("alarm_date"),
                empty_date=projection.day("empty_date"),
                refused=projection.refused,
                due_soon_days=reference.policy.due_soon_days.value,
            ),
            alarmed_tier(alarms, running=state.running),
            emptied_tier(emptied=state.emptied is not None),
        )
    )
    registered, standing = state.registered, state.standing
    drug = drug_or_none(reference, standing.fluid[0].drug) if standing else None
    risks = drug_risks_of(standing.fluid, reference) if standing else ()
    calling = calling_of(state.calls, today, projection.day("refill_by"))
    book = calendar.book_on(today, projection.day("refill_by"))
    early, empty = projection.day("early_alarm_date"), projection.day("empty_date")
    return Outlook(
        pump_id=state.pump_id,
        pump_serial=_serial(state),
        patient_id=registered.patient.patient_id if registered else None,
        patient_name=registered.patient.name if registered else None,
        phone=registered.patient.phone if registered else None,
        pump_model=registered.pump.model if registered else None,
        today=today,
        tier=tier,
        refill_by=projection.day("refill_by"),
        alarm_date=projection.day("alarm_date"),
        empty_date=empty,
        stability_date=projection.day("stability_date"),
        early_alarm_date=early,
        late_alarm_date=projection.day("late_alarm_date"),
        may_alarm_already=early is not None and early <= today,
        limited_by=projection.values.get("limited_by"),
        limited_by_says=_limited_by_says(projection),
        days_of_grace=projection.values.get("days_of_grace"),
        days_to_empty=(empty - today).days if empty else None,
        reasons=_reasons(state, projection, today, reference.policy.zone_info),
        fluid_says=_fluid_says(state),
        dose_says=_dose_says(state),
        drug=drug.name if drug else (standing.fluid[0].drug if standing else None),
        interruption=risks[0].interruption if risks else None,
        drug_risks=risks,
        last_fill_on=standing.filled_on if standing else None,
        book_on=book.on,
        book_on_says=book.says,
        next_visit_on=calling.next_booking.visit_on if calling.next_booking else None,
        calling=calling,
        open_alarm_codes=alarms,
        projection=projection,
    )


def in_board_order(rows: Iterable[Outlook]) -> list[Outlook]:
    """Worst tier first; in it by days until empty, unknown first; then by the drug's interruption; then serial."""
    return sorted(rows, key=_place)


def _place(row: Outlook) -> tuple[int, int, int, int, str]:
    known = row.days_to_empty is not None
    interruption = row.interruption.board_rank if row.interruption else 0
    return (row.tier.rank, known, row.days_to_empty or 0, interruption, row.pump_serial)


def _serial(state: PumpState) -> str:
    if state.registered is not None:
        return state.registered.pump_serial
    serials = [serial for line in state.log if (serial := line.said.entry.pump_serial)]
    return serials[0] if serials else state.pump_id


def _reasons(state: PumpState, projection: Projection, today: date, zone: ZoneInfo) -> tuple[str, ...]:
    """Why the pump stands where it stands, in sentences; what nobody could work out comes first."""
    reasons = list(projection.reasons)
    if state.registered is None:
        reasons.append("The pump is not registered: register it with its patient.")
    if state.found_stopped:
        reasons.append("The pump was found not running when it was last interrogated for an alarm.")
    elif not state.running:
        reasons.append("The last visit recorded the pump as not running.")
    if state.emptied is not None:
        emptied = show_date(state.emptied.happened_at.astimezone(zone).date())
        reasons.append(f"Emptied on {emptied} and not refilled since: {state.emptied.reason}.")
    reasons += [
        f"Open alarm since {show_date(alarm.heard.happened_at.astimezone(zone).date())}: "
        f"{' and '.join(ALARM_KINDS[code].words for code in alarm.codes)}."
        for alarm in state.open_alarms
    ]
    for words, day, inclusive in (
        ("Expected empty since", projection.day("empty_date"), True),
        ("Past the alarm date", projection.day("alarm_date"), True),
        ("Past the refill-by date,", projection.day("refill_by"), False),
    ):
        if day is not None and (day < today or (inclusive and day == today)):
            reasons.append(f"{words} {show_date(day)}.")
            break
    early = projection.day("early_alarm_date")
    alarm = projection.day("alarm_date")
    if early is not None and alarm is not None and early <= today < alarm:
        reasons.append(f"May alarm already: at the fast end of the band the alarm date was {show_date(early)}.")
    reasons += [
        f"Line {row.row.line_count} of {row.row.sheet} was refused: "
        + " ".join(fault.says for fault in row.row.faults)
        for row in state.open_rows
    ]
    return tuple(reasons)


def _limited_by_says(projection: Projection) -> str | None:
    match projection.values.get("limited_by"):
        case "alarm":
            return f"limited by the alarm, less {projection.known['margin_days']} days of house policy"
        case "empty":
            return f"limited by the empty date, less {projection.known['margin_days']} days of house policy"
        case "stability":
            return f"limited by the drug: {projection.stability.says}"
        case _:
            return None


def _fluid_says(state: PumpState) -> str | None:
    if state.standing is None:
        return None
    return " with ".join(
        f"{component.drug} {show(component.concentration_mcg_per_ml, Unit.MCG_PER_ML)}"
        for component in state.standing.fluid
    )


def _dose_says(state: PumpState) -> str | None:
    if state.standing is None:
        return None
    programme = state.standing.programme
    if programme.mode in ("stopped", "single_bolus"):
        return "stopped"
    concentration = Fraction(state.standing.concentration_mcg_per_ml)
    return show(steady_dose_mcg_per_day(programme, concentration), Unit.MCG_PER_DAY)
