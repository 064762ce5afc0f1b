"""A person of the North, and whatever they ask about a pump of the South: nothing comes back that tells of it."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pumplog.desk import Desk, Draft, Papers
from pumplog.desk.drafts import kept_draft, no_draft, owner_of
from pumplog.entries import AnyEntry
from pumplog.errors import EntryRefused, NotAllowed, PumplogError
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.calendar_file import reference_of
from pumplog.exports.clinic_reports import ReportAsked, ReportKind
from pumplog.exports.report_set import ReportFormat
from pumplog.logbook import Shelf
from pumplog.logbook.chain import EMPTY
from pumplog.logbook.restore import Restored
from pumplog.people import Person, Role
from pumplog.planning import Tried
from tests.desk.sheets import sheet
from tests.desk.test_allowed import TOUCHES_NO_PUMP, closure, public_methods
from tests.exports.paper import pages_of
from tests.people.staff import PASSWORD, Staff, cheap_passwords
from tests.stories.clinic import USUAL, Clinic, Opened, told

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NORTHERN, SOUTHERN, OF_NO_SITE, IN_ERROR = "NX111001", "SX555001", "OX333001", "SX555002"
GONE = "SX555003"
"""A pump of the South that was refilled too late, and left for another clinic."""
TELLING = (
    *("Quill", "Sable", "MRN-77", "0199555", "Umbra", "17.5", "Varga", "zanzibar", "south-", "Orlok", "MRN-78"),
    *("dolorous", "Vashti", "sunken"),
)
"""Words that stand in the record of the South alone: patient, pump, people, notes, event ids, rows of its sheet."""


@dataclass
class Two:
    """A clinic with pumps in the North, in the South and at no site, and somebody of the North who may everything."""

    opened: Opened
    staff: Staff
    person: Person
    session_id: str
    folder: Path

    @property
    def whole(self) -> Desk:
        return self.opened.desk

    @property
    def desk(self) -> Desk:
        return self.whole.as_person(self.person)

    def pump_id(self, serial: str = SOUTHERN) -> str:
        return self.whole.pump_id(serial)

    def said(self, kind: str, serial: str = SOUTHERN, **fields: Any) -> AnyEntry:
        return self.whole.read_entry(told(kind, "2026-03-02T09:00Z", pump_serial=serial, **fields))


def _registered(serial: str, site: str | None, patient: Mapping[str, str], model: str, capacity_ml: str) -> Any:
    pump = {"model": model, "capacity_ml": capacity_ml, "alarm_volume_ml": "2", "tubing_volume_ml": "0.199"}
    return {"pump_serial": serial, "clinic_site": site, "patient": patient, "pump": pump}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two sites")
    with cheap_passwords(), Clinic(folder).open() as opened:
        for serial, site in ((NORTHERN, "North"), (OF_NO_SITE, None)):
            opened.register(serial, clinic_site=site, event=f"registration of {serial}")
            opened.say("refilled", "2026-01-05T09:00Z", pump_serial=serial, event=f"fill of {serial}")
        _tell_of_the_south(opened, folder)
        opened.at(date(2026, 3, 2))
        staff = Staff(opened)
        everything = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
        person = staff.add("Nora Ness", *everything, sites=("north",))
        staff.add("Ulla Sund", Role.PRESCRIBER, sites=("South",))
        session = staff.sign_in(person)
        yield Two(opened, staff, person, session.session_id, folder)


def _booked_of(serial: str) -> dict[str, Any]:
    return {"pump_serial": serial, "booking": {"visit_on": "2026-03-20", "clinician": "S. Varga"}}


def _tell_of_the_south(opened: Opened, folder: Path) -> None:
    quill = {"patient_id": "MRN-77", "name": "Quill, Sable", "phone": "0199555"}
    registered = _registered(SOUTHERN, "South", quill, "Umbra 9", "17.5")
    opened.say("registered", "2026-01-05T08:00Z", by="S. Varga", event="south-registration", **registered)
    opened.say(
        "refilled",
        "2026-01-05T09:00Z",
        by="S. Varga",
        event="south-fill",
        pump_serial=SOUTHERN,
        volume_after_fill_ml="17",
        note="zanzibar",
    )
    opened.say(
        "alarm_heard",
        "2026-02-20T09:00Z",
        by="S. Varga",
        event="south-alarm",
        pump_serial=SOUTHERN,
        alarm="EMPTY_RESERVOIR",
        reported_by="Quill's daughter",
    )
    orlok = {"patient_id": "MRN-78", "name": "Orlok, Vashti"}
    mistaken = _registered(IN_ERROR, "South", orlok, "Umbra 9", "17.5")
    opened.say("registered", "2026-02-20T10:00Z", by="S. Varga", event="south-mistake", **mistaken)
    opened.say(
        "corrected",
        "2026-02-20T11:00Z",
        by="S. Varga",
        event="south-correction",
        pump_serial=IN_ERROR,
        target_event_id="south-mistake",
        how="entered_in_error",
        reason="dolorous",
    )
    opened.say("booked", "2026-01-06T09:00Z", by="S. Varga", event="south-booking", **_booked_of(SOUTHERN))
    patient = {"patient_id": "MRN-80", "name": "Umbra, Quill"}
    gone = _registered(GONE, "South", patient, "Umbra 9", "20")
    opened.say("registered", "2025-06-05T08:00Z", by="S. Varga", event="south-gone", **gone)
    for at in ("2025-06-05T09:00Z", "2025-12-05T09:00Z"):
        opened.say("refilled", at, by="S. Varga", event="south-late" if at > "2025-12" else None, pump_serial=GONE)
    left = {"reason": "transferred", "to_clinic": "Umbra"}
    opened.say("retired", "2026-01-05T09:00Z", by="S. Varga", pump_serial=GONE, **left)
    opened.at(date(2026, 2, 21))
    rows = sheet(
        folder / "sunken.csv",
        {"Pump serial": SOUTHERN, "MRN": "MRN-77", "Patient": "Quill, Sable", "Concentration": "2000"},
        {"Pump serial": "", "MRN": "MRN-79", "Patient": "Vashti", "Drug": "zanzibar"},
    )
    opened.desk.import_sheet(rows, by="S. Varga", seen=opened.head(), accept_good_rows=True)


def test_the_words_of_the_south_are_in_what_everybody_else_reads(two: Two) -> None:
    """Otherwise the tests below would look for what is nowhere."""
    stories = [two.whole.story(serial) for serial in (SOUTHERN, IN_ERROR)]
    found = "\n".join(texts_in([two.whole.board(), *stories]))
    assert [word for word in TELLING if word not in found] == []


# --- what is asked, and what may come back ---

Asked = Callable[[Two], object]


def _alarm(two: Two, serial: str = SOUTHERN) -> AnyEntry:
    return two.said("alarm_heard", serial, alarm="OTHER")


def _own(two: Two, kind: str, **fields: Any) -> AnyEntry:
    """An entry about a pump of the North that names something of the South."""
    return two.said(kind, NORTHERN, **fields)


def _registration(two: Two, serial: str, site: str | None) -> AnyEntry:
    return two.said("registered", serial, clinic_site=site)


def _entries(two: Two) -> dict[str, AnyEntry]:
    """Entries about the pump of the South, and entries that would reach it by a side way."""
    replaced = {**USUAL["registered"], "kind": "registered", "happened_at": "2026-03-02T09:00Z"}
    northern = {"target_event_id": f"registration of {NORTHERN}", "how": "replaced"}
    return {
        "call": _alarm(two),
        "call, other capitals": _alarm(two, " sx555 001"),
        "call, mistaken pump": _alarm(two, IN_ERROR),
        "fill": two.said("refilled"),
        "programme": two.said("reprogrammed", programme={"mode": "stopped"}),
        "put off": two.said("deferred", volume_left_ml="11"),
        "retired": two.said("retired", reason="explanted"),
        "call about it": two.said("contacted", outcome="no_answer"),
        "visit booked": two.said("booked", booking={"visit_on": "2026-04-20"}),
        "own, southern booking": _own(two, "booking_changed", booking_event_id="south-booking", change="cancelled"),
        "own, southern near miss": _own(two, "near_miss_explained", visit_event_id="south-late", cause="planned"),
        "transfer confirmed": two.said("transfer_confirmed", GONE, receiving_clinic="x", confirmed_by="x"),
        "alarm closed": two.said("alarm_closed", alarm_event_id="south-alarm"),
        "alarm taken on": two.said("alarm_taken_on", alarm_event_id="south-alarm", owner="Nora Ness"),
        "corrected": two.said("corrected", target_event_id="south-fill", how="entered_in_error"),
        "moved here": two.said(
            "corrected",
            target_event_id="south-registration",
            how="replaced",
            replacement={**replaced, "pump_serial": SOUTHERN, "clinic_site": "North"},
        ),
        "registered again": _registration(two, SOUTHERN, "North"),
        "registered again at no site": _registration(two, SOUTHERN, None),
        "mistaken one registered again": _registration(two, IN_ERROR, "North"),
        "registered in the South": _registration(two, "NEW1", "South"),
        "own moved to the South": _own(
            two,
            "corrected",
            replacement={**replaced, "pump_serial": NORTHERN, "clinic_site": "South"},
            **northern,
        ),
        "own, southern alarm": _own(two, "alarm_closed", alarm_event_id="south-alarm"),
        "own, southern alarm taken on": _own(two, "alarm_taken_on", alarm_event_id="south-alarm", owner="Nora"),
        "own, southern entry": _own(two, "corrected", target_event_id="south-fill", how="entered_in_error"),
    }


ENTRIES = (
    *("call about it", "visit booked", "own, southern booking", "own, southern near miss", "transfer confirmed"),
    *("call", "call, other capitals", "call, mistaken pump", "fill", "programme", "put off", "retired"),
    *(
        "alarm closed",
        "alarm taken on",
        "own, southern alarm taken on",
        "corrected",
        "moved here",
        "registered again",
        "registered again at no site",
    ),
    *("mistaken one registered again", "registered in the South", "own moved to the South"),
    *("own, southern alarm", "own, southern entry"),
)


def _refused(two: Two, ask: Callable[[], object]) -> None:
    """It is refused, as an entry or as an act, and the refusal tells nothing."""
    head = two.whole.head()
    with pytest.raises((EntryRefused, NotAllowed)) as refusal:
        ask()
    assert_tells_nothing(refusal.value)
    assert two.whole.head() == head


def _each_entry(ask: Callable[[Two, AnyEntry], object]) -> Asked:
    def asked(two: Two) -> None:
        entries = _entries(two)
        assert set(entries) == set(ENTRIES)
        for entry in entries.values():
            _refused(two, lambda entry=entry: ask(two, entry))  # type: ignore[misc]

    return asked


def _each_pump(ask: Callable[[Two, str], object]) -> Asked:
    """By the ids of both southern pumps, and of what is said about no pump."""

    def asked(two: Two) -> None:
        for pump_id in (two.pump_id(), two.pump_id(IN_ERROR), "clinic"):
            _refused(two, lambda pump_id=pump_id: ask(two, pump_id))  # type: ignore[misc]

    return asked


def _each_serial(ask: Callable[[Two, str], object]) -> Asked:
    def asked(two: Two) -> None:
        for serial in (SOUTHERN, "sx555001 ", IN_ERROR):
            _refused(two, lambda serial=serial: ask(two, serial))  # type: ignore[misc]
            assert_sounds_like_nothing_there(two, lambda serial: ask(two, serial), serial)

    return asked


def assert_sounds_like_nothing_there(two: Two, ask: Callable[[str], object], serial: str) -> None:
    """The same sentence as for a serial that is nowhere."""
    sentences = []
    for one in (serial, "NOWHERE9"):
        with pytest.raises(EntryRefused) as refusal:
            ask(one)
        sentences.append(str(refusal.value).replace(one, "it"))
    assert sentences[0] == sentences[1]


def _access_lines(two: Two) -> None:
    for serial in (NORTHERN, SOUTHERN):
        two.whole.opened_story(two.whole.pump_id(serial), by="M. Keller")
    day = two.whole.today()
    assert SOUTHERN in [line.about for line in two.whole.access_lines(day, day)]
    seen = two.desk.access_lines(day, day)
    assert NORTHERN in [line.about for line in seen]
    assert_tells_nothing(seen)
    assert two.pump_id() not in [line.pump_id for line in seen]
    assert two.desk.access_lines(day, day, pump_id=two.pump_id()) == ()


def _board(two: Two) -> None:
    for on in (None, date(2026, 2, 20), date(2026, 12, 1)):
        board = two.desk.board(on)
        assert_tells_nothing(board)
        assert sorted(row.pump_serial for row in board.rows) == [NORTHERN, OF_NO_SITE]
        assert sum(board.counts.values()) == 2
        assert board.open_rows == ()


def _call_list(two: Two) -> None:
    for on in (None, date(2026, 2, 20), date(2026, 12, 1)):
        listed = two.desk.call_list(on)
        assert_tells_nothing(listed)
        assert sorted(row.pump_serial for row in listed.rows) == [NORTHERN, OF_NO_SITE]
        assert listed.transfers == ()
    (transfer,) = two.whole.call_list().transfers
    assert transfer.pump_serial == GONE


def _near_misses(two: Two) -> None:
    assert [one.pump_serial for one in two.whole.near_misses(date(2020, 1, 1))] == [GONE]
    assert two.desk.near_misses(date(2020, 1, 1)) == ()


def _pumps(two: Two) -> None:
    cards = two.desk.pumps()
    assert_tells_nothing(cards)
    assert [card.pump_serial for card in cards] == [NORTHERN, OF_NO_SITE]


def _alarms(two: Two) -> None:
    alarms = two.desk.alarms()
    assert_tells_nothing(alarms)
    assert (alarms.open, alarms.replacements, alarms.scans) == ((), (), ())


def _alarm_responses(two: Two) -> None:
    assert two.desk.alarm_responses(date(2026, 1, 1), date(2026, 12, 31)) == []


def _find_pump(two: Two) -> None:
    for typed in ("", SOUTHERN, "Quill"):
        found = two.desk.find_pump(typed)
        assert_tells_nothing(found)
        assert found.meant is None
    assert two.desk.find_pump(NORTHERN).meant is not None
    _refused(two, lambda: two.desk.find_pump(f"]d2{'21'}{SOUTHERN}"))


def _seen_of(two: Two) -> None:
    _refused(two, lambda: two.desk.seen_of(_alarm(two)))
    _refused(two, lambda: two.desk.seen_of(_registration(two, SOUTHERN, "North")))
    assert two.desk.seen_of(_alarm(two, "NOWHERE9")) == 0


def _bridge(two: Two) -> None:
    standing = two.whole.story(SOUTHERN).state.standing
    assert standing is not None
    for pump_id in (two.pump_id(), two.pump_id(IN_ERROR), "clinic"):
        _refused(two, lambda pump_id=pump_id: two.desk.bridge_for(pump_id, standing))  # type: ignore[misc]


def _without_bridge(two: Two) -> None:
    standing = two.whole.story(SOUTHERN).state.standing
    assert standing is not None
    for pump_id in (two.pump_id(), two.pump_id(IN_ERROR), "clinic"):
        _refused(
            two,
            lambda pump_id=pump_id: two.desk.without_bridge_says(  # type: ignore[misc]
                pump_id, standing, standing.concentration_mcg_per_ml * 2, standing.programme
            ),
        )


def _record(event_id: str | None) -> Callable[[Two, AnyEntry], object]:
    return lambda two, entry: two.desk.record(
        entry, by=two.person.name, seen=two.whole.seen_of(entry), event_id=event_id
    )


def _recorded(two: Two) -> None:
    for event_id in (None, "form-1", "south-fill"):
        _each_entry(_record(event_id))(two)


def _record_bookings(two: Two) -> None:
    """One of another site among one's own: neither is booked."""
    for theirs in (SOUTHERN, IN_ERROR, GONE):
        said = [two.said("booked", serial, booking={"visit_on": "2026-04-20"}) for serial in (NORTHERN, theirs)]
        seen = {two.pump_id(serial): two.whole.seen(two.pump_id(serial)) for serial in (NORTHERN, theirs)}
        _refused(
            two,
            lambda said=said, seen=seen: two.desk.record_bookings(  # type: ignore[misc]
                said, by=two.person.name, seen=seen, press_id="press"
            ),
        )


