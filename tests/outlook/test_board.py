"""What a row of the board takes from the drugs that a pump holds."""

from pathlib import Path

import pytest

from pumplog.reference.drugs import Interruption
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
