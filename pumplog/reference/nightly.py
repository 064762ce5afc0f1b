"""What the app does by itself at night: the table `[nightly]` of a clinic's settings file."""

import difflib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any, Final

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.graded import Row

_EXAMPLE: Final[Mapping[str, str]] = {
    "at": 'at = "05:30"',
    "digest_to": 'digest_to = "/srv/pumplog/digest"',
    "downtime_pack_to": 'downtime_pack_to = "/srv/pumplog/downtime"',
    "keep_days": "keep_days = 14",
    "backup_to": 'backup_to = "/srv/backups/pumplog"',
    "keep_backups_count": "keep_backups_count = 30",
}
MOST_DAYS: Final = 366
MOST_BACKUPS_COUNT: Final = 1_000


class Nightly(Row):
    """When papers and backups are made, on the clinic's clock, where they go and how long they stay.

    Without a folder, none is made. Backups stay by their number and not by their age: a clock that once was wrong
    must not be able to take them all away.
    """

    at: time = time(5, 30)
    digest_to: Path | None = None
    downtime_pack_to: Path | None = None
    keep_days: int = 14
    backup_to: Path | None = None
    keep_backups_count: int = 30

    @property
    def makes_anything(self) -> bool:
        """Whether any paper, or a backup, is wanted at night."""
        return any(folder is not None for folder in (self.digest_to, self.downtime_pack_to, self.backup_to))


def nightly_from(table: Mapping[str, object], file_name: str) -> Nightly:
    """The nights as a clinic sets them; refused, with every fault, if a setting cannot be taken."""
    said = {key: _setting(key, given) for key, given in table.items()}
    faults = [one for one in said.values() if isinstance(one, Fault)]
    if faults:
        raise EntryRefused(*(Fault(f"nightly.{fault.field}", f"{file_name}: {fault.says}") for fault in faults))
    return Nightly.model_validate(said)


def _setting(key: str, given: object) -> Any:
    match key:
        case "at":
            return _moment(given)
        case "digest_to" | "downtime_pack_to" | "backup_to":
            path = Path(given) if isinstance(given, str) and given.strip() else None
            if path is not None and path.is_absolute():
                return path
            return Fault(key, f"{key} is a folder in quotes, from the root on: write {_EXAMPLE[key]}.")
        case "keep_days":
            if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST_DAYS:
                return given
            return Fault(key, f"keep_days is a whole number from 1 to {MOST_DAYS}: write {_EXAMPLE[key]}.")
        case "keep_backups_count":
            if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST_BACKUPS_COUNT:
                return given
            says = f"keep_backups_count is a whole number from 1 to {MOST_BACKUPS_COUNT}: write {_EXAMPLE[key]}."
            return Fault(key, says)
    near = difflib.get_close_matches(key, Nightly.model_fields, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    known = ", ".join(Nightly.model_fields)
    return Fault(key, f"{key} is not a setting of [nightly].{guess} The settings are {known}.")


def _moment(given: object) -> time | Fault:
    """An hour of the day; TOML knows one without quotes as well."""
    if isinstance(given, time) and given.tzinfo is None:
        return given
    try:
        return time.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        return Fault("at", f"at is an hour on the clinic's clock: write {_EXAMPLE['at']}.")
