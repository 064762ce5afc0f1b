"""How old the papers and the last backup are, in the words of the strip."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pumplog.desk import PaperKind, PaperMade
from pumplog.quantities import show_date

PAPER_WORDS: Final[Mapping[PaperKind, str]] = {
    "backup": "Backup",
    "digest": "Digest",
    "downtime_pack": "Downtime pack",
}


def age_words(paper: PaperMade, now: datetime) -> str:
    """Return when a paper was last made, as one says it."""
    if paper.made_at is None:
        return "none yet"
    days = (now.date() - paper.made_at.date()).days
    if days == 0:
        return f"today {paper.made_at:%H:%M}"
    return f"yesterday {paper.made_at:%H:%M}" if days == 1 else f"{days} days old"


def failed_words(kind: PaperKind, paper: PaperMade) -> str:
    """Return that something of the night failed, since when, and why."""
    since = f"{show_date(paper.failed_at.date())}, {paper.failed_at:%H:%M}" if paper.failed_at else ""
    return f"{PAPER_WORDS[kind]} by night failed since {since}. {paper.failed_says}"
