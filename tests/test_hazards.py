"""The hazard log holds together: each control names a test that exists or an open issue, and no danger is missing."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pumplog.sources import SOURCES

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "hazards.md").read_text("utf-8")
COLUMNS = ("id", "hazard", "cause", "effect", "before", "control", "test or issue", "left over")

SEVERITY = "catastrophic|major|considerable|significant|minor"
LIKELIHOOD = "very high|high|medium|low|very low"
RISK = re.compile(rf"({SEVERITY}), ({LIKELIHOOD})")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(\[[^`]+\])?`")
ISSUE = re.compile(r"issue \d+")

DANGERS = (
    # The six silent deaths and the boundary twin.
    "Dead branch",
    "Edge-triggered",
    "Self-clearing",
    "Ageing out",
    "Missing data is silence",
    "Leak between subjects",
    "Boundary twin",
    # The pump and what is in it.
    "runs dry",
    "withdrawal",
    "Stability overrun",
    "Concentration mistake",
    "Bridge forgotten after a stronger drug",
    "Bridge forgotten after a weaker drug",
    "Pocket fill",
    "Underinfusion",
    "Overinfusion",
    "STOP finding overridden",
    "Pump left stopped",
    "Motor stall, as around an MRI",
    "May alarm already",
    "Patient boluses",
    "Flex averages",
    "Mixture limits",
    "Compounded drug without its beyond-use date",
    "Opioid overdose after restart",
    "Clonidine rebound",
    "Alarm call forgotten",
    # Numbers, days and hours.
    "Comma and point confusion",
    "Unit confusion: mcg and mg",
    "Unit confusion: mL/h and mL/day",
    "clock change (DST)",
    "time zone",
    "Late entries",
    # People.
    "Wrong pump or wrong patient",
    "Wrong person recorded",
    "Two people at once",
    "Shared tablet left open",
    "Site scope hides a pump",
    "Controlled-drug waste",
    # The record and the program.
    "Lost record after a crash",
    "Cut log",
    "Tampering",
    "No backup",
    "App down",
    "Import: ambiguous dates",
    "Import: units",
    "Unverified constants used silently",
    "Over-reliance",
    "Nobody opened the board",
    "Wrong deploy: exposed on the network",
    "Privacy leaks",
)


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def table_lines() -> list[str]:
    return [line.strip() for line in DOCUMENT.splitlines() if line.startswith("|")]


ROWS = [dict(zip(COLUMNS, cells(line), strict=False)) for line in table_lines() if line.startswith("| H-")]


def each_row() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])


def open_issues() -> dict[str, str]:
    """The table at the head of the document: issue and title."""
    head = DOCUMENT.partition("## Open issues")[2].partition("\n## ")[0]
    found = [cells(line) for line in head.splitlines() if line.startswith("| issue ")]
    return {issue: title for issue, title in found if ISSUE.fullmatch(issue)}


@cache
def functions_of(file: str) -> frozenset[str]:
    """The test functions that a file defines; none when there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_table_of_hazards_has_the_same_columns() -> None:
    headers = [cells(line) for line in table_lines() if line.startswith("| id ")]
    assert headers
    assert set(headers) == {COLUMNS}
    assert all(len(cells(line)) == len(COLUMNS) for line in table_lines() if line.startswith("| H-"))


def test_hazards_are_numbered_in_order_and_none_is_missing_or_doubled() -> None:
    assert len(ROWS) > 60
    assert [row["id"] for row in ROWS] == [f"H-{number:02}" for number in range(1, len(ROWS) + 1)]


def test_no_hazard_is_told_twice() -> None:
    names = [row["hazard"] for row in ROWS]
    assert sorted(set(names)) == sorted(names)


@each_row()
def test_no_cell_is_empty(row: dict[str, str]) -> None:
    assert [name for name, cell in row.items() if len(cell) < 3] == []


@each_row()
def test_a_risk_is_said_in_the_words_of_the_standard(row: dict[str, str]) -> None:
    assert RISK.fullmatch(row["before"])
    assert RISK.match(row["left over"])


@each_row()
def test_a_control_names_a_test_that_exists_or_an_open_issue(row: dict[str, str]) -> None:
    proofs = row["test or issue"].split("<br>")
    for proof in proofs:
        test = TEST.fullmatch(proof)
        if test is None:
            assert proof in open_issues(), f"{proof} is neither a test nor an open issue"
        else:
            assert test[2] in functions_of(test[1]), f"{proof} does not exist"
    assert len(set(proofs)) == len(proofs)


def test_every_single_case_that_is_named_is_collected() -> None:
    named = {f"{file}::{test}{case}" for file, test, case in TEST.findall(DOCUMENT) if case}
    assert named
    files = sorted({node.partition("::")[0] for node in named})
    words = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *files,
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(named - set(done.stdout.splitlines())) == []


def test_every_open_issue_is_awaited_by_some_control() -> None:
    awaited = {issue for row in ROWS for issue in ISSUE.findall(row["test or issue"])}
    assert awaited == set(open_issues())


@pytest.mark.parametrize("danger", DANGERS)
def test_every_danger_of_the_domain_is_there(danger: str) -> None:
    assert [row["id"] for row in ROWS if danger.casefold() in row["hazard"].casefold()]


def test_every_source_that_is_named_is_known() -> None:
    said = " ".join(f"{row['cause']} {row['effect']} {row['control']} {row['left over']}" for row in ROWS)
    named = set(re.findall(r"`([a-z0-9_]+)`", said))
    assert named
    assert named - set(SOURCES) == set()
