"""The rows that go out: pumps, patients, people and entries under codes that are new in every export."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pumplog.errors import EntryRefused
from pumplog.exports.deidentified.shape import PUMP, TABLES, Column, Sort, Table
from pumplog.people.person import name_key
from pumplog.reference import Reference
from pumplog.state import Holding, PumpState, holding

Row = dict[str, Any]
OTHER: Final = "other"
OLDEST_YEARS: Final = 89
"""Ages over this are one group, by the rule."""


@dataclass
class Codes:
    """What stands for whom, in this one export; `fresh` makes texts that nobody can guess."""

    fresh: Callable[[], str]
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, sort: str, key: str) -> str:
        """The code of one thing of its sort: always the same here, and another in the next export."""
        if (sort, key) not in self.known:
            self.known[sort, key] = f"{sort}_{self.fresh()}"
        return self.known[sort, key]


@dataclass(frozen=True)
class _Pump:
    """A pump on its way out."""

    state: PumpState
    held: tuple[Holding, ...]
    index_on: date
    aged_on: date


def rows_of(states: Iterable[PumpState], *, reference: Reference, on: date, codes: Codes) -> Mapping[str, list[Row]]:
    """The rows by table, in an order that tells nothing. `on` is the day of the export, for ages."""
    zone = reference.policy.zone_info
    rows: dict[str, list[Row]] = defaultdict(list)
    for pump in _pumps(states, zone, on):
        rows[PUMP].append(_pump_row(pump, codes))
        named = {one.said.event_id for one in pump.held}
        for place, one in enumerate(pump.held, start=1):
            teller = _Teller(codes, reference, zone, pump.index_on, named)
            kind = one.entry.kind
            root = {
                "entry_code": codes.of("entry", one.said.event_id),
                "pump_code": codes.of("pump", pump.state.pump_id),
                "order_count": place,
                "happened_days": teller.days(one.entry.happened_at),
                "recorded_by": codes.of("person", name_key(one.said.recorded_by)),
            }
            for name, row in teller.rows(TABLES[kind], one.entry, root):
                rows[name].append(row)
    return {name: sorted(found, key=_order) for name, found in rows.items()}


_IN_ORDER: Final = ("pump_code", "order_count", "entry_code", "within_place_count", "place_count")


def _order(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _IN_ORDER if name in row)


def _pumps(states: Iterable[PumpState], zone: ZoneInfo, on: date) -> Iterator[_Pump]:
    """Each pump with what holds of it; all pumps of one patient have one index day, that of the first entry."""
    of_patient: dict[str, list[tuple[PumpState, tuple[Holding, ...]]]] = defaultdict(list)
    for state in states:
        held = tuple(one for one in holding(state.log) if one.entry.kind in TABLES)
        if held:
            of_patient[_patient_key(state)].append((state, held))
    for pumps in of_patient.values():
        days = [one.entry.happened_at.astimezone(zone).date() for _, held in pumps for one in held]
        for state, held in pumps:
            yield _Pump(state, held, min(days), max(on, *days))


def _patient_key(state: PumpState) -> str:
    registered = state.registered
    return f"patient {name_key(registered.patient.patient_id)}" if registered else f"pump {state.pump_id}"


def _pump_row(pump: _Pump, codes: Codes) -> Row:
    registered = pump.state.registered
    born_on = registered.patient.date_of_birth if registered else None
    return {
        "pump_code": codes.of("pump", pump.state.pump_id),
        "patient_code": codes.of("patient", _patient_key(pump.state)),
        "age_group": None if born_on is None else age_group(born_on, pump.index_on, aged_on=pump.aged_on),
        "index_year": str(pump.index_on.year),
    }


def age_group(born_on: date, index_on: date, *, aged_on: date) -> str:
    """The age on the index day in whole years; one group for whoever is, or has since become, older than 89."""
    if _years(born_on, aged_on) > OLDEST_YEARS:
        return f"{OLDEST_YEARS + 1}+"
    return str(max(_years(born_on, index_on), 0))


def _years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


@dataclass(frozen=True)
class _Teller:
    """Turns the values of one pump into what may go out."""

    codes: Codes
    reference: Reference
    zone: ZoneInfo
    index_on: date
    entry_ids: set[str]

    def rows(self, table: Table, said: object, keys: Row) -> Iterator[tuple[str, Row]]:
        """The row of an entry or a list's item, and those of the lists in it."""
        yield table.name, keys | {one.name: self.value(one, _at(said, one.path)) for one in table.columns}
        for inner in table.lists:
            within = {"within_place_count": keys["place_count"]} if "place_count" in keys else {}
            for place, item in enumerate(_at(said, inner.path) or (), start=1):
                own = {"entry_code": keys["entry_code"], **within, "place_count": place}
                yield from self.rows(inner, item, own)

    def days(self, moment: date) -> int:
        """Days since the index day, by the clinic's calendar; before it, below 0."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return (day - self.index_on).days

    def value(self, column: Column, said: Any) -> Any:
        """What goes out of one field."""
        if said is None:
            return None
        match column.sort:
            case Sort.DAYS:
                return self.days(said)
            case Sort.PERSON:
                return self.codes.of("person", name_key(said))
            case Sort.SITE:
                return self.codes.of("site", name_key(said))
            case Sort.ENTRY:
                return self.codes.of("entry", said) if said in self.entry_ids else None
            case Sort.DRUG:
                return _listed(lambda: self.reference.drug(said).name)
            case Sort.MODEL:
                return _listed(lambda: self.reference.pump_model(said).name)
            case Sort.WORDS:
                return " ".join(said)
            case _:
                return said


def _at(said: object, path: tuple[str, ...]) -> Any:
    for step in path:
        said = getattr(said, step, None)
    return said


def _listed(look_up: Callable[[], str]) -> str:
    """A name of our own list; whatever else was typed is no more than other."""
    try:
        return look_up()
    except EntryRefused:
        return OTHER
