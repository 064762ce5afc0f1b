"""The app as a web server: the entry script with its routes, guards and warm start around it."""

import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st

import pumplog
from pumplog.screens.guard import MIDDLEWARE, ROUTES
from pumplog.serving import DATABASE_VARIABLE

_PACKAGE: Final = Path(pumplog.__file__).parent
_WARM: Final = ("altair", "pandas", "pyarrow", "pumplog.desk")  # what the first page would otherwise wait for


def entry_script() -> Path:
    """Return the entry script: packed into the wheel, or at the top of a checkout.

    Streamlit reads the settings from `.streamlit/config.toml` beside it, in either place.
    """
    packed = _PACKAGE / "data" / "streamlit_app.py"
    return packed if packed.is_file() else _PACKAGE.parent / "streamlit_app.py"


def served_database() -> Path | None:
    """Return the database this server was started for, if it was told."""
    said = os.environ.get(DATABASE_VARIABLE)
    return Path(said) if said else None


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what the pages need, then set it outside the garbage collector's rounds.

    Collecting after every run of a script costs tens of milliseconds, most of it spent on modules that
    never go away. `runner.postScriptGC` is off in the settings for the same reason; collection stays on.
    """
    for name in _WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    address, port = st.get_option("server.address"), st.get_option("server.port")
    sys.stdout.write(f"pumplog is at http://{address}:{port}   (Ctrl+C stops it)\n")
    sys.stdout.flush()
    yield
    gc.unfreeze()  # what is still open must be let go of in order


AROUND: Final[dict[str, Any]] = {"lifespan": lifespan, "routes": ROUTES, "middleware": MIDDLEWARE}


def run(*, port: int, address: str) -> None:
    """Serve the app until stopped."""
    entry = entry_script()
    sys.argv = [str(entry)]  # Streamlit looks for the settings beside the script that was started
    app = st.App(entry, **AROUND)
    app.run(config={"server.port": port, "server.address": address})
