"""Many who record visits at once over real web sockets: what was acknowledged, and how long each re-run took."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from statistics import median, quantiles
from typing import Any

from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from pumplog.desk import Desk
from pumplog.screens.browser_cookie import BROWSER_COOKIE
from tests.browser.conftest import PASSWORD
from tests.browser.visitor import Visitor

FILLED_DAYS_AGO = 90


@dataclass
class Load:
    """What became of it: the pump of each visit that was acknowledged, the seconds of each re-run, by what it was."""

    saved: list[str] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)
    lasted_seconds: float = 0

    @property
    def p95(self) -> float:
        """Of all re-runs [s]."""
        return quantiles([took for _, took in self.seconds], n=20)[-1]

    def told(self) -> Iterator[str]:
        """The figures, a line each."""
        took = [one for _, one in self.seconds]
        yield (
            f"{len(self.saved)} visits in {self.lasted_seconds:.0f} s, {len(took)} re-runs "
            f"({len(took) / self.lasted_seconds:.1f} in a second): median {median(took) * 1000:.0f} ms, "
            f"p95 {self.p95 * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms"
        )
        by_what: dict[str, list[float]] = defaultdict(list)
        for what, one in self.seconds:
            by_what[what].append(one)
        for what, some in sorted(by_what.items(), key=lambda item: -sum(item[1])):
            high = quantiles(some, n=20)[-1] if len(some) > 1 else some[0]
            share = sum(some) / sum(took)
            figures = f"median {median(some) * 1000:>5.0f} ms  p95 {high * 1000:>5.0f} ms  {share:.0%}"
            yield f"  {what:<34} {len(some):>6} x  {figures}"


def tell_pumps(database: Path, count: int) -> list[str]:
    """So many pumps filled ninety days ago, in each of which 2 mL are expected now; returns their ids."""
    with Desk.open(database) as desk:
        filled_at = desk.now() - timedelta(days=FILLED_DAYS_AGO)
        for number in range(count):
            told: dict[str, Any] = {
                "kind": "registered",
                "happened_at": (filled_at - timedelta(days=1)).isoformat(),
                "pump_serial": f"LOAD{number:05}",
                "patient": {
                    "patient_id": f"L-{number:05}",
                    "name": f"Weber, Anna {number}",
                    "date_of_birth": "1970-02-03",
                },
                "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "1"},
            }
            filled: dict[str, Any] = {
                "kind": "refilled",
                "happened_at": filled_at.isoformat(),
                "pump_serial": f"LOAD{number:05}",
                "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
                "volume_after_fill_ml": "20",
                "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "100"},
                "pump_running": True,
            }
            first = desk.record(desk.read_entry(told), by="T. Lindqvist", seen=0)
            desk.record(desk.read_entry(filled), by="T. Lindqvist", seen=first.event.sequence)
        return [card.pump_id for card in desk.pumps()]


def under_load(
    url: str, pump_ids: Sequence[str], *, sessions_count: int, seconds: float, pause: tuple[float, float] = (0, 0)
) -> Load:
    """Let so many people record visits of these pumps, each pump once, for so long; a visit begun is finished.

    `pause` is how long somebody takes for a field, from and to [s].
    """
    load, left = Load(), iter(pump_ids)
    begun = time.monotonic()

    def one(number: int) -> None:
        with _page(url) as socket:
            visitor, hand = Visitor(socket), random.Random(number)  # noqa: S311
            time.sleep(hand.uniform(0, pause[1]))
            _sign_in(visitor)
            visitor.seconds.clear()
            while time.monotonic() - begun < seconds and (pump_id := next(left, None)) is not None:
                for _ in _visit(visitor, pump_id):
                    time.sleep(hand.uniform(*pause))
                assert [said for said in visitor.says if "saved by" in said], f"{visitor.says}"
                load.saved.append(pump_id)
            load.seconds += visitor.seconds

    with ThreadPoolExecutor(sessions_count) as people:
        for done in [people.submit(one, number) for number in range(sessions_count)]:
            done.result()
    load.lasted_seconds = time.monotonic() - begun
    return load


def _page(url: str) -> Any:
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    words = [Subprotocol(word) for word in ("streamlit", "no-token")]
    cookie = {"Cookie": f"{BROWSER_COOKIE}={token_urlsafe(32)}"}
    return connect(address, origin=Origin(url), subprotocols=words, additional_headers=cookie, max_size=None)


def _sign_in(visitor: Visitor) -> None:
    visitor.open("")
    visitor.press("Sign in", typed=[("Sign-in name", "keller"), ("Password", PASSWORD)])


def _visit(visitor: Visitor, pump_id: str) -> Iterator[None]:
    """An ordinary visit, a re-run at a time: the same drug, concentration and dose as before."""
    visitor.open("visit", f"pump={pump_id}")
    yield
    visitor.tap("Which identifiers", "Name", "Date of birth")
    yield
    visitor.press("Next: Drawn")
    yield
    visitor.type("Drawn", "2")
    yield
    visitor.press("Next: Filled")
    yield
    visitor.tap("Drug", "Baclofen")
    yield
    visitor.answer("Concentration in", "mcg")
    yield
    visitor.type("Concentration (", "500")
    yield
    visitor.type("Volume after fill", "20")
    yield
    visitor.press("Next: Programmed")
    yield
    visitor.tap("The pump now runs", "Simple continuous")
    yield
    visitor.answer("Amounts of drug in", "mcg")
    yield
    visitor.type("Dose per day", "100")
    yield
    visitor.answer("Pump confirmed running", "Yes")
    yield
    visitor.press("Next: Check and sign")
    yield
    visitor.press("Save as M. Keller")
