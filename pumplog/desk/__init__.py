"""THE ONE DOOR to everything: board, story, preview, record, import, verify."""

from pumplog.desk.access_log import AccessLine
from pumplog.desk.alarms import AlarmResponse, Alarms, ScanAhead
from pumplog.desk.calling import CallList
from pumplog.desk.desk import Desk
from pumplog.desk.drafts import Draft, Typed, Unfinished
from pumplog.desk.handing_out import HandedOut, visit_file_name
from pumplog.desk.papers import PaperKind, PaperMade, Papers
from pumplog.desk.planner import Plan
from pumplog.desk.reading import utc_now
from pumplog.desk.saw_tooth import Level
from pumplog.desk.shapes import (
    Board,
    Drawn,
    Found,
    ImportReport,
    Preview,
    PumpCard,
    Recorded,
    Story,
    VisitLine,
)

__all__ = [
    "AccessLine",
    "AlarmResponse",
    "Alarms",
    "Board",
    "CallList",
    "Desk",
    "Draft",
    "Drawn",
    "Found",
    "HandedOut",
    "ImportReport",
    "Level",
    "PaperKind",
    "PaperMade",
    "Papers",
    "Plan",
    "Preview",
    "PumpCard",
    "Recorded",
    "ScanAhead",
    "Story",
    "Typed",
    "Unfinished",
    "VisitLine",
    "utc_now",
    "visit_file_name",
]
