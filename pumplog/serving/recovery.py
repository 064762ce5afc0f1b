"""What to do when the log does not open: the part of `docs/recovery.md` that applies, with this clinic's paths."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pumplog
from pumplog.errors import Trouble

_PACKAGE: Final = Path(pumplog.__file__).parent
_SECTION: Final = re.compile(r"^## (.+)\n\n(?:<!-- (\w+) -->\n\n)?", re.MULTILINE)
_FIRST: Final = "First of all"
_CALL: Final = "Who to call"
_PAPERS: Final = "(from `/srv/pumplog/downtime`)"
_BACKUPS: Final = "/srv/backups/pumplog"
_DATABASE: Final = Path("/srv/pumplog/clinic.duckdb")


@dataclass(frozen=True)
class Place:
    """What the steps name: the log, the folders of papers and backups, and whom to call; None or empty if unset."""

    database: Path
    papers: Path | None = None
    backups: Path | None = None
    support_says: str = ""


@dataclass(frozen=True)
class WayOut:
    """One trouble as Markdown: what it is, what comes before any step, the steps, and whom to call."""

    title: str
    first: str
    steps: str
    call: str


def way_out(trouble: Trouble, place: Place) -> WayOut:
    """The way out of one trouble, in this clinic."""
    sections = _sections()
    title = next(name for name, (of, _) in sections.items() if of == trouble)
    call = f"Call {place.support_says}. Read out the sentence, and say what you did." if place.support_says else ""
    return WayOut(
        title, _here(sections[_FIRST][1], place), _here(sections[title][1], place), call or sections[_CALL][1]
    )


@cache
def _sections() -> dict[str, tuple[str | None, str]]:
    """Each section of the page by its title: which trouble it is about, and what it says."""
    packed = _PACKAGE / "data" / "recovery.md"
    page = packed if packed.is_file() else _PACKAGE.parent / "docs" / "recovery.md"
    parts = _SECTION.split(page.read_text("utf-8"))[1:]
    return {title: (of, text.strip()) for title, of, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def _here(text: str, place: Place) -> str:
    """The text with the example's paths replaced by this clinic's."""
    ours = {
        _PAPERS: f"(from `{place.papers}`)" if place.papers else "(the last one that was printed)",
        _BACKUPS: str(place.backups or place.database.parent / "backups"),
        str(_DATABASE): str(place.database),
        str(_DATABASE.parent): str(place.database.parent),
        _DATABASE.name: place.database.name,
    }
    return re.sub("|".join(map(re.escape, ours)), lambda found: ours[found[0]], text)
