"""Reports of refills: whether they came in time, and what was drawn against what was expected."""

from datetime import UTC
from typing import Final

from pumplog.exports.clinic_reports import (
    WHO_COLUMNS,
    WHO_ON_PAPER,
    Ground,
    ReportAsked,
    bars_by_month,
    number,
    paper_column,
    points_by_day,
    who_cells,
)
from pumplog.exports.report import Cell, Column, Report
from pumplog.outlook.near_miss import HowNear, dates_before, how_near
from pumplog.rules import residual_of
from pumplog.state import PumpState, Visit

HOW_SAYS: Final = {
    HowNear.AFTER_EMPTY: "on or after the empty date",
    HowNear.NEAR_EMPTY: "shortly before the empty date",
    HowNear.AFTER_ALARM: "on or after the alarm date",
    HowNear.AFTER_REFILL_BY: "after refill-by",
}
PUNCTUALITY_PAPER: Final = (
    paper_column("Refilled", 2, "refilled_on"),
    WHO_ON_PAPER,
    paper_column("Refill by", 2, "refill_by", "days after it::after_refill_by_days"),
    paper_column("Alarm and empty date", 2, "alarm::alarm_date", "empty::empty_date"),
    paper_column("Near miss", 2, "near_miss", "how_near"),
    paper_column("Cause", 2, "cause"),
)
RESIDUAL_PAPER: Final = (
    paper_column("Drawn", 2, "drawn_at_utc"),
    WHO_ON_PAPER,
    paper_column("Volumes", 2, "expected::expected_ml", "drawn::drawn_ml"),
    paper_column("Discrepancy", 2, "discrepancy_ml"),
    paper_column("Flow ratio", 2, "flow_ratio"),
    paper_column("Finding", 2, "finding"),
)
IN_TIME: Final = "in time"
LATE: Final = "near miss"

PUNCTUALITY_COLUMNS: Final = (
    Column("refilled_on", "Refilled", "day"),
    *WHO_COLUMNS,
    Column("refill_by", "Refill by", "day", says="as it stood before the refill"),
    Column("after_refill_by_days", "Days after refill-by", "count", "days", "below 0: so many days before it"),
    Column("alarm_date", "Alarm date", "day", says="as it stood before the refill"),
    Column("empty_date", "Empty date", "day", says="as it stood before the refill"),
    Column("near_miss", "Near miss", "flag"),
    Column("how_near", "How near"),
    Column("cause", "Cause", says="as somebody gave it"),
)


def punctuality(asked: ReportAsked, ground: Ground) -> Report:
    """Every refill after the first of a pump: by the dates as they stood before it, in time or a near miss."""
    found = sorted(
        (_punctual_row(visit, state, ground) for state in ground.states for visit in _refills(state, asked, ground)),
        key=lambda row: (row[0], row[1]),
    )
    near = [bool(row[-3]) for row in found]
    kinds = [LATE if one else IN_TIME for one in near]
    days = [(row[0], kind) for row, kind in zip(found, kinds, strict=True)]
    says = "Refills by month, in time and as near misses."
    policy = ground.reference.policy
    return Report(
        slug=asked.kind.value,
        title="Refill punctuality and near misses",
        columns=PUNCTUALITY_COLUMNS,
        rows=tuple(found),
        facts=(
            ("Period", asked.period_words),
            ("Refills", f"{len(found):,}"),
            ("In time", f"{near.count(False):,}"),
            ("Near misses", f"{near.count(True):,}"),
        ),
        notes=(
            "A near miss is a refill after refill-by, on or after the alarm date, or within "
            f"{policy.near_empty_days.value} days of empty (house policy). A first fill has no date to keep.",
        ),
        charts=bars_by_month(days, "Refills", says),
        paper=PUNCTUALITY_PAPER,
        when_empty="No refill with an earlier fill is on record in this period.",
    )


def _refills(state: PumpState, asked: ReportAsked, ground: Ground) -> list[Visit]:
    return [
        visit
        for visit in state.visits
        if visit.entry.kind == "refilled" and visit.since_fill and asked.covers(visit.at, ground.zone)
    ]


def _punctual_row(visit: Visit, state: PumpState, ground: Ground) -> tuple[Cell, ...]:
    dates = dates_before(visit, state, ground.reference)
    day = visit.at.date()
    how = how_near(day, near_empty_days=ground.reference.policy.near_empty_days.value, **dates)
    refill_by, explained = dates["refill_by"], state.calls.explained.get(visit.event_id)
    return (
        day,
        *who_cells(state),
        refill_by,
        (day - refill_by).days if refill_by is not None else None,
        dates["alarm_date"],
        dates["empty_date"],
        bool(how),
        ", ".join(HOW_SAYS[one] for one in how),
        explained.cause.replace("_", " ") + (f": {explained.cause_text}" if explained.cause_text else "")
        if explained
        else None,
    )


RESIDUAL_COLUMNS: Final = (
    Column("drawn_at_utc", "Drawn", "instant", "UTC"),
    *WHO_COLUMNS,
    Column("expected_ml", "Expected", "number", "mL"),
    Column("drawn_ml", "Drawn volume", "number", "mL"),
    Column("discrepancy_ml", "Discrepancy", "number", "mL", "expected less drawn"),
    Column("flow_ratio", "Flow ratio", "number", says="measured over programmed; none where nothing was programmed"),
    Column("finding", "Finding"),
)
WITHIN: Final = "within"


def residuals(asked: ReportAsked, ground: Ground) -> Report:
    """Every visit whose residual or ratio lies outside the bounds; the chart shows those within as well."""
    measured = [
        (visit, state, answer)
        for state in ground.states
        for visit in state.visits
        if asked.covers(visit.at, ground.zone) and (answer := residual_of(visit, ground.reference.policy)) is not None
    ]
    rows = [
        (
            visit.at.astimezone(UTC),
            *who_cells(state),
            number(answer["expected_ml"]),
            number(answer["drawn_ml"]),
            number(answer["discrepancy_ml"]),
            number(answer["flow_ratio"]),
            str(answer["finding"]),
        )
        for visit, state, answer in measured
    ]
    outside = sorted((row for row in rows if row[-1] != WITHIN), key=lambda row: (row[0], str(row[1])))
    policy = ground.reference.policy
    low, high = number(policy.finding_low_ratio.value), number(policy.finding_high_ratio.value)
    return Report(
        slug=asked.kind.value,
        title="Residual and ratio outliers",
        columns=RESIDUAL_COLUMNS,
        rows=tuple(outside),
        facts=(
            ("Period", asked.period_words),
            ("Visits with a measured residual", f"{len(rows):,}"),
            ("Outside the bounds", f"{len(outside):,}"),
        ),
        notes=(
            f"Outside: a discrepancy beyond {policy.evaluate_ml.value} mL, or a ratio outside {low} to {high}. "
            "One reading often does not repeat. A leak beyond the pump gives a normal residual.",
        ),
        charts=points_by_day(
            ((row[0], row[-2], row[-1]) for row in rows),
            "Flow ratio",
            "Flow ratio of every measured visit, by finding.",
        ),
        paper=RESIDUAL_PAPER,
        when_empty="No residual outside the bounds is on record in this period.",
    )
