"""A journey for a machine without a network: a server, a browser, the demo board and the visit page.

Run by `test_alone.py` where there is nothing but loopback; says so itself first.
"""

import errno
import socket
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from pumplog.demo import fill_demo
from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, Watch, serving, shown

ELSEWHERE = (
    "192.0.2.1",
    443,
)  # an address kept free for documents: nobody answers there, if it can be reached at all


def is_alone() -> bool:
    """Whether loopback is all there is."""
    with socket.socket() as probe:
        return [name for _, name in socket.if_nameindex()] == ["lo"] and probe.connect_ex(
            ELSEWHERE
        ) == errno.ENETUNREACH


def journey(folder: Path) -> None:
    """Open the board and the visit page; nothing may complain, and nothing may ask for anything elsewhere."""
    fill_demo(folder / "demo.duckdb")
    watch = Watch()
    with serving(folder / "demo.duckdb", folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=server.url, viewport=SIZES["tablet"])
        watch.over(page)
        for path in ("/", "/visit"):
            shown(page, path)
            expect(page.get_by_text("DEMO", exact=True)).to_be_visible()
        browser.close()
        said = server.output.read_text().splitlines()
    for complaint in (*watch.complaints, *watch.elsewhere, *said[1:]):
        sys.exit(f"without a network: {complaint}")


if __name__ == "__main__":
    if not is_alone():
        sys.exit("there is more than loopback here")
    journey(Path(sys.argv[1]))
    sys.stdout.write("alone and well\n")
