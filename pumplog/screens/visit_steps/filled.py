"""Step 3: what was filled."""

from decimal import Decimal

from pumplog.desk import Desk
from pumplog.quantities import Unit
from pumplog.rules.filling import finding_of_remeasured
from pumplog.screens.findings_panel import finding_html
from pumplog.screens.fluid_fields import fluid_fields, volume_fields
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.waste_fields import waste_fields
from pumplog.screens.wording import POCKET_FILL_WORDS


def filled_step(form: Form, desk: Desk, ground: Ground) -> Decimal | None:
    """Ask what was filled; the concentration of the primary drug, which step 4 needs for the bridge."""
    fluid = fluid_fields(form, desk.reference, ground)
    after_ml = volume_fields(form, ground.capacity_ml)
    left, right = form.page.columns(2)
    with left:
        form.yes_no("rinsed", "Rinsed?")
    with right:
        form.yes_no("aspiration_checked", "Aspiration checked?")
    signs = form.several("pocket_fill_signs", "Signs of a fill beside the pump, if any", POCKET_FILL_WORDS)
    with form.page.container():
        if signs:
            _observation(form)
    _remeasured(form, desk, ground, after_ml)
    waste_fields(form.part("waste"), desk, fluid, of="vial")
    heard = form.heard("fluid.0.concentration_mcg_per_ml")
    return Decimal(heard) if heard else None


def _observation(form: Form) -> None:
    """The plan for whoever may have drug beside the pump: it is the answer to what the check will ask."""
    form.page.html(
        '<div class="pl-finding pl-confirm"><p><b><span aria-hidden="true">▲</span> Confirm.</b> '
        "Part of the fill may be beside the pump: say how the patient is observed.</p></div>"
    )
    plan = form.part("observation")
    one, two, three = form.page.columns(3)
    with one:
        what = plan.text("what", "Observed for", example="drowsiness, weak breathing", required=True)
    with two:
        how_long = plan.text("how_long", "How long", required=True)
    with three:
        who = plan.text("who", "By whom", required=True)
    if what and how_long and who:
        form.say("confirmed.pocket_fill", f"Observed for {what}, {how_long}, by {who}"[:500])


def _remeasured(form: Form, desk: Desk, ground: Ground, after_ml: Decimal | None) -> None:
    hint = "Where it was drawn again at once to see that all of it is in."
    remeasured = form.number("remeasured_ml", "Re-measured right after the fill", Unit.ML, hint=hint)
    with form.page.container():
        if remeasured is not None and after_ml is not None:
            policy, capacity_ml = desk.reference.policy, ground.capacity_ml
            finding = finding_of_remeasured(after_ml, remeasured.value, capacity_ml, policy)
            if finding is not None:
                form.page.html(finding_html(finding))