def _second_check(two: Two, entry: AnyEntry) -> object:
    return two.desk.second_check(
        entry, event_id="form-1", session_id=two.session_id, sign_in_name="ida", secret=PASSWORD
    )


def _import(two: Two) -> None:
    rows = sheet(two.folder / "north.csv", {"Pump serial": SOUTHERN, "MRN": "P-1", "Visit date": "2026-01-05"})
    for dry_run in (True, False):
        seen = two.whole.head().sequence
        _refused(
            two,
            lambda seen=seen, dry_run=dry_run: two.desk.import_sheet(  # type: ignore[misc]
                rows, by=two.person.name, seen=seen, accept_good_rows=True, dry_run=dry_run
            ),
        )


def _dismiss(two: Two) -> None:
    assert len(two.whole.board().open_rows) == 2
    for row in two.whole.board().open_rows:
        for owner in (two.pump_id(), "clinic"):
            seen = two.whole.logbook.latest(owner)
            _refused(
                two,
                lambda row=row, seen=seen: two.desk.dismiss_row(  # type: ignore[misc]
                    row.event_id, "elsewhere", by=two.person.name, seen=seen
                ),
            )


def _counts_of_the_log(two: Two) -> None:
    """How long the whole log is, and its hash: what proves it. Nothing of any one entry."""
    assert_tells_nothing([two.desk.verify(), two.desk.head()])


