"""THE ONE DOOR: what the screens can, a script can, and nothing is written by any other way."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pumplog.desk.access_log import AccessDesk
from pumplog.desk.data_out import DataOutDesk
from pumplog.desk.handing_out import HandingOutDesk
from pumplog.desk.importing import ImportingDesk
from pumplog.desk.planner import PlanningDesk
from pumplog.desk.reading import utc_now
from pumplog.desk.recording import RecordingDesk
from pumplog.desk.reports import ReportsDesk
from pumplog.desk.stories import StoriesDesk
from pumplog.desk.upkeep import UpkeepDesk
from pumplog.logbook import Logbook
from pumplog.logbook.remote import reach
from pumplog.reference import load_reference


class Desk(
    RecordingDesk,
    ImportingDesk,
    StoriesDesk,
    DataOutDesk,
    UpkeepDesk,
    HandingOutDesk,
    PlanningDesk,
    ReportsDesk,
    AccessDesk,
):
    """One clinic's desk over one log: what it shows, and what is written through it."""

    @classmethod
    def open(
        cls, database: Path, *, clinic: Path | None = None, now: Callable[[], datetime] = utc_now, create: bool = True
    ) -> Self:
        """Open a clinic's log; its settings are `clinic.toml` beside the database unless named.

        Raises LogbookUnavailable or LogbookDamaged with what to do, EntryRefused for a bad setting.
        """
        return cls(Logbook.open(database, create=create), load_reference(_settings(database, clinic)), now)

    @classmethod
    def reach(cls, database: Path, *, now: Callable[[], datetime] = utc_now, create: bool = True) -> Self:
        """The desk over a log that the app may have open: asked there if it has, else opened here.

        Raises as `open` does.
        """
        reached = reach(database)
        if reached is None:
            return cls.open(database, now=now, create=create)
        return cls(reached, load_reference(_settings(database, None)), now)

    def close(self) -> None:
        """Close the log."""
        self.logbook.close()

    def __enter__(self) -> Self:
        """Hand over the open desk."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the log at the end of a `with` statement."""
        self.close()


def _settings(database: Path, named: Path | None) -> Path | None:
    """The clinic's settings: as named, else `clinic.toml` beside the database where there is one."""
    beside = database.parent / "clinic.toml"
    return named if named is not None else (beside if beside.exists() else None)
