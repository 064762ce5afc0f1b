"""The log of one pump as HTML: every event, newest first; what was corrected stays readable, struck through."""

from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from pumplog.desk import VisitLine
from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    AnyEntry,
    Booked,
    BookingChanged,
    CapacitySet,
    ClosureLifted,
    ClosureSet,
    Contacted,
    Corrected,
    Deferred,
    DiaryDay,
    Imaged,
    MedicinesListed,
    NearMissExplained,
    PlanEnded,
    PlanMade,
    RatioAccepted,
    Refilled,
    Registered,
    ReplacementPlanned,
    Reprogrammed,
    Retired,
    RiskFlagsChanged,
    RowRefused,
    RowSettled,
    Scored,
    SnoozeCancelled,
    TransferConfirmed,
    Wasted,
)
from pumplog.entries.programme import Programme
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.call_words import summary_of_call
from pumplog.screens.clinical_words import (
    ENDED_WORDS,
    diary_summary,
    medicines_summary,
    plan_summary,
    scored_summary,
)
from pumplog.screens.wording import (
    ALARM_WORDS,
    KIND_WORDS,
    MODE_WORDS,
    RETIRED_WORDS,
    RISK_WORDS,
    SCAN_WORDS,
    lines_of,
)
from pumplog.state import LogLine


def log_until(log: Sequence[LogLine], day: date, zone: ZoneInfo) -> list[LogLine]:
    """Return what had happened by the end of a day; the log itself keeps everything."""
    return [line for line in log if line.said.entry.happened_at.astimezone(zone).date() <= day]


def log_html(log: Sequence[LogLine], zone: ZoneInfo) -> str:
    """Return every event of a pump, the newest first by when it happened."""
    return f'<ol class="pl-log">{"".join(event_html(line, zone) for line in newest_first(log))}</ol>'


def newest_first(log: Sequence[LogLine]) -> list[LogLine]:
    """The log by when things happened, the newest first."""
    return sorted(log, key=lambda line: (line.said.happened_at, line.said.sequence), reverse=True)


def event_html(line: LogLine, zone: ZoneInfo) -> str:
    """Return one event: when, what, who wrote it; everything that was typed folded under it."""
    said = line.said
    entry = said.entry
    what = f"<b>{KIND_WORDS[entry.kind]}</b>: {escape(summary(entry))}"
    if line.corrected_by is not None:
        became = "entered in error" if line.corrected_how == "entered_in_error" else "replaced"
        what = f'<del>{what}</del> <span class="pl-corrected">✎ {became}, see the correction</span>'
    wrote = f"Written by {escape(said.recorded_by)}, {moment_words(said.recorded_at_utc, zone)}"
    everything = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines_of(_shown(entry), zone)
    )
    return (
        f"<li><p><time>{moment_words(entry.happened_at, zone)}</time> {what}</p>"
        f'<details class="pl-fold"><summary class="pl-quiet">{wrote}</summary><dl>{everything}</dl></details></li>'
    )


def _shown(entry: AnyEntry) -> AnyEntry:
    """What a correction put in the place of the other entry is what a reader wants to see under it."""
    return entry.replacement if isinstance(entry, Corrected) and entry.replacement else entry


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment on the clinic's clock."""
    here = moment.astimezone(zone)
    return f"{show_date(here.date())}, {here:%H:%M}"


