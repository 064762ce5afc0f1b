"""A coroutine run to its end on a thread of its own: an open browser has a loop on the one that the tests run on."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def finished(asked: Coroutine[Any, Any, T]) -> T:
    """What the coroutine answers."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, asked).result()
