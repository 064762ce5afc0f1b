"""One volume of a long report, set in a process of its own, which gives its memory back.

It knows typesetting alone: the process that is started takes little before it begins.
"""

import json
import sys
from datetime import datetime
from typing import Any

from pumplog.exports import typeset


def set_volume(asked: dict[str, Any]) -> bytes:
    """One volume as PDF: its paper, its data, the moment it was made."""
    paper = typeset.Paper(**asked["paper"])
    return typeset.document("report", paper, asked["data"], at=datetime.fromisoformat(asked["at"]))


if __name__ == "__main__":
    sys.stdout.buffer.write(set_volume(json.loads(sys.stdin.buffer.read())))
