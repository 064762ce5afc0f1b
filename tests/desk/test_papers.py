"""What the desk puts on paper, read from the paper: every pump once, why, how to reach them; who looked when."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pumplog.desk import Papers
from pumplog.exports.words import RISK_SAYS, TIER_WORDS
from pumplog.outlook import Tier
from pumplog.people import Role
from pumplog.screens import palette, wording
from tests.exports.paper import bookmarks_of, pages_of, signs_off_the_paper
from tests.people.staff import Staff, cheap_passwords
from tests.stories.clinic import USUAL, Clinic, Opened

HOSTILE = '<script>alert(1)</script> & "Ωμέγα" #import *x*'
TUESDAY = date(2026, 5, 5)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with Clinic(tmp_path).open() as one:
        yield one


def patient(name: str, phone: str | None = "020 7946 0100") -> dict[str, str | None]:
    return {"patient_id": f"P-{name[:3]}", "name": name, "phone": phone}


def filled_clinic(opened: Opened) -> None:
    """One pump expected empty, one due soon, one on track with its visit booked, one with an open alarm."""
    for serial, name, filled, volume in (
        ("EMPTY001", "Example, Ada", "2026-01-05T09:00Z", "20"),
        ("SOON0001", HOSTILE, "2026-01-20T09:00Z", "20"),
        ("TRACK001", "Tranquil, Uma", "2026-05-04T09:00Z", "20"),
        ("ALARM001", "Klaxon, Bo", "2026-05-04T09:30Z", "20"),
    ):
        opened.register(serial, patient=patient(name))
        booked = {"next_visit_on": "2026-08-03"} if serial == "TRACK001" else {}
        opened.say("refilled", filled, pump_serial=serial, volume_after_fill_ml=volume, **booked)
    opened.say("alarm_heard", "2026-05-04T12:00Z", pump_serial="ALARM001", alarm="MOTOR_STALL", reported_by="mother")
    opened.at(date(2026, 5, 20))


def texts(papers: Papers) -> dict[str, str]:
    """By ending, the words of each file as a reader sees them."""
    found = {}
    for name, content in papers.files.items():
        ending = name.rpartition(".")[2]
        if ending == "pdf":
            found[ending] = " ".join(pages_of(content))
        elif ending == "html":
            reader = _Words()
            reader.feed(content.decode())
            found[ending] = " ".join(" ".join(reader.words).split())
        else:
            found[ending] = " ".join(content.decode().replace("*** ", "").split())
    return found


class _Words(HTMLParser):
    """The words of a page, and every tag in it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)


# --- the digest ---


def test_each_form_of_the_digest_has_every_red_and_due_pump_with_its_reasons_and_number(opened: Opened) -> None:
    filled_clinic(opened)
    board = opened.desk.board()
    for ending, words in texts(opened.desk.digest(by="M. Keller")).items():
        for row in board.rows:
            if row.tier is Tier.ON_TRACK:
                continue
            assert row.pump_serial in words, ending
            assert all(" ".join(reason.split()) in words for reason in row.reasons), ending
            assert " ".join((row.patient_name or "").split()) in words, ending
        assert "020 7946 0100" in words
        assert "Motor stall, heard 4 May 2026, 12:00, told by mother" in words


def test_a_pump_that_waits_for_nothing_and_is_booked_is_on_no_list(opened: Opened) -> None:
    filled_clinic(opened)
    for words in texts(opened.desk.digest(by="M. Keller")).values():
        assert "TRACK001" not in words


def test_calls_and_bookings_that_wait_have_lists_of_their_own(opened: Opened) -> None:
    for serial in ("MISSED01", "AGAIN001", "SILENT01"):
        opened.register(serial, patient=patient(f"Name of {serial}"))
        opened.say("refilled", "2026-03-02T09:00Z", pump_serial=serial)
    opened.say("booked", "2026-03-03T09:00Z", pump_serial="MISSED01", booking={"visit_on": "2026-04-01"})
    said = {"outcome": "call_again", "remind_on": "2026-04-07", "called_by": "S. Varga"}
    opened.say("contacted", "2026-03-03T10:00Z", pump_serial="AGAIN001", **said)
    opened.at(date(2026, 4, 7))
    for words in texts(opened.desk.digest(by="x")).values():
        assert "The visit of Wednesday 1 Apr 2026 was missed or passed, and nobody has followed it up." in words
        assert "To be called again from Tuesday 7 Apr 2026." in words
        assert "Last call 3 Mar 2026, 10:00 by S. Varga: call again." in words
        assert "No call is on record." in words


