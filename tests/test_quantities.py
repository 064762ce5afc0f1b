"""The one door for numbers: what is read, what is refused, how it is shown."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import EntryRefused
from pumplog.quantities import (
    CEILING,
    DECIMALS_COUNT,
    SUFFIXES,
    Comma,
    Reading,
    Unit,
    label,
    plain,
    read_date,
    read_quantity,
    read_unit,
    show,
    show_date,
)

BASES = tuple(CEILING)


def read(text: str, base: Unit = Unit.ML, assumed: Unit | None = Unit.ML, comma: Comma = Comma.ASK) -> Reading:
    return read_quantity(text, field="drawn_ml", base=base, assumed=assumed, comma=comma)


def refusal(text: str, base: Unit = Unit.ML, assumed: Unit | None = Unit.ML, comma: Comma = Comma.ASK) -> str:
    with pytest.raises(EntryRefused) as caught:
        read(text, base, assumed, comma)
    (fault,) = caught.value.faults
    assert fault.field == "drawn_ml"
    assert fault.says.startswith("Drawn: ")
    return fault.says


@pytest.mark.parametrize("text", ["1,5", "1.5", " 1.5 mL", "1.5ml", "1.5 ML", "1.5 cc", "1.50", "01.5"])
def test_reads_a_decimal_with_comma_or_point_and_any_spelling_of_ml(text: str) -> None:
    assert read(text).value == Decimal("1.5")


@pytest.mark.parametrize(
    "text",
    [
        "2000 µg/mL",
        "2000 μg/mL",
        "2000ug/ml",
        "2000mcg/ml",
        "2 mg/mL",
        "2mg per ml",
        "2000 micrograms per millilitre",
        "2.0 MG/ML",
    ],
)
def test_reads_every_spelling_of_a_concentration(text: str) -> None:
    assert read(text, Unit.MCG_PER_ML, None).value == Decimal(2000)


@pytest.mark.parametrize(
    "text",
    [
        "4300 mcg/day",
        "4300 mcg / day",
        "4300 mcg/d",
        "4.3 mg/day",
        "4.3 mg per day",
        "4.3mg/24 h",
        "4.3 mg daily",
    ],
)
def test_reads_every_spelling_of_a_daily_dose(text: str) -> None:
    assert read(text, Unit.MCG_PER_DAY, None).value == Decimal(4300)


@pytest.mark.parametrize(
    ("text", "base", "value"),
    [
        ("0.5 mL/h", Unit.ML_PER_HOUR, "0.5"),
        ("20 mcg/hr", Unit.MCG_PER_HOUR, "20"),
        ("0.048 mL/day", Unit.ML_PER_DAY, "0.048"),
        ("0.0022 mL/cm", Unit.ML_PER_CM, "0.0022"),
        ("80 cm", Unit.CM, "80"),
        ("180 days", Unit.DAYS, "180"),
        ("36 h", Unit.HOURS, "36"),
        ("1.17", Unit.RATIO, "1.17"),
        ("50 mcg", Unit.MCG, "50"),
        ("0.05 mg", Unit.MCG, "50"),
        ("0", Unit.RATIO, "0"),
        (".5 cm", Unit.CM, "0.5"),
    ],
)
def test_reads_each_unit(text: str, base: Unit, value: str) -> None:
    assert read(text, base, None) == Reading(Decimal(value), base, read(text, base, None).says)


def test_a_typed_unit_wins_over_the_assumed_one() -> None:
    assert read("2 mg/mL", Unit.MCG_PER_ML, Unit.MCG_PER_ML).value == 2000
    assert read("2000 mcg/mL", Unit.MCG_PER_ML, Unit.MG_PER_ML).value == 2000
    assert read("2", Unit.MCG_PER_ML, Unit.MG_PER_ML).value == 2000


def test_reads_back_what_was_understood() -> None:
    assert read("2000 ug/ml", Unit.MCG_PER_ML, None).says == "2,000 mcg/mL"
    assert read("2 mg/mL", Unit.MCG_PER_ML, None).says == "2,000 mcg/mL (2 mg/mL)"
    assert read("0,123456789").says == "0.123456789 mL"


def test_refuses_a_concentration_without_a_unit() -> None:
    assert "say mcg/mL or mg/mL" in refusal("2000", Unit.MCG_PER_ML, None)


def test_asks_about_a_comma_before_exactly_three_digits() -> None:
    says = refusal("1,500")
    assert "1.5 mL" in says
    assert "1500 mL" in says
    assert "?" in says


def test_the_question_about_a_comma_is_asked_in_the_unit_typed() -> None:
    says = refusal("1,500 mg/day", Unit.MCG_PER_DAY, None)
    assert "1.5 mg/day or 1500 mg/day" in says


def test_a_comma_before_three_digits_is_thousands_where_a_file_says_so() -> None:
    assert read("2,000 mcg/mL", Unit.MCG_PER_ML, None, Comma.THOUSANDS).value == 2000


def test_a_comma_before_three_digits_is_refused_where_a_file_says_so() -> None:
    assert "without the comma" in refusal("1,500", comma=Comma.REFUSE)


@pytest.mark.parametrize("comma", list(Comma))
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2,000.5", "2000.5"),
        ("1,234,567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("0,500", "0.5"),
        ("12,3456", "12.3456"),
        ("2.000", "2"),
    ],
)
def test_reads_commas_that_can_mean_one_thing(text: str, value: str, comma: Comma) -> None:
    if Decimal(value) <= CEILING[Unit.RATIO]:
        assert read(text, Unit.RATIO, None, comma).value == Decimal(value)
    else:
        assert "absurdly large" in refusal(text, Unit.RATIO, None, comma)


@pytest.mark.parametrize("text", ["1,2,3", "1.2.3", "1000,000", "00,500", ",500", "1,000,00", "5.", "1,23.4", "1..5"])
def test_refuses_separators_that_make_no_one_number(text: str) -> None:
    refusal(text, comma=Comma.THOUSANDS)


@pytest.mark.parametrize("text", ["-300", "−300 mcg/day", "- 5 mcg/day", "-0"])
def test_refuses_a_negative_number_with_its_own_sentence(text: str) -> None:
    assert "is negative" in refusal(text, Unit.MCG_PER_DAY, Unit.MCG_PER_DAY)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "Infinity", "∞", "three hundred", "mL", "n/a", "½"])
def test_refuses_what_is_not_a_number(text: str) -> None:
    assert "is not a number" in refusal(text)


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_refuses_nothing_typed(text: str) -> None:
    assert "empty" in refusal(text)


def test_refuses_a_power_of_ten() -> None:
    assert "plain digits" in refusal("1e400")
    assert "plain digits" in refusal("1E-3")


@pytest.mark.parametrize("text", ["18 20", "5 + 3", "18-20", "18 mL 20 mL", "2 mg 3 mcg"])
def test_refuses_several_numbers(text: str) -> None:
    assert "more than one number" in refusal(text)


def test_refuses_the_absurdly_large() -> None:
    assert "absurdly large" in refusal("1001 mL")
    assert "absurdly large" in refusal("9" * 59)
    assert "absurdly large" in refusal("1001 mg/day", Unit.MCG_PER_DAY, None)


def test_refuses_more_decimals_than_are_kept() -> None:
    assert "decimals" in refusal("0." + "1" * (DECIMALS_COUNT + 1))


def test_refuses_a_page_of_text() -> None:
    assert "too much text" in refusal("1" * 100_000)


def test_refuses_per_hour_where_per_day_was_asked() -> None:
    says = refusal("0.5 mL/h", Unit.ML_PER_DAY, Unit.ML_PER_DAY)
    assert "per hour" in says
    assert "mL/day" in says


@pytest.mark.parametrize("text", ["20 mcg", "20 mg/mL", "20 litres", "20 ng", "20%", "20?"])
def test_refuses_a_unit_that_does_not_fit(text: str) -> None:
    assert "does not fit" in refusal(text)


def test_refuses_anything_after_a_plain_ratio() -> None:
    assert "number alone" in refusal("1.2 mL", Unit.RATIO, None)


def test_a_refusal_never_repeats_words_that_could_be_a_name() -> None:
    for text in ("Meyer, Grace", "Meyer 1970", "12 Marina"):
        assert "M" not in refusal(text, Unit.RATIO, None)
        with pytest.raises(EntryRefused) as caught:
            read_date(text, field="visit_date", date_order=None)
        assert "M" not in str(caught.value).replace("May", "")


def test_labels_leave_the_unit_out() -> None:
    assert label("concentration_mcg_per_ml") == "Concentration"
    assert label("fluid.0.volume_after_fill_ml") == "Volume after fill"
    assert label("visit_date") == "Visit date"


def test_reads_a_unit_alone() -> None:
    assert read_unit("µg/ml") is Unit.MCG_PER_ML
    assert read_unit("mg per day") is Unit.MG_PER_DAY
    assert read_unit("bottles") is None
    assert read_unit("mg/cm") is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-05",
        "2026/5/5",
        "2026-05-05 00:00:00",
        "2026-05-05T14:30",
        "5 May 2026",
        "05 may 2026",
        "5-May-2026",
        "5th May 2026",
        "May 5, 2026",
        "MAY 5 2026",
        "5/May/2026",
        "05/05/2026",
        "5.5.2026",
    ],
)
def test_reads_the_usual_spellings_of_a_day(text: str) -> None:
    assert read_date(text, field="visit_date", date_order=None) == date(2026, 5, 5)


def test_reads_a_day_above_twelve_in_either_place() -> None:
    assert read_date("25/12/2026", field="visit_date", date_order=None) == date(2026, 12, 25)
    assert read_date("12/25/2026", field="visit_date", date_order=None) == date(2026, 12, 25)
    assert read_date("3 Sept 2026", field="visit_date", date_order=None) == date(2026, 9, 3)


def test_a_date_order_settles_an_ambiguous_date() -> None:
    assert read_date("05/06/2026", field="visit_date", date_order="dmy") == date(2026, 6, 5)
    assert read_date("05/06/2026", field="visit_date", date_order="mdy") == date(2026, 5, 6)
    assert read_date("25/12/2026", field="visit_date", date_order="dmy") == date(2026, 12, 25)
    assert read_date("12/25/2026", field="visit_date", date_order="mdy") == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("text", "order", "because"),
    [
        ("05/06/2026", None, "can mean 5 Jun 2026 or 6 May 2026"),
        ("25/12/2026", "mdy", "does not follow the date order"),
        ("12/25/2026", "dmy", "does not follow the date order"),
        ("30/02/2026", None, "not a day of the calendar"),
        ("31 Jun 2026", None, "not a day of the calendar"),
        ("45/45/2026", "dmy", "not a day of the calendar"),
        ("2026-13-01", None, "not a day of the calendar"),
        ("5 May 26", None, "four digits"),
        ("05/06/26", "dmy", "four digits"),
        ("5 May 0026", None, "cannot be right"),
        ("05/06/0000", None, "cannot be right"),
        ("46152", None, "not a date"),
        ("May 2026", None, "not a date"),
        ("5 Floreal 2026", None, "not a date"),
        ("yesterday", None, "not a date"),
        ("", None, "empty"),
        ("2" * 500, None, "too much text"),
    ],
)
def test_refuses_a_date_that_is_none_or_two(text: str, order: Literal["dmy", "mdy"] | None, because: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        read_date(text, field="visit_date", date_order=order)
    (fault,) = caught.value.faults
    assert fault.field == "visit_date"
    assert because in fault.says


def test_shows_numbers_as_ismp_asks() -> None:
    assert show(Decimal("2000.0"), Unit.MCG_PER_ML) == "2,000 mcg/mL"
    assert show(Decimal(".5"), Unit.ML) == "0.5 mL"
    assert show(Decimal("5.0"), Unit.ML) == "5 mL"
    assert show(Decimal("0.0022"), Unit.ML_PER_CM) == "0.0022 mL/cm"
    assert show(Decimal("1234567.25"), Unit.RATIO) == "1,234,567.25"
    assert show(1, Unit.DAYS) == "1 day"
    assert show(12, Unit.DAYS) == "12 days"
    assert show(Decimal("-1234.5"), Unit.ML) == "-1,234.5 mL"


def test_shows_what_does_not_end_to_three_decimals_half_even() -> None:
    assert show(Fraction(2, 3), Unit.ML) == "0.667 mL"
    assert show(Fraction(40, 3), Unit.ML, decimals=2) == "13.33 mL"
    assert show(Fraction(1, 8), Unit.ML, decimals=2) == "0.12 mL"
    assert show(Fraction(-1, 3), Unit.ML, 0) == "-0.333333333333 mL"


def test_never_shows_something_as_nothing() -> None:
    assert show(Fraction(1, 10**7), Unit.ML) == "0.0000001 mL"
    assert show(Decimal("0.00"), Unit.ML) == "0 mL"


def test_shows_a_date_with_its_month_in_letters() -> None:
    assert show_date(date(2026, 5, 5)) == "5 May 2026"
    assert show_date(date(2026, 4, 28)) == "28 Apr 2026"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+5"), "100000"),
        (Decimal("-0.0"), "0"),
        (Decimal("0E-20"), "0"),
        (Fraction(2, 3), "0.666666666667"),
        (Decimal("12.50"), "12.5"),
        (100, "100"),
        (Decimal(1) / 3, "0.333333333333"),
        (Fraction(-1, 10**20), "0"),
    ],
)
def test_machine_text_is_plain(value: Decimal | Fraction | int, text: str) -> None:
    assert plain(value) == text


def test_every_unit_suffix_is_closed_and_once() -> None:
    assert len(set(SUFFIXES)) == len(SUFFIXES) == 12


values = st.decimals(min_value=0, max_value=10, places=12).map(abs) | st.fractions(0, 10**6).map(
    lambda f: Decimal(plain(f))
)


@given(values, st.sampled_from(BASES))
def test_what_is_shown_whole_reads_back_the_same(value: Decimal, base: Unit) -> None:
    if value > CEILING[base]:
        return
    first = read_quantity(f"{plain(value)} {base.value}", field="x", base=base, assumed=None, comma=Comma.ASK)
    assert first.value == value
    again = read_quantity(first.says.replace(",", ""), field="x", base=base, assumed=None, comma=Comma.ASK)
    assert again == first


@given(st.fractions() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=20))
def test_machine_text_is_the_exact_value_rounded_once_half_even(value: Fraction | int | Decimal) -> None:
    text = plain(value)
    exact = Fraction(value) * 10**12
    assert Fraction(text) == Fraction(round(exact), 10**12)
    assert "e" not in text.casefold()
    assert not ("." in text and text.endswith(("0", ".")))
    assert text != "-0"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_shown_date_reads_back_the_same(day: date) -> None:
    assert read_date(show_date(day), field="visit_date", date_order=None) == day
    assert read_date(day.isoformat(), field="visit_date", date_order="mdy") == day
    assert read_date(f"{day:%d/%m/%Y}", field="visit_date", date_order="dmy") == day


typed = (
    st.text()
    | st.from_regex(r"[-−]?[0-9.,]{1,12} ?[a-zA-Zµ/ 0-9]{0,10}")
    | st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ,]{1,2}[0-9]{1,5}")
)


@given(typed, st.sampled_from(BASES), st.booleans(), st.sampled_from(list(Comma)))
def test_a_quantity_is_read_or_refused_whatever_is_typed(text: str, base: Unit, told: bool, comma: Comma) -> None:
    with suppress(EntryRefused):
        reading = read_quantity(text, field="drawn_ml", base=base, assumed=base if told else None, comma=comma)
        assert 0 <= reading.value <= CEILING[base]
        assert reading.unit is base


@given(typed, st.sampled_from([None, "dmy", "mdy"]))
def test_a_date_is_read_or_refused_whatever_is_typed(text: str, order: Literal["dmy", "mdy"] | None) -> None:
    with suppress(EntryRefused):
        assert 1900 <= read_date(text, field="visit_date", date_order=order).year <= 2199
