"""What the pump is programmed to do: every mode, with the fields that mode needs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import streamlit as st

from pumplog.entries.programme import MOST_FLEX_STEPS, WEEKDAYS
from pumplog.quantities import Unit, show
from pumplog.reference import PumpModel
from pumplog.screens.form import Form
from pumplog.screens.offers import offer_words
from pumplog.screens.wording import MODE_WORDS, WEEKDAY_WORDS

_MASS: Final = ("mcg", "mg")
_IN_MG: Final = {Unit.MCG: Unit.MG, Unit.MCG_PER_ML: Unit.MG_PER_ML, Unit.MCG_PER_DAY: Unit.MG_PER_DAY}
_MOST_GROUPS: Final = 7


def mass_unit(form: Form, path: str, label: str) -> str | None:
    """Ask whether amounts of drug are typed in mcg or mg; never assumed."""
    return st.radio(label, _MASS, index=None, horizontal=True, key=form.key(path), persist_state="session")


def drug_amount(
    form: Form,
    path: str,
    label: str,
    base: Unit,
    mass: str | None,
    *,
    example: str = "",
    hint: str = "",
    required: bool = False,
) -> Decimal | None:
    """Ask for an amount of drug in the unit that was chosen; before one is chosen it has to be typed."""
    reading = form.number(
        path,
        label,
        base,
        typed_in=_IN_MG[base] if mass == "mg" else base,
        unit_in_label=mass is not None,
        example=example,
        hint=hint,
        required=required,
    )
    return reading.value if reading else None


def programme_fields(form: Form, model: PumpModel | None) -> None:
    """Ask for the mode and what belongs to it."""
    programme = form.part("programme")
    mode = programme.one_of("mode", "The pump now runs", MODE_WORDS)
    form.mark("programme")
    if mode is None:
        form.fault("programme", "Programme: choose what the pump is programmed to do.")
    with st.container():
        if mode is not None:
            _fields_of(mode, programme, model)


def _fields_of(mode: str, programme: Form, model: PumpModel | None) -> None:
    mass: str | None = None
    if mode == "simple_continuous":
        mass = _one_amount(programme, "dose_mcg_per_day", "Dose per day", Unit.MCG_PER_DAY)
    elif mode == "flex":
        _flex(programme, model)
    elif mode == "periodic_bolus":
        mass = _periodic_bolus(programme)
    elif mode == "single_bolus":
        _one_amount(programme, "bolus_mcg", "Bolus", Unit.MCG)
    elif mode in ("minimum_rate", "fixed_flow"):
        offer = model.minimum_flow_ml_per_day if model and mode == "minimum_rate" else None
        hint = f"Listed: {offer_words(offer, Unit.ML_PER_DAY)}" if offer else "Per day, not per hour."
        programme.number("flow_ml_per_day", "Flow", Unit.ML_PER_DAY, hint=hint, required=True)
    if mode not in ("stopped", "single_bolus", "fixed_flow"):
        _patient_boluses(programme, mass)


def _one_amount(programme: Form, path: str, label: str, base: Unit) -> str | None:
    left, right = st.columns(2)
    with left:
        mass = mass_unit(programme, "mass", "Amounts of drug in")
    with right:
        drug_amount(programme, path, label, base, mass, required=True)
    return mass


def _periodic_bolus(programme: Form) -> str | None:
    mass = mass_unit(programme, "mass", "Amounts of drug in")
    one, two, three = st.columns(3)
    with one:
        drug_amount(programme, "bolus_mcg", "Each bolus", Unit.MCG, mass, required=True)
    with two:
        programme.number("every_hours", "Every", Unit.HOURS, example="6", required=True)
    with three:
        hint = "Leave empty if there is none."
        drug_amount(programme, "background_mcg_per_day", "Background", Unit.MCG_PER_DAY, mass, hint=hint)
    return mass


def _patient_boluses(programme: Form, mass: str | None) -> None:
    if not st.checkbox("The patient may ask for boluses", key=programme.key("boluses"), persist_state="session"):
        return
    if mass is None:
        mass = mass_unit(programme, "bolus-mass", "Amounts of bolus in")
    left, right = st.columns(2)
    with left:
        drug_amount(programme, "max_patient_bolus_mcg_per_day", "Most allowed", Unit.MCG_PER_DAY, mass, required=True)
    with right:
        hint = "If the pump's log shows it. Dates are planned with the most allowed."
        drug_amount(programme, "actual_patient_bolus_mcg_per_day", "In fact used", Unit.MCG_PER_DAY, mass, hint=hint)


def _flex(programme: Form, model: PumpModel | None) -> None:
    """The steps of each group of weekdays; one group of all seven unless the days differ."""
    most = model.flex_steps_a_day_count.value if model and model.flex_steps_a_day_count else MOST_FLEX_STEPS
    differ = programme.key("days_differ")
    groups_key = programme.key("groups_count")
    if not st.checkbox("Some weekdays are different", key=differ, persist_state="session"):
        programme.say("days.0.weekdays", list(WEEKDAYS))
        _steps(programme, 0, most)
        return
    groups_count = st.session_state.setdefault(groups_key, 2)
    for group in range(groups_count):
        with st.container(border=True):
            path = f"days.{group}.weekdays"
            if not programme.several(path, f"Days of group {group + 1}", WEEKDAY_WORDS):
                programme.fault(path, f"Days of group {group + 1}: choose the weekdays.")
            _steps(programme, group, most)
    _more_or_fewer(groups_key, groups_count, "group of days", (1, _MOST_GROUPS))


def _steps(programme: Form, group: int, most: int) -> None:
    key = programme.key(f"days.{group}.steps_count")
    steps_count = st.session_state.setdefault(key, 2)
    for step in range(steps_count):
        left, right = st.columns(2)
        path = f"days.{group}.steps.{step}"
        with left:
            label = f"Step {step + 1} lasts" + (", from midnight" if step == 0 else "")
            programme.number(f"{path}.hours", label, Unit.HOURS, required=True)
        with right:
            programme.number(f"{path}.rate_mcg_per_hour", f"Step {step + 1} rate", Unit.MCG_PER_HOUR, required=True)
    st.html(f'<p class="pl-read">{_filled_words(programme, group, steps_count)}</p>')
    _more_or_fewer(key, steps_count, "step", (1, most))
    programme.mark(f"days.{group}")


def _filled_words(programme: Form, group: int, steps_count: int) -> str:
    hours = [programme.heard(f"days.{group}.steps.{step}.hours") for step in range(steps_count)]
    total = sum((Decimal(one) for one in hours if one), Decimal(0))
    return f"{show(total, Unit.HOURS)} of 24 h filled."


def _more_or_fewer(key: str, count: int, word: str, bounds: Sequence[int]) -> None:
    lowest, highest = bounds
    with st.container(horizontal=True):
        if st.button(f"Add a {word}", key=f"{key}:more", disabled=count >= highest):
            st.session_state[key] = count + 1
            st.rerun()
        if st.button(f"Remove the last {word}", key=f"{key}:fewer", disabled=count <= lowest):
            st.session_state[key] = count - 1
            st.rerun()
