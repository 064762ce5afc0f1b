"""What the outlook says of a pump is read by the board, the story and every export: nobody changes it on the way."""

import inspect
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest

from pumplog import outlook
from pumplog.outlook import plans

SAID: dict[str, type] = {
    name: one
    for room in (outlook, plans)
    for name, one in inspect.getmembers(room, inspect.isclass)
    if is_dataclass(one) and one.__module__.startswith("pumplog.outlook")
}


@pytest.mark.parametrize("name", SAID)
def test_nothing_that_was_said_can_be_changed(name: str) -> None:
    said: Any = SAID[name]
    one = object.__new__(said)
    for field in fields(said):
        with pytest.raises(FrozenInstanceError):
            setattr(one, field.name, None)
