"""Answers for a log that this process has open, to commands on the same machine and of the same account.

DuckDB gives a file to one process. So that a clinic whose app runs is not locked out of its own commands, they ask
here: over a socket in a folder of this account alone, opened by a word that lies beside the database.
"""

import hmac
import secrets
import socketserver
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

from pumplog.errors import LogbookUnavailable, PumplogError
from pumplog.logbook.door_file import remove_door_file, write_door_file
from pumplog.logbook.event import Event
from pumplog.logbook.kept import Shelf
from pumplog.logbook.log import Lease, Log
from pumplog.logbook.messages import (
    EVENTS_PER_LINE_COUNT,
    copied_said,
    kept_heard,
    line_of,
    message_of,
    new_event_heard,
    new_event_said,
    outside_heard,
    refusal_said,
)

LEASE_SECONDS: Final = 60
"""A command that was stopped while it had the records to itself does not keep the app waiting for longer."""


@contextmanager
def answering(database: Path, log: Log) -> Iterator[None]:
    """Answer commands about a log that is open here, for as long as the block lasts.

    Raises OSError when this machine has no place for a socket.
    """
    token = secrets.token_hex(32)
    with TemporaryDirectory(prefix="pumplog-") as folder:  # mode 0700; a socket's path must be short
        path = str(Path(folder) / "door")
        with _Server(path, token, log) as server:
            Thread(target=server.serve_forever, name="commands", daemon=True).start()
            write_door_file(database, socket=path, token=token)
            try:
                yield
            finally:
                remove_door_file(database)
                server.shutdown()


class _Server(socketserver.ThreadingUnixStreamServer):
    """One thread a command, so that a long question does not keep the next one waiting."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: str, token: str, log: Log) -> None:
        self.token, self.log = token, log
        super().__init__(path, _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    """What one command asks, until it hangs up."""

    server: _Server

    def handle(self) -> None:
        """Hear questions and answer them; a wrong word, or a line that was cut, ends it."""
        try:
            if not hmac.compare_digest(str(message_of(self.rfile.readline()).get("token")), self.server.token):
                return
            with ExitStack() as leases:
                while line := self.rfile.readline():
                    self._answer(message_of(line), leases)
        except (LogbookUnavailable, OSError):  # whoever asked has gone, or kept a lease for too long
            return

    def _answer(self, asked: dict[str, Any], leases: ExitStack) -> None:
        what = asked.pop("ask", None)
        try:
            if what == "lease":
                leases.enter_context(self.server.log.leased(Lease(asked["lease"])))
                self.connection.settimeout(LEASE_SECONDS)
                answer: Any = None
            elif what == "give_back":
                leases.close()
                self.connection.settimeout(None)
                answer = None
            else:
                answer = _ANSWERS[str(what)](self.server.log, asked)
        except PumplogError as refusal:
            self.wfile.write(line_of(refusal_said(refusal)))
            return
        if isinstance(answer, list):
            for start in range(0, len(answer), EVENTS_PER_LINE_COUNT):
                part = answer[start : start + EVENTS_PER_LINE_COUNT]
                self.wfile.write(line_of({"more": [new_event_said(event) for event in part]}))
            answer = []
        self.wfile.write(line_of({"answer": answer}))


def _append_all(log: Log, asked: Mapping[str, Any]) -> list[Event]:
    return list(log.append_all([new_event_heard(one) for one in asked["events"]], seen=asked["seen"]))


def _keep(log: Log, asked: Mapping[str, Any]) -> None:
    changes = [kept_heard(change) for change in asked["changes"]]
    log.keep(changes, said=[new_event_heard(one) for one in asked["said"]])


def _access_events(log: Log, asked: Mapping[str, Any]) -> list[Event]:
    since, until = (datetime.fromisoformat(one) if one else None for one in (asked["since"], asked["until"]))
    return log.access_events(after=asked["after"], since=since, until=until)


_ANSWERS: Final[Mapping[str, Callable[[Log, Mapping[str, Any]], Any]]] = {
    "append_all": _append_all,
    "keep": _keep,
    "kept": lambda log, asked: log.kept(Shelf(asked["shelf"])),
    "kept_from": lambda log, asked: log.kept_from(Shelf(asked["shelf"]), asked["beginning"]),
    "kept_under": lambda log, asked: log.kept_under(Shelf(asked["shelf"]), asked["key"]),
    "access_events": _access_events,
    "events": lambda log, asked: log.events(**{name: asked[name] for name in ("after", "until", "pump_id", "kind")}),
    "latest": lambda log, asked: log.latest(asked["pump_id"]),
    "guarded": lambda log, _asked: log.guarded(),
    "copied": lambda log, asked: copied_said(log.copied(at=datetime.fromisoformat(asked["at"]))),
    "head": lambda log, _asked: asdict(log.head()),
    "signed_head": lambda log, asked: log.signed_head(at=datetime.fromisoformat(asked["at"])).text,
    "verify": lambda log, asked: asdict(log.verify([outside_heard(one) for one in asked["against"]])),
}
