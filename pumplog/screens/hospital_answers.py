"""What Streamlit answers on the way to the hospital's sign-in and back, made fit for a shared tablet.

Plain ASGI. Streamlit keeps who somebody is in a cookie for thirty days, sends it over plain http too, and sends
somebody back without a word when nothing came of it.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IDENTITY_COOKIE: Final = "_streamlit_user"
OF_A_SIGN_IN: Final = (IDENTITY_COOKIE, "_streamlit_session")
LOGIN_PATH: Final = "/auth/login"
CALLBACK_PATH: Final = "/oauth2callback"
CAME_BACK: Final = "hospital"
"""The key in our own address under which a page is told why somebody came back without being let in."""
CANCELLED: Final = "cancelled"
REFUSED: Final = "refused"
UNREACHABLE: Final = "unreachable"


class HospitalAnswers:
    """Let what a browser keeps of a sign-in last no longer than a session, and say why one came to nothing.

    `secure` says that we are reached over TLS, so that no such cookie ever goes without it.
    """

    def __init__(self, app: ASGIApp, *, lasts_seconds: int, secure: bool) -> None:
        self.app = app
        self.lasts_seconds = lasts_seconds
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] not in (LOGIN_PATH, CALLBACK_PATH):
            await self.app(scope, receive, send)
            return
        sent_elsewhere = False

        async def answer(message: Message) -> None:
            nonlocal sent_elsewhere
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._shorten(headers)
                why = _why_nothing_came_of_it(scope, message["status"], headers)
                if why is not None:
                    sent_elsewhere = True
                    back = RedirectResponse(f"/?{CAME_BACK}={why}", status_code=HTTPStatus.FOUND)
                    back.raw_headers.extend((name, said) for name, said in headers.raw if name == b"set-cookie")
                    await back(scope, receive, send)
            if not sent_elsewhere:
                await send(message)

        await self.app(scope, receive, answer)

    def _shorten(self, headers: MutableHeaders) -> None:
        """Rewrite the cookies of a sign-in in place, and leave all others as they are."""
        cookies = headers.getlist("set-cookie")
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", self._shortened(cookie) if cookie.startswith(OF_A_SIGN_IN) else cookie)

    def _shortened(self, cookie: str) -> str:
        """A cookie with the end that we set, unless it is one that is being taken away."""
        pair, *attributes = (part.strip() for part in cookie.split(";"))
        if not any(said.casefold().startswith("expires=") for said in attributes):
            attributes = [said for said in attributes if not said.casefold().startswith("max-age=")]
            attributes.append(f"Max-Age={self.lasts_seconds}")
        if self.secure and "secure" not in map(str.casefold, attributes):
            attributes.append("Secure")
        return "; ".join([pair, *attributes])


def _why_nothing_came_of_it(scope: Scope, status: int, headers: MutableHeaders) -> str | None:
    """Why somebody is sent back without an identity; None while they are on the way, or have one, or signed out."""
    if scope["path"] == LOGIN_PATH:
        return UNREACHABLE if status >= HTTPStatus.BAD_REQUEST else None
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    if "error" in asked:
        return CANCELLED if asked["error"] == ["access_denied"] else REFUSED
    named = any(_names_somebody(cookie) for cookie in headers.getlist("set-cookie"))
    return REFUSED if "state" in asked and not named else None


def _names_somebody(cookie: str) -> bool:
    """Whether a cookie that is set says who somebody is; one that is taken away is empty."""
    name, _, rest = cookie.partition("=")
    return name == IDENTITY_COOKIE and rest.partition(";")[0].strip('"') != ""
