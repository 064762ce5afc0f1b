"""Refill and alarm logbook for implanted intrathecal pumps."""

__version__ = "0.1.0"
