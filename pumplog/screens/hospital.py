"""The hospital's sign-in at our door: what Streamlit must know of it, and how somebody comes back from it."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.middleware import Middleware

from pumplog.reference import Door, Hospital, load_reference, settings_beside
from pumplog.reference.secret import client_secret, secret_file
from pumplog.screens.hospital_answers import CALLBACK_PATH, HospitalAnswers

PROVIDER: Final = "hospital"
_COOKIE_SECRET_BYTES: Final = 32


class HospitalParts(NamedTuple):
    """What an app needs to send people to its clinic's hospital and take them back: nothing where there is none."""

    secrets: Mapping[str, Any] | None = None
    guards: tuple[Middleware, ...] = ()


def hospital_parts(database: Path, door: Door) -> HospitalParts:
    """The parts for the clinic of a database, whose app is reached through this door.

    Raises EntryRefused when the settings or the secret cannot be taken.
    """
    reference = load_reference(settings_beside(database))
    hospital = reference.hospital
    if hospital is None:
        return HospitalParts()
    section = auth_section(hospital, door, client_secret(secret_file(database)))
    guard = Middleware(
        HospitalAnswers,
        lasts_seconds=reference.policy.session_hours.value * 3600,
        secure=section["redirect_uri"].startswith("https://"),
    )
    return HospitalParts({"auth": section}, (guard,))


def auth_section(hospital: Hospital, door: Door, secret: str) -> Mapping[str, Any]:
    """The hospital's provider as Streamlit wants to have it told.

    Identities are signed with a secret that this process alone knows, so that a restart ends them all.
    """
    return {
        "redirect_uri": f"{_our_address(hospital, door)}{CALLBACK_PATH}",
        "cookie_secret": secrets.token_hex(_COOKIE_SECRET_BYTES),
        PROVIDER: {
            "client_id": hospital.client_id,
            "client_secret": secret,
            "server_metadata_url": hospital.metadata_address,
            "client_kwargs": {
                "scope": " ".join(("openid", *hospital.scopes)),
                "prompt": "login" if hospital.ask_every_time else "select_account",
                "code_challenge_method": "S256",
            },
        },
    }


def _our_address(hospital: Hospital, door: Door) -> str:
    """Our own address in the browser; Streamlit puts in the port."""
    if hospital.address is not None:
        return hospital.address
    if door.behind_tls_proxy and door.hosts:
        return f"https://{door.hosts[0]}"
    return f"http://[{door.address}]:{{port}}" if ":" in door.address else f"http://{door.address}:{{port}}"
