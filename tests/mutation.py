"""`make mutation`: each mutant that cosmic-ray makes of the outlook, against the tests that pass its line.

Everything is imported and collected once; each mutant then lives in a forked process of its own, where the functions
of its module are given the mutated code. Which test passes which line is seen by tracing, in a process of its own.
`make mutation MODULES="tiers board"` limits the run. Type annotations are not mutated: nothing runs them.
"""

import importlib
import os
import pickle
import signal
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import unified_diff
from enum import Enum
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]
ROOM = ROOT / "pumplog" / "outlook"
ARGUED = ROOT / "docs" / "mutation.md"
FIRST = ("tiers", "board", "projection")
TESTS = (
    "tests/specs/test_specs.py",
    "tests/outlook",
    "tests/stories/test_stories.py",
    "tests/state",
    "tests/planning/test_looking_ahead.py",
    "tests/clinic_days/test_calendar.py",
)
LEFT_OUT = (
    "put_back",
    "TimeZone",
    "time_zone_of_the_server[A",
    "time_zone_of_the_server[P",
    "worked_out_by_hand",
    "time_alone",
    "passing_of_days",
)
"""Tests of tests, and what is slow and told once more elsewhere."""
SLOWEST_SECONDS = 120
PLAIN = (int, str, tuple, frozenset, Decimal)
SURVIVES = "survives"

Lines = dict[str, set[int]]
Passes = dict[str, tuple[float, Lines]]


@dataclass(frozen=True)
class Mutant:
    """One change of one line of a module."""

    module: str
    operator: str
    occurrence: int
    first_line: int
    last_line: int
    change: str
    code: str

    @property
    def name(self) -> str:
        """How a mutant is called in the list of those that are argued: by what it changes, not by where it stands."""
        return f"{self.module}: {self.change}"


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    code = (ROOM / f"{module}.py").read_text("utf-8")
    tree = get_ast(code)
    found = []
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments():
            continue
        operator = kind()
        places = [(node, at) for node in ast_nodes(tree) for at in operator.mutation_positions(node)]
        for occurrence, (node, (start, end)) in enumerate(places):
            if _is_never_run(node):
                continue
            mutated = mutate_code(code, operator, occurrence)
            if mutated is not None and _compiles(mutated):
                change = _change(code, mutated)
                found.append(Mutant(module, name, occurrence, start[0], end[0], change, mutated))
    return iter(sorted(found, key=lambda one: (one.first_line, one.operator, one.occurrence)))


def _is_never_run(node: Any) -> bool:
    """Whether it is a part of a type annotation, or the star of a signature, which multiplies nothing."""
    if node.parent is not None and node.parent.type == "parameters":
        return True
    while node.parent is not None:
        below, node = node, node.parent
        if getattr(node, "annotation", None) is below:
            return True
        if node.type == "tfpdef" and below is node.children[-1]:
            return True
        if node.type == "annassign" and below is node.children[1]:
            return True
    return False


def _compiles(code: str) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            compile(code, "mutant", "exec")
        except SyntaxError:  # a star of the signature taken for a product
            return False
    return True


def _change(before: str, after: str) -> str:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[3:]
    gone = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    come = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"`{gone}` → `{come}`"


# --- a mutant takes the place of its module ---


def unchanged(module: str) -> Mutant:
    """A module as it is: with every one of them in place all tests pass, or a mutant proves nothing."""
    return Mutant(module, "", 0, 0, 0, "", (ROOM / f"{module}.py").read_text("utf-8"))


def twin_of(mutant: Mutant) -> ModuleType:
    """The module as it would be with the mutated code, loaded beside the real one."""
    module = sys.modules[f"pumplog.outlook.{mutant.module}"]
    twin = ModuleType(module.__name__)
    twin.__file__ = module.__file__
    sys.modules[module.__name__] = twin
    try:
        with warnings.catch_warnings(action="ignore"):
            exec(compile(mutant.code, str(module.__file__), "exec"), twin.__dict__)  # noqa: S102  a mutant is code
    finally:
        sys.modules[module.__name__] = module
    return twin


def put_in_place(twin: ModuleType) -> None:
    """Give the functions and classes of the loaded module, wherever they were imported, the mutated code.

    Its numbers and words are given to the module itself: whoever imported one of them by name keeps the old one.
    """
    module = sys.modules[twin.__name__]
    for name, new in vars(twin).items():
        old = vars(module).get(name)
        if isinstance(new, PLAIN) and not name.startswith("__") and new != old:
            setattr(module, name, new)
        if getattr(new, "__module__", None) != module.__name__:
            continue
        if isinstance(old, FunctionType) and isinstance(new, FunctionType):
            _recode(old, new)
        elif isinstance(old, type):
            _remake(old, new)


def _recode(old: FunctionType, new: FunctionType) -> None:
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _remake(old: type, new: type) -> None:
    """What differs between two makings of a class, from the new one into the old one, which others hold already."""
    was, now = vars(old), vars(new)
    for name in [name for name in was if name not in now and isinstance(was[name], FunctionType)]:
        delattr(old, name)
    for name, value in list(now.items()):
        code = _code_of(value)
        if code is None or (issubclass(old, Enum) and name.startswith("_")) or code == _code_of(was.get(name)):
            continue
        setattr(old, name, value)


