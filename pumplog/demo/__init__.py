"""A clinic that does not exist: invented people and pumps, told relative to today, in a log of its own."""

from pumplog.demo.clinic import demo_database, ensure_demo, fill_demo, is_demo, is_demo_log

__all__ = ["demo_database", "ensure_demo", "fill_demo", "is_demo", "is_demo_log"]
