"""What a form about a pump stands on, and when the thing it tells of happened."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pumplog.desk import Desk, Story
from pumplog.errors import EntryRefused
from pumplog.reference import PumpModel
from pumplog.screens.form import Form
from pumplog.state import Standing


@dataclass(frozen=True)
class Ground:
    """What a form about a pump stands on: the pump, what it held before, and when something last happened.

    `last_happened_at` is None where an entry is replaced: a replacement is never late.
    """

    pump_id: str
    pump_serial: str
    model: PumpModel | None
    before: Standing | None
    alarm_volume_ml: Decimal | None
    last_happened_at: datetime | None
    at: datetime
    by: str | None
    capacity_ml: Decimal

    @property
    def is_replacement(self) -> bool:
        """Whether an entry is typed anew in the place of a wrong one."""
        return self.last_happened_at is None


def ground_of(desk: Desk, story: Story, at: datetime, by: str | None) -> Ground | None:
    """The ground of a new entry, or None for a pump that nobody registered."""
    registered, standing = story.state.registered, story.state.standing
    if registered is None:
        return None
    return Ground(
        pump_id=story.state.pump_id,
        pump_serial=registered.pump_serial,
        model=model_of(desk, registered.pump.model),
        before=standing,
        alarm_volume_ml=standing.alarm_volume_ml if standing else registered.pump.alarm_volume_ml,
        last_happened_at=story.state.last_clinical_at,
        at=at,
        by=by,
        capacity_ml=registered.pump.capacity_ml,
    )


def model_of(desk: Desk, name: str) -> PumpModel | None:
    """The reference row of a pump model, or None for one on no list."""
    try:
        return desk.reference.pump_model(name)
    except EntryRefused:
        return None


def when_fields(form: Form, ground: Ground, label: str) -> None:
    """Ask when it happened; and why it is late, when something later is on record."""
    late_field(form, ground, form.moment("happened_at", label, at=ground.at))


def late_field(form: Form, ground: Ground, moment: datetime | None) -> None:
    """Ask why something is told only now, when something later is on record; within one minute nothing is late."""
    last = ground.last_happened_at
    with form.page.container():
        if moment is not None and last is not None and moment < last.replace(second=0, microsecond=0):
            form.page.warning(
                "Something that happened later is already on record for this pump: this is a late entry."
            )
            example = "paper form, typed in afterwards"
            form.text("late_reason", "Why is it late?", example=example, required=True)
