"""The command line as a person or a script meets it: words in, text and an exit code out."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from pumplog.cli import main

DATA = Path(__file__).parents[1] / "data"
ENTRIES = Path(__file__).parents[1] / "examples" / "entries"
SAMPLE = DATA / "spreadsheet" / "clinic.csv"
EXPECTED: dict[str, Any] = json.loads((DATA / "spreadsheet" / "clinic_expected.json").read_text("utf-8"))
PYTHON = sys.executable
INSTALLED = Path(PYTHON).with_name("pumplog")


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def inside(*words: object, stdin: str = "") -> Said:
    """Run a command in this process; anything but an exit is a failure of the test."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    asked = ["pumplog", *map(str, words)]
    entered = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with (
        mock.patch.object(sys, "argv", asked),
        mock.patch.object(sys, "stdin", entered),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(bool(left.code))
    return Said(code, out.getvalue(), err.getvalue())


def outside(
    *words: object, program: tuple[str, ...] = (str(INSTALLED),), stdin: str | None = None, **environment: str
) -> Said:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [*program, *map(str, words)],
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def options(values: Mapping[str, str]) -> list[str]:
    """Values by column name as the options of a calculator."""
    return [word for name, value in values.items() for word in (f"--{name.replace('_', '-')}", value)]


def written(path: Path, said: object) -> Path:
    """A JSON file that says this."""
    path.write_text(json.dumps(said), "utf-8")
    return path


def example(kind_of_entry: str, **changes: Any) -> dict[str, Any]:
    """The example of an entry kind, with some of it changed; None takes a field away."""
    said = json.loads((ENTRIES / f"{kind_of_entry}.json").read_text("utf-8")) | changes
    return {name: value for name, value in said.items() if value is not None}


def assert_sentences(text: str) -> None:
    """Each line is a sentence that a person can read, and nothing else is there."""
    lines = text.splitlines()
    assert lines, "nothing was said"
    for line in lines:
        assert line[0].isupper() or line[0] in '"0123456789' or line.partition(" ")[0].islower(), line
        assert line.endswith((".", "?")), line
    assert "Traceback" not in text
    assert "Error" not in text
