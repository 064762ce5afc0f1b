"""Requests turned away before the app sees them: a wrong name, another site's page, plain http, shut paths."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pumplog.reference import Door, is_own
from pumplog.screens.browser_cookie import BROWSER_COOKIE

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})(:[0-9]{1,5})?")
_REFUSED_BY_POLICY: Final = 1008

UPLOADS: Final = "/_stcore/upload_file"
CLOSED: Final = (
    "/_stcore/metrics",  # counts of sessions and caches are nobody's business
    "/_stcore/agent",  # a way to drive the app without a browser
)


class KnownHosts:
    """Answer only under the names of this clinic, and to no page but its own.

    A wrong name is another site that was made to lead here (DNS rebinding). A wrong origin is another site's
    page, or one of another program on the same machine, which Streamlit would let in. It would also ask an
    outside service for this machine's address in order to compare, so it must not get to see such a request.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.hosts = frozenset(door.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            if host_name(headers.get("host", "")) not in self.hosts:
                says = "This is not a name of this clinic's pumplog: check the address."
                await _refuse(HTTPStatus.MISDIRECTED_REQUEST, says, scope, receive, send)
                return
            if not _from_our_own_page(scope, headers):
                says = "Only pumplog's own pages may ask this."
                await _refuse(HTTPStatus.FORBIDDEN, says, scope, receive, send)
                return
        await self.app(scope, receive, send)


class ThroughTheProxy:
    """Behind a proxy with TLS, let nobody in who came another way, but for this machine itself."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.tls = door.behind_tls_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. A believed proxy has replaced scheme and client by its own word by now."""
        if self.tls and scope["type"] in ("http", "websocket") and scope["scheme"] not in ("https", "wss"):
            client = scope.get("client")
            if client is None or not is_own(client[0]):
                says = "pumplog is reached over https only: put https:// before the address."
                await _refuse(HTTPStatus.FORBIDDEN, says, scope, receive, send)
                return
        await self.app(scope, receive, send)


class ClosedDoors:
    """Answer 404 for the paths in `CLOSED` and all under them, as if they were not there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = f"{scope['path'].rstrip('/')}/" if scope["type"] == "http" else ""
        if path.startswith(tuple(f"{closed}/" for closed in CLOSED)):
            await _refuse(HTTPStatus.NOT_FOUND, "Not found", scope, receive, send)
            return
        await self.app(scope, receive, send)


class FilesOfThoseSignedIn:
    """Take a file from nobody but a browser in which somebody is signed in who may import one or take a picture.

    Streamlit takes what is sent to an open page before the page's script is asked, and keeps it in memory: without
    this, whoever can reach the sign-in page could fill it.
    """

    def __init__(self, app: ASGIApp, may_send_files: Callable[[str], bool]) -> None:
        self.app = app
        self.may_send_files = may_send_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(f"{UPLOADS}/") and scope["method"] != "OPTIONS":
            browser = HTTPConnection(scope).cookies.get(BROWSER_COOKIE, "")
            if not await run_in_threadpool(self.may_send_files, browser):
                says = "Nobody who may import a sheet or take a picture is signed in here."
                await _refuse(HTTPStatus.FORBIDDEN, says, scope, receive, send)
                return
        await self.app(scope, receive, send)


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty when it is none."""
    found = _HOST.fullmatch(host.casefold())
    return found["name"].strip("[]").rstrip(".") if found else ""


def _from_our_own_page(scope: Scope, headers: Headers) -> bool:
    """Whether the page that asks is our own. A browser always says so when it opens a web socket."""
    origin = headers.get("origin")
    if origin is None:
        return bool(scope["type"] == "http")
    scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
    own = f"{scheme}://{headers.get('host', '')}"
    return origin.casefold() == own.casefold()


async def _refuse(status: HTTPStatus, says: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(_REFUSED_BY_POLICY)(scope, receive, send)
    else:
        await PlainTextResponse(says, status_code=status)(scope, receive, send)
