"""The demo clinic as a log in a file of its own: filled, refilled when stale, and never taken for a real one.

The mark is in the log itself, under the hash chain: the registration of one invented pump, by its event id.
So a demo stays a demo whatever its file is called, and a real clinic's file named demo.duckdb is no demo.
"""

import csv
import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pumplog.demo.chance import on_a_weekday
from pumplog.demo.files import Told, read_demo_files
from pumplog.demo.stories import lines_of
from pumplog.demo.teller import Line, event_id_of, pump_id_of
from pumplog.desk import Desk
from pumplog.entries import BODY_VERSION, AboutTheDays, CapacitySet, ClosureSet
from pumplog.errors import EntryRefused, Fault
from pumplog.logbook import Log, Logbook, NewEvent
from pumplog.logbook.anchor import anchor_path
from pumplog.logbook.wal import wal_path
from pumplog.reference import Reference, load_reference
from pumplog.reference.folder import data_folder

MARK_SERIAL = "DEMO1001"
STALE_AFTER_DAYS = 7
"""A demo told relative to a day this long ago is told anew: by then too much of it would be red."""


def demo_database() -> Path:
    """Where the demo clinic lies unless named: in a checkout data/local, else the user's own data folder."""
    beside = data_folder("demo").parent
    if (beside.parent / "pyproject.toml").is_file():
        return beside / "local" / "demo.duckdb"
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "pumplog" / "demo.duckdb"


def is_demo(database: Path) -> bool:
    """Whether a file holds a demo clinic; False for a file that is not there. See `is_demo_log` for an open log."""
    if not database.exists():
        return False
    with Logbook.open(database, create=False) as logbook:
        return is_demo_log(logbook)


def is_demo_log(logbook: Log) -> bool:
    """Whether a log is a demo clinic's: its mark is in it."""
    mark = event_id_of(MARK_SERIAL, "registration")
    return any(event.event_id == mark for event in logbook.events(pump_id=pump_id_of(MARK_SERIAL)))


def fill_demo(database: Path, *, today: date | None = None) -> int:
    """Tell the demo clinic into a log without events, relative to a day; how many events it then has.

    Raises EntryRefused when the log has events already.
    """
    return _fill(database, _settings_beside(database), today)


def _settings_beside(database: Path) -> Path | None:
    settings = database.parent / "clinic.toml"
    return settings if settings.exists() else None


def _fill(database: Path, settings: Path | None, today: date | None) -> int:
    files = read_demo_files()
    with Desk.open(database, clinic=settings) as desk:
        if desk.head().row_count:
            says = f"{database.name} has events in it already: the demo clinic is told into a new file; name another."
            raise EntryRefused(Fault("database", says))
        day = today or desk.today()
        lines = lines_of(files, today=day, reference=_shipped_in(desk.reference))
        desk.logbook.append_all([_event(line) for line in lines], seen={line.pump_id: 0 for line in lines})
    yesterday = datetime.combine(day - timedelta(days=1), time(16, 30), tzinfo=UTC)
    with Desk.open(database, clinic=settings, now=lambda: yesterday) as desk:
        _import_sheet(desk, files.sheet, day)
        _plan_days(desk, files.clinic_days, day)
        return desk.head().row_count


def ensure_demo(database: Path, *, today: date | None = None) -> None:
    """A demo clinic in this file, told anew when the one in it has gone stale; nothing of the old one is kept.

    Raises EntryRefused when the file holds a log that is not a demo: it is left as it is.
    """
    if not database.exists():
        fill_demo(database, today=today)
        return
    with Desk.open(database) as desk:
        head, day = desk.head(), today or desk.today()
        if head.row_count and not is_demo_log(desk.logbook):
            says = f"{database.name} holds a real log, not a demo clinic: name another file for the demo."
            raise EntryRefused(Fault("database", says))
        newest = desk.logbook.events(after=head.sequence - 1)
    if not newest:
        fill_demo(database, today=today)
    elif (day - newest[0].recorded_at_utc.date()).days > STALE_AFTER_DAYS:
        _replace(database, today)


def _replace(database: Path, today: date | None) -> None:
    """Put a new demo in the place of a stale one; the old one goes only once the new one is whole."""
    with TemporaryDirectory(dir=database.parent, prefix="demo-") as folder:
        fresh = Path(folder) / database.name
        _fill(fresh, _settings_beside(database), today)
        wal_path(database).unlink(missing_ok=True)
        fresh.replace(database)
        anchor_path(fresh).replace(anchor_path(database))


def _shipped_in(reference: Reference) -> Reference:
    """The shipped reference in this clinic's zone: the stories were told for the shipped policy."""
    shipped = load_reference()
    return replace(shipped, policy=shipped.policy.model_copy(update={"zone": reference.policy.zone}))


def _event(line: Line) -> NewEvent:
    entry = line.entry
    return NewEvent(
        event_id=line.event_id,
        pump_id=line.pump_id,
        kind=entry.kind,
        body_version=BODY_VERSION,
        body=entry.body(),
        happened_at_utc=entry.happened_at,
        recorded_at_utc=line.recorded_at,
        recorded_by=line.recorded_by,
    )


def _import_sheet(desk: Desk, told: Told, today: date) -> None:
    """Import the old clinic's sheet as somebody did yesterday afternoon: good rows in, bad ones on the banner."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / told["file"]
        _write_sheet(path, told, today)
        desk.import_sheet(path, by=told["by"], seen=desk.head().sequence, accept_good_rows=True)


def _plan_days(desk: Desk, told: Told, today: date) -> None:
    """Say the closures and the days of another size, as somebody did yesterday afternoon."""
    said: list[AboutTheDays] = []
    at = desk.now()
    for one in told["closure"]:
        first, last = (on_a_weekday(today + timedelta(days=one[name])) for name in ("first_in_days", "last_in_days"))
        said.append(ClosureSet(happened_at=at, first_on=first, last_on=last, reason=one["reason"]))
    for one in told["room"]:
        day = on_a_weekday(today + timedelta(days=one["in_days"]))
        said.append(CapacitySet(happened_at=at, day_date=day, visits_count=one["visits_count"], reason=one["reason"]))
    for place, entry in enumerate(said, 1):
        event_id = event_id_of(MARK_SERIAL, f"clinic-days-{place}")
        desk.plan_days(entry, by=told["by"], seen=desk.calendar().latest, event_id=event_id)


def _write_sheet(path: Path, told: Told, today: date) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([told["date_header"], *told["headers"]])
        for row in told["row"]:
            visit_on = on_a_weekday(today - timedelta(days=row["days_ago"]))
            rows.writerow([visit_on.isoformat(), *row["cells"]])
