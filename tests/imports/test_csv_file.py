"""CSV files as clinics make them, and files that only look like one."""

from pathlib import Path

import pytest

from pumplog.errors import EntryRefused
from pumplog.imports import RawRow, Sheet, read_clinic_sheet, read_sheet
from pumplog.reference import Reference
from tests.imports.conftest import GOOD, TODAY, ReadSheet

HEADER = ",".join(GOOD)
ROW = ",".join(f'"{cell}"' for cell in GOOD.values())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.csv"


def whole(path: Path, reference: Reference) -> Sheet:
    return read_clinic_sheet(path, reference=reference, today=TODAY)


def refusal(path: Path, reference: Reference, sheet: str | None = None) -> str:
    with pytest.raises(EntryRefused) as caught:
        read_clinic_sheet(path, reference=reference, today=TODAY, sheet=sheet)
    (fault,) = caught.value.faults
    assert fault.field == "file"
    return fault.says


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_reads_every_usual_kind_of_csv(
    path: Path, reference: Reference, separator: str, encoding: str, ending: str
) -> None:
    cells = GOOD | {"Concentration": "2000 µg/mL", "Drawn (mL)": "3,5", "Nurse": "M. Müller"}
    quoted = separator.join(f'"{cell}"' for cell in cells.values())
    path.write_bytes((separator.join(GOOD) + ending + quoted + ending).encode(encoding))
    (visit,) = whole(path, reference).visits
    assert (visit.nurse, str(visit.drawn_ml), visit.cells["concentration"]) == ("M. Müller", "3.5", "2000 µg/mL")


def test_reads_a_file_that_says_its_separator_first(path: Path, reference: Reference) -> None:
    path.write_text("sep=;\n" + ";".join(GOOD) + "\n" + ";".join(GOOD.values()) + "\n", "utf-8")
    assert [visit.line for visit in whole(path, reference).visits] == [3]


def test_blank_lines_before_the_header_are_skipped(path: Path, reference: Reference) -> None:
    path.write_text(f"\n,,,\n{HEADER}\n\n{ROW}\n", "utf-8")
    assert [visit.line for visit in whole(path, reference).visits] == [5]


def test_a_record_on_several_lines_is_named_by_its_first(path: Path, reference: Reference) -> None:
    several = ROW.replace('""', '"one\ntwo\nthree"')
    path.write_text(f"{HEADER}\n{several}\n{ROW.replace('baclofen', 'tea')}\n", "utf-8")
    assert [fault.line for fault in whole(path, reference).faults] == [5]


def test_refuses_a_row_with_a_cell_too_many(path: Path, reference: Reference) -> None:
    unquoted = ",".join((GOOD | {"Patient": "Grace", "Notes": "moved home, new phone"}).values())
    path.write_text(f"{HEADER}\n{unquoted}\n", "utf-8")
    (row,) = whole(path, reference).refused
    assert row.fields == ("notes",)
    assert "put quotes around" in row.faults[0].says
    assert row.pump_serial == "NG871679H"
    assert row.identity is None


def test_refuses_something_in_a_column_without_a_header(read: ReadSheet) -> None:
    sheet = read({"Notes": "later"}, renamed={"Notes": ""})
    assert [fault.field for fault in sheet.faults] == ["nurse"]


def test_a_row_may_end_before_its_blank_cells(path: Path, reference: Reference) -> None:
    path.write_text(f"{HEADER},,\n{ROW.removesuffix(',' + chr(34) * 2)}\n", "utf-8")
    assert len(whole(path, reference).visits) == 1


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf", b" , ,\n"])
def test_refuses_an_empty_file(path: Path, reference: Reference, content: bytes) -> None:
    path.write_bytes(content)
    assert "is empty" in refusal(path, reference)


def test_refuses_a_header_alone(path: Path, reference: Reference) -> None:
    path.write_text(f"{HEADER}\n,,,\n", "utf-8")
    assert "no rows below it" in refusal(path, reference)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"MRN,Patient\x00,DOB\n1,2,3\n",
        b"<html><table>",
        b"{\\rtf1 hello}",
        bytes(range(256)),
        b"a,b\n1,\x81\x8d\n",
        b"\xff\xfea",
        b"MRN,Patient\n" + b"a" * 70_000 + b"\x00",
        b"a" * 1_500_000,
    ],
)
def test_refuses_a_file_that_is_not_csv(path: Path, reference: Reference, content: bytes) -> None:
    path.write_bytes(content)
    assert "is not a CSV" in refusal(path, reference)


def test_refuses_an_old_or_locked_workbook(path: Path, reference: Reference) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    assert "save it as XLSX" in refusal(path, reference)


@pytest.mark.parametrize("tail", ['"never closed\n1,2\n', '"a"b,c\n', '"' + "x" * 200_000 + '"\n'])
def test_refuses_quotes_that_do_not_match(path: Path, reference: Reference, tail: str) -> None:
    path.write_text(f"{HEADER}\n{ROW}\n{tail}", "utf-8")
    assert "record that begins on line 3" in refusal(path, reference)


def test_refuses_too_many_rows_without_reading_them_all(path: Path, reference: Reference) -> None:
    ceiling = reference.policy.import_rows_ceiling_count.value
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        file.writelines("1,2,3\n" for _ in range(ceiling))
    assert len(read_sheet(path, policy=reference.policy).rows) == ceiling
    with path.open("a", encoding="utf-8") as file:
        file.write("1,2,3\n" * 950_000)
    assert "more than 50,000 rows" in refusal(path, reference)


def test_refuses_endless_blank_rows(path: Path, reference: Reference) -> None:
    path.write_text(f"{HEADER}\n{ROW}\n" + ",\n" * 60_000, "utf-8")
    assert "blank rows after line 2" in refusal(path, reference)


def test_refuses_too_many_columns(path: Path, reference: Reference) -> None:
    path.write_text("x," * 300 + "x\n", "utf-8")
    assert "more than 256 columns" in refusal(path, reference)


def test_refuses_a_file_that_is_too_big_before_opening_it(path: Path, reference: Reference) -> None:
    with path.open("wb") as file:
        file.truncate(reference.policy.import_bytes_ceiling_count.value + 1)
    assert "bigger than 64 MB" in refusal(path, reference)


def test_refuses_a_file_that_is_not_there(tmp_path: Path, reference: Reference) -> None:
    assert "cannot be read" in refusal(tmp_path / "missing.csv", reference)
    assert "cannot be read" in refusal(tmp_path, reference)


def test_refuses_the_name_of_a_sheet_for_a_csv(path: Path, reference: Reference) -> None:
    path.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    assert "has no sheets" in refusal(path, reference, sheet="Refills")


def test_gives_rows_with_their_lines_as_text(path: Path, reference: Reference) -> None:
    path.write_text("a,b\n\n1, 2 ,,\n", "utf-8")
    raw = read_sheet(path, policy=reference.policy)
    assert raw.headers == ("a", "b")
    assert raw.rows == (RawRow(3, ("1", " 2 ")),)
