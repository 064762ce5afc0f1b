"""What a scanned label fills in: of a drug the lot and dates, never the concentration; of a pump its serial.

A public listing ties one product to several strengths: the concentration is typed from the label, every time.
"""

from collections.abc import Collection
from html import escape
from typing import Final

import streamlit as st

from pumplog.errors import EntryRefused
from pumplog.quantities import show_date
from pumplog.scanning import Scanned, read_scan
from pumplog.screens.fields import fault_html

_SAYS: Final = "package-says"


def take_package(own: str, typed: str) -> None:
    """Fill the fields of a drug, whose keys begin with `own`, from its package; before they are drawn."""
    try:
        scanned = read_scan(typed)
    except EntryRefused as refused:
        st.session_state[f"{own}{_SAYS}"] = fault_html(str(refused))
        return
    if scanned is None:
        says = "This is no code of a package: type the lot and the dates from the label."
        st.session_state[f"{own}{_SAYS}"] = fault_html(says)
        return
    for field, value in (("lot", scanned.lot), ("expiry_on", scanned.expiry_on), ("gtin", scanned.gtin)):
        if value is not None:
            st.session_state[f"{own}{field}"] = value
    st.session_state[f"{own}{_SAYS}"] = _read_html(scanned)


def take_pump(own: str, fields: Collection[str], typed: str) -> None:
    """Fill those of the fields of a pump, whose keys begin with `own`, from its label; before they are drawn."""
    try:
        scanned = read_scan(typed)
    except EntryRefused as refused:
        st.session_state[f"{own}{_SAYS}"] = fault_html(str(refused))
        return
    if scanned is None or not (scanned.serial or scanned.gtin):
        says = "This is no code of a pump: type the serial from the label."
        st.session_state[f"{own}{_SAYS}"] = fault_html(says)
        return
    for field, value in (("pump_serial", scanned.serial), ("pump.gtin", scanned.gtin)):
        if value is not None and field in fields:
            st.session_state[f"{own}{field}"] = value
    read = (
        f"serial {scanned.serial}" if scanned.serial else None,
        f"product {scanned.gtin}" if scanned.gtin else None,
    )
    said = ", ".join(one for one in read if one)
    more = "Compare the serial with the label." if scanned.serial else "Type the serial from the label."
    st.session_state[f"{own}{_SAYS}"] = (
        f'<p class="pl-read pl-understood" role="status">✓ scanned: <b>{escape(said)}</b>. {more}</p>'
    )


def scanned_words(own: str) -> str:
    """What the last scan of this package came to, as HTML; empty before the first."""
    return str(st.session_state.get(f"{own}{_SAYS}", ""))


def _read_html(scanned: Scanned) -> str:
    read = [
        f"lot {scanned.lot}" if scanned.lot else None,
        f"expiry {show_date(scanned.expiry_on)}" if scanned.expiry_on else None,
        f"product {scanned.gtin}" if scanned.gtin else None,
    ]
    said = ", ".join(one for one in read if one) or "nothing of use"
    unsure = "" if scanned.lot_is_sure else " The lot may run on into another field: compare it with the label."
    more = f"{unsure} Type the concentration from the label."
    return f'<p class="pl-read pl-understood" role="status">✓ scanned: <b>{escape(said)}</b>.{escape(more)}</p>'
