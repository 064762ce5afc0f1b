"""Who somebody is by the claims of the hospital's sign-in. Nothing is believed that the settings do not name.

Streamlit and Authlib have checked the signature before. What they leave open is checked here: Authlib lets a token
through that was made for another program, if only it says we asked for it (`azp`), and one that ended two minutes
ago; Streamlit looks at none of it again for thirty days.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pumplog.errors import SignInRefused
from pumplog.people.accounts import LONGEST_NAME
from pumplog.reference.hospital import Hospital

CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""How far the hospital's clock may be ahead of ours."""
_PASSWORD_WAS_TYPED: Final = timedelta(minutes=10)
_LONGEST_SUBJECT: Final = 255
_LAST_INSTANT: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class HospitalIdentity:
    """Somebody for whom the hospital vouches. `sites` None means all of them.

    `sign_in_id` is the same for each use of one sign-in, and another for each new one; it tells nothing about it.
    """

    issuer: str
    subject: str
    name: str
    roles: frozenset[str]
    sites: tuple[str, ...] | None
    signed_in_at: datetime
    expires_at: datetime
    sign_in_id: str


def identity_from(claims: Mapping[str, object], settings: Hospital, *, now: datetime) -> HospitalIdentity:
    """The identity that the claims of a sign-in prove; raises SignInRefused with a sentence when they prove none."""
    _refuse_another_issuer(claims, settings)
    _refuse_another_audience(claims, settings)
    signed_in_at, expires_at = _when(claims, now)
    if settings.ask_every_time:
        _refuse_an_old_password(claims, signed_in_at, settings)
    return HospitalIdentity(
        issuer=settings.issuer,
        subject=_subject(claims, settings),
        name=_name(claims, settings),
        roles=_roles(claims, settings),
        sites=_sites(claims, settings),
        signed_in_at=signed_in_at,
        expires_at=expires_at,
        sign_in_id=_sign_in_id(claims),
    )


def _refuse_another_issuer(claims: Mapping[str, object], settings: Hospital) -> None:
    if claims.get("iss") != settings.issuer:
        raise SignInRefused(f"This sign-in does not come from {settings.provider}: sign in there again.")


def _refuse_another_audience(claims: Mapping[str, object], settings: Hospital) -> None:
    """Refuse what was made for another program: this one must be among the audience, and the one that asked."""
    audience = _texts(claims.get("aud"))
    asked_by = claims.get("azp", settings.client_id if len(audience) == 1 else None)
    if settings.client_id not in audience or asked_by != settings.client_id:
        raise SignInRefused(
            f"{settings.provider} made this sign-in for another program, so it does not open this one: "
            "sign in again from here."
        )


def _when(claims: Mapping[str, object], now: datetime) -> tuple[datetime, datetime]:
    began, ended = _instant(claims.get("iat")), _instant(claims.get("exp"))
    if began is None or ended is None:
        raise SignInRefused("The hospital's sign-in does not say when it was made and when it ends: sign in again.")
    if now >= ended:
        raise SignInRefused("The hospital's sign-in has ended: sign in there again.")
    holds_from = _instant(claims["nbf"]) if "nbf" in claims else began
    if holds_from is None or max(began, holds_from) - now > CLOCKS_DIFFER:
        raise SignInRefused(
            "The hospital's sign-in is dated in the future, so one of the clocks is wrong: ask whoever looks after "
            "this machine to set it."
        )
    return began, ended


def _refuse_an_old_password(claims: Mapping[str, object], signed_in_at: datetime, settings: Hospital) -> None:
    """On a shared tablet the provider may still hold the person before; where it says so, it is not believed."""
    typed = _instant(claims.get("auth_time"))
    if typed is not None and signed_in_at - typed > _PASSWORD_WAS_TYPED:
        raise SignInRefused(
            f"{settings.provider} let you in without asking for your password, which on a shared tablet could be "
            "somebody else's sign-in: sign out there, then sign in again."
        )


def _subject(claims: Mapping[str, object], settings: Hospital) -> str:
    subject = claims.get("sub")
    if isinstance(subject, str) and subject.strip() and len(subject) <= _LONGEST_SUBJECT:
        return subject
    raise SignInRefused(f"{settings.provider} does not say who you are: ask its help desk.")


def _name(claims: Mapping[str, object], settings: Hospital) -> str:
    said = _claimed(claims, settings.name_claim)
    name = " ".join(_printable(said).split()) if isinstance(said, str) else ""
    if 0 < len(name) <= LONGEST_NAME:
        return name
    raise SignInRefused(
        f"{settings.provider} does not say your name, or one of more than {LONGEST_NAME} letters, and every entry "
        "carries a name: ask its help desk."
    )


def _roles(claims: Mapping[str, object], settings: Hospital) -> frozenset[str]:
    said = _texts(_claimed(claims, settings.role_claim))
    roles = frozenset(role for value in said for role in settings.roles.get(value, ()))
    if not roles:
        raise SignInRefused(
            f"{settings.provider} knows you, but nothing it says about you gives a role in this clinic: "
            "ask an administrator."
        )
    return roles


def _sites(claims: Mapping[str, object], settings: Hospital) -> tuple[str, ...] | None:
    """The sites, each once. Nobody comes in without any: an empty board looks like a calm day."""
    if settings.site_claim is None:
        return None
    granted = [
        settings.sites[value] for value in _texts(_claimed(claims, settings.site_claim)) if value in settings.sites
    ]
    if not granted:
        raise SignInRefused(
            f"{settings.provider} knows you, but nothing it says about you gives a site of this clinic: "
            "ask an administrator."
        )
    if None in granted:
        return None
    return tuple(sorted({site for sites in granted for site in sites or ()}))


def _sign_in_id(claims: Mapping[str, object]) -> str:
    """One word for this sign-in: by what the provider makes anew each time, and by who it is."""
    marks = {key: claims[key] for key in ("iss", "sub", "iat", "nonce", "jti", "at_hash") if key in claims}
    return hashlib.sha256(json.dumps(marks, sort_keys=True, default=str).encode()).hexdigest()


# --- reading claims, of which any may be missing or of any shape ---


def _claimed(claims: Mapping[str, object], path: str) -> object:
    """The claim under a key, or under a path of keys with dots between; a key may hold dots itself."""
    if path in claims:
        return claims[path]
    for head, rest in _cuts(path):
        inner = claims.get(head)
        if isinstance(inner, Mapping):
            found = _claimed(inner, rest)
            if found is not None:
                return found
    return None


def _cuts(path: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a path in two at a dot, the longest head first."""
    keys = path.split(".")
    for count in range(len(keys) - 1, 0, -1):
        yield ".".join(keys[:count]), ".".join(keys[count:])


def _texts(said: object) -> tuple[str, ...]:
    """The texts of a list, or one text alone, which is never cut up; whatever else is said says nothing."""
    if isinstance(said, str):
        return (said,)
    return tuple(one for one in said if isinstance(one, str)) if isinstance(said, list | tuple) else ()


def _printable(said: str) -> str:
    """A text without the signs that no screen shows, some of which turn a name round."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in said)


def _instant(said: object) -> datetime | None:
    """A number of seconds since 1970 as an instant; None for anything else, and for what no calendar holds."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return datetime.fromtimestamp(said, UTC) if 0 < said < _LAST_INSTANT else None
