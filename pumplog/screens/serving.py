"""The app as a web server: the entry script with its routes, guards and warm start around it."""

import gc
import importlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st

from pumplog.errors import PumplogError
from pumplog.logbook.answering import answering
from pumplog.reference import Door, load_reference, settings_beside
from pumplog.screens import clinic
from pumplog.screens.guard import ROUTES, guards
from pumplog.screens.hospital import hospital_parts
from pumplog.serving.nightly import NightWatch
from pumplog.serving.private_files import cookie_secret, keep_files_private
from pumplog.serving.refusals import door_of, refuse_open_doors
from pumplog.serving.safety import SAFE, entry_script
from pumplog.serving.served import served_database
from pumplog.serving.start import refuse_unsafe_start

_WARM: Final = ("altair", "pandas", "pyarrow", "pumplog.desk")  # what the first page would otherwise wait for

_LOOK_AGAIN_SECONDS: Final[float] = 15
"""So often it is looked whether a log that did not open at the start opens now."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what the pages need, then set it outside the garbage collector's rounds.

    Collecting after every run of a script costs tens of milliseconds, most of it spent on modules that
    never go away. `runner.postScriptGC` is off in the settings for the same reason; collection stays on.
    """
    keep_files_private()
    address, port = st.get_option("server.address"), st.get_option("server.port")
    # Here once more, because `streamlit run streamlit_app.py` comes by no other place.
    refuse_open_doors(door_of(served_database(), address))
    for name in _WARM:
        importlib.import_module(name)
    night = NightWatch(clinic.whole_desk)
    if load_reference(settings_beside(served_database())).nightly.makes_anything:
        night.start()
    gc.collect()
    gc.freeze()
    sys.stdout.write(f"pumplog is at http://{address}:{port}   (Ctrl+C stops it)\n")
    sys.stdout.flush()
    first_board = threading.Thread(target=_first_board, name="first board", daemon=True)
    with commands_answered():
        first_board.start()
        yield
    first_board.join(timeout=60)
    night.stop()
    gc.unfreeze()  # what is still open must be let go of in order


def _first_board() -> None:
    """Work it out, and set what was read for it aside too: a round over ten years of events costs hundreds of ms."""
    clinic.work_out_board()
    gc.collect()
    gc.freeze()


@contextmanager
def commands_answered() -> Iterator[None]:
    """Open the log before the first page asks for it, and answer commands about it; now, or once it opens."""
    over = threading.Event()
    with ExitStack() as answers:
        if _answers(answers):
            yield
            return
        looking = threading.Thread(target=_answer_once_open, args=(answers, over), name="commands later", daemon=True)
        looking.start()
        yield
        over.set()
        looking.join(timeout=60)


def _answers(answers: ExitStack) -> bool:
    """Whether the log opens, so that commands are answered from now on; each page says why if it does not."""
    try:
        log = clinic.whole_desk().logbook
    except PumplogError:
        return False
    answers.enter_context(answering(served_database().resolve(), log))
    return True


def _answer_once_open(answers: ExitStack, over: threading.Event) -> None:
    while not over.wait(_LOOK_AGAIN_SECONDS):
        if _answers(answers):
            return


def around(database: Path, door: Door) -> dict[str, Any]:
    """What stands around the script: where a clinic lets people in, and which hospital's sign-in it takes."""
    hospital = hospital_parts(database, door)
    return {
        "lifespan": lifespan,
        "routes": ROUTES,
        "middleware": (*guards(door), *hospital.guards),
        "secrets": hospital.secrets,
    }


def run(*, port: int, address: str | None = None, demo: bool = False) -> None:
    """Serve the app until stopped. Refuses, as `pumplog serve` does, what would let in people who do not belong."""
    database = served_database()
    door = door_of(database, address)
    refuse_unsafe_start(database, door, demo=demo)
    # Streamlit takes a secret from the environment or a file in the open, and the web server its believed proxies
    # from the environment alone. Both are of this process: nobody but its account can look at them.
    os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = cookie_secret(database)
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(door.believed)
    entry = entry_script()
    sys.argv = [str(entry)]  # Streamlit looks for the settings beside the script that was started
    app = st.App(entry, **around(database, door))
    where = {"server.port": port, "server.address": door.address, "server.allowedHosts": list(door.allowed_hosts)}
    app.run(config={**SAFE, **where})
