"""INK: the append-only log of everything that was said, and the proof that nothing was taken back."""

from pumplog.logbook.event import Event, Head, NewEvent, Outside, Verification
from pumplog.logbook.kept import Kept, Shelf
from pumplog.logbook.log import Lease, Log
from pumplog.logbook.signed_head import SignedHead
from pumplog.logbook.store import Logbook

__all__ = [
    "Event",
    "Head",
    "Kept",
    "Lease",
    "Log",
    "Logbook",
    "NewEvent",
    "Outside",
    "Shelf",
    "SignedHead",
    "Verification",
]
