"""A log that another process has open answers as if it were open here; nobody else is answered."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest

from pumplog.errors import EntryRefused, LogbookUnavailable, StaleRecord
from pumplog.logbook import Kept, Lease, Logbook, Shelf
from pumplog.logbook import answering as answers
from pumplog.logbook.answering import answering
from pumplog.logbook.door_file import DoorFile, door_file_path, read_door_file
from pumplog.logbook.event import COLUMNS
from pumplog.logbook.messages import EVENTS_PER_LINE_COUNT, line_of
from pumplog.logbook.remote import RemoteLog, reach
from tests.logbook.said import new


@pytest.fixture
def open_here(log: Logbook, path: Path) -> Iterator[Logbook]:
    with answering(path, log):
        yield log


def door_of(path: Path) -> DoorFile:
    door = read_door_file(path)
    assert door is not None
    return door


@contextmanager
def called(door: DoorFile) -> Iterator[RemoteLog]:
    """The log as a command in another process has it."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(30)
    line.connect(door.socket)
    remote = RemoteLog(line, door)
    try:
        yield remote
    finally:
        remote.close()


@pytest.fixture
def remote(open_here: Logbook, path: Path) -> Iterator[RemoteLog]:
    with called(door_of(path)) as one:
        yield one


def test_what_is_written_from_afar_is_what_is_written_here(open_here: Logbook, remote: RemoteLog) -> None:
    written = remote.append(new(1), seen=0)
    assert open_here.events() == [written] == remote.events()
    assert remote.latest("P1") == open_here.latest("P1") == 1
    assert remote.head() == open_here.head()
    assert remote.verify() == open_here.verify()
    assert remote.verify().ok


def test_every_question_of_a_log_can_be_asked_from_afar() -> None:
    asked = {name for name in dir(RemoteLog) if not name.startswith("_")}
    assert asked == {name for name in dir(Logbook) if not name.startswith("_")} - {"open", "verify_file"}


def test_more_events_than_go_on_one_line_come_all_and_in_order(open_here: Logbook, remote: RemoteLog) -> None:
    count = 2 * EVENTS_PER_LINE_COUNT + 1
    open_here.append_all([new(number) for number in range(1, count + 1)], seen={"P1": 0})
    assert [event.sequence for event in remote.events()] == list(range(1, count + 1))
    assert remote.events(after=count) == []
    assert remote.events(pump_id="another") == []


def test_events_come_as_the_same_columns_from_afar(open_here: Logbook, remote: RemoteLog) -> None:
    open_here.append_all([new(number) for number in range(1, 6)], seen={"P1": 0})
    here = open_here.event_columns(after=1, until=4)
    assert here["sequence"].to_pylist() == [2, 3, 4]
    assert here.column_names == list(COLUMNS)
    assert [at.replace(tzinfo=UTC) for at in here["recorded_at_utc"].to_pylist()] == [
        event.recorded_at_utc for event in open_here.events(after=1, until=4)
    ]
    assert remote.event_columns(after=1, until=4).equals(here)
    assert remote.event_columns(after=5, until=5).equals(open_here.event_columns(after=5, until=5))


def test_what_changes_is_kept_from_afar_with_the_line_that_says_so(open_here: Logbook, remote: RemoteLog) -> None:
    remote.keep([Kept(Shelf.ACCOUNT, "A", '{"a": 1}')], said=[new(1, kind="person_added")])
    assert remote.kept(Shelf.ACCOUNT) == open_here.kept(Shelf.ACCOUNT) == {"A": '{"a": 1}'}
    assert remote.kept_under(Shelf.ACCOUNT, "A") == '{"a": 1}'
    assert remote.kept_under(Shelf.ACCOUNT, "B") is None
    assert remote.kept_from(Shelf.ACCOUNT, "A") == {"A": '{"a": 1}'}
    assert remote.kept_from(Shelf.ACCOUNT, "B") == {}
    assert remote.access_events() == open_here.access_events()
    assert [line.kind for line in remote.access_events()] == ["person_added"]


def test_a_refusal_comes_back_as_the_same_refusal(open_here: Logbook, remote: RemoteLog) -> None:
    open_here.append(new(1), seen=0)
    with pytest.raises(StaleRecord) as stale:
        remote.append(new(2), seen=0)
    assert (stale.value.pump_id, stale.value.seen, stale.value.latest) == ("P1", 0, 1)
    with pytest.raises(EntryRefused, match="saved before with other contents"):
        remote.append(new(1, body={"other": "words"}), seen=1)
    assert open_here.head().row_count == 1


