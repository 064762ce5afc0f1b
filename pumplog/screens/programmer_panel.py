"""Programmer says, we say: what is read from the printout at the end, beside what was typed and worked out."""

from collections.abc import Sequence
from html import escape
from typing import Any

from pumplog.desk import Desk
from pumplog.errors import EntryRefused
from pumplog.quantities import Unit
from pumplog.rules import Compared
from pumplog.screens.form import Form
from pumplog.screens.paths import nested
from pumplog.screens.person import person
from pumplog.screens.programme_fields import drug_amount, mass_unit


def programmer_panel(form: Form, desk: Desk) -> None:
    """Ask what the programmer says now, and show at once where it differs."""
    form.page.markdown("**What the programmer says now**, from its screen or the printout")
    mass = mass_unit(form, "programmer-mass", "Its amounts of drug are in")
    left, right = form.page.columns(2)
    with left:
        form.number("programmer_volume_after_fill_ml", "Programmer says: reservoir volume", Unit.ML)
        drug_amount(form, "programmer_dose_mcg_per_day", "Programmer says: dose", Unit.MCG_PER_DAY, mass)
    with right:
        drug_amount(
            form, "programmer_concentration_mcg_per_ml", "Programmer says: concentration", Unit.MCG_PER_ML, mass
        )
        form.day("programmer_alarm_on", "Programmer says: alarm date")
    with form.page.container():
        if form.shown:
            form.page.html(sides_html(_sides(form, desk)))


def _sides(form: Form, desk: Desk) -> Sequence[Compared]:
    """Both sides as far as the visit is typed; nothing while it cannot be read. The check comes later."""
    said: dict[str, Any] = {"happened_at": desk.now().isoformat(), **nested(form.said)}
    try:
        entry = desk.read_entry({**said, "pump_running": said.get("pump_running", True)})
        return desk.preview(entry, by=person() or "").programmer
    except EntryRefused:
        return ()


def sides_html(sides: Sequence[Compared]) -> str:
    """Return both sides as a table; a difference stands out by word, symbol and colour, and says what it can mean."""
    if not sides:
        return '<p class="pl-read pl-hint">Compared with ours as soon as the fill and the programme are typed.</p>'
    rows = "".join(_row(one) for one in sides)
    head = "<tr><td></td><th>Programmer says</th><th>We say</th><td></td></tr>"
    means = "".join(f"<p class='pl-read pl-caution'>▲ {escape(_means(one))}</p>" for one in sides if one.differs)
    return f'<table class="pl-table pl-sides"><thead>{head}</thead><tbody>{rows}</tbody></table>{means}'


def _means(one: Compared) -> str:
    words = one.subject.words
    return f"{words[:1].upper()}{words[1:]}: {one.subject.explains}"


def _row(one: Compared) -> str:
    if one.programmer_says is None or one.we_say is None:
        verdict, marked = "not compared", ""
    else:
        verdict, marked = ("▲ differs", ' class="pl-differs"') if one.differs else ("✓ the same", "")
    words = one.subject.words
    cells = (
        f"{words[:1].upper()}{words[1:]}",
        one.programmer_says or "not typed",
        one.we_say or "not known",
        verdict,
    )
    return f"<tr{marked}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