def _calendar(two: Two) -> None:
    for on in (None, date(2026, 2, 20)):
        assert_tells_nothing(two.desk.calendar(on))


def _plan_days(two: Two) -> None:
    _refused(two, lambda: two.desk.plan_days(closure(), by=two.person.name, seen=two.desk.calendar().latest))


def _assert_paper_tells_nothing(papers: Papers) -> None:
    assert papers.pumps_count == 2
    for name, content in papers.files.items():
        words = " ".join(pages_of(content)) if name.endswith(".pdf") else content.decode()
        assert NORTHERN in words
        assert [word for word in (*TELLING, SOUTHERN, IN_ERROR) if word in words] == []


def _digest(two: Two) -> None:
    for on in (None, date(2026, 2, 20)):
        _assert_paper_tells_nothing(two.desk.digest(on, by=""))


def _calendar_feed(two: Two) -> None:
    for site in (None, "North", "South", " south "):
        papers = two.desk.calendar_feed(by="", site=site)
        (content,) = papers.files.values()
        assert papers.pumps_count == {None: 2, "North": 1}.get(site, 0)
        assert [word for word in (*TELLING, SOUTHERN, NORTHERN) if word in content.decode()] == []
        assert reference_of(two.pump_id()) not in content.decode()


def _downtime_pack(two: Two) -> None:
    _assert_paper_tells_nothing(two.desk.downtime_pack(by="", forms_count=1))


