"""Workbooks as spreadsheet programs write them, and workbooks that are traps."""

import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pumplog.errors import EntryRefused
from pumplog.imports import RawSheet, Sheet, read_clinic_sheet, read_sheet
from pumplog.reference import Reference
from tests.imports.conftest import GOOD, TODAY

ROW = tuple(GOOD.values())
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.xlsx"


def save(path: Path, *rows: Sequence[object], prepare: Callable[[Any], None] | None = None) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Refills"
    for row in rows:
        workbook.active.append(row)
    if prepare is not None:
        prepare(workbook)
    workbook.save(path)


def whole(path: Path, reference: Reference, sheet: str | None = None) -> Sheet:
    return read_clinic_sheet(path, reference=reference, today=TODAY, sheet=sheet)


def raw(path: Path, reference: Reference) -> RawSheet:
    return read_sheet(path, policy=reference.policy)


def refusal(path: Path, reference: Reference, sheet: str | None = None) -> str:
    with pytest.raises(EntryRefused) as caught:
        whole(path, reference, sheet)
    (fault,) = caught.value.faults
    assert fault.field == "file"
    return fault.says


def change(path: Path, member: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for other in (b"<v />", b"<v></v>"):  # openpyxl writes the one or the other, as lxml is there or not
        content[member] = content[member].replace(other, b"<v/>")
    assert old.encode() in content[member]
    content[member] = content[member].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def share(path: Path, texts: str) -> None:
    """Turn a sheet of two rows into one whose cells show the first and the second of some shared texts."""
    save(path, (0,), (1,))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9" />'
    change(path, "xl/_rels/workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>")
    change(path, SHEET, 't="n"', 't="s"')
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst>{texts}</sst>")


def test_reads_texts_numbers_and_dates(path: Path, reference: Reference) -> None:
    row = GOOD | {"Concentration": "2000 µg/mL"}
    typed: dict[str, object] = {
        "MRN": 2473831,
        "DOB": date(2010, 12, 12),
        "Visit date": datetime(2025, 2, 19),  # noqa: DTZ001 - a cell knows no zone
        "Drawn (mL)": 5.1,
        "Filled to (mL)": 17.3 + 0.1,
    }
    save(path, tuple(GOOD), tuple((row | typed).values()))
    (visit,) = whole(path, reference).visits
    assert visit.patient_id == "2473831"
    assert (visit.date_of_birth, visit.visit_on) == (date(2010, 12, 12), date(2025, 2, 19))
    assert (str(visit.drawn_ml), str(visit.volume_after_fill_ml)) == ("5.1", "17.4")
    assert visit.cells["visit_date"] == "2025-02-19"


def test_reads_a_workbook_whatever_its_file_name(tmp_path: Path, reference: Reference) -> None:
    path = tmp_path / "clinic.csv"
    save(tmp_path / "clinic.xlsx", tuple(GOOD), ROW)
    (tmp_path / "clinic.xlsx").rename(path)
    assert len(whole(path, reference).visits) == 1


def test_lines_are_the_rows_of_the_sheet(path: Path, reference: Reference) -> None:
    save(path, (), tuple(GOOD), ("",), (), tuple((GOOD | {"Drug": "tea"}).values()))
    assert [fault.line for fault in whole(path, reference).faults] == [5]


def test_shows_every_kind_of_cell_as_text(path: Path, reference: Reference) -> None:
    afternoon = datetime(2026, 5, 5, 14, 30)  # noqa: DTZ001 - a cell knows no zone
    kinds = (True, False, 12, 0.1 + 0.2, 1e-7, 12345678901.0, afternoon, time(9, 5), None, "#N/A")
    save(path, ("a",), kinds)
    (row,) = raw(path, reference).rows
    assert row.cells == (
        "TRUE",
        "FALSE",
        "12",
        "0.3",
        "0.0000001",
        "12345678901",
        "2026-05-05 14:30:00",
        "09:05:00",
        "",
        "#N/A",
    )


def test_a_day_that_no_calendar_has_is_left_as_a_number(path: Path, reference: Reference) -> None:
    save(path, ("a",), (date(2026, 5, 5),))
    change(path, SHEET, "<v>46147</v>", "<v>99999999999</v>")
    assert raw(path, reference).rows[0].cells == ("99999999999",)


def test_reads_days_counted_from_1904(path: Path, reference: Reference) -> None:
    def from_1904(workbook: Any) -> None:
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    save(path, ("a",), (date(2026, 5, 5),), prepare=from_1904)
    assert raw(path, reference).rows[0].cells == ("2026-05-05",)


def test_takes_the_result_of_a_formula_and_shows_one_without(path: Path, reference: Reference) -> None:
    save(path, ("a", "b", "c", "d"), (1, "=A2*2", "=A2*3", '=""'))
    change(path, SHEET, "<f>A2*2</f><v/>", "<f>A2*2</f><v>2</v>")
    change(path, SHEET, '<c r="D2"><f>""</f>', '<c r="D2" t="str"><f>""</f>')
    assert raw(path, reference).rows[0].cells == ("1", "2", "=A2*3")


def test_reads_texts_written_in_pieces(path: Path, reference: Reference) -> None:
    save(path, ("a",), ("2000",))
    pieces = '<r><t>2000 </t></r><r><t>mcg/mL</t></r><rPh sb="0" eb="1"><t>x</t></rPh>'
    change(path, SHEET, "<is><t>2000</t></is>", f"<is>{pieces}</is>")
    assert raw(path, reference).rows[0].cells == ("2000 mcg/mL",)


def test_reads_texts_that_cells_share(path: Path, reference: Reference) -> None:
    share(path, '<si><t>a</t></si><si><r><t>who</t></r><r><t>le</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>')
    assert raw(path, reference).rows[0].cells == ("whole",)


def test_refuses_shared_texts_that_declare_entities(path: Path, reference: Reference) -> None:
    share(path, "<si><t>a</t></si><si><t>b</t></si>")
    change(path, "xl/sharedStrings.xml", "<sst>", '<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst>')
    assert "not a workbook" in refusal(path, reference)


def test_refuses_a_shared_text_that_is_not_there(path: Path, reference: Reference) -> None:
    share(path, "<si><t>a</t></si>")
    assert "not a workbook" in refusal(path, reference)


def test_reads_a_sheet_whose_elements_have_a_prefix_and_no_places(path: Path, reference: Reference) -> None:
    save(path, ("a",), ("b",))
    prefixed = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        "<x:row><x:c><x:v>1</x:v></x:c><x:c/><x:c><x:v>3</x:v></x:c></x:row><x:row><x:c><x:v>4</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    )
    with zipfile.ZipFile(path) as archive:
        written = archive.read(SHEET).decode()
    change(path, SHEET, written, prefixed)
    sheet = raw(path, reference)
    assert sheet.headers == ("1", "", "3")
    assert [(row.line, row.cells) for row in sheet.rows] == [(2, ("4",))]


def with_others(workbook: Any) -> None:
    for name in ("Old pumps", "Staff"):
        workbook.create_sheet(name).append(["x"])


def test_reads_the_sheet_that_is_named(path: Path, reference: Reference) -> None:
    def named(workbook: Any) -> None:
        with_others(workbook)
        workbook.move_sheet("Refills", 2)

    save(path, tuple(GOOD), ROW, prepare=named)
    assert len(whole(path, reference, sheet=" refills").visits) == 1
    assert "no rows" in refusal(path, reference)


def test_names_the_sheets_there_are_when_one_is_missing(path: Path, reference: Reference) -> None:
    save(path, tuple(GOOD), ROW, prepare=with_others)
    assert 'it has "Refills", "Old pumps", "Staff"' in refusal(path, reference, sheet="Refils")


def test_passes_over_sheets_that_are_hidden_or_charts(path: Path, reference: Reference) -> None:
    def hidden(workbook: Any) -> None:
        with_others(workbook)
        workbook.create_chartsheet("Chart", 0)
        workbook.move_sheet("Old pumps", -2)
        workbook["Old pumps"].sheet_state = "hidden"

    save(path, tuple(GOOD), ROW, prepare=hidden)
    assert len(whole(path, reference).visits) == 1


def test_refuses_an_empty_workbook(path: Path, reference: Reference) -> None:
    save(path)
    assert "is empty" in refusal(path, reference)


def test_refuses_a_zip_that_is_no_workbook(path: Path, reference: Reference) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert "not a workbook" in refusal(path, reference)


@pytest.mark.parametrize("cut", [3, 100, -30])
def test_refuses_a_workbook_that_was_cut(path: Path, reference: Reference, cut: int) -> None:
    save(path, tuple(GOOD), ROW)
    path.write_bytes(path.read_bytes()[:cut])
    assert "not a workbook" in refusal(path, reference)


def test_refuses_or_reads_a_workbook_with_any_byte_changed(path: Path, reference: Reference) -> None:
    save(path, ("a",), (1,), ("whole",))
    good = path.read_bytes()
    for place in range(0, len(good), 37):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            raw(path, reference)
        except EntryRefused:
            continue


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        (SHEET, "<sheetData>", "<sheetData><wrong>"),
        (SHEET, '<row r="2"', '<row r="1"'),
        (SHEET, '<row r="2"', '<row r="two"'),
        ("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId99"'),
    ],
)
def test_refuses_a_workbook_that_contradicts_itself(
    path: Path, reference: Reference, member: str, old: str, new: str
) -> None:
    save(path, ("a",), ("whole",))
    change(path, member, old, new)
    assert "not a workbook" in refusal(path, reference)


def test_refuses_a_zip_bomb_before_unpacking_it(path: Path, reference: Reference) -> None:
    save(path, tuple(GOOD), ROW)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet9.xml", "w") as member,
    ):
        for _ in range(129):
            member.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    assert "unpacks to more than 128 MB" in refusal(path, reference)


def test_refuses_a_cell_far_to_the_right(path: Path, reference: Reference) -> None:
    def far(workbook: Any) -> None:
        workbook.active["XFD2"] = "x"

    save(path, tuple(GOOD), ROW, prepare=far)
    assert "more than 256 columns" in refusal(path, reference)


def test_refuses_a_million_rows_without_reading_them_all(path: Path, reference: Reference) -> None:
    save(path, ("a",), (1,))
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, 1_000_001))
    change(path, SHEET, "</sheetData>", f"{rows}</sheetData>")
    assert "more than 50,000 rows" in refusal(path, reference)
