"""Looks over a clinic from end to end: its log, the disk, the settings, the backups; each complaint with its mend."""

import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from pumplog.desk import Desk
from pumplog.desk.examining import RECOVERY, Check, Health, of_the_triggers
from pumplog.errors import EntryRefused, LogbookDamaged, LogbookUnavailable, PumplogError, Trouble
from pumplog.logbook.backup import newest_backup, prove_copy
from pumplog.logbook.proof import guarded_file
from pumplog.logbook.remote import reach
from pumplog.quantities import show_date
from pumplog.reference import load_reference, settings_beside
from pumplog.reference.secret import client_secret, secret_file
from pumplog.serving.private_files import refuse_files_that_others_may_read
from pumplog.serving.recovery import Place, way_out
from pumplog.serving.refusals import refuse_open_doors
from pumplog.serving.safety import unsafe_settings

FREE_LOOK_BYTES: Final = 1 << 30
FREE_WRONG_BYTES: Final = 128 << 20
"""House policy: what should be free on the disk of the log, besides the size of a second copy of it."""
BACKUP_LOOK: Final = timedelta(hours=36)
BACKUP_WRONG: Final = timedelta(days=7)
"""House policy: a backup a night, and half a day to be late."""


def examine(database: Path) -> tuple[Check, ...]:
    """Everything that can be looked at, whether the log opens or not; in the app, where the app has it open."""
    database = database.resolve()
    guarded = _guarded_before_opening(database)
    try:
        with Desk.reach(database, create=False) as desk:
            return examine_open(desk, database, guarded=guarded)
    except (LogbookDamaged, LogbookUnavailable) as trouble:
        return (_of_the_trouble(trouble, database), *around(database))
    except EntryRefused as refused:
        return (Check("settings", Health.WRONG, str(refused), "Mend that line of clinic.toml, then look again."),)


def examine_open(desk: Desk, database: Path, *, guarded: bool | None = None) -> tuple[Check, ...]:
    """The checks of a log that is open at this desk, and of what is around it.

    `guarded` says how the triggers were before this very opening put them back; None asks the open log.
    """
    triggers = () if guarded is None else (of_the_triggers(guarded=guarded),)
    checks = [one for one in desk.examine() if not triggers or one.about != triggers[0].about]
    return (*checks[:1], *triggers, *checks[1:], *around(database), *_of_the_backups(desk, database))


def around(database: Path) -> tuple[Check, ...]:
    """What can be looked at without opening the log: the disk, and the settings of the clinic and of the server."""
    return (_of_the_disk(database), *_of_the_settings(database))


def _guarded_before_opening(database: Path) -> bool | None:
    """Whether the triggers are whole in the file; None when the app has it, or nobody can tell."""
    app = reach(database)
    if app is not None:
        app.close()
        return None
    with suppress(PumplogError):
        return guarded_file(database)
    return None


def _of_the_trouble(trouble: LogbookDamaged | LogbookUnavailable, database: Path) -> Check:
    way = way_out(trouble.trouble, Place(database))
    mend = RECOVERY if trouble.trouble is Trouble.DAMAGED else f'Go by docs/recovery.md, "{way.title}".'
    return Check("log", Health.WRONG, str(trouble), mend)


def _of_the_disk(database: Path) -> Check:
    try:
        free = shutil.disk_usage(database.parent).free
        size = database.stat().st_size if database.is_file() else 0
    except OSError as refused:
        says = f"The folder {database.parent} cannot be looked at ({refused.strerror})."
        return Check("free disk", Health.WRONG, says, "Look whether its disk is there and belongs to this account.")
    says = f"{free / (1 << 30):.1f} GiB are free on the disk of the log."
    mend = "Make room: old papers, old backups of the night; never a file whose name begins with the database's."
    if free >= FREE_LOOK_BYTES + size:
        return Check("free disk", Health.WELL, says)
    return Check("free disk", Health.WRONG if free < FREE_WRONG_BYTES + size else Health.LOOK, says, mend)