def summary(entry: AnyEntry) -> str:
    """Return the one sentence that an event comes down to."""
    match entry:
        case Registered():
            place = f", in the place of pump {entry.replaces}" if entry.replaces else ""
            return f"{entry.pump.model}, {show(entry.pump.capacity_ml, Unit.ML)}, for {entry.patient.name}{place}."
        case Refilled():
            drawn = f"{show(entry.drawn_ml, Unit.ML)} drawn, " if entry.drawn_ml is not None else ""
            fluid = " with ".join(
                f"{one.drug} {show(one.concentration_mcg_per_ml, Unit.MCG_PER_ML)}" for one in entry.fluid
            )
            filled = show(entry.volume_after_fill_ml, Unit.ML)
            return f"{drawn}filled to {filled} of {fluid}, {programme_words(entry.programme)}."
        case Reprogrammed():
            return f"{programme_words(entry.programme)}."
        case Deferred():
            return f"{entry.reason}; {show(entry.volume_left_ml, Unit.ML)} left in the pump."
        case AlarmHeard():
            return f"{ALARM_WORDS[entry.alarm]}."
        case AlarmTakenOn():
            return f"{entry.owner} sees to it."
        case AlarmInterrogated():
            shown = f"{ALARM_WORDS[entry.alarm]}; " if entry.alarm else ""
            return f"{shown}pump {'running' if entry.pump_running else 'NOT running'}."
        case AlarmSnoozed():
            return f"{entry.reason}."
        case SnoozeCancelled():
            return f"{entry.reason}." if entry.reason else "the reminder is back."
        case Imaged():
            return f"{SCAN_WORDS[entry.how].lower()}{f', {entry.field_strength}' if entry.field_strength else ''}."
        case ReplacementPlanned():
            return f"{show_date(entry.planned_on)}, {entry.where}."
        case AlarmClosed():
            return f"found: {entry.found}; done: {entry.action}."
        case Retired():
            to = f" ({entry.to_clinic})" if entry.to_clinic else ""
            by = f", pump {entry.replaced_by}" if entry.replaced_by else ""
            return f"{RETIRED_WORDS[entry.reason]}{to}{by}."
        case Contacted() | Booked() | BookingChanged() | TransferConfirmed() | NearMissExplained():
            return summary_of_call(entry)
        case Scored():
            return scored_summary(entry)
        case DiaryDay():
            return diary_summary(entry)
        case MedicinesListed():
            return medicines_summary(entry)
        case RiskFlagsChanged():
            return f"{', '.join(RISK_WORDS[flag] for flag in entry.risk_flags) or 'none any more'}; {entry.reason}."
        case PlanMade():
            return plan_summary(entry)
        case PlanEnded():
            return f"{ENDED_WORDS[entry.how]}: {entry.reason}."
        case Wasted():
            return f"{show(entry.waste.volume_ml, Unit.ML)} of {entry.drug}, witnessed by {entry.waste.witness}."
        case RatioAccepted():
            measured = f"measured at {len(entry.visit_event_ids)} visits"
            return f"flow ratio {show(entry.flow_ratio, Unit.RATIO)} for the band, {measured}; {entry.reason}."
        case Corrected():
            became = summary(entry.replacement) if entry.replacement else "taken out of account."
            return f"{entry.reason}. Now: {became}" if entry.replacement else f"{entry.reason}; {became}"
        case RowRefused():
            faults = " ".join(fault.says for fault in entry.faults)
            return f"line {entry.line_count} of {entry.sheet}. {faults}"
        case RowSettled():
            return f"{entry.how}: {entry.reason}."
        case ClosureSet():
            return f"{show_date(entry.first_on)} to {show_date(entry.last_on)}: {entry.reason}."
        case ClosureLifted():
            return f"{entry.reason}."
        case CapacitySet():
            room = "as usual" if entry.visits_count is None else f"{entry.visits_count} visits"
            return f"{show_date(entry.day_date)}, {room}: {entry.reason}."


def programme_words(programme: Programme) -> str:
    """Return a programme in a few words, its dose first."""
    match programme.mode:
        case "simple_continuous":
            return show(programme.dose_mcg_per_day, Unit.MCG_PER_DAY)
        case "minimum_rate" | "fixed_flow":
            return f"{MODE_WORDS[programme.mode].lower()}, {show(programme.flow_ml_per_day, Unit.ML_PER_DAY)}"
        case "periodic_bolus":
            bolus, hours = show(programme.bolus_mcg, Unit.MCG), show(programme.every_hours, Unit.HOURS)
            return f"{bolus} every {hours}, {show(programme.background_mcg_per_day, Unit.MCG_PER_DAY)} between"
        case "single_bolus":
            return f"one bolus of {show(programme.bolus_mcg, Unit.MCG)}, then stopped"
        case _:
            return MODE_WORDS[programme.mode].lower()


def residuals_html(visits: Sequence[VisitLine]) -> str:
    """Return expected against drawn, visit by visit, newest first; the chart as numbers."""
    rows = []
    for line in reversed(visits):
        if line.residual is None:
            continue
        expected, drawn, ratio = (line.residual[name] for name in ("expected_ml", "drawn_ml", "flow_ratio"))
        shown_ratio = show(ratio, Unit.RATIO, 2) if ratio is not None else "none"
        cells = (
            show_date(line.visit.at.date()),
            show(expected, Unit.ML, 1),
            show(drawn, Unit.ML),
            shown_ratio,
            line.residual["finding"],
        )
        rows.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("Visit", "Expected", "Drawn", "Flow ratio", "Finding"))
    return f'<table class="pl-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
