"""The command line as a whole: where the database is, exit codes, signs, and no traceback whatever is typed."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pumplog import __version__
from pumplog.cli.common import sentences_of
from pumplog.desk import Desk
from pumplog.entries import KINDS
from pumplog.errors import CalculationRefused, EntryRefused, Fault, LogbookDamaged
from tests.cli.terminal import ENTRIES, INSTALLED, PYTHON, SAMPLE, example, inside, outside, written

COMMANDS = ("calc", "import", "due", "record", "story", "verify", "demo", "serve", "people")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    entry = written(folder / "entry.json", example("registered"))
    assert inside("record", entry, "--by", "M. Keller", "--database", folder / "clinic.duckdb").code == 0
    return folder / "clinic.duckdb"


def test_the_database_may_be_named_before_or_after_the_command_or_by_the_environment(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUMPLOG_DATABASE", str(tmp_path / "no.duckdb"))
    for words in (("due", "--format", "json"), ("story", "NGX100001"), ("verify",)):
        before, after = inside("--database", clinic, *words), inside(*words, "--database", clinic)
        assert (before.code, before) == (0, after)
        assert inside(*words).code == 1
        monkeypatch.setenv("PUMPLOG_DATABASE", str(clinic))
        assert inside(*words) == after
        monkeypatch.setenv("PUMPLOG_DATABASE", str(tmp_path / "no.duckdb"))
    assert inside("--database", tmp_path / "no.duckdb", "verify", "--database", clinic).code == 0


def test_the_default_database_lies_under_data_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUMPLOG_DATABASE", "")
    entry = written(tmp_path / "entry.json", example("registered"))
    assert inside("record", entry, "--by", "M. Keller").code == 0
    assert (tmp_path / "data" / "local" / "pumplog.duckdb").exists()


def test_the_module_is_the_same_program_as_the_script(clinic: Path) -> None:
    words = ("--database", clinic, "due", "--format", "json")
    script, module = outside(*words), outside("-m", "pumplog", *words, program=(PYTHON,))
    assert script == module
    assert (script.code, script.err) == (0, "")
    assert json.loads(script.out)[0]["tier"] == "cannot_project"
    assert INSTALLED.exists()


def test_version_and_help() -> None:
    assert inside("--version").out == f"pumplog {__version__}\n"
    assert all(command in inside("--help").out for command in COMMANDS)
    for command in COMMANDS:
        assert inside(command, "--help").code == 0


@pytest.mark.parametrize("words", [(), ("nothing",), ("--no",), ("due", "surplus"), ("import",), ("story",)])
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    assert inside(*words).code == 2


def test_a_refusal_is_one_sentence_for_each_thing_to_mend() -> None:
    assert sentences_of(EntryRefused(Fault("a", "One."), Fault("b", "Two."))) == ("One.", "Two.")
    assert sentences_of(CalculationRefused("One.", "Two.")) == ("One.", "Two.")
    assert sentences_of(LogbookDamaged("One.")) == ("One.",)


def test_answers_are_utf_8_whatever_the_language_of_the_machine() -> None:
    asked = ("calc", "residual", "--volume-after-fill-ml", "20", "--programmed-ml", "13.5", "--drawn-ml", "6.3")
    said = outside(*asked, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (said.code, said.err) == (0, "")
    assert "÷" in said.out


def test_an_answer_that_nobody_can_take_is_a_sentence_and_no_traceback() -> None:
    words = [
        str(INSTALLED),
        "calc",
        "residual",
        "--volume-after-fill-ml",
        "20",
        "--programmed-ml",
        "1",
        "--drawn-ml",
        "6",
    ]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("This machine refused it (No space left on device)")
    assert "Traceback" not in done.stderr


def test_a_person_is_asked_for_when_the_machine_has_no_name_for_its_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    words = ("import", SAMPLE, "--accept-good-rows", "--database", tmp_path / "clinic.duckdb")
    assert inside(*words).code == 2
    assert not (tmp_path / "clinic.duckdb").exists()
    monkeypatch.setenv("PUMPLOG_PERSON", "A. Osei")
    assert inside(*words).code == 0


WORDS = st.one_of(
    st.sampled_from(
        [
            *COMMANDS[:6],
            *(
                "next-refill",
                "residual",
                "bridge",
                "--format",
                "json",
                "csv",
                "table",
                "text",
                "--on",
                "--by",
                "--schema",
            ),
            *(
                "--dry-run",
                "--cases",
                "--out",
                "--columns",
                "--sheet",
                "--date-order",
                "dmy",
                "--filled-on",
                "--help",
            ),
            *(
                "--margin-days",
                "--volume-after-fill-ml",
                "--dose-mcg-per-day",
                "2026-05-05",
                "20",
                "NGX100001",
                "-",
                "--",
            ),
            *KINDS,
        ]
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    st.decimals(allow_nan=True).map(str),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=8), start=st.sampled_from([(), *((command,) for command in COMMANDS[:6])]))
def test_whatever_is_typed_ends_with_a_code_and_writes_nothing(
    words: list[str], start: tuple[str, ...], clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUMPLOG_DATABASE", str(clinic))
    said = inside(*start, *words)
    assert said.code in (0, 1, 2)
    assert "Traceback" not in said.err
    assert said.code == 0 or said.out + said.err
    assert list(tmp_path.iterdir()) == []


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(
            ["NaN", "1e400", "-1", "0", "1E-999999", "2026-02-30", "9999-12-31T23:59:59-14:00", "stopped"]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
EXAMPLES = [json.loads(path.read_text("utf-8")) for path in sorted(ENTRIES.glob("*.json"))]


@st.composite
def entries(draw: st.DrawFn) -> object:
    """An example with some of its fields, anywhere in it, set to anything."""
    said = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES))))
    for _ in range(draw(st.integers(1, 3))):
        place = said
        while True:
            key = draw(st.sampled_from(sorted(place)))
            inner = place[key][0] if isinstance(place[key], list) and place[key] else place[key]
            if not isinstance(inner, dict) or not inner or draw(st.booleans()):
                break
            place = inner
        place[key] = draw(JSON)
    return draw(st.sampled_from([said, said | draw(st.dictionaries(st.sampled_from(["seen", "event_id"]), JSON))]))


@pytest.fixture
def opened_once(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clinic's log opened once for all that is tried on it; nothing of all that is in it at the end."""
    with Desk.open(clinic) as desk:
        before = desk.head()
        monkeypatch.setattr(Desk, "open", lambda *_args, **_kwargs: nullcontext(desk))
        yield
        assert desk.head() == before
        assert desk.verify().ok


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.one_of(entries(), entries(), entries(), JSON))
def test_whatever_an_entry_says_it_is_tried_or_refused_in_sentences(
    said: object, clinic: Path, opened_once: None, tmp_path: Path
) -> None:
    path = written(tmp_path / "entry.json", said)
    answer = inside("record", path, "--by", "M. Keller", "--dry-run", "--format", "json", "--database", clinic)
    assert answer.code in (0, 1)
    if answer.code == 1:
        assert answer.err
        assert answer.json["refused"]
    else:
        assert answer.json["recorded"] is False
    assert "Traceback" not in answer.err
