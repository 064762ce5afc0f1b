"""The flow ratio in the story: its trend, a drift in words, and the pump's own ratio offered and accepted."""

from html import escape

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.entries import RatioAccepted
from pumplog.outlook import RatioOffer, band_of, drift_says
from pumplog.people import act_of
from pumplog.quantities import Unit, show, show_date
from pumplog.screens.check_and_save import check_then_save
from pumplog.screens.form import Form
from pumplog.screens.form_look import wear_forms
from pumplog.screens.look import day_html
from pumplog.screens.sheet import sheet
from pumplog.screens.story_charts import ratio_chart
from pumplog.screens.story_log import residuals_html

KIND = "ratio_accepted"


def ratio_section(desk: Desk, story: Story) -> None:
    """Show the ratio visit by visit, what it comes to, and the offer; nothing where none was measured."""
    policy = desk.reference.policy
    ratios = ratio_chart(story, desk.zone, policy, st.context.theme.type)
    if ratios is None:
        return
    wear_forms()
    st.subheader("Flow ratio at each visit", anchor=False)
    band = f"{policy.finding_low_ratio.value} to {policy.finding_high_ratio.value}"
    st.caption(f"Delivered ÷ programmed since the last fill. The band is the pump’s accuracy, {band}.")
    if story.ratio_trend.drift:
        says = escape(drift_says(story.ratio_trend.drift, policy))
        st.html(f'<p class="pl-caution" role="status"><b>▲ {says}</b></p>')
    st.altair_chart(ratios, width="stretch", theme=None, key="ratio")
    with st.expander("The same in numbers"):
        st.html(residuals_html(story.visits))
    if story.ratio_trend.accepted is not None:
        st.html(accepted_html(desk, story))
    offer = story.ratio_trend.offer
    if offer is not None and story.state.retired is None and story.on == desk.today():
        _offer(desk, story, offer)


def accepted_html(desk: Desk, story: Story) -> str:
    """Return which ratio holds, who accepted it and why, and the band that it gives."""
    accepted = story.ratio_trend.accepted
    if accepted is None:
        return ""
    said: RatioAccepted = accepted.said
    fast, slow = band_of(story.state, desk.reference.policy)
    on = day_html(said.happened_at.astimezone(desk.zone).date())
    band = f"{show(slow, Unit.RATIO, 2)} to {show(fast, Unit.RATIO, 2)}"
    return (
        f"<p>✓ The band lies around the pump’s own ratio of <b>{show(said.flow_ratio, Unit.RATIO)}</b>: "
        f"{band} times the programmed flow. Accepted by {escape(accepted.accepted_by)} on {on}, measured at "
        f"{len(said.visit_event_ids)} visits: {escape(said.reason)}. "
        '<span class="pl-quiet">The dates to plan by and the tier go by the programmed flow, as before. '
        "It falls away by itself when one of these visits is corrected.</span></p>"
    )


def _offer(desk: Desk, story: Story, offer: RatioOffer) -> None:
    """Say what the last visits give, and let a person accept it with a reason; nothing is applied by itself."""
    measured = offer.measured
    first, last = show_date(measured[0].at.date()), show_date(measured[-1].at.date())
    delivered = sum(one.delivered_ml for one in measured)
    programmed = sum(one.programmed_ml for one in measured)
    count = desk.reference.policy.own_ratio_visits_count.value
    with st.container(border=True, key="own-ratio"):
        st.html(
            f"<p>Over the last {len(measured)} measured visits, {first} to {last}, this pump delivered "
            f"{show(delivered, Unit.ML, 1)} for {show(programmed, Unit.ML, 1)} programmed: its own ratio is "
            f"<b>{show(offer.flow_ratio, Unit.RATIO)}</b>. Not in use. It is offered from {count} visits on (house "
            "policy); accepted, it moves the band alone, never the dates to plan by or the tier.</p>"
        )
        if not desk.may(act_of(KIND)):
            st.caption("A recorder may accept it.")
            return
        asked = f"own-ratio:{story.state.pump_id}:{measured[-1].event_id}"
        if st.session_state.get(asked) or st.button("Use it for the band", key="use-own-ratio"):
            st.session_state[asked] = True
            _form(desk, story, offer, asked)


def _form(desk: Desk, story: Story, offer: RatioOffer, name: str) -> None:
    form = Form(sheet(name, desk, story.state.pump_id))
    form.say("kind", KIND)
    form.say("pump_serial", story.outlook.pump_serial)
    form.say("flow_ratio", str(offer.flow_ratio))
    form.say("visit_event_ids", [one.event_id for one in offer.measured])
    form.text("reason", "Why should the band follow this pump?", example="steady for a year", required=True)
    check_then_save(name, form, desk, saved_as="own-ratio")
