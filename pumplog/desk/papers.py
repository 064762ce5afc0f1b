"""What the desk puts on paper: the day's digest, the downtime pack; who opened the board; how old each paper is."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from pumplog.desk.allowed import asks_for
from pumplog.desk.memory import uncollected
from pumplog.desk.reading import ReadingDesk, utc_now
from pumplog.desk.shapes import Board
from pumplog.exports.calendar_file import feed
from pumplog.exports.calendar_of_pumps import dated_of
from pumplog.exports.digest import Asked, Opened, digest_of, file_stem, unopened_says
from pumplog.exports.digest_files import digest_html, digest_pdf, digest_text
from pumplog.exports.downtime import FORMS_COUNT, RESIDUALS_COUNT, OnPaper, PackAsked, downtime_pack, pack_name
from pumplog.logbook import Kept, Lease, Log, NewEvent, Shelf
from pumplog.outlook import Outlook
from pumplog.people import Act, access
from pumplog.people.person import site_key
from pumplog.reference import Reference
from pumplog.rules import residual_of
from pumplog.state import PumpState

LOOKED_BACK_DAYS: Final = 14
"""So far back the digest asks whether somebody opened the board."""

UNNAMED: Final = "somebody who gave no name"
FEED_NAME: Final = "pump-refills.ics"

PaperKind = Literal["digest", "downtime_pack", "backup"]
PAPER_KINDS: Final[tuple[PaperKind, ...]] = get_args(PaperKind)
"""What is made by night, or by hand; of a backup the same is kept account of as of a paper."""


@dataclass(frozen=True)
class Papers:
    """What was made: files by name. No name tells of a patient."""

    files: Mapping[str, bytes]
    pumps_count: int
    on: date


@dataclass(frozen=True)
class PaperMade:
    """When a paper of the whole clinic, or a backup, was last made, and last put where the night puts it.

    All in the clinic's time. `failed_at` is since when the night has failed, with the reason.
    """

    made_at: datetime | None = None
    by_night_at: datetime | None = None
    failed_at: datetime | None = None
    failed_says: str = ""


class PapersDesk(ReadingDesk):
    """The desk with its printer."""

    def __init__(self, logbook: Log, reference: Reference, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(logbook, reference, now)
        self._openings_known: set[tuple[date, str]] = set()

    # --- who looked ---

    @asks_for(Act.SEE_BOARD)
    def opened_board(self, *, by: str = "") -> None:
        """Write down that somebody looks at the board: once for each person and day, whatever is drawn again.

        `by` is a name typed in a demo without accounts.
        """
        name = self.person.name if self.person is not None else by.strip() or UNNAMED
        day = self.today()
        if (day, name) in self._openings_known:
            return
        with self.logbook.leased(Lease.PEOPLE):
            opened = self._openings().get(day, {})
            if name not in opened:
                self._write_opening(day, name, opened)
            self._openings_known.add((day, name))

    def _write_opening(self, day: date, name: str, opened: Mapping[str, Sequence[str] | None]) -> None:
        sites = None if self.person is None or self.person.sites is None else sorted(self.person.sites)
        about = self.person.person_id if self.person is not None else access.NOBODY
        said = access.line("opened_board", about, by=name, at=self._now())
        body = json.dumps({**opened, name: sites}, ensure_ascii=False)
        self.logbook.keep([Kept(Shelf.BOARD_OPENED, day.isoformat(), body)], said=[said])

    def _openings(self) -> dict[date, dict[str, Sequence[str] | None]]:
        """By day: who opened the board, and which sites they saw; None is all of them."""
        kept = self.logbook.kept(Shelf.BOARD_OPENED)
        return {date.fromisoformat(day): json.loads(body) for day, body in kept.items()}

    def _opened(self, on: date, states: Iterable[PumpState]) -> Opened:
        """Whether somebody looked at these pumps' board, on the working days before a day and on it."""
        sites = {site_of_pump.strip() for state in states if (site_of_pump := _site(state))}
        openings = self._openings()
        first, calendar = self._first_recorded_on(), self._calendar(on)
        over = on if on < self.today() else on - timedelta(days=1)
        days = (over - timedelta(days=back) for back in range(LOOKED_BACK_DAYS))
        missed = [
            (day, unseen)
            for day in days
            if first is not None and day >= first and calendar.is_open(day)
            if (unseen := _unseen(openings.get(day, {}), sites)) is not None
        ]
        return Opened(unopened_says(missed), tuple(openings.get(on, {})), calendar.is_open(on))

    def _first_recorded_on(self) -> date | None:
        """The day on which the log began: before it nobody could have opened a board."""
        begun = [said[0].recorded_at_utc for one in self._memory.pump_ids() if (said := self._memory.said(one))]
        return min(begun).astimezone(self.zone).date() if begun else None

    # --- papers ---

    @asks_for(Act.PRINT_LISTS)
    def digest(self, on: date | None = None, *, by: str) -> Papers:
        """The call list of a day, today unless named, as HTML, text and PDF."""
        board = self.board(on)
        states = self._states_of(board.rows, board.on)
        asked = Asked(
            policy=self.reference.policy,
            whose=self._whose(),
            on=board.on,
            at=self.now(),
            by=self._maker(by),
            rows=board.rows,
            states=states,
            open_rows=board.open_rows,
            transfers=self.call_list(board.on).transfers,
            opened=self._opened(board.on, states.values()),
        )
        digest = digest_of(asked)
        stem = file_stem(board.on)
        files = {
            f"{stem}.html": digest_html(digest).encode(),
            f"{stem}.txt": digest_text(digest).encode(),
            f"{stem}.pdf": digest_pdf(digest),
        }
        self._tell_made("digest", self._maker(by), len(board.rows), today=board.on == self.today())
        return Papers(files, len(board.rows), board.on)

    @asks_for(Act.PRINT_LISTS)
    def downtime_pack(self, *, by: str, forms_count: int = FORMS_COUNT) -> Papers:
        """Everything that is needed on paper while this program does not run: as on record at this moment."""
        board = self.board()
        states = self._states_of(board.rows, board.on)
        with uncollected():
            pumps = tuple(self._on_paper(row, states[row.pump_id]) for row in board.rows)
        asked = PackAsked(
            policy=self.reference.policy,
            whose=self._whose(),
            at=self.now(),
            by=self._maker(by),
            pumps=pumps,
            forms_count=forms_count,
        )
        files = {pack_name(asked.at): downtime_pack(asked)}
        self._tell_made("downtime_pack", asked.by, len(pumps), today=True)
        return Papers(files, len(pumps), board.on)

    @asks_for(Act.PRINT_LISTS)
    def calendar_feed(self, *, by: str, site: str | None = None) -> Papers:
        """Every booked visit, last clinic day and refill-by day as one calendar file; of one site if named.

        Retired pumps are in it as cancelled, so that a calendar lets go of them.
        """
        self._memory.catch_up()
        day = self.today()
        with uncollected():
            states = [self._state(pump_id, day) for pump_id in self._seen_pump_ids()]
            chosen = [state for state in states if state.log and (site is None or _is_of(state, site))]
            entries = [one for state in chosen for one in dated_of(state, self._outlook(state, day))]
        name = self.reference.policy.clinic_name
        content = feed(entries, name=name if site is None else f"{name}, {site}", zone=self.zone)
        self._tell_taken_out("calendar", by=by, pumps_count=len(chosen))
        return Papers({FEED_NAME: content}, len(chosen), day)

    @asks_for(Act.SEE_BOARD)
    def printed_board(self, board: Board, *, by: str) -> None:
        """Write down that a board is printed at a terminal: before it is."""
        self._read_log.printed_board(by=self._maker(by), at=self._now(), pumps_count=len(board.rows))

    def _states_of(self, rows: Iterable[Outlook], day: date) -> dict[str, PumpState]:
        return {row.pump_id: self._state(row.pump_id, day) for row in rows}

    def _on_paper(self, row: Outlook, state: PumpState) -> OnPaper:
        """A pump with its last residuals: working out all of ten years would take most of the time of a pack."""
        newest_first = ((visit, residual_of(visit, self.reference.policy)) for visit in reversed(state.visits))
        found = ((visit, answer) for visit, answer in newest_first if answer is not None)
        return OnPaper(row, state, tuple(reversed(list(islice(found, RESIDUALS_COUNT)))))

    def _whose(self) -> str:
        if self.person is None or self.person.sites is None:
            return "all sites"
        return f"sites: {', '.join(sorted(self.person.sites))}"

    # --- how old each is ---

    def _tell_made(self, kind: PaperKind, by: str, pumps_count: int, *, today: bool) -> None:
        """Write down that patients' data went out; and that the paper is new, if it is of all pumps and of today."""
        self._tell_taken_out(kind, by=by, pumps_count=pumps_count)
        whole = self.person is None or self.person.sites is None
        if whole and today:
            self._keep_paper(kind, replace(self._paper(kind), made_at=self.now()))

    @asks_for(Act.PRINT_LISTS)
    def tell_paper_in_place(self, kind: PaperKind) -> None:
        """Keep that the night has put a paper where it belongs."""
        self._keep_paper(kind, PaperMade(made_at=self._paper(kind).made_at, by_night_at=self.now()))

    @asks_for(Act.PRINT_LISTS)
    def tell_paper_failed(self, kind: PaperKind, says: str) -> None:
        """Keep that the night could not make a paper or put it where it belongs, until it can."""
        known = self._paper(kind)
        self._keep_paper(kind, replace(known, failed_at=known.failed_at or self.now(), failed_says=says))

    @asks_for(Act.SEE_BOARD)
    def papers(self) -> Mapping[PaperKind, PaperMade]:
        """How old each paper of the whole clinic and the last backup are, and whether the last night failed."""
        kept = self.logbook.kept(Shelf.PAPER)
        return {kind: self._paper_of(kept.get(kind)) for kind in PAPER_KINDS}

    def _paper(self, kind: PaperKind) -> PaperMade:
        """What is kept about a paper; asked anew, since a command may have made one meanwhile."""
        return self._paper_of(self.logbook.kept_under(Shelf.PAPER, kind))

    def _paper_of(self, body: str | None) -> PaperMade:
        return _read_paper(json.loads(body) if body else {}, self.zone)

    def _keep_paper(self, kind: PaperKind, paper: PaperMade, *said: NewEvent) -> None:
        self.logbook.keep([Kept(Shelf.PAPER, kind, _paper_body(paper))], said=said)


