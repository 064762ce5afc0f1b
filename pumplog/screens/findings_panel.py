"""The findings of a check: how heavy in colour, word and symbol, and a reason where one is asked for."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import streamlit as st

from pumplog.rules import Finding, Weight
from pumplog.screens.fields import fault_html
from pumplog.screens.form import LONGEST_LINE, Form
from pumplog.screens.look import as_words
from pumplog.sources import SOURCES

_LOOKS: Final[Mapping[Weight, tuple[str, str]]] = {
    Weight.STOP: ("✕", "Stop"),
    Weight.CONFIRM: ("▲", "Confirm"),
    Weight.NOTE: ("i", "Note"),
}


def show_findings(
    form: Form, findings: Sequence[Finding], unanswered: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """Show each finding, the heaviest first; returns the reasons typed, by the finding's code.

    `given` are those that the form itself asked for already.
    """
    if not findings:
        st.success("Nothing stands out.")
        return {}
    st.subheader("What stands out")
    reasons: dict[str, str] = {}
    for finding in sorted(findings, key=lambda one: list(Weight).index(one.weight)):
        st.html(finding_html(finding))
        if finding.weight is Weight.NOTE:
            continue
        if finding.code in given:
            st.markdown(f"**Reason given:** {as_words(given[finding.code])}")
            continue
        asked = f"reason.{finding.code}"
        typed = st.text_input("Reason to go on", key=form.key(asked), max_chars=LONGEST_LINE, persist_state="session")
        slot = st.empty()
        if typed and typed.strip():
            reasons[finding.code] = typed.strip()
        elif f"confirmed.{finding.code}" in unanswered:
            slot.html(fault_html("Type the reason, or change what the finding is about and check again."))
    return reasons


def finding_html(finding: Finding) -> str:
    """Return one finding as HTML, with what it rests on."""
    symbol, word = _LOOKS[finding.weight]
    weight = finding.weight.value.lower()
    source = SOURCES[finding.source]
    return (
        f'<div class="pl-finding pl-{weight}"><p><b><span aria-hidden="true">{symbol}</span> {word}.</b> '
        f'{escape(finding.says)} <span class="pl-quiet">({escape(source.title)})</span></p></div>'
    )
