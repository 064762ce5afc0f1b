"""The table `[hospital]` of a clinic's settings, and its secret: every wrong word is named with its mend."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pumplog.errors import EntryRefused
from pumplog.reference import Hospital, load_reference
from pumplog.reference.hospital import ROLE_NAMES, hospital_from
from pumplog.reference.secret import SECRET_VARIABLE, client_secret, secret_file

WHOLE = """
margin_days = 5

[hospital]
provider = "Riverside Hospital"
issuer = "https://login.riverside.example/realms/staff"
client_id = "pumplog"
role_claim = "realm_access.roles"
site_claim = "department"

[hospital.roles]
pump-nurses = ["recorder", "caller"]
pump-doctors = "prescriber"

[hospital.sites]
north = ["North  clinic", "North clinic", "Annexe"]
board = "all"
"""
LEAST = """
provider = "Riverside Hospital"
issuer = "https://login.riverside.example"
client_id = "pumplog"
role_claim = "groups"
roles = { nurses = ["recorder"] }
"""


def settings(folder: Path, text: str) -> Hospital:
    path = folder / "clinic.toml"
    path.write_text(text, "utf-8")
    hospital = load_reference(path).hospital
    assert hospital is not None
    return hospital


def refused(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refusal:
        settings(folder, f"[hospital]\n{text}")
    assert all(fault.says.startswith("clinic.toml: ") and fault.says.endswith(".") for fault in refusal.value.faults)
    return {fault.field: fault.says for fault in refusal.value.faults}


def test_without_the_table_there_is_no_hospital(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text("margin_days = 5")
    assert load_reference().hospital is None
    assert load_reference(tmp_path / "clinic.toml").hospital is None


def test_a_clinic_says_what_the_claims_of_its_hospital_mean(tmp_path: Path) -> None:
    hospital = settings(tmp_path, WHOLE)
    assert hospital.provider == "Riverside Hospital"
    assert hospital.role_claim == "realm_access.roles"
    assert hospital.roles == {"pump-nurses": ("recorder", "caller"), "pump-doctors": ("prescriber",)}
    assert hospital.sites == {"north": ("North clinic", "Annexe"), "board": None}
    assert (hospital.site_claim, hospital.name_claim, hospital.ask_every_time) == ("department", "name", True)
    assert hospital.metadata_address == (
        "https://login.riverside.example/realms/staff/.well-known/openid-configuration"
    )


def test_the_example_for_a_clinic_is_taken_and_says_every_setting_that_most_need() -> None:
    example = Path(__file__).parent.parent / "docs" / "deploy" / "hospital.toml"
    hospital = load_reference(example).hospital
    assert hospital is not None
    assert hospital.model_fields_set == set(Hospital.model_fields) - {"address"}
    assert hospital.sites["trust"] is None


def test_a_hospital_without_sites_needs_no_site_claim(tmp_path: Path) -> None:
    hospital = settings(tmp_path, f"[hospital]{LEAST}")
    assert (hospital.site_claim, dict(hospital.sites), hospital.address) == (None, {}, None)


def test_the_settings_of_a_hospital_cannot_be_changed(tmp_path: Path) -> None:
    hospital = settings(tmp_path, WHOLE)
    with pytest.raises(ValidationError, match="frozen"):
        hospital.issuer = "https://elsewhere.example"  # type: ignore[misc]
    with pytest.raises(TypeError):
        hospital.roles["everybody"] = ("administrator",)  # type: ignore[index]


def test_everything_missing_is_named_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, "")
    assert sorted(said) == [f"hospital.{key}" for key in ("client_id", "issuer", "provider", "role_claim", "roles")]
    assert 'write client_id = "pumplog"' in said["hospital.client_id"]


@pytest.mark.parametrize("key", ["client_secret", "cookie_secret", "password", "Access_Token"])
def test_a_secret_is_refused_in_a_file_that_is_copied_and_shown(tmp_path: Path, key: str) -> None:
    said = refused(tmp_path, f'{LEAST}{key} = "gB7rT"')
    assert list(said) == [f"hospital.{key}"]
    assert "a file of its own" in said[f"hospital.{key}"]
    assert "gB7rT" not in said[f"hospital.{key}"]


@pytest.mark.parametrize(
    ("key", "line", "says"),
    [
        ("issuers", 'issuers = "x"', "Did you mean issuer?"),
        ("colour", "colour = 1", "The settings are provider, issuer"),
        ("provider", 'provider = " "', "1 to 40 letters in quotes"),
        ("provider", f'provider = "{"x" * 41}"', "1 to 40 letters"),
        ("provider", 'provider = "a\\u202eb"', "1 to 40 letters"),
        ("client_id", "client_id = 7", "1 to 200 letters in quotes"),
        ("issuer", "issuer = 7", "a web address in quotes"),
        ("issuer", 'issuer = "login.riverside.example"', "a web address in quotes"),
        ("issuer", 'issuer = "https://"', "a web address in quotes"),
        ("issuer", 'issuer = "https://x.example:0"', "a web address in quotes"),
        ("issuer", 'issuer = "https://x.example:99999"', "a web address in quotes"),
        ("issuer", 'issuer = "https://[x"', "a web address in quotes"),
        ("issuer", 'issuer = "https://x.example/a b"', "a web address in quotes"),
        ("issuer", 'issuer = "ftp://x.example"', "a web address in quotes"),
        ("issuer", 'issuer = "http://login.riverside.example"', "must begin with https://"),
        ("issuer", 'issuer = "https://nurse@x.example"', "without ?, # or @"),
        ("issuer", 'issuer = "https://x.example?tenant=1"', "without ?, # or @"),
        ("address", 'address = "http://pumps.clinic.example"', "must begin with https://"),
        ("address", 'address = "https://pumps.clinic.example/app"', "must end at the host name or port"),
        ("role_claim", 'role_claim = ""', "1 to 200 letters"),
        ("name_claim", "name_claim = []", "1 to 200 letters"),
        ("roles", 'roles = "recorder"', "says which claim gives which roles"),
        ("roles", "roles = {}", "says which claim gives which roles"),
        ("roles", "roles = { nurses = [] }", '"nurses" must give at least one role'),
        ("roles", "roles = { nurses = 7 }", '"nurses" must give at least one role'),
        ("roles", 'roles = { " " = ["viewer"] }', "must give at least one role"),
        ("roles", 'roles = { nurses = ["Recorder"] }', '"Recorder" is not a role. Did you mean recorder?'),
        ("roles", 'roles = { nurses = ["nurse"] }', "The roles are viewer, caller, recorder"),
        ("scopes", 'scopes = "groups"', "a list of words in quotes"),
        ("scopes", "scopes = []", "a list of words in quotes"),
        ("scopes", 'scopes = ["profile groups"]', "a list of words in quotes"),
        ("scopes", "scopes = [1]", "a list of words in quotes"),
        ("ask_every_time", 'ask_every_time = "yes"', "true or false, without quotes"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_refused_by_name(tmp_path: Path, key: str, line: str, says: str) -> None:
    others = "\n".join(kept for kept in LEAST.splitlines() if not kept.startswith(f"{key} ="))
    said = refused(tmp_path, f"{others}\n{line}\n")
    assert list(said) == [f"hospital.{key}"]
    assert says in said[f"hospital.{key}"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('site_claim = "department"', "site_claim and sites go together"),
        ('sites = { north = ["North clinic"] }', "site_claim and sites go together"),
        ('site_claim = "department"\nsites = {}', "says which claim gives which sites"),
        ('site_claim = "department"\nsites = { north = [] }', '"north" must give a list of sites, or "all"'),
        ('site_claim = "department"\nsites = { north = "North clinic" }', "must give a list of sites"),
        ('site_claim = "department"\nsites = { north = [" "] }', "must give a list of sites"),
        ('site_claim = "department"\nsites = { "" = ["North clinic"] }', "must give a list of sites"),
    ],
)
def test_sites_that_cannot_be_taken_are_refused(tmp_path: Path, lines: str, says: str) -> None:
    said = refused(tmp_path, f"{LEAST}{lines}\n")
    assert list(said) == ["hospital.sites"]
    assert says in said["hospital.sites"]


@pytest.mark.parametrize("issuer", ["http://localhost:9400", "http://127.0.0.1:9400", "http://[::1]:9400"])
def test_a_provider_on_this_machine_needs_no_tls(tmp_path: Path, issuer: str) -> None:
    text = LEAST.replace("https://login.riverside.example", issuer)
    assert settings(tmp_path, f"[hospital]{text}").issuer == issuer


def test_the_issuer_is_kept_to_the_letter_and_our_own_address_without_its_slash() -> None:
    hospital = hospital_from(
        {
            "provider": "Riverside",
            "issuer": "https://Login.Example/",
            "client_id": "pumplog",
            "address": "https://pumps.clinic.example:8443/",
            "role_claim": "groups",
            "roles": {"nurses": list(ROLE_NAMES)},
        },
        "clinic.toml",
    )
    assert hospital.issuer == "https://Login.Example/"
    assert hospital.metadata_address == "https://Login.Example/.well-known/openid-configuration"
    assert hospital.address == "https://pumps.clinic.example:8443"
    assert hospital.roles["nurses"] == ROLE_NAMES


def test_what_is_asked_of_the_provider_is_openid_and_what_the_clinic_says(tmp_path: Path) -> None:
    assert settings(tmp_path, f"[hospital]{LEAST}").scopes == ("profile",)
    said = settings(tmp_path, f'[hospital]{LEAST}scopes = ["openid", "profile", "groups", "groups"]')
    assert said.scopes == ("profile", "groups")


def test_every_site_is_said_as_a_word_or_as_a_list_of_it(tmp_path: Path) -> None:
    hospital = settings(tmp_path, f'[hospital]{LEAST}site_claim = "s"\nsites = {{ a = "all", b = ["all"] }}')
    assert hospital.sites == {"a": None, "b": None}


# The secret


def written(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "hospital.secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_secret_lies_beside_the_database_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    assert secret_file(tmp_path / "clinic.duckdb") == tmp_path / "hospital.secret"
    monkeypatch.setenv(SECRET_VARIABLE, "/run/credentials/hospital")
    assert secret_file(tmp_path / "clinic.duckdb") == Path("/run/credentials/hospital")


def test_the_secret_is_read_without_the_line_end(tmp_path: Path) -> None:
    assert client_secret(written(tmp_path, b"gB7rT~x.9\n")) == "gB7rT~x.9"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o620, 0o644])
def test_a_secret_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(EntryRefused, match=r"chmod 600 hospital\.secret"):
        client_secret(written(tmp_path, b"gB7rT", mode))


def test_a_secret_that_is_not_there_is_refused_with_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(EntryRefused, match=rf"hospital\.secret \(No such file.*{SECRET_VARIABLE}"):
        client_secret(tmp_path / "hospital.secret")
    with pytest.raises(EntryRefused, match="Is a directory"):
        client_secret(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"one two", b"one\ntwo", "sécret".encode(), b"\xff", b"a\x00b", b"x" * 4097]
)
def test_a_file_that_holds_something_else_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EntryRefused, match="nothing else, on one line") as refusal:
        client_secret(written(tmp_path, content))
    assert "two" not in str(refusal.value)
