"""Part of a long audit is told in a process beside: the table is the same, whoever told it."""

from datetime import date
from pathlib import Path
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pumplog.desk import Desk
from pumplog.errors import EntryRefused
from pumplog.exports import audit_beside
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.report_rows import KeptRows

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
EVERYTHING = AuditFilter(FIRST, LAST)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each process that was started beside."""
    processes: list[object] = []
    start = audit_beside._started

    def counted() -> object:
        processes.append(start())
        return processes[-1]

    monkeypatch.setattr(audit_beside, "_started", counted)
    return processes


def records(desk: Desk, asked: AuditFilter) -> pa.Table:
    """The rows of the log of entries; those of the access log grow with each reading."""
    rows = desk.audit(asked, by="x").rows
    assert isinstance(rows, KeptRows)
    return rows.table.filter(pc.equal(rows.table["chain"], "records"))


@pytest.mark.parametrize(
    "asked",
    [
        EVERYTHING,
        AuditFilter(FIRST, LAST, pump_serial="DEMO1001"),
        AuditFilter(date(2026, 1, 1), date(2026, 3, 31)),
        AuditFilter(date(2001, 1, 1), date(2001, 1, 2)),
    ],
    ids=["everything", "a pump", "a quarter", "nothing"],
)
def test_the_table_is_the_same_with_a_process_beside(
    demo: Desk, monkeypatch: pytest.MonkeyPatch, started: list[object], asked: AuditFilter
) -> None:
    alone = records(demo, asked)
    assert started == []
    monkeypatch.setattr(audit_beside, "BESIDE_FROM_COUNT", 1)
    shared_out = records(demo, asked)
    assert [type(one).__name__ for one in started] == ["Popen"]
    assert shared_out.equals(alone)
    assert shared_out.schema.equals(alone.schema, check_metadata=True)
    assert (alone.num_rows == 0) is (asked.first_on == date(2001, 1, 1))


def test_each_of_the_two_has_pumps(demo: Desk) -> None:
    assert {crc32(card.pump_id.encode()) % 2 for card in demo.pumps()} == {0, 1}


def test_what_one_person_said_is_told_without_it(
    demo: Desk, monkeypatch: pytest.MonkeyPatch, started: list[object]
) -> None:
    monkeypatch.setattr(audit_beside, "BESIDE_FROM_COUNT", 1)
    assert set(records(demo, AuditFilter(FIRST, LAST, person="i.  THISTLEWICK"))["recorded_by"].to_pylist()) == {
        "I. Thistlewick"
    }
    assert started == []


@pytest.mark.parametrize("dead", ["/bin/false", "/bin/true"])
def test_a_process_that_dies_is_said_and_nothing_is_shown(
    demo: Desk, monkeypatch: pytest.MonkeyPatch, dead: str
) -> None:
    monkeypatch.setattr(audit_beside, "BESIDE_FROM_COUNT", 1)
    monkeypatch.setattr(audit_beside, "PYTHON", dead)
    with pytest.raises(EntryRefused, match="Part of the audit could not be worked out"):
        demo.audit(EVERYTHING, by="x")


def test_where_no_process_can_be_started_all_is_told_here(
    demo: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = records(demo, EVERYTHING)
    monkeypatch.setattr(audit_beside, "BESIDE_FROM_COUNT", 1)
    monkeypatch.setattr(audit_beside, "PYTHON", str(tmp_path / "nothing"))
    assert records(demo, EVERYTHING).equals(alone)


def test_it_ends_with_an_audit_that_was_given_up(
    demo: Desk, monkeypatch: pytest.MonkeyPatch, started: list[object]
) -> None:
    monkeypatch.setattr(audit_beside, "BESIDE_FROM_COUNT", 1)

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.logbook, "verify", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo.audit(EVERYTHING, by="x")
    (process,) = started
    assert getattr(process, "returncode", None) is not None
