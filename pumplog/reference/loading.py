"""From the TOML files to one `Reference`, read once."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.calendar import CalendarSettings, calendar_from
from pumplog.reference.door import Door, door_from
from pumplog.reference.drugs import Drug
from pumplog.reference.folder import data_folder
from pumplog.reference.hospital import Hospital, hospital_from
from pumplog.reference.nightly import Nightly, nightly_from
from pumplog.reference.policy import TABLES, Policy, read_settings, with_clinic_settings
from pumplog.reference.pumps import PumpModel

RowT = TypeVar("RowT", Drug, PumpModel)


@dataclass(frozen=True)
class Reference:
    """Everything looked up and nothing worked out; `version` changes with any byte of the files."""

    pumps: tuple[PumpModel, ...]
    drugs: tuple[Drug, ...]
    policy: Policy
    door: Door
    hospital: Hospital | None
    calendar: CalendarSettings
    nightly: Nightly
    version: str
    named_pumps: Mapping[str, PumpModel] = field(repr=False, compare=False)
    named_drugs: Mapping[str, Drug] = field(repr=False, compare=False)

    def drug(self, text: str) -> Drug:
        """The drug of this name, whatever its capitals and spaces; refused, with a suggestion, if unknown."""
        return _found("drug", "drug", text, self.named_drugs)

    def pump_model(self, text: str) -> PumpModel:
        """The pump of this model name or number; refused, with a suggestion, if unknown."""
        return _found("pump_model", "pump model", text, self.named_pumps)


def load_reference(clinic: Path | None = None) -> Reference:
    """The reference data that ships with pumplog, with a clinic's own settings file over its policy."""
    shipped = _shipped()
    if clinic is None:
        return shipped
    try:
        content = clinic.read_bytes()
    except OSError as error:
        says = f"The clinic settings file {clinic.name} cannot be read: check that it is there and may be read."
        raise EntryRefused(Fault("clinic", says)) from error
    settings = read_settings(content, clinic.name)
    tables = {name: _table(name, settings.pop(name), clinic.name) for name in TABLES if name in settings}
    return replace(
        shipped,
        policy=with_clinic_settings(shipped.policy, settings, clinic.name),
        door=door_from(tables.get("door", {}), clinic.name),
        hospital=hospital_from(tables["hospital"], clinic.name) if "hospital" in tables else None,
        calendar=calendar_from(tables.get("calendar", {}), clinic.name),
        nightly=nightly_from(tables.get("nightly", {}), clinic.name),
        version=_version(shipped.version.encode(), content),
    )


def settings_beside(database: Path) -> Path | None:
    """The settings file of the clinic whose database this is: `clinic.toml` in the same folder, if there is one."""
    path = database.parent / "clinic.toml"
    return path if path.exists() else None


def _table(name: str, given: object, file_name: str) -> Mapping[str, object]:
    """A table of the settings file, which is not policy; refused if it is a value."""
    if isinstance(given, Mapping):
        return given
    says = f"{file_name}: {name} must be a table: write [{name}] on a line of its own and its settings below it."
    raise EntryRefused(Fault(name, says))


@cache
def _shipped() -> Reference:
    folder = data_folder("reference")
    contents = {name: (folder / f"{name}.toml").read_bytes() for name in ("alarms", "drugs", "policy", "pumps")}
    tables = {name: tomllib.loads(content.decode("utf-8"), parse_float=Decimal) for name, content in contents.items()}
    pumps = tuple(PumpModel.model_validate(row) for row in tables["pumps"]["pump"])
    drugs = tuple(Drug.model_validate(row) for row in tables["drugs"]["drug"])
    return Reference(
        pumps=pumps,
        drugs=drugs,
        policy=Policy.model_validate(tables["policy"]),
        door=Door(),
        hospital=None,
        calendar=CalendarSettings(),
        nightly=Nightly(),
        version=_version(*contents.values()),
        named_pumps={_squeezed(name): pump for pump in pumps for name in pump.names},
        named_drugs={_squeezed(name): drug for drug in drugs for name in drug.names},
    )


def _version(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:12]


def _squeezed(text: str) -> str:
    """A name as it is looked up: letters and digits alone, without capitals."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _found(about: str, words: str, text: str, named: Mapping[str, RowT]) -> RowT:
    wanted = _squeezed(text)
    if wanted in named:
        return named[wanted]
    known = list(dict.fromkeys(row.name for row in named.values()))
    choices = f"{', '.join(known[:-1])} or {known[-1]}"
    if not wanted:
        raise EntryRefused(Fault(about, f"The {words} is missing: write {choices}."))
    near = [named[name].name for name in difflib.get_close_matches(wanted, named, n=4, cutoff=0.7)]
    guess = f" Did you mean {' or '.join(list(dict.fromkeys(near))[:2])}?" if near else ""
    shown = " ".join(text.split())[:40]
    raise EntryRefused(Fault(about, f'Unknown {words} "{shown}".{guess} Write {choices}.'))
