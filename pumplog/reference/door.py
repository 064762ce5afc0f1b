"""Who may reach the app, and by which way: the table `[door]` of a clinic's settings file."""

import difflib
import ipaddress
import re
from collections.abc import Mapping
from typing import Any, Final

from pumplog.errors import EntryRefused, Fault
from pumplog.reference.graded import Row

OWN_ADDRESS: Final = "127.0.0.1"
OWN_NAMES: Final = (OWN_ADDRESS, "localhost", "::1")
"""The names by which this machine calls itself: they lead nowhere else, so they are always allowed."""

_HOST_NAME: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_EXAMPLE: Final = "pumps.clinic.example"


class Door(Row):
    """Where the app listens and whom it believes; as it stands without a word from the clinic, nobody outside.

    `hosts` are the names in the address bar of a tablet; `proxy_addresses` are the machines whose word about
    who is calling (X-Forwarded-For, X-Forwarded-Proto) is taken.
    """

    address: str = OWN_ADDRESS
    hosts: tuple[str, ...] = ()
    behind_tls_proxy: bool = False
    proxy_addresses: tuple[str, ...] = (OWN_ADDRESS, "::1")

    @property
    def on_this_machine_alone(self) -> bool:
        """Whether nobody but this machine can knock."""
        return is_own(self.address)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Every host name under which the app answers."""
        return tuple(dict.fromkeys((*self.hosts, *OWN_NAMES)))

    @property
    def believed(self) -> tuple[str, ...]:
        """Whose word about a caller is taken: nobody's where no proxy was announced."""
        return self.proxy_addresses if self.behind_tls_proxy else ()


def is_own(address: str) -> bool:
    """Whether an address is this machine's own, which no other machine can reach."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def door_from(table: Mapping[str, object], file_name: str) -> Door:
    """The door as a clinic sets it; refused, with every fault, if a setting cannot be taken."""
    said = {key: _setting(key, given) for key, given in table.items()}
    faults = [one for one in said.values() if isinstance(one, Fault)]
    if faults:
        raise EntryRefused(*(Fault(f"door.{fault.field}", f"{file_name}: {fault.says}") for fault in faults))
    return Door.model_validate(said)


def _setting(key: str, given: object) -> Any:
    match key:
        case "address":
            return _address(given)
        case "hosts":
            return _names(given)
        case "behind_tls_proxy":
            says = "behind_tls_proxy is true or false, without quotes"
            return given if isinstance(given, bool) else Fault(key, f"{says}: write behind_tls_proxy = true.")
        case "proxy_addresses":
            return _proxies(given)
    near = difflib.get_close_matches(key, Door.model_fields, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    return Fault(key, f"{key} is not a setting of [door].{guess} The settings are {', '.join(Door.model_fields)}.")


def _address(given: object) -> str | Fault:
    try:
        return str(ipaddress.ip_address(given if isinstance(given, str) else ""))
    except ValueError:
        says = f"address {_shown(given)} is not an address of a machine: write numbers in quotes, as in"
        return Fault("address", f'{says} address = "{OWN_ADDRESS}".')


def _names(given: object) -> tuple[str, ...] | Fault:
    texts = _texts(given)
    if texts is None:
        return Fault("hosts", f'hosts is a list of names in quotes: write hosts = ["{_EXAMPLE}"].')
    names = [text.casefold().rstrip(".") for text in texts]
    wrong = next((text for text, name in zip(texts, names, strict=True) if not _HOST_NAME.fullmatch(name)), None)
    if wrong is not None:
        says = f"hosts cannot hold {_shown(wrong)}: write the plain name in the tablet's address bar"
        return Fault("hosts", f'{says}, without https://, port or star, as in hosts = ["{_EXAMPLE}"].')
    return tuple(dict.fromkeys(names))


def _proxies(given: object) -> tuple[str, ...] | Fault:
    example = f'proxy_addresses = ["{OWN_ADDRESS}"]'
    texts = _texts(given)
    if texts is None:
        return Fault("proxy_addresses", f"proxy_addresses is a list of addresses in quotes: write {example}.")
    for text in texts:
        try:
            everyone = ipaddress.ip_network(text).prefixlen == 0
        except ValueError:
            says = f"proxy_addresses cannot hold {_shown(text)}: write the proxy's own address in numbers"
            return Fault("proxy_addresses", f"{says}, as in {example}.")
        if everyone:
            says = f"proxy_addresses cannot hold {_shown(text)}, which is every machine there is: anybody could then"
            return Fault("proxy_addresses", f"{says} say to be calling from elsewhere. Write {example}.")
    return tuple(dict.fromkeys(texts))


def _texts(given: object) -> list[str] | None:
    """A list of texts; None for anything else."""
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return given
    return None


def _shown(given: object) -> str:
    return f'"{given[:40]}"' if isinstance(given, str) else str(given)[:40]
