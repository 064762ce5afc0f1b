"""Which days the clinic is open, as it sets them: the table `[calendar]` of a clinic's settings file.

Closures of its own, and a day with more or fewer visits, are said on the Planner and stand in the log.
"""

import difflib
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pydantic import Field

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.graded import Row

WEEKDAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING_WEEK: Final = WEEKDAY_NAMES[:5]
_MOST_VISITS_COUNT: Final = 1_000
_SETTINGS: Final = ("open_weekdays", "country", "region", "visits")


class CalendarSettings(Row):
    """Open weekdays, whose public holidays are kept, and visits that fit into a day where a weekday differs."""

    open_weekdays: tuple[str, ...] = _WORKING_WEEK
    country: str | None = None
    region: str | None = None
    visits: Mapping[str, int] = Field(default_factory=lambda: MappingProxyType({}))


def calendar_from(table: Mapping[str, object], file_name: str) -> CalendarSettings:
    """The calendar as a clinic sets it; refused, with every fault, if a setting cannot be taken."""
    said = {key: _setting(key, given) for key, given in table.items()}
    faults = [one for one in said.values() if isinstance(one, Fault)]
    if not faults:
        faults = _faults_together(said)
    if faults:
        raise EntryRefused(*(Fault(f"calendar.{fault.field}", f"{file_name}: {fault.says}") for fault in faults))
    return CalendarSettings.model_validate(said)


@cache
def public_holidays(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names, by the `holidays` library."""
    from holidays import country_holidays  # half a second to import: only for a clinic that names a country

    return MappingProxyType(dict(country_holidays(country, subdiv=region, years=year)))


def _setting(key: str, given: object) -> Any:
    match key:
        case "open_weekdays":
            return _weekdays(given)
        case "country" | "region":
            example = 'country = "GB"' if key == "country" else 'region = "ENG"'
            return given if isinstance(given, str) else Fault(key, f"{key} is a code in quotes: write {example}.")
        case "visits":
            return _visits(given)
    near = difflib.get_close_matches(key, _SETTINGS, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    return Fault(key, f"{key} is not a setting of [calendar].{guess} The settings are {', '.join(_SETTINGS)}.")


def _weekdays(given: object) -> tuple[str, ...] | Fault:
    example = 'open_weekdays = ["monday", "tuesday", "thursday"]'
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        return Fault("open_weekdays", f"open_weekdays is a list of weekdays in quotes: write {example}.")
    named = {one.casefold() for one in given}
    unknown = sorted(named - set(WEEKDAY_NAMES))
    if unknown:
        return Fault("open_weekdays", f'open_weekdays cannot hold "{unknown[0][:40]}": write {example}.')
    return tuple(one for one in WEEKDAY_NAMES if one in named)


def _visits(given: object) -> Mapping[str, int] | Fault:
    example = "write visits = { monday = 6, friday = 3 }"
    if not isinstance(given, Mapping):
        return Fault("visits", f"visits says how many fit into which weekday: {example}.")
    for weekday, count in given.items():
        if weekday not in WEEKDAY_NAMES:
            return Fault("visits", f'visits cannot hold "{str(weekday)[:40]}", which is no weekday: {example}.')
        if type(count) is not int or not 1 <= count <= _MOST_VISITS_COUNT:
            says = f"visits of {weekday} must be a whole number from 1 to {_MOST_VISITS_COUNT:,}"
            return Fault("visits", f"{says}; a weekday without visits is left out of open_weekdays: {example}.")
    return dict(given)


def _faults_together(said: Mapping[str, Any]) -> list[Fault]:
    """What is wrong although each setting reads well by itself."""
    country, region = said.get("country"), said.get("region")
    if country is None:
        return [Fault("region", "region needs its country: write country as well.")] if region else []
    from holidays import list_supported_countries

    regions = list_supported_countries().get(country)
    if regions is None:
        says = f'country "{country[:40]}" is not known: write its two letters in capitals, as in country = "GB".'
        return [Fault("country", says)]
    if region is not None and region not in regions:
        known = f"The regions are {', '.join(regions)}." if regions else "This country has none: leave region out."
        return [Fault("region", f'region "{region[:40]}" is not one of country "{country}". {known}')]
    return []
