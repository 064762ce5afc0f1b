"""What the tests of several exports look at."""

from collections.abc import Iterator

import pytest

from pumplog.demo import fill_demo
from pumplog.desk import Desk


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk over a demo clinic that only one module looks at: each look is a line in its log."""
    database = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    fill_demo(database)
    with Desk.open(database) as desk:
        yield desk
