"""Which database a server is for: told by whoever started it, in the environment."""

import os
from pathlib import Path
from typing import Final

from pumplog.serving import DATABASE_VARIABLE

DEFAULT_DATABASE: Final = Path("data/local/pumplog.duckdb")


def served_database() -> Path:
    """The database that this server was started for, else the default one."""
    return Path(os.environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE)
