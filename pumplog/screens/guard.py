"""What stands between the browser and the app: headers on every answer, the order of the guards, a health answer.

Plain ASGI, so that web sockets and streamed files pass through untouched.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from pumplog import __version__
from pumplog.reference import Door
from pumplog.screens import clinic, focus, jump
from pumplog.screens.browser_cookie import BrowserCookie
from pumplog.screens.doors import ClosedDoors, FilesOfThoseSignedIn, KnownHosts, ThroughTheProxy

_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_WRITTEN_IN_THE_PAGE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def hashes_of_scripts(page: str) -> tuple[str, ...]:
    """The scripts that stand in a page itself, each as the policy names it; any other one stays shut out."""
    found = _WRITTEN_IN_THE_PAGE.findall(page)
    digests = (hashlib.sha256(script.encode()).digest() for script in found)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


_PAGE: Final = Path(file_util.get_static_dir()) / "index.html"
_SCRIPTS: Final = " ".join(("'self'", *hashes_of_scripts(_PAGE.read_text("utf-8") + jump.SCRIPT + focus.SCRIPT)))
# Scripts come from our own address, but for the one line in Streamlit's page and our own two, known by their hashes:
# no 'unsafe-inline', no 'unsafe-eval' (charts are drawn by an interpreter), no WebAssembly (Streamlit tries it, and
# does without).
# What could not go is 'unsafe-inline' for styles: Streamlit writes its style sheets and the style of single elements
# into the page while it runs. An injected style can hide or move things, but not run, and not fetch from elsewhere.
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        f"script-src {_SCRIPTS}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "worker-src 'none'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "connect-src 'self' data:",  # a picture just taken is read out of the page itself: no network
    )
)


def content_security_policy(host: str, *, tls: bool) -> str:
    """Return the policy for a page served as `host`.

    Not every browser counts a web socket to the same host as 'self', so it is named; a host that is not
    plainly a host name is not repeated.
    """
    if not _HOST.fullmatch(host):
        return _POLICY
    return f"{_POLICY} wss://{host}" if tls else f"{_POLICY} ws://{host}"


HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS: Final = "max-age=31536000"  # a year; not for names below the clinic's, which may be somebody else's


class SecurityHeaders:
    """Put `HEADERS` and the content policy on every answer, in place of any header of the same name."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.tls = door.behind_tls_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        policy = content_security_policy(Headers(scope=scope).get("host", ""), tls=self.tls)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy
                headers.update(HEADERS)
                if self.tls:
                    headers["strict-transport-security"] = HSTS
                if not _is_program(scope["path"], headers):
                    headers["cache-control"] = "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_program(path: str, headers: Headers) -> bool:
    """Whether an answer is a part of the program itself, which may be kept: all others may tell of a patient."""
    return path.startswith("/static/") and not headers.get("content-type", "").startswith("text/html")


async def health(_request: Request) -> JSONResponse:
    """Say that the server answers; nothing about patients, people or files."""
    return JSONResponse({"status": "ok", "version": __version__})


ROUTES: Final[Sequence[BaseRoute]] = (Route("/healthz", health, methods=["GET"]),)


def guards(door: Door) -> tuple[Middleware, ...]:
    """Everything that a request passes before it reaches the app, in this order."""
    return (
        Middleware(SecurityHeaders, door=door),
        Middleware(KnownHosts, door=door),
        Middleware(ThroughTheProxy, door=door),
        Middleware(ClosedDoors),
        Middleware(FilesOfThoseSignedIn, may_send_files=clinic.may_send_files),
        Middleware(BrowserCookie, door=door),
    )
