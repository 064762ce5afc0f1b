"""A file of cases in, a file of answers out."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from pumplog.cases import (
    BRIDGE_CALCULATOR,
    CALCULATORS,
    NEXT_REFILL_CALCULATOR,
    RESIDUAL_CALCULATOR,
    Calculator,
    explain_case,
)
from pumplog.cases.file import answer_file
from pumplog.errors import CalculationRefused, EntryRefused
from pumplog.exports.values import answer_record
from tests.cli.terminal import DATA, assert_sentences, inside, outside
from tests.cli.test_calc import BESIDE, FILES, INPUTS, agrees

D1 = "2026-01-05,20,2,2000,300,0,180,7"
HEADER = ",".join(NEXT_REFILL_CALCULATOR.inputs)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answered(
    folder: Path, content: str | bytes, calculator: Calculator = NEXT_REFILL_CALCULATOR
) -> list[dict[str, str]]:
    cases, answers = folder / "in.csv", folder / "out.csv"
    cases.write_bytes(content.encode() if isinstance(content, str) else content)
    answer_file(calculator, cases, answers)
    return read(answers)


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(EntryRefused) as refused:
        answered(folder, content)
    assert not (folder / "out.csv").exists()
    assert_sentences(str(refused.value))
    return str(refused.value)


@pytest.mark.parametrize("name", FILES)
def test_the_worked_cases_go_in_and_come_out_with_their_answers_written_anew(name: str, tmp_path: Path) -> None:
    golden = DATA / "golden" / FILES[name]
    rows = read(golden)
    given = {*INPUTS[name], *BESIDE}
    blank = tmp_path / "blank.csv"
    with blank.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({c: v if c in given else "to be written anew" for c, v in row.items()} for row in rows)
    said = inside("calc", name, "--cases", blank, "--out", tmp_path / "out.csv", "--format", "json")
    assert (said.code, said.json["rows"], said.json["refused_rows"]) == (0, len(rows), 0)
    out = read(tmp_path / "out.csv")
    assert [row["case"] for row in out] == [row["case"] for row in rows]
    for ours, theirs in zip(out, rows, strict=True):
        assert ours["refused"] == ""
        assert {c for c in given if ours[c] != theirs[c]} == set()
        assert {c for c in theirs if c not in given and not agrees(c, theirs[c], ours[c] or None)} == set()


def test_given_columns_pass_through_as_they_are_even_when_odd(tmp_path: Path) -> None:
    odd = [
        "=1+1",
        " two  spaces ",
        "ä µ 日本",
        'quote " here',
        "comma, here",
        "two\nlines",
        "cr\rhere",
        "crlf\r\nhere",
        "",
    ]
    with (tmp_path / "odd.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["note", *NEXT_REFILL_CALCULATOR.inputs, "note", ""])
        writer.writerows([text, *D1.split(","), text[::-1], text] for text in odd)
    answer_file(NEXT_REFILL_CALCULATOR, tmp_path / "odd.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert header[:11] == ["note", *NEXT_REFILL_CALCULATOR.inputs, "note", ""]
    assert [(row[0], row[9], row[10]) for row in rows] == [(text, text[::-1], text) for text in odd]
    assert {row[header.index("refill_by")] for row in rows} == {"2026-04-28"}


def test_refused_rows_say_every_reason_and_the_file_is_still_done(tmp_path: Path) -> None:
    wrong = "2026-02-30,abc,2,0,300,,,1.5"
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{wrong}\n{D1}\n", "utf-8")
    said = inside("calc", "next-refill", "--cases", tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert (said.code, said.err) == (0, "")
    first, second = read(tmp_path / "out.csv")
    assert [reason.split(":")[0] for reason in first["refused"].split(".; ")] == [
        "Filled on",
        "Volume after fill",
        "The concentration is 0 mcg/mL or less",
        "The margin is not a whole number of days from 0 to 365",
    ]
    assert {first[name] for name in NEXT_REFILL_CALCULATOR.answers} == {""}
    assert (second["refused"], second["refill_by"]) == ("", "2026-04-28")


def test_rows_that_are_all_refused_still_exit_0(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{D1.replace('2000', '-5')}\n", "utf-8")
    assert inside("calc", "next-refill", "--cases", tmp_path / "in.csv", "--out", tmp_path / "out.csv").code == 0


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{HEADER}\r\n{D1}\r\n".encode(),
        f"\n{HEADER}\n\n{D1}\n\n\n".encode(),
        f"{HEADER}\r{D1}\r".encode(),
        f"{HEADER}\n{D1}".encode(),
        f'{HEADER}\n2026-01-05, 20 mL ,2,"2,000",0.3 mg/day,,180,'.encode(),
    ],
    ids=["bom-crlf", "blank-lines", "old-mac", "no-last-newline", "units-and-commas"],
)
def test_reads_the_csv_that_programs_write(content: bytes, tmp_path: Path) -> None:
    (row,) = answered(tmp_path, content)
    assert (row["refill_by"], row["refused"]) == ("2026-04-28", "")


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    header, row = HEADER.split(","), D1.split(",")
    (only,) = answered(tmp_path, f"{','.join(header[:5])}\n{','.join(row[:5])}\n")
    assert (only["refill_by"], only["stability_date"]) == ("2026-04-28", "")


def test_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    assert answered(tmp_path, f"{HEADER}\n") == []
    assert (tmp_path / "out.csv").read_text("utf-8").startswith(f"{HEADER},flow_ml_per_day,")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (f"{HEADER}\n{D1},more\n".encode(), "case 1 has 9 cells where the header has 8"),
        (f"{HEADER}\n{D1}\n2026-01-05,20\n".encode(), "case 2 has 2 cells where the header has 8"),
        (f"{HEADER},filled_on\n{D1},2026-01-05\n".encode(), "has the column filled_on twice"),
        (b"case,note\n1,2\n", "lacks the column filled_on, volume_after_fill_ml"),
        (HEADER.replace(",", ";").encode(), "lacks the column"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a CSV file we can read"),
        (f'{HEADER}\n"2026-01-05,20\n'.encode(), "is not a CSV file we can read"),
        (f"{HEADER},note\n{D1},caf\xe9\n".encode("latin-1"), "save it as CSV in UTF-8"),
    ],
)
def test_refuses_a_file_that_is_no_table_of_cases(content: bytes, says: str, tmp_path: Path) -> None:
    assert says in refusal(tmp_path, content)


def test_refuses_a_file_that_is_not_there_and_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{D1}\n", "utf-8")
    for words in (
        ("--cases", tmp_path / "no.csv", "--out", tmp_path / "out.csv"),
        ("--cases", tmp_path, "--out", tmp_path / "out.csv"),
        ("--cases", tmp_path / "in.csv", "--out", tmp_path / "no" / "out.csv"),
        ("--cases", tmp_path / "in.csv", "--out", tmp_path),
    ):
        said = inside("calc", "next-refill", *words, "--format", "json")
        assert said.code == 1
        assert_sentences(said.err)
        assert said.json["refused"][0]["says"] == said.err.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_may_write_over_its_own_input_and_over_its_own_output(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEADER}\n{D1}\n", "utf-8")
    answer_file(NEXT_REFILL_CALCULATOR, path, path)
    once = path.read_bytes()
    answer_file(NEXT_REFILL_CALCULATOR, path, path)
    assert path.read_bytes() == once
    assert [one.name for one in tmp_path.iterdir()] == ["cases.csv"]


def test_a_link_and_a_pipe_are_written_through(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{D1}\n", "utf-8")
    (tmp_path / "real.csv").write_text("before", "utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    answer_file(NEXT_REFILL_CALCULATOR, tmp_path / "in.csv", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert len(read(tmp_path / "real.csv")) == 1
    said = outside("calc", "next-refill", "--cases", tmp_path / "in.csv", "--out", "/dev/stdout")
    assert "2026-04-28" in said.out


def odd_numbers(chance: random.Random, top: float, places: Sequence[int] = (0, 1, 2, 3, 6, 9, 12)) -> str:
    return f"{chance.uniform(0, top):.{chance.choice(places)}f}"


def random_row(chance: random.Random, calculator: Calculator) -> dict[str, str]:
    tops = {"_ml": 40, "_cm": 110, "_per_ml": 4000, "_per_day": 1500, "_per_cm": 0.01, "_days": 400}
    row = {}
    for name in calculator.inputs:
        if name == "filled_on":
            text = f"20{chance.randint(20, 29)}-{chance.randint(1, 12):02}-{chance.randint(1, 31):02}"
        else:
            top = next(
                top for suffix, top in sorted(tops.items(), key=lambda one: -len(one[0])) if name.endswith(suffix)
            )
            text = odd_numbers(chance, top, (0,) if name.endswith("_days") else (0, 1, 2, 3, 6, 9, 12))
        row[name] = chance.choice(["", "0", "-1", "x", "1e9", "2,000"]) if chance.random() < 0.03 else text
    return row


@pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda calculator: calculator.name)
def test_2000_random_rows_of_a_file_equal_the_explained_answers(calculator: Calculator, tmp_path: Path) -> None:
    chance = random.Random(20260505)  # noqa: S311  the same rows every time
    rows = [random_row(chance, calculator) for _ in range(2000)]
    lines = [",".join(calculator.inputs), *(",".join(f'"{text}"' for text in row.values()) for row in rows)]
    refused_count = 0
    for row, out in zip(rows, answered(tmp_path, "\n".join(lines), calculator), strict=True):
        try:
            values, _ = explain_case(calculator, row)
            record = answer_record(values, calculator.answers)
            expected = {name: "" if value is None else str(value) for name, value in record.items()} | {"refused": ""}
        except CalculationRefused as refused:
            refused_count += 1
            expected = dict.fromkeys(calculator.answers, "") | {"refused": "; ".join(refused.reasons)}
        assert {name: out[name] for name in expected} == expected, row
    assert 10 < refused_count < 1500


def test_the_calculators_answer_what_they_say_they_answer() -> None:
    for calculator in (NEXT_REFILL_CALCULATOR, RESIDUAL_CALCULATOR, BRIDGE_CALCULATOR):
        named = {function.__name__ for one in calculator.calculations for function in one.formulas}
        assert set(calculator.answers) <= named
        assert {name for one in calculator.calculations for name in one.inputs} >= set(calculator.inputs)
