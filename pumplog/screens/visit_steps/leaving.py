"""Step 5: before the patient leaves."""

from pumplog.screens.form import Form


def leaving_step(form: Form) -> None:
    """Ask what was said and given before the patient leaves."""
    with form.page.container(horizontal=True):
        form.tick("teaching_done", "Teaching done")
        form.tick("signs_restated", "Signs of withdrawal and overdose told again")
        form.tick("card_given", "Card handed over")
    form.day("next_visit_on", "Next visit booked for")
    form.text("note", "Note", long=True)
