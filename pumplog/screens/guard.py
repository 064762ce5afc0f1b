"""What stands between the browser and the app: security headers, a closed door, a health answer.

Plain ASGI, so that web sockets and streamed files pass through untouched.
"""

import re
from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pumplog import __version__

# Streamlit writes styles into the page and compiles the chart grammar in the browser: hence the unsafe
# words. No address but our own is named, web sockets included, so nothing a page holds can be sent away.
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
    )
)
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


def content_security_policy(host: str) -> str:
    """Return the policy for a page served as `host`.

    Not every browser counts a web socket to the same host as 'self', so it is named; a host that is not
    plainly a host name is not repeated.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return _POLICY + sockets


HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

CLOSED: Final = (
    "/_stcore/metrics",  # counts of sessions and caches are nobody's business
    "/_stcore/agent",  # a way to drive the app without a browser
)


class SecurityHeaders:
    """Put `HEADERS` and the content policy on every answer, in place of any header of the same name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        policy = content_security_policy(Headers(scope=scope).get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy
                headers.update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class ClosedDoors:
    """Answer 404 for the paths in `CLOSED` and all under them, as if they were not there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = f"{scope['path'].rstrip('/')}/" if scope["type"] == "http" else ""
        if path.startswith(tuple(f"{closed}/" for closed in CLOSED)):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


async def health(_request: Request) -> JSONResponse:
    """Say that the server answers; nothing about patients, people or files."""
    return JSONResponse({"status": "ok", "version": __version__}, headers={"cache-control": "no-store"})


ROUTES: Final[Sequence[BaseRoute]] = (Route("/healthz", health, methods=["GET"]),)
MIDDLEWARE: Final = (Middleware(SecurityHeaders), Middleware(ClosedDoors))
