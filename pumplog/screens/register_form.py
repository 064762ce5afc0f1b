"""A pump and its patient come under the clinic's care: what is offered shows its source, and is typed."""

from datetime import datetime
from functools import partial

import streamlit as st

from pumplog.desk import Desk
from pumplog.quantities import Unit
from pumplog.reference import Graded, PumpModel, Reference
from pumplog.screens.fields import hint_html
from pumplog.screens.form import Form
from pumplog.screens.offers import UNVERIFIED, offers_words
from pumplog.screens.package_scan import scanned_words, take_pump
from pumplog.screens.scan_box import scan_box
from pumplog.screens.wording import RISK_WORDS
from pumplog.sources import SOURCES

OTHER = "Other"


def register_form(form: Form, desk: Desk, at: datetime, *, serial: str | None = None) -> None:
    """Draw every field of a registration; the serial is asked for unless it stands."""
    form.say("kind", "registered")
    with st.container(border=True):
        st.subheader("Patient")
        _patient(form.part("patient"))
        form.several("risk_flags", "Risks, if any", RISK_WORDS)
    pump_fields(form, desk.reference, serial=serial)
    with st.container(border=True):
        st.subheader("In this clinic's care")
        form.moment("happened_at", "Since", at=at)
        left, right = st.columns(2)
        with left:
            form.text("clinic_site", "Clinic site")
        with right:
            form.text("implant_site", "Where the pump lies", example="left abdomen")
        form.text("note", "Note", long=True)


def pump_fields(form: Form, reference: Reference, *, serial: str | None) -> None:
    """Draw what belongs to the pump and its catheter."""
    with st.container(border=True):
        st.subheader("Pump")
        _label(form, serial=serial)
        with st.container():
            model = _model(form.part("pump"), reference)
        _volumes(form, model)
    with st.container(border=True):
        st.subheader("Catheter, for the bridge bolus")
        _path(form, model)


def _label(form: Form, *, serial: str | None) -> None:
    """What stands on the pump's own label, typed or scanned from it."""
    filled = ("pump.gtin",) if serial is not None else ("pump_serial", "pump.gtin")
    scan_box(
        "Scan the label of the pump: fills what stands on it",
        key=form.key("label"),
        placeholder="Scan here",
        take=partial(take_pump, form.key(""), filled),
    )
    st.html(scanned_words(form.key("")) or hint_html(""))
    left, right = st.columns(2)
    with left:
        if serial is None:
            form.text("pump_serial", "Pump serial", required=True)
        else:
            form.say("pump_serial", serial)
    with right:
        form.part("pump").text("gtin", "Product number (GTIN), 14 digits, if it has one")


def _patient(patient: Form) -> None:
    left, right = st.columns(2)
    with left:
        patient.text("name", "Name", required=True)
        patient.day("date_of_birth", "Date of birth")
    with right:
        patient.text("patient_id", "Patient id", required=True)
        patient.text("phone", "Phone")


def _model(pump: Form, reference: Reference) -> PumpModel | None:
    """Ask for the model; one on no list is typed in its own words."""
    words = {model.name: model.name for model in reference.pumps if model.name != OTHER} | {
        OTHER: "Other, on no list"
    }
    chosen = st.pills(
        "Pump model",
        list(words),
        format_func=words.__getitem__,
        key=pump.key("listed"),
        persist_state="session",
    )
    if chosen is None:
        pump.fault("model", "Pump model: choose one, or choose Other and type it.")
        pump.mark("model")
        return None
    if chosen == OTHER:
        pump.text("model", "Model, from the pump's papers", required=True)
    else:
        pump.say("model", chosen)
    model = reference.pump_model(chosen)
    for note in model.notes:
        source = UNVERIFIED if note.unverified else note.cited.title
        st.caption(f"{note.says} ({source})")
    return model


def _volumes(form: Form, model: PumpModel | None) -> None:
    pump = form.part("pump")
    left, right = st.columns(2)
    with left:
        capacity = [model.capacity_ml] if model and model.capacity_ml else []
        pump.number("capacity_ml", "Reservoir capacity", Unit.ML, hint=offers_words(capacity, Unit.ML), required=True)
        _printout(form, model, "capacity_ml", "The capacity is as on the printout")
        pump.day("implanted_on", "Implanted on")
    with right:
        has_alarm = pump.yes_no("has_alarm", "Does this pump have an alarm?", required=True)
        slot = st.empty()
        if model is not None:
            listed = "with an alarm" if model.has_alarm else "without an alarm"
            source = SOURCES[model.has_alarm_source]
            slot.caption(f"Listed: {listed} ({UNVERIFIED if source.unverified else source.title})")
        _printout(form, model, "has_alarm", "The alarm is as in the pump's papers")
        with st.container():
            _alarm_volume(form, model, has_alarm=has_alarm)
        pump.day("eri_on", "Elective replacement date")


def _alarm_volume(form: Form, model: PumpModel | None, *, has_alarm: bool | None) -> None:
    pump = form.part("pump")
    if has_alarm is False:
        pump.say("alarm_volume_ml", "0")
        st.caption("No alarm: the dates go by when the reservoir is empty.")
        return
    hint = offers_words(_alarm_offers(model), Unit.ML)
    pump.number("alarm_volume_ml", "Alarm volume", Unit.ML, hint=hint, required=True)
    _printout(form, model, "alarm_volume_ml", "The alarm volume is as on the printout")


def _alarm_offers(model: PumpModel | None) -> list[Graded]:
    if model is None:
        return []
    if model.alarm_volume_ml_offers:
        return list(model.alarm_volume_ml_offers)
    return [model.planning_volume_ml] if model.planning_volume_ml else []


def _path(form: Form, model: PumpModel | None) -> None:
    pump = form.part("pump")
    one, two, three = st.columns(3)
    with one:
        offers = list(model.tubing_volume_ml_offers) if model else []
        pump.number("tubing_volume_ml", "Pump tubing volume", Unit.ML, hint=offers_words(offers, Unit.ML))
        _printout(form, model, "tubing_volume_ml", "The tubing volume is as on the printout")
    with two:
        length = [model.catheter_length_cm] if model and model.catheter_length_cm else []
        hint = offers_words(length, Unit.CM) or "The implanted length."
        pump.number("catheter_cm", "Catheter length", Unit.CM, hint=hint)
    with three:
        per_cm = [model.catheter_ml_per_cm] if model and model.catheter_ml_per_cm else []
        hint = offers_words(per_cm, Unit.ML_PER_CM)
        pump.number("catheter_ml_per_cm", "Catheter volume per cm", Unit.ML_PER_CM, hint=hint)
        _printout(form, model, "catheter_ml_per_cm", "The volume per cm is as on the printout")


def _printout(form: Form, model: PumpModel | None, field: str, words: str) -> None:
    """A tick for a value that our list could not verify, once something was typed."""
    slot = st.empty()
    if model is None or field not in model.unverified_fields or form.heard(f"pump.{field}") is None:
        return
    if slot.checkbox(words, key=form.key(f"printout.{field}"), persist_state="session"):
        form.say("confirmed_unverified", [*(form.heard("confirmed_unverified") or []), field])
