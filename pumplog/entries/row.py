"""Rows of an imported sheet that were refused: they stay in sight until mended or dismissed."""

from typing import Annotated, Literal

from pydantic import Field

from pumplog.entries.base import Entry, Part, Words


class RowFaultSaid(Part):
    """One fault of the row: the field, and the sentence that was shown."""

    field: Words
    says: Words


class RowRefused(Entry):
    """A row that was not taken. `rest_digest` recognises the row again once its faulty cells are mended."""

    kind: Literal["row_refused"] = "row_refused"
    pump_serial: Words | None = None
    sheet: Words
    line_count: Annotated[int, Field(ge=1)]
    faults: tuple[RowFaultSaid, ...]
    rest_digest: Words


class RowSettled(Entry):
    """A refused row was mended by a later import, or dismissed with a reason."""

    kind: Literal["row_settled"] = "row_settled"
    pump_serial: Words | None = None
    row_event_id: Words
    how: Literal["mended", "dismissed"]
    reason: Words
