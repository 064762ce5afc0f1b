"""What a programme adds up to in a day, read back under its fields beside what the pump gave before."""

from fractions import Fraction

from pumplog.entries.programme import Programme, SingleBolus, Stopped
from pumplog.quantities import Unit, show
from pumplog.state import Standing
from pumplog.state.course import steady_dose_mcg_per_day


def gives_html(programme: Programme | None, concentration: Fraction | None, before: Standing | None) -> str:
    """Return the dose and the flow of a day, and the change; an empty line while the programme is not whole."""
    if programme is None or isinstance(programme, Stopped | SingleBolus) or concentration is None:
        return '<p class="pl-read pl-hint">&nbsp;</p>'
    dose = steady_dose_mcg_per_day(programme, concentration)
    flow = show(dose / concentration, Unit.ML_PER_DAY, 3)
    strength = show(concentration, Unit.MCG_PER_ML)
    said = f"<b>{show(dose, Unit.MCG_PER_DAY)}</b>, {flow} at {strength}"
    return f'<p class="pl-read pl-understood" role="status">✓ gives {said}.{_change(dose, before)}</p>'


def _change(dose: Fraction, before: Standing | None) -> str:
    if before is None:
        return ""
    old = steady_dose_mcg_per_day(before.programme, Fraction(before.concentration_mcg_per_ml))
    if old == 0:
        return " Before: the pump gave nothing."
    was = f" Before: {show(old, Unit.MCG_PER_DAY)}"
    if old == dose:
        return f"{was}, the same."
    change = show(abs(dose - old) / old * 100, Unit.RATIO, 0)
    return f"{was}; {change} % {'more' if dose > old else 'less'}."
