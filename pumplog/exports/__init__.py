"""What leaves the house: plain records of the board, a story, an answer."""

from pumplog.exports.records import (
    DUE_COLUMNS,
    answer_record,
    due_csv,
    due_record,
    entry_record,
    plain_value,
    story_events,
    story_projection,
    story_state,
    working_records,
)

__all__ = [
    "DUE_COLUMNS",
    "answer_record",
    "due_csv",
    "due_record",
    "entry_record",
    "plain_value",
    "story_events",
    "story_projection",
    "story_state",
    "working_records",
]
