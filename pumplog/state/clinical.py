"""What is told of the patient beside the pump: scores, diary, medicines, plans. It moves no date and no tier."""

from dataclasses import dataclass, field

from pumplog.entries import DiaryDay, MedicinesListed, PlanEnded, PlanMade, Scored

CLINICAL_KINDS = frozenset({"scored", "diary", "medicines", "plan_made", "plan_ended"})
"""The kinds that are read only when somebody asks for them: a board needs none."""

BESIDE_THE_TIME_LINE = CLINICAL_KINDS | {"risk_flags_changed", "ratio_accepted"}
"""The kinds that say nothing of what the pump does: they make no later entry late, and are never late themselves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A prescriber's plan, and how it ended; None while it runs."""

    event_id: str
    made: PlanMade
    ended: PlanEnded | None


@dataclass(frozen=True, slots=True)
class Clinical:
    """Scores and diary in the order of happening, the medicines as last listed, every plan."""

    scores: tuple[Scored, ...] = ()
    diary: tuple[DiaryDay, ...] = ()
    medicines: MedicinesListed | None = None
    plans: tuple[Plan, ...] = ()

    @property
    def open_plans(self) -> tuple[Plan, ...]:
        """The plans that nobody has ended."""
        return tuple(plan for plan in self.plans if plan.ended is None)


@dataclass
class Telling:
    """What was told so far, while the entries go by in order."""

    scores: list[Scored] = field(default_factory=list)
    diary: list[DiaryDay] = field(default_factory=list)
    medicines: MedicinesListed | None = None
    made: dict[str, PlanMade] = field(default_factory=dict)
    ended: dict[str, PlanEnded] = field(default_factory=dict)

    def told(self) -> Clinical:
        """All of it, frozen; a plan whose making was taken back is gone, whatever ended it."""
        plans = tuple(Plan(event_id, made, self.ended.get(event_id)) for event_id, made in self.made.items())
        return Clinical(tuple(self.scores), tuple(self.diary), self.medicines, plans)