def _export_views(two: Two) -> None:
    papers = two.desk.export_views(by="")
    assert papers.pumps_count == 2
    words = " ".join(
        str(pq.read_table(io.BytesIO(content)).to_pylist())
        for name, content in papers.files.items()
        if name.endswith(".parquet")
    )
    assert NORTHERN in words
    assert [word for word in (*TELLING, SOUTHERN, IN_ERROR) if word in words] == []


def _export_deidentified(two: Two) -> None:
    papers = two.desk.export_deidentified(by="")
    assert papers.pumps_count == 2
    assert papers.files["pump.csv"].count(b"\n") == 1 + 2
    words = " ".join(content.decode("latin-1") for content in papers.files.values())
    assert [word for word in (*TELLING, SOUTHERN, NORTHERN, IN_ERROR) if word in words] == []


def _audit(two: Two) -> None:
    whole = AuditFilter(date(2025, 1, 1), date(2027, 1, 1))
    report = two.desk.audit(whole, by="")
    assert NORTHERN in report.column("pump_serial")
    assert_tells_nothing(report.rows)
    for asked in (replace(whole, pump_serial=SOUTHERN), replace(whole, site="South")):
        _refused(two, lambda asked=asked: two.desk.audit(asked, by=""))  # type: ignore[misc]


