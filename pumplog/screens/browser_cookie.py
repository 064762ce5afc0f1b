"""The cookie by which a browser is known again: set when a page is loaded, read when a tablet is recognised.

It signs nobody in. Whoever holds it is asked for a PIN or a password all the same.
"""

import re
import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pumplog.reference import Door

BROWSER_COOKIE: Final = "pumplog_browser"
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes as `secrets.token_urlsafe` writes them
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60


class BrowserCookie:
    """Give every browser that loads a page without such a cookie a random one.

    SameSite is Lax and not Strict: coming back from a hospital's sign-in, or by a link on the clinic's intranet, a
    browser would leave a Strict cookie at home, be taken for a new one and be given another, and its tablet would
    have to be enrolled again. What Strict would keep out is kept out by `KnownHosts`: no other site's page may
    open a web socket or post.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        secure = "; Secure" if door.behind_tls_proxy else ""
        self.attributes = f"Path=/; Max-Age={_YEAR_SECONDS}; HttpOnly; SameSite=Lax{secure}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or is_token(_sent(scope)):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    token = secrets.token_urlsafe(_TOKEN_BYTES)
                    headers.append("set-cookie", f"{BROWSER_COOKIE}={token}; {self.attributes}")
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def is_token(value: str) -> bool:
    """Whether this can be a browser's token."""
    return _TOKEN.fullmatch(value) is not None


def _sent(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(BROWSER_COOKIE, "")
