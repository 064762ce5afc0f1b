"""`pumplog digest` and `pumplog downtime-pack`: files in a folder, for their owner alone, and an honest exit code."""

import stat
from pathlib import Path

import pytest

from tests.cli.terminal import EXPECTED, SAMPLE, assert_sentences, inside


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    assert inside("--database", database, "import", SAMPLE, "--accept-good-rows").code == 0
    return database


def test_digest_writes_three_files_for_their_owner_alone(clinic: Path, tmp_path: Path) -> None:
    said = inside(
        "--database", clinic, "digest", "--on", "2026-06-01", "--out", tmp_path / "out", "--by", "M. Keller"
    )
    assert said.code == 0, said.err
    names = [f"digest-2026-06-01.{ending}" for ending in ("html", "txt", "pdf")]
    assert said.out.splitlines() == [str(tmp_path / "out" / name) for name in names]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    for path in (tmp_path / "out").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "M. Keller" in (tmp_path / "out" / names[1]).read_text("utf-8")


def test_json_says_what_was_written(clinic: Path, tmp_path: Path) -> None:
    words = ("digest", "--on", "2026-06-01", "--out", tmp_path, "--by", "x", "--format", "json")
    said = inside("--database", clinic, *words)
    assert said.json == {
        "on": "2026-06-01",
        "pumps_count": EXPECTED["pumps"],
        "files": [str(tmp_path / f"digest-2026-06-01.{ending}") for ending in ("html", "txt", "pdf")],
    }


def test_pack_goes_beside_the_database_unless_told_otherwise(clinic: Path) -> None:
    said = inside("--database", clinic, "downtime-pack", "--forms", "1", "--by", "x")
    assert said.code == 0, said.err
    (path,) = map(Path, said.out.splitlines())
    assert path.parent == clinic.parent / "papers"
    assert path.read_bytes().startswith(b"%PDF-1.7")


def test_a_folder_that_cannot_be_written_to_is_refused_with_a_sentence(clinic: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for words in (("digest",), ("downtime-pack", "--forms", "1")):
        said = inside("--database", clinic, *words, "--out", tmp_path / "file", "--by", "x")
        assert said.code == 1
        assert_sentences(said.err)
        assert said.out == ""
        told = inside("--database", clinic, *words, "--out", tmp_path / "file", "--by", "x", "--format", "json")
        assert (told.code, told.json["refused"][0]["field"]) == (1, "out")


def test_a_day_that_is_none_a_log_that_is_not_there_and_wrong_words(clinic: Path, tmp_path: Path) -> None:
    said = inside("--database", clinic, "digest", "--on", "31.2.2026", "--out", tmp_path)
    assert said.code == 1
    assert_sentences(said.err)
    missing = inside("--database", tmp_path / "none.duckdb", "digest", "--out", tmp_path)
    assert missing.code == 1
    assert_sentences(missing.err)
    assert inside("--database", clinic, "downtime-pack", "--forms", "0").code == 2
    assert list(tmp_path.iterdir()) == []
