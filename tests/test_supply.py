"""What pumplog is made of: the bill of materials names exactly the lock, and an audit never pretends."""

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.audit import against, by_pip_audit
from tests.sbom import FOR_BUILDING, LOCK, OURS, Pin, installed_in_a_clinic, pins, sbom

TODAY = date(2026, 11, 23)
PINNED = (
    Pin("Some.Package", "1.5.0", frozenset()),
    Pin("other", "2.0", frozenset()),
)

LOCKED = f"""\
app==1.0 \\
    --hash=sha256:aa
    # via {OURS}
both==2.0 ; sys_platform != 'win32' \\
    --hash=sha256:bb
    # via
    #   app
    #   tool
deep[extra]==3.0 \\
    --hash=sha256:cc
    # via both
tool==4.0 \\
    --hash=sha256:dd
    # via {FOR_BUILDING}
only==5.0 \\
    --hash=sha256:ee
    # via tool
"""


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return sbom()


# Bill of materials


def test_a_lock_is_read_with_who_needs_what() -> None:
    assert pins(LOCKED) == (
        Pin("app", "1.0", frozenset({OURS})),
        Pin("both", "2.0", frozenset({"app", "tool"}), "sys_platform != 'win32'"),
        Pin("deep", "3.0", frozenset({"both"})),
        Pin("tool", "4.0", frozenset({FOR_BUILDING})),
        Pin("only", "5.0", frozenset({"tool"})),
    )
    assert installed_in_a_clinic(pins(LOCKED)) == {"app", "both", "deep"}


def test_the_bill_names_every_package_of_the_lock_and_no_other(bill: dict[str, Any]) -> None:
    named = [(one["name"], one["version"]) for one in bill["components"]]
    pinned = [(pin.name, pin.version) for pin in pins(LOCK.read_text("utf-8"))]
    assert sorted(named) == sorted(pinned)
    assert len(pinned) == len(re.findall(r"(?m)^[A-Za-z0-9][^ ]*==", LOCK.read_text("utf-8"))) > 50


def test_the_bill_is_valid_cyclonedx(bill: dict[str, Any]) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None


def test_the_bill_holds_the_hashes_of_the_lock(bill: dict[str, Any]) -> None:
    locked = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text("utf-8")))
    files = [file for one in bill["components"] for file in one["externalReferences"]]
    assert {digest["content"] for file in files for digest in file["hashes"]} == locked


def test_the_bill_names_no_index_and_no_place_on_somebodys_machine(bill: dict[str, Any]) -> None:
    text = json.dumps(bill)
    assert re.findall(r"https?://[^\"]*", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    assert re.findall(r'(?<![\w:])/(?:home|root|tmp|work|Users)\b[^"]*', text) == []
    assert sbom() == bill, "the same lock gives the same bill"


def test_the_bill_tells_what_runs_in_a_clinic_from_what_only_builds(bill: dict[str, Any]) -> None:
    scopes = {one["name"]: one["scope"] for one in bill["components"]}
    assert {scopes[name] for name in ("streamlit", "duckdb", "argon2-cffi", "authlib")} == {"required"}
    assert {scopes[name] for name in ("pytest", "ruff", "cyclonedx-bom", "playwright")} == {"excluded"}
    graph = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert set(graph) == {one["bom-ref"] for one in (*bill["components"], bill["metadata"]["component"])}
    reached = {bill["metadata"]["component"]["bom-ref"]}
    while more := {to for one in reached for to in graph[one]} - reached:
        reached |= more
    assert reached == set(graph), "nothing is in the lock that nobody needs"


# Audit


def advisory(**changes: Any) -> dict[str, Any]:
    package = {"name": "some_package", "ecosystem": "PyPI"}
    spans = [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.6"}]}]
    known = {"id": "OSV-1", "modified": "2026-11-20T10:00:00Z", "affected": [{"package": package, "ranges": spans}]}
    return known | changes


def affected(*events: dict[str, str], **changes: Any) -> dict[str, Any]:
    package = {"name": "some-package", "ecosystem": "PyPI"} | changes.pop("package", {})
    return advisory(affected=[{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}], **changes}])


