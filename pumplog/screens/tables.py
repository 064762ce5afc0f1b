"""Tables of plain texts, and the style of the two pages that are made of them."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st


def wear_tables() -> None:
    """Put the style of tables on the page."""
    st.html(_style_block())


@cache
def _style_block() -> str:
    rules = Path(__file__).with_name("tables.css").read_text(encoding="utf-8")
    return f"<style>{rules}</style>"


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """Return a table of plain texts; `kind` names a style of its own."""
    escaped = [[escape(cell) for cell in row] for row in rows]
    return table_of_html(heads, escaped, kind=kind)


def table_of_html(heads: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """Return a table whose cells are HTML already."""
    head = "".join(f"<th>{escape(one)}</th>" if one else "<td></td>" for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="pl-table {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
