"""No network is needed at run time: the app is used where there is nothing but loopback."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUM, missing

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PROGRAMS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def way_in() -> list[str]:
    """How to start a program with a network of its own, as root or as anybody."""
    ip = shutil.which("ip", path=PROGRAMS)
    if ip is None:
        missing("no ip to bring up loopback with (Debian: apt-get install iproute2)")
    inside = ("sh", "-c", f'{shlex.quote(ip)} link set lo up && exec "$@"', "sh")
    ways = (["unshare", kind, *inside] for kind in ("-n", "-rn"))
    words = next((one for one in ways if subprocess.run([*one, "true"], check=False).returncode == 0), None)
    if words is None:
        missing("this machine does not let a test have a network of its own (unshare -n)")
    return words


def test_the_app_is_used_with_nothing_but_loopback(tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        missing(f"no browser: {CHROMIUM} is missing (Debian: apt-get install chromium)")
    words = [*way_in(), sys.executable, "-m", "tests.browser.alone", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert (done.returncode, done.stdout) == (0, "alone and well\n"), done.stderr
