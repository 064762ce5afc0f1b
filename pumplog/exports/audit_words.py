"""The fields of a body in words: what each is called, its value with its unit, and what changed from what to what."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final
from zoneinfo import ZoneInfo

from pumplog.calc.formula import is_date, unit_of
from pumplog.exports.audit_changes import STANDING, Body, Told, flat_of, is_nested
from pumplog.exports.log_words import moment_words
from pumplog.quantities import label, show, show_date

NOTHING: Final = "none"
WHY: Final = ("reason", "reason_code", "late_reason", "note", "confirmed")
"""Words that give reasons; they stand by themselves, and not among what changed."""

_FRAME: Final = frozenset({"kind", "pump_serial", "happened_at", *WHY})
_TOLD_APART: Final = STANDING | _FRAME
"""All other fields are new with each entry."""

_NESTED: Final = frozenset({dict, list})
_REMEMBERED_COUNT: Final = 20_000
_PARTED: Final = "; "


class _Fields(dict[tuple[str, Any], str]):
    """Fields by name and value in words, each worked out once. A dict answers in half the time of a function."""

    def __init__(self, value_words: Callable[[str, Any], str]) -> None:
        super().__init__()
        self._value_words = value_words

    def __missing__(self, asked: tuple[str, Any]) -> str:
        if len(self) >= _REMEMBERED_COUNT:
            self.clear()
        path, value = asked
        words = self[asked] = f"{path_words(path)} {self._value_words(path, value)}"
        return words


class AuditWords:
    """The words of bodies on one clinic's clock. What was said in words once is remembered: most is said again."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._parts: dict[tuple[str, int], tuple[Any, str]] = {}
        self.value = lru_cache(maxsize=_REMEMBERED_COUNT)(self._value)
        self._field = _Fields(self.value)

    def changed(self, told: Told) -> tuple[str, str, str]:
        """What an entry changes from what to what; what else it says; and what it says again as it was."""
        if told.entry.kind == "corrected":
            return self._corrected(told)
        body, field, nested = told.body, self._field, _NESTED
        new = [
            field[name, value] if type(value) not in nested else self.part(name, value)
            for name, value in body.items()
            if name not in _TOLD_APART
        ]
        changes: list[str] = []
        repeats: list[str] = []
        for name in told.standing:
            was, value = told.before.get(name), body[name]
            if was is value and name in told.before:
                repeats.append(self._part_again(name, value))
            else:
                self._differ(was, value, name, changes)
        return _PARTED.join(changes), _PARTED.join(new), _PARTED.join(repeats)

    def _corrected(self, told: Told) -> tuple[str, str, str]:
        if told.corrects is None:
            rest = {name: value for name, value in told.body.items() if name not in _FRAME}
            return "", _PARTED.join(self.part(name, value) for name, value in rest.items()), ""
        changes: list[str] = []
        self._differ(told.was or {}, told.now or {}, "", changes)
        return _PARTED.join(changes), "", ""

    def _differ(self, was: Any, now: Any, path: str, changes: list[str]) -> None:
        """Add each field that differs between two parts of bodies, before and after.

        What is equal is not walked through: most of a long programme is as it was.
        """
        if type(was) is dict and type(now) is dict:
            begins = f"{path}." if path else ""
            for key, before in was.items():
                after = now.get(key)
                if before == after:
                    continue
                if type(before) is str and type(after) is str:
                    changes.append(self._change(begins + key, before, after))
                else:
                    self._differ(before, after, begins + key, changes)
            for key, after in now.items():
                if key not in was and after is not None:
                    self._differ(None, after, begins + key, changes)
        elif is_nested(was) and is_nested(now):
            for place, (before, after) in enumerate(zip_longest(was, now)):
                if before != after:
                    self._differ(before, after, f"{path}.{place}", changes)
        else:
            before_of, after_of = ({} if one is None else flat_of(one, path) for one in (was, now))
            paths = {**before_of, **after_of}
            changes += [self._change(inner, before_of.get(inner), after_of.get(inner)) for inner in paths]

    def _change(self, path: str, before: Any, after: Any) -> str:
        return f"{path_words(path)} {self.value(path, before)} → {self.value(path, after)}"

    def _part_again(self, name: str, value: Any) -> str:
        """A part that is the very same object as before: its words are remembered by it."""
        found = self._parts.get((name, id(value)))
        if found is None:
            found = self._parts[name, id(value)] = value, self.part(name, value)
        return found[1]

    def part(self, name: str, value: Any) -> str:
        """A field of a body with everything that is in it."""
        if type(value) not in _NESTED:
            return self._field[name, value]
        if value == []:
            return self._field[name, ()]
        return _PARTED.join(self._field[path, inner] for path, inner in flat_of(value, name).items())

    def why(self, body: Body) -> str:
        """The reasons that an entry gives."""
        reasons: list[str] = []
        for name in WHY:
            if name not in body:
                continue
            if name == "confirmed":
                reasons += [f"confirmed {code}: {reason}" for code, reason in body[name].items()]
            else:
                reasons.append(f"{path_words(name)}: {self.value(name, body[name])}")
        return _PARTED.join(reasons)

    def _value(self, path: str, value: Any) -> str:
        """A value with its unit; a day and a moment as people write them; nothing is called none."""
        if value is None or value == ():
            return NOTHING
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        if isinstance(value, str):
            return self._text(path.rpartition(".")[2], value)
        return str(value)

    def _text(self, name: str, text: str) -> str:
        """A text as what its name says that it is; one that does not read as that is shown as it stands."""
        unit = unit_of(name)
        try:
            if unit is not None:
                return show(Decimal(text), unit)
            if name.endswith("_at"):
                return moment_words(datetime.fromisoformat(text), self._zone)
            if is_date(name):
                return show_date(date.fromisoformat(text))
        except (InvalidOperation, ValueError):
            return text
        return text


@lru_cache(maxsize=4096)
def path_words(path: str) -> str:
    """What a field is called: `fluid.0.concentration_mcg_per_ml` is concentration, of the second drug fluid 2, so."""
    parts: list[str] = []
    for part in path.removeprefix("programme.").removeprefix("fluid.0.").split("."):
        if part.isdigit() and parts:
            parts[-1] += f" {int(part) + 1}"
        else:
            words = label(part)
            parts.append(words[:1].lower() + words[1:])
    return ", ".join(parts)
