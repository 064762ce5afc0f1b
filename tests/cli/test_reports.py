"""`pumplog export audit` and `pumplog export check`: a set of files in a folder of its own, and honest exit codes."""

import json
import stat
from pathlib import Path

import pytest

from pumplog.cli.reports import FormName
from pumplog.exports.report_set import ReportFormat
from tests.cli.terminal import SAMPLE, assert_sentences, inside


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    assert inside("--database", database, "import", SAMPLE, "--accept-good-rows").code == 0
    return database


def test_a_set_is_written_for_its_owner_alone_and_checked_years_later(clinic: Path, tmp_path: Path) -> None:
    period = ("--from", "2020-01-01", "--to", "2199-12-31")
    forms = [word for form in ("csv", "pdf") for word in ("--format", form)]
    said = inside("--database", clinic, "export", "audit", *period, *forms, "--out", tmp_path, "--by", "A. Auditor")
    assert said.code == 0, said.err
    written = [Path(line) for line in said.out.splitlines()]
    assert [path.name for path in written] == ["audit.csv", "audit.pdf", "manifest.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    manifest = written[-1]
    whole = inside("export", "check", manifest)
    assert (whole.code, whole.err) == (0, "")
    assert "A. Auditor" in whole.out
    written[0].unlink()
    broken = inside("export", "check", manifest, "--format", "json")
    assert broken.code == 1
    assert broken.json["faults"] == ["audit.csv is missing: it was made with this set."]
    assert_sentences(broken.err)


def test_a_day_that_is_none_a_pump_that_is_none_and_a_file_that_is_no_manifest(clinic: Path, tmp_path: Path) -> None:
    period = ("--from", "2020-01-01", "--to", "2199-12-31")
    for words in (("--from", "soon", "--to", "2026-01-01"), (*period, "--pump", "NONE")):
        said = inside("--database", clinic, "export", "audit", *words, "--out", tmp_path / "out", "--by", "x")
        assert said.code == 1
        assert_sentences(said.err)
        assert not (tmp_path / "out").exists()
    (tmp_path / "no.json").write_text(json.dumps({"format": "other"}))
    for path in (tmp_path / "no.json", tmp_path / "gone.json"):
        said = inside("export", "check", path)
        assert said.code == 1
        assert_sentences(said.err)
    assert inside("--database", clinic, "export", "audit", "--from", "2026-01-01").code == 2


def test_every_form_of_a_report_can_be_asked_for() -> None:
    assert [one.value for one in FormName] == [one.value for one in ReportFormat]
