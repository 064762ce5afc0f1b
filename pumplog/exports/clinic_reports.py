"""What the clinic's reports have in common: what is asked for, who a pump is, charts and periods in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from pumplog.exports.report import Cell, Chart, Column, PaperColumn
from pumplog.quantities import plain, show_date
from pumplog.reference import Reference
from pumplog.state import PumpState


class ReportKind(StrEnum):
    """The reports beside the audit report; the value begins file names."""

    PUNCTUALITY = "punctuality"
    RESIDUALS = "residuals"
    ALARMS = "alarms"
    WASTE = "waste"
    RECALL = "recall"
    CASELOAD = "caseload"


@dataclass(frozen=True)
class ReportAsked:
    """Which report, of which days, both in; for a recall what is looked for: model, serials from and to, drug lot."""

    kind: ReportKind
    first_on: date
    last_on: date
    site: str | None = None
    model: str | None = None
    serial_from: str | None = None
    serial_to: str | None = None
    lot: str | None = None

    def covers(self, at: datetime | date, zone: ZoneInfo) -> bool:
        """Whether a moment or a day is within the days that were asked for."""
        day = at.astimezone(zone).date() if isinstance(at, datetime) else at
        return self.first_on <= day <= self.last_on

    @property
    def about(self) -> Mapping[str, str | None]:
        """The same for programs."""
        named = {"site": self.site, "model": self.model, "lot": self.lot}
        serials = {"serial_from": self.serial_from, "serial_to": self.serial_to}
        return {"from": self.first_on.isoformat(), "to": self.last_on.isoformat(), **named, **serials}

    @property
    def period_words(self) -> str:
        """The days in words."""
        return f"{show_date(self.first_on)} to {show_date(self.last_on)}, both days included"


@dataclass(frozen=True)
class Ground:
    """What every report is made of: the pumps that whoever asks may see, as they stand, and the clinic's rules."""

    states: Sequence[PumpState]
    reference: Reference
    today: date
    next_visit_on: Callable[[str], date | None]

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's zone."""
        return self.reference.policy.zone_info


WHO_COLUMNS: Final = (
    Column("pump_serial", "Pump", says="serial of the pump"),
    Column("patient_id", "Patient number"),
    Column("model", "Model"),
    Column("site", "Site"),
)


WHO_ON_PAPER: Final = PaperColumn(
    "Pump", 3, (("", "pump_serial"), ("patient ", "patient_id"), ("", "model"), ("", "site"))
)
"""The same in one column, so that a page of a tablet holds what matters."""


def paper_column(head: str, share: int, *lines: str) -> PaperColumn:
    """A column on paper: each line is the name of a column, after the words that stand before it and two colons."""
    parted = (line.rpartition("::") for line in lines)
    return PaperColumn(head, share, tuple((f"{before} " if before else "", name) for before, _, name in parted))


def who_cells(state: PumpState) -> tuple[Cell, ...]:
    """The cells of `WHO_COLUMNS`; of a pump that is not registered what its entries call it."""
    registered = state.registered
    if registered is None:
        return (next((line.said.entry.pump_serial for line in state.log), None), None, None, None)
    return registered.pump_serial, registered.patient.patient_id, registered.pump.model, registered.clinic_site


def number(value: Decimal | Fraction | int | None) -> Decimal | None:
    """A worked-out number as a data file holds it: exact to twelve decimals."""
    return None if value is None else Decimal(plain(value))


def bars_by_month(days: Iterable[tuple[Cell, Cell]], title: str, says: str) -> tuple[Chart, ...]:
    """A bar for each month, by what was counted; no chart where nothing was."""
    counted: dict[tuple[str, str], int] = {}
    for day, what in days:
        if not isinstance(day, date):
            continue
        key = (f"{day:%Y-%m}-01T00:00:00", str(what))
        counted[key] = counted.get(key, 0) + 1
    values = [{"month": month, "what": what, "count": count} for (month, what), count in sorted(counted.items())]
    return _chart(
        values,
        "bar",
        {
            "x": {"field": "month", "type": "ordinal", "timeUnit": "yearmonth", "title": None},
            "y": {
                "field": "count",
                "type": "quantitative",
                "title": title,
                "axis": {"tickMinStep": 1, "format": "d"},
            },
            "color": _shaded(values),
        },
        says,
    )


def points_by_day(points: Iterable[tuple[Cell, Cell, Cell]], title: str, says: str) -> tuple[Chart, ...]:
    """A point for each measurement by its day; no chart where nothing was measured."""
    values = [
        {"at": f"{at:%Y-%m-%dT%H:%M:%S}", "value": round(float(value), 3), "what": str(what)}
        for at, value, what in points
        if isinstance(at, datetime) and isinstance(value, Decimal)
    ]
    return _chart(
        values,
        {"type": "point", "filled": True, "size": 60},
        {
            "x": {"field": "at", "type": "temporal", "title": None},
            "y": {"field": "value", "type": "quantitative", "title": title},
            "color": _shaded(values),
            "shape": {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top"}},
        },
        says,
    )


def bars_of(counts: Mapping[str, int], title: str, says: str) -> tuple[Chart, ...]:
    """A lying bar for each name, the longest first; no chart where there is none."""
    values = [{"what": what, "count": count} for what, count in counts.items()]
    return _chart(
        values,
        "bar",
        {
            "y": {"field": "what", "type": "nominal", "title": None, "sort": "-x", "axis": {"labelLimit": 320}},
            "x": {
                "field": "count",
                "type": "quantitative",
                "title": title,
                "axis": {"tickMinStep": 1, "format": "d"},
            },
        },
        says,
    )


_SHADES: Final = {
    "in time": "#2f6f73",
    "within": "#2f6f73",
    "closed": "#2f6f73",
    "evaluate": "#b7791f",
    "near miss": "#b3261e",
    "stop and investigate": "#b3261e",
}
"""Calm for what is as it should be, red for danger alone; the legend says each in words."""


def _shaded(values: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The colour of each name; names that mean nothing by themselves, such as drugs, get any."""
    names = {str(one["what"]) for one in values}
    named = [name for name in _SHADES if name in names]
    scale = {"scale": {"domain": named, "range": [_SHADES[name] for name in named]}} if names <= set(_SHADES) else {}
    return {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top"}, **scale}


def _chart(values: list[dict[str, Any]], mark: Any, encoding: Mapping[str, Any], says: str) -> tuple[Chart, ...]:
    if not values:
        return ()
    return (
        Chart({"data": {"values": values}, "mark": mark, "encoding": encoding, "width": 640, "height": 240}, says),
    )