def _code_of(value: object) -> object:
    """The code of a function, and that of a property marked as one; None for anything else."""
    if isinstance(value, property):
        return (property, value.fget.__code__) if isinstance(value.fget, FunctionType) else None
    return value.__code__ if isinstance(value, FunctionType) else None


# --- the run ---


def in_a_fork(work: Callable[[], Any], *, seconds: int = 0) -> Any:
    """What some work answers in a process of its own; None when it took more than so many seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(seconds)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            answer = pickle.dumps(work())
            with os.fdopen(writing, "wb") as out:
                out.write(answer)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        heard = told.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    return pickle.loads(heard)  # noqa: S301  our own child wrote it


class Run:
    """A plugin that runs the collected tests once for each mutant, instead of once."""

    def __init__(self, modules: list[str]) -> None:
        self.modules = modules
        self.items: dict[str, pytest.Item] = {}
        self.passes: Passes = {}
        self.counts: dict[str, int] = defaultdict(int)
        self.unexplained = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Trace first, then every mutant."""
        self.items = {item.nodeid: item for item in session.items if is_wanted(item)}
        found: Passes | str = in_a_fork(lambda: traced(session, self.items))
        if isinstance(found, str):
            pytest.exit(f"not without a mutant either: {found}", returncode=2)
        self.passes = found
        say(f"{len(self.items)} tests pass with every module put in its own place")
        argued = ARGUED.read_text("utf-8") if ARGUED.exists() else ""
        for module in self.modules:
            for mutant in mutants_of(module):
                how = self.killed_by(session, mutant)
                self.counts[how.partition(":")[0]] += 1
                if how == SURVIVES:
                    known = mutant.name in argued
                    self.counts["argued"] += known
                    say(f"  {'argued  ' if known else 'SURVIVES'} line {mutant.first_line}: {mutant.name}")
            say(f"{module}.py is done; so far {dict(self.counts)}")
        survived, argued_count = self.counts.pop(SURVIVES, 0), self.counts.pop("argued", 0)
        killed = sum(self.counts.values())
        say(
            f"{killed + survived} mutants, {killed} killed: {100 * killed / (killed + survived):.1f} %. "
            f"{survived} survive, of which {argued_count} are argued in {ARGUED.relative_to(ROOT)}."
        )
        self.unexplained = survived - argued_count
        return True

    def killed_by(self, session: pytest.Session, mutant: Mutant) -> str:
        """What noticed a mutant: its loading, a test of those that pass its line, or the clock; or nothing did."""
        wanted = set(range(mutant.first_line, mutant.last_line + 1))
        near = [name for name, (_, lines) in self.passes.items() if wanted & lines.get(mutant.module, set())]
        if not near:  # a line that runs as the module loads
            near = [
                name
                for name, (_, lines) in self.passes.items()
                if mutant.module in lines or name.startswith("tests/outlook/")
            ]
        near.sort(key=lambda name: self.passes[name][0])

        def tested() -> str:
            try:
                twin = twin_of(mutant)
            except Exception as error:  # noqa: BLE001  whatever a mutant does as it loads, it was noticed
                return f"did not load: {error!r}"
            put_in_place(twin)
            for name in near:
                session.config.hook.pytest_runtest_protocol(item=self.items[name], nextitem=None)
                if session.testsfailed:
                    return f"failed a test: {name}"
            return SURVIVES

        return str(in_a_fork(tested, seconds=SLOWEST_SECONDS) or "took too long")


def is_wanted(item: pytest.Item) -> bool:
    """Whether a test takes part: none that draws its cases, which would be slow and not the same twice."""
    drawn = hasattr(getattr(item, "obj", None), "hypothesis")
    return not drawn and not any(part in item.nodeid for part in LEFT_OUT)


def traced(session: pytest.Session, items: dict[str, pytest.Item]) -> Passes | str:
    """Which lines each test passes, with every module put in its own place; or the first test that fails."""
    for module in everything():
        put_in_place(twin_of(unchanged(module)))
    passes = {}
    for name, item in items.items():
        passes[name] = _traced(session, item)
        if session.testsfailed:
            return name
    return passes


def _traced(session: pytest.Session, item: pytest.Item) -> tuple[float, Lines]:
    """How long a test takes, and which lines of the outlook it passes."""
    lines: Lines = defaultdict(set)
    room = str(ROOM)

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines[Path(frame.f_code.co_filename).stem].add(frame.f_lineno)
        return local

    def trace(frame: FrameType, _event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(room):
            return None
        lines[Path(frame.f_code.co_filename).stem].update(range(frame.f_code.co_firstlineno, frame.f_lineno + 1))
        return local

    began = time.process_time()
    sys.settrace(trace)
    try:
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    finally:
        sys.settrace(None)
    return time.process_time() - began, dict(lines)


def say(words: str) -> None:
    """Print past what pytest captures."""
    sys.__stdout__.write(f"{words}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def everything() -> list[str]:
    """The modules of the room, what matters most first."""
    rest = sorted(path.stem for path in ROOM.glob("*.py") if path.stem not in (*FIRST, "__init__"))
    return [*FIRST, *rest]


def main(named: list[str]) -> int:
    """Run all modules of the room, or those that are named."""
    for module in everything():
        importlib.import_module(f"pumplog.outlook.{module}")
    run = Run(named or everything())
    code = int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", *TESTS], plugins=[run]))
    return code or int(run.unexplained > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
