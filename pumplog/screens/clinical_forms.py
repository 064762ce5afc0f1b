"""What is told of the patient: scores by taps, a day of the diary, the medicines, the risks."""

from collections.abc import Sequence

import streamlit as st

from pumplog.desk import Story
from pumplog.quantities import Unit
from pumplog.screens.clinical_words import (
    ASHWORTH_GRADES,
    CLASS_WORDS,
    JOINT_WORDS,
    OVERDOSE_WORDS,
    PENN_FREQUENCIES,
    PENN_SEVERITIES,
    PREGNANCY_WORDS,
    SIDE_WORDS,
    TAKEN_WORDS,
    TONE_OF_DAY_WORDS,
    WITHDRAWAL_WORDS,
    ZERO_TO_TEN,
    medicines_summary,
)
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.look import as_words
from pumplog.screens.rows import more_or_fewer, rows_count
from pumplog.screens.wording import PLACE_WORDS, RISK_WORDS

MOST_ORAL_DOSES = 6
MOST_MEDICINES = 30


def scored_form(form: Form, ground: Ground) -> None:
    """Every score is a tap; what is not tapped was not asked."""
    when_fields(form, ground, "Scored")
    left, right = st.columns(2)
    with left:
        form.one_of("place", "Where", PLACE_WORDS)
    with right:
        form.text("scored_by", "Scored by", value=ground.by or "")
    st.markdown("**Modified Ashworth**: tap the joints that you tested; the others stay open.")
    _ashworth(form)
    st.markdown("**Penn spasms**")
    left, right = st.columns(2)
    with left:
        frequency = form.one_of("penn_frequency", "How often, 0 to 4", _as_they_are(PENN_FREQUENCIES))
    with right, st.container():
        if frequency not in (None, "0"):
            form.one_of("penn_severity", "How severe, 1 to 3", _as_they_are(PENN_SEVERITIES))
    form.one_of("pain", "Pain, 0 to 10", _as_they_are(ZERO_TO_TEN))
    form.one_of("itch", "Itch, 0 to 10", _as_they_are(ZERO_TO_TEN))
    falls = form.number(
        "falls_count", "Falls since you last asked", Unit.RATIO, hint="0 if none; empty if not asked."
    )
    if falls is not None and falls.value != falls.value.to_integral_value():
        form.fault("falls_count", "Falls: type a whole number.")
    _felt(form)


def _ashworth(form: Form) -> None:
    grades = _as_they_are(ASHWORTH_GRADES)
    place = 0
    for joint, joint_words in JOINT_WORDS.items():
        for side, column in zip(SIDE_WORDS, st.columns(2), strict=True):
            one = form.part(f"ashworth.{place}")
            place += 1
            with column:
                if one.one_of("grade", f"{joint_words}, {side}", grades) is not None:
                    one.say("joint", joint)
                    one.say("side", side)


def _felt(form: Form) -> None:
    signs = {**WITHDRAWAL_WORDS, **OVERDOSE_WORDS}
    form.several("signs", "Signs of withdrawal or overdose, if any", signs)
    form.text("side_effects", "Other side effects, in the patient's words")


def _as_they_are(grades: Sequence[str]) -> dict[str, str]:
    return {grade: grade for grade in grades}


def diary_form(form: Form, ground: Ground) -> None:
    """One day, as the patient or somebody near tells it."""
    when_fields(form, ground, "Told")
    left, right = st.columns(2)
    with left:
        form.day("diary_on", "Which day is it about?", required=True)
    with right:
        form.text("told_by", "Told by", example="the patient, by phone")
    form.one_of("tone", "Tone that day", TONE_OF_DAY_WORDS)
    for place in range(rows_count(form, "oral_doses", first=0)):
        with st.container(border=True):
            _oral_dose(form.part(f"oral_doses.{place}"), place)
    more_or_fewer(form, "oral_doses", "drug taken by mouth", lowest=0, most=MOST_ORAL_DOSES)
    _felt(form)


def _oral_dose(dose: Form, place: int) -> None:
    one, two = st.columns(2)
    with one:
        dose.text("drug", f"Drug {place + 1}, by mouth", required=True)
    with two:
        taken = dose.one_of("taken", f"Drug {place + 1}: was it taken?", TAKEN_WORDS, required=True)
    with st.container():
        if taken in ("taken", "part"):
            dose.number(
                "dose_mcg_per_day",
                f"Drug {place + 1}: taken in all that day",
                Unit.MCG_PER_DAY,
                typed_in=Unit.MG_PER_DAY,
                hint="All doses of the day together; empty if nobody knows.",
            )


def medicines_form(form: Form, ground: Ground, story: Story) -> None:
    """Everything that is taken now; a class that interacts is ticked by whoever knows, never looked up."""
    last = story.state.clinical.medicines
    if last is not None:
        st.caption(as_words(f"The list before: {medicines_summary(last)}"))
    when_fields(form, ground, "Asked")
    form.text("told_by", "Told by", example="the pharmacy's list")
    takes_any = form.yes_no("takes_any", "Does the patient take any medicine besides the pump?", required=True)
    with st.container():
        if takes_any:
            for place in range(rows_count(form, "medicines")):
                with st.container(border=True):
                    _medicine(form.part(f"medicines.{place}"), place)
            more_or_fewer(form, "medicines", "medicine", most=MOST_MEDICINES)
    form.yes_no("alcohol", "Alcohol?")
    form.one_of("pregnancy", "Pregnant or breastfeeding?", PREGNANCY_WORDS)


def _medicine(one: Form, place: int) -> None:
    left, right = st.columns(2)
    with left:
        one.text("name", f"Medicine {place + 1}", required=True)
    with right:
        one.text("dose", f"Medicine {place + 1}: how much, how often", example="10 mg in the morning")
    one.one_of("interacting_class", f"Medicine {place + 1}: one of these classes that interact?", CLASS_WORDS)


def risks_form(form: Form, ground: Ground, story: Story) -> None:
    """The risks that hold from now on, all of them; none is said knowingly."""
    standing = ", ".join(RISK_WORDS[flag] for flag in story.state.risk_flags) or "none"
    st.info(as_words(f"On record now: {standing}. Tap all that hold from now on."))
    when_fields(form, ground, "Since")
    chosen = form.several("risk_flags", "Risks that hold from now on", RISK_WORDS)
    with st.container():
        if not chosen and not st.checkbox("No risk is left", key=form.key("no_risk"), persist_state="session"):
            form.fault("risk_flags", "Risks: tap those that hold, or tick that none is left.")
    form.text("reason", "What changed?", required=True)
