"""A drawn volume as a visit, before anything else of the visit is known."""

from datetime import datetime
from decimal import Decimal

from pumplog.entries import Deferred, read_entry
from pumplog.rules import PREVIEW_ID
from pumplog.state import PumpState, Visit


def visit_of_drawn(
    state: PumpState, drawn_ml: Decimal, at: datetime, boluses_used_mcg: Decimal | None
) -> Visit | None:
    """The visit at which this was drawn, as if nothing was filled; None where no fill came before."""
    if state.standing is None or state.registered is None:
        return None
    last = state.visits[-1]
    since = (*last.since_fill, last.standing) if last.entry.kind == "reprogrammed" else (last.standing,)
    said = {
        "kind": "deferred",
        "happened_at": at,
        "pump_serial": state.registered.pump_serial,
        "reason": "not said yet",
        "drawn_ml": drawn_ml,
        "volume_left_ml": drawn_ml,
        "patient_boluses_used_mcg": boluses_used_mcg,
    }
    entry = read_entry(said)
    assert isinstance(entry, Deferred)  # noqa: S101  of the kind that was said
    return Visit(PREVIEW_ID, at, entry, since, last.standing)