def test_the_same_event_sent_again_is_one_event(open_here: Logbook, remote: RemoteLog) -> None:
    assert remote.append(new(1), seen=0) == remote.append(new(1), seen=0)
    assert open_here.head().row_count == 1


@pytest.mark.parametrize("lease", Lease)
def test_a_lease_from_afar_keeps_everybody_here_waiting_until_it_is_given_back(
    open_here: Logbook, remote: RemoteLog, lease: Lease
) -> None:
    mine = Signal()

    def take_it() -> None:
        with open_here.leased(lease):
            mine.set()

    waiting = Thread(target=take_it)
    with remote.leased(lease):
        remote.head()
        waiting.start()
        assert not mine.wait(0.2)
    assert mine.wait(10)
    waiting.join()


def test_a_lease_ends_with_whoever_had_it(open_here: Logbook, path: Path) -> None:
    with called(door_of(path)) as gone:
        lease = gone.leased(Lease.RECORDS)
        lease.__enter__()
    taken = Signal()

    def take_it() -> None:
        with open_here.leased(Lease.RECORDS):
            taken.set()

    Thread(target=take_it).start()
    assert taken.wait(10)
    with pytest.raises(LogbookUnavailable):
        lease.__exit__(None, None, None)


def test_a_command_that_stands_still_with_a_lease_loses_it(
    monkeypatch: pytest.MonkeyPatch, open_here: Logbook, remote: RemoteLog
) -> None:
    monkeypatch.setattr(answers, "LEASE_SECONDS", 0.2)
    lease = remote.leased(Lease.RECORDS)
    lease.__enter__()
    taken = Signal()

    def take_it() -> None:
        with open_here.leased(Lease.RECORDS):
            taken.set()

    Thread(target=take_it).start()
    assert taken.wait(10)
    with pytest.raises(LogbookUnavailable, match="never recorded twice"):
        remote.append(new(1), seen=0)
    assert open_here.head().row_count == 0
    with pytest.raises(LogbookUnavailable):
        lease.__exit__(None, None, None)


def test_nobody_is_answered_without_the_word(open_here: Logbook, path: Path) -> None:
    stranger = replace(door_of(path), token="0" * 64)
    with called(stranger) as remote, pytest.raises(LogbookUnavailable):
        remote.append(new(1), seen=0)
    with called(door_of(path)) as remote:
        assert remote.head().row_count == 0


def test_socket_and_word_belong_to_their_owner_alone(open_here: Logbook, path: Path) -> None:
    assert door_file_path(path).stat().st_mode & 0o077 == 0
    assert Path(door_of(path).socket).parent.stat().st_mode & 0o077 == 0


def test_a_copy_of_the_database_leads_to_nobody(open_here: Logbook, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / path.name
    shutil.copytree(path.parent, copy.parent)
    assert read_door_file(path) is not None
    assert read_door_file(copy) is None


def test_the_process_itself_is_not_asked_over_its_own_socket(open_here: Logbook, path: Path) -> None:
    assert door_of(path).process_id == os.getpid()
    assert reach(path) is None


def test_a_word_that_a_killed_app_left_behind_leads_to_the_file(log: Logbook, path: Path) -> None:
    with answering(path, log):
        left = door_file_path(path).read_bytes()
    assert not door_file_path(path).exists()
    door_file_path(path).write_bytes(left.replace(str(os.getpid()).encode(), b"1"))
    assert reach(path) is None


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'{"format": "another"}', b'{"format": "pumplog-door-1"}'])
def test_a_word_that_nobody_can_read_is_none(log: Logbook, path: Path, said: bytes) -> None:
    door_file_path(path).write_bytes(said)
    assert reach(path) is None


def test_an_answer_that_was_cut_is_a_sentence(path: Path, tmp_path: Path, log: Logbook) -> None:
    """An app that is killed while it answers: nobody may take half of an answer for the whole of it."""
    where = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(where)
        listening.listen()
        door = DoorFile(where, "word", 1, 0, 0)
        with called(door) as remote:
            other, _ = listening.accept()
            with other:
                other.recv(1000)
                other.sendall(line_of({"more": []}) + b'{"answer": ')
            with pytest.raises(LogbookUnavailable, match="never recorded twice"):
                remote.events()
