"""A log as a clinic of 200 pumps leaves it after ten years: 24,000 events, the same every time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from pumplog.entries import BODY_VERSION, AnyEntry, read_entry
from pumplog.logbook import Logbook, NewEvent

PUMPS_COUNT = 200
EVENTS_A_PUMP_COUNT = 120
YEARS_DAYS = 3650
REFILLS_COUNT = 66
BETWEEN_REFILLS = ("reprogrammed",) * 30 + ("alarm",) * 8 + ("deferred",) * 3 + ("corrected",) * 4
FLEX_STEPS = ((7, "1.2"), (9, "0.8"), (6, "1"), (2, "1.3"))


def fill_ten_years(database: Path, *, until: date, pumps_count: int = PUMPS_COUNT) -> int:
    """Write the log into a new file; how many events it then has."""
    events = ten_years(until=until, pumps_count=pumps_count)
    with Logbook.open(database) as logbook:
        logbook.append_all(events, seen={event.pump_id: 0 for event in events})
        return logbook.head().row_count


def ten_years(*, until: date, pumps_count: int = PUMPS_COUNT) -> list[NewEvent]:
    """Every event of every pump, in the order in which they were recorded."""
    events = [event for number in range(pumps_count) for event in _ten_years_of(number, until)]
    return sorted(events, key=lambda event: event.recorded_at_utc)


def filled_once(*, until: date, pumps_count: int, late_every: int = 20) -> list[NewEvent]:
    """A registry as it is on its first day: every pump registered and filled once, one of so many late."""
    events: list[NewEvent] = []
    for number in range(pumps_count):
        pump = _OnePump(number, until)
        days_ago = int(pump.chance.integers(75, 140) if number % late_every == 0 else pump.chance.integers(1, 60))
        events += [pump.registered(), pump.refilled(0, days_ago)]
    return sorted(events, key=lambda event: event.recorded_at_utc)


def _ten_years_of(number: int, until: date) -> Iterator[NewEvent]:
    pump = _OnePump(number, until)
    yield pump.registered()
    interval_days = YEARS_DAYS / (REFILLS_COUNT + 1)
    first_days_ago = YEARS_DAYS - pump.chance.integers(0, 40)
    days_ago = [int(first_days_ago - turn * interval_days) for turn in range(REFILLS_COUNT)]
    between = pump.chance.permutation(BETWEEN_REFILLS)
    for turn, refill_days_ago in enumerate(days_ago):
        yield pump.refilled(turn, refill_days_ago)
        if turn < len(between):
            yield from pump.between(str(between[turn]), refill_days_ago - int(pump.chance.integers(8, 40)))


class _OnePump:
    """One pump: its drug and programme, drawn once, and its entries one by one."""

    def __init__(self, number: int, until: date) -> None:
        self.chance = np.random.default_rng(number)
        self.number = number
        self.until = until
        self.serial = f"BENCH{number:05}"
        self.pump_id = f"{number:032x}"
        self.mode = ("simple_continuous", "flex", "periodic_bolus", "boluses")[self._turn(0.7, 0.15, 0.05, 0.1)]
        self.concentration = int(self.chance.choice([500, 1000, 2000, 2000]))
        flow_ml_per_day = self.chance.uniform(0.18, 0.24)
        self.dose = max(20, round(flow_ml_per_day * self.concentration / 5) * 5)
        self.is_mixture = self.chance.random() < 0.1
        self.events_count = 0
        self.last_event_id = ""
        self.last: AnyEntry | None = None

    def _turn(self, *shares: float) -> int:
        return int(self.chance.choice(len(shares), p=shares))

    def programme(self, dose: int) -> dict[str, Any]:
        """The pump's programme at a dose a day."""
        match self.mode:
            case "flex":
                mean = Decimal(dose) / 24
                steps = [
                    {"hours": hours, "rate_mcg_per_hour": round(mean * Decimal(ratio), 2)}
                    for hours, ratio in FLEX_STEPS
                ]
                return {"mode": "flex", "days": [{"steps": steps}]}
            case "periodic_bolus":
                background = Decimal(dose) / 2
                bolus = Decimal(dose) / 8
                return {
                    "mode": "periodic_bolus",
                    "bolus_mcg": bolus,
                    "every_hours": 6,
                    "background_mcg_per_day": background,
                }
            case "boluses":
                return {
                    "mode": "simple_continuous",
                    "dose_mcg_per_day": dose,
                    "max_patient_bolus_mcg_per_day": Decimal(dose) / 10,
                    "actual_patient_bolus_mcg_per_day": Decimal(dose) / 20,
                }
            case _:
                return {"mode": "simple_continuous", "dose_mcg_per_day": dose}

    def registered(self) -> NewEvent:
        """The pump and its patient."""
        patient = {"patient_id": f"B-{self.number:05}", "name": f"Bench, Number {self.number}"}
        pump = {
            "model": "SynchroMed II 8637-20",
            "capacity_ml": 20,
            "alarm_volume_ml": 2,
            "tubing_volume_ml": Decimal("0.199"),
            "catheter_cm": 45,
            "catheter_ml_per_cm": Decimal("0.0022"),
        }
        return self._event("registered", YEARS_DAYS + 1, patient=patient, pump=pump)

    def refilled(self, turn: int, days_ago: int) -> NewEvent:
        """A refill visit as a nurse types it."""
        day = self.until - timedelta(days=days_ago)
        lot = f"L{self.chance.integers(1000, 9999)}"
        fluid: list[dict[str, Any]] = [
            {
                "drug": "baclofen",
                "concentration_mcg_per_ml": self.concentration,
                "lot": lot,
                "expiry_on": day + timedelta(days=400),
            }
        ]
        if self.is_mixture:
            beyond_use_on = day + timedelta(days=90)
            fluid.append({"drug": "clonidine", "concentration_mcg_per_ml": 100, "beyond_use_on": beyond_use_on})
        drawn = {} if turn == 0 else {"drawn_ml": round(Decimal(self.chance.uniform(6, 10)), 1)}
        return self._event(
            "refilled",
            days_ago,
            refilled_by="I. Thistlewick",
            identifiers_confirmed=True,
            interrogated=True,
            appearance="clear, colourless",
            needle="22 G non-coring",
            attempts_count=1,
            fluid=fluid,
            injected_ml=20,
            volume_after_fill_ml=20,
            aspiration_checked=True,
            programme=self.programme(self.dose),
            pump_running=True,
            next_visit_on=day + timedelta(days=54),
            teaching_done=True,
            signs_restated=True,
            card_given=True,
            **drawn,
        )

    def between(self, kind: str, days_ago: int) -> Iterator[NewEvent]:
        """What happens between two refills."""
        match kind:
            case "reprogrammed":
                self.dose = max(20, round(self.dose * self.chance.uniform(0.92, 1.08) / 5) * 5)
                yield self._event(kind, days_ago, programme=self.programme(self.dose), pump_running=True)
            case "deferred":
                left = round(Decimal(self.chance.uniform(9, 14)), 1)
                yield self._event(kind, days_ago, reason="fever: refill put off", drawn_ml=left, volume_left_ml=left)
            case "alarm":
                yield self._event("alarm_heard", days_ago, alarm="MOTOR_STALL", tone="two_tone")
                heard = self.last_event_id
                found, action = "stall during an MRI, recovered", "confirmed running"
                yield self._event("alarm_closed", days_ago - 1, alarm_event_id=heard, found=found, action=action)
            case _:
                target, entry = self.last_event_id, self.last
                replacement = entry.model_dump(exclude_none=True) if entry is not None else {}
                yield self._event(
                    "corrected",
                    days_ago,
                    target_event_id=target,
                    how="replaced",
                    reason="lot typed from the wrong box",
                    replacement=replacement | {"note": "Lot checked again."},
                )

    def _event(self, kind: str, days_ago: int, **fields: Any) -> NewEvent:
        self.events_count += 1
        minutes = int(self.chance.integers(0, 450))
        moment = datetime.combine(self.until - timedelta(days=days_ago), time(8), tzinfo=UTC) + timedelta(
            minutes=minutes
        )
        entry = read_entry({"kind": kind, "pump_serial": self.serial, "happened_at": moment, **fields})
        self.last, self.last_event_id = entry, f"{self.pump_id}-{self.events_count:04}"
        return NewEvent(
            event_id=self.last_event_id,
            pump_id=self.pump_id,
            kind=kind,
            body_version=BODY_VERSION,
            body=entry.body(),
            happened_at_utc=moment,
            recorded_at_utc=moment + timedelta(minutes=7),
            recorded_by="I. Thistlewick",
        )
