"""The installed wheel is the whole house: reference data, demo, migrations, pages, settings."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built and unpacked the way an installer lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, folder: Path, *words: str) -> str:
    """Run the unpacked command line from another folder; the checkout is nowhere on its path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUMPLOG")}
    environment |= {"PYTHONPATH": str(unpacked), "XDG_DATA_HOME": str(folder / "data")}
    started = [sys.executable, "-m", "pumplog", *words]
    done = subprocess.run(
        started, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_holds_reference_demo_settings_and_entry_script_and_no_patients(unpacked: Path) -> None:
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert {
        "pumplog/py.typed",
        "pumplog/data/reference/drugs.toml",
        "pumplog/data/reference/pumps.toml",
        "pumplog/data/reference/policy.toml",
        "pumplog/data/streamlit_app.py",
        "pumplog/data/.streamlit/config.toml",
        "pumplog/data/recovery.md",
    } <= names
    assert any(name.startswith("pumplog/data/demo/stories/") for name in names)
    assert any(name.startswith("pumplog/logbook/migrations/") for name in names)
    templates = {str(path.relative_to(ROOT)) for path in (ROOT / "pumplog" / "exports" / "templates").glob("*.typ")}
    assert templates
    assert templates <= names
    assert [name for name in names if name.endswith((".duckdb", ".anchor", ".wal"))] == []
    assert [name for name in names if name.startswith("tests/")] == []


def test_imports_from_where_it_was_unpacked_and_knows_its_drugs(unpacked: Path, tmp_path: Path) -> None:
    where = (
        "import pumplog, pumplog.reference as r; print(pumplog.__file__, r.load_reference().drug('baclofen').name)"
    )
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    place, drug = done.stdout.split()
    assert place == str(unpacked / "pumplog" / "__init__.py")
    assert drug == "baclofen"


def test_imports_a_sheet_and_prints_the_board(unpacked: Path, tmp_path: Path) -> None:
    sheet = ROOT / "tests" / "data" / "spreadsheet" / "clinic.csv"
    run(unpacked, tmp_path, "--database", "clinic.duckdb", "import", str(sheet), "--accept-good-rows")
    board = json.loads(run(unpacked, tmp_path, "--database", "clinic.duckdb", "due", "--format", "json"))
    assert len(board) == 40


def test_fills_its_demo_in_the_users_own_folder(unpacked: Path, tmp_path: Path) -> None:
    said = run(unpacked, tmp_path, "demo")
    assert str(tmp_path / "data" / "pumplog" / "demo.duckdb") in said
    assert (tmp_path / "data" / "pumplog" / "demo.duckdb").is_file()
