"""No test ever touches a live database; no property fails because a machine is slow."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from pumplog.cli.common import DATABASE_VARIABLE
from pumplog.demo import is_demo_log
from pumplog.errors import PumplogError
from pumplog.logbook import Logbook

settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

TESTS = Path(__file__).parent
SLOW_FIRST = ("browser", "test_demo.py", "screens", "test_serving.py", "test_wheel.py", "cli", "logbook", "outlook")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker of a run is left with it when the others have nothing to do."""

    def place(item: pytest.Item) -> int:
        room = item.path.relative_to(TESTS).parts[0]
        return SLOW_FIRST.index(room) if room in SLOW_FIRST else len(SLOW_FIRST)

    items.sort(key=place)


def pytest_sessionstart() -> None:
    """Refuse to start when the environment names a database with real rows."""
    named = os.environ.get(DATABASE_VARIABLE)
    if named and (reason := why_not(Path(named))):
        pytest.exit(f"{DATABASE_VARIABLE} names {named}: {reason}. Unset it to run the tests.", returncode=3)


def why_not(database: Path) -> str | None:
    """Why the tests must not start while this database is the one in use; None when they may."""
    if not database.exists():
        return None
    try:
        with Logbook.open(database, create=False) as logbook:
            real = logbook.head().row_count > 0 and not is_demo_log(logbook)
    except PumplogError as refusal:
        return str(refusal)
    return "it holds real rows" if real else None


@pytest.fixture(autouse=True, scope="session")
def _database_of_the_tests() -> Iterator[None]:
    """Whatever asks the environment for a database gets one that is thrown away."""
    before = os.environ.get(DATABASE_VARIABLE)
    with TemporaryDirectory() as folder:
        os.environ[DATABASE_VARIABLE] = str(Path(folder) / "tests.duckdb")
        yield
    if before is None:
        del os.environ[DATABASE_VARIABLE]
    else:
        os.environ[DATABASE_VARIABLE] = before