def test_a_pump_that_left_for_a_clinic_is_told_until_that_clinic_confirms_it(opened: Opened) -> None:
    opened.register("LEFT0001", patient=patient("Wander, Kay"))
    left = {"reason": "transferred", "to_clinic": "South"}
    opened.say("retired", "2026-03-02T09:00Z", pump_serial="LEFT0001", **left)
    opened.at(date(2026, 4, 7))
    for words in texts(opened.desk.digest(by="x")).values():
        assert "Wander, Kay (pump LEFT0001, patient" in words
        assert "Left for South on Monday 2 Mar 2026, which has not confirmed that it has the pump." in words
        assert "020 7946 0100" in words
    confirmed = {"receiving_clinic": "South", "confirmed_by": "their nurse"}
    opened.say("transfer_confirmed", "2026-04-07T13:00Z", pump_serial="LEFT0001", **confirmed)
    words = texts(opened.desk.digest(by="x"))["txt"]
    assert "LEFT0001" not in words
    assert "No pump has left for a clinic that has not confirmed it." in words


def test_the_first_page_is_what_to_do_first_worst_first(opened: Opened) -> None:
    filled_clinic(opened)
    made = opened.desk.digest(by="M. Keller")
    first = pages_of(made.files["digest-2026-05-20.pdf"])[0]
    assert first.index("What to do first") < first.index("EMPTY001") < first.index("ALARM001")
    levels = bookmarks_of(made.files["digest-2026-05-20.pdf"])
    assert [words for level, words in levels if level == 0][:4] == [
        "What to do first",
        "Red",
        "Due soon",
        "Open alarms",
    ]


def test_what_a_person_typed_is_escaped_in_the_web_page_and_nothing_is_fetched(opened: Opened) -> None:
    filled_clinic(opened)
    page = opened.desk.digest(by="<b>M. Keller</b>").files["digest-2026-05-20.html"].decode()
    reader = _Words()
    reader.feed(page)
    assert {"script", "img", "link", "iframe", "b"} & set(reader.tags) == {"b"}
    assert page.count("<b>") == page.count("</b>")
    assert all(link.startswith("tel:") for link in reader.links)
    assert "&lt;script&gt;" in page


def test_lines_of_the_text_fit_an_e_mail(opened: Opened) -> None:
    filled_clinic(opened)
    lines = opened.desk.digest(by="M. Keller").files["digest-2026-05-20.txt"].decode().splitlines()
    assert max(map(len, lines)) <= 78
    assert not any(sign < " " for line in lines for sign in line)


def test_names_of_files_tell_of_a_day_alone(opened: Opened) -> None:
    filled_clinic(opened)
    files = [*opened.desk.digest(TUESDAY, by="x").files, *opened.desk.downtime_pack(by="x", forms_count=1).files]
    assert files == [
        "digest-2026-05-05.html",
        "digest-2026-05-05.txt",
        "digest-2026-05-05.pdf",
        "downtime-pack-2026-05-20.pdf",
    ]


def test_an_empty_clinic_has_a_digest_and_a_pack(opened: Opened) -> None:
    assert "No pump is red." in texts(opened.desk.digest(by="x"))["txt"]
    assert "No pump is on record." in texts(opened.desk.downtime_pack(by="x", forms_count=1))["pdf"]


def test_paper_says_a_tier_in_the_words_and_signs_of_the_screen() -> None:
    assert {tier.value: words for tier, words in TIER_WORDS.items()} == {
        tier: f"{look.symbol} {look.word}" for tier, look in palette.TIERS.items()
    }


