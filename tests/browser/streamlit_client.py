"""A caller that speaks as a browser's page does, and shows whatever it likes: cookies, a session's id, messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 30


@dataclass
class Caller:
    """An open web socket, and everything that came back over it."""

    socket: ClientConnection
    heard: list[bytes] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def ask(self, page: str = "", query: str = "") -> "Caller":
        """Ask for a page as a browser does that has just opened its address."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        return self.send(message.SerializeToString())

    def send(self, message: bytes) -> "Caller":
        """Send a message as it is, and listen until the script of the page is at rest, or nobody listens any more."""
        try:
            self.socket.send(message)
            while True:
                received = self.socket.recv(timeout=PATIENCE_SECONDS)
                assert isinstance(received, bytes)
                self.heard.append(received)
                if self._is_the_end(ForwardMsg.FromString(received)):
                    return self
        except ConnectionClosed:
            return self

    def _is_the_end(self, message: ForwardMsg) -> bool:
        if message.WhichOneof("type") == "delta" and message.delta.new_element.HasField("heading"):
            self.headings.append(message.delta.new_element.heading.body)
        return message.WhichOneof("type") == "script_finished"


@contextmanager
def calling(url: str, *, cookies: str = "", session_id: str = "") -> Iterator[Caller]:
    """Open a web socket to a server; with a session's id, as a page does that had lost its connection."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    words = [Subprotocol(word) for word in ("streamlit", "no-token", session_id) if word]
    headers = {"Cookie": cookies} if cookies else {}
    own = Origin(url)
    with connect(address, origin=own, subprotocols=words, additional_headers=headers, max_size=None) as socket:
        yield Caller(socket)
