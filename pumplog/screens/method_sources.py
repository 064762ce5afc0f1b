"""Where a number comes from, in words: its source, and how far to trust it."""

from html import escape

from pumplog.screens.tables import table_of_html
from pumplog.sources import SOURCES, Grade, Kind, Source, source

HOUSE_POLICY = "house policy"


def grade_words(one: Source) -> str:
    """How far a source may be trusted, in words; house policy is called house policy."""
    if one.kind is Kind.HOUSE_POLICY:
        return HOUSE_POLICY
    match one.grade:
        case Grade.UNVERIFIED:
            return one.says
        case Grade.DERIVED:
            return "derived: worked out from what is shown beside it"
        case Grade.SOURCED:
            return f"sourced: {one.kind.value}"


def grade_html(one: Source) -> str:
    """Return the grade in words; what is unverified has a sign and a colour besides."""
    words = escape(grade_words(one))
    return (
        f'<span class="pl-unverified">? {words}</span>'
        if one.unverified
        else f'<span class="pl-quiet">{words}</span>'
    )


def source_html(key: str) -> str:
    """Return a source as its title and its grade."""
    one = source(key)
    if one.kind is Kind.HOUSE_POLICY:
        return f"<span>{escape(one.title)}</span>"
    return f"<div>{escape(one.title)}</div>{grade_html(one)}"


def sources_html() -> str:
    """Return every source with what it says and how far it may be trusted."""
    rows = [(escape(one.title), escape(one.says), grade_html(one)) for one in SOURCES.values()]
    return table_of_html(("Source", "What it says", "Grade"), rows)
