"""Tells one pump's story to the rules, entry by entry, each as if it were recorded at its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pumplog.demo.chance import between, chance, on_a_weekday
from pumplog.demo.files import Told
from pumplog.entries import AnyEntry, Refilled, read_entry
from pumplog.errors import EntryRefused
from pumplog.outlook import project
from pumplog.reference import Reference
from pumplog.rules import judge, unanswered
from pumplog.state import PumpState, Said, Standing, Visit
from pumplog.state.course import programmed_ml

WORKDAYS_ONLY = ("registered", "refilled", "reprogrammed", "deferred")
REGISTERED_AT = time(8)
NAMED = ("target_event_id", "alarm_event_id", "plan_event_id", "booking_event_id", "visit_event_id")
_TENTH_ML = Decimal("0.1")
_OURS = uuid5(NAMESPACE_URL, "pumplog:demo")


@dataclass(frozen=True)
class Line:
    """One event of the demo clinic, ready to be written."""

    event_id: str
    pump_id: str
    entry: AnyEntry
    recorded_at: datetime
    recorded_by: str


class Teller:
    """One pump of the demo clinic: what was told about it so far, and how the next entry is filled in."""

    def __init__(self, serial: str, *, today: date, habits: Told, reference: Reference) -> None:
        self.serial = serial
        self.pump_id = pump_id_of(serial)
        self.lines: list[Line] = []
        self.state: PumpState | None = None
        self.refill_by: date | None = None
        self._today = today
        self._habits = habits
        self._reference = reference
        self._zone = reference.policy.zone_info
        self._said: list[Said] = []

    def day(self, days_ago: int) -> date:
        """The day so many days before today."""
        return self._today - timedelta(days=days_ago)

    def tell(self, kind: str, told: Told) -> None:
        """Take the next entry. `told` holds its fields, and when it happened: `days_ago` or `on`, and `at`.

        A date inside it may be a number of days from the entry's own day. Raises EntryRefused as the desk would.
        """
        place = len(self.lines) + 1
        fields = {**self._habits.get(kind, {}), **told}
        event_id = event_id_of(self.serial, fields.pop("event", f"{place:02}"))
        day = fields.pop("on", None) or self.day(fields.pop("days_ago"))
        if kind in WORKDAYS_ONLY:
            day = on_a_weekday(day)
        moment = self._moment(day, fields.pop("at", REGISTERED_AT if kind == "registered" else None), place)
        by = fields.pop("by", None) or self._nurse(place)
        recorded_at = self._recorded_at(moment, fields.pop("typed_days_ago", None), place)
        books_days_before = fields.pop("books_days_before", None)
        if kind == "refilled":
            fields = self._usual_refill(fields, moment, by, place)
        said = {"kind": kind, "pump_serial": self.serial, "happened_at": moment, **self._named(fields, moment)}
        entry = read_entry(dated(said, day))
        judged = judge(
            entry, tuple(self._said), pump_id=self.pump_id, by=by, now=recorded_at, reference=self._reference
        )
        missing = unanswered(entry, judged.findings, by=by)
        if missing:
            raise EntryRefused(*missing)
        if isinstance(entry, Refilled):
            entry = self._with_dates(entry, judged.after, books_days_before)
        self._said.append(Said(event_id, len(self._said) + 1, entry, recorded_at, by))
        self.lines.append(Line(event_id, self.pump_id, entry, recorded_at, by))
        self.state = judged.after

    def _with_dates(self, entry: Refilled, after: PumpState, books_days_before: int | None) -> Refilled:
        """The refill with the programmer's alarm date and the next visit, as known once the pump is programmed."""
        projection = project(after, self._reference)
        self.refill_by = projection.day("refill_by")
        known: dict[str, date | None] = {}
        if entry.interrogated and entry.programmer_alarm_on is None:
            known["programmer_alarm_on"] = projection.day("alarm_date")
        if books_days_before is not None and self.refill_by is not None:
            known["next_visit_on"] = on_a_weekday(self.refill_by - timedelta(days=books_days_before))
        return entry.model_copy(update=known)

    def _usual_refill(self, fields: dict[str, Any], moment: datetime, by: str, place: int) -> dict[str, Any]:
        """A refill as this clinic does it: what the story does not say is as usual."""
        filled: dict[str, Any] = {"refilled_by": by, **fields}
        ratio, witness = filled.pop("drawn_at_flow_ratio", None), filled.pop("waste_witness", None)
        filled["fluid"] = [
            {"lot": f"DEMO-{between(100, 999, self.serial, place, one['drug'])}", "expiry_on": 420, **one}
            for one in filled["fluid"]
        ]
        if "injected_ml" not in filled and "volume_left_ml" not in filled:
            filled["injected_ml"] = filled["volume_after_fill_ml"]
        standing = self.state.standing if self.state else None
        if standing is not None and self.state is not None and "drawn_ml" not in filled:
            if ratio is None:
                ratio = Decimal("0.96") + chance(self.serial, place, "flow") * Decimal("0.07")
            filled["drawn_ml"] = self._drawn_ml(self.state, standing, filled, moment, Fraction(ratio))
        if witness is not None and filled.get("drawn_ml"):
            method = self._habits["waste_method"]
            filled["waste"] = {"volume_ml": filled["drawn_ml"], "witness": witness, "method": method}
        return filled

    def _drawn_ml(
        self, state: PumpState, standing: Standing, filled: Told, moment: datetime, ratio: Fraction
    ) -> Decimal:
        """What the syringe gives when the pump has run at so many times its programmed flow, to 0.1 mL."""
        last = state.visits[-1]
        since = (*last.since_fill, standing) if last.entry.kind == "reprogrammed" else (standing,)
        asked = read_entry(
            dated({"kind": "refilled", "pump_serial": self.serial, "happened_at": moment, **filled}, moment.date())
        )
        if not isinstance(asked, Refilled):
            raise AssertionError("a refill is read as a refill")
        programmed = programmed_ml(Visit("", moment.astimezone(self._zone), asked, since, standing)) or Fraction(0)
        tenths = floor((since[0].volume_ml - programmed * ratio) * 10 + Fraction(1, 2))
        return max(Decimal(0), tenths * _TENTH_ML)

    def _named(self, fields: dict[str, Any], moment: datetime) -> dict[str, Any]:
        """The fields with the events they speak of by their ids, and a replacement completed."""
        for name in NAMED:
            if name in fields:
                fields[name] = event_id_of(self.serial, fields[name])
        if "replacement" in fields:
            target = next(line.entry for line in self.lines if line.event_id == fields["target_event_id"])
            as_said = target.model_dump(exclude_none=True)
            fields["replacement"] = {**as_said, **dated(fields["replacement"], moment.date())}
        return fields

    def _moment(self, day: date, at: time | None, place: int) -> datetime:
        tens_of_minutes = between(0, 45, self.serial, place, "at")
        usual = datetime.combine(day, time(8, 20)) + timedelta(minutes=10 * tens_of_minutes)
        moment = usual if at is None else datetime.combine(day, at)
        return moment.replace(tzinfo=self._zone)

    def _recorded_at(self, moment: datetime, typed_days_ago: int | None, place: int) -> datetime:
        if typed_days_ago is not None:
            return datetime.combine(self.day(typed_days_ago), time(16), tzinfo=self._zone)
        return moment + timedelta(minutes=between(3, 15, self.serial, place, "typed"))

    def _nurse(self, place: int) -> str:
        nurses: list[str] = self._habits["nurses"]
        return nurses[between(0, len(nurses) - 1, self.serial, place, "nurse")]


def pump_id_of(serial: str) -> str:
    """The id of an invented pump."""
    return uuid5(_OURS, serial).hex


def event_id_of(serial: str, name: str) -> str:
    """The id of a demo event: no form and no import ever makes one like it."""
    return f"demo-{serial}-{name}".lower()


def dated(said: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The same, with every date that was told as a number of days written out from the day."""
    return {name: _dated(name, value, day) for name, value in said.items()}


def _dated(name: str, value: Any, day: date) -> Any:
    if isinstance(value, Mapping):
        return dated(value, day)
    if isinstance(value, list | tuple):
        return [dated(one, day) if isinstance(one, Mapping) else one for one in value]
    if name.endswith("_on") and isinstance(value, int):
        return day + timedelta(days=value)
    return value