def _clinic_report(two: Two) -> None:
    for kind in ReportKind:
        asked = ReportAsked(kind, date(2025, 1, 1), date(2027, 1, 1), serial_from="0")
        report = two.desk.clinic_report(asked, by="")
        assert_tells_nothing([report.rows, list(report.facts), [one.spec for one in report.charts]])
        assert_tells_nothing(two.desk.clinic_report(replace(asked, site="South"), by="").rows)
        assert kind not in (ReportKind.RECALL, ReportKind.CASELOAD) or report.rows


def _export_report(two: Two) -> None:
    report = two.desk.audit(AuditFilter(date(2025, 1, 1), date(2027, 1, 1)), by="")
    files = two.desk.export_report(report, [ReportFormat.CSV, ReportFormat.JSON], by="").files
    assert_tells_nothing([content.decode() for content in files.values()])


def _export_fhir(two: Two) -> None:
    _each_serial(lambda two, serial: two.desk.export_fhir(by="", pump_serial=serial))(two)
    papers = two.desk.export_fhir(by="", first=date(2020, 1, 1), last=date(2030, 1, 1))
    (content,) = papers.files.values()
    assert papers.pumps_count == 2
    assert NORTHERN in content.decode()
    assert [word for word in (*TELLING, SOUTHERN, IN_ERROR) if word in content.decode()] == []


