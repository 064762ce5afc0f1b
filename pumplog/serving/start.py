"""Start the web server in this process's place, with everything it needs said out loud.

The command line may not import the screens, and a fresh interpreter serves faster than one that has
already done other work: so this process becomes `python -m pumplog.screens`.
"""

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Door
from pumplog.serving import DATABASE_VARIABLE, DEFAULT_PORT
from pumplog.serving.private_files import refuse_files_that_others_may_read
from pumplog.serving.refusals import door_of, refuse_open_doors


def serve(database: Path, *, port: int = DEFAULT_PORT, address: str | None = None, demo: bool = False) -> NoReturn:
    """Become the web server for this database; never returns.

    Whoever calls has closed the database, which one process alone can hold. Refuses what would let in
    people who do not belong, and a port that does not exist or is taken.
    """
    door = refuse_start(database, port=port, address=address, demo=demo)
    environment = {**os.environ, DATABASE_VARIABLE: str(database.resolve())}
    words = [sys.executable, "-m", "pumplog.screens", "--port", str(port), "--address", door.address]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, words + ["--demo"] * demo, environment)  # noqa: S606  no shell, no words from outside


def refuse_start(database: Path, *, port: int, address: str | None, demo: bool) -> Door:
    """Refuse a start that would not be safe, or could not be; the door to open otherwise."""
    door = door_of(database, address)
    refuse_unsafe_start(database, door, demo=demo)
    _refuse_unusable_port(port, door.address)
    return door


def refuse_unsafe_start(database: Path, door: Door, *, demo: bool) -> None:
    """Refuse to serve through an open door, or from files that others may read; a demo has no patients to hide."""
    refuse_open_doors(door)
    if not demo:
        refuse_files_that_others_may_read(database)


def _refuse_unusable_port(port: int, address: str) -> None:
    if not 0 < port < 65536:
        raise EntryRefused(Fault("port", f"Port {port} does not exist: say one from 1 to 65535."))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as taken:
            raise EntryRefused(
                Fault(
                    "port",
                    f"Port {port} cannot be used ({taken.strerror}). pumplog may be running already: look at "
                    f"http://{address}:{port}, or say another port, for example --port {port % 65535 + 1}.",
                )
            ) from taken
