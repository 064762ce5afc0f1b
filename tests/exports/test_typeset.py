"""Documents as PDF: what a person typed is text, all of it is on the paper, and the same data give the same bytes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from pumplog.exports import typeset
from pumplog.exports.typeset import (
    Column,
    Facts,
    Heading,
    NewPage,
    Paper,
    Paragraph,
    Part,
    Picture,
    Table,
    picture_svg,
    report,
)
from tests.exports.paper import bookmarks_of, pages_of, signs_off_the_paper

AT = datetime(2026, 5, 5, 9, 30, tzinfo=UTC)
PAPER = Paper(title="Audit report", clinic="North clinic", foot="made 5 May 2026 by M. Keller")

MARKUP = (
    '#import "base.typ": *',
    "*bold* _slanted_ `code` $x^2$ = heading",
    "<label> @reference // comment /* comment */ \\u{1F600}",
    "#text(fill: white)[gone] #pagebreak() ]) #sys.inputs.data",
    '" , "title": "other',
)
NAMES = (
    "Łukasz Świętosławski",
    "Đặng Thị Hồng Nhung",
    "Ægir Þórðarson",
    "Ωμέγα Παπαδοπούλου",
    "Жанна Щукина",
    "Ünal Çağrı Gül İpek",  # noqa: RUF001  a Turkish letter
)


def said_in(value: str) -> str:
    """What the one paragraph of a document says, read from its paper."""
    (page,) = pages_of(report(PAPER, [Paragraph(value)], at=AT))
    return page


@pytest.mark.parametrize("typed", MARKUP)
@pytest.mark.parametrize(
    "place",
    [
        lambda typed: [Paragraph(typed)],
        lambda typed: [Heading(typed)],
        lambda typed: [Facts(((typed, typed),))],
        lambda typed: [Table((Column(typed),), ((typed,),))],
    ],
    ids=["paragraph", "heading", "facts", "table"],
)
def test_what_a_person_typed_is_text_wherever_it_stands(typed: str, place: Callable[[str], list[Part]]) -> None:
    (page,) = pages_of(report(PAPER, place(typed), at=AT))
    assert " ".join(typed.split()) in page


@pytest.mark.parametrize("typed", MARKUP)
def test_what_a_person_typed_is_text_around_the_document_as_well(typed: str) -> None:
    (page,) = pages_of(report(Paper(typed, typed, typed), [Paragraph("x")], at=AT, under=typed))
    assert page.count(" ".join(typed.split())) == 5


@pytest.mark.parametrize("name", NAMES)
def test_names_of_latin_greek_and_cyrillic_letters_are_drawn(name: str) -> None:
    assert name in said_in(name)


def test_a_letter_with_its_mark_apart_is_drawn_as_one() -> None:
    assert "José" in said_in("Jose\u0301")


def test_names_written_from_right_to_left_are_drawn() -> None:
    for name in ("שלום", "مرحبا"):
        page = said_in(name)
        assert "[U+" not in page


def test_what_no_font_has_is_spelt_out_and_not_left_away() -> None:
    assert "Tanaka [U+5C71][U+7530] [U+1F600]" in said_in("Tanaka 山田 😀")


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\u2066", "\ue000", "\ufeff", "\ud800", "\U000f0000"])
def test_signs_that_are_not_seen_or_turn_a_line_around_are_spelt_out(sign: str) -> None:
    assert f"NG[U+{ord(sign):04X}]001" in said_in(f"NG{sign}001")


def test_lines_that_a_person_began_are_lines() -> None:
    assert "first second third" in said_in("first\nsecond\r\nthird")


@pytest.mark.parametrize("letter", ["W", "q", "Ж"])
def test_four_thousand_letters_without_a_space_are_all_on_the_paper(letter: str) -> None:
    table = Table((Column("No.", None), Column("Note"), Column("Other")), (("1", letter * 4_000, "end"),))
    for parts in ([table], [Paragraph(letter * 4_000)], [Facts((("Note", letter * 4_000),))]):
        content = report(PAPER, parts, at=AT)
        assert sum(page.count(letter) for page in pages_of(content)) == 4_000
        assert list(signs_off_the_paper(content)) == []


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    content = report(PAPER, [Paragraph("Dose 2,000 mcg/day, 0.5 mL, 12 h and 12 horses")], at=AT)
    document = pypdfium2.PdfDocument(content)
    said = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "2,000\u00a0mcg/day, 0.5\u00a0mL, 12\u00a0h and 12 horses" in said


def long_table(rows_count: int = 200) -> Table:
    rows = tuple((f"NG{number:06}", f"row {number}", f"{number:,} mcg") for number in range(rows_count))
    return Table((Column("Serial", None), Column("What"), Column("Dose", None, number=True)), rows, ("danger",))


def test_the_head_of_a_table_is_on_each_page_and_every_row_once() -> None:
    pages = pages_of(report(PAPER, [long_table()], at=AT))
    assert len(pages) > 3
    assert [page.count("Serial What Dose") for page in pages] == [1] * len(pages)
    for number in range(200):
        assert sum(page.count(f"NG{number:06}") for page in pages) == 1


def test_each_page_says_which_of_how_many_it_is_whose_and_made_when() -> None:
    pages = pages_of(report(PAPER, [long_table()], at=AT))
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Audit report North clinic" in page
        assert "made 5 May 2026 by M. Keller" in page


def test_headings_are_bookmarks() -> None:
    parts: list[Part] = [Heading("Due"), Heading("North", level=2), NewPage(), Heading("Alarms")]
    assert bookmarks_of(report(PAPER, parts, at=AT)) == [(0, "Due"), (1, "North"), (0, "Alarms")]


def test_a_new_page_is_a_new_page() -> None:
    pages = pages_of(report(PAPER, [Paragraph("one"), NewPage(), Paragraph("two")], at=AT))
    assert ["one" in page for page in pages] == [True, False]


def test_a_wide_report_lies_on_its_side() -> None:
    document = pypdfium2.PdfDocument(report(PAPER, [Paragraph("x")], at=AT, flipped=True))
    width, height = document[0].get_size()
    document.close()
    assert width > height


def test_the_same_data_at_the_same_moment_give_the_same_bytes_and_another_moment_others() -> None:
    parts: list[Part] = [Heading("x"), long_table(30)]
    assert report(PAPER, parts, at=AT) == report(PAPER, parts, at=AT)
    assert report(PAPER, parts, at=AT) != report(PAPER, parts, at=AT.replace(hour=10))


def test_a_document_says_that_it_may_be_kept_and_read_aloud() -> None:
    content = report(PAPER, [Heading("x"), long_table(3)], at=AT)
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"/MarkInfo" in content


def test_only_fonts_that_typst_brings_are_used() -> None:
    assert set(typeset._fonts().families()) >= {"Libertinus Serif", "DejaVu Sans Mono"}
    assert {font.path for font in typeset._fonts().fonts()} == {None}


CHART = {
    "data": {"values": [{"month": "May", "count": 3}, {"month": "June", "count": 5}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "month", "type": "ordinal", "title": "Month"},
        "y": {"field": "count", "type": "quantitative", "title": "Refills"},
    },
}


def test_a_chart_is_drawn_without_a_network_in_the_documents_own_type() -> None:
    content = report(PAPER, [Picture(picture_svg(CHART), "Refills by month: May 3, June 5")], at=AT)
    (page,) = pages_of(content)
    assert "May" in page
    assert "Refills" in page


def test_a_chart_that_asks_for_data_from_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        picture_svg({**CHART, "data": {"url": "http://127.0.0.1:9/patients.csv"}})


def test_a_letter_that_cannot_be_set_with_its_neighbours_never_stops_the_paper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Signs are asked about one by one; should a cluster of them fail all the same, the paper comes out plain."""
    monkeypatch.setattr(typeset, "_is_drawn", lambda _: True)
    content = report(PAPER, [Paragraph("Tanaka 山田")], at=AT)
    assert "Tanaka" in pages_of(content)[0]
    assert b"pdfaid" not in content


def test_other_paper_may_be_asked_for() -> None:
    document = pypdfium2.PdfDocument(report(replace(PAPER, paper="us-letter"), [Paragraph("x")], at=AT))
    assert [round(side) for side in document[0].get_size()] == [612, 792]
    document.close()
