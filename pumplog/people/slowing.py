"""How guessing is slowed down: by account and by address, longer after each failure, never for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

FREE_FAILURES_COUNT: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=15)
PIN_FAILURES_COUNT: Final = 5
ADDRESS_FREE_FAILURES_COUNT: Final = 20
_KEYS_KEPT_COUNT: Final = 10_000


def wait_until(
    failed_count: int, failed_at: datetime | None, *, free_count: int = FREE_FAILURES_COUNT
) -> datetime | None:
    """When the next try is taken after so many failures in a row; None when at once.

    The wait begins at two seconds and doubles with each failure, up to a quarter of an hour.
    """
    if failed_at is None or failed_count < free_count:
        return None
    doubled = min(failed_count - free_count + 1, 20)
    return failed_at + min(timedelta(seconds=2**doubled), LONGEST_WAIT)


@dataclass(frozen=True)
class _Failures:
    count: int
    at: datetime


class Failures:
    """Failures by where or under what name they happened, in memory; what is an hour old is forgotten."""

    def __init__(self, free_count: int) -> None:
        self._free_count = free_count
        self._lock = Lock()
        self._failures: dict[str, _Failures] = {}

    def wait_until(self, key: str) -> datetime | None:
        """When the next try under this key is taken; None when at once."""
        with self._lock:
            known = self._failures.get(key)
        return None if known is None else wait_until(known.count, known.at, free_count=self._free_count)

    def failed(self, key: str, at: datetime) -> None:
        """Count a failure."""
        self._change(key, at, lambda count: count + 1)

    def let_in(self, key: str, at: datetime) -> None:
        """Take half of the failures back when somebody came in: an address that many share is not blocked for all."""
        self._change(key, at, lambda count: count // 2)

    def _change(self, key: str, at: datetime, changed: Callable[[int], int]) -> None:
        with self._lock:
            fresh = {one: had for one, had in self._failures.items() if at - had.at < timedelta(hours=1)}
            if len(fresh) >= _KEYS_KEPT_COUNT:
                fresh = dict(sorted(fresh.items(), key=lambda item: item[1].at)[_KEYS_KEPT_COUNT // 2 :])
            known = fresh.get(key)
            count = changed(known.count if known else 0)
            if count:
                fresh[key] = _Failures(count, at)
            else:
                fresh.pop(key, None)
            self._failures = fresh
