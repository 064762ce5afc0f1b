"""A number field starts empty, reads exactly what was typed, and says what it understood."""

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.errors import EntryRefused, Fault
from pumplog.screens.fields import refused_html


def page() -> None:
    import streamlit as st

    from pumplog.quantities import Unit
    from pumplog.screens.fields import number_field

    drawn = number_field("Drawn", Unit.ML, key="drawn", field="drawn_ml", example="3.5")
    strength = number_field(
        "Concentration", Unit.MCG_PER_ML, key="strength", field="concentration_mcg_per_ml", unit_in_label=False
    )
    st.text(f"{drawn.value if drawn else None} {strength.value if strength else None}")


def opened() -> AppTest:
    return AppTest.from_function(page, default_timeout=30).run()


def said(app: AppTest) -> list[str]:
    """What stands under the fields; the line kept free under an empty one says nothing."""
    bodies: list[str] = [element.proto.body for element in app.get("html")]
    return [body for body in bodies if "&nbsp;" not in body]


def test_starts_empty_and_answers_nothing() -> None:
    app = opened()
    assert [field.value for field in app.text_input] == ["", ""]
    assert app.text[0].value == "None None"
    assert said(app) == []


@pytest.mark.parametrize("typed", ["1.5", "1,5", " 1.5 mL"])
def test_reads_back_what_was_understood(typed: str) -> None:
    app = opened()
    app.text_input(key="drawn").set_value(typed).run()
    assert app.text[0].value == "1.5 None"
    assert "understood: <b>1.5 mL</b>" in said(app)[0]


@pytest.mark.parametrize("typed", ["1,500", "NaN", "-1", "three", "1e3", "<b>5</b>"])
def test_refuses_in_a_sentence_and_answers_nothing(typed: str) -> None:
    app = opened()
    app.text_input(key="drawn").set_value(typed).run()
    assert app.text[0].value == "None None"
    assert 'role="alert"' in said(app)[0]
    assert "Drawn" in said(app)[0]


def test_a_field_without_a_unit_in_its_label_asks_for_one() -> None:
    app = opened()
    app.text_input(key="strength").set_value("2000").run()
    assert "has no unit" in said(app)[0]
    app.text_input(key="strength").set_value("2 mg/mL").run()
    assert app.text[0].value == "None 2000"
    assert "2,000 mcg/mL" in said(app)[0]


def test_spaces_alone_are_nothing() -> None:
    app = opened()
    app.text_input(key="drawn").set_value("   ").run()
    assert said(app) == []


def test_a_refusal_shows_what_was_typed_as_text() -> None:
    shown = refused_html(EntryRefused(Fault("drawn_ml", 'Drawn: "<script>" is not a number.')))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
