"""Every example in a docstring of the calculations is run."""

import doctest
import importlib
import pkgutil

import pytest

from pumplog import calc

MODULES = [f"pumplog.calc.{found.name}" for found in pkgutil.iter_modules(calc.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_say_what_comes_out(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_run() -> None:
    attempted = {name: doctest.testmod(importlib.import_module(name)).attempted for name in MODULES}
    without = {name.rsplit(".", 1)[-1] for name, count in attempted.items() if count == 0}
    assert without <= {"carriers", "formula", "table"}, "a module of formulas without an example"
    assert sum(attempted.values()) > 30
