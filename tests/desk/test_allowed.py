"""Every public method of the desk, for every role, on a real log: done when the table allows it, else refused."""

import ast
import inspect
import shutil
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from pumplog.desk import Desk, Draft, HandedOut, Papers
from pumplog.desk.allowed import ACT_OF_METHOD
from pumplog.entries import KINDS, AboutTheDays, AnyEntry, Booked, read_entry
from pumplog.errors import EntryRefused, NotAllowed
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.clinic_reports import ReportAsked, ReportKind
from pumplog.exports.report import Report
from pumplog.exports.report_set import ReportFormat
from pumplog.logbook.chain import EMPTY
from pumplog.logbook.restore import Restored
from pumplog.people import MAY, Act, Person, Role, act_of
from pumplog.planning import Tried
from tests.desk.sheets import sheet
from tests.people.staff import PASSWORD, Staff, cheap_passwords
from tests.stories.clinic import NURSE, SERIAL, USUAL, Clinic, told
from tests.test_house_entries import WRITTEN_BY_THE_DESK_ALONE
from tests.test_house_entries import told as example_of

BY_KIND = ("preview", "record", "second_check")
"""What these ask for goes by the kind of entry."""

TOUCHES_NO_PUMP: Mapping[str, str] = {
    "open": "opens the file, which whoever starts the program holds",
    "reach": "asks the app of the same account, or opens the file",
    "close": "lets the file go",
    "as_person": "is how a desk comes to know who sits at it",
    "may": "answers out of the person's own roles",
    "tell_not_allowed": "writes down a refusal, with the person and the act alone",
    "read_entry": "reads what the caller says, and looks nothing up",
    "now": "says what time it is",
    "today": "says what day it is",
}

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "registered": {"pump_serial": "NEW1"},
    "refilled": {},
    "reprogrammed": {"programme": {"mode": "simple_continuous", "dose_mcg_per_day": "310"}},
    "deferred": {"volume_left_ml": "11"},
    "alarm_heard": {"alarm": "OTHER"},
    "alarm_taken_on": {"alarm_event_id": "alarm", "owner": "J. Frey"},
    "alarm_interrogated": {"alarm_event_id": "alarm", "pump_running": True},
    "alarm_snoozed": {"alarm_event_id": "alarm", "ends_at": "2026-03-02T10:00Z", "reason": "on the way here"},
    "snooze_cancelled": {"alarm_event_id": "snoozed"},
    "alarm_closed": {"alarm_event_id": "alarm"},
    "imaged": {"how": "planned", "planned_at": "2026-03-03T08:00Z"},
    "replacement_planned": {"planned_on": "2026-06-02", "where": "North hospital"},
    "corrected": {"target_event_id": "alarm", "how": "entered_in_error"},
    "retired": {"reason": "explanted"},
    "contacted": {"outcome": "no_answer"},
    "booked": {"booking": {"visit_on": "2026-04-20"}},
    "booking_changed": {"booking_event_id": "booking", "change": "cancelled"},
    "transfer_confirmed": {"pump_serial": "GONE1", "receiving_clinic": "South", "confirmed_by": "their nurse"},
    "near_miss_explained": {"visit_event_id": "fill", "cause": "planned"},
    "scored": {"pain": "3"},
    "diary": {"diary_on": "2026-03-01", "tone": "tighter"},
    "medicines": {"takes_any": False},
    "risk_flags_changed": {"reason": "asked again"},
    "plan_made": {
        "route": "oral",
        "drug": "baclofen",
        "prescriber": "Dr Sand",
        "typed_in": "mg",
        "steps": [{"from_on": "2026-03-03", "dose_mcg_per_day": "10000"}],
    },
    "plan_ended": {"plan_event_id": "plan", "how": "stopped", "reason": "spasms came back"},
    "ratio_accepted": {
        "pump_serial": "OWN1",
        "flow_ratio": "1",
        "visit_event_ids": [f"own {place}" for place in range(6)],
        "reason": "steady",
    },
    "wasted": {
        "drug": "morphine",
        "concentration_mcg_per_ml": "10000",
        "waste": {"volume_ml": "1", "witness": "J. Frey", "method": "sink"},
    },
    "row_refused": {},
    "row_settled": {},
    "closure_set": {},
    "closure_lifted": {},
    "capacity_set": {},
}
"""One entry of each kind that can be written in the clinic below."""


