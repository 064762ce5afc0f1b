"""`pumplog head`, `pumplog head check` and `pumplog verify --against`: paper anchors the file."""

import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import assert_sentences, example, inside, written


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two events, a head of its first as `first` and as `code`, and in `then` the log as it was."""
    folder = tmp_path_factory.mktemp("log")
    for kind in ("registered", "refilled"):
        entry = written(folder / "entry.json", example(kind))
        assert inside("record", entry, "--by", "M. Keller", "--database", folder / "log.duckdb").code == 0
        if kind == "registered":
            said = inside("head", "--database", folder / "log.duckdb", "--qr", folder / "head.svg")
            assert (said.code, len(said.out.splitlines())) == (0, 6)
            assert_sentences(said.err)
            (folder / "first").write_text(said.out, "utf-8")
            told = inside("head", "--database", folder / "log.duckdb", "--format", "json").json
            (folder / "code").write_text(told["code"], "utf-8")
            assert (told["rows"], told["key_id"] in said.err, told["code"] in said.err) == (1, True, True)
            (folder / "then").mkdir()
            for path in folder.glob("log.duckdb*"):
                shutil.copy(path, folder / "then" / path.name)
    return folder


@pytest.mark.parametrize("named", ["first", "code"])
def test_the_log_gone_on_is_proved_against_a_head_by_file_and_by_code(kept: Path, named: str) -> None:
    for said in (kept / named, (kept / named).read_text("utf-8")):
        found = inside("verify", "--against", said, "--database", kept / "log.duckdb")
        assert (found.code, found.err) == (0, "")
        assert "holds what the head says of its first 1 events" in found.out
    assert (kept / "head.svg").read_text("utf-8").startswith("<svg")


def test_a_log_that_lost_what_a_head_knows_is_told_and_so_is_a_mistyped_code(kept: Path) -> None:
    second = inside("head", "--database", kept / "log.duckdb", "--format", "json").json["code"]
    lost = inside("verify", "--against", second, "--database", kept / "then" / "log.duckdb", "--format", "json")
    assert (lost.code, lost.json["found"], lost.json["first_bad"]) == (1, "missing", 2)
    wrong = inside("verify", "--against", second[:-1] + "?", "--database", kept / "log.duckdb")
    assert (wrong.code, wrong.out) == (1, "")
    assert_sentences(wrong.err)


def test_two_heads_are_compared_with_the_log_and_without(kept: Path, tmp_path: Path) -> None:
    second = inside("head", "--database", kept / "log.duckdb", "--format", "json").json["text"]
    nowhere = tmp_path / "no.duckdb"

    def check(old: object, new: object, database: Path) -> tuple[int, str]:
        said = inside("head", "check", old, new, "--database", database, "--format", "json")
        return said.code, said.json["answer"]

    first = kept / "first"
    assert check(first, second, kept / "log.duckdb") == (0, "goes on")
    assert check(first, second, nowhere) == (1, "cannot tell")
    assert check(first, kept / "code", nowhere) == (0, "same")
    assert check(second, first, nowhere) == (1, "contradicts")
    assert check(first, second, kept / "then" / "log.duckdb") == (1, "contradicts")
    assert not nowhere.exists()
