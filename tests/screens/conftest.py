"""The app on a database of its own, at a time of the test's choosing."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.logbook import NewEvent
from pumplog.screens import clinic
from pumplog.serving import DATABASE_VARIABLE

ROOT = Path(__file__).parents[2]
SHEET = ROOT / "tests" / "data" / "spreadsheet" / "clinic.csv"
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

OpenApp = Callable[[str], AppTest]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the app under test uses, on an empty database, on the morning of 1 June 2026."""
    monkeypatch.setenv(DATABASE_VARIABLE, str(tmp_path / "clinic.duckdb"))
    opened = clinic.desk()
    opened._now = lambda: NOW
    yield opened
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[NewEvent]:
    """What the import of a clinic's sheet writes, worked out once: some pumps, some refused rows."""
    with Desk.open(tmp_path_factory.mktemp("sheet") / "clinic.duckdb", now=lambda: NOW) as opened:
        opened.import_sheet(SHEET, by="T. Lindqvist", seen=0, accept_good_rows=True)
        written = opened.logbook.events()
    return [NewEvent(*(getattr(event, one.name) for one in fields(NewEvent))) for event in written]


@pytest.fixture
def clinic_desk(desk: Desk, imported: list[NewEvent]) -> Desk:
    """The desk of `desk` after that import."""
    desk.logbook.append_all(imported, seen={event.pump_id: 0 for event in imported})
    return desk


@pytest.fixture
def open_app(desk: Desk) -> OpenApp:
    """A way to open the real entry script at a page, by the name of its file: `open_app("board")`."""

    def opened(view: str) -> AppTest:
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60).run()
        if view != "board":
            app.switch_page(str(ROOT / "pumplog" / "screens" / "views" / f"{view}.py"))
            app.run()
        return app

    return opened
