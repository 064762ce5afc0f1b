"""Reports of drugs and pumps: waste of controlled drugs, what a recall concerns, the caseload."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from pumplog.calc.waste import unaccounted_ml, wasted_mcg
from pumplog.entries import AnyEntry, Corrected, Refilled, Wasted, serial_key
from pumplog.errors import EntryRefused, Fault
from pumplog.exports.clinic_reports import (
    WHO_COLUMNS,
    WHO_ON_PAPER,
    Ground,
    ReportAsked,
    bars_by_month,
    bars_of,
    number,
    paper_column,
    who_cells,
)
from pumplog.exports.report import Cell, Column, Report
from pumplog.outlook import drug_or_none
from pumplog.quantities import Unit, show
from pumplog.rules.waste import Thrown, thrown_in
from pumplog.state import PumpState, Said, Standing

WASTE_COLUMNS: Final = (
    Column("wasted_at_utc", "When", "instant", "UTC"),
    *WHO_COLUMNS,
    Column("drug", "Drug"),
    Column(
        "controlled", "Controlled", "flag", says="as the reference data say; empty for a drug that is not in them"
    ),
    Column("volume_ml", "Volume", "number", "mL"),
    Column("mass_mcg", "Mass", "number", "mcg", "as typed, else volume x concentration"),
    Column("supplied_ml", "Supplied", "number", "mL"),
    Column("used_ml", "Used", "number", "mL", "injected, or left in or returned"),
    Column("kept_ml", "Kept", "number", "mL"),
    Column("unaccounted_ml", "Not accounted for", "number", "mL", "supplied less used, wasted and kept"),
    Column("method", "Method"),
    Column("witness", "Witness"),
    Column("recorded_by", "Recorded by"),
)


WASTE_PAPER: Final = (
    paper_column("When", 2, "wasted_at_utc"),
    WHO_ON_PAPER,
    paper_column("Drug", 2, "drug", "controlled::controlled"),
    paper_column("Wasted", 2, "volume_ml", "mass_mcg"),
    paper_column("Against", 3, "supplied::supplied_ml", "used::used_ml", "kept::kept_ml", "missing::unaccounted_ml"),
    paper_column("How and who", 3, "method", "witness::witness", "recorded by::recorded_by"),
)


def waste(asked: ReportAsked, ground: Ground) -> Report:
    """Every waste of a drug in the period, with what it is reconciled against."""
    rows = sorted(
        (
            row
            for state in ground.states
            for said, thrown in _thrown(state)
            if asked.covers(said.happened_at, ground.zone)
            for row in [_waste_row(said, thrown, state, ground)]
        ),
        key=lambda row: (row[0], str(row[1])),
    )
    controlled = [row for row in rows if row[6]]
    return Report(
        slug=asked.kind.value,
        title="Controlled-drug waste",
        columns=WASTE_COLUMNS,
        rows=tuple(rows),
        facts=(
            ("Period", asked.period_words),
            ("Wastes", f"{len(rows):,}"),
            ("Of controlled drugs", f"{len(controlled):,}"),
            ("With something not accounted for", f"{sum(1 for row in rows if row[12]):,}"),
        ),
        notes=("Which drugs are controlled is as the reference data say; a country's own list may say otherwise.",),
        charts=bars_by_month(((row[0], row[5]) for row in rows), "Wastes", "Wastes by month and drug."),
        paper=WASTE_PAPER,
        when_empty="No waste is on record in this period.",
    )


def _thrown(state: PumpState) -> Iterator[tuple[Said, Thrown]]:
    """Every waste as it stands, with the event that told of it."""
    by_id = {line.said.event_id: line.said for line in state.log}
    for visit in state.visits:
        before = visit.since_fill[-1].fluid if visit.since_fill else ()
        for thrown in thrown_in(visit.entry, before):
            yield by_id[visit.event_id], thrown
    for line in state.log:
        if line.said.kind == "wasted":
            entry = _as_corrected(line.said, line.corrected_by, by_id)
            if isinstance(entry, Wasted):
                for thrown in thrown_in(entry, ()):
                    yield line.said, thrown


def _as_corrected(said: Said, corrected_by: str | None, by_id: dict[str, Said]) -> AnyEntry | None:
    """What an entry says now; None when it was entered in error."""
    if corrected_by is None:
        return said.entry
    correction = by_id[corrected_by].entry
    return correction.replacement if isinstance(correction, Corrected) else None


def _waste_row(said: Said, thrown: Thrown, state: PumpState, ground: Ground) -> tuple[Cell, ...]:
    component, told = thrown.component, thrown.waste
    name = told.drug or (component.drug if component else None)
    drug = drug_or_none(ground.reference, name) if name else None
    mass = told.mass_mcg
    worked = wasted_mcg(Fraction(told.volume_ml), Fraction(component.concentration_mcg_per_ml)) if component else None
    kept = told.kept_ml
    left = None
    if thrown.supplied_ml is not None and thrown.used_ml is not None:
        left = unaccounted_ml(
            Fraction(thrown.supplied_ml), Fraction(thrown.used_ml), Fraction(told.volume_ml), Fraction(kept or 0)
        )
    return (
        said.happened_at,
        *who_cells(state),
        name,
        drug.controlled is not None if drug is not None else None,
        number(told.volume_ml),
        number(mass if mass is not None else worked),
        number(thrown.supplied_ml),
        number(thrown.used_ml),
        number(kept),
        number(left),
        told.method,
        told.witness,
        said.recorded_by,
    )


RECALL_COLUMNS: Final = (
    Column(
        "still_concerned", "Still concerned", "flag", says="the lot is in the pump now; the pump is in the patient"
    ),
    *WHO_COLUMNS,
    Column("patient_name", "Patient"),
    Column("phone", "Phone"),
    Column("found_on", "Since", "day", says="the day of the fill with that lot, or on which the pump was registered"),
    Column("until_on", "Until", "day", says="the day of the next fill, or on which the pump was retired"),
    Column("drug", "Drug"),
    Column("lot", "Lot"),
    Column("next_visit_on", "Next visit", "day"),
)


RECALL_PAPER: Final = (
    paper_column("Still concerned", 2, "still_concerned"),
    WHO_ON_PAPER,
    paper_column("Patient", 3, "patient_name", "phone::phone"),
    paper_column("Since and until", 2, "found_on", "until::until_on"),
    paper_column("Drug", 2, "drug", "lot::lot"),
    paper_column("Next visit", 2, "next_visit_on"),
)


def recall(asked: ReportAsked, ground: Ground) -> Report:
    """Which pumps a recall concerns and since when: those that it still concerns first.

    Raises EntryRefused when nothing is named to look for.
    """
    if not any((asked.model, asked.serial_from, asked.serial_to, asked.lot)):
        raise EntryRefused(Fault("lot", "Name what is recalled: a model, the serials from and to, or a drug's lot."))
    rows = [
        row for state in ground.states if _is_recalled(state, asked) for row in _recall_rows(state, asked, ground)
    ]
    rows.sort(key=lambda row: (not row[0], row[7] is None, row[7] or date.max, str(row[1])))
    concerned = [row for row in rows if row[0]]
    return Report(
        slug=asked.kind.value,
        title="Recall search",
        columns=RECALL_COLUMNS,
        rows=tuple(rows),
        facts=(
            ("Looked for", _looked_for(asked)),
            ("Pumps still concerned", f"{len({row[1] for row in concerned}):,}"),
            ("Found", f"{len(rows):,}"),
        ),
        notes=(
            "A lot that nobody typed cannot be found. Of a model or serial the search is of every day on record.",
        ),
        paper=RECALL_PAPER,
        when_empty="Nothing on record fits. A lot that nobody typed cannot be found.",
    )


def _looked_for(asked: ReportAsked) -> str:
    named = (
        ("model", asked.model),
        ("serials from", asked.serial_from),
        ("serials to", asked.serial_to),
        ("lot", asked.lot),
    )
    return ", ".join(f"{words} {said}" for words, said in named if said)


def _is_recalled(state: PumpState, asked: ReportAsked) -> bool:
    """Whether a pump is of the model and the serials; where none is named, every pump is."""
    registered = state.registered
    if registered is None:
        return not (asked.model or asked.serial_from or asked.serial_to)
    serial = serial_key(registered.pump_serial)
    return (
        (not asked.model or " ".join(asked.model.split()).casefold() in registered.pump.model.casefold())
        and (not asked.serial_from or serial >= serial_key(asked.serial_from))
        and (not asked.serial_to or serial <= serial_key(asked.serial_to))
    )


def _recall_rows(state: PumpState, asked: ReportAsked, ground: Ground) -> Iterator[tuple[Cell, ...]]:
    registered, visit_on = state.registered, ground.next_visit_on(state.pump_id)
    name = registered.patient.name if registered else None
    phone = registered.patient.phone if registered else None
    retired_on = state.retired.happened_at.astimezone(ground.zone).date() if state.retired else None
    if not asked.lot:
        since = registered.happened_at.astimezone(ground.zone).date() if registered else None
        yield (retired_on is None, *who_cells(state), name, phone, since, retired_on, None, None, visit_on)
        return
    fills = [visit for visit in state.visits if isinstance(visit.entry, Refilled)]
    for place, visit in enumerate(fills):
        after = fills[place + 1].at.date() if place + 1 < len(fills) else retired_on
        for one in visit.standing.fluid:
            if one.lot and serial_key(one.lot) == serial_key(asked.lot):
                found = (visit.at.date(), after, one.drug, one.lot, visit_on)
                yield (after is None, *who_cells(state), name, phone, *found)


CASELOAD_COLUMNS: Final = (
    Column("drug", "Drug", says="every drug of the fluid, the first one primary"),
    Column("concentration", "Concentration", says="of the first drug"),
    Column("model", "Model"),
    Column("site", "Site"),
    Column("pumps_count", "Pumps", "count", says="active pumps as known now"),
)


def caseload(asked: ReportAsked, ground: Ground) -> Report:
    """Active pumps as known now, counted by what is in them, their model and their site."""
    active = [state for state in ground.states if state.retired is None and state.registered is not None]
    counted = Counter((*_fluid_words(state.standing), *who_cells(state)[2:]) for state in active)
    ordered = sorted(counted.items(), key=lambda one: (-one[1], *(str(cell or "") for cell in one[0])))
    rows = [(*key, count) for key, count in ordered]
    by_drug = Counter(_fluid_words(state.standing)[0] for state in active)
    return Report(
        slug=asked.kind.value,
        title="Caseload by drug, concentration, model and site",
        columns=CASELOAD_COLUMNS,
        rows=tuple(rows),
        facts=(("As known on", f"{ground.today:%-d %b %Y}"), ("Active pumps", f"{len(active):,}")),
        charts=bars_of(by_drug, "Pumps", "Active pumps by drug."),
        when_empty="No active pump is on record.",
    )


def _fluid_words(standing: Standing | None) -> tuple[str, str | None]:
    if standing is None:
        return "nothing known", None
    drugs = " + ".join(one.drug for one in standing.fluid)
    return drugs, show(standing.concentration_mcg_per_ml, Unit.MCG_PER_ML)
