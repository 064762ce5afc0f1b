"""`python -m pumplog.screens`: the web server, as `pumplog.serving.serve` starts it."""

import argparse

from pumplog.screens.serving import run
from pumplog.serving import DEFAULT_ADDRESS, DEFAULT_PORT

if __name__ == "__main__":
    words = argparse.ArgumentParser(prog="python -m pumplog.screens", description=__doc__)
    words.add_argument("--port", type=int, default=DEFAULT_PORT)
    words.add_argument("--address", default=DEFAULT_ADDRESS)
    said = words.parse_args()
    run(port=said.port, address=said.address)
