"""The ten-year test: on no day is a pump at risk, by a second calculation, that the board does not show red.

The second calculation knows what was written by that evening and no line of the outlook. It also finds no other red.
"""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.outlook.clinic_by_day import LivedClinic

FIRST = date(2026, 1, 5)
SHORT = (6, 365)
WHOLE = (200, 3652)


@pytest.mark.parametrize("zone", ["Europe/Berlin"])
@pytest.mark.parametrize(
    ("pumps_count", "days_count"), [SHORT, pytest.param(*WHOLE, marks=pytest.mark.soak)], ids=["a year", "ten years"]
)
def test_no_day_on_which_a_pump_at_risk_is_not_red(pumps_count: int, days_count: int, zone: str) -> None:
    clinic = LivedClinic(7, pumps_count, FIRST, zone)
    why: Counter[str] = Counter()
    for day, board in clinic.live(FIRST + timedelta(days=1), days_count):
        red = {row.pump_serial for row in board.rows if row.tier.is_red}
        risks = {pump: ledger.at_risk(day) for pump, ledger in clinic.ledgers.items() if not ledger.retired}
        at_risk = {pump for pump, risk in risks.items() if risk}
        assert at_risk <= red, (day, {pump: risks[pump] for pump in at_risk - red})
        assert red <= at_risk, (day, red - at_risk)
        assert sorted(row.pump_serial for row in board.rows) == sorted(risks)
        why.update(risk for risk in risks.values() if risk)
    for cause in ("empty", "at the alarm volume", "after refill-by", "alarm", "stands still"):
        assert why[cause] > 0, (cause, why)
    for what in ("refills", "absences", "closures", "days offline", "late entries"):
        assert clinic.counts[what] > 0, (what, clinic.counts)
