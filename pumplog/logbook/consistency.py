"""Two heads beside each other: can the newer log be the older one, gone on? Without the log itself."""

from dataclasses import dataclass
from typing import Literal

from pumplog.logbook.event import Outside, Remembered

Answer = Literal["same", "contradicts", "cannot tell"]


@dataclass(frozen=True)
class Consistency:
    """What two heads alone say. Whether a longer log goes on from a shorter one, only the log can tell."""

    answer: Answer
    says: str


def compared(old: Outside, new: Outside) -> Consistency:
    """Compare two heads, or their codes: the older first."""
    answers = [_of_one_chain(old.events, new.events, "events")]
    if old.accesses is not None and new.accesses is not None:
        answers.append(_of_one_chain(old.accesses, new.accesses, "lines of who came in"))
    for wanted in ("contradicts", "cannot tell"):
        for one in answers:
            if one.answer == wanted:
                return one
    return answers[0]


def _of_one_chain(old: Remembered, new: Remembered, what: str) -> Consistency:
    if new.row_count < old.row_count:
        says = (
            f"The first head has {old.row_count} {what} and the second {new.row_count}: no log loses any. Name the "
            "older one first; if you did, the log was shortened or they are of two logs."
        )
        return Consistency("contradicts", says)
    if new.row_count > old.row_count:
        says = (
            f"The first head has {old.row_count} {what} and the second {new.row_count}: whether the second log is "
            "the first one gone on can only be told with the log. Name its database."
        )
        return Consistency("cannot tell", says)
    length = min(len(old.hash_begins), len(new.hash_begins))
    if old.hash_begins[:length] != new.hash_begins[:length]:
        says = f"Both heads have {old.row_count} {what} and another hash: one of the two logs was rewritten."
        return Consistency("contradicts", says)
    return Consistency("same", f"Both heads are of the same log of {old.row_count} {what}.")
