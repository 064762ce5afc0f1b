"""The words for what entries hold: kinds, codes, and the fields of an entry read back as lines."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from pumplog.calc.formula import unit_of
from pumplog.entries import Entry
from pumplog.exports.log_words import KIND_WORDS as KIND_WORDS  # said once, for screens and paper
from pumplog.quantities import label, show, show_date
from pumplog.reference import ALARM_KINDS
from pumplog.screens.clinical_words import CLINICAL_CODES, clinical_line

MODE_WORDS: Final[Mapping[str, str]] = {
    "simple_continuous": "Simple continuous",
    "flex": "Flex: steps through the day",
    "periodic_bolus": "Periodic bolus",
    "minimum_rate": "Minimum rate",
    "fixed_flow": "Fixed flow",
    "single_bolus": "Single bolus, then stopped",
    "stopped": "Stopped",
}
WEEKDAY_WORDS: Final[Mapping[str, str]] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
RISK_WORDS: Final[Mapping[str, str]] = {
    "lesion_t6_or_above": "Lesion at T6 or above",
    "previous_withdrawal": "Withdrawal before",
    "cannot_communicate": "Cannot tell us about symptoms",
    "pregnancy": "Pregnancy",
}
POCKET_FILL_WORDS: Final[Mapping[str, str]] = {
    "swelling": "Swelling",
    "burning": "Burning",
    "difficulty": "Difficulty injecting",
}
PLACE_WORDS: Final[Mapping[str, str]] = {"clinic": "Clinic", "home": "At home"}
TONE_WORDS: Final[Mapping[str, str]] = {
    "single": "Single beep, about hourly",
    "two_tone": "Two tones",
    "not_heard": "Seen on the programmer, not heard",
}
RETIRED_WORDS: Final[Mapping[str, str]] = {
    "explanted": "Pump taken out",
    "died": "Patient died",
    "transferred": "Another clinic takes over",
    "replaced": "Another pump took its place",
}
OUTCOME_WORDS: Final[Mapping[str, str]] = {
    "booked": "Booked a visit",
    "no_answer": "No answer",
    "call_again": "Call again on a day",
    "refused": "Refused a visit",
    "moved": "Moved away",
    "in_hospital_elsewhere": "In hospital elsewhere",
    "other": "Something else",
}
BOOKING_CHANGE_WORDS: Final[Mapping[str, str]] = {
    "moved": "Moved to another day",
    "cancelled": "Cancelled",
    "missed": "Missed: nobody came",
}
CAUSE_WORDS: Final[Mapping[str, str]] = {
    "patient_did_not_come": "The patient did not come",
    "patient_not_reached": "The patient was not reached",
    "nobody_called": "Nobody called in time",
    "no_free_visit": "No free visit in time",
    "clinic_closed": "The clinic was closed",
    "drug_not_at_hand": "The drug was not at hand",
    "in_hospital_elsewhere": "In hospital elsewhere",
    "record_was_wrong": "The record was wrong",
    "pump_ran_faster": "The pump ran faster than programmed",
    "planned": "Planned: put off or emptied on purpose",
    "other": "Something else",
}
HOW_WORDS: Final[Mapping[str, str]] = {
    "entered_in_error": "It was entered in error: take it out of account",
    "replaced": "It is replaced by the right values",
}
SCAN_WORDS: Final[Mapping[str, str]] = {"planned": "Planned", "done": "Done"}
ALARM_WORDS: Final[Mapping[str, str]] = {
    code: f"{kind.words[:1].upper()}{kind.words[1:]}" + ("" if kind.weight in kind.words else f" ({kind.weight})")
    for code, kind in ALARM_KINDS.items()
}
_CODES: Final[Mapping[str, str]] = {
    **KIND_WORDS,
    **MODE_WORDS,
    **WEEKDAY_WORDS,
    **RISK_WORDS,
    **POCKET_FILL_WORDS,
    **PLACE_WORDS,
    **TONE_WORDS,
    **RETIRED_WORDS,
    **HOW_WORDS,
    **{code: words for code, words in CAUSE_WORDS.items() if code != "other"},
    **BOOKING_CHANGE_WORDS,
    **OUTCOME_WORDS,
    **CLINICAL_CODES,
    **ALARM_WORDS,
    **SCAN_WORDS,
}
_NAMES: Final[Mapping[str, str]] = {
    "happened_at": "When",
    "drawn_ml": "Drawn",
    "drawn_first_typed_ml": "Drawn, as first typed",
    "gtin": "Product number (GTIN)",
    "supplied_ml": "In the vials or the syringe",
    "kept_ml": "Kept",
    "what": "Observed for",
    "who": "Observed by",
    "eri_on": "Elective replacement date",
    "patient_boluses_used_mcg": "Patient boluses used",
    "attempts_count": "Attempts",
    "mode": "Programme",
    "dose_mcg_per_day": "Dose",
    "max_patient_bolus_mcg_per_day": "Patient boluses allotted",
    "actual_patient_bolus_mcg_per_day": "Patient boluses in fact used",
    "pump_running": "Pump confirmed running",
    "programmer_volume_ml": "Programmer said before: volume",
    "programmer_found_dose_mcg_per_day": "Programmer said before: dose",
    "programmer_found_concentration_mcg_per_ml": "Programmer said before: concentration",
    "programmer_found_alarm_on": "Programmer said before: alarm date",
    "programmer_volume_after_fill_ml": "Programmer says: volume after fill",
    "programmer_dose_mcg_per_day": "Programmer says: dose",
    "programmer_concentration_mcg_per_ml": "Programmer says: concentration",
    "programmer_alarm_on": "Programmer says: alarm date",
    "patient_bolus_mcg": "Each patient bolus",
    "patient_bolus_lockout_hours": "Time between patient boluses",
    "path_ml": "Path volume",
    "bridge_mcg": "Bridge dose",
    "bridge_hours": "Bridge runs for",
    "hours": "Step lasts",
    "rate_mcg_per_hour": "Step rate",
    "tubing_ml": "Tubing volume",
    "expiry_on": "Expiry",
    "beyond_use_on": "Beyond-use date",
    "next_visit_on": "Next visit",
    "signs_restated": "Signs of withdrawal and overdose told again",
    "given": "Bridge bolus given",
    "implanted_on": "Implanted",
    "date_of_birth": "Date of birth",
    "catheter_cm": "Catheter length",
    "catheter_ml_per_cm": "Catheter volume per cm",
    "has_alarm": "Pump has an alarm",
    "late_reason": "Late because",
    "confirmed_unverified": "Checked against the printout",
    "alarm": "Alarm",
    "ends_at": "Snoozed until",
    "planned_at": "Planned for",
    "planned_on": "Planned for",
    "shown": "Shown by the pump",
    "field_strength": "Field strength",
    "visit_on": "Day of the visit",
    "visit_time": "Time of the visit",
    "remind_on": "Call again on",
    "outcome_text": "In words",
    "cause_text": "In words",
    "to_clinic": "Receiving clinic",
    "replaces": "Takes the place of pump",
    "replaced_by": "Its place was taken by pump",
    "reason_code": "Why",
    "penn_frequency": "Spasms, how often",
    "penn_severity": "Spasms, how severe",
    "falls_count": "Falls",
    "diary_on": "Day",
    "told_by": "Told by",
    "takes_any": "Takes medicines",
    "interacting_class": "Interacts",
    "from_on": "From",
    "typed_in": "Ordered in",
}
_NOT_SHOWN: Final = (
    *("kind", "pump_serial", "target_event_id", "alarm_event_id", "row_event_id", "rest_digest"),
    *("booking_event_id", "visit_event_id", "plan_event_id"),
)


def name_of(field: str) -> str:
    """The name of a field as a person says it."""
    return _NAMES.get(field.rpartition(".")[2]) or label(field)


def lines_of(entry: Entry, zone: ZoneInfo) -> list[tuple[str, str]]:
    """An entry as lines to read: the name of each thing said, and what was said."""
    return list(_lines(entry, zone))


def _lines(part: BaseModel, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for field in type(part).model_fields:
        value = getattr(part, field)
        if field in _NOT_SHOWN or value is None or value in ((), {}):
            continue
        if field == "max_patient_bolus_mcg_per_day" and value == 0:
            continue
        if isinstance(value, BaseModel):
            yield from _lines(value, zone)
        elif isinstance(value, tuple) and isinstance(value[0], BaseModel):
            for one in value:
                line = clinical_line(one)
                yield from [line] if line else _lines(one, zone)
        elif isinstance(value, dict):
            yield from (("Reason given", reason) for reason in value.values())
        else:
            yield name_of(field), said(field, value, zone)


def said(field: str, value: Any, zone: ZoneInfo) -> str:
    """One value as it is read: with its unit, its month in letters, in words."""
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            here = value.astimezone(zone)
            return f"{show_date(here.date())}, {here:%H:%M}"
        case date():
            return show_date(value)
        case time():
            return f"{value:%H:%M}"
        case Decimal():
            unit = unit_of(field)
            return show(value, unit) if unit else str(value)
        case tuple():
            return ", ".join(said(field, one, zone) for one in value)
        case str():
            return _CODES.get(value) or (name_of(value) if field == "confirmed_unverified" else value)
        case _:
            return str(value)
