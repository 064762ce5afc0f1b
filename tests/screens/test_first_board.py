"""The server works the board out as it starts, so that the first person of the day does not wait for it."""

import os
from pathlib import Path

import pytest
import streamlit as st

from pumplog.desk import Desk
from pumplog.screens.serving import lifespan
from pumplog.serving import DATABASE_VARIABLE
from pumplog.serving.safety import entry_script
from tests.asynchronous import finished
from tests.bench_log import WorkedOut, counted


async def started_and_stopped() -> None:
    async with lifespan(st.App(entry_script())):
        pass


def during_a_start() -> WorkedOut:
    umask = os.umask(0)
    os.umask(umask)
    with counted() as worked_out:
        finished(started_and_stopped())
    os.umask(umask)
    return worked_out


def test_the_board_is_worked_out_as_the_server_starts_and_nobody_has_looked_at_it(clinic_desk: Desk) -> None:
    worked_out = during_a_start()
    with counted() as asked:
        rows = clinic_desk.board().rows
    assert sorted(worked_out.outlooks) == sorted(row.pump_id for row in rows)
    assert len(rows) > 1
    assert asked.outlooks == []
    assert clinic_desk._openings() == {}


def test_a_log_that_cannot_be_opened_does_not_keep_the_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "clinic.duckdb"
    database.write_bytes(b"no database")
    database.chmod(0o600)
    monkeypatch.setenv(DATABASE_VARIABLE, str(database))
    assert during_a_start().outlooks == []
    st.cache_resource.clear()