def _try_closure(two: Two) -> None:
    closing = two.desk.try_closure(date(2026, 3, 1), date(2027, 2, 1))
    assert_tells_nothing(closing)
    assert {one.row.pump_serial for one in closing.caught} == {NORTHERN, OF_NO_SITE}


def _order(two: Two) -> None:
    lines = two.desk.order(days_count=400)
    assert_tells_nothing(lines)
    assert sum(line.visits_count for line in lines) == 2


def _draft(pump_id: str) -> Draft:
    return Draft("refilled", pump_id, "form-1", NOON, NOON, 0, 1, 1, {"note": "typed"})


def _keep_draft(two: Two) -> None:
    _each_pump(lambda two, pump_id: two.desk.keep_draft(_draft(pump_id), by=two.person.name))(two)
    assert two.whole.logbook.kept(Shelf.DRAFT) == {}


def _drafts(two: Two) -> None:
    """What was begun about a pump that is another site's since: neither told nor lost."""
    owner = owner_of(two.person, two.person.name)
    draft = _draft(two.pump_id())
    two.whole.logbook.keep([kept_draft(owner, draft)])
    assert two.desk.drafts(by=two.person.name) == []
    two.whole.logbook.keep([no_draft(owner, draft)])


def _discard_draft(two: Two) -> None:
    assert_tells_nothing(two.desk.discard_draft("south-fill", by=two.person.name))


