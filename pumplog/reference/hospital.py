"""How a hospital's own sign-in says who somebody is: the table `[hospital]` of a clinic's settings file.

No secret stands in it. The client secret, by which the hospital's provider knows this program, is a file of its own
(see `pumplog.reference.secret`).
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.door import is_own
from pumplog.reference.graded import Row

RoleName = Literal["viewer", "caller", "recorder", "prescriber", "auditor", "administrator"]
ROLE_NAMES: Final[tuple[str, ...]] = get_args(RoleName)
EVERY_SITE: Final = "all"
_LONGEST: Final = 200
_LONGEST_ON_A_BUTTON: Final = 40
_SCOPE: Final = re.compile(r"[!#-\[\]-~]{1,200}")  # as RFC 6749 has it: printable, no space, quote or backslash
_SECRET_WORDS: Final = ("secret", "password", "token")

Roles = Annotated[Mapping[str, tuple[RoleName, ...]], AfterValidator(MappingProxyType)]
Sites = Annotated[Mapping[str, tuple[str, ...] | None], AfterValidator(MappingProxyType)]


class Hospital(Row):
    """The sign-in of a hospital (OpenID Connect), and what its claims mean here.

    A claim is named by its key, or by a path through tables (`realm_access.roles`). `roles` says which of our
    roles a value of the role claim gives; `sites` which sites a value of the site claim gives, None for all.
    Without a site claim everybody sees every site. `address` is our own, as the browser sees it, where the
    `[door]` does not say it. `scopes` is what is asked of the provider beside `openid`: some say nothing of groups
    unless asked. `ask_every_time` has the provider ask for the password at each sign-in, so that
    on a shared tablet nobody comes in as the person before.
    """

    provider: str
    issuer: str
    client_id: str
    address: str | None = None
    role_claim: str
    roles: Roles
    site_claim: str | None = None
    sites: Sites = Field(default_factory=lambda: MappingProxyType({}))
    name_claim: str = "name"
    scopes: tuple[str, ...] = ("profile",)
    ask_every_time: bool = True

    @property
    def metadata_address(self) -> str:
        """Where the provider publishes its addresses and keys."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


_REQUIRED: Final = tuple(name for name, field in Hospital.model_fields.items() if field.is_required())


def hospital_from(table: Mapping[str, object], file_name: str) -> Hospital:
    """The hospital's sign-in as a clinic sets it; refused, with every fault, if a setting cannot be taken."""
    said = {key: _setting(key, given) for key, given in table.items()}
    faults = [one for one in said.values() if isinstance(one, Fault)]
    faults += [_missing(key) for key in _REQUIRED if key not in table]
    if ("sites" in table) != ("site_claim" in table):
        faults.append(Fault("sites", "site_claim and sites go together: write both, or neither for every site."))
    if faults:
        raise EntryRefused(*(Fault(f"hospital.{fault.field}", f"{file_name}: {fault.says}") for fault in faults))
    return Hospital.model_validate(said)


_EXAMPLES: Final = {
    "provider": 'provider = "Riverside Hospital"',
    "issuer": 'issuer = "https://login.hospital.example/staff"',
    "client_id": 'client_id = "pumplog"',
    "address": 'address = "https://pumps.clinic.example"',
    "role_claim": 'role_claim = "groups"',
    "roles": 'roles = { pump-nurses = ["recorder", "caller"] }',
    "site_claim": 'site_claim = "department"',
    "sites": 'sites = { north = ["North clinic"], board = "all" }',
    "name_claim": 'name_claim = "name"',
    "scopes": 'scopes = ["profile", "groups"]',
    "ask_every_time": "ask_every_time = true",
}


def _missing(key: str) -> Fault:
    return Fault(key, f"{key} is missing from [hospital]: write {_EXAMPLES[key]}.")


def _setting(key: str, given: object) -> Any:
    readers: Mapping[str, Callable[[str, Any], Any]] = {
        "provider": _words,
        "issuer": _web_address,
        "client_id": _words,
        "address": _own_address,
        "role_claim": _words,
        "roles": _roles,
        "site_claim": _words,
        "sites": _sites,
        "name_claim": _words,
        "scopes": _scopes,
        "ask_every_time": _yes_or_no,
    }
    if key in readers:
        return readers[key](key, given)
    if any(word in key.casefold() for word in _SECRET_WORDS):
        says = f"{key} must not stand in this file, which is copied and shown: put the secret into a file of its own"
        return Fault(key, f"{says} that its owner alone may read.")
    known = f"The settings are {', '.join(Hospital.model_fields)}."
    return Fault(key, f"{key} is not a setting of [hospital].{_guess(key, Hospital.model_fields)} {known}")


