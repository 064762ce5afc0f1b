"""A log in a folder of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pumplog.logbook import Logbook
from tests.logbook.said import filled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic" / "log.duckdb"


@pytest.fixture(scope="session")
def _empty_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    Logbook.open(folder / "log.duckdb").close()
    return folder


@pytest.fixture
def log(path: Path, _empty_once: Path) -> Iterator[Logbook]:
    """An open log without events."""
    shutil.copytree(_empty_once, path.parent)
    path.parent.chmod(0o700)
    with Logbook.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def _six_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six")
    filled(folder / "log.duckdb", 6)
    return folder


@pytest.fixture
def six(path: Path, _six_once: Path) -> Path:
    """A closed log of six events about one pump."""
    shutil.copytree(_six_once, path.parent)
    return path
