"""A clinic with people, in a real log, at hand for every test of this room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from tests.people.staff import Staff, cheap_passwords
from tests.stories.clinic import Clinic


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Callable[..., Staff]]:
    """Opens a clinic with some settings on 5 May 2026 at noon; its first person is the administrator."""
    with ExitStack() as open_until_the_end:
        open_until_the_end.enter_context(cheap_passwords())

        def made(settings: str = "") -> Staff:
            clinic = Clinic(tmp_path / "clinic")
            (clinic.folder / "clinic.toml").write_text(f'zone = "UTC"\n{settings}', "utf-8")
            opened = open_until_the_end.enter_context(clinic.open())
            opened.at(date(2026, 5, 5))
            return Staff(opened)

        yield made


@pytest.fixture
def staff(staffed: Callable[..., Staff]) -> Staff:
    """The people of a clinic with the settings that it has without a word."""
    return staffed()


@pytest.fixture(scope="class")
def _cheap() -> Iterator[None]:
    with cheap_passwords():
        yield
