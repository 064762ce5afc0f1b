"""What a row of the board takes from a pump's state, and the order of rows at its edges."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pumplog.clinic_days import ClinicCalendar
from pumplog.entries import read_entry
from pumplog.outlook import Outlook, in_board_order, outlook
from pumplog.reference import load_reference
from pumplog.reference.drugs import Interruption
from pumplog.state import Said, fold_pump
from tests.stories.clinic import Clinic

MORPHINE = {"drug": "morphine", "concentration_mcg_per_ml": "10000"}
CLONIDINE = {"drug": "clonidine", "concentration_mcg_per_ml": "500", "beyond_use_on": "2026-07-01"}
BUPIVACAINE = {"drug": "bupivacaine", "concentration_mcg_per_ml": "5000", "beyond_use_on": "2026-07-01"}


@pytest.mark.parametrize(
    ("fluid", "worst"),
    [
        ([MORPHINE], Interruption.OPIOID),
        ([MORPHINE, CLONIDINE], Interruption.HIGH),
        ([BUPIVACAINE, MORPHINE], Interruption.OPIOID),
        ([BUPIVACAINE], Interruption.NONE),
    ],
)
def test_a_mixture_ranks_by_the_worst_that_any_of_its_drugs_does(
    tmp_path: Path, fluid: list[dict[str, str]], worst: Interruption
) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    opened.say_now("refilled", "2026-01-05T09:00Z", fluid=fluid)
    (row,) = opened.desk.board().rows
    assert row.interruption is worst


REFERENCE = load_reference()


def ordinary_row(tmp_path: Path, on: date) -> Outlook:
    """Case D1, filled on 5 Jan 2026: refill by 28 April, alarm 5 May, at the earliest 19 April."""
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    row = opened.row(on)
    assert row is not None
    return row


def never_registered(
    *serials: str, drugs: tuple[str, ...] = ("baclofen",), then: Iterable[dict[str, Any]] = ()
) -> Outlook:
    """A pump of which nobody said whose it is: refilled once under each of these serials, and what came then."""
    said = []
    for place, serial in enumerate(serials):
        at = datetime(2026, 1, 5 + place, 9, tzinfo=UTC)
        entry = read_entry(
            {
                "kind": "refilled",
                "pump_serial": serial,
                "happened_at": at.isoformat(),
                "fluid": [{"drug": drug, "concentration_mcg_per_ml": "2000"} for drug in drugs],
                "volume_after_fill_ml": "20",
                "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "300"},
                "pump_running": True,
                "alarm_volume_ml": "2",
            }
        )
        said.append(Said(f"e{place}", place + 1, entry, at, "M. Keller"))
    for place, more in enumerate(then, len(said)):
        entry = read_entry(more)
        said.append(Said(f"e{place}", place + 1, entry, entry.happened_at, "M. Keller"))
    state = fold_pump("the-pump", said, zone=ZoneInfo("UTC"))
    return outlook(state, REFERENCE, date(2026, 1, 8), calendar=ClinicCalendar(REFERENCE))


def test_a_row_says_whose_the_pump_is(tmp_path: Path) -> None:
    row = ordinary_row(tmp_path, date(2026, 1, 6))
    assert (row.pump_serial, row.patient_id, row.patient_name) == ("NGX100001", "P-NGX100001", "Example, Ada")
    assert row.pump_model == "SynchroMed II 8637-20"
    assert not any("not registered" in reason for reason in row.reasons)


def test_the_telephone_number_of_the_patient_is_in_the_row(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register(patient={"patient_id": "P-1", "name": "Example, Ada", "phone": "555 0100"})
    row = opened.row(date(2026, 1, 6))
    assert row is not None
    assert row.phone == "555 0100"


def test_a_pump_that_nobody_registered_is_known_by_its_first_serial_and_says_so() -> None:
    row = never_registered("S1", "S2", "S3")
    assert (row.pump_serial, row.patient_id, row.patient_name, row.phone, row.pump_model) == ("S1", *(None,) * 4)
    assert "The pump is not registered: register it with its patient." in row.reasons


def test_a_pump_of_which_nothing_was_said_is_known_by_its_number() -> None:
    assert never_registered().pump_serial == "the-pump"


def test_a_corrected_registration_gives_the_serial(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.ordinary()
    state = opened.desk.story("NGX100001").state
    assert state.registered is not None
    renamed = replace(state, registered=state.registered.model_copy(update={"pump_serial": "NEWER"}))
    row = outlook(renamed, REFERENCE, date(2026, 1, 6), calendar=ClinicCalendar(REFERENCE))
    assert row.pump_serial == "NEWER"


def test_a_drug_that_nobody_knows_is_named_as_it_was_typed() -> None:
    row = never_registered("S1", drugs=("baclofenn", "clonidinn"))
    assert (row.drug, row.interruption) == ("baclofenn", None)


def test_the_first_drug_of_a_mixture_names_it(tmp_path: Path) -> None:
    opened = Clinic(tmp_path).on_paper()
    opened.register()
    opened.say_now("refilled", "2026-01-05T09:00Z", fluid=[MORPHINE, CLONIDINE, BUPIVACAINE])
    (row,) = opened.desk.board().rows
    assert row.drug == "morphine"


def test_the_refill_by_date_itself_is_not_past(tmp_path: Path) -> None:
    on_the_day, after = (ordinary_row(tmp_path / str(day), date(2026, 4, day)) for day in (28, 29))
    assert not any("Past the refill-by date" in reason for reason in on_the_day.reasons)
    assert "Past the refill-by date, 28 Apr 2026." in after.reasons


def test_from_the_early_end_of_the_band_on_it_may_alarm_already(tmp_path: Path) -> None:
    early = ordinary_row(tmp_path / "any", date(2026, 4, 1)).early_alarm_date
    assert early is not None
    days = [early.replace(day=early.day + beside) for beside in (-1, 0, 1, 2)]
    assert [ordinary_row(tmp_path / str(day), day).may_alarm_already for day in days] == [False, True, True, True]


def test_rows_of_one_tier_go_by_days_to_empty_the_unknown_first(tmp_path: Path) -> None:
    row = ordinary_row(tmp_path, date(2026, 1, 6))
    days = {"D": None, "C": -1, "B": 0, "A": 1}
    rows = [replace(row, pump_serial=serial, days_to_empty=count) for serial, count in days.items()]
    assert [one.pump_serial for one in in_board_order(reversed(rows))] == list(days)


def test_rows_as_near_to_empty_go_by_the_drug_and_one_that_nobody_knows_counts_as_the_worst(tmp_path: Path) -> None:
    row = ordinary_row(tmp_path, date(2026, 1, 6))
    drugs = {"B": None, "C": Interruption.HIGH, "D": None, "A": Interruption.OPIOID}
    rows = [replace(row, pump_serial=serial, interruption=drug) for serial, drug in drugs.items()]
    assert [one.pump_serial for one in in_board_order(reversed(rows))] == list(drugs)


def test_only_the_worst_of_the_dates_that_passed_is_a_reason(tmp_path: Path) -> None:
    row = ordinary_row(tmp_path, date(2026, 5, 18))
    assert [reason for reason in row.reasons if reason.startswith(("Expected", "Past"))] == [
        "Expected empty since 18 May 2026."
    ]


def test_a_row_says_whether_the_drugs_label_has_a_boxed_warning(tmp_path: Path) -> None:
    (risk,) = ordinary_row(tmp_path, date(2026, 1, 6)).drug_risks
    assert risk.boxed_warning


def test_that_it_may_alarm_already_is_a_reason_from_the_early_date_until_the_alarm_date(tmp_path: Path) -> None:
    days = {"2026-04-18": False, "2026-04-19": True, "2026-04-20": True, "2026-05-04": True} | dict.fromkeys(
        ("2026-05-05", "2026-05-06"), False
    )
    said = {}
    for day in days:
        row = ordinary_row(tmp_path / day, date.fromisoformat(day))
        said[day] = any(reason.startswith("May alarm already") for reason in row.reasons)
    assert said == days


def test_a_refused_line_of_a_sheet_is_a_reason_with_every_fault_of_it() -> None:
    faults = [{"field": "dose", "says": f"The {what} cannot be read."} for what in ("dose", "date")]
    refused = {
        "kind": "row_refused",
        "happened_at": "2026-01-07T09:00Z",
        "pump_serial": "S1",
        "sheet": "clinic.csv",
        "line_count": 12,
        "rest_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "faults": faults,
    }
    row = never_registered("S1", then=[refused])
    assert row.reasons[-1] == ("Line 12 of clinic.csv was refused: The dose cannot be read. The date cannot be read.")


def test_a_row_says_the_dose_or_that_the_pump_is_stopped(tmp_path: Path) -> None:
    stopped = {"kind": "reprogrammed", "happened_at": "2026-01-06T09:00Z", "pump_serial": "S1", "pump_running": True}
    bolus = {"mode": "single_bolus", "bolus_mcg": "50"}
    rows = [
        never_registered("S1"),
        never_registered("S1", then=[stopped | {"programme": {"mode": "stopped"}}]),
        never_registered("S1", then=[stopped | {"programme": bolus}]),
        never_registered(),
    ]
    assert [row.dose_says for row in rows] == ["300 mcg/day", "stopped", "stopped", None]
    assert [row.fluid_says for row in rows] == ["baclofen 2,000 mcg/mL"] * 3 + [None]
