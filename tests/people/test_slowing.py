"""How guessing is slowed: the waits as a table, and what is remembered about names and addresses."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from pumplog.people import slowing
from pumplog.people.slowing import ADDRESS_FREE_FAILURES_COUNT, Failures, wait_until

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failed_count", "seconds"),
    [
        *((count, 0) for count in range(5)),
        (5, 2),
        (6, 4),
        (7, 8),
        (8, 16),
        (9, 32),
        (10, 64),
        (11, 128),
        (12, 256),
        (13, 512),
        (14, 900),
        (15, 900),
        (1_000, 900),
        (10**9, 900),
    ],
)
def test_the_wait_doubles_from_two_seconds_to_a_quarter_of_an_hour(failed_count: int, seconds: int) -> None:
    until = wait_until(failed_count, NOW)
    assert until == (NOW + timedelta(seconds=seconds) if seconds else None)


def test_who_never_failed_never_waits() -> None:
    assert wait_until(99, None) is None
    assert Failures(5).wait_until("mara") is None


def test_an_address_is_patient_for_twenty_failures_since_many_share_one() -> None:
    failures = Failures(ADDRESS_FREE_FAILURES_COUNT)
    for _ in range(19):
        failures.failed("10.0.0.7", NOW)
    assert failures.wait_until("10.0.0.7") is None
    failures.failed("10.0.0.7", NOW)
    assert failures.wait_until("10.0.0.7") == NOW + timedelta(seconds=2)
    assert failures.wait_until("10.0.0.8") is None


def test_failures_of_an_hour_ago_are_forgotten() -> None:
    for gap, forgotten in ((timedelta(minutes=60), True), (timedelta(minutes=59, seconds=59), False)):
        failures = Failures(5)
        for _ in range(9):
            failures.failed("mara", NOW)
        failures.failed("mara", NOW + gap)
        assert (failures.wait_until("mara") is None) == forgotten


def test_failures_are_halved_when_somebody_comes_in() -> None:
    failures = Failures(5)
    for _ in range(10):
        failures.failed("ward", NOW)
    failures.let_in("ward", NOW)
    assert failures.wait_until("ward") == NOW + timedelta(seconds=2)
    failures.let_in("ward", NOW)
    assert failures.wait_until("ward") is None
    failures.let_in("ward", NOW)
    failures.let_in("ward", NOW)
    failures.let_in("nobody", NOW)
    assert failures._failures == {}


def test_however_many_names_are_tried_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowing, "_KEYS_KEPT_COUNT", 100)
    failures = Failures(5)
    for place in range(1_000):
        failures.failed(f"name {place}", NOW + timedelta(milliseconds=place))
        assert len(failures._failures) <= 100
    assert "name 999" in failures._failures


def test_no_failure_is_lost_when_many_fail_at_once() -> None:
    failures = Failures(5)

    def fail_often() -> None:
        for _ in range(50):
            failures.failed("ward", NOW)

    threads = [Thread(target=fail_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures._failures["ward"].count == 400
