"""The laws of the house, known by reflection: what may import what, who asks the time, what every write carries."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pumplog"
MODULES = sorted(PACKAGE.rglob("*.py"))
ABOVE_THE_DESK = {"screens", "cli", "demo", "serving", "__main__"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.expr) -> str:
    """A chain of names as it is written: `self.logbook.append`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(node: ast.AST) -> Iterator[str]:
    return (dotted(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


# --- rooms ---


def test_things_flow_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("library", "rooms"), [("streamlit", {"screens"}), ("duckdb", {"logbook", "exports"})])
def test_only_its_own_room_knows_a_library(library: str, rooms: set[str]) -> None:
    knowing = {room_of(path) for path in MODULES if library in imported(path)}
    assert knowing <= rooms
    assert knowing, "the law is about a library that somebody uses"


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "misc"}
    assert [name_of(path) for path in MODULES if {path.stem, path.parent.name} & drawers] == []


# --- time ---

CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def asks_the_time(path: Path) -> list[str]:
    return [call for call in calls(tree(path)) if call in CLOCK or ".".join(call.split(".")[-2:]) in CLOCK]


def test_nobody_below_the_desk_asks_what_time_it_is() -> None:
    below = [path for path in MODULES if room_of(path) not in ABOVE_THE_DESK | {"desk"}]
    assert {name_of(path): asked for path in below if (asked := asks_the_time(path))} == {}


def test_the_desk_asks_the_time_in_one_place() -> None:
    asked = [call for path in MODULES if room_of(path) == "desk" for call in asks_the_time(path)]
    assert asked == ["datetime.now"]


def test_the_screens_take_the_time_from_the_desk() -> None:
    screens = [path for path in MODULES if room_of(path) == "screens"]
    assert {name_of(path): asked for path in screens if (asked := asks_the_time(path))} == {}


# --- refusals ---


def test_nothing_catches_everything() -> None:
    caught: list[str] = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                named = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
                if any(one is None or dotted(one) in ("Exception", "BaseException") for one in named):
                    caught.append(f"{name_of(path)}:{node.lineno}")
            elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
                caught += [
                    f"{name_of(path)}:{node.lineno}"
                    for one in node.args
                    if dotted(one) in ("Exception", "BaseException")
                ]
    assert caught == []


# --- writing ---

APPENDS = ("append", "append_all")


def methods_of_the_desk() -> dict[str, ast.FunctionDef]:
    """Every method of the desk by its name: the door is one, the files that it is made of are many."""
    classes = [
        node
        for path in MODULES
        if room_of(path) == "desk"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Desk")
    ]
    parts = [node for one in classes for node in one.body if isinstance(node, ast.FunctionDef)]
    found = [node for node in parts if not node.name.startswith("__")]
    assert len({node.name for node in found}) == len(found)  # none hides another
    return {node.name: node for node in found}


def writing_methods() -> dict[str, ast.FunctionDef]:
    """The desk's public methods that reach the logbook's appends, themselves or through another method."""
    own = methods_of_the_desk()
    writing = {
        name
        for name, method in own.items()
        if any(call in [f"self.logbook.{append}" for append in APPENDS] for call in calls(method))
    }
    while more := {
        name
        for name, method in own.items()
        if name not in writing and any(call in [f"self.{one}" for one in writing] for call in calls(method))
    }:
        writing |= more
    return {name: own[name] for name in sorted(writing) if not name.startswith("_")}


def test_the_desk_writes() -> None:
    assert {"record", "record_bookings", "plan_days", "import_sheet", "dismiss_row"} <= set(writing_methods())


@pytest.mark.parametrize("name", writing_methods())
def test_every_writing_method_of_the_desk_is_told_who_and_what_they_had_seen(name: str) -> None:
    told = writing_methods()[name].args
    without_default = {
        argument.arg for argument, default in zip(told.kwonlyargs, told.kw_defaults, strict=True) if default is None
    }
    assert {"by", "seen"} <= without_default


def test_nobody_but_the_desk_writes_to_the_log() -> None:
    allowed = {"desk", "logbook", "demo"}  # the demo clinic tells three years at once, each entry at its own time
    others = [path for path in MODULES if room_of(path) not in allowed]
    writing = [
        f"{name_of(path)}: {call}"
        for path in others
        for call in calls(tree(path))
        if call.endswith((".append_all", "logbook.append"))
    ]
    assert writing == []


# --- what is committed ---


def tracked_texts() -> dict[str, str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    texts: dict[str, str] = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            texts[name] = content.decode("utf-8", errors="replace")
    assert "pyproject.toml" in texts
    return texts


PACKAGE_INDEX = re.compile("|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "(?:extra-)?index" + "-url=")))
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.*/-])/(?:work|root|home/\w+|tmp/\w+|Users/\w+)(?![\w|-])")


@pytest.mark.parametrize("pattern", [PACKAGE_INDEX, SOMEBODYS_MACHINE], ids=["package index", "machine path"])
def test_no_tracked_file_names_a_package_index_or_a_place_on_somebodys_machine(pattern: re.Pattern[str]) -> None:
    found = {name: hits for name, text in tracked_texts().items() if (hits := pattern.findall(text))}
    assert found == {}


def test_every_pin_of_the_lock_has_its_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock)[1:]
    assert len(pins) > 20
    assert [pin.split()[0] for pin in pins if "==" not in pin.splitlines()[0] or "--hash=sha256:" not in pin] == []
    assert re.findall(r"https?://|--(?:index|find)", lock) == []
