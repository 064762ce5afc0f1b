"""What the program decides by, and how a clinic sets its own."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.graded import Graded, GradedCount, Row

LONGEST_WORDS: Final[Mapping[str, int]] = {
    "clinic_name": 4000,
    "phone": 40,
    "emergency_phone": 40,
    "protocol": 4000,
    "card_says": 400,
    "support_says": 400,
}
"""The settings that are a clinic's own words, with the most letters each may have: a card is one page."""

_EXAMPLES: Final[Mapping[str, str]] = {
    "clinic_name": "North clinic",
    "phone": "020 7946 0100",
    "emergency_phone": "020 7946 0199",
    "protocol": "Ring the consultant on call; keep the patient on a monitor.",
    "card_says": "Show this card to every doctor who treats you.",
    "support_says": "the IT desk, 020 7946 0150",
}

TABLES: Final = ("door", "hospital", "calendar", "nightly")
"""The tables of a clinic's settings file that are no policy."""


class PolicyNumber(Graded):
    """A number to decide by, with the bounds within which a clinic may set its own."""

    lowest: Decimal
    highest: Decimal


class PolicyCount(GradedCount):
    """A whole number to decide by, with the bounds within which a clinic may set its own."""

    lowest: int
    highest: int


class Policy(Row):
    """What the program decides by; a clinic may set its own within the bounds of each value.

    `phone`, `emergency_phone`, `protocol` (for staff), `card_says` (for the patient) and `support_says` (whom to call
    when this program does not run) are the clinic's own words: empty until it writes them, and nothing stands in for
    them.
    """

    clinic_name: str
    zone: str
    phone: str = ""
    emergency_phone: str = ""
    protocol: str = ""
    card_says: str = ""
    support_says: str = ""
    margin_days: PolicyCount
    due_soon_days: PolicyCount
    near_empty_days: PolicyCount
    band_fast_ratio: PolicyNumber
    band_slow_ratio: PolicyNumber
    evaluate_ml: PolicyNumber
    stop_ml: PolicyNumber
    finding_low_ratio: PolicyNumber
    finding_high_ratio: PolicyNumber
    remeasured_in_20_ml_pump_ml: PolicyNumber
    remeasured_in_40_ml_pump_ml: PolicyNumber
    shortest_plausible_days: PolicyCount
    dose_step_ratio: PolicyNumber
    bridge_ratio: PolicyNumber
    programmer_alarm_days: PolicyCount
    programmer_dose_ratio: PolicyNumber
    programmer_volume_ml: PolicyNumber
    import_rows_ceiling_count: PolicyCount
    import_bytes_ceiling_count: PolicyCount
    idle_lock_minutes: PolicyCount
    session_hours: PolicyCount
    replacement_ahead_days: PolicyCount
    visits_per_day_count: PolicyCount
    spread_ml: PolicyNumber
    own_ratio_visits_count: PolicyCount
    administrators_need_code: bool = False

    @property
    def zone_info(self) -> ZoneInfo:
        """The clinic's time zone, in which a date is a date."""
        return ZoneInfo(self.zone)

    def remeasured_limit_ml(self, capacity_ml: Decimal) -> PolicyNumber | None:
        """The published limit for injected minus re-measured; None for a capacity nobody published on."""
        published = {20: self.remeasured_in_20_ml_pump_ml, 40: self.remeasured_in_40_ml_pump_ml}
        return next((limit for capacity, limit in published.items() if capacity_ml == capacity), None)


def read_settings(content: bytes, file_name: str) -> dict[str, Any]:
    """What a clinic's settings file says; refused, with the mend, when it cannot be read."""
    try:
        return tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        mend = "write one setting a line, as in margin_days = 7."
        raise EntryRefused(Fault("clinic", f"{file_name} cannot be read: {error}: {mend}")) from error
    except UnicodeDecodeError as error:
        raise EntryRefused(Fault("clinic", f"{file_name} cannot be read: save the file as UTF-8.")) from error
    except (ValueError, ArithmeticError) as error:
        says = f"{file_name} cannot be read: a number in it is absurdly large; write a smaller one."
        raise EntryRefused(Fault("clinic", says)) from error


def with_clinic_settings(policy: Policy, settings: Mapping[str, Any], file_name: str) -> Policy:
    """The policy with a clinic's own values in place; refused, with every fault, if one cannot be taken."""
    changed = {key: _setting(policy, key, given) for key, given in settings.items()}
    faults = [fault for fault in changed.values() if isinstance(fault, Fault)]
    if faults:
        raise EntryRefused(*(Fault(fault.field, f"{file_name}: {fault.says}") for fault in faults))
    return policy.model_copy(update=changed)


def _setting(policy: Policy, key: str, given: object) -> PolicyNumber | PolicyCount | str | bool | Fault:
    if key not in Policy.model_fields:
        known = (*Policy.model_fields, *(f"[{table}]" for table in TABLES))
        guess = _guess(key, (*Policy.model_fields, *TABLES))
        return Fault(key, f"{key} is not a setting.{guess} The settings are {', '.join(known)}.")
    if key == "zone":
        return _zone(given)
    if key in LONGEST_WORDS:
        return _words(key, given)
    if key == "administrators_need_code":
        return given if isinstance(given, bool) else Fault(key, f"{key} must be true or false, without quotes.")
    return _number(key, given, getattr(policy, key))


def _words(key: str, given: object) -> str | Fault:
    if not isinstance(given, str) or not given.strip():
        return Fault(key, f'{key} must be words in quotes, as in {key} = "{_EXAMPLES[key]}".')
    if len(given.strip()) > LONGEST_WORDS[key]:
        return Fault(key, f"{key} is too long: write it in {LONGEST_WORDS[key]} letters or fewer.")
    return given.strip()


def _zone(given: object) -> str | Fault:
    if not isinstance(given, str):
        return Fault("zone", 'zone must be a name in quotes, as in zone = "Europe/London".')
    try:
        return ZoneInfo(given).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        guess = _guess(given, available_timezones())
        says = f'zone {_shown(given)} is not a time zone.{guess} Write a name such as "Europe/London".'
        return Fault("zone", says)


def _number(key: str, given: object, standing: PolicyNumber | PolicyCount) -> PolicyNumber | PolicyCount | Fault:
    whole = isinstance(standing, PolicyCount)
    accepted = (int,) if whole else (int, Decimal)
    if isinstance(given, accepted) and not isinstance(given, bool):
        exact = Decimal(given)
        if exact.is_finite() and standing.lowest <= exact <= standing.highest:
            value = given if whole else exact
            return standing.model_copy(update={"value": value, "source": "clinic_setting"})
    kind = "a whole number" if whole else "a number"
    bounds = f"from {standing.lowest} to {standing.highest}, without quotes and without a unit"
    return Fault(key, f"{key} cannot be {_shown(given)}: write {kind} {bounds}.")


def _guess(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _shown(given: object) -> str:
    return f'"{given[:40]}"' if isinstance(given, str) else str(given)[:40]