PUNCTUALITY = ReportAsked(ReportKind.PUNCTUALITY, date(2026, 1, 1), date(2026, 12, 31))
AUDITED = AuditFilter(date(2026, 1, 1), date(2026, 12, 31))


def public_methods() -> dict[str, Callable[..., Any]]:
    found = inspect.getmembers(Desk, lambda one: inspect.isfunction(one) or inspect.ismethod(one))
    return {name: method for name, method in found if not name.startswith("_")}


def dressed() -> dict[str, Act]:
    return {
        name: getattr(method, ACT_OF_METHOD)
        for name, method in public_methods().items()
        if hasattr(method, ACT_OF_METHOD)
    }


# --- nobody is forgotten ---


def test_every_public_method_of_the_desk_asks_or_says_why_it_need_not() -> None:
    asking = {*dressed(), *BY_KIND}
    assert set(public_methods()) == asking | set(TOUCHES_NO_PUMP)
    assert asking & set(TOUCHES_NO_PUMP) == set()


@pytest.mark.parametrize("name", BY_KIND)
def test_what_asks_by_the_kind_of_entry_asks_for_the_act_of_that_kind(name: str) -> None:
    source = textwrap.dedent(inspect.getsource(public_methods()[name]))
    asked = [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert "act_of(entry.kind)" in asked


def test_every_method_that_asks_is_called_below() -> None:
    assert set(CALLS) == set(dressed())
    assert set(FIELDS) == set(KINDS)


def test_every_act_at_the_desk_is_asked_for_by_something() -> None:
    asked = {*dressed().values(), *(act_of(kind) for kind in KINDS)}
    elsewhere = {Act.CHECK_SECOND}  # the door
    assert asked | elsewhere == set(Act)


# --- each of them, for each role ---


@dataclass
class Seat:
    """A person at the desk of a real clinic, with what the calls below need."""

    staff: Staff
    person: Person
    folder: Path

    @property
    def desk(self) -> Desk:
        return self.staff.desk.as_person(self.person)

    @property
    def pump_id(self) -> str:
        return self.staff.desk.pump_id(SERIAL)

    def entry(self, kind: str) -> AnyEntry:
        if kind in WRITTEN_BY_THE_DESK_ALONE:
            return self.desk.read_entry(example_of(kind))
        return self.desk.read_entry(told(kind, "2026-03-02T09:00Z", **FIELDS[kind]))

    def written(self) -> tuple[int, int]:
        """How many clinical entries there are, and how many lines that say something other than a refusal."""
        said = [line for line in self.staff.lines() if line.kind not in ("not_allowed", "signed_in")]
        return self.staff.desk.head().row_count, len(said)


def _import(seat: Seat, **more: Any) -> Any:
    path = sheet(seat.folder / "second.csv", {"Pump serial": "NEW2", "MRN": "P-2"})
    return seat.desk.import_sheet(path, by=seat.person.name, seen=seat.staff.desk.head().sequence, **more)


def _dismiss(seat: Seat) -> None:
    (row,) = seat.staff.desk.board().open_rows
    seen = seat.staff.desk.logbook.latest("clinic")
    seat.desk.dismiss_row(row.event_id, "cared for elsewhere", by=seat.person.name, seen=seen)


def closure() -> AboutTheDays:
    entry = read_entry(example_of("closure_set"))
    assert isinstance(entry, AboutTheDays)
    return entry


def _plan(seat: Seat) -> object:
    return seat.desk.plan_days(closure(), by=seat.person.name, seen=seat.staff.desk.calendar().latest)


def _book_all(seat: Seat) -> object:
    entry = seat.entry("booked")
    assert isinstance(entry, Booked)
    seen = {seat.pump_id: seat.staff.desk.seen(seat.pump_id)}
    return seat.desk.record_bookings([entry], by=seat.person.name, seen=seen, press_id="press")


def _bridge(seat: Seat) -> object:
    standing = seat.staff.desk.story(SERIAL).state.standing
    assert standing is not None
    return seat.desk.bridge_for(seat.pump_id, standing)


def _without_bridge(seat: Seat) -> object:
    standing = seat.staff.desk.story(SERIAL).state.standing
    assert standing is not None
    return seat.desk.without_bridge_says(seat.pump_id, standing, Decimal(500), standing.programme)


def _draft(seat: Seat) -> Draft:
    at = seat.desk.now()
    return Draft("alarm_heard", seat.pump_id, "form-1", at, at, 0, 1, 1, {"note": "typed"})


CALLS: Mapping[str, Callable[[Seat], object]] = {
    "board": lambda seat: seat.desk.board(),
    "call_list": lambda seat: seat.desk.call_list(),
    "near_misses": lambda seat: seat.desk.near_misses(date(2026, 1, 1)),
    "pumps": lambda seat: seat.desk.pumps(),
    "find_pump": lambda seat: seat.desk.find_pump(SERIAL),
    "pump_id": lambda seat: seat.desk.pump_id(SERIAL),
    "story": lambda seat: seat.desk.story(SERIAL),
    "story_of": lambda seat: seat.desk.story_of(seat.pump_id),
    "drawn_against_expected": lambda seat: seat.desk.drawn_against_expected(
        seat.pump_id, Decimal(2), at=seat.desk.now()
    ),
    "seen": lambda seat: seat.desk.seen(seat.pump_id),
    "seen_of": lambda seat: seat.desk.seen_of(seat.entry("refilled")),
    "said_since": lambda seat: seat.desk.said_since(seat.pump_id, 0),
    "bridge_for": _bridge,
    "alarms": lambda seat: seat.desk.alarms(),
    "alarms_of": lambda seat: seat.desk.alarms_of(seat.pump_id),
    "alarm_responses": lambda seat: seat.desk.alarm_responses(date(2026, 2, 1), date(2026, 3, 1)),
    "without_bridge_says": _without_bridge,
    "patient_card": lambda seat: seat.desk.patient_card(seat.pump_id),
    "visit_file": lambda seat: seat.desk.visit_file(seat.pump_id),
    "opened_board": lambda seat: seat.desk.opened_board(),
    "opened_story": lambda seat: seat.desk.opened_story(seat.pump_id, by=""),
    "printed_board": lambda seat: seat.desk.printed_board(seat.staff.desk.board(), by=""),
    "access_lines": lambda seat: seat.desk.access_lines(date(2026, 1, 1), date(2026, 3, 2)),
    "digest": lambda seat: seat.desk.digest(by=""),
    "downtime_pack": lambda seat: seat.desk.downtime_pack(by="", forms_count=1),
    "audit": lambda seat: seat.desk.audit(AUDITED, by=""),
    "clinic_report": lambda seat: seat.desk.clinic_report(PUNCTUALITY, by=""),
    "export_report": lambda seat: seat.desk.export_report(Report("x", "X", (), ()), [ReportFormat.JSON], by=""),
    "tell_paper_in_place": lambda seat: seat.desk.tell_paper_in_place("digest"),
    "tell_paper_failed": lambda seat: seat.desk.tell_paper_failed("digest", "no room"),
    "papers": lambda seat: seat.desk.papers(),
    "back_up": lambda seat: seat.desk.back_up(seat.folder / seat.person.name, by=""),
    "last_backup": lambda seat: seat.desk.last_backup(),
    "examine": lambda seat: seat.desk.examine(),
    "is_part_of": lambda seat: seat.desk.is_part_of(EMPTY),
    "tell_restored": lambda seat: seat.desk.tell_restored(Restored(EMPTY, None, 0, ""), by=""),
    "calendar_feed": lambda seat: seat.desk.calendar_feed(by=""),
    "export_deidentified": lambda seat: seat.desk.export_deidentified(by=""),
    "export_fhir": lambda seat: seat.desk.export_fhir(by="", pump_serial=SERIAL),
    "export_views": lambda seat: seat.desk.export_views(by=""),
    "keep_draft": lambda seat: seat.desk.keep_draft(_draft(seat), by=seat.person.name),
    "drafts": lambda seat: seat.desk.drafts(by=seat.person.name),
    "discard_draft": lambda seat: seat.desk.discard_draft("form-1", by=seat.person.name),
    "verify": lambda seat: seat.desk.verify(),
    "head": lambda seat: seat.desk.head(),
    "signed_head": lambda seat: seat.desk.signed_head(),
    "import_sheet": _import,
    "dismiss_row": _dismiss,
    "calendar": lambda seat: seat.desk.calendar(),
    "plan_days": _plan,
    "plan": lambda seat: seat.desk.plan(),
    "record_bookings": _book_all,
    "try_closure": lambda seat: seat.desk.try_closure(date(2026, 4, 1), date(2026, 4, 30)),
    "order": lambda seat: seat.desk.order(),
    "what_if": lambda seat: seat.desk.what_if(seat.pump_id, Tried(dose_mcg_per_day=Decimal(200))),
}
EVERYTHING = "everything"
WAITING = "waiting"
"""Somebody of every role who has to choose a password first: until then they have none."""
ROLES: Mapping[str, frozenset[Role]] = {
    **{role.value: frozenset({role}) for role in Role},
    EVERYTHING: frozenset(Role),
    WAITING: frozenset(Role),
}


def may(role: str, act: Act) -> bool:
    return role != WAITING and any(act in MAY[one] for one in ROLES[role])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed clinic: a pump with an open alarm, an open refused row, a person of each role."""
    folder = tmp_path_factory.mktemp("filled")
    with cheap_passwords(), Clinic(folder).open() as opened:
        tube = {"tubing_volume_ml": "0.199", "catheter_cm": "89", "catheter_ml_per_cm": "0.0022"}
        opened.register(pump={**USUAL["registered"]["pump"], **tube})
        opened.say("refilled", "2026-01-05T09:00Z", event="fill")
        opened.say("booked", "2026-01-05T10:00Z", booking={"visit_on": "2026-04-20"}, event="booking")
        opened.ordinary("GONE1")
        opened.say("retired", "2026-02-01T09:00Z", pump_serial="GONE1", reason="transferred", to_clinic="South")
        opened.say("alarm_heard", "2026-02-20T08:00Z", alarm="MOTOR_STALL", event="alarm")
        opened.say("alarm_heard", "2026-02-20T09:00Z", alarm="OTHER", event="snoozed")
        ends = {"ends_at": "2026-03-05T09:00Z", "reason": "comes on Thursday"}
        opened.say("alarm_snoozed", "2026-02-20T10:00Z", alarm_event_id="snoozed", **ends)
        opened.say("plan_made", "2026-02-20T09:00Z", event="plan", **{**FIELDS["plan_made"], "drug": "tizanidine"})
        opened.ordinary("OWN1")
        for place in range(6):
            at = (datetime(2026, 1, 13, 9, tzinfo=UTC) + timedelta(days=8 * place)).isoformat()
            drawn = {"drawn_ml": "18.8", "event": f"own {place}"}
            opened.say("refilled", at, pump_serial="OWN1", **drawn)
        opened.at(date(2026, 3, 2))
        bad = sheet(folder / "first.csv", {"Pump serial": "", "MRN": "P-9", "Concentration": "2000"})
        opened.desk.import_sheet(bad, by=NURSE, seen=opened.head(), accept_good_rows=True)
        staff = Staff(opened)
        for name, roles in ROLES.items():
            staff.add(f"{name} here", *roles)
        staff.add("checker there", Role.PRESCRIBER)
    return folder


@contextmanager
def seated(filled: Path, folder: Path, role: str) -> Iterator[Seat]:
    """A copy of that clinic, with somebody at the desk."""
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    with cheap_passwords(), Clinic(folder).open() as opened:
        opened.at(date(2026, 3, 2))
        staff = Staff(opened)
        person = staff.known(f"{role} here")
        yield Seat(staff, replace(person, roles=frozenset()) if role == WAITING else person, folder)


WRITES = {"import_sheet", "dismiss_row", "keep_draft", "plan_days", "record", "record_bookings"}


@pytest.fixture(scope="module")
def open_to_look_at(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """One copy of that clinic, for whatever changes nothing."""
    with seated(filled, tmp_path_factory.mktemp("looked at"), EVERYTHING) as seat:
        yield seat


@contextmanager
def seat_for(name: str, role: str, act: Act, shared: Seat, filled: Path, folder: Path) -> Iterator[Seat]:
    """A seat in a clinic of its own for what will be written, else in the one that all look at."""
    if name in WRITES and may(role, act):
        with seated(filled, folder, role) as seat:
            yield seat
    else:
        person = shared.staff.known(f"{role} here")
        yield replace(shared, person=replace(person, roles=frozenset()) if role == WAITING else person)


def is_done(seat: Seat, act: Act, role: str, call: Callable[[Seat], object]) -> bool:
    """Whether it was done; fails unless that is what the table says, or when a refusal changed anything."""
    before = seat.written()
    try:
        call(seat)
    except NotAllowed:
        assert not may(role, act)
        assert seat.written() == before
        line = seat.staff.lines()[-1]
        assert (line.kind, line.by, line.told) == ("not_allowed", seat.person.name, {"act": act.value})
        return False
    assert may(role, act)
    return True


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(dressed()))
def test_a_method_is_done_for_those_whom_the_table_allows_it(
    name: str, role: str, open_to_look_at: Seat, filled: Path, tmp_path: Path
) -> None:
    act = dressed()[name]
    with seat_for(name, role, act, open_to_look_at, filled, tmp_path) as seat:
        assert is_done(seat, act, role, CALLS[name]) == may(role, act)


def handing_over() -> list[str]:
    """The methods whose answer is a file that somebody takes away."""
    answers = {name: get_type_hints(public_methods()[name]).get("return") for name in dressed()}
    return sorted(name for name, answer in answers.items() if answer in (Papers, HandedOut))


def test_files_are_handed_over_by_these() -> None:
    assert {"patient_card", "visit_file", "digest", "downtime_pack", "calendar_feed"} <= set(handing_over())


@pytest.mark.parametrize("name", handing_over())
def test_what_leaves_the_house_is_written_down_with_who_took_it(name: str, open_to_look_at: Seat) -> None:
    before = len(open_to_look_at.staff.lines())
    CALLS[name](open_to_look_at)
    lines = open_to_look_at.staff.lines()[before:]
    assert [(line.kind in ("paper_made", "handed_out"), line.by) for line in lines] == [
        (True, open_to_look_at.person.name)
    ]


BY_HAND = [kind for kind in KINDS if kind not in WRITTEN_BY_THE_DESK_ALONE]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", BY_HAND)
def test_an_entry_is_previewed_and_recorded_by_those_whom_the_table_allows_it(
    kind: str, role: str, open_to_look_at: Seat, filled: Path, tmp_path: Path
) -> None:
    act = act_of(kind)

    def preview(seat: Seat) -> None:
        entry = seat.entry(kind)
        assert seat.desk.preview(entry, by=seat.person.name).entry == entry

    def record(seat: Seat) -> None:
        entry = seat.entry(kind)
        seat.desk.record(entry, by=seat.person.name, seen=seat.staff.desk.seen_of(entry))

    with seat_for("record", role, act, open_to_look_at, filled, tmp_path) as seat:
        rows_count = seat.staff.desk.head().row_count
        assert is_done(seat, act, role, preview) == may(role, act)
        assert seat.staff.desk.head().row_count == rows_count
        assert is_done(seat, act, role, record) == may(role, act)
        assert seat.staff.desk.head().row_count == rows_count + may(role, act)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(BY_HAND)))
def test_rows_of_sheets_and_clinic_days_are_recorded_by_nobody(kind: str, role: str, open_to_look_at: Seat) -> None:
    with seat_for("", role, Act.RECORD, open_to_look_at, Path(), Path()) as seat:
        before, entry = seat.written(), seat.entry(kind)
        refusal = EntryRefused if may(role, Act.RECORD) else NotAllowed
        with pytest.raises(refusal):
            seat.desk.preview(entry, by=seat.person.name)
        with pytest.raises(refusal):
            seat.desk.record(entry, by=seat.person.name, seen=0)
        assert seat.written() == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["refilled", "alarm_heard"])
def test_a_second_sign_is_asked_for_by_those_who_may_record(kind: str, role: str, open_to_look_at: Seat) -> None:
    act = act_of(kind)

    def ask(seat: Seat) -> None:
        session = seat.staff.sign_in(seat.person)
        name = ask_for_a_sign(seat, seat.entry(kind), session.session_id, "checker")
        assert name == "checker there"

    with seat_for("", role, act, open_to_look_at, Path(), Path()) as seat:
        assert is_done(seat, act, role, ask) == may(role, act)


# --- who writes ---


@pytest.fixture
def seat(filled: Path, tmp_path: Path) -> Iterator[Seat]:
    """Somebody who may everything, at the desk."""
    with seated(filled, tmp_path, EVERYTHING) as one:
        yield one


def writes(seat: Seat, desk: Desk, by: str) -> Mapping[str, Callable[[], object]]:
    """Each way of writing, through one desk and under one name."""
    entry, seen = seat.entry("refilled"), seat.staff.desk.seen(seat.pump_id)
    (row,) = seat.staff.desk.board().open_rows
    path = sheet(seat.folder / "second.csv", {"Pump serial": "NEW2", "MRN": "P-2"})
    head, latest = seat.staff.desk.head().sequence, seat.staff.desk.calendar().latest
    return {
        "record": lambda: desk.record(entry, by=by, seen=seen),
        "import_sheet": lambda: desk.import_sheet(path, by=by, seen=head),
        "dismiss_row": lambda: desk.dismiss_row(row.event_id, "elsewhere", by=by, seen=head),
        "plan_days": lambda: desk.plan_days(closure(), by=by, seen=latest),
    }


WAYS_OF_WRITING = ("record", "import_sheet", "dismiss_row", "plan_days")


@pytest.mark.parametrize("way", WAYS_OF_WRITING)
@pytest.mark.parametrize("name", ["checker there", "Everything Here", "everything  here", "nobody at all"])
def test_nobody_writes_under_another_name(way: str, name: str, seat: Seat) -> None:
    before = seat.written()
    with pytest.raises(NotAllowed, match="cannot save as somebody else"):
        writes(seat, seat.desk, name)[way]()
    assert seat.written() == before


@pytest.mark.parametrize("way", WAYS_OF_WRITING)
@pytest.mark.parametrize(
    "changed",
    [
        {"enabled": False},
        {"roles": frozenset({Role.VIEWER})},
        {"roles": frozenset({Role.ADMINISTRATOR})},
        {"sites": ("South",)},
    ],
    ids=["switched off", "viewer now", "administrator now", "another site now"],
)
def test_who_was_changed_between_sign_in_and_save_is_refused_at_the_save(
    way: str, changed: dict[str, Any], seat: Seat
) -> None:
    _put_in_the_north(seat)
    save = writes(seat, seat.desk, seat.person.name)[way]
    seat.staff.change(seat.person, **changed)
    before = seat.staff.desk.head()
    with pytest.raises((NotAllowed, EntryRefused)):
        save()
    assert seat.staff.desk.head() == before


def test_who_is_switched_off_while_a_long_sheet_is_read_imports_nothing(seat: Seat) -> None:
    path = sheet(seat.folder / "second.csv", *({"Pump serial": "NEW2", "MRN": "P-2"} for _ in range(2_000)))
    before, asked = seat.staff.desk.head(), []

    def meanwhile(done: int, _: int) -> None:
        asked.append(done)
        seat.staff.change(seat.person, enabled=False)

    with pytest.raises(NotAllowed, match="switched off"):
        seat.desk.import_sheet(path, by=seat.person.name, seen=before.sequence, progress=meanwhile)
    assert asked
    assert seat.staff.desk.head() == before


def _put_in_the_north(seat: Seat) -> None:
    """Let the pump of the clinic be one of the North: its registration is replaced."""
    registration = seat.staff.desk.story(SERIAL).state.log[0].said
    placed = {**registration.entry.model_dump(mode="json"), "clinic_site": "North"}
    entry = seat.desk.read_entry(
        told(
            "corrected",
            "2026-03-02T10:00Z",
            target_event_id=registration.event_id,
            how="replaced",
            replacement=placed,
        )
    )
    seat.desk.record(entry, by=seat.person.name, seen=seat.staff.desk.seen(seat.pump_id))


@pytest.mark.parametrize("way", WAYS_OF_WRITING)
def test_once_a_clinic_has_people_nothing_is_written_without_a_sign_in(way: str, seat: Seat) -> None:
    before = seat.written()
    with pytest.raises(NotAllowed, match="sign in"):
        writes(seat, seat.staff.desk, NURSE)[way]()
    assert seat.written() == before


def test_whoever_holds_the_file_may_look_and_try_without_a_sign_in(seat: Seat) -> None:
    whole = seat.staff.desk
    assert {row.pump_serial for row in whole.board().rows} == {SERIAL, "OWN1"}
    assert whole.preview(seat.entry("refilled"), by=NURSE).before is not None
    path = sheet(seat.folder / "second.csv", {"Pump serial": "NEW2", "MRN": "P-2"})
    before = whole.head()
    report = whole.import_sheet(path, by=NURSE, seen=before.sequence, dry_run=True)
    assert (report.new_count, report.written) == (1, False)
    assert whole.head() == before


# --- the second checker ---


def ask_for_a_sign(seat: Seat, entry: AnyEntry, session_id: str, word: str, event_id: str = "form-1") -> str:
    return seat.desk.second_check(entry, event_id=event_id, session_id=session_id, sign_in_name=word, secret=PASSWORD)


def signed(entry: AnyEntry, name: str) -> AnyEntry:
    return entry.model_copy(update={"second_checker": name})


def test_an_entry_with_a_second_checker_is_written_once_they_have_signed_under_it(seat: Seat) -> None:
    entry = seat.entry("refilled")
    seen = seat.staff.desk.seen(seat.pump_id)
    session = seat.staff.sign_in(seat.person)
    by = seat.person.name
    with pytest.raises(EntryRefused, match="has not signed"):
        seat.desk.record(signed(entry, "checker there"), by=by, seen=seen, event_id="form-1")
    name = ask_for_a_sign(seat, entry, session.session_id, "CHECKER")
    for other, event_id in (
        (entry.model_copy(update={"note": "changed since"}), "form-1"),
        (entry, "form-2"),
        (entry, None),
    ):
        with pytest.raises(EntryRefused, match="has not signed"):
            seat.desk.record(signed(other, name), by=by, seen=seen, event_id=event_id)
    with pytest.raises(EntryRefused, match="has not signed"):
        seat.desk.record(signed(entry, "nobody at all"), by=by, seen=seen, event_id="form-1")
    written = seat.desk.record(signed(entry, name), by=by, seen=seen, event_id="form-1")
    assert '"second_checker":"checker there"' in written.event.body


def test_a_sign_does_not_hold_for_ever(seat: Seat) -> None:
    entry = seat.entry("refilled")
    session = seat.staff.sign_in(seat.person)
    name = ask_for_a_sign(seat, entry, session.session_id, "checker")
    seat.staff.later(minutes=30)
    with pytest.raises(EntryRefused, match="has not signed"):
        seat.desk.record(
            signed(entry, name), by=seat.person.name, seen=seat.staff.desk.seen(seat.pump_id), event_id="form-1"
        )


def test_nobody_signs_under_what_they_save_themselves(seat: Seat) -> None:
    entry = seat.entry("refilled")
    seen = seat.staff.desk.seen(seat.pump_id)
    own = seat.staff.sign_in(seat.person)
    for word in ("everything", "EVERYTHING", "everything here", " Everything  HERE "):
        with pytest.raises(NotAllowed, match="another person"):
            ask_for_a_sign(seat, entry, own.session_id, word)
    with pytest.raises(EntryRefused):
        seat.desk.record(signed(entry, "Everything HERE"), by=seat.person.name, seen=seen, event_id="form-1")


def test_a_sign_under_one_persons_entry_is_none_under_the_signers_own(seat: Seat) -> None:
    entry = seat.entry("refilled")
    seen = seat.staff.desk.seen(seat.pump_id)
    recorder = seat.staff.add("Rosa Lind", Role.RECORDER)
    hers = seat.staff.sign_in(recorder)
    at_her_desk = seat.staff.desk.as_person(recorder)
    name = at_her_desk.second_check(
        entry, event_id="form-1", session_id=hers.session_id, sign_in_name="everything", secret=PASSWORD
    )
    assert name == seat.person.name
    with pytest.raises(EntryRefused, match="another person"):
        seat.desk.record(signed(entry, name), by=seat.person.name, seen=seen, event_id="form-1")


def test_a_sign_is_asked_for_under_ones_own_sign_in(seat: Seat) -> None:
    recorder = seat.staff.add("Rosa Lind", Role.RECORDER)
    hers = seat.staff.sign_in(recorder)
    with pytest.raises(NotAllowed, match="your own sign-in"):
        ask_for_a_sign(seat, seat.entry("refilled"), hers.session_id, "checker")
