"""The board and a story as machines read them.

A cell of CSV that would be a formula in a spreadsheet is written with an apostrophe before it.
"""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pumplog.entries import AnyEntry, Corrected, Registered, RowRefused, RowSettled
from pumplog.exports.values import answer_record, plain_value, working_records
from pumplog.outlook import Outlook, Projection
from pumplog.state import PumpState
from pumplog.state.course import programmed_ml

DUE_COLUMNS = (
    "pump_serial",
    "patient_id",
    "tier",
    "refill_by",
    "book_on",
    "book_on_says",
    "alarm_date",
    "empty_date",
    "stability_date",
    "early_alarm_date",
    "may_alarm_already",
    "limited_by",
    "days_of_grace",
    "next_visit_on",
    "last_contact_on",
    "last_contact",
    "to_do",
    "reasons",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def due_record(row: Outlook) -> dict[str, Any]:
    """One row of the board."""
    last = row.calling.last_contact
    diary = {
        "last_contact_on": last.at.date() if last else None,
        "last_contact": last.said.outcome if last else None,
        "to_do": tuple(task.says for task in row.calling.tasks),
    }
    return {name: plain_value(diary[name] if name in diary else getattr(row, name)) for name in DUE_COLUMNS}


def due_csv(rows: Iterable[Outlook]) -> str:
    """The board as CSV, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DUE_COLUMNS)
    for row in rows:
        record = due_record(row)
        record["reasons"] = " ".join(record["reasons"])
        record["to_do"] = " ".join(record["to_do"])
        record["may_alarm_already"] = "yes" if record["may_alarm_already"] else "no"
        writer.writerow([harmless(record[name]) for name in DUE_COLUMNS])
    return text.getvalue()


def harmless(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; not applicable is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def entry_record(entry: AnyEntry) -> dict[str, Any]:
    """An entry as it is written in the log."""
    record: dict[str, Any] = json.loads(entry.body())
    return record


def story_events(state: PumpState, *, until: datetime) -> list[dict[str, Any]]:
    """Every event of a pump that happened by then, corrected ones included, with who and when.

    Facts about the record itself count whenever they were written, as in the fold.
    """
    about_the_record = Registered | Corrected | RowRefused | RowSettled
    return [
        {
            "sequence": line.said.sequence,
            "event_id": line.said.event_id,
            "kind": line.said.entry.kind,
            "happened_at": plain_value(line.said.entry.happened_at),
            "recorded_at": plain_value(line.said.recorded_at_utc),
            "recorded_by": line.said.recorded_by,
            "corrected_by": line.corrected_by,
            "corrected_how": line.corrected_how,
            "entry": entry_record(line.said.entry),
        }
        for line in state.log
        if isinstance(line.said.entry, about_the_record) or line.said.entry.happened_at <= until
    ]


def story_state(state: PumpState) -> dict[str, Any]:
    """What the events add up to."""
    standing = state.standing
    return {
        "registered": entry_record(state.registered) if state.registered else None,
        "retired": entry_record(state.retired) if state.retired else None,
        "running": state.running,
        "emptied": entry_record(state.emptied) if state.emptied else None,
        "risk_flags": list(state.risk_flags),
        "medicines": entry_record(state.clinical.medicines) if state.clinical.medicines else None,
        "plans": [
            {
                "event_id": plan.event_id,
                "made": entry_record(plan.made),
                "ended": entry_record(plan.ended) if plan.ended else None,
            }
            for plan in state.clinical.plans
        ],
        "open_alarms": [
            {
                "event_id": one.event_id,
                "alarm": one.heard.alarm,
                "heard_at": plain_value(one.heard.happened_at),
                "reported_at": plain_value(one.heard.reported_at),
                "interrogated_at": plain_value(one.interrogated_at),
                "owner": one.owner,
            }
            for one in state.open_alarms
        ],
        "standing": None
        if standing is None
        else {
            "since": plain_value(standing.since),
            "volume_ml": plain_value(standing.volume_ml),
            "alarm_volume_ml": plain_value(standing.alarm_volume_ml),
            "filled_on": plain_value(standing.filled_on),
            "fluid": [json.loads(component.model_dump_json(exclude_none=True)) for component in standing.fluid],
            "programme": json.loads(standing.programme.model_dump_json(exclude_none=True)),
        },
        "visits": [
            {
                "event_id": visit.event_id,
                "kind": visit.entry.kind,
                "at": plain_value(visit.at),
                "programmed_ml": plain_value(programmed_ml(visit)),
            }
            for visit in state.visits
        ],
    }


def story_projection(projection: Projection) -> dict[str, Any]:
    """The dates of a pump with their working, or the reasons why there are none."""
    answer = projection.explain()
    names = (
        *("flow_ml_per_day", "days_to_alarm", "days_to_empty", "alarm_date", "empty_date", "days_of_grace"),
        *("early_alarm_date", "late_alarm_date", "stability_date", "refill_by", "limited_by"),
    )
    return answer_record(projection.values, names) | {
        "refused": list(projection.reasons),
        "working": working_records(answer.working) if answer else [],
    }
