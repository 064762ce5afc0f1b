"""Fields for numbers: typed as text, read exactly on the server, and read back.

Streamlit's own number field turns a typed 1,5 into 15, so it is never used for an amount.
"""

from html import escape

import streamlit as st

from pumplog.errors import EntryRefused
from pumplog.quantities import Comma, Reading, Unit, read_quantity


def number_field(
    label: str,
    base: Unit,
    *,
    key: str,
    field: str,
    unit_in_label: bool = True,
    example: str = "",
    help: str | None = None,  # noqa: A002  Streamlit's own word for it
    disabled: bool = False,
) -> Reading | None:
    """Ask for one amount and say what was understood; None while there is nothing that can be used.

    The field starts empty: no amount can be saved that nobody typed. Enter commits this field alone,
    so it must not stand inside a form. With `unit_in_label` false the person has to type the unit.

    Parameters
    ----------
    label
        What is asked, without its unit; our own words, never a person's.
    base
        The unit of the answer, shown in the label when `unit_in_label`.
    key
        Widget key; make it hold the pump, so that a number typed for one is never shown for another.
    field
        The field's name in the entry, which a refusal is about.
    example
        Shown in the empty field, such as "17.5".
    """
    typed = st.text_input(
        f"{label} ({base})" if unit_in_label and base else label,
        key=key,
        type="phone",
        icon="",
        autocomplete="off",
        placeholder=f"for example {example}" if example else "",
        help=help,
        disabled=disabled,
        max_chars=40,
    )
    if not typed or not typed.strip():
        return None
    try:
        reading = read_quantity(
            typed, field=field, base=base, assumed=base if unit_in_label else None, comma=Comma.ASK
        )
    except EntryRefused as refusal:
        st.html(refused_html(refusal))
        return None
    st.html(understood_html(reading))
    return reading


def understood_html(reading: Reading) -> str:
    """Return the read-back of an amount."""
    return f'<p class="pl-read pl-understood" role="status">✓ understood: <b>{escape(reading.says)}</b></p>'


def refused_html(refusal: EntryRefused) -> str:
    """Return a refusal as the sentences it carries."""
    said = " ".join(escape(fault.says) for fault in refusal.faults)
    return f'<p class="pl-read pl-refused" role="alert">✕ {said}</p>'
