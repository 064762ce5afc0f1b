"""Values as machines read them: exact decimals as strings, days and counts as integers, dates as ISO text.

What does not apply is null in JSON and empty in CSV. A cell of CSV that would be a formula in a spreadsheet
is written with an apostrophe before it.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pumplog.calc.formula import Line
from pumplog.entries import AnyEntry
from pumplog.outlook import Outlook, Projection
from pumplog.quantities import plain
from pumplog.state import PumpState
from pumplog.state.course import programmed_ml

DUE_COLUMNS = (
    "pump_serial",
    "patient_id",
    "tier",
    "refill_by",
    "alarm_date",
    "empty_date",
    "stability_date",
    "early_alarm_date",
    "may_alarm_already",
    "limited_by",
    "days_of_grace",
    "reasons",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_value(value: Any) -> Any:
    """One value as JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | Fraction):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence):
        return [plain_value(one) for one in value]
    return str(value)


def due_record(row: Outlook) -> dict[str, Any]:
    """One row of the board."""
    return {name: plain_value(getattr(row, name)) for name in DUE_COLUMNS}


def due_csv(rows: Iterable[Outlook]) -> str:
    """The board as CSV, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DUE_COLUMNS)
    for row in rows:
        record = due_record(row)
        record["reasons"] = " ".join(record["reasons"])
        record["may_alarm_already"] = "yes" if record["may_alarm_already"] else "no"
        writer.writerow([harmless(record[name]) for name in DUE_COLUMNS])
    return text.getvalue()


def harmless(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; not applicable is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def working_records(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The working, a record a line; `with_numbers` is the written form with this case's numbers in it."""
    return [
        {
            "name": line.name,
            "meaning": line.meaning,
            "written": line.written,
            "with_numbers": line.with_numbers,
            "value": plain_value(line.value),
            "unit": line.unit,
            "source": line.source,
        }
        for line in lines
    ]


def answer_record(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named quantities of an answer; null where they do not apply."""
    return {name: plain_value(values.get(name)) for name in names}


def entry_record(entry: AnyEntry) -> dict[str, Any]:
    """An entry as it is written in the log."""
    record: dict[str, Any] = json.loads(entry.body())
    return record


def story_events(state: PumpState) -> list[dict[str, Any]]:
    """Every event of a pump, corrected ones included, with who and when."""
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
    ]


def story_state(state: PumpState) -> dict[str, Any]:
    """What the events add up to."""
    standing = state.standing
    return {
        "registered": entry_record(state.registered) if state.registered else None,
        "retired": entry_record(state.retired) if state.retired else None,
        "running": state.running,
        "open_alarms": [
            {"event_id": one.event_id, "alarm": one.heard.alarm, "heard_at": plain_value(one.heard.happened_at)}
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
