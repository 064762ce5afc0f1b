"""A clinic lived through day by day: late staff, absent patients, closures, lost Wi-Fi. Its board is asked every day.

Beside the board a ledger is kept that knows the same words, and works out who is at risk from the rules alone.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np

from pumplog.desk import Board, Desk
from pumplog.entries import BODY_VERSION, read_entry
from pumplog.logbook import Event, Logbook, NewEvent
from pumplog.outlook import Tier
from pumplog.reference import load_reference
from tests.stories.clinic import PaperLog

BACLOFEN_DAYS, MARGIN_DAYS, CAPACITY_ML = 180, 7, 20
CRITICAL = ("EMPTY_RESERVOIR", "LOW_RESERVOIR", "MOTOR_STALL")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Programme = dict[str, Any]
Words = dict[str, Any]


class FastPaperLog(PaperLog):
    """The same, for tens of thousands of entries."""

    def __init__(self) -> None:
        super().__init__()
        self._latest: dict[str, int] = {}

    def latest(self, pump_id: str) -> int:
        return self._latest.get(pump_id, 0)

    def append(self, event: NewEvent, *, seen: int) -> Event:
        written = super().append(event, seen=seen)
        self._latest[event.pump_id] = written.sequence
        return written


def a_day_ml(programme: Programme, concentration: int, weekday: int) -> Fraction:
    """What a programme takes on a weekday [mL], with every patient bolus that is allotted."""
    if programme["mode"] == "stopped":
        return Fraction(0)
    if programme["mode"] == "flex":
        (step,) = next(day for day in programme["days"] if WEEK[weekday] in day["weekdays"])["steps"]
        return Fraction(step["rate_mcg_per_hour"]) * 24 / concentration
    dose, boluses = (Fraction(programme[name]) for name in ("dose_mcg_per_day", "max_patient_bolus_mcg_per_day"))
    return (dose + boluses) / concentration


def pieces(programme: Programme, concentration: int, start: datetime) -> Iterator[tuple[Fraction, Fraction]]:
    """From a start on, to each midnight of the pump's clock: how many days it is, and what is taken in it [mL]."""
    midnight = datetime.combine(start.date() + timedelta(days=1), time())
    at, weekday = start, start.weekday()
    while True:
        part = Fraction((midnight - at) // timedelta(microseconds=1), 86_400_000_000)
        yield part, part * a_day_ml(programme, concentration, weekday)
        at, weekday, midnight = midnight, (weekday + 1) % 7, midnight + timedelta(days=1)


@dataclass
class Ledger:
    """What was said about one pump, and what follows by the rules alone; it shares no line with the outlook."""

    zone: ZoneInfo
    said: list[Words] = field(default_factory=list)
    dates: tuple[date, date, date] | None = None
    stands_still: bool = False
    open_alarms: frozenset[str] = frozenset()
    retired: bool = False

    def take(self, words: Words) -> None:
        """Add what was said, wherever in time it belongs, and work everything out anew."""
        self.said.append(words)
        self._work_out(sorted(self.said, key=lambda one: cast(datetime, one["happened_at"])))

    def at_risk(self, today: date) -> str | None:
        """Why the pump is at risk on a day; None when it is not."""
        if self.stands_still:
            return "stands still"
        if self.dates is None:
            return "no dates"
        refill_by, alarm, empty = self.dates
        for is_so, why in (
            (empty <= today, "empty"),
            (alarm <= today, "at the alarm volume"),
            (bool(self.open_alarms), "alarm"),
            (refill_by < today, "after refill-by"),
        ):
            if is_so:
                return why
        return None

    def _work_out(self, said: list[Words]) -> None:
        volume, since, programme, concentration, filled_on = Fraction(0), None, {}, 1, date.min
        still, alarms = False, {}
        last_fill = max((place for place, one in enumerate(said) if one["kind"] == "refilled"), default=0)
        for words in (*(one for one in said[:last_fill] if one["kind"].startswith("alarm")), *said[last_fill:]):
            at = cast(datetime, words["happened_at"])
            match words["kind"]:
                case "refilled":
                    volume, since, filled_on = Fraction(words["volume_after_fill_ml"]), at, self._day(at)
                    programme, concentration = words["programme"], int(words["fluid"][0]["concentration_mcg_per_ml"])
                    still = words["pump_running"] is False
                case "reprogrammed" if since is not None:
                    volume, since = self._left(volume, programme, concentration, since, at), at
                    programme, still = words["programme"], words["pump_running"] is False
                case "deferred" if since is not None:
                    volume, since = Fraction(words["volume_left_ml"]), at
                case "alarm_heard":
                    alarms[words["id"]] = words["alarm"]
                case "alarm_closed":
                    alarms.pop(words["alarm_event_id"], None)
                case "retired":
                    self.retired = True
        self.open_alarms = frozenset(code for code in alarms.values() if code in CRITICAL)
        self.stands_still = still or (bool(programme) and programme["mode"] == "stopped")
        self.dates = self._dates(volume, programme, concentration, since, filled_on) if since else None

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _left(
        self, volume: Fraction, programme: Programme, concentration: int, since: datetime, at: datetime
    ) -> Fraction:
        """What is left of a volume after real time went by."""
        days = Fraction((at - since) // timedelta(microseconds=1), 86_400_000_000)
        for part, taken in pieces(programme, concentration, since.astimezone(self.zone).replace(tzinfo=None)):
            if part >= days:
                return max(Fraction(0), volume - taken * days / part)
            days, volume = days - part, volume - taken
        raise AssertionError

    def _dates(
        self, volume: Fraction, programme: Programme, concentration: int, since: datetime, filled_on: date
    ) -> tuple[date, date, date] | None:
        """Refill by, alarm, empty; None where there are none, which is a risk of its own."""
        begun = self._day(since)
        if programme["mode"] == "stopped" or volume <= 2:
            return None
        days, left, alarm_days = Fraction(0), volume, None
        for part, taken in pieces(programme, concentration, since.astimezone(self.zone).replace(tzinfo=None)):
            if alarm_days is None and left - taken <= 2:
                alarm_days = floor(days + part * (left - 2) / taken)
            if left - taken <= 0:
                break
            left, days = left - taken, days + part
        empty = begun + timedelta(days=floor(days + part * left / taken))
        alarm = begun + timedelta(days=cast(int, alarm_days))
        return min(alarm - timedelta(days=MARGIN_DAYS), filled_on + timedelta(days=BACLOFEN_DAYS)), alarm, empty


class LivedClinic:
    """Pumps, people who forget, a Wi-Fi that fails; one random life for each seed."""

    def __init__(self, seed: int, pumps_count: int, first: date, zone: str) -> None:
        self.chance = np.random.default_rng(seed)
        self.zone = ZoneInfo(zone)
        self.log = FastPaperLog()
        reference = load_reference()
        policy = reference.policy.model_copy(update={"zone": zone})
        self.now = datetime.combine(first, time(20), tzinfo=self.zone)
        self.desk = Desk(cast(Logbook, self.log), replace(reference, policy=policy), lambda: self.now)
        self.ledgers = {f"T{number:04}": Ledger(self.zone) for number in range(pumps_count)}
        self.waiting: list[tuple[str, Words]] = []
        self.offline_until = self.closed_until = first
        self.alarms: dict[str, tuple[str, date]] = {}
        self.counts: Counter[str] = Counter()
        for pump in self.ledgers:
            self._say(pump, first, "registered", patient={"patient_id": pump, "name": "Example"}, pump=PUMP)
            self._refill(pump, first)
        self._write(first)

    def live(self, first: date, days_count: int) -> Iterator[tuple[date, Board]]:
        """Every day in turn: what is done on it is said, then the board as it stands in the evening."""
        board = self.desk.board()
        for number in range(days_count):
            day = first + timedelta(days=number)
            self.now = datetime.combine(day, time(20), tzinfo=self.zone)
            self._plan(day)
            for row in board.rows:
                self._live_one(row.pump_serial, row.tier, day)
            if day >= self.offline_until:
                self._write(day)
            board = self.desk.board()
            yield day, board

    def _plan(self, day: date) -> None:
        if self._happens(0.01):
            self.offline_until = day + timedelta(days=int(self.chance.integers(1, 9)))
            self.counts["days offline"] += (self.offline_until - day).days
        if day >= self.closed_until and self._happens(0.01):
            self.closed_until = day + timedelta(days=int(self.chance.integers(3, 20)))
            last_on = self.closed_until - timedelta(days=1)
            self._say("clinic", day, "closure_set", first_on=day, last_on=last_on, reason="no staff")
            self.counts["closures"] += 1

    def _live_one(self, pump: str, tier: Tier, day: date) -> None:
        """A pump's day: nothing on most; a visit when it is due, somebody is there and the patient comes."""
        is_open = day.weekday() < 5 and day >= self.closed_until
        comes = {Tier.ON_TRACK: 0.001, Tier.DUE_SOON: 0.12}.get(tier, 0.25)
        if is_open and self._happens(comes):
            if self._happens(0.2):
                self.counts["absences"] += 1
                self._say(pump, day, "contacted", outcome="no_answer")
            elif self._happens(0.05):
                self._say(pump, day, "deferred", reason="fever", volume_left_ml=str(self.chance.integers(3, 19)))
            else:
                self._refill(pump, day)
        elif self._happens(0.004):
            self._say(pump, day, "reprogrammed", programme=self._programme(), pump_running=not self._happens(0.2))
        elif pump in self.alarms:
            event_id, closed_on = self.alarms[pump]
            if day >= closed_on:
                del self.alarms[pump]
                self._say(pump, day, "alarm_closed", alarm_event_id=event_id, found="seen", action="done")
        elif self._happens(0.002):
            code = str(self.chance.choice([*CRITICAL, "ELECTIVE_REPLACEMENT", "OTHER"]))
            event_id = self._say(pump, day, "alarm_heard", alarm=code)
            self.alarms[pump] = event_id, day + timedelta(days=int(self.chance.integers(1, 12)))
        elif self._happens(0.00005):
            self._say(pump, day, "retired", reason="died")

    def _refill(self, pump: str, day: date) -> None:
        volume = Decimal(int(self.chance.integers(150, 201))) / 10
        fluid = [{"drug": "baclofen", "concentration_mcg_per_ml": str(self.chance.choice([500, 1000, 2000]))}]
        said = {"volume_after_fill_ml": str(volume), "programme": self._programme(), "pump_running": True}
        self._say(pump, day, "refilled", fluid=fluid, alarm_volume_ml="2", **said)
        self.counts["refills"] += 1

    def _programme(self) -> Programme:
        dose = int(self.chance.integers(90, 900))
        if self._happens(0.01):
            return {"mode": "stopped"}
        if self._happens(0.2):
            rates = [str(Decimal(dose) / 24).split(".", 1)[0] + f".{place}" for place in (5, 25)]
            split = int(self.chance.integers(1, 7))
            days = [
                {"weekdays": list(weekdays), "steps": [{"hours": "24", "rate_mcg_per_hour": rate}]}
                for weekdays, rate in ((WEEK[:split], rates[0]), (WEEK[split:], rates[1]))
            ]
            return {"mode": "flex", "days": days}
        most = str(self.chance.choice([0, 0, 60]))
        return {"mode": "simple_continuous", "dose_mcg_per_day": str(dose), "max_patient_bolus_mcg_per_day": most}

    def _happens(self, share: float) -> bool:
        return bool(self.chance.random() < share)

    def _say(self, about: str, day: date, kind: str, **fields: Any) -> str:
        """What happens on a day, to be written when there is Wi-Fi; the id that its entry will have."""
        event_id = f"e{len(self.log.written) + len(self.waiting)}-{about}"
        minutes = int(self.chance.integers(0, 600))
        at = datetime.combine(day, time(8), tzinfo=self.zone).astimezone(UTC) + timedelta(minutes=minutes)
        words = {"kind": kind, "happened_at": at, "id": event_id, **fields}
        self.waiting.append((about, words))
        return event_id

    def _write(self, day: date) -> None:
        for pump, words in self.waiting:
            about = {} if pump == "clinic" else {"pump_serial": pump}
            entry = read_entry({**{name: said for name, said in words.items() if name != "id"}, **about})
            at = entry.happened_at
            event = NewEvent(words["id"], pump, entry.kind, BODY_VERSION, entry.body(), at, self.now, "M. Keller")
            self.log.append(event, seen=self.log.latest(pump))
            self.counts["late entries"] += at.astimezone(self.zone).date() < day
            if pump != "clinic":
                self.ledgers[pump].take(words)
        self.waiting.clear()


PUMP = {"model": "SynchroMed II 8637-20", "capacity_ml": str(CAPACITY_ML), "alarm_volume_ml": "2"}
