"""The patient's card: one page, every fact on it, nothing cut; and the calendar file beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from icalendar import Calendar

from pumplog.errors import EntryRefused
from pumplog.exports.patient_card import NOT_SET
from pumplog.reference import load_reference
from tests.exports.paper import pages_of
from tests.stories.clinic import SERIAL, Clinic, Opened

OWN_WORDS = (
    'clinic_name = "Riverside spasticity clinic"\n'
    'phone = "020 7946 0100"\n'
    'emergency_phone = "020 7946 0199"\n'
    'card_says = "Show this card to every doctor who treats you."\n'
)
PATIENT = {"patient_id": "P-0114", "name": "Anna Weber", "date_of_birth": "1970-02-03"}
A4_HEIGHT_POINTS, LETTER_HEIGHT_POINTS, LETTER_WIDTH_POINTS = 841.9, 792, 612
PRINTERS_EDGE_POINTS = 18
"""A quarter of an inch, which no printer is asked to print on."""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A clinic that has written its own numbers and words."""
    on_paper = Clinic(tmp_path).on_paper()
    (tmp_path / "clinic.toml").write_text(OWN_WORDS, "utf-8")
    on_paper.desk.reference = load_reference(tmp_path / "clinic.toml")
    return on_paper


def filled(opened: Opened, *, pump: Mapping[str, Any] | None = None, **fields: Any) -> Opened:
    """A pump of case D1: refill by 28 Apr, alarm 5 May, empty 18 May 2026."""
    told: dict[str, Any] = {"patient": PATIENT, **({"pump": pump} if pump else {})}
    opened.register(SERIAL, **told)
    opened.say("refilled", "2026-01-05T09:00Z", **fields)
    return opened


def card(opened: Opened) -> str:
    """The words of the card, which is one page."""
    (page,) = pages_of(opened.desk.patient_card(opened.desk.pump_id(SERIAL)).content)
    return page


def edges(content: bytes) -> tuple[float, float, float, float]:
    """How far the signs of the one page reach: left, right, and from its top to the highest and the lowest."""
    document = pypdfium2.PdfDocument(content)
    try:
        (page,) = document
        assert page.get_size()[1] == pytest.approx(A4_HEIGHT_POINTS, abs=1)
        words = page.get_textpage()
        boxes = [words.get_charbox(place) for place in range(words.count_chars())]
        drawn = [box for box in boxes if box[2] > box[0]]
        top = page.get_size()[1]
        lefts, bottoms, rights, tops = zip(*drawn, strict=True)
        return min(lefts), max(rights), top - max(tops), top - min(bottoms)
    finally:
        document.close()


def assert_fits(content: bytes) -> None:
    """Everything lies within A4 and, printed from its upper left corner, within Letter."""
    left, right, highest, lowest = edges(content)
    assert left >= PRINTERS_EDGE_POINTS
    assert highest >= PRINTERS_EDGE_POINTS
    assert right <= LETTER_WIDTH_POINTS - PRINTERS_EDGE_POINTS
    assert lowest <= LETTER_HEIGHT_POINTS - PRINTERS_EDGE_POINTS


def test_the_card_says_what_is_in_the_pump_until_when_and_whom_to_ring(opened: Opened) -> None:
    said = card(filled(opened, next_visit_on="2026-04-21"))
    for words in (
        "Anna Weber, born 3 Feb 1970",
        f"SynchroMed II 8637-20, serial {SERIAL}",
        "baclofen 2,000 mcg/mL",
        "300 mcg/day",
        "5 Jan 2026",
        "Next refill by 28 Apr 2026",
        "5 May 2026",
        "18 May 2026",
        "Tuesday, 21 Apr 2026",
        "The clinic 020 7946 0100",
        "In an emergency 020 7946 0199",
        "Show this card to every doctor who treats you.",
        "by Riverside spasticity clinic",
    ):
        assert words in said


def test_the_signs_of_too_little_and_too_much_are_listed_and_called_unverified(opened: Opened) -> None:
    said = card(filled(opened))
    drug = opened.desk.reference.drug("baclofen")
    assert drug.withdrawal is not None
    assert drug.overdose is not None
    for sign in (*drug.withdrawal.signs, *drug.overdose.signs):
        assert sign in said
    assert "Severe forms progress over 1 to 3 days." in said
    assert said.count("unverified") == 2


def test_the_card_is_in_large_type_and_fits_both_papers(opened: Opened) -> None:
    content = filled(opened).desk.patient_card(opened.desk.pump_id(SERIAL)).content
    assert_fits(content)
    document = pypdfium2.PdfDocument(content)
    try:
        words = document[0].get_textpage()
        whole = words.get_text_range()
        _, bottom, _, top = words.get_charbox(whole.index("baclofen"))
        assert top - bottom > 10, "a small letter with a stem: of a type of 14 points or more"
    finally:
        document.close()


