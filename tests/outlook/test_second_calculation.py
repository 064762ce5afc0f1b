"""A second calculation of the next refill, written from the rules alone, agrees with the first.

It knows nothing of the first one's formulas: it steps hour by hour with fractions, and asks the desk for its answer.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from math import floor, lcm
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.clinic_days import ClinicCalendar
from pumplog.outlook import outlook
from pumplog.reference import load_reference
from pumplog.state import fold_pump
from tests.state.telling import SERIAL, flex, said_of, steady, tenths

REFERENCE = load_reference()
CALENDAR = ClinicCalendar(REFERENCE)
MARGIN_DAYS, BACLOFEN_DAYS = 7, 180
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hourly_ml(fill: dict[str, Any], moment: datetime) -> Fraction:
    """What the programme takes in the hour that begins at a moment."""
    programme = fill["programme"]
    concentration = Fraction(fill["fluid"][0]["concentration_mcg_per_ml"])
    if programme["mode"] == "simple_continuous":
        a_day = Fraction(programme["dose_mcg_per_day"]) + Fraction(programme["max_patient_bolus_mcg_per_day"])
        return a_day / 24 / concentration
    day = next(day for day in programme["days"] if WEEK[moment.weekday()] in day["weekdays"])
    left = moment.hour
    for step in day["steps"]:
        if left < int(step["hours"]):
            return Fraction(step["rate_mcg_per_hour"]) / concentration
        left -= int(step["hours"])
    raise AssertionError(moment)


def whole_days(fill: dict[str, Any], at: datetime, volume_ml: Fraction, ratio: Fraction) -> int:
    """Whole days until so much has left the reservoir: what is primed at once, then the bridge, then the programme.

    The steps are counted in whole numbers of a part of a millilitre that all of them share.
    """
    left = volume_ml - Fraction(fill.get("priming_ml", 0))
    bridge = fill.get("bridge")
    bridge_hours = int(bridge["bridge_hours"]) if bridge else 0
    bridge_ml = Fraction(bridge["path_ml"]) / bridge_hours * ratio if bridge else Fraction(0)
    week_ml = [hourly_ml(fill, at + timedelta(hours=hour)) * ratio for hour in range(7 * 24)]
    parts = lcm(left.denominator, bridge_ml.denominator, *(one.denominator for one in week_ml))
    left_parts, bridge_parts, week_parts = (
        int(left * parts),
        int(bridge_ml * parts),
        [int(one * parts) for one in week_ml],
    )
    if left_parts <= 0:
        return 0
    for hour in count():
        takes = bridge_parts if hour < bridge_hours else week_parts[hour % (7 * 24)]
        if takes >= left_parts:
            return floor((hour + Fraction(left_parts, takes)) / 24)
        left_parts -= takes
    raise AssertionError


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A fill of any steady, flex or bridged kind, at the full hour."""
    fill: dict[str, Any] = {
        "kind": "refilled",
        "pump_serial": SERIAL,
        "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": draw(st.sampled_from(("500", "1000", "2000")))}],
        "volume_after_fill_ml": draw(tenths(50, 200)),
        "alarm_volume_ml": draw(st.sampled_from(("2", "3", "4"))),
        "programme": draw(st.one_of(steady(), flex())),
        "pump_running": True,
        "happened_at": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 400)))).isoformat(),
    }
    if draw(st.booleans()):
        fill["priming_ml"] = draw(tenths(1, 9))
    if draw(st.booleans()):
        path, hours = draw(st.sampled_from((("0.375", "45"), ("0.331", "40"), ("0.208", "7"))))
        fill["bridge"] = {"given": True, "path_ml": path, "bridge_mcg": "100", "bridge_hours": hours}
    return fill


@settings(deadline=None, max_examples=60)
@given(fill=cases())
def test_both_calculations_give_the_same_dates(fill: dict[str, Any]) -> None:
    at = datetime.fromisoformat(fill["happened_at"])
    volume, alarm_volume = Fraction(fill["volume_after_fill_ml"]), Fraction(fill["alarm_volume_ml"])
    alarm = at.date() + timedelta(days=whole_days(fill, at, volume - alarm_volume, Fraction(1)))
    empty = at.date() + timedelta(days=whole_days(fill, at, volume, Fraction(1)))
    early = at.date() + timedelta(days=whole_days(fill, at, volume - alarm_volume, Fraction(115, 100)))
    stability = at.date() + timedelta(days=BACLOFEN_DAYS)
    refill_by = min(alarm - timedelta(days=MARGIN_DAYS), stability)

    state = fold_pump(SERIAL, said_of([fill]), zone=ZoneInfo("UTC"))
    row = outlook(state, REFERENCE, date(2026, 1, 1), calendar=CALENDAR)
    assert (row.alarm_date, row.empty_date, row.early_alarm_date) == (alarm, empty, early)
    assert (row.stability_date, row.refill_by) == (stability, refill_by)
    assert row.limited_by == ("alarm" if alarm - timedelta(days=MARGIN_DAYS) <= stability else "stability")