# --- who looked ---


def said_of_looking(opened: Opened, on: date | None = None) -> str:
    return texts(opened.desk.digest(on, by="x"))["txt"]


def begun_on_monday(opened: Opened) -> None:
    """A clinic whose log begins on Monday 4 May 2026."""
    opened.clinic.now = datetime(2026, 5, 4, 8, tzinfo=UTC)
    opened.say_now("registered", "2026-05-04T07:00Z")


def test_says_loudly_when_nobody_opened_the_board_on_a_working_day(opened: Opened) -> None:
    begun_on_monday(opened)
    opened.at(date(2026, 5, 6))
    words = said_of_looking(opened)
    assert "NOBODY OPENED THE BOARD ON A WORKING DAY. Tuesday 5 May 2026: nobody." in words
    assert "Monday 4 May 2026: nobody." in words
    assert "Nobody has opened the board on this day yet" in words


def test_says_nothing_loud_when_somebody_did(opened: Opened) -> None:
    begun_on_monday(opened)
    opened.desk.opened_board(by="M. Keller")
    opened.at(TUESDAY)
    assert "NOBODY" not in said_of_looking(opened)
    opened.desk.opened_board(by="M. Keller")
    assert "The board was opened on this day by M. Keller." in said_of_looking(opened)


def test_a_weekend_is_no_working_day_and_days_before_the_log_began_are_none(opened: Opened) -> None:
    begun_on_monday(opened)
    for day in range(5):
        opened.at(date(2026, 5, 4) + timedelta(days=day))
        opened.desk.opened_board(by="M. Keller")
    opened.at(date(2026, 5, 11))
    assert "NOBODY" not in said_of_looking(opened)


