"""Pumps that can be chosen at registration."""

from decimal import Decimal
from enum import StrEnum

from pumplog.reference.graded import Graded, GradedCount, Note, Row, Sourced, SourceKey
from pumplog.sources import SOURCES


class PumpKind(StrEnum):
    """What a pump can do: be programmed, run at one flow, or nobody wrote it down here."""

    PROGRAMMABLE = "programmable"
    FIXED_FLOW = "fixed_flow"
    OTHER = "other"


class MakersLimit(Sourced):
    """What the maker of a pump allows of one drug in it."""

    drug: str
    low_mcg_per_ml: Decimal
    high_mcg_per_ml: Decimal
    patient_boluses_allowed: bool


class PumpModel(Row):
    """One pump that can be chosen at registration; what is None or empty is typed by a person."""

    name: str
    maker: str | None = None
    kind: PumpKind
    aliases: tuple[str, ...] = ()
    capacity_ml: Graded | None = None
    alarm_volume_ml: Graded | None = None
    alarm_volume_ml_offers: tuple[Graded, ...] = ()
    refill_date_volume_ml: Graded | None = None
    tubing_volume_ml_offers: tuple[Graded, ...] = ()
    catheter_length_cm: Graded | None = None
    catheter_ml_per_cm: Graded | None = None
    minimum_flow_ml_per_day: Graded | None = None
    flex_steps_a_day_count: GradedCount | None = None
    restart_after_mri_minutes: GradedCount | None = None
    restart_reported_hours: GradedCount | None = None
    has_alarm: bool
    has_alarm_source: SourceKey
    notes: tuple[Note, ...] = ()
    drug_limits: tuple[MakersLimit, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, with and without its maker's."""
        names = (self.name, *self.aliases)
        return names if self.maker is None else (*names, *(f"{self.maker} {name}" for name in names))

    @property
    def planning_volume_ml(self) -> Graded | None:
        """The volume that the refill date is reckoned to: the maker's own, else the alarm volume."""
        return self.refill_date_volume_ml or self.alarm_volume_ml

    @property
    def unverified_fields(self) -> tuple[str, ...]:
        """The fields of a registration whose offered value a person must confirm or overtype."""
        offered = {
            "capacity_ml": self.capacity_ml,
            "alarm_volume_ml": self.planning_volume_ml,
            "tubing_volume_ml": next(iter(self.tubing_volume_ml_offers), None),
            "catheter_ml_per_cm": self.catheter_ml_per_cm,
        }
        fields = [field for field, value in offered.items() if value is not None and value.unverified]
        if SOURCES[self.has_alarm_source].unverified:
            fields.append("has_alarm")
        return tuple(fields)