_MOMENTS: Final = ("made_at", "by_night_at", "failed_at")


def _paper_body(paper: PaperMade) -> str:
    moments = {name: getattr(paper, name) for name in _MOMENTS}
    told = {name: moment.astimezone(UTC).isoformat() for name, moment in moments.items() if moment is not None}
    return json.dumps({**told, "failed_says": paper.failed_says}, ensure_ascii=False)


def _read_paper(told: Mapping[str, str], zone: ZoneInfo) -> PaperMade:
    moments = {name: datetime.fromisoformat(told[name]).astimezone(zone) for name in _MOMENTS if name in told}
    return PaperMade(**moments, failed_says=told.get("failed_says", ""))


def _site(state: PumpState) -> str | None:
    return state.registered.clinic_site if state.registered is not None else None


def _is_of(state: PumpState, site: str) -> bool:
    known = _site(state)
    return known is not None and site_key(known) == site_key(site)


def _unseen(opened: Mapping[str, Sequence[str] | None], sites: Iterable[str]) -> list[str] | None:
    """The sites whose pumps nobody looked at; an empty list when nobody looked at all, None when all were seen."""
    if not opened:
        return []
    if any(seen is None for seen in opened.values()):
        return None
    seen_sites = {site for seen in opened.values() for site in seen or ()}
    return sorted(site for site in sites if site_key(site) not in seen_sites) or None
