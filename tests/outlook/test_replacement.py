"""A replacement at its edges: by when, how far it is, in which words, and whose pump it is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pumplog.outlook import Replacement, ReplacementStage, replacement_of
from tests.stories.clinic import SERIAL, Clinic, Opened

REPLACE_BY = date(2026, 9, 1)
PLAN_BY = date(2026, 6, 1)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A pump whose elective replacement date was typed: 1 September 2026."""
    told = Clinic(tmp_path).on_paper()
    patient = {"patient_id": "P-1", "name": "Example, Ada", "phone": "555 0100"}
    told.register(patient=patient)
    told.say("refilled", "2026-01-05T09:00Z", eri_on=REPLACE_BY.isoformat())
    return told


def planned(opened: Opened, on: str) -> None:
    late = {"replacement_late": "no earlier slot"} if date.fromisoformat(on) > REPLACE_BY else {}
    opened.say("replacement_planned", "2026-03-02T10:00Z", planned_on=on, where="North", confirmed=late)


def stands(opened: Opened, on: date) -> Replacement:
    found = replacement_of(opened.desk.story(SERIAL).state, opened.desk.reference, on)
    assert found is not None
    return found


def test_each_stage_begins_on_its_day_and_says_so(opened: Opened) -> None:
    said = {}
    for day in (date(2026, 5, 31), PLAN_BY, REPLACE_BY, date(2026, 9, 2)):
        found = stands(opened, day)
        assert (found.replace_by, found.plan_by, found.planned_on) == (REPLACE_BY, PLAN_BY, None)
        said[day.isoformat()] = (found.stage, found.says)
    to_plan = "Replace by 1 Sep 2026; to be planned since 1 Jun 2026, at least 3 months ahead."
    assert said == {
        "2026-05-31": (ReplacementStage.AHEAD, "Replace by 1 Sep 2026; to be planned by 1 Jun 2026."),
        "2026-06-01": (ReplacementStage.TO_PLAN, to_plan),
        "2026-09-01": (ReplacementStage.TO_PLAN, to_plan),
        "2026-09-02": (
            ReplacementStage.OVERDUE,
            "OVERDUE: replace by 1 Sep 2026; no replacement is planned.",
        ),
    }


@pytest.mark.parametrize(
    ("planned_on", "stage", "says"),
    [
        ("2026-08-31", ReplacementStage.PLANNED, "Replace by 1 Sep 2026; planned for 31 Aug 2026."),
        ("2026-09-01", ReplacementStage.PLANNED, "Replace by 1 Sep 2026; planned for 1 Sep 2026."),
        (
            "2026-09-02",
            ReplacementStage.TOO_LATE,
            "Planned for 2 Sep 2026, TOO LATE: replace by 1 Sep 2026.",
        ),
    ],
)
def test_a_plan_for_the_last_day_is_in_time(
    opened: Opened, planned_on: str, stage: ReplacementStage, says: str
) -> None:
    planned(opened, planned_on)
    found = stands(opened, date(2026, 6, 2))
    assert (found.stage, found.says, found.planned_where) == (stage, says, "North")


def test_only_what_comes_too_late_is_red() -> None:
    assert [stage for stage in ReplacementStage if stage.is_red] == [
        ReplacementStage.OVERDUE,
        ReplacementStage.TOO_LATE,
    ]


def test_the_end_of_service_is_due_on_the_day_on_which_it_is_heard(opened: Opened) -> None:
    opened.say("alarm_heard", "2026-03-02T08:00Z", alarm="END_OF_SERVICE")
    found = stands(opened, date(2026, 3, 2))
    assert (found.replace_by, found.stage) == (date(2026, 3, 2), ReplacementStage.TO_PLAN)
    assert stands(opened, date(2026, 3, 3)).stage is ReplacementStage.OVERDUE


def test_an_alarm_heard_again_does_not_begin_the_ninety_days_anew(opened: Opened) -> None:
    for on in ("2026-03-02", "2026-04-02"):
        opened.say("alarm_heard", f"{on}T08:00Z", alarm="ELECTIVE_REPLACEMENT")
    found = stands(opened, date(2026, 4, 3))
    assert found.replace_by == date(2026, 5, 31)
    assert found.because.startswith("alarm heard 2 Mar 2026: ")


def test_a_replacement_says_whose_pump_it_is_as_far_as_anybody_said(opened: Opened) -> None:
    found = stands(opened, PLAN_BY)
    assert (found.pump_serial, found.patient_name, found.phone) == (SERIAL, "Example, Ada", "555 0100")
    state = replace(opened.desk.story(SERIAL).state, registered=None)
    nobody = replacement_of(state, opened.desk.reference, PLAN_BY)
    assert nobody is not None
    assert (nobody.pump_serial, nobody.patient_name, nobody.phone) == (state.pump_id, None, None)
