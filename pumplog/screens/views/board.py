"""Refill board: the first thing seen in the morning."""

import altair as alt
import pandas as pd
import streamlit as st

from pumplog.screens import look, palette
from pumplog.screens.charts import dressed


def page() -> None:
    """Show every tier, a table, a chart and text in the look of the app."""
    st.title("Refill board")
    st.html(" ".join(look.tier_badge(tier) for tier in palette.TIERS))
    with st.container(horizontal=True, key="tiers"):
        for count, (tier, shown) in enumerate(palette.TIERS.items()):
            st.button(f"{shown.symbol} **{count}** {shown.word}", key=f"tier-{tier}")
    st.html(
        f"<p>{look.tier_badge('past_alarm')} <b>M. Example</b>, baclofen 2,000 mcg/mL, "
        "<b>refill by 28 Apr 2026</b> (limited by the alarm; early band 12 Apr), alarm 5 May, empty 18 May</p>"
    )
    left, middle, right = st.columns(3)
    left.button("Record visit", type="primary", width="stretch")
    middle.button("Log a contact", width="stretch")
    right.button("Open", width="stretch")
    st.segmented_control("Show", ["All", "Red only", "Due soon"], default="All")
    first, second = st.tabs(["Rows", "Weeks"])
    rows = pd.DataFrame({"Pump": ["D18", "D19", "D20"], "Days until empty": [3, 12, 40]})
    first.dataframe(rows, hide_index=True, width="stretch")
    chart = (
        alt.Chart(rows)
        .mark_bar(color=palette.ACCENT.on(st.context.theme.type))
        .encode(x="Pump", y="Days until empty")
    )
    theme = st.context.theme.type
    second.altair_chart(dressed(chart, theme), width="stretch")
    st.dataframe(rows, hide_index=True)
    st.altair_chart(dressed(chart, theme), width="stretch")
    st.markdown("Plain text, *emphasis*, `code` and $x^2$. " + look.as_words("<b>*O'Neil* :red[x] $y$</b>"))
    st.caption("A caption that must be readable.")
    st.info("For your information.")
    st.warning("Check this before you save.")
    st.error("The log does not prove itself.")
    st.success("Saved.")


if __name__ == "__main__":
    page()
