"""Step 1: who is on the couch, and when."""

from pumplog.screens.form import Form
from pumplog.screens.ground import Ground, when_fields
from pumplog.screens.wording import PLACE_WORDS


def who_step(form: Form, ground: Ground) -> None:
    """Ask who is here, by two identifiers, and when the visit was."""
    words = {"name": "Name", "born": "Date of birth", "patient": "Patient id", "serial": "Pump serial"}
    ticked = form.page.pills(
        "Which identifiers did you confirm? Two are needed",
        list(words),
        selection_mode="multi",
        format_func=words.__getitem__,
        key=form.key("identifiers"),
        persist_state="session",
    )
    form.say("identifiers_confirmed", len(ticked) >= 2)
    form.mark("identifiers_confirmed")
    when_fields(form, ground, "Visit")
    left, right = form.page.columns(2)
    with left:
        form.one_of("place", "Where", PLACE_WORDS, first="clinic")
    with right:
        form.text("refilled_by", "Refilled by", value=ground.by or "")
