"""What a person may say: read once, kept exactly, refused with a sentence for each field."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumplog.entries import BODY_VERSION, Refilled, read_entry, serial_key, upcast
from pumplog.errors import EntryRefused, LogbookDamaged
from tests.stories.clinic import told

FILL = told("refilled", "2026-01-05T09:00Z")


def fill(**fields: object) -> Refilled:
    entry = read_entry({**FILL, **fields})
    assert isinstance(entry, Refilled)
    return entry


@settings(deadline=None)
@given(volume=st.decimals("0", "1000", places=12))
def test_a_number_is_kept_to_its_last_decimal(volume: Decimal) -> None:
    entry = fill(volume_after_fill_ml=str(volume))
    again = upcast("refilled", BODY_VERSION, entry.body())
    assert isinstance(again, Refilled)
    assert again.volume_after_fill_ml == volume
    assert again.body() == entry.body()


@settings(deadline=None)
@given(
    moment=st.datetimes(datetime(1981, 1, 1), datetime(2198, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
)
def test_an_instant_is_kept_whatever_zone_it_was_said_in(moment: datetime) -> None:
    entry = fill(happened_at=moment.isoformat())
    assert entry.happened_at == moment.astimezone(UTC)
    assert upcast("refilled", BODY_VERSION, entry.body()) == entry


@pytest.mark.parametrize(
    ("said", "kept"), [("1E+2", "100"), ("-0", "0"), ("20.50", "20.5"), (0.1, "0.1"), (20, "20")]
)
def test_a_number_is_written_plainly(said: object, kept: str) -> None:
    assert f'"drawn_ml":"{kept}"' in fill(drawn_ml=said).body()


def test_none_used_is_a_number_of_boluses() -> None:
    assert fill(patient_boluses_used_mcg="0").patient_boluses_used_mcg == 0


@pytest.mark.parametrize("kind", ["", "refill", None, 5])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    with pytest.raises(EntryRefused, match="kind of entry is missing or unknown"):
        read_entry({**FILL, "kind": kind})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(EntryRefused, match="does not say its time zone"):
        read_entry({**FILL, "happened_at": "2026-01-05T09:00"})


def test_every_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(EntryRefused) as refused:
        read_entry({**FILL, "drawn_ml": "x", "injected_ml": "-1", "attempts_count": 0, "eri_on": "soon"})
    assert {fault.field for fault in refused.value.faults} == {"drawn_ml", "injected_ml", "attempts_count", "eri_on"}


@pytest.mark.parametrize(("kind", "version"), [("refilled", BODY_VERSION + 1), ("levitated", 1)])
def test_what_a_newer_program_wrote_is_not_guessed_at(kind: str, version: int) -> None:
    with pytest.raises(EntryRefused, match="update pumplog"):
        upcast(kind, version, fill().body())


def test_a_body_that_nobody_can_read_is_damage() -> None:
    with pytest.raises(LogbookDamaged, match="cannot be read"):
        upcast("refilled", BODY_VERSION, '{"kind": "refilled"}')


@pytest.mark.parametrize("serial", ["NGX1", "ngx1", " NGX 1", "n g\u00a0x 1 "])
def test_a_serial_is_compared_without_spaces_and_capitals(serial: str) -> None:
    assert serial_key(serial) == "NGX1"


def correction(**fields: object) -> dict[str, object]:
    return told("corrected", "2026-01-06T09:00Z", target_event_id="x", how="replaced", replacement=FILL) | fields


def test_a_replacement_is_about_the_same_pump_however_its_serial_is_written() -> None:
    assert read_entry(correction(pump_serial="ngx 100001")).kind == "corrected"
    with pytest.raises(EntryRefused, match="about another pump"):
        read_entry(correction(pump_serial="NGX100002"))


def test_replaced_needs_a_replacement_and_an_error_has_none() -> None:
    with pytest.raises(EntryRefused, match="give the replacement"):
        read_entry(correction(replacement=None))
    with pytest.raises(EntryRefused, match="has no replacement"):
        read_entry(correction(how="entered_in_error"))
    with pytest.raises(EntryRefused):
        read_entry(correction(replacement=correction()))


WEEK = {"hours": "24", "rate_mcg_per_hour": "10"}


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ([{"weekdays": ["mon"], "steps": [WEEK]}], "must name each weekday once"),
        ([{"steps": [WEEK]}, {"weekdays": ["sun"], "steps": [WEEK]}], "must name each weekday once"),
        ([{"steps": [{"hours": "24", "rate_mcg_per_hour": "0"}]}], "record the pump as stopped"),
        ([{"steps": [{"hours": "12", "rate_mcg_per_hour": "1"}] * 3}], "make them fill 24 h"),
        ([{"steps": [{"hours": "1", "rate_mcg_per_hour": "1"}] * 14}], "too long"),
    ],
)
def test_a_flex_programme_fills_every_day_of_the_week_once(days: list[object], says: str) -> None:
    with pytest.raises(EntryRefused, match=says):
        fill(programme={"mode": "flex", "days": days})
