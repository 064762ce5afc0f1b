"""The same desk, from a terminal."""

from pumplog.cli.app import main

__all__ = ["main"]