SCOPED: Mapping[str, Asked] = {
    "board": _board,
    "call_list": _call_list,
    "near_misses": _near_misses,
    "pumps": _pumps,
    "find_pump": _find_pump,
    "pump_id": _each_serial(lambda two, serial: two.desk.pump_id(serial)),
    "story": _each_serial(lambda two, serial: two.desk.story(serial)),
    "story_of": _each_pump(lambda two, pump_id: two.desk.story_of(pump_id)),
    "drawn_against_expected": _each_pump(
        lambda two, pump_id: two.desk.drawn_against_expected(pump_id, Decimal(2), at=two.whole.now())
    ),
    "seen": _each_pump(lambda two, pump_id: two.desk.seen(pump_id)),
    "seen_of": _seen_of,
    "said_since": _each_pump(lambda two, pump_id: two.desk.said_since(pump_id, 0)),
    "bridge_for": _bridge,
    "alarms": _alarms,
    "alarms_of": _each_pump(lambda two, pump_id: two.desk.alarms_of(pump_id)),
    "alarm_responses": _alarm_responses,
    "without_bridge_says": _without_bridge,
    "calendar": _calendar,
    "plan_days": _plan_days,
    "plan": lambda two: _refused(two, two.desk.plan),
    "try_closure": _try_closure,
    "order": _order,
    "what_if": _each_pump(lambda two, pump_id: two.desk.what_if(pump_id, Tried())),
    "patient_card": _each_pump(lambda two, pump_id: two.desk.patient_card(pump_id)),
    "visit_file": _each_pump(lambda two, pump_id: two.desk.visit_file(pump_id)),
    "opened_story": _each_pump(lambda two, pump_id: two.desk.opened_story(pump_id, by="")),
    "printed_board": lambda two: assert_tells_nothing(two.desk.printed_board(two.desk.board(), by="")),
    "access_lines": _access_lines,
    "opened_board": lambda two: assert_tells_nothing(two.desk.opened_board()),
    "digest": _digest,
    "downtime_pack": _downtime_pack,
    "audit": _audit,
    "clinic_report": _clinic_report,
    "export_report": _export_report,
    "tell_paper_in_place": lambda two: assert_tells_nothing(two.desk.tell_paper_in_place("digest")),
    "tell_paper_failed": lambda two: assert_tells_nothing(two.desk.tell_paper_failed("digest", "no room")),
    "papers": lambda two: assert_tells_nothing(two.desk.papers()),
    "back_up": lambda two: _refused(two, lambda: two.desk.back_up(by="")),
    "last_backup": lambda two: _refused(two, two.desk.last_backup),
    "examine": lambda two: _refused(two, two.desk.examine),
    "is_part_of": lambda two: assert_tells_nothing(two.desk.is_part_of(two.whole.head())),
    "tell_restored": lambda two: _refused(
        two, lambda: two.desk.tell_restored(Restored(EMPTY, None, 0, ""), by=two.person.name)
    ),
    "calendar_feed": _calendar_feed,
    "export_views": _export_views,
    "export_fhir": _export_fhir,
    "export_deidentified": _export_deidentified,
    "verify": _counts_of_the_log,
    "head": _counts_of_the_log,
    "signed_head": lambda two: assert_tells_nothing(two.desk.signed_head()),
    "preview": _each_entry(lambda two, entry: two.desk.preview(entry, by=two.person.name)),
    "record": _recorded,
    "record_bookings": _record_bookings,
    "second_check": _each_entry(_second_check),
    "import_sheet": _import,
    "dismiss_row": _dismiss,
    "keep_draft": _keep_draft,
    "drafts": _drafts,
    "discard_draft": _discard_draft,
}


def test_every_public_method_of_the_desk_is_asked_about_the_south() -> None:
    assert set(SCOPED) == set(public_methods()) - set(TOUCHES_NO_PUMP)


@pytest.mark.parametrize("name", SCOPED)
def test_no_method_tells_of_a_pump_of_another_site_or_counts_it(name: str, two: Two) -> None:
    SCOPED[name](two)


def texts_in(value: object) -> Iterator[str]:
    """Every text that can be reached from a value, whatever holds it."""
    todo, met = [value], []
    known: set[int] = set()
    while todo:
        one = todo.pop()
        if id(one) in known or (callable(one) and not isinstance(one, BaseException)):
            continue
        known.add(id(one))
        met.append(one)  # kept, so that no other value takes its id
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            todo += [*one, *one.values()]
        elif isinstance(one, tuple | list | set | frozenset):
            todo += one
        else:
            slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
            todo += [getattr(one, name) for name in (*getattr(one, "__dict__", ()), *slots) if hasattr(one, name)]
            if isinstance(one, BaseException):
                todo += [*one.args, one.__cause__, one.__context__]
            elif not slots:
                todo.append(repr(one))


