"""The hospital's sign-in as Streamlit is told of it."""

from pathlib import Path

import pytest

from pumplog.errors import EntryRefused
from pumplog.reference import Door, Hospital
from pumplog.reference.secret import SECRET_VARIABLE
from pumplog.screens.hospital import auth_section, hospital_parts

HOSPITAL = Hospital(
    provider="Riverside Hospital",
    issuer="https://login.riverside.example/staff/",
    client_id="pumplog",
    role_claim="groups",
    roles={"nurses": ("recorder",)},
)
SETTINGS = """
session_hours = 8
[hospital]
provider = "Riverside Hospital"
issuer = "https://login.riverside.example/staff"
client_id = "pumplog"
role_claim = "groups"
roles = { nurses = "recorder" }
"""


def test_streamlit_is_told_of_the_provider() -> None:
    section = auth_section(HOSPITAL, Door(), "gB7rT")
    told = section["hospital"]
    assert told["server_metadata_url"] == "https://login.riverside.example/staff/.well-known/openid-configuration"
    assert (told["client_id"], told["client_secret"]) == ("pumplog", "gB7rT")
    assert told["client_kwargs"] == {
        "scope": "openid profile",
        "prompt": "login",
        "code_challenge_method": "S256",
    }
    assert "expose_tokens" not in section


def test_a_clinic_may_ask_for_more_and_leave_the_password_to_the_provider() -> None:
    asked = HOSPITAL.model_copy(update={"scopes": ("profile", "groups"), "ask_every_time": False})
    kwargs = auth_section(asked, Door(), "gB7rT")["hospital"]["client_kwargs"]
    assert (kwargs["scope"], kwargs["prompt"]) == ("openid profile groups", "select_account")


def test_each_start_signs_identities_anew() -> None:
    first, second = (auth_section(HOSPITAL, Door(), "gB7rT")["cookie_secret"] for _ in range(2))
    assert first != second
    assert len(first) == 64


@pytest.mark.parametrize(
    ("hospital", "door", "address"),
    [
        (HOSPITAL, Door(), "http://127.0.0.1:{port}/oauth2callback"),
        (HOSPITAL, Door(address="::1"), "http://[::1]:{port}/oauth2callback"),
        (
            HOSPITAL,
            Door(hosts=("pumps.clinic.example", "10.0.0.4"), behind_tls_proxy=True),
            "https://pumps.clinic.example/oauth2callback",
        ),
        (
            HOSPITAL.model_copy(update={"address": "https://pumps.clinic.example:8443"}),
            Door(hosts=("pumps.clinic.example",), behind_tls_proxy=True),
            "https://pumps.clinic.example:8443/oauth2callback",
        ),
    ],
)
def test_people_come_back_to_the_address_that_their_browser_knows(
    hospital: Hospital, door: Door, address: str
) -> None:
    assert auth_section(hospital, door, "gB7rT")["redirect_uri"] == address


def clinic(folder: Path, settings: str) -> Path:
    (folder / "clinic.toml").write_text(settings, "utf-8")
    return folder / "clinic.duckdb"


def test_a_clinic_without_a_hospital_needs_no_parts(tmp_path: Path) -> None:
    assert hospital_parts(tmp_path / "clinic.duckdb", Door()) == (None, ())
    assert hospital_parts(clinic(tmp_path, "margin_days = 5"), Door()) == (None, ())


def test_a_hospital_without_its_secret_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    with pytest.raises(EntryRefused, match=r"client secret cannot be read from hospital\.secret"):
        hospital_parts(clinic(tmp_path, SETTINGS), Door())


@pytest.mark.parametrize(
    ("door", "secure"), [(Door(), False), (Door(hosts=("pumps.clinic.example",), behind_tls_proxy=True), True)]
)
def test_the_guard_knows_how_long_a_session_is_and_whether_there_is_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: Door, secure: bool
) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    database = clinic(tmp_path, SETTINGS)
    secret = tmp_path / "hospital.secret"
    secret.touch(mode=0o600)
    secret.write_text("gB7rT\n")
    told, guards = hospital_parts(database, door)
    assert told is not None
    assert told["auth"]["hospital"]["client_secret"] == "gB7rT"  # noqa: S105  invented
    assert [guard.kwargs for guard in guards] == [{"lasts_seconds": 8 * 3600, "secure": secure}]
