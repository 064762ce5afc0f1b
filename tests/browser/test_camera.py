"""A package held before the tablet's camera: the picture is taken, sent and read under the page's own policy."""

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import CHROMIUM, FLAGS, SIZES, Watch, serving, settled, shown
from tests.browser.load import tell_pumps
from tests.browser.test_visit import button, choose_the_pump, press

PACKAGE = "(01)08806091234568(17)270630(10)AB12"


def seen_by_the_camera(film: Path) -> Path:
    """A film, as Chromium's own camera of tests plays it, that shows a square code on white paper."""
    code = Image.fromarray(
        zxingcpp.create_barcode(PACKAGE, zxingcpp.BarcodeFormat.DataMatrix, gs1=True).to_image(scale=8)
    )
    paper, written = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    paper.paste(code.convert("RGB"), ((640 - code.width) // 2, (480 - code.height) // 2))
    paper.save(written, "JPEG", quality=95)
    film.write_bytes(written.getvalue() * 5)
    return film


@pytest.mark.soak
@pytest.mark.browser
def test_a_package_before_the_camera_fills_its_lot(playwright: Playwright, tmp_path: Path) -> None:
    """It needs a browser of its own, with a camera: it is started for this test alone."""
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen_by_the_camera(tmp_path / 'package.mjpeg')}",
    )
    tell_pumps(tmp_path / "clinic.duckdb", 1)
    watch = Watch()
    with serving(tmp_path / "clinic.duckdb", tmp_path) as server:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
        context = browser.new_context(base_url=server.url, viewport=SIZES["tablet"], permissions=["camera"])
        page = context.new_page()
        watch.over(page)
        shown(page, "/visit")
        choose_the_pump(page, "LOAD00000")
        press(page, "Next: Drawn")
        press(page, "Next: Filled")
        button(page, "Use the camera").click()
        settled(page)
        page.wait_for_timeout(2_000)  # until the camera has its picture
        page.get_by_role("button", name="Take Photo").click()
        expect(page.get_by_label("Lot", exact=True)).to_have_value("AB12")
        expect(page.get_by_text("Type the concentration from the label.").first).to_be_visible()
        browser.close()
    assert watch.complaints == watch.elsewhere == []
