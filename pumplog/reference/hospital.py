"""How a hospital's own sign-in says who somebody is: the table `[hospital]` of a clinic's settings file."""

from collections.abc import Mapping
from typing import Any

from pumplog.reference.graded import Row


class Hospital(Row):
    """The settings of a hospital's sign-in, as they were written."""

    settings: Mapping[str, Any]


def hospital_from(table: Mapping[str, object], file_name: str) -> Hospital:  # noqa: ARG001  it names its faults by it
    """The hospital's sign-in as a clinic sets it."""
    return Hospital(settings=table)
