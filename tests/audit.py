"""`make audit`: whether anything in the lock is known to be vulnerable; what was not checked is never called safe.

With a list of advisories (`make audit ADVISORIES=all.zip`: the JSON export of OSV for PyPI, or a folder with its
files) this needs no network. Without one it asks by pip-audit, which needs one.

Leaves with 0: all was checked and nothing is known. 1: something is known. 2: not checked, or not all of it.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tests.sbom import LOCK, Pin, pins

OLDEST_DAYS = 30
PIP_AUDIT = "pip-audit==2.10.1"


@dataclass(frozen=True)
class Outcome:
    """What a check found; `unchecked` says why nobody can tell, and is empty when everybody can."""

    checked_count: int
    known: tuple[str, ...] = ()
    unchecked: str = ""

    @property
    def code(self) -> int:
        """How the command leaves."""
        return 1 if self.known else 2 if self.unchecked else 0

    @property
    def says(self) -> str:
        """The outcome in lines."""
        last = f"NOT CHECKED: {self.unchecked}" if self.unchecked else f"{self.checked_count} packages were checked."
        none = () if self.known or self.unchecked else ("Nothing is known against any of them.",)
        return "\n".join((*self.known, last, *none))


def against(advisories: Path, pinned: Sequence[Pin], *, today: date) -> Outcome:
    """Compare with a list of advisories in the OSV form; an old or an empty list proves nothing."""
    newest = datetime.min.replace(tzinfo=UTC)
    known: list[str] = []
    for advisory in _read(advisories):
        newest = max(newest, datetime.fromisoformat(advisory["modified"]).astimezone(UTC))
        if not advisory.get("withdrawn"):
            known += [f"{pin.name} {pin.version}: {advisory['id']}" for pin in _hit(advisory, pinned)]
    if newest.year == 1:
        return Outcome(0, unchecked=f"{advisories.name} holds no advisories.")
    age_days = (today - newest.date()).days
    says = f"the newest advisory in {advisories.name} is {age_days} days old; fetch a list of the last {OLDEST_DAYS}."
    return Outcome(len(pinned), tuple(sorted(known)), says if age_days > OLDEST_DAYS else "")


def by_pip_audit(answer: str, pinned: Sequence[Pin]) -> Outcome:
    """What pip-audit answered, in JSON; what it left out or skipped was not checked, though it leaves with 0."""
    try:
        said = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Outcome(0, unchecked="pip-audit could not be started, or reached nobody to ask.")
    known = [f"{one['name']} {one['version']}: {found['id']}" for one in said for found in one.get("vulns", ())]
    checked = {(canonicalize_name(one["name"]), one["version"]) for one in said if "skip_reason" not in one}
    here = [pin for pin in pinned if pin.is_for_this_machine]
    left = [pin for pin in here if (canonicalize_name(pin.name), pin.version) not in checked]
    says = f"pip-audit could say nothing about {len(left)} of {len(here)} packages." if left else ""
    return Outcome(len(here) - len(left), tuple(sorted(known)), says)


def _read(advisories: Path) -> Iterator[dict[str, Any]]:
    if advisories.is_dir():
        yield from (json.loads(path.read_bytes()) for path in sorted(advisories.rglob("*.json")))
        return
    with zipfile.ZipFile(advisories) as archive:
        yield from (json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json"))


def _hit(advisory: Mapping[str, Any], pinned: Sequence[Pin]) -> Iterator[Pin]:
    for affected in advisory.get("affected", ()):
        package = affected.get("package", {})
        if package.get("ecosystem") != "PyPI":
            continue
        name = canonicalize_name(package.get("name", ""))
        spans = [span["events"] for span in affected.get("ranges", ()) if span.get("type") == "ECOSYSTEM"]
        for pin in pinned:
            if canonicalize_name(pin.name) == name and (
                pin.version in affected.get("versions", ()) or any(_within(events, pin.version) for events in spans)
            ):
                yield pin


def _within(events: Sequence[Mapping[str, str]], version: str) -> bool:
    """Whether a version lies in a span; one that cannot be compared counts as within."""
    inside = False
    try:
        for event in events:
            if "introduced" in event and Version(event["introduced"]) <= Version(version):
                inside = True
            elif ("fixed" in event and Version(event["fixed"]) <= Version(version)) or (
                "last_affected" in event and Version(event["last_affected"]) < Version(version)
            ):
                inside = False
    except InvalidVersion:
        return True
    return inside


def audit(advisories: Path | None) -> Outcome:
    """Check the lock of this checkout."""
    pinned = pins(LOCK.read_text("utf-8"))
    if advisories is not None:
        return against(advisories, pinned, today=datetime.now(UTC).date())
    uv = str(Path(sys.executable).with_name("uv"))
    asking = [uv, "tool", "run", PIP_AUDIT, "-r", LOCK.name, "--require-hashes", "--disable-pip", "--format", "json"]
    asked = subprocess.run(asking, cwd=LOCK.parent, capture_output=True, text=True, check=False)
    return by_pip_audit(asked.stdout, pinned)


if __name__ == "__main__":
    outcome = audit(Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None)
    sys.stdout.write(f"{outcome.says}\n")
    sys.exit(outcome.code)
