"""A hospital's sign-in to test against: a real provider of OpenID Connect, in a process of its own.

The package `oidc-provider-mock` asks for no password: whoever types a subject is signed in as that subject. The
claims of a subject stand in the id token as they were set, over what the provider would say itself: so a test can
have another audience, another issuer or an end in the past.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE_SECONDS, free_port


@dataclass(frozen=True)
class Provider:
    """A running provider. It listens on 127.0.0.1, and calls itself localhost.

    A browser takes that for another site than the app's 127.0.0.1, as it takes a hospital's provider.
    """

    port: int
    output: Path
    process: "subprocess.Popen[bytes]"

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def answers(self) -> None:
        """Wait until it does; it needs some seconds, in which others may start."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}/.well-known/openid-configuration", timeout=2
                ):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        pytest.fail(f"the provider did not start:\n{self.output.read_text()}")

    def knows(self, subject: str, **claims: object) -> None:
        """Have the provider say this of somebody from now on, and nothing else."""
        self._ask("PUT", f"users/{quote(subject)}", claims)

    def sign_in(self, page: Page, subject: str) -> None:
        """Sign in at the provider's own page, which the browser was sent to."""
        page.wait_for_url(f"{self.issuer}/oauth2/authorize?**", timeout=PATIENCE_SECONDS * 1000)
        page.get_by_placeholder("sub").fill(subject)
        page.get_by_role("button", name="Authorize").click()

    def turn_back(self, page: Page) -> None:
        """Change one's mind at the provider's own page."""
        page.wait_for_url(f"{self.issuer}/oauth2/authorize?**", timeout=PATIENCE_SECONDS * 1000)
        page.get_by_role("button", name="Deny").click()

    def sign_out(self, page: Page) -> None:
        """Confirm at the provider's own page that one signs out there too."""
        page.wait_for_url(f"{self.issuer}/oauth2/end_session?**", timeout=PATIENCE_SECONDS * 1000)
        page.get_by_role("button", name="End session").click()

    def _ask(self, method: str, path: str, said: object) -> None:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            data=json.dumps(said).encode(),
            headers={"content-type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(asked, timeout=10):  # noqa: S310  our own address
            return


@contextmanager
def providing(folder: Path) -> Iterator[Provider]:
    """Start a provider on a free port of this machine, and stop it at the end."""
    port, output = free_port(), folder / "provider.txt"
    words = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)]
    with (
        output.open("wb") as written,
        subprocess.Popen(words, cwd=folder, stdout=written, stderr=written) as process,
    ):
        try:
            yield Provider(port, output, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
