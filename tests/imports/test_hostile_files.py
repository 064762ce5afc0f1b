"""Sheets made to harm: bombs, entities, formulas, endless things. Each is refused quickly, in a sentence."""

import csv
import os
import re
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.xml import DEFUSEDXML

from pumplog.errors import EntryRefused
from pumplog.imports import Sheet, raw, read_clinic_sheet, read_rows, read_sheet, recognise_columns, xlsx_parts
from pumplog.reference import Reference
from tests.imports.conftest import GOOD, TODAY

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
QUICK_SECONDS = 10
LITTLE_BYTES = 100_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook with one good row in it, to be made hostile."""
    workbook = openpyxl.Workbook()
    workbook.active.append(tuple(GOOD))
    workbook.active.append(tuple(GOOD.values()))
    workbook.save(tmp_path / "clinic.xlsx")
    return tmp_path / "clinic.xlsx"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    return tmp_path / "clinic.csv"


def whole(path: Path, reference: Reference) -> Sheet:
    return read_clinic_sheet(path, reference=reference, today=TODAY)


def refusal(path: Path, reference: Reference) -> str:
    """Why a file is refused; it must not take long, nor much memory."""
    started = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(EntryRefused) as caught:
            whole(path, reference)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started < QUICK_SECONDS
    assert most < LITTLE_BYTES
    fault = caught.value.faults[0]
    assert fault.field in ("file", "columns")
    assert fault.says.endswith(".")
    return fault.says


def changed(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    before = content[member]
    content[member] = change(before)
    assert content[member] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def with_rows(path: Path, rows: bytes) -> None:
    changed(path, SHEET, lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>"))


def added(path: Path, name: str, pieces: Iterator[bytes]) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for piece in pieces:
            member.write(piece)


def noise(length: int) -> bytes:
    """Letters that do not pack well."""
    return os.urandom(length // 2).hex().encode()


def test_the_workbook_is_good_before_it_is_made_hostile(path: Path, reference: Reference) -> None:
    assert len(whole(path, reference).visits) == 1


# Bombs


def test_a_bomb_that_tells_its_size_is_refused_before_unpacking(path: Path, reference: Reference) -> None:
    added(path, "xl/worksheets/sheet9.xml", (bytes(1_000_000) for _ in range(129)))
    assert "unpacks to more than 128 MB" in refusal(path, reference)


def test_a_bomb_below_that_size_is_told_by_how_densely_it_is_packed(path: Path, reference: Reference) -> None:
    added(path, "xl/media/picture.png", (bytes(1_000_000) for _ in range(5)))
    assert "more than 200 times its size" in refusal(path, reference)


def test_a_sheet_of_repeated_cells_is_not_taken_for_a_bomb(path: Path, reference: Reference) -> None:
    one = '<c r="{}" s="0"/>'
    row = "".join(one.format(f"{letter}2") for letter in "ABCDEFGHIJKLMNOPQR")
    with_rows(path, "".join(f'<row r="{n}">{row}</row>' for n in range(3, 20_000)).encode())
    assert len(whole(path, reference).visits) == 1


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_beyond_it(path: Path, reference: Reference) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 500_000))
    with_rows(path, rows)
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo(SHEET).file_size
    content = path.read_bytes()
    assert content.count(struct.pack("<L", true)) >= 1
    path.write_bytes(content.replace(struct.pack("<L", true), struct.pack("<L", 5_000)))
    assert "not a workbook that can be read" in refusal(path, reference)


def test_what_is_unpacked_is_counted_whatever_the_archive_says(
    path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_parts, "_refuse_a_bomb", lambda *_said: None)
    with_rows(path, b" " * 130_000_000)
    assert "unpacks to more than 128 MB" in refusal(path, reference)


def test_one_part_that_is_pointed_to_again_and_again_is_counted_each_time(path: Path, reference: Reference) -> None:
    added(path, "xl/shared.xml", iter([b"<sst>" + noise(3_000_000) + b"</sst>"]))
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    many = b"".join(b'<Relationship Type="%s" Target="shared.xml" Id="x%d"/>' % (kind, n) for n in range(60))
    changed(path, RELATIONS, lambda said: said.replace(b"</Relationships>", many + b"</Relationships>"))
    assert "unpacks to more than 128 MB" in refusal(path, reference)


def test_an_archive_in_an_archive_is_left_packed(path: Path, reference: Reference) -> None:
    inner = path.with_name("inner.zip")
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    added(path, "xl/embeddings/inner.zip", iter([inner.read_bytes()]))
    assert len(whole(path, reference).visits) == 1


def test_a_workbook_of_very_many_parts_is_refused_before_its_directory_is_read(
    path: Path, reference: Reference
) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"x/{number}", b"")
    assert "more than 1,000 parts" in refusal(path, reference)


def test_a_shared_text_shown_very_often_is_refused(path: Path, reference: Reference) -> None:
    added(path, "xl/shared.xml", iter([b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"]))
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    one = b'<Relationship Type="%s" Target="shared.xml" Id="x1"/></Relationships>' % kind
    changed(path, RELATIONS, lambda said: said.replace(b"</Relationships>", one))
    cells = b'<c t="s"><v>0</v></c>' * 18
    with_rows(path, b"".join(b'<row r="%d">%s</row>' % (n, cells) for n in range(3, 2_000)))
    assert path.stat().st_size < 50_000
    assert "more than 64 million letters" in refusal(path, reference)


# XML

LAUGHS = b'<!DOCTYPE x [<!ENTITY a "%s">%s]>' % (
    b"ha" * 50,
    b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (str(n - 1).encode() if n else b"") * 10) for n in range(9)),
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file://%s">]>'


@pytest.mark.parametrize("member", [SHEET, BOOK, RELATIONS, STYLES, "_rels/.rels"])
@pytest.mark.parametrize("kind", ["laughs", "outside", "parameter"])
def test_entities_are_refused_wherever_they_are_declared(
    path: Path, reference: Reference, tmp_path: Path, member: str, kind: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("4711 very secret")
    declared = {
        "laughs": LAUGHS,
        "outside": OUTSIDE % str(secret).encode(),
        "parameter": b'<!DOCTYPE x [<!ENTITY %% p SYSTEM "file://%s"> %%p;]>' % str(secret).encode(),
    }[kind]

    def hostile(said: bytes) -> bytes:
        head, _, body = said.rpartition(b"?>")
        body = re.sub(rb"<t>MRN</t>", b"<t>&a;</t>", body)
        return (head + b"?>" if head else b"") + declared + body

    changed(path, member, hostile)
    says = refusal(path, reference)
    assert "not a workbook that can be read" in says
    assert "4711" not in says


def test_openpyxl_itself_reads_with_entities_shut_out() -> None:
    assert DEFUSEDXML, "defusedxml is there, for whoever opens a workbook with openpyxl"


def test_an_element_that_does_not_end_is_refused(path: Path, reference: Reference) -> None:
    with_rows(path, b'<row r="3" x="' + noise(30_000_000) + b'"></row>')
    assert "not a workbook that can be read" in refusal(path, reference)


def test_a_text_longer_than_a_cell_can_be_is_refused(path: Path, reference: Reference) -> None:
    with_rows(path, b'<row r="3"><c t="inlineStr"><is><t>' + noise(30_000_000) + b"</t></is></c></row>")
    assert "cell with more than 32,767 letters" in refusal(path, reference)


def test_a_text_as_long_as_a_cell_can_be_is_a_fault_of_its_row_alone(path: Path, reference: Reference) -> None:
    def long(sheet: bytes) -> bytes:
        return sheet.replace(b"<t>M. Keller</t>", b"<t>" + b"n" * 32_767 + b"</t>")

    changed(path, SHEET, long)
    (row,) = whole(path, reference).refused
    assert row.fields == ("nurse",)
    assert "more than 2,000 letters" in row.faults[0].says


def test_a_sheet_nested_very_deeply_is_refused(path: Path, reference: Reference) -> None:
    with_rows(path, b"".join(b"<a%s>" % (b" " * (byte % 13)) for byte in os.urandom(300_000)))
    assert "not a workbook that can be read" in refusal(path, reference)


def test_a_sheet_of_very_many_names_is_refused(path: Path, reference: Reference) -> None:
    with_rows(path, b"".join(b"<a%d/>" % n for n in range(300_000)))
    assert "not a workbook that can be read" in refusal(path, reference)


def test_a_format_made_to_be_slow_is_read_in_time(path: Path, reference: Reference) -> None:
    slow = b'<numFmts><numFmt numFmtId="200" formatCode="' + b"[" * 150_000 + b'"/></numFmts>'
    changed(path, STYLES, lambda said: re.sub(rb"<numFmts[^>]*/>", slow, said))
    changed(path, STYLES, lambda said: re.sub(rb'(<cellXfs[^>]*><xf numFmtId=")0', rb"\g<1>200", said))
    started = time.monotonic()
    assert len(whole(path, reference).visits) == 1
    assert time.monotonic() - started < QUICK_SECONDS


def test_a_sheet_of_a_million_columns_is_refused(path: Path, reference: Reference) -> None:
    with_rows(path, b'<row r="3">' + b"".join(b"<c><v>%d</v></c>" % (n * n) for n in range(1_000_000)) + b"</row>")
    assert "256 columns" in refusal(path, reference)


# Formulas


@pytest.mark.parametrize("field", ["Drawn (mL)", "Drug", "Patient", "Notes", "Lot", "Visit date"])
@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://evil.example")', "=cmd|' /C calc'!A0"])
def test_a_formula_is_never_worked_out(text: Path, reference: Reference, field: str, formula: str) -> None:
    with text.open("w", newline="") as file:
        csv.writer(file).writerows([list(GOOD), list((GOOD | {field: formula}).values())])
    (row,) = whole(text, reference).refused
    assert "holds a formula without its result" in row.faults[0].says


def test_a_formula_in_a_workbook_is_its_result_or_a_fault(path: Path, reference: Reference) -> None:
    def formula(sheet: bytes) -> bytes:
        return re.sub(rb'<c r="I2"[^>]*>.*?</c>', b'<c r="I2"><f>SUM(1,1)</f></c>', sheet)

    changed(path, SHEET, formula)
    (row,) = whole(path, reference).refused
    assert row.fields == ("drawn_ml",)
    assert "holds a formula without its result" in row.faults[0].says


@pytest.mark.parametrize("note", ["+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1,1)", "\tx", "'; DROP TABLE event_log; --"])
def test_what_another_program_might_take_for_a_formula_is_text(text: Path, reference: Reference, note: str) -> None:
    with text.open("w", newline="") as file:
        csv.writer(file).writerows([list(GOOD), list((GOOD | {"Notes": note}).values())])
    (visit,) = whole(text, reference).visits
    assert visit.notes == note.strip()


# Endless things


def test_one_endless_line_is_refused(text: Path, reference: Reference) -> None:
    text.write_bytes(b"a" * 60_000_000)
    assert "not a CSV" in refusal(text, reference)
    with text.open("wb") as file:
        file.truncate(100_000_000)
    assert "bigger than 64 MB" in refusal(text, reference)


def test_a_file_of_zero_bytes_alone_is_refused(text: Path, reference: Reference) -> None:
    text.write_bytes(bytes(30_000_000))
    assert "not a CSV" in refusal(text, reference)


@pytest.mark.parametrize("header", ["mg " * 1_000, "(" * 3_000, "a" * 3_000, "24h per day " * 200])
def test_headers_made_to_be_slow_are_refused_in_time(text: Path, reference: Reference, header: str) -> None:
    text.write_text(",".join([header] * 250) + "\n1,2\n")
    assert "is not known" in refusal(text, reference)


def test_a_header_of_very_many_columns_is_refused_in_time(text: Path, reference: Reference) -> None:
    text.write_text("dose mg," * 120_000 + "\n1,2\n")
    assert "more than 256 columns" in refusal(text, reference)


@pytest.mark.parametrize("cell", ["9" * 30_000, "1," * 15_000, "2026-" * 6_000, "1 mg/" * 6_000, "- " * 15_000])
def test_cells_made_to_be_slow_are_faults_of_their_rows(text: Path, reference: Reference, cell: str) -> None:
    rows = [list((GOOD | {name: cell}).values()) for name in GOOD]
    with text.open("w", newline="") as file:
        csv.writer(file).writerows([list(GOOD), *rows])
    started = time.monotonic()
    sheet = whole(text, reference)
    assert time.monotonic() - started < QUICK_SECONDS
    assert len(sheet.refused) == len(GOOD)
    assert all(len(fault.says) < 500 for fault in sheet.faults)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_reading_is_stopped_when_its_time_is_over(
    path: Path, text: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    text.write_text(",".join(GOOD) + "\n" + ",".join(f'"{cell}"' for cell in GOOD.values()) + "\n")
    chosen = path if kind == "xlsx" else text
    assert len(whole(chosen, reference).visits) == 1
    monkeypatch.setattr(raw, "READING_SECONDS", -1)
    assert "took more than -1 seconds and was stopped" in refusal(chosen, reference)


def test_understanding_the_rows_is_stopped_when_its_time_is_over(
    text: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    text.write_text(",".join(GOOD) + "\n" + ",".join(f'"{cell}"' for cell in GOOD.values()) + "\n")
    read = read_sheet(text, policy=reference.policy)
    monkeypatch.setattr(raw, "READING_SECONDS", -1)
    columns, over = recognise_columns(read.headers), raw.Deadline()
    with pytest.raises(EntryRefused, match="and was stopped"):
        read_rows(read, columns, reference=reference, today=TODAY, deadline=over)