def test_a_day_on_which_the_clinic_is_closed_is_no_working_day(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    (tmp_path / "clinic.toml").write_text('[calendar]\nopen_weekdays = ["tuesday"]\n', "utf-8")
    with clinic.open() as opened:
        begun_on_monday(opened)
        opened.at(TUESDAY)
        assert "NOBODY" not in said_of_looking(opened)
        opened.at(date(2026, 5, 6))
        assert "Tuesday 5 May 2026: nobody." in said_of_looking(opened)


def test_a_past_day_that_is_over_is_asked_about_itself(opened: Opened) -> None:
    begun_on_monday(opened)
    opened.at(date(2026, 5, 6))
    assert "Tuesday 5 May 2026: nobody." in said_of_looking(opened, TUESDAY)


def test_the_making_of_papers_is_no_look_at_the_board(opened: Opened) -> None:
    begun_on_monday(opened)
    opened.desk.digest(by="night")
    opened.desk.downtime_pack(by="night", forms_count=1)
    opened.at(TUESDAY)
    assert "Monday 4 May 2026: nobody." in said_of_looking(opened)


def test_a_look_is_written_once_for_each_person_and_day(tmp_path: Path) -> None:
    with cheap_passwords(), Clinic(tmp_path).open() as opened:
        begun_on_monday(opened)
        staff = Staff(opened)
        for name in ("Nora Ness", "Ulla Sund"):
            desk = opened.desk.as_person(staff.add(name, Role.VIEWER))
            for _ in range(3):
                desk.opened_board()
        opened.at(TUESDAY)
        opened.desk.as_person(staff.known("Nora Ness")).opened_board()
        looked = [(line.by, line.kind) for line in staff.lines() if line.kind == "opened_board"]
        assert looked == [(name, "opened_board") for name in ("Nora Ness", "Ulla Sund", "Nora Ness")]
        nora = staff.known("Nora Ness")
    with Clinic(tmp_path).open() as again:
        again.at(TUESDAY)
        again.desk.as_person(nora).opened_board()
        assert [one.kind for one in again.desk.logbook.access_events()].count("opened_board") == 3


def test_a_site_at_which_nobody_looks_is_named(tmp_path: Path) -> None:
    with cheap_passwords(), Clinic(tmp_path).open() as opened:
        opened.clinic.now = datetime(2026, 5, 4, 8, tzinfo=UTC)
        for serial, site in (("N1", "North"), ("S1", "South")):
            opened.say_now("registered", "2026-05-04T07:00Z", pump_serial=serial, clinic_site=site)
        staff = Staff(opened)
        opened.desk.as_person(staff.add("Nora Ness", Role.VIEWER, sites=("North",))).opened_board()
        opened.at(TUESDAY)
        assert "Monday 4 May 2026: nobody who sees South." in said_of_looking(opened)
        caller = opened.desk.as_person(staff.add("Nils Nord", Role.CALLER, sites=("North",)))
        assert "NOBODY" not in texts(caller.digest(by=""))["txt"]


# --- the downtime pack ---


def test_the_pack_has_every_pump_once_on_the_list_and_once_on_a_card(opened: Opened) -> None:
    filled_clinic(opened)
    (content,) = opened.desk.downtime_pack(by="M. Keller", forms_count=2).files.values()
    pages = pages_of(content)
    for row in opened.desk.board().rows:
        assert sum(page.count(row.pump_serial) for page in pages) == 2
    cards = [words for level, words in bookmarks_of(content) if level == 1 and "pump" in words]
    assert [
        next(row.pump_serial for row in opened.desk.board().rows if row.pump_serial in card) for card in cards
    ] == [row.pump_serial for row in opened.desk.board().rows]
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert list(signs_off_the_paper(content)) == []


def test_a_card_says_what_the_pump_holds_and_does(opened: Opened) -> None:
    opened.register(
        clinic_site="North",
        implant_site="abdomen, left",
        risk_flags=["previous_withdrawal"],
        patient={**patient("Example, Ada"), "date_of_birth": "1980-02-03"},
        pump={**USUAL["registered"]["pump"], "tubing_volume_ml": "0.199", "catheter_cm": "89"},
    )
    fluid = [{"drug": "baclofen", "concentration_mcg_per_ml": "2000", "lot": "L77", "beyond_use_on": "2026-06-01"}]
    opened.say("refilled", "2026-01-05T09:00Z", fluid=fluid)
    steps = [{"hours": "8", "rate_mcg_per_hour": "10"}, {"hours": "16", "rate_mcg_per_hour": "15"}]
    flex = {"mode": "flex", "days": [{"steps": steps}], "max_patient_bolus_mcg_per_day": "40"}
    opened.say("refilled", "2026-03-02T09:00Z", drawn_ml="11.5", fluid=fluid, programme=flex)
    opened.say("alarm_heard", "2026-03-03T09:00Z", alarm="LOW_RESERVOIR")
    words = texts(opened.desk.downtime_pack(by="x", forms_count=1))["pdf"]
    for said in (
        "Example, Ada (pump NGX100001, patient P-Exa)",
        "Phone 020 7946 0100",
        "Born 3 Feb 1980",
        "Site North",
        "SynchroMed II 8637-20, reservoir 20 mL",
        "tubing 0.199 mL, catheter 89 cm",
        "Lies abdomen, left",
        "Alarm volume 2 mL",
        "baclofen 2,000 mcg/mL, lot L77, beyond use 1 Jun 2026",
        "20 mL on 2 Mar 2026, 09:00",
        "From midnight, every day: 8 h at 10 mcg/h; 16 h at 15 mcg/h",
        "Patient boluses: at most 40 mcg/day",
        "Open alarm: Low reservoir, heard 3 Mar 2026, 09:00",
        "Risk: withdrawal before",
        "2 Mar 2026: expected 11.6 mL, drawn 11.5 mL, ratio 1.01: within",
        "Withdrawal class of the drug: high.",
    ):
        assert said in words


def test_the_pack_has_the_clinics_own_numbers_and_says_which_are_missing(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    (tmp_path / "clinic.toml").write_text('zone = "UTC"\nphone = "020 7946 0999"\n', "utf-8")
    with clinic.open() as opened:
        words = texts(opened.desk.downtime_pack(by="x", forms_count=1))["pdf"]
    assert "Clinic 020 7946 0999" in words
    assert "Emergencies not written into clinic.toml" in words


def test_a_blank_form_has_a_place_for_everything_that_a_visit_holds(opened: Opened) -> None:
    (content,) = opened.desk.downtime_pack(by="x", forms_count=2).files.values()
    pages = [page for page in pages_of(content) if "Visit form 2 of 2" in page]
    assert len(pages) == 2
    words = " ".join(pages)
    for asked in (
        *("Patient's name", "Pump serial", "Two identifiers confirmed", "Place", "Refilled by", "Second checker"),
        *("Pump read (interrogated)", "Alarms found", "Elective replacement date", "Drawn, mL", "Appearance"),
        *("Needle", "Attempts", "Programmer says: volume, mL", "Programmer says: alarm date", "put off"),
        *("Drug 1", "Drug 2", "Concentration, mcg/mL", "Lot", "Expiry", "Beyond use", "Injected, mL", "Rinsed"),
        *("Volume after fill, mL", "Left or returned, mL", "Re-measured, mL", "Aspiration checked", "swelling"),
        *("Mode", "Dose", "Flex", "Patient boluses at most", "Alarm volume, mL", "Bridge dose, mcg", "tubing, mL"),
        *("Pump confirmed running", "Alarm date printed by the programmer", "Priming, mL", "Single bolus, mcg"),
        *("Modified Ashworth", "Penn spasms", "severity", "Pain, 0 to 10", "Itch, 0 to 10", "Side effects", "Falls"),
        *("Waste of a controlled drug", "Mass", "Second person", "Next visit", "Teaching done", "Card given"),
        *("Signs of withdrawal and overdose told again", "Typed in as a late entry by", "Signature"),
    ):
        assert asked in words


def test_a_pack_of_long_words_loses_none_of_them(opened: Opened) -> None:
    opened.register(patient={**patient("Q" * 500), "patient_id": "P1"}, pump={**USUAL["registered"]["pump"]})
    (content,) = opened.desk.downtime_pack(by="x", forms_count=1).files.values()
    assert sum(page.count("Q") for page in pages_of(content)) >= 1000
    assert list(signs_off_the_paper(content)) == []


# --- how old they are ---


def test_a_paper_of_the_whole_clinic_has_an_age_and_a_paper_of_a_past_day_has_none(opened: Opened) -> None:
    begun_on_monday(opened)
    opened.desk.digest(date(2026, 5, 3), by="x")
    assert opened.desk.papers()["digest"].made_at is None
    opened.desk.digest(by="x")
    assert opened.desk.papers()["digest"].made_at == opened.clinic.now
    assert opened.desk.papers()["downtime_pack"].made_at is None


def test_a_failed_night_is_kept_until_one_succeeds_and_survives_a_restart(tmp_path: Path) -> None:
    with Clinic(tmp_path).open() as opened:
        begun_on_monday(opened)
        first = opened.clinic.now
        opened.desk.tell_paper_failed("digest", "The folder is full.")
        opened.at(TUESDAY)
        opened.desk.tell_paper_failed("digest", "The folder is still full.")
    with Clinic(tmp_path).open() as again:
        again.at(TUESDAY)
        kept = again.desk.papers()["digest"]
        assert (kept.failed_at, kept.failed_says) == (first, "The folder is still full.")
        again.desk.tell_paper_in_place("digest")
        assert again.desk.papers()["digest"].failed_at is None
        assert again.desk.papers()["digest"].by_night_at == again.clinic.now


def test_going_out_is_written_down_without_a_patient(tmp_path: Path) -> None:
    with cheap_passwords(), Clinic(tmp_path).open() as opened:
        filled_clinic(opened)
        staff = Staff(opened)
        opened.desk.as_person(staff.add("Cara Call", Role.CALLER)).downtime_pack(by="somebody else", forms_count=1)
        line = staff.lines()[-1]
        assert (line.kind, line.about, line.by) == ("paper_made", "downtime_pack", "Cara Call")
        assert line.told == {"pumps_count": 4}


def test_risks_have_the_words_that_screens_know() -> None:
    assert set(RISK_SAYS) == set(wording.RISK_WORDS)
