"""Step 4: what was programmed."""

from decimal import Decimal
from fractions import Fraction

from pumplog.desk import Desk
from pumplog.quantities import Unit, show
from pumplog.screens.bridge_panel import bridge_panel
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.programme_fields import drug_amount, mass_unit, programme_fields, programme_said
from pumplog.screens.programme_gives import gives_html
from pumplog.screens.programmer_panel import programmer_panel


def programmed_step(form: Form, desk: Desk, ground: Ground, concentration: Decimal | None) -> None:
    """Ask what was programmed, and about the bridge where the concentration is another than before."""
    programme_fields(form, ground.model)
    strength = concentration or None  # a 0 is refused at its field, and nothing can be worked out with it
    with form.page.container():
        form.page.html(gives_html(programme_said(form), Fraction(strength) if strength else None, ground.before))
    with form.page.container():
        bridge_panel(form, desk, ground.pump_id, ground.before, strength)
    _alarm_volume(form, ground)
    programmer_panel(form, desk)
    form.yes_no("pump_running", "Pump confirmed running?", required=True)


def _alarm_volume(form: Form, ground: Ground) -> None:
    standing = ground.alarm_volume_ml
    hint = f"Now {show(standing, Unit.ML)}. Leave empty if unchanged." if standing is not None else ""
    form.number("alarm_volume_ml", "New alarm volume", Unit.ML, hint=hint)
    with form.page.expander("More: priming, an extra single bolus"):
        form.number("priming_ml", "Priming bolus", Unit.ML)
        own = mass_unit(form, "single-mass", "Extra single bolus in")
        drug_amount(form, "single_bolus_mcg", "Extra single bolus", Unit.MCG, own)
