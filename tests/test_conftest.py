"""The tests refuse to start beside a live database."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from pumplog.cli.common import DATABASE_VARIABLE
from pumplog.demo import fill_demo
from pumplog.logbook import Logbook, NewEvent
from tests.conftest import why_not

ROOT = Path(__file__).parent.parent


def start_tests(database: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/test_conftest.py"]
    environment = {**os.environ, DATABASE_VARIABLE: str(database)}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_refuses_to_start_on_a_database_with_real_rows(tmp_path: Path) -> None:
    database = tmp_path / "live.duckdb"
    moment = datetime(2026, 5, 5, tzinfo=UTC)
    with Logbook.open(database) as logbook:
        logbook.append(NewEvent("one", "pump", "registered", 1, "{}", moment, moment, "M. Keller"), seen=0)
        before = logbook.head()
    started = start_tests(database)
    assert started.returncode == 3
    assert "real rows" in started.stdout + started.stderr
    with Logbook.open(database) as logbook:
        assert logbook.head() == before


def test_starts_beside_a_demo_and_beside_nothing(tmp_path: Path) -> None:
    fill_demo(tmp_path / "demo.duckdb")
    assert why_not(tmp_path / "demo.duckdb") is None
    assert why_not(tmp_path / "nothing.duckdb") is None