def assert_tells_nothing(value: object) -> None:
    texts = "\n".join(texts_in(value))
    assert [word for word in TELLING if word in texts] == []
    if not isinstance(value, PumplogError):  # a refusal may repeat the serial that was asked for
        assert [word for word in (SOUTHERN, IN_ERROR) if word in texts] == []


def test_every_text_that_can_be_reached_is_looked_at(two: Two) -> None:
    """The search itself finds words in all that a desk hands over, however deep."""
    story = two.whole.story(SOUTHERN)
    for value in (story, story.state, story.outlook, two.whole.board(), two.whole.pumps(), EntryRefused()):
        found = "\n".join(texts_in(value))
        assert ("Quill" in found) == (not isinstance(value, EntryRefused))
    with pytest.raises(AssertionError):
        assert_tells_nothing(two.whole.said_since(two.pump_id(), 0))


# --- by name ---


def test_a_serial_that_exists_elsewhere_is_refused_without_saying_whose(two: Two) -> None:
    entry = _registration(two, SOUTHERN, "North")
    with pytest.raises(EntryRefused) as refusal:
        two.desk.record(entry, by=two.person.name, seen=0)
    assert [fault.field for fault in refusal.value.faults] == ["pump_serial"]
    assert "not yours" in str(refusal.value)
    assert_tells_nothing(refusal.value)


def test_a_pump_without_a_site_is_on_everybodys_board(two: Two) -> None:
    ulla = two.whole.as_person(two.staff.known("Ulla Sund"))
    assert sorted(row.pump_serial for row in ulla.board().rows) == [OF_NO_SITE, SOUTHERN]
    assert ulla.story(OF_NO_SITE).outlook.pump_serial == OF_NO_SITE
    assert sorted(row.pump_serial for row in two.whole.board().rows) == [NORTHERN, OF_NO_SITE, SOUTHERN]


def test_every_active_pump_is_on_the_board_of_somebody(two: Two) -> None:
    boards = [two.whole.as_person(two.staff.known(name)).board() for name in ("Nora Ness", "Ulla Sund")]
    seen = {row.pump_serial for board in boards for row in board.rows}
    assert seen == {row.pump_serial for row in two.whole.board().rows}


def test_an_event_of_another_pump_is_not_handed_out_under_its_id(two: Two) -> None:
    for entry in (_alarm(two, NORTHERN), _registration(two, "NEW1", "North")):
        _refused(
            two,
            lambda entry=entry: two.desk.record(  # type: ignore[misc]
                entry, by=two.person.name, seen=two.whole.seen_of(entry), event_id="south-fill"
            ),
        )


def test_a_second_checker_of_another_site_signs_nothing_here(two: Two) -> None:
    with pytest.raises(NotAllowed, match="may not be a second checker here"):
        two.desk.second_check(
            _alarm(two, NORTHERN),
            event_id="form-1",
            session_id=two.session_id,
            sign_in_name="ulla",
            secret=PASSWORD,
        )


def test_a_pump_that_moves_is_seen_where_it_is_and_no_longer_where_it_was(tmp_path: Path) -> None:
    with cheap_passwords(), Clinic(tmp_path).open() as opened:
        opened.register(NORTHERN, clinic_site="North", event=f"registration of {NORTHERN}")
        opened.say("refilled", "2026-01-05T09:00Z", pump_serial=NORTHERN)
        usual = {"kind": "registered", "happened_at": "2026-01-05T08:00Z", "pump_serial": NORTHERN}
        opened.say(
            "corrected",
            "2026-02-01T09:00Z",
            pump_serial=NORTHERN,
            target_event_id=f"registration of {NORTHERN}",
            how="replaced",
            replacement={**USUAL["registered"], **usual, "clinic_site": "South"},
        )
        staff = Staff(opened)
        boards = {
            site: opened.desk.as_person(staff.add(f"{site} Nurse", Role.VIEWER, sites=(site,))).board()
            for site in ("North", "South")
        }
        assert {site: len(board.rows) for site, board in boards.items()} == {"North": 0, "South": 1}
        staff.later(days=1)
        past = opened.desk.as_person(staff.known("North Nurse")).board(opened.desk.today() - timedelta(days=30))
        assert past.rows == ()
