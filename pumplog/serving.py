"""Start the web server in this process's place, with everything it needs said out loud.

The command line may not import the screens, and a fresh interpreter serves faster than one that has
already done other work: so this process becomes `python -m pumplog.screens`.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from pumplog.errors import EntryRefused, Fault

DATABASE_VARIABLE = "PUMPLOG_DATABASE"
DEFAULT_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8501


def serve(database: Path, *, port: int = DEFAULT_PORT, address: str = DEFAULT_ADDRESS) -> NoReturn:
    """Become the web server for this database; never returns.

    Whoever calls has closed the database, which one process alone can hold. Refuses an address that is
    not this machine's own, and a port that does not exist or is taken.
    """
    _refuse_other_machines(address)
    _refuse_unusable_port(port, address)
    environment = {**os.environ, DATABASE_VARIABLE: str(database.resolve())}
    words = [sys.executable, "-m", "pumplog.screens", "--port", str(port), "--address", address]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, words, environment)  # noqa: S606  no shell, no words from outside


def _refuse_other_machines(address: str) -> None:
    """Patient records leave this machine through a proxy with TLS and sign-in, or not at all."""
    try:
        own = ipaddress.ip_address(address).is_loopback
    except ValueError:
        own = False
    if not own:
        raise EntryRefused(
            Fault(
                "address",
                f"{address} is not this machine's own address. pumplog listens on 127.0.0.1 only; "
                "to reach it from a tablet, put a web server with TLS in front of it.",
            )
        )


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