def _of_the_settings(database: Path) -> Iterator[Check]:
    """Files that others may read, ways in that are open, the hospital's secret, the settings of the web server."""
    try:
        reference = load_reference(settings_beside(database))
    except EntryRefused as refused:
        yield Check("settings", Health.WRONG, str(refused), "Mend that line of clinic.toml, then look again.")
        return
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("files", lambda: refuse_files_that_others_may_read(database)),
        ("address", lambda: refuse_open_doors(reference.door)),
        ("secrets", lambda: reference.hospital and client_secret(secret_file(database))),
    )
    for about, refuse in asked:
        yield _refused_or_well(about, refuse)
    yield _of_the_server()


def _refused_or_well(about: str, refuse: Callable[[], object]) -> Check:
    """What the start of the app would refuse; its sentence says the mend."""
    try:
        refuse()
    except EntryRefused as refused:
        return Check(about, Health.WRONG, "The app would refuse to start, or would be open to others.", str(refused))
    return Check(about, Health.WELL, "As it should be: the app starts, and lets in nobody who does not belong.")


def _of_the_server() -> Check:
    mend = "Take the line or the variable away; 'pumplog serve' sets it right by itself, 'streamlit run' does not."
    try:
        unsafe = tuple(unsafe_settings((Path.cwd(), Path.home())))
    except (OSError, RuntimeError, tomllib.TOMLDecodeError) as refused:
        return Check("web server", Health.LOOK, f"Its settings cannot be read ({refused}).", mend)
    if unsafe:
        return Check("web server", Health.LOOK, f"Not as it should be: {', '.join(unsafe)}.", mend)
    return Check("web server", Health.WELL, "No file and no variable weakens what guards the pages.")


def _of_the_backups(desk: Desk, database: Path) -> Iterator[Check]:
    """How old the last backup is, whether the night failed, where they lie, and whether the newest proves itself."""
    made, now, to = desk.last_backup(), desk.now(), desk.reference.nightly.backup_to
    mend = "Give 'pumplog backup --to FOLDER' now, and name backup_to under [nightly] in clinic.toml."
    if made.failed_at is not None:
        since = f"{show_date(made.failed_at.date())}, {made.failed_at:%H:%M}"
        yield Check("backup by night", Health.WRONG, f"It has failed since {since}: {made.failed_says}", mend)
    if made.made_at is None:
        yield Check("backup age", Health.WRONG, "There is no backup yet.", mend)
    else:
        age = now - made.made_at
        health = Health.WRONG if age > BACKUP_WRONG else Health.LOOK if age > BACKUP_LOOK else Health.WELL
        says = f"The last backup was made on {show_date(made.made_at.date())}, {made.made_at:%H:%M}."
        yield Check("backup age", health, says, "" if health is Health.WELL else mend)
    if to is not None:
        yield from _of_the_folder(desk, to, database)


def _of_the_folder(desk: Desk, to: Path, database: Path) -> Iterator[Check]:
    mend = "Look into the folder, make a new backup, and find out what became of the others."
    try:
        newest = newest_backup(to)
        if to.stat().st_dev == database.parent.stat().st_dev:
            says = f"Backups go to {to}, which is on the disk of the log: they end with it."
            yield Check(
                "backup folder", Health.LOOK, says, "Name a folder on another disk as backup_to in clinic.toml."
            )
        if newest is not None:
            ours = desk.is_part_of(prove_copy(newest).head)
            says = f"The newest backup, {newest.parent.name}, {'proves itself' if ours else 'is of another log'}."
            yield Check("newest backup", Health.WELL if ours else Health.WRONG, says, "" if ours else mend)
    except (OSError, PumplogError) as refused:
        yield Check("newest backup", Health.WRONG, f"The backups in {to} cannot be proved: {refused}", mend)
