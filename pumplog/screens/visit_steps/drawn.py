"""Step 2: what was drawn; then, and not before, what was expected, and whether the refill goes on."""

from datetime import datetime
from decimal import Decimal

import streamlit as st

from pumplog.desk import Desk
from pumplog.quantities import Unit, plain, show
from pumplog.rules import Four, Weight
from pumplog.rules.filling import faults_of_volumes
from pumplog.screens.deferred_forms import NOT_REFILLED, reason_fields
from pumplog.screens.drawn_panel import drawn_panel
from pumplog.screens.fields import fault_html
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.look import as_words
from pumplog.screens.programme_fields import drug_amount, mass_unit
from pumplog.screens.waste_fields import waste_fields

PUT_OFF, GO_ON = "put_off", "go_on"
_WAYS = {PUT_OFF: "Put the refill off", GO_ON: "Refill all the same: a second person signs"}


def drawn_step(form: Form, desk: Desk, ground: Ground) -> bool:
    """Ask what was drawn, and what the pump and its programmer said; whether the refill is put off."""
    left, right = form.page.columns(2)
    with left:
        drawn = form.number("drawn_ml", "Drawn", Unit.ML, hint="As read from the syringe.")
    with right:
        form.yes_no("interrogated", "Pump interrogated first?")
    programmer = _programmer_said(form)
    boluses_used_mcg = _more(form)
    waste_fields(form.part("drawn_waste"), desk, ground.before.fluid if ground.before else (), of="drawn")
    stop = False
    with form.page.container():
        if drawn is not None and ground.before is not None and not ground.is_replacement:
            stop = _compare(form, desk, ground, drawn.value, boluses_used_mcg, programmer)
    with form.page.container():
        return not ground.is_replacement and ground.before is not None and _put_off(form, stop=stop)


def _programmer_said(form: Form) -> Four:
    """What the programmer says before anything is drawn; ours stands beside it once what was drawn is typed."""
    with form.page.expander("The programmer, before the fill: volume, dose, concentration, alarm date"):
        mass = mass_unit(form, "found-mass", "Its amounts of drug are in")
        left, right = form.page.columns(2)
        with left:
            volume = form.number("programmer_volume_ml", "Programmer says: volume now", Unit.ML)
            dose = drug_amount(
                form, "programmer_found_dose_mcg_per_day", "Programmer says: dose now", Unit.MCG_PER_DAY, mass
            )
        with right:
            concentration = drug_amount(
                form,
                "programmer_found_concentration_mcg_per_ml",
                "Programmer says: concentration now",
                Unit.MCG_PER_ML,
                mass,
            )
            alarm_on = form.day("programmer_found_alarm_on", "Programmer says: alarm date now")
    return Four(volume.value if volume else None, dose, concentration, alarm_on)


def _more(form: Form) -> Decimal | None:
    """What is asked for now and then; the boluses that the patient used, which the expected volume needs."""
    with form.page.expander("More: the aspirate, the needle, boluses that were used"):
        left, right = form.page.columns(2)
        with left:
            form.text("appearance", "Aspirate looked", example="clear")
            form.text("needle", "Needle")
        with right:
            form.day("eri_on", "Elective replacement date")
            attempts = form.number("attempts_count", "Attempts", Unit.RATIO, hint="How often the needle was placed.")
            if attempts is not None and attempts.value != attempts.value.to_integral_value():
                form.fault("attempts_count", "Attempts: type a whole number.")
        mass = mass_unit(form, "used-mass", "Boluses the patient used, in")
        hint = "In all since the last fill, from the pump's log."
        return drug_amount(form, "patient_boluses_used_mcg", "Boluses the patient used", Unit.MCG, mass, hint=hint)


def _compare(
    form: Form,
    desk: Desk,
    ground: Ground,
    drawn_ml: Decimal,
    boluses_used_mcg: Decimal | None,
    programmer: Four,
) -> bool:
    """Show what was expected, now that a number stands; whether this is a stop. The first number seen is kept."""
    impossible = list(faults_of_volumes({"drawn_ml": drawn_ml}, ground.capacity_ml))
    if impossible:
        form.page.html(fault_html(impossible[0].says))
        return False
    said = form.heard("happened_at")
    at = datetime.fromisoformat(said) if said else ground.at
    drawn = desk.drawn_against_expected(
        ground.pump_id, drawn_ml, at=at, boluses_used_mcg=boluses_used_mcg, programmer=programmer
    )
    if drawn is None:
        return False
    first = st.session_state.setdefault(form.key("drawn-first"), plain(drawn_ml))
    drawn_panel(form, desk, ground, drawn)
    if first != plain(drawn_ml):
        form.say("drawn_first_typed_ml", first)
        was, now = show(Decimal(first), Unit.ML), show(drawn_ml, Unit.ML)
        form.page.warning(
            as_words(f"First typed {was}, now {now}: changed after the expected was shown. Both are kept.")
        )
    return drawn.finding.weight is Weight.STOP


def _put_off(form: Form, *, stop: bool) -> bool:
    """Whether the refill is put off: asked in case of a stop, which keeps the step until it is answered."""
    if not stop:
        put_off = form.page.checkbox(
            "The pump is not refilled today", key=form.key("put-off"), persist_state="session"
        )
    else:
        way = form.page.pills(
            "Stop: what happens now?",
            list(_WAYS),
            format_func=_WAYS.__getitem__,
            key=form.key("way"),
            persist_state="session",
        )
        put_off = way == PUT_OFF
        if way is None:
            form.hold("This is a stop: say whether the refill is put off or goes on before anything is filled.")
        elif way == GO_ON:
            form.page.caption(
                "Call the second person now: they look at this with you, and sign before the visit is saved."
            )
            reason = form.text("confirmed.residual_stop", "Why is it safe to refill?", required=True)
            if reason is None:
                form.hold("Type why it is safe to refill on top of what was found.")
    if put_off:
        _putting_off(form)
    return put_off


def _putting_off(form: Form) -> None:
    reason_fields(form, NOT_REFILLED)
    left, right = form.page.columns(2)
    with left:
        hint = "What is in the pump now; 0 if it was emptied. The dates restart from there."
        form.number("volume_left_ml", "Left in or returned", Unit.ML, hint=hint, required=True)
    with right:
        form.yes_no("pump_running", "Pump confirmed running?", required=True)
