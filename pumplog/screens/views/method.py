"""Method: how every number is worked out, what is decided by, and where it was read."""

import streamlit as st

from pumplog.screens import clinic, look
from pumplog.screens.method_cases import CALCULATIONS, building_blocks, worked
from pumplog.screens.method_formulas import building_block_html, calculation_html
from pumplog.screens.method_reference import alarms_html, drug_html, policy_html, pump_html
from pumplog.screens.method_sources import sources_html
from pumplog.screens.method_tiers import tiers_html
from pumplog.screens.tables import wear_tables


def page() -> None:
    """Show everything that the numbers rest on."""
    st.title("Method")
    wear_tables()
    st.write(
        "Every number in this logbook comes from one of the formulas below; the same ones run on the board, in a "
        "story and in a file of cases. The logbook records, calculates and reminds. It does not program pumps, "
        "prescribe or diagnose, and it reads no signal of a pump."
    )
    names = ("Calculations", "Tiers", "Policy", "Pumps and drugs", "Sources")
    calculations, tiers, policy, reference, sources = st.tabs(names)
    with calculations:
        show_calculations()
    with tiers:
        show_tiers()
    with policy:
        show_policy()
    with reference:
        show_reference()
    with sources:
        boxed(sources_html())


def boxed(inside: str) -> None:
    """Show a piece of this page."""
    st.html(f'<div class="pl-method">{inside}</div>')


def show_calculations() -> None:
    """Show each calculation with a case that is worked out now, then the formulas they are built from."""
    st.caption(
        "The cases are worked out as this page opens. Multiply, then divide, then round once, to the earlier day."
    )
    folds = []
    for place, calculation in enumerate(CALCULATIONS):
        case, answer = worked(calculation)
        folds.append(calculation_html(calculation, case, answer, is_open=place == 0))
    blocks = "".join(building_block_html(one) for one in building_blocks())
    boxed("".join(folds) + f"<h2>Building blocks</h2><ol>{blocks}</ol>")


def show_tiers() -> None:
    """Show the tiers, worst first."""
    boxed(
        "<p>The tier of a pump is the worse of what its dates say and what is open. The first four are red: "
        "no search or filter hides them, and the passing of time never lowers one.</p>"
        + tiers_html(clinic.desk().reference.policy)
    )


def show_policy() -> None:
    """Show what the program decides by."""
    policy = clinic.desk().reference.policy
    st.caption(f"{look.as_words(policy.clinic_name)}, whose dates are those of {look.as_words(policy.zone)}.")
    boxed(policy_html(policy))


def show_reference() -> None:
    """Show the pumps, the drugs and the kinds of alarm."""
    reference = clinic.desk().reference
    st.caption(
        f"Reference data {reference.version}. What is unverified is offered, never used before it is confirmed."
    )
    boxed(
        f"<h2>Pumps</h2>{''.join(pump_html(pump) for pump in reference.pumps)}"
        f"<h2>Drugs</h2>{''.join(drug_html(drug) for drug in reference.drugs)}"
        f"<h2>Alarms</h2>{alarms_html()}"
    )


if __name__ == "__main__":
    page()