@pytest.fixture
def listed(tmp_path: Path) -> Any:
    def written(*advisories: dict[str, Any]) -> Path:
        for number, one in enumerate(advisories):
            (tmp_path / f"{number}.json").write_text(json.dumps(one), "utf-8")
        return tmp_path

    return written


@pytest.mark.parametrize(
    ("one", "hit"),
    [
        (advisory(), True),
        (advisory(withdrawn="2026-11-21T00:00:00Z"), False),
        (affected({"introduced": "0"}), True),
        (affected({"introduced": "0"}, {"fixed": "1.5.0"}), False),
        (affected({"introduced": "0"}, {"fixed": "1.10"}), True),
        (affected({"introduced": "1.6"}), False),
        (affected({"introduced": "0"}, {"last_affected": "1.5.0"}), True),
        (affected({"introduced": "0"}, {"last_affected": "1.4"}), False),
        (affected({"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "1.4"}, {"fixed": "1.5.1"}), True),
        (affected({"introduced": "no version"}), True),
        (affected({"introduced": "9"}, versions=["1.5.0"]), True),
        (affected({"introduced": "0"}, package={"ecosystem": "npm"}), False),
        (affected({"introduced": "0"}, package={"name": "another"}), False),
    ],
)
def test_an_advisory_hits_the_versions_it_names(listed: Any, one: dict[str, Any], hit: bool) -> None:
    found = against(listed(one), PINNED, today=TODAY)
    assert found.known == (("Some.Package 1.5.0: OSV-1",) if hit else ())
    assert found.code == (1 if hit else 0)
    assert "2 packages were checked." in found.says
    assert ("Nothing is known" in found.says) is not hit


def test_a_list_in_an_archive_is_read_as_one_in_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("OSV-1.json", json.dumps(advisory()))
    assert against(tmp_path / "all.zip", PINNED, today=TODAY).code == 1


def test_an_old_list_or_an_empty_one_proves_nothing(listed: Any, tmp_path: Path) -> None:
    empty = against(tmp_path, PINNED, today=TODAY)
    assert (empty.code, "NOT CHECKED" in empty.says) == (2, True)
    old = against(listed(affected({"introduced": "9"}) | {"modified": "2026-10-01T00:00:00Z"}), PINNED, today=TODAY)
    assert (old.code, old.known) == (2, ())
    assert "53 days old" in old.says
    assert "Nothing is known" not in old.says


def test_what_is_not_for_this_machine_need_not_be_known_to_pip_audit() -> None:
    elsewhere = Pin("other", "1.0", frozenset(), "python_full_version < '3'")
    assert not elsewhere.is_for_this_machine
    assert by_pip_audit('{"dependencies": []}', (elsewhere,)).code == 0


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ("", 2, "NOT CHECKED: pip-audit could not be started, or reached nobody to ask."),
        ("[]", 2, "NOT CHECKED"),
        ('{"dependencies": []}', 2, "nothing about 2 of 2 packages"),
        (
            '{"dependencies": [{"name": "some-package", "skip_reason": "not found"}, '
            '{"name": "other", "version": "2.0", "vulns": []}]}',
            2,
            "nothing about 1 of 2 packages",
        ),
        (
            '{"dependencies": [{"name": "some-package", "version": "1.5.0", "vulns": [{"id": "OSV-1"}]}, '
            '{"name": "other", "version": "2.0", "vulns": []}]}',
            1,
            "some-package 1.5.0: OSV-1",
        ),
        (
            '{"dependencies": [{"name": "some-package", "version": "1.5.0", "vulns": []}, '
            '{"name": "other", "version": "2.0", "vulns": []}]}',
            0,
            "Nothing is known against any of them.",
        ),
    ],
)
def test_what_pip_audit_could_not_look_at_is_not_called_checked(answer: str, code: int, says: str) -> None:
    found = by_pip_audit(answer, PINNED)
    assert found.code == code
    assert says in found.says
    assert ("Nothing is known" in found.says) is (code == 0)
