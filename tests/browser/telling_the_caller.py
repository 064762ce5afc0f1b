"""The app as it is served, with one more answer for a test: whom it takes the caller for."""

import argparse
from unittest import mock

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pumplog.screens import serving
from pumplog.screens.guard import ROUTES


async def caller(request: Request) -> PlainTextResponse:
    """Say the caller's address and how it came, as every page would know them."""
    assert request.client is not None
    return PlainTextResponse(f"{request.client.host} {request.url.scheme}")


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int)
    with mock.patch.object(serving, "ROUTES", (*ROUTES, Route("/caller", caller))):
        serving.run(port=words.parse_args().port, demo=True)
