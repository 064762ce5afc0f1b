"""The bridge bolus: asked when the concentration is another than at the last fill."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from pumplog.desk import Desk
from pumplog.entries.refilled import Bridge
from pumplog.errors import CalculationRefused
from pumplog.quantities import Unit, plain, show
from pumplog.screens.form import Form
from pumplog.screens.look import as_words
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_said
from pumplog.state import Standing


def bridge_panel(
    form: Form, desk: Desk, pump_id: str, before: Standing | None, concentration: Decimal | None
) -> None:
    """Ask about the bridge when old drug of another concentration fills this pump's path; else show nothing."""
    if before is None or not concentration or concentration == before.concentration_mcg_per_ml:
        return
    bridge = form.part("bridge")
    with form.page.container(border=True, key="bridge"):
        form.page.subheader("Bridge bolus")
        old, new = (show(one, Unit.MCG_PER_ML) for one in (before.concentration_mcg_per_ml, concentration))
        form.page.html(f'<p class="pl-worked">The concentration changes from <b>{old}</b> to <b>{new}</b>.</p>')
        used = _path(bridge, desk, pump_id)
        with form.page.container():
            _consequence(form, desk, pump_id, before, concentration, used)
            _worked_out(bridge, desk, pump_id, before, used)
        given = bridge.yes_no("given", "Was the bridge bolus programmed?")
        if given is None:
            bridge.fault("given", "The concentration changes: say whether a bridge bolus was programmed.")
        elif given:
            _as_programmed(bridge)
        else:
            bridge.text("reason_not_given", "Why not?", required=True)


def _path(bridge: Form, desk: Desk, pump_id: str) -> Bridge:
    """The volumes of this pump's own path, as used for this bolus: typed now, else as on record."""
    registered = desk.story_of(pump_id).state.registered
    pump = registered.pump if registered else None
    on_record = pump.tubing_volume_ml if pump else None
    hint = "Not on record for this pump." if on_record is None else _as_before("On record for this pump", on_record)
    label = "Pump tubing volume, as the programmer uses it now"
    tubing = bridge.number("tubing_ml", label, Unit.ML, hint=hint)
    if tubing is None and on_record is not None:
        bridge.say("tubing_ml", plain(on_record))
    length = pump.catheter_cm if pump else None
    per_cm = pump.catheter_ml_per_cm if pump else None
    if length is None or per_cm is None:
        left, right = bridge.page.columns(2)
        with left:
            typed = bridge.number("catheter_cm", "Implanted catheter", Unit.CM, hint="Not on record for this pump.")
            length = typed.value if typed else length
        with right:
            typed = bridge.number("catheter_ml_per_cm", "Catheter volume", Unit.ML_PER_CM, hint="From its manual.")
            per_cm = typed.value if typed else per_cm
    else:
        bridge.say("catheter_cm", plain(length))
        bridge.say("catheter_ml_per_cm", plain(per_cm))
    return Bridge(
        given=False,
        tubing_ml=tubing.value if tubing else on_record,
        catheter_cm=length,
        catheter_ml_per_cm=per_cm,
    )


def _as_before(words: str, volume_ml: Decimal) -> str:
    return f"{words}: {show(volume_ml, Unit.ML)}. Leave empty if it is the same."


def _as_programmed(bridge: Form) -> None:
    one, two, three = bridge.page.columns(3)
    with one:
        mass = mass_unit(bridge, "mass", "Bridge dose in")
    with two:
        hint = "As read from the programmer."
        drug_amount(bridge, "bridge_mcg", "Bridge dose", Unit.MCG, mass, hint=hint, required=True)
    with three:
        bridge.number("bridge_hours", "Runs for", Unit.HOURS, hint="As read from the programmer.", required=True)


def _consequence(
    form: Form, desk: Desk, pump_id: str, before: Standing, concentration: Decimal, used: Bridge
) -> None:
    """What a forgotten bridge would do, once the new programme is typed: until then only which way it errs."""
    programme = programme_said(form)
    if programme is None:
        rises = concentration > before.concentration_mcg_per_ml
        harm = "underdose, withdrawal" if rises else "overdose"
        says = f"Without a bridge: {harm}. Type the programme above to see by how much and for how long."
    else:
        says = desk.without_bridge_says(pump_id, before, concentration, programme, used)
    form.page.html(f'<p class="pl-worked pl-mind">▲ {escape(says)}</p>')


def _worked_out(bridge: Form, desk: Desk, pump_id: str, before: Standing, used: Bridge) -> None:
    try:
        answer = desk.bridge_for(pump_id, before, used)
    except CalculationRefused as refusal:
        bridge.page.info(as_words("The bridge cannot be worked out here: " + _sentences(refusal.reasons)))
        return
    bridge.say("path_ml", plain(answer["path_ml"]))
    dose, hours = show(answer["bridge_mcg"], Unit.MCG), show(answer["bridge_hours"], Unit.HOURS, 1)
    path = show(answer["path_ml"], Unit.ML)
    bridge.page.html(
        f'<p class="pl-worked">Worked out for this pump: <b>{dose}</b> over <b>{hours}</b> '
        f"for {path} of old drug in its path. Check it against the programmer.</p>"
    )
    with bridge.page.expander("Working"):
        for line in answer.working:
            bridge.page.markdown(as_words(f"{line.meaning} {line.with_numbers} = {line.shown}"))


def _sentences(reasons: Sequence[str]) -> str:
    return " ".join(reasons)