def test_no_name_and_no_mixture_is_too_long_for_one_page(opened: Opened) -> None:
    held = [("baclofen", "2000"), ("morphine", "10000"), ("clonidine", "500"), ("bupivacaine", "5000")]
    held += [("hydromorphone", "1000"), ("fentanyl", "200")]
    fluid = [
        {"drug": drug, "concentration_mcg_per_ml": strength, "beyond_use_on": "2026-05-01"} for drug, strength in held
    ]
    policy = opened.desk.reference.policy.model_copy(
        update={"clinic_name": "Klinik " * 500, "card_says": "W" * 400, "phone": "0" * 40}
    )
    opened.desk.reference = replace(opened.desk.reference, policy=policy)
    opened.register(
        patient={**PATIENT, "name": "Wolfeschlegelsteinhausenbergerdorff " * 13},
        pump={"model": "W" * 500, "capacity_ml": "40", "alarm_volume_ml": "2"},
    )
    opened.say("refilled", "2026-01-05T09:00Z", fluid=fluid)
    content = opened.desk.patient_card(opened.desk.pump_id(SERIAL)).content
    assert_fits(content)
    (said,) = pages_of(content)
    for drug, _ in held:
        assert drug in said
    assert "born 3 Feb 1970" in said
    assert f"serial {SERIAL}" in said
    assert "Next refill by 5 Apr 2026" in said


def test_a_drug_without_listed_signs_says_so(opened: Opened) -> None:
    drug = {"drug": "ziconotide", "concentration_mcg_per_ml": "25"}
    said = card(filled(opened, fluid=[drug], programme={"mode": "simple_continuous", "dose_mcg_per_day": "2.4"}))
    assert "Ziconotide: No withdrawal is recognised." in said
    assert "Not listed here for ziconotide: I ask the clinic" in said


def test_a_clinic_without_numbers_leaves_room_to_write_them(tmp_path: Path) -> None:
    said = card(filled(Clinic(tmp_path).on_paper()))
    assert said.count(NOT_SET) == 2


def test_what_is_not_known_is_said_and_never_left_out(opened: Opened) -> None:
    drug = {"drug": "clonidine", "concentration_mcg_per_ml": "500"}
    asked = {"confirmed": {"beyond_use_missing": "asked", "not_running": "stays in clinic"}}
    said = card(filled(opened, fluid=[drug], pump_running=False, **asked))
    assert "Next refill: ask the clinic" in said
    assert "No refill date can be given" in said
    assert "not confirmed running" in said


def test_a_stopped_pump_is_called_stopped_and_a_pump_without_alarm_has_none(opened: Opened) -> None:
    pump = {"model": "Other", "capacity_ml": "20", "alarm_volume_ml": "0", "has_alarm": False}
    said = card(filled(opened, pump=pump, programme={"mode": "stopped"}))
    assert "the pump is stopped" in said
    assert "this pump has none" in said


def test_a_visit_after_the_refill_date_is_pointed_out(opened: Opened) -> None:
    said = card(filled(opened, next_visit_on="2026-04-29"))
    assert "My next visit is after the day to refill by" in said


def test_boluses_that_the_patient_may_ask_for_are_on_the_card(opened: Opened) -> None:
    programme = {"mode": "simple_continuous", "dose_mcg_per_day": "300", "max_patient_bolus_mcg_per_day": "100"}
    assert "boluses I ask for: up to 100 mcg/day" in card(filled(opened, programme=programme))


def test_markup_in_a_name_is_text(opened: Opened) -> None:
    opened.register(patient={**PATIENT, "name": "#text(fill: white)[gone] *bold* $x$"})
    opened.say("refilled", "2026-01-05T09:00Z")
    assert "#text(fill: white)[gone] *bold* $x$" in card(opened)


def test_the_names_of_the_files_tell_nothing(opened: Opened) -> None:
    filled(opened)
    pump_id = opened.desk.pump_id(SERIAL)
    for handed in (opened.desk.patient_card(pump_id), opened.desk.visit_file(pump_id)):
        name = handed.name.casefold()
        assert not [word for word in ("anna", "weber", "0114", SERIAL.casefold(), "1970", pump_id) if word in name]


def test_the_calendar_file_holds_the_visit_and_no_patient(opened: Opened) -> None:
    filled(opened, next_visit_on="2026-04-21")
    content = opened.desk.visit_file(opened.desk.pump_id(SERIAL)).content
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 4, 21)
    assert str(event["summary"]).startswith("Pump refill ")
    assert not [word for word in (b"Weber", b"P-0114", SERIAL.encode(), b"baclofen") if word in content]


def test_without_a_booking_the_calendar_file_holds_the_last_clinic_day_for_it(opened: Opened) -> None:
    filled(opened)
    (event,) = Calendar.from_ical(opened.desk.visit_file(opened.desk.pump_id(SERIAL)).content).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 4, 28)
    assert str(event["summary"]).startswith("Pump refill: last clinic day ")


def test_with_neither_there_is_no_file_and_a_sentence_says_why(opened: Opened) -> None:
    filled(opened, programme={"mode": "stopped"})
    with pytest.raises(EntryRefused, match="book one"):
        opened.desk.visit_file(opened.desk.pump_id(SERIAL))
