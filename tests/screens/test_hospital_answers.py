"""What is answered on the way to the hospital's sign-in and back: cookies that end with the day, and a reason."""

from collections.abc import Sequence

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Message

from pumplog.screens.hospital_answers import HospitalAnswers
from tests.asynchronous import finished

A_MONTH = "Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"
TAKEN_AWAY = "expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax"


def answered(path: str, response: Response, cookies: Sequence[str] = (), *, secure: bool = False) -> Response:
    """What a browser gets when the app behind answers so."""
    for cookie in cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode()))
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    where, _, query = path.partition("?")
    scope = {"type": "http", "method": "GET", "path": where, "query_string": query.encode(), "headers": []}
    finished(HospitalAnswers(response, lasts_seconds=43_200, secure=secure)(scope, receive, send))
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1
    heard = Response(b"".join(message.get("body", b"") for message in sent), starts[0]["status"])
    heard.raw_headers = starts[0]["headers"]
    return heard


def set_cookies(response: Response) -> list[str]:
    return response.headers.getlist("set-cookie")


def back() -> Response:
    return RedirectResponse("/", status_code=302)


def test_an_identity_ends_with_the_session_and_not_in_a_month() -> None:
    cookies = [f"_streamlit_user=abc.def; {A_MONTH}", f"_streamlit_user_tokens_1=x; {A_MONTH}", "other=1; Max-Age=99"]
    response = answered("/oauth2callback?state=1&code=2", back(), cookies)
    assert set_cookies(response) == [
        "_streamlit_user=abc.def; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200",
        "_streamlit_user_tokens_1=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200",
        "other=1; Max-Age=99",
    ]
    assert response.headers["location"] == "/"


def test_behind_tls_an_identity_never_goes_without_it() -> None:
    cookies = [f"_streamlit_user=abc; {A_MONTH}", f"_streamlit_session=abc; {A_MONTH}; Secure", "other=1"]
    response = answered("/oauth2callback?state=1", back(), cookies, secure=True)
    assert [cookie.count("Secure") for cookie in set_cookies(response)] == [1, 1, 0]


def test_a_cookie_without_an_end_gets_one() -> None:
    response = answered("/auth/login", RedirectResponse("https://login.example"), ["_streamlit_session=abc; path=/"])
    assert set_cookies(response) == ["_streamlit_session=abc; path=/; Max-Age=43200"]
    assert response.headers["location"] == "https://login.example"


def test_a_cookie_that_is_taken_away_stays_away() -> None:
    cookies = [f'_streamlit_user=""; {TAKEN_AWAY}', "_streamlit_session=null; path=/; expires=Thu, 01 Jan 1970"]
    assert set_cookies(answered("/oauth2callback", back(), cookies)) == cookies


@pytest.mark.parametrize(
    ("path", "cookies", "why"),
    [
        ("/oauth2callback?error=access_denied&state=1", [], "cancelled"),
        ("/oauth2callback?error=server_error&error_description=x", [], "refused"),
        ("/oauth2callback?error=access_denied&error=other", [], "refused"),
        ("/oauth2callback?state=1&code=2", [], "refused"),
        ("/oauth2callback?state=1&code=2", [f'_streamlit_user=""; {TAKEN_AWAY}'], "refused"),
        ("/oauth2callback?state=1&code=2", ["_streamlit_user_tokens=abc", "_streamlit_username=abc"], "refused"),
    ],
)
def test_who_comes_back_without_an_identity_is_told_why(path: str, cookies: list[str], why: str) -> None:
    response = answered(path, back(), cookies)
    assert (response.status_code, response.headers["location"]) == (302, f"/?hospital={why}")
    assert len(set_cookies(response)) == len(cookies)


def test_who_signed_out_at_the_hospital_comes_back_to_the_door() -> None:
    assert answered("/oauth2callback", back()).headers["location"] == "/"


def test_a_hospital_that_cannot_be_reached_is_said_on_our_own_page() -> None:
    response = answered("/auth/login?provider=x", PlainTextResponse("Authentication error", status_code=400))
    assert (response.status_code, response.headers["location"]) == (302, "/?hospital=unreachable")
    assert response.body == b""


def test_every_other_answer_is_left_alone() -> None:
    cookie = f"_streamlit_user=abc; {A_MONTH}"
    response = answered("/elsewhere?state=1", PlainTextResponse("as it is", status_code=400), [cookie])
    assert (response.status_code, response.body, set_cookies(response)) == (400, b"as it is", [cookie])
