"""An empty log, made once in a run and copied for each test: making one is a quarter of a second of migrations."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pumplog.logbook import Logbook

_NAME = "empty.duckdb"


@cache
def _made_once() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    Logbook.open(Path(folder.name) / _NAME).close()
    return folder


def put_empty_log(database: Path) -> None:
    """Put an empty log there, with all that lies beside it, unless there is something."""
    if database.exists():
        return
    for path in Path(_made_once().name).glob(f"{_NAME}*"):
        shutil.copy(path, database.with_name(path.name.replace(_NAME, database.name)))
