"""Who is let in to the app and under which name, and the cookie by which a browser is known again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pumplog.reference import Door
from pumplog.screens.browser_cookie import BROWSER_COOKIE, is_token
from pumplog.screens.guard import guards
from tests.asynchronous import finished

OWN = Door()
BEHIND = Door(hosts=("pumps.clinic.example",), behind_tls_proxy=True)
ELSEWHERE = Door(
    address="10.0.0.4", hosts=("pumps.clinic.example",), behind_tls_proxy=True, proxy_addresses=("10.0.0.9",)
)
OVER_TLS = {"host": "pumps.clinic.example", "x-forwarded-proto": "https", "x-forwarded-for": "10.7.7.7"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    text: str


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """An app of a few answers: a page, a missing page, a text, and who the caller is taken for."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    elif scope["path"] in ("/", "/missing"):
        await HTMLResponse("<p>page</p>", status_code=404 if scope["path"] == "/missing" else 200)(
            scope, receive, send
        )
    else:
        await PlainTextResponse(scope["client"][0] if scope["path"] == "/caller" else "text")(scope, receive, send)


@dataclass(frozen=True)
class Asking:
    """A caller at this door, with the web server's own reading of proxies in front, as when it is served."""

    door: Door
    peer: str = "127.0.0.1"

    def get(self, path: str, headers: Mapping[str, str] = MappingProxyType({}), *, method: str = "GET") -> Answer:
        start, *rest = self._told("http", path, headers, method=method)
        body = b"".join(message.get("body", b"") for message in rest)
        return Answer(start["status"], Headers(raw=start["headers"]), body.decode())

    def post(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        return self.get(path, headers, method="POST")

    def opens(self, headers: Mapping[str, str]) -> bool:
        """Whether a web socket is opened; a refusal is one by policy."""
        (told,) = self._told("websocket", "/socket", headers)
        assert told["type"] == "websocket.accept" or told["code"] == 1008
        return bool(told["type"] == "websocket.accept")

    def _told(self, kind: str, path: str, headers: Mapping[str, str], **more: str) -> list[Message]:
        sent = {"host": "127.0.0.1:8501", **headers}
        scope: Scope = {
            "type": kind,
            "path": path,
            "scheme": "ws" if kind == "websocket" else "http",
            "client": (self.peer, 50_000),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            **more,
        }
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

        async def send(message: Message) -> None:
            told.append(message)

        guarded: Any = app
        for guard in reversed(guards(self.door)):
            guarded = guard.cls(guarded, *guard.args, **guard.kwargs)
        finished(ProxyHeadersMiddleware(guarded, ",".join(self.door.believed))(scope, receive, send))  # type: ignore[arg-type]
        return told


# Names


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8501", 200),
        ("LOCALHOST:8501", 200),
        ("localhost.", 200),
        ("[::1]:8501", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("evil.example:127.0.0.1", 421),
        ("user@127.0.0.1", 421),
        ("127.0.0.1/x", 421),
        ("127.0.0.1:port", 421),
        ("pumps.clinic.example", 421),
        ("", 421),
    ],
)
def test_answers_under_its_own_names_alone(host: str, status: int) -> None:
    answer = Asking(OWN).get("/text", {"host": host})
    assert answer.status == status
    assert "content-security-policy" in answer.headers
    if host:
        assert Asking(OWN).opens({"host": host, "origin": f"http://{host}"}) is (status == 200)


def test_answers_under_the_names_of_the_clinic() -> None:
    assert Asking(BEHIND).get("/text", OVER_TLS).status == 200
    assert Asking(BEHIND).get("/text", {**OVER_TLS, "host": "other.example"}).status == 421


# Origins


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:9999",
        "http://localhost:8501",
        "https://127.0.0.1:8501",
        "http://127.0.0.1:8501.evil.example",
        "null",
        "",
    ],
)
def test_a_page_of_another_site_or_another_program_is_turned_away(origin: str) -> None:
    assert Asking(OWN).get("/text", {"origin": origin}).status == 403
    assert Asking(OWN).post("/", {"origin": origin}).status == 403
    assert not Asking(OWN).opens({"origin": origin})


def test_our_own_page_may_ask_and_a_web_socket_always_says_who_asks() -> None:
    own = {"origin": "http://127.0.0.1:8501"}
    assert Asking(OWN).post("/", own).status == 200
    assert Asking(OWN).opens(own)
    assert not Asking(OWN).opens({}), "no browser opens a web socket without saying whose page it is"