def _words(key: str, given: object) -> str | Fault:
    longest = _LONGEST_ON_A_BUTTON if key == "provider" else _LONGEST
    text = given.strip() if isinstance(given, str) else ""
    if text.isprintable() and 0 < len(text) <= longest:
        return text
    return Fault(key, f"{key} must be 1 to {longest} letters in quotes, as in {_EXAMPLES[key]}.")


def _yes_or_no(key: str, given: object) -> bool | Fault:
    return given if isinstance(given, bool) else Fault(key, f"{key} is true or false, without quotes.")


def _web_address(key: str, given: object) -> str | Fault:
    """An address as the hospital gives it, to the letter: the claims must repeat it so."""
    text = given.strip() if isinstance(given, str) else ""
    parts = _split(text)
    if parts is None:
        return Fault(key, f"{key} must be a web address in quotes, as in {_EXAMPLES[key]}.")
    if parts.query or parts.fragment or "@" in parts.netloc:
        return Fault(key, f"{key} must be a plain web address, without ?, # or @, as in {_EXAMPLES[key]}.")
    if parts.scheme != "https" and not is_own(parts.hostname or "") and parts.hostname != "localhost":
        return Fault(key, f"{key} must begin with https://: without it anybody on the way can read who signs in.")
    return text


def _own_address(key: str, given: object) -> str | Fault:
    text = _web_address(key, given)
    if isinstance(text, str) and urlsplit(text).path.strip("/"):
        return Fault(key, f"{key} must end at the host name or port, as in {_EXAMPLES[key]}.")
    return text if isinstance(text, Fault) else text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    """The parts of a web address; None if it is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    usable = text.isprintable() and " " not in text and len(text) <= _LONGEST and port != 0
    return parts if usable and parts.scheme in ("https", "http") and parts.hostname else None


def _roles(key: str, given: object) -> dict[str, tuple[str, ...]] | Fault:
    if not isinstance(given, Mapping) or not given:
        return Fault(key, f"{key} says which claim gives which roles, as in {_EXAMPLES[key]}.")
    roles = {value: _texts(names) for value, names in given.items()}
    for value, names in roles.items():
        if not names or not value.strip():
            return Fault(key, f"{key}: {_shown(value)} must give at least one role, as in {_EXAMPLES[key]}.")
        unknown = next((name for name in names if name not in ROLE_NAMES), None)
        if unknown is not None:
            known = f"The roles are {', '.join(ROLE_NAMES)}."
            return Fault(key, f"{key}: {_shown(unknown)} is not a role.{_guess(unknown, ROLE_NAMES)} {known}")
    return roles


def _sites(key: str, given: object) -> dict[str, tuple[str, ...] | None] | Fault:
    if not isinstance(given, Mapping) or not given:
        return Fault(key, f"{key} says which claim gives which sites, as in {_EXAMPLES[key]}.")
    sites: dict[str, tuple[str, ...] | None] = {}
    for value, names in given.items():
        if names in (EVERY_SITE, [EVERY_SITE]):
            sites[value] = None
            continue
        listed = _texts(names) if isinstance(names, list) else ()
        if not listed or not value.strip() or not all(name.strip() for name in listed):
            says = f'{key}: {_shown(value)} must give a list of sites, or "{EVERY_SITE}"'
            return Fault(key, f"{says}, as in {_EXAMPLES[key]}.")
        sites[value] = tuple(dict.fromkeys(" ".join(name.split()) for name in listed))
    return sites


def _scopes(key: str, given: object) -> tuple[str, ...] | Fault:
    scopes = _texts(given) if isinstance(given, list) else ()
    if not scopes or not all(_SCOPE.fullmatch(scope) for scope in scopes):
        return Fault(key, f"{key} must be a list of words in quotes, as in {_EXAMPLES[key]}.")
    return tuple(dict.fromkeys(scope for scope in scopes if scope != "openid"))


def _texts(given: object) -> tuple[str, ...]:
    """A list of texts, or one text alone; nothing for anything else."""
    listed = [given] if isinstance(given, str) else given
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        return tuple(listed)
    return ()


def _guess(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _shown(given: object) -> str:
    return f'"{given[:40]}"' if isinstance(given, str) else str(given)[:40]
