"""The floor of the column figures: the same arithmetic in plain numpy, with no requirement checked.

`python -m tests.bench_numpy IN.csv OUT.csv` answers a file of cases through pandas: the floor of `--cases`.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Whole = npt.NDArray[np.int64]
EPOCH_ORDINAL = 719_163
SCALES = {
    "volume_after_fill_ml": 10**3,
    "alarm_volume_ml": 10**3,
    "concentration_mcg_per_ml": 10**3,
    "dose_mcg_per_day": 10**6,
    "max_patient_bolus_mcg_per_day": 10**6,
    "stability_limit_days": 1,
    "margin_days": 1,
}


def answers(known: dict[str, Whole]) -> dict[str, npt.NDArray[np.generic]]:
    """Every answer of the next refill, whole numbers of the smallest units in and out."""
    filled_on = known["filled_on"]
    concentration = known["concentration_mcg_per_ml"]
    usable = known["volume_after_fill_ml"] - known["alarm_volume_ml"]
    dose = known["dose_mcg_per_day"] + known["max_patient_bolus_mcg_per_day"]
    flow, rest = np.divmod(dose, concentration)
    days_to_alarm = usable * concentration // dose
    days_to_empty = known["volume_after_fill_ml"] * concentration // dose
    alarm_date = filled_on + days_to_alarm
    empty_date = filled_on + days_to_empty
    stability_date = filled_on + known["stability_limit_days"]
    less_margin = alarm_date - known["margin_days"]
    return {
        "flow_ml_per_day": flow * 10**9 + rest * 10**9 // concentration,
        "days_to_alarm": days_to_alarm,
        "days_to_empty": days_to_empty,
        "alarm_date": alarm_date,
        "empty_date": empty_date,
        "days_of_grace": empty_date - alarm_date,
        "early_alarm_date": filled_on + usable * concentration * 1000 // (dose * 1150),
        "late_alarm_date": filled_on + usable * concentration * 1000 // (dose * 850),
        "stability_date": stability_date,
        "refill_by": np.minimum(less_margin, stability_date),
        "limited_by": np.where(stability_date < less_margin, "stability", "alarm"),
    }


def answer_file(cases: Path, out: Path) -> None:
    """Answer a file of cases that is known to be clean, through pandas and floats."""
    table = pd.read_csv(cases)
    known = {name: np.rint(table[name].to_numpy() * scale).astype(np.int64) for name, scale in SCALES.items()}
    days = pd.to_datetime(table["filled_on"], format="ISO8601").to_numpy().astype("datetime64[D]")
    known["filled_on"] = days.astype(np.int64) + EPOCH_ORDINAL
    for name, column in answers(known).items():
        if name.endswith(("_date", "_by")) and name != "limited_by":
            table[name] = (column.astype(np.int64) - EPOCH_ORDINAL).astype("datetime64[D]").astype(str)
        else:
            table[name] = column / 10**12 if name == "flow_ml_per_day" else column  # type: ignore[operator]
    table.to_csv(out, index=False)


if __name__ == "__main__":
    answer_file(Path(sys.argv[1]), Path(sys.argv[2]))