def test_behind_a_proxy_our_own_page_is_the_one_over_https() -> None:
    client = Asking(BEHIND)
    assert client.opens({**OVER_TLS, "origin": "https://pumps.clinic.example"})
    assert not client.opens({**OVER_TLS, "origin": "http://pumps.clinic.example"})


# Proxies


def test_a_believed_proxy_says_who_is_calling_and_nobody_else_does() -> None:
    assert Asking(BEHIND).get("/caller", OVER_TLS).text == "10.7.7.7"
    assert Asking(BEHIND, peer="127.0.0.2").get("/caller", OVER_TLS).text == "127.0.0.2"
    assert Asking(ELSEWHERE, peer="10.0.0.9").get("/caller", OVER_TLS).text == "10.7.7.7"
    assert Asking(OWN).get("/caller", {"x-forwarded-for": "10.7.7.7"}).text == "127.0.0.1"


def test_a_caller_who_forges_the_list_of_proxies_is_known_by_the_last_true_one() -> None:
    forged = {**OVER_TLS, "x-forwarded-for": "127.0.0.1, 6.6.6.6, 10.7.7.7"}
    assert Asking(BEHIND).get("/caller", forged).text == "10.7.7.7"


@pytest.mark.parametrize(
    ("peer", "headers"), [("10.0.0.66", OVER_TLS), ("10.0.0.9", {"host": "pumps.clinic.example"})]
)
def test_nobody_comes_in_past_the_proxy_or_without_tls(peer: str, headers: Mapping[str, str]) -> None:
    client = Asking(ELSEWHERE, peer=peer)
    answer = client.get("/text", headers)
    assert answer.status == 403
    assert "https" in answer.text
    assert not client.opens({**headers, "origin": "http://pumps.clinic.example"})


def test_this_machine_may_ask_for_its_own_health_beside_the_proxy() -> None:
    assert Asking(BEHIND).get("/text").status == 200


def test_a_browser_is_told_to_come_back_over_tls_only_where_there_is_some() -> None:
    assert Asking(BEHIND).get("/text", OVER_TLS).headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in Asking(OWN).get("/text").headers
    policy = Asking(BEHIND).get("/text", OVER_TLS).headers["content-security-policy"]
    assert policy.endswith("connect-src 'self' data: wss://pumps.clinic.example")


# The browser's cookie


def cookies(answer: Answer) -> list[str]:
    return answer.headers.getlist("set-cookie")


@pytest.fixture
def given() -> str:
    (cookie,) = cookies(Asking(OWN).get("/"))
    return cookie


def test_a_cookie_holds_256_random_bits_and_no_script_can_read_it(given: str) -> None:
    (again,) = cookies(Asking(OWN).get("/"))
    pattern = rf"{BROWSER_COOKIE}=([A-Za-z0-9_-]{{43}}); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    found, other = re.fullmatch(pattern, given), re.fullmatch(pattern, again)
    assert found is not None
    assert other is not None
    assert found[1] != other[1]
    assert is_token(found[1])


def test_a_cookie_given_over_tls_is_never_sent_without() -> None:
    (cookie,) = cookies(Asking(BEHIND).get("/", OVER_TLS))
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")


def test_a_browser_that_has_a_cookie_keeps_it(given: str) -> None:
    assert cookies(Asking(OWN).get("/", {"cookie": given.partition(";")[0]})) == []


@pytest.mark.parametrize("token", ["", "short", "x" * 42, "x" * 44, "x" * 42 + "!", f'"{"x" * 43}";', "../" * 15])
def test_a_malformed_cookie_is_replaced(token: str) -> None:
    answer = Asking(OWN).get("/", {"cookie": f"{BROWSER_COOKIE}={token}"})
    assert len(cookies(answer)) == (0 if token.startswith('"') else 1)


def test_only_the_loading_of_a_page_gives_a_cookie() -> None:
    client = Asking(OWN)
    assert cookies(client.get("/text")) == []
    assert cookies(client.post("/")) == []
    assert len(cookies(client.get("/missing"))) == 1


# Files


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/session/file", "/_stcore/upload_file/"])
def test_a_file_is_taken_only_where_somebody_is_signed_in_who_may_import(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    asked: list[str] = []

    def may(browser: str) -> bool:
        asked.append(browser)
        return browser == "b" * 43

    monkeypatch.setattr("pumplog.screens.clinic.may_send_files", may)
    asking = Asking(OWN)
    assert asking.get(path, {}, method=method).status == 403
    assert asking.get(path, {"cookie": f"pumplog_browser={'e' * 43}"}, method=method).status == 403
    assert asking.get(path, {"cookie": f"pumplog_browser={'b' * 43}"}, method=method).status == 200
    assert asked == ["", "e" * 43, "b" * 43]
