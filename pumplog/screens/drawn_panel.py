"""What was drawn beside what was expected: figures, the finding in words, and the last visits as a picture."""

from dataclasses import replace

import streamlit as st

from pumplog.desk import Desk, Drawn
from pumplog.screens.findings_panel import finding_html
from pumplog.screens.form import Form
from pumplog.screens.ground import Ground
from pumplog.screens.preview_panel import residual_html
from pumplog.screens.programmer_panel import sides_html
from pumplog.screens.story_charts import ratio_spec

LAST_VISITS_COUNT = 10


def drawn_panel(form: Form, desk: Desk, ground: Ground, drawn: Drawn) -> None:
    """Show it all; the picture only where somebody looks."""
    answer = drawn.line.residual
    if answer is None:
        return
    form.page.html(residual_html(answer))
    form.page.html(finding_html(drawn.finding))
    if not form.shown:
        return
    if any(one.programmer_says for one in drawn.programmer_found):
        form.page.html(sides_html(drawn.programmer_found))
    story = desk.story_of(ground.pump_id)
    told = [line for line in story.visits if line.residual is not None and line.visit.at < drawn.line.visit.at]
    lately = replace(story, visits=(*told[1 - LAST_VISITS_COUNT :], drawn.line))
    theme = st.context.theme.type
    spec = ratio_spec(lately, desk.zone, desk.reference.policy, theme) if told else None
    if spec is not None:
        form.page.caption("Flow ratio at the last visits, today's last: the band is what the device may do.")
        st.vega_lite_chart(spec, width="stretch", theme=None, key=form.key("last-visits"))
