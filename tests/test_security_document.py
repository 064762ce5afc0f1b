"""The security document holds together: every requirement once, each verdict with its proof or its reason."""

import re
from pathlib import Path

import pytest

from tests.test_hazards import TEST, cells, functions_of, open_issues

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")
STANDARD = (ROOT / "tests" / "data" / "asvs_5_0_level_2.txt").read_text("utf-8")
COLUMNS = ("item", "asks for", "verdict", "how, or why not", "where", "test or issue")
VERDICTS = ("met", "partly", "not", "does not apply")
NONE = "none"
FILE = re.compile(r"`([\w./-]+)`")
ITEM = re.compile(r"V\d+\.\d+\.\d+")

REQUIREMENTS = [line.split()[0] for line in STANDARD.splitlines() if not line.startswith("#")]
ROWS = [
    dict(zip(COLUMNS, cells(line), strict=False))
    for line in DOCUMENT.splitlines()
    if ITEM.match(line.removeprefix("| "))
]


def each_row() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", ROWS, ids=[row["item"] for row in ROWS])


def assert_exists(proof: str) -> None:
    """A proof is a test that exists, or an open issue."""
    test = TEST.fullmatch(proof)
    if test is None:
        assert proof in open_issues(), f"{proof} is neither a test nor an open issue"
    else:
        assert test[2] in functions_of(test[1]), f"{proof} does not exist"


def proofs_in(cell: str) -> list[str]:
    return [] if cell == NONE else cell.split("<br>")


def test_the_list_of_requirements_is_whole_and_says_whose_it_is() -> None:
    assert len(REQUIREMENTS) == len(set(REQUIREMENTS)) == 253
    assert all(ITEM.fullmatch(one) for one in REQUIREMENTS)
    assert {line.split()[1] for line in STANDARD.splitlines() if not line.startswith("#")} == {"1", "2"}
    for text in (STANDARD.replace("\n# ", " "), DOCUMENT):
        assert "The OWASP Foundation" in text
        assert "creativecommons.org/licenses/by-sa/4.0" in text


def test_every_requirement_is_there_exactly_once_and_in_order() -> None:
    assert [row["item"] for row in ROWS] == REQUIREMENTS


def test_every_table_of_requirements_has_the_same_columns() -> None:
    headers = [cells(line) for line in DOCUMENT.splitlines() if line.startswith("| item |")]
    assert len(headers) == 17
    assert set(headers) == {COLUMNS}
    assert [row["item"] for row in ROWS if len(row) != len(COLUMNS)] == []


@each_row()
def test_a_verdict_is_one_of_four_words(row: dict[str, str]) -> None:
    assert row["verdict"] in VERDICTS
    assert len(row["asks for"]) > 3


@each_row()
def test_what_is_met_or_partly_met_names_a_test_or_a_file_with_a_reason(row: dict[str, str]) -> None:
    if row["verdict"] in ("met", "partly"):
        tests = [proof for proof in proofs_in(row["test or issue"]) if TEST.fullmatch(proof)]
        assert tests or FILE.search(row["where"])
        assert len(row["how, or why not"]) >= 4


@each_row()
def test_what_is_not_met_or_does_not_apply_says_why(row: dict[str, str]) -> None:
    if row["verdict"] in ("not", "does not apply"):
        assert len(row["how, or why not"].split()) >= 2
        assert row["how, or why not"].endswith(".")


@each_row()
def test_every_test_issue_and_file_that_a_requirement_names_exists(row: dict[str, str]) -> None:
    for proof in proofs_in(row["test or issue"]):
        assert_exists(proof)
    named = FILE.findall(row["where"])
    assert named or row["where"] == NONE
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_count_of_verdicts_is_right() -> None:
    told = [cells(line) for line in DOCUMENT.splitlines() if line.startswith(tuple(f"| {one} |" for one in VERDICTS))]
    assert told == [(one, str(sum(row["verdict"] == one for row in ROWS))) for one in VERDICTS]


def threats() -> list[tuple[str, ...]]:
    section = DOCUMENT.partition("## Threats tried")[2].partition("\n## ")[0]
    return [cells(line) for line in section.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("threat", threats(), ids=lambda threat: threat[0])
def test_every_threat_that_was_tried_names_its_test_or_the_issue_that_brings_it(threat: tuple[str, ...]) -> None:
    tried, _, proofs = threat
    assert tried
    assert proofs_in(proofs)
    for proof in proofs_in(proofs):
        assert_exists(proof)


@pytest.mark.parametrize(
    "threat",
    [
        "stolen browser cookie",
        "over the WebSocket",
        "another person's draft",
        "address without sign-in",
        "path tricks",
        "zip bomb",
        "entities",
        "formulas",
        "script in what people type",
        "SQL in what people type",
        "log injection",
        "guessing PINs",
    ],
)
def test_every_threat_that_was_named_beforehand_is_there(threat: str) -> None:
    assert [tried for tried, *_ in threats() if threat in tried]


def test_every_section_that_a_row_points_to_is_there() -> None:
    said = " ".join(row["how, or why not"] for row in ROWS)
    sections = set(re.findall(r"^## (.+)$", DOCUMENT, flags=re.MULTILINE))
    pointed = {name for name in re.findall(r"\*([A-Z][^*]+)\*", said) if not name.startswith("Note")}
    assert pointed
    assert sorted(name for name in pointed if not any(section.startswith(name) for section in sections)) == []
