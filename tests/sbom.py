"""`make sbom`: the software bill of materials, made from the lock alone, as CycloneDX.

The tool's own answer names a package index at every part and repeats the lines of the lock. Here each part is named
by its package URL, says what it needs, and says whether it is installed in a clinic or only where pumplog is built.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
OURS = "pumplog (pyproject.toml)"
FOR_BUILDING = "pumplog (pyproject.toml:dev)"


@dataclass(frozen=True)
class Pin:
    """One package of the lock in one version (some have two, for different Pythons), and who needs it."""

    name: str
    version: str
    needed_by: frozenset[str]
    marker: str = ""

    @property
    def is_for_this_machine(self) -> bool:
        """Whether it is installed with this Python on this system."""
        return not self.marker or Marker(self.marker).evaluate()

    @property
    def purl(self) -> str:
        """Its name all over the world."""
        return f"pkg:pypi/{self.name}@{self.version}"


def pins(lock: str) -> tuple[Pin, ...]:
    """Everything that a lock pins; who needs it is another package, or one of the two lists in pyproject.toml."""
    found: list[Pin] = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)(?: ; ([^\\\n]+?) \\)?", block)
        assert pin is not None, f"no pin: {block[:60]}"
        found.append(
            Pin(pin[1], pin[2], frozenset(re.findall(r"(?m)^    #(?: via|  ) (\S.*)$", block)), pin[3] or "")
        )
    return tuple(found)


def installed_in_a_clinic(pinned: Iterable[Pin]) -> set[str]:
    """The packages that pumplog itself needs, and those that these need."""
    reached = {OURS}
    while more := {pin.name for pin in pinned if pin.needed_by & reached} - reached:
        reached |= more
    return reached - {OURS}


def sbom() -> dict[str, Any]:
    """The bill of materials of this checkout: the same for the same lock."""
    tool = Path(sys.executable).with_name("cyclonedx-py")
    words = [str(tool), "requirements", "--pyproject", "pyproject.toml", "--output-reproducible", LOCK.name]
    said: dict[str, Any] = json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout)
    pinned = pins(LOCK.read_text("utf-8"))
    clinic = installed_in_a_clinic(pinned)
    root = said["metadata"]["component"]
    root["bom-ref"] = f"pkg:pypi/{root['name']}@{root['version']}"
    for one in said["components"]:
        one["bom-ref"] = one["purl"] = f"pkg:pypi/{one['name']}@{one['version']}"
        one["scope"] = "required" if one["name"] in clinic else "excluded"
        del one["description"]
        for file in one["externalReferences"]:
            file["url"] = one["purl"]
    for tool_said in said["metadata"]["tools"]["components"]:
        tool_said.pop("externalReferences", None)
    said["components"].sort(key=lambda one: str(one["purl"]))
    said["dependencies"] = [
        _needs(root["bom-ref"], {OURS, FOR_BUILDING}, pinned),
        *(_needs(pin.purl, {pin.name}, pinned) for pin in sorted(pinned, key=lambda pin: pin.purl)),
    ]
    return said


def _needs(reference: str, names: set[str], pinned: Iterable[Pin]) -> dict[str, Any]:
    """What one part needs."""
    needed = sorted(pin.purl for pin in pinned if pin.needed_by & names)
    return {"ref": reference, "dependsOn": needed} if needed else {"ref": reference}


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sbom(), indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{path}\n")
