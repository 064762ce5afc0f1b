"""Fields that start empty: an amount or a date is there only when a person typed it, and is read back.

Streamlit's own number field turns a typed 1,5 into 15, so it is never used for an amount.
"""

from datetime import date
from html import escape
from typing import Final

from streamlit.delta_generator import DeltaGenerator

from pumplog.errors import EntryRefused, Fault
from pumplog.quantities import Comma, Reading, Unit, read_quantity, show_date
from pumplog.screens.out_of_sight import IN_SIGHT

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)


def number_field(
    label: str,
    base: Unit,
    *,
    key: str,
    field: str,
    unit_in_label: bool = True,
    typed_in: Unit | None = None,
    example: str = "",
    hint: str = "",
    help: str | None = None,  # noqa: A002  Streamlit's own word for it
    disabled: bool = False,
    faults: list[Fault] | None = None,
    page: DeltaGenerator = IN_SIGHT,
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
    typed_in
        The unit that is typed where it is not the base unit: mg/mL where the answer is in mcg/mL.
    example
        Shown in the empty field, such as "17.5".
    hint
        A line under the empty field; what was understood takes its place, so that nothing jumps.
    faults
        Takes what could not be read, so that it cannot be left out of a check unnoticed.
    page
        Where it is drawn, or what stands in for that out of sight.
    """
    assumed = (typed_in or base) if unit_in_label else None
    typed = page.text_input(
        f"{label} ({assumed})" if assumed else label,
        key=key,
        type="phone",
        icon="",
        autocomplete="off",
        placeholder=f"for example {example}" if example else "",
        help=help,
        disabled=disabled,
        max_chars=40,
        persist_state="session",
    )
    if not typed or not typed.strip():
        page.html(hint_html(hint))
        return None
    try:
        reading = read_quantity(typed, field=field, base=base, assumed=assumed, comma=Comma.ASK)
    except EntryRefused as refusal:
        page.html(refused_html(refusal))
        if faults is not None:
            faults += refusal.faults
        return None
    page.html(understood_html(reading))
    return reading


def date_field(
    label: str,
    *,
    key: str,
    value: date | None = None,
    hint: str = "",
    earliest: date = EARLIEST,
    latest: date = LATEST,
    page: DeltaGenerator = IN_SIGHT,
) -> date | None:
    """Ask for a day, year first so that day and month cannot be taken for each other, and read it back."""
    day = page.date_input(
        label,
        value=value,
        min_value=earliest,
        max_value=latest,
        key=key,
        format="YYYY-MM-DD",
        persist_state="session",
    )
    if not isinstance(day, date):
        page.html(hint_html(hint)) if hint else page.empty()
        return None
    weekday = f"{day:%A}"
    page.html(f'<p class="pl-read pl-understood" role="status">✓ <b>{weekday}, {show_date(day)}</b></p>')
    return day


def yes_no(label: str, *, key: str, page: DeltaGenerator = IN_SIGHT) -> bool | None:
    """Ask yes or no; None until somebody answers."""
    answer = page.radio(label, ("Yes", "No"), index=None, horizontal=True, key=key, persist_state="session")
    return None if answer is None else answer == "Yes"


def hint_html(hint: str) -> str:
    """Return the line under an empty field; it keeps its height when there is nothing to say."""
    return f'<p class="pl-read pl-hint">{escape(hint) or "&nbsp;"}</p>'


def understood_html(reading: Reading) -> str:
    """Return the read-back of an amount."""
    return f'<p class="pl-read pl-understood" role="status">✓ understood: <b>{escape(reading.says)}</b></p>'


def refused_html(refusal: EntryRefused) -> str:
    """Return a refusal as the sentences it carries."""
    return fault_html(" ".join(fault.says for fault in refusal.faults))


def fault_html(says: str) -> str:
    """Return what is wrong with a field, to stand under it."""
    return f'<p class="pl-read pl-refused" role="alert">✕ {escape(says)}</p>'
