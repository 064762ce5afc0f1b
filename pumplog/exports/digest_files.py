"""The digest as HTML that needs nothing else, as plain text, and as PDF."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from html import escape
from textwrap import wrap
from typing import Final
from unicodedata import category

from pumplog.exports.digest import Digest, Item, Section
from pumplog.exports.typeset import Paper, document

WIDTH_COUNT: Final = 78
_NOT_SEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
_DIALLED: Final = re.compile(r"\+?[0-9][0-9 ()/.\-]{4,24}")

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 17px/1.45 system-ui, sans-serif; color: #1b262c; background: #fff; margin: 0 auto; max-width: 62rem;
  padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.25rem; margin: 1.6rem 0 .4rem; }
.quiet, footer { color: #52606a; } .loud { background: #9c1c16; color: #fff; padding: .7rem 1rem; font-weight: 700;
  font-size: 1.15rem; border-radius: .3rem; margin: .8rem 0; }
article { border: 1px solid #c9d3d8; border-left-width: .5rem; border-radius: .3rem; padding: .5rem .8rem;
  margin: .5rem 0; break-inside: avoid; }
article.danger { border-left-color: #b3261e; background: #fdecea; }
article.caution { border-left-color: #b37714; background: #fff3dc; }
.mark { font-weight: 700; margin-right: .6rem; } .phone { white-space: nowrap; font-weight: 700; }
article p, article ul { margin: .2rem 0; } a { color: #0b6672; }
.first { border: 2px solid #1b262c; border-radius: .4rem; padding: 0 1rem .6rem; margin: 1rem 0; }
@media print { body { font-size: 11pt; max-width: none; padding: 0; } .first { break-after: page; }
  h2 { break-after: avoid; } a { color: inherit; text-decoration: none; } @page { margin: 15mm; } }
"""


def digest_html(digest: Digest) -> str:
    """The digest as one HTML file: no picture, no script, nothing fetched, everything typed escaped."""
    lines = "<br>".join(map(_said, digest.loud))
    loud = f'<p class="loud" role="alert">{lines}</p>' if lines else ""
    calm = "".join(f"<p>{_said(says)}</p>" for says in digest.calm)
    first = "".join(map(_section_html, digest.first))
    sections = "".join(map(_section_html, digest.sections))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{_said(digest.title)}</title><style>{_STYLE}</style></head><body>\n"
        f'<header><h1>{_said(digest.title)}</h1><p class="quiet">{_said(digest.under)}</p></header>\n{loud}{calm}\n'
        f'<section class="first"><h2>What to do first</h2>{first}</section>\n{sections}\n'
        f"<footer><p>{_said(digest.foot)}</p></footer></body></html>\n"
    )


def _section_html(section: Section) -> str:
    says = f'<p class="quiet">{_said(section.says)}</p>' if section.says else ""
    inside = "".join(map(_item_html, section.items)) or f"<p>{_said(section.when_empty)}</p>"
    return f"<section><h2>{_said(section.title)}</h2>{says}{inside}</section>\n"


def _item_html(item: Item) -> str:
    mark = f'<span class="mark">{_said(item.mark)}</span>' if item.mark else ""
    phone = f" {_phone_html(item.phone)}" if item.phone else ""
    says = "".join(f"<li>{_said(line)}</li>" for line in item.says)
    who = f"<p>{mark}<b>{_said(item.who)}</b>{phone}</p>"
    return f'<article class="{item.tone or "calm"}">{who}<ul>{says}</ul></article>'


def _phone_html(phone: str) -> str:
    """A number to tap; anything else that was typed as one is shown as it is."""
    shown = f'<span class="phone">☎ {_said(phone)}</span>'
    if not _DIALLED.fullmatch(phone):
        return shown
    return f'<a href="tel:{re.sub(r"[^0-9+]", "", phone)}">{shown}</a>'


def _said(text: str) -> str:
    return escape(_on_one_line(text))


def _on_one_line(text: str) -> str:
    """A text as one line, with signs that are not seen spelt out."""
    plain = " ".join(text.split())
    return "".join(f"[U+{ord(one):04X}]" if category(one) in _NOT_SEEN else one for one in plain)


def digest_text(digest: Digest) -> str:
    """The digest as plain text, for an e-mail or any printer."""
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    yield from (_on_one_line(digest.title), _on_one_line(digest.under), "")
    if digest.loud:
        boxed = (line for one in digest.loud for line in _wrapped(one, "*** ", "    "))
        yield from ("*" * WIDTH_COUNT, *boxed, "*" * WIDTH_COUNT, "")
    for says in digest.calm:
        yield from _wrapped(says)
    yield from ("", "WHAT TO DO FIRST", "=" * WIDTH_COUNT)
    for section in digest.first:
        yield from _section_lines(section)
    yield "=" * WIDTH_COUNT
    for section in digest.sections:
        yield from _section_lines(section)
    yield from ("-" * WIDTH_COUNT, *_wrapped(digest.foot))


def _section_lines(section: Section) -> Iterator[str]:
    yield from ("", _on_one_line(section.title).upper())
    if section.says:
        yield from _wrapped(section.says)
    if not section.items:
        yield from _wrapped(section.when_empty, "  ")
    for item in section.items:
        head = " ".join(part for part in (f"[{item.mark}]" if item.mark else "", item.who) if part)
        yield from _wrapped(head, "- ", "  ")
        if item.phone:
            yield from _wrapped(f"Phone: {item.phone}", "  ")
        for says in item.says:
            yield from _wrapped(says, "  * ", "    ")


def _wrapped(text: str, first: str = "", then: str | None = None) -> list[str]:
    return wrap(
        _on_one_line(text),
        WIDTH_COUNT,
        initial_indent=first,
        subsequent_indent=first if then is None else then,
        break_on_hyphens=False,
    ) or [first]


def digest_pdf(digest: Digest) -> bytes:
    """The digest as PDF: the first page is what to do first."""
    paper = Paper(title=digest.title, clinic=digest.clinic, foot=digest.foot)
    data = {
        "under": digest.under,
        "loud": digest.loud,
        "calm": digest.calm,
        "first": [asdict(one) for one in digest.first],
        "sections": [asdict(one) for one in digest.sections],
    }
    return document("digest", paper, data, at=digest.at)
