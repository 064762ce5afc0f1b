"""Ways in that nobody may open by mistake: refused before the server starts, with the setting and the mend."""

from pathlib import Path
from typing import Final

from pumplog.errors import EntryRefused, Fault
from pumplog.reference import Door, is_own, load_reference, settings_beside

_EXAMPLE: Final = 'hosts = ["pumps.clinic.example"]'


def door_of(database: Path, address: str | None = None) -> Door:
    """The door of the clinic whose database this is; `address` is one said for this start alone."""
    door = load_reference(settings_beside(database)).door
    return door if address is None else door.model_copy(update={"address": address})


def refuse_open_doors(door: Door) -> None:
    """Refuse an address that others reach without TLS, and a proxy about which too little is known."""
    if not door.behind_tls_proxy:
        if not door.on_this_machine_alone:
            says = (
                f"{door.address} is not this machine's own address, and what is sent to it could be read on the way. "
                "Listen on 127.0.0.1; to reach pumplog from a tablet, put a web server with TLS in front of it and "
                f"say so under [door] in clinic.toml: behind_tls_proxy = true and {_EXAMPLE}."
            )
            raise EntryRefused(Fault("door.address", says))
        return
    if not door.hosts:
        says = (
            "behind_tls_proxy is true, but hosts names nobody: name under [door] in clinic.toml how tablets call "
            f"this clinic's pumplog, as in {_EXAMPLE}."
        )
        raise EntryRefused(Fault("door.hosts", says))
    if not door.on_this_machine_alone and all(is_own(one) for one in door.proxy_addresses):
        says = (
            f"{door.address} can be reached from other machines, but proxy_addresses believes this one alone, so "
            "that no caller would be let in: name the proxy's address under [door] in clinic.toml, or set "
            'address = "127.0.0.1" if the proxy runs on this machine.'
        )
        raise EntryRefused(Fault("door.proxy_addresses", says))


def may_be_served_without_accounts(door: Door) -> bool:
    """Whether this machine alone can knock: then nobody else sees a demo without sign-in, or the set-up page."""
    return door.on_this_machine_alone and not door.behind_tls_proxy


def refuse_serving_without_accounts(door: Door, *, has_people: bool) -> None:
    """Refuse to serve to others while nobody has an account; on this machine the set-up page and a demo may be."""
    if has_people or may_be_served_without_accounts(door):
        return
    says = (
        "Nobody has an account in this clinic yet, and others could reach it: add the first administrator before, "
        "with: pumplog people add"
    )
    raise EntryRefused(Fault("accounts", says))
