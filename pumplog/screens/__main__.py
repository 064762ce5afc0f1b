"""`python -m pumplog.screens`: the web server, as `pumplog.serving.start.serve` starts it."""

import argparse
import sys

from pumplog.errors import PumplogError
from pumplog.screens.serving import run
from pumplog.serving import DEFAULT_PORT
from pumplog.serving.private_files import keep_files_private

if __name__ == "__main__":
    keep_files_private()
    words = argparse.ArgumentParser(prog="python -m pumplog.screens", description=__doc__)
    words.add_argument("--port", type=int, default=DEFAULT_PORT)
    words.add_argument("--address")
    words.add_argument("--demo", action="store_true", help="the database is a demo clinic, with no patients to hide")
    said = words.parse_args()
    try:
        run(port=said.port, address=said.address, demo=said.demo)
    except PumplogError as refused:
        sys.stderr.write(f"{refused}\n")
        sys.exit(1)
