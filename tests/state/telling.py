"""Random pumps for property tests: programmes, fills and lives of a pump, all of which the desk would take."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pumplog.entries import AnyEntry, read_entry
from pumplog.state import Said

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SERIAL = "P1"
REGISTERED: dict[str, Any] = {
    "patient": {"patient_id": "1", "name": "Example"},
    "pump": {"model": "Other", "capacity_ml": "40", "alarm_volume_ml": "2"},
}
ALARMS = ("LOW_RESERVOIR", "EMPTY_RESERVOIR", "MOTOR_STALL", "ELECTIVE_REPLACEMENT", "OTHER")


def tenths(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda number: str(Decimal(number) / 10))


def steady() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda dose, most: {
            "mode": "simple_continuous",
            "dose_mcg_per_day": dose,
            "max_patient_bolus_mcg_per_day": most,
        },
        tenths(500, 9000),
        st.sampled_from(("0", "0", "60")),
    )


@st.composite
def flex(draw: st.DrawFn) -> dict[str, Any]:
    """A flex programme: the working days by some steps, the weekend by others, never nothing at all."""

    def steps() -> list[dict[str, str]]:
        cuts = sorted(draw(st.sets(st.integers(1, 23), max_size=4)))
        hours = [end - start for start, end in zip([0, *cuts], [*cuts, 24], strict=True)]
        return [{"hours": str(one), "rate_mcg_per_hour": draw(tenths(0, 400))} for one in hours]

    working, weekend = steps(), steps()
    working[0]["rate_mcg_per_hour"] = "12.5"
    split = draw(st.integers(1, 6))
    weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {
        "mode": "flex",
        "days": [{"weekdays": weekdays[:split], "steps": working}, {"weekdays": weekdays[split:], "steps": weekend}],
    }


def programmes() -> st.SearchStrategy[dict[str, Any]]:
    """Any programme that a pump may run, stopped ones included."""
    return st.one_of(
        steady(),
        flex(),
        st.builds(
            lambda bolus, hours: {
                "mode": "periodic_bolus",
                "bolus_mcg": bolus,
                "every_hours": hours,
                "background_mcg_per_day": "24",
            },
            tenths(10, 900),
            st.sampled_from(("6", "7", "8.5", "24")),
        ),
        st.builds(lambda flow: {"mode": "minimum_rate", "flow_ml_per_day": flow}, tenths(1, 9)),
        st.just({"mode": "stopped"}),
        st.builds(lambda bolus: {"mode": "single_bolus", "bolus_mcg": bolus}, tenths(10, 900)),
    )


def fluids() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Drugs that can be projected, and one that cannot for want of a beyond-use date."""
    return st.sampled_from(
        (
            [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
            [{"drug": "baclofen", "concentration_mcg_per_ml": "2000"}],
            [{"drug": "morphine", "concentration_mcg_per_ml": "10000"}],
            [{"drug": "hydromorphone", "concentration_mcg_per_ml": "10000"}],
            [
                {"drug": "morphine", "concentration_mcg_per_ml": "3000"},
                {"drug": "clonidine", "concentration_mcg_per_ml": "50", "beyond_use_on": "2026-03-01"},
            ],
        )
    )


@st.composite
def fills(draw: st.DrawFn) -> dict[str, Any]:
    """What a refill visit may say; the alarm volume is often left unsaid."""
    said: dict[str, Any] = {
        "kind": "refilled",
        "fluid": draw(fluids()),
        "volume_after_fill_ml": draw(tenths(60, 400)),
        "programme": draw(programmes()),
        "pump_running": draw(st.sampled_from((True, True, False))),
        "drawn_ml": draw(tenths(0, 200)),
    }
    if draw(st.integers(0, 3)) == 0:
        said |= {"alarm_volume_ml": draw(tenths(10, 50))}
    if draw(st.booleans()):
        said |= {"priming_ml": draw(tenths(1, 9))}
    if draw(st.booleans()):
        said |= {"bridge": {"given": True, "path_ml": "0.375", "bridge_mcg": "187.5", "bridge_hours": "45"}}
    return said


@st.composite
def lives(draw: st.DrawFn, length: int = 6) -> list[dict[str, Any]]:
    """A pump's life as mappings in the order in which things happened, the registration and a fill first."""
    alarms: list[str] = []
    life: list[dict[str, Any]] = [{"kind": "registered", **REGISTERED}, draw(fills())]
    at = START
    for place in range(draw(st.integers(0, length))):
        kind = draw(st.sampled_from(("refilled", "reprogrammed", "deferred", "alarm_heard", "alarm_closed")))
        if kind == "refilled":
            life.append(draw(fills()))
        elif kind == "reprogrammed":
            said = {"kind": kind, "programme": draw(programmes()), "pump_running": draw(st.booleans())}
            if draw(st.integers(0, 3)) == 0:
                said |= {"alarm_volume_ml": draw(tenths(10, 50))}
            life.append(said)
        elif kind == "deferred":
            life.append({"kind": kind, "reason": "fever", "volume_left_ml": draw(tenths(0, 400))})
        elif kind == "alarm_heard":
            alarms.append(f"e{place + 2}")
            life.append({"kind": kind, "alarm": draw(st.sampled_from(ALARMS))})
        elif alarms:
            closed = alarms.pop(draw(st.integers(0, len(alarms) - 1)))
            life.append({"kind": kind, "alarm_event_id": closed, "found": "seen", "action": "done"})
        else:
            life.append(draw(fills()))
    for place, said in enumerate(life):
        at += timedelta(minutes=draw(st.integers(1, 30 * 24 * 60)) if place > 1 else place)
        said |= {"pump_serial": SERIAL, "happened_at": at.isoformat()}
    return life


def said_of(life: list[dict[str, Any]]) -> list[Said]:
    """The entries of a life, written in the order in which they happened."""
    entries: list[AnyEntry] = [read_entry(one) for one in life]
    return [
        Said(f"e{place}", place + 1, entry, entry.happened_at, "M. Keller") for place, entry in enumerate(entries)
    ]
