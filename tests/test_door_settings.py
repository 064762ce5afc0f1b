"""The table `[door]` of a clinic's settings: safe without a word, and every wrong word is named with its mend."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from pumplog.errors import EntryRefused
from pumplog.reference import Door, Reference, is_own, load_reference, settings_beside
from pumplog.serving.refusals import refuse_open_doors

OPEN = """
margin_days = 5
[door]
address = "10.0.0.4"
hosts = ["Pumps.Clinic.Example.", "10.0.0.4", "pumps.clinic.example"]
behind_tls_proxy = true
proxy_addresses = ["10.0.0.9", "10.0.1.0/24"]
"""


def settings(folder: Path, text: str) -> Reference:
    path = folder / "clinic.toml"
    path.write_text(text, "utf-8")
    return load_reference(path)


def test_without_a_word_only_this_machine_gets_in_and_nobody_is_believed(tmp_path: Path) -> None:
    for reference in (load_reference(), settings(tmp_path, "margin_days = 5")):
        door = reference.door
        assert door == Door()
        assert (door.address, door.hosts, door.behind_tls_proxy) == ("127.0.0.1", (), False)
        assert door.on_this_machine_alone
        assert door.allowed_hosts == ("127.0.0.1", "localhost", "::1")
        assert door.believed == ()


def test_a_clinic_opens_its_door_beside_its_policy(tmp_path: Path) -> None:
    reference = settings(tmp_path, OPEN)
    door = reference.door
    assert reference.policy.margin_days.value == 5
    assert (door.address, door.on_this_machine_alone, door.behind_tls_proxy) == ("10.0.0.4", False, True)
    assert door.hosts == ("pumps.clinic.example", "10.0.0.4")
    assert door.allowed_hosts[:2] == door.hosts
    assert door.believed == ("10.0.0.9", "10.0.1.0/24")


def test_behind_a_proxy_on_the_same_machine_its_word_is_taken_and_no_other(tmp_path: Path) -> None:
    door = settings(tmp_path, '[door]\nbehind_tls_proxy = true\nhosts = ["pumps.clinic.example"]').door
    assert door.believed == ("127.0.0.1", "::1")


def test_a_door_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Door().address = "0.0.0.0"  # type: ignore[misc]  # noqa: S104


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ('adress = "127.0.0.1"', "door.adress", "adress is not a setting of [door]. Did you mean address?"),
        ("colour = 1", "door.colour", "The settings are address, hosts, behind_tls_proxy, proxy_addresses."),
        ('address = "clinic"', "door.address", '"clinic" is not an address of a machine: write numbers in quotes'),
        ("address = 127", "door.address", "127 is not an address"),
        ('address = "127.0.0.1:80"', "door.address", "is not an address"),
        ('hosts = "pumps"', "door.hosts", "hosts is a list of names in quotes: write"),
        ("hosts = [1]", "door.hosts", "hosts is a list of names"),
        ('hosts = ["*"]', "door.hosts", "write the plain name in the tablet's address bar"),
        ('hosts = ["https://pumps"]', "door.hosts", "without https://"),
        ('hosts = ["pumps:8501"]', "door.hosts", "without https://, port or star"),
        ('hosts = ["pumps\\n"]', "door.hosts", "write the plain name"),
        ('hosts = [""]', "door.hosts", "write the plain name"),
        ('behind_tls_proxy = "yes"', "door.behind_tls_proxy", "write behind_tls_proxy = true"),
        ("behind_tls_proxy = 1", "door.behind_tls_proxy", "true or false"),
        ('proxy_addresses = "127.0.0.1"', "door.proxy_addresses", "is a list of addresses in quotes"),
        ('proxy_addresses = ["*"]', "door.proxy_addresses", "write the proxy's own address in numbers"),
        ('proxy_addresses = ["proxy"]', "door.proxy_addresses", "write the proxy's own address in numbers"),
        ('proxy_addresses = ["10.0.0.1/8"]', "door.proxy_addresses", "write the proxy's own address"),
        ('proxy_addresses = ["0.0.0.0/0"]', "door.proxy_addresses", "every machine there is"),
        ('proxy_addresses = ["::/0"]', "door.proxy_addresses", "every machine there is"),
    ],
)
def test_a_setting_of_the_door_that_cannot_be_taken_is_refused_by_name(
    tmp_path: Path, line: str, field: str, says: str
) -> None:
    with pytest.raises(EntryRefused) as refusal:
        settings(tmp_path, f"[door]\n{line}\n")
    (fault,) = refusal.value.faults
    assert fault.field == field
    assert fault.says.startswith("clinic.toml")
    assert fault.says.endswith(".")
    assert says in fault.says


def test_every_wrong_setting_of_the_door_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(EntryRefused) as refusal:
        settings(tmp_path, "[door]\naddress = 1\nhosts = 2\n")
    assert [fault.field for fault in refusal.value.faults] == ["door.address", "door.hosts"]


@pytest.mark.parametrize("name", ["door", "hospital"])
def test_a_table_that_is_a_value_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(EntryRefused, match=rf"{name} must be a table: write \[{name}\]"):
        settings(tmp_path, f'{name} = "open"')


def test_a_mistyped_table_is_refused_with_a_guess(tmp_path: Path) -> None:
    with pytest.raises(EntryRefused, match=r"dor is not a setting\. Did you mean door\?"):
        settings(tmp_path, '[dor]\naddress = "127.0.0.1"')


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104  said, not bound
        ("10.0.0.1", False),
        ("pumps", False),
    ],
)
def test_only_loopback_is_this_machines_own(address: str, own: bool) -> None:
    assert is_own(address) is own


def test_the_settings_lie_beside_the_database(tmp_path: Path) -> None:
    assert settings_beside(tmp_path / "clinic.duckdb") is None
    (tmp_path / "clinic.toml").touch()
    assert settings_beside(tmp_path / "clinic.duckdb") == tmp_path / "clinic.toml"


def test_the_door_in_the_readme_is_one_that_is_taken(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", readme, flags=re.DOTALL)
    door = settings(tmp_path, example).door
    refuse_open_doors(door)
    assert (door.hosts, door.behind_tls_proxy) == (("pumps.clinic.example",), True)
    assert (door.address, door.proxy_addresses) == (Door().address, Door().proxy_addresses)
