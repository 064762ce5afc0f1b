"""Who somebody is by the claims of the hospital's sign-in: what is believed, and every reason for a refusal."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import SignInRefused
from pumplog.people.hospital import HospitalIdentity, identity_from
from pumplog.people.roles import Role
from pumplog.reference.hospital import ROLE_NAMES, Hospital

NOW = datetime(2026, 5, 5, 8, 30, tzinfo=UTC)
ISSUER = "https://login.riverside.example/realms/staff"
SETTINGS = Hospital(
    provider="Riverside Hospital",
    issuer=ISSUER,
    client_id="pumplog",
    role_claim="realm_access.roles",
    roles={"pump-nurses": ("recorder", "caller"), "pump-doctors": ("prescriber",), "it": ("administrator",)},
    site_claim="department",
    sites={"n": ("North clinic", "Annexe"), "s": ("South clinic",), "board": None},
)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def claims(**changed: object) -> dict[str, object]:
    """The claims of a nurse who has just signed in; a claim changed to `...` is left out."""
    whole: dict[str, object] = {
        "iss": ISSUER,
        "sub": "f3b2c1",
        "aud": "pumplog",
        "iat": seconds(NOW - timedelta(seconds=2)),
        "auth_time": seconds(NOW - timedelta(seconds=9)),
        "exp": seconds(NOW + timedelta(minutes=5)),
        "nonce": "kU6w",
        "name": "Mara Keller",
        "realm_access": {"roles": ["offline_access", "pump-nurses"]},
        "department": ["n"],
        "is_logged_in": True,
        "provider": "hospital",
    }
    return {key: said for key, said in {**whole, **changed}.items() if said is not ...}


def identity(settings: Hospital = SETTINGS, /, **changed: object) -> HospitalIdentity:
    return identity_from(claims(**changed), settings, now=NOW)


def why_not(settings: Hospital = SETTINGS, /, **changed: object) -> str:
    with pytest.raises(SignInRefused) as refusal:
        identity(settings, **changed)
    says = str(refusal.value)
    assert says[0].isupper()
    assert says.endswith(".")
    return says


# Who somebody is


def test_claims_of_a_nurse_are_a_nurse_of_her_clinic() -> None:
    nurse = identity()
    assert (nurse.issuer, nurse.subject, nurse.name) == (ISSUER, "f3b2c1", "Mara Keller")
    assert nurse.roles == {"recorder", "caller"}
    assert nurse.sites == ("Annexe", "North clinic")
    assert nurse.signed_in_at == NOW - timedelta(seconds=2)
    assert nurse.expires_at == NOW + timedelta(minutes=5)


def test_every_role_of_the_settings_is_a_role_of_the_house() -> None:
    assert set(ROLE_NAMES) == {role.value for role in Role}


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ({"roles": "pump-nurses"}, {"recorder", "caller"}),
        ({"roles": ["pump-doctors", "pump-nurses", "pump-nurses"]}, {"recorder", "caller", "prescriber"}),
        ({"roles": ["Pump-Nurses", 7, None, ["it"], {"it": 1}, "pump-doctors"]}, {"prescriber"}),
        ({"roles": ("it",)}, {"administrator"}),
    ],
)
def test_roles_are_a_list_or_a_text_and_what_is_unknown_gives_nothing(said: object, roles: set[str]) -> None:
    assert identity(realm_access=said).roles == roles


@pytest.mark.parametrize(
    "said",
    [
        ...,
        None,
        {},
        [],
        "pump-nurses",
        {"roles": None},
        {"roles": []},
        {"roles": {"pump-nurses": True}},
        {"roles": "Pump-nurses"},
        {"roles": " pump-nurses"},
        {"roles": "pump-nurses,it"},
        {"roles": "pump-nurses it"},
        {"roles": '["pump-nurses"]'},
        {"roles": ["recorder"]},
        {"roles": [["pump-nurses"]]},
        {"roles": True},
        {"roles": {"roles": ["pump-nurses"]}},
    ],
)
def test_nobody_comes_in_without_a_role_of_ours(said: object) -> None:
    assert "gives a role in this clinic" in why_not(realm_access=said)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("groups", {"groups": ["pump-nurses"]}),
        ("a.b.c", {"a": {"b": {"c": ["pump-nurses"]}}}),
        ("https://pumplog.example/roles", {"https://pumplog.example/roles": ["pump-nurses"]}),
        ("a.b.c", {"a.b": {"c": "pump-nurses"}}),
        ("a.b.c", {"a": {"b.c": "pump-nurses"}}),
        ("a.b", {"a": {"b": "pump-nurses"}, "a.b": ["pump-nurses"]}),
    ],
)
def test_a_claim_is_found_by_its_key_or_by_a_path(path: str, said: dict[str, object]) -> None:
    assert identity(SETTINGS.model_copy(update={"role_claim": path}), **said).roles == {"recorder", "caller"}


def test_a_claim_named_in_full_stands_before_one_found_by_a_path() -> None:
    settings = SETTINGS.model_copy(update={"role_claim": "a.b"})
    assert identity(settings, **{"a": {"b": "it"}, "a.b": "pump-doctors"}).roles == {"prescriber"}


@pytest.mark.parametrize(
    ("said", "sites"),
    [
        ("n", ("Annexe", "North clinic")),
        (["s", "n", "elsewhere", 7], ("Annexe", "North clinic", "South clinic")),
        (["n", "board"], None),
        ("board", None),
    ],
)
def test_sites_are_read_as_the_settings_say(said: object, sites: tuple[str, ...] | None) -> None:
    assert identity(department=said).sites == sites


def test_without_a_site_claim_every_site_is_seen() -> None:
    settings = SETTINGS.model_copy(update={"site_claim": None, "sites": {}})
    assert identity(settings, department=...).sites is None


@pytest.mark.parametrize("said", [..., None, [], "N", "all", {"n": True}, 7, True])
def test_nobody_comes_in_without_a_site_since_an_empty_board_looks_calm(said: object) -> None:
    assert "gives a site of this clinic" in why_not(department=said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("  Mara \t Keller\n", "Mara Keller"),
        ("Mara\u00a0Keller", "Mara Keller"),
        ("Mara \u202eKeller\u0000\ud800", "Mara Keller"),
        ("王芳", "王芳"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_written_as_a_screen_shows_it(said: str, name: str) -> None:
    assert identity(name=said).name == name


@pytest.mark.parametrize("said", [..., None, "", "  ", "\u202e\u200b", 7, ["Mara"], {"first": "Mara"}, "x" * 81])
def test_nobody_comes_in_without_a_name_to_write_down(said: object) -> None:
    assert "does not say your name" in why_not(name=said)


def test_the_name_stands_where_the_settings_say() -> None:
    settings = SETTINGS.model_copy(update={"name_claim": "profile.display"})
    assert identity(settings, profile={"display": "M. Keller"}).name == "M. Keller"


# Whether it is meant for us


@pytest.mark.parametrize("said", [..., None, "", "https://evil.example", ISSUER + "/", ISSUER.upper(), [ISSUER], 7])
def test_another_issuer_is_refused(said: object) -> None:
    assert why_not(iss=said) == "This sign-in does not come from Riverside Hospital: sign in there again."


@pytest.mark.parametrize(
    ("aud", "azp"),
    [
        ("pumplog", ...),
        ("pumplog", "pumplog"),
        (["pumplog"], ...),
        (["pumplog"], "pumplog"),
        (["account", "pumplog"], "pumplog"),
    ],
)
def test_a_sign_in_made_for_us_is_taken(aud: object, azp: object) -> None:
    assert identity(aud=aud, azp=azp).subject == "f3b2c1"


@pytest.mark.parametrize(
    ("aud", "azp"),
    [
        ("payroll", ...),
        ("payroll", "pumplog"),  # Authlib takes this one
        (["payroll"], "pumplog"),
        (["account", "pumplog"], ...),
        (["account", "pumplog"], "account"),
        ("pumplog", "payroll"),
        ("pumplog", ["pumplog"]),
        ("pumplog", None),
        ("pumplog payroll", ...),
        ("PUMPLOG", ...),
        ("", ...),
        ([], ...),
        ([], "pumplog"),
        ({"pumplog": 1}, "pumplog"),
        (None, "pumplog"),
        (..., "pumplog"),
        (7, ...),
    ],
)
def test_a_sign_in_made_for_another_program_is_refused(aud: object, azp: object) -> None:
    assert why_not(aud=aud, azp=azp).startswith("Riverside Hospital made this sign-in for another program")


@pytest.mark.parametrize("said", [..., None, "", " ", 7, ["f3b2c1"], "x" * 256])
def test_nobody_comes_in_whom_the_hospital_does_not_name(said: object) -> None:
    assert "does not say who you are" in why_not(sub=said)


# When


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(seconds=60), timedelta(days=400)])
def test_a_sign_in_that_has_ended_is_refused_to_the_second(late: timedelta) -> None:
    assert why_not(exp=seconds(NOW - late)) == "The hospital's sign-in has ended: sign in there again."


def test_a_sign_in_holds_until_the_second_in_which_it_ends() -> None:
    assert identity(exp=seconds(NOW) + 1).expires_at == NOW + timedelta(seconds=1)
    assert identity(exp=NOW.timestamp() + 0.5).expires_at == NOW + timedelta(milliseconds=500)


@pytest.mark.parametrize("key", ["iat", "exp"])
@pytest.mark.parametrize(
    "said", [..., None, "", "1777969800", True, 0, -1, [1], {}, float("nan"), float("inf"), 10**12, 10**400]
)
def test_a_sign_in_without_a_beginning_or_an_end_is_refused(key: str, said: object) -> None:
    assert "does not say when" in why_not(**{key: said})


def test_a_clock_of_the_hospital_may_be_two_minutes_ahead_and_no_more() -> None:
    assert identity(iat=seconds(NOW) + 120).signed_in_at == NOW + timedelta(minutes=2)
    assert identity(nbf=seconds(NOW) + 120).signed_in_at < NOW
    for claim in ("iat", "nbf"):
        assert "dated in the future" in why_not(**{claim: seconds(NOW) + 121})
    assert "dated in the future" in why_not(nbf="soon")


def test_a_password_typed_long_before_is_not_taken_on_a_shared_tablet() -> None:
    before = seconds(NOW - timedelta(minutes=11))
    assert "without asking for your password" in why_not(auth_time=before)
    assert identity(SETTINGS.model_copy(update={"ask_every_time": False}), auth_time=before).name == "Mara Keller"
    assert identity(auth_time=...).name == "Mara Keller"  # most providers do not say it


# Which sign-in


def test_each_sign_in_has_its_own_mark_which_tells_nothing_about_it() -> None:
    first = identity()
    assert identity().sign_in_id == first.sign_in_id
    assert identity(name="Mara Keller-Ode", department="board").sign_in_id == first.sign_in_id
    for changed in ({"nonce": "x"}, {"iat": seconds(NOW) - 3}, {"sub": "a"}, {"jti": "1"}, {"at_hash": "2"}):
        assert identity(**changed).sign_in_id != first.sign_in_id
    assert len(first.sign_in_id) == 64
    assert identity(jti={"any": [1, b"shape"]}).sign_in_id


# Whatever is claimed

NAMES = st.sampled_from(["roles", "a", "n"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["pumplog", ISSUER, "pump-nurses", "it", "n", "board", "all", "administrator"])
    | st.integers(seconds(NOW) - 400, seconds(NOW) + 400)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
KEYS = [*claims(), "azp", "nbf", "jti", "at_hash", "roles", "realm_access.roles"]
CHANGES = st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=len(KEYS))


def values(said: object) -> set[str]:
    """The texts that a claim holds as a list or alone."""
    listed = said if isinstance(said, list) else [said]
    return {one for one in listed if isinstance(one, str)}


def granted(whole: Mapping[str, Any]) -> set[str]:
    """What the role claim gives, worked out another way than by the program."""
    inner = whole.get("realm_access")
    said = whole.get("realm_access.roles", inner.get("roles") if isinstance(inner, dict) else None)
    return {role for value, roles in SETTINGS.roles.items() if value in values(said) for role in roles}


@given(changed=CHANGES, left_out=st.sets(st.sampled_from(KEYS), max_size=3))
def test_whatever_is_claimed_is_proven_in_full_or_refused_with_a_sentence(
    changed: dict[str, object], left_out: set[str]
) -> None:
    whole = {key: said for key, said in claims(**changed).items() if key not in left_out}
    try:
        somebody = identity_from(whole, SETTINGS, now=NOW)
    except SignInRefused as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017  a sentence or an identity, nothing else
        return
    assert whole["iss"] == somebody.issuer == ISSUER
    assert "pumplog" in values(whole["aud"])
    assert whole["sub"] == somebody.subject
    assert somebody.expires_at > NOW
    assert somebody.signed_in_at <= NOW + timedelta(minutes=2)
    assert somebody.name.strip()
    assert somebody.name.isprintable()
    assert somebody.roles == granted(whole) != set()
    assert somebody.sites is None or set(somebody.sites) <= {"North clinic", "Annexe", "South clinic"}
    assert (somebody.sites is None) == ("board" in values(whole["department"]))


@given(values=st.lists(st.text() | st.sampled_from(["pump-nurses", "it"])))
def test_only_what_the_settings_name_gives_a_role_and_the_order_never_matters(values: list[str]) -> None:
    known = [value for value in values if value in SETTINGS.roles]
    if not known:
        assert "gives a role" in why_not(realm_access={"roles": values})
        return
    roles = identity(realm_access={"roles": values}).roles
    assert roles == identity(realm_access={"roles": [*reversed(values)]}).roles
    assert roles == {role for value in known for role in SETTINGS.roles[value]}


@given(late=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_time_alone_ends_a_sign_in_and_never_brings_it_back(late: timedelta) -> None:
    whole = claims()
    moment = NOW + late
    if late < timedelta(minutes=5):
        assert identity_from(whole, SETTINGS, now=moment).sign_in_id == identity().sign_in_id
    else:
        with pytest.raises(SignInRefused, match="has ended"):
            identity_from(whole, SETTINGS, now=moment)
