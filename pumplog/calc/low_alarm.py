"""A low-reservoir alarm that was heard, against the projection: evidence of the flow, never applied by itself."""

from pumplog.calc.carriers import Carrier, ratio_or_none
from pumplog.calc.formula import Calculation, Requirement, formula


@formula(written="(volume_after_fill_ml − alarm_volume_ml) ÷ programmed_ml", source_key="flow_accuracy_2023")
def implied_flow_ratio(volume_after_fill_ml: Carrier, alarm_volume_ml: Carrier, programmed_ml: Carrier) -> Carrier:
    """Flow that the alarm implies, over programmed flow.

    The pump sounds when by its own reckoning or sensor the alarm volume is reached: all above it has then left
    the reservoir. Above 1 the pump ran faster than programmed, or less was filled than typed; below 1 slower.

    Parameters: volume_after_fill_ml [mL] at the last known volume; alarm_volume_ml [mL] in force when it was heard;
    programmed_ml [mL], all doses and boluses from then until it was heard. Returns: ratio, or none when nothing
    was programmed. Limits: an alarm may be heard hours after it began; one reading often does not repeat.
    References: flow_accuracy_2023.

    >>> from fractions import Fraction
    >>> implied_flow_ratio(Fraction(20), Fraction(2), Fraction(15))
    Fraction(6, 5)
    """
    return ratio_or_none(volume_after_fill_ml - alarm_volume_ml, programmed_ml)


@formula(written="alarm_date − heard_on", source_key="arithmetic")
def days_of_lead(alarm_date: Carrier, heard_on: Carrier) -> Carrier:
    """Days by which the alarm was heard before its projected date.

    Below 0 it was heard after that date.

    Parameters: alarm_date, projected; heard_on, the day in the clinic's calendar. Returns: days.
    References: arithmetic.

    >>> days_of_lead(120, 100)
    20
    """
    return alarm_date - heard_on


LOW_ALARM = Calculation(
    title="Low-reservoir alarm against the projection",
    inputs=("volume_after_fill_ml", "alarm_volume_ml", "programmed_ml", "alarm_date", "heard_on"),
    optional={},
    requirements=(
        Requirement(
            ("volume_after_fill_ml", "alarm_volume_ml"),
            lambda volume, alarm: volume > alarm,
            "The volume after fill is at or below the alarm volume: check both.",
        ),
        Requirement(
            ("programmed_ml",),
            lambda programmed: programmed > 0,
            "Nothing was programmed from the fill to the alarm: check the programme and when it was heard.",
        ),
    ),
    formulas=(implied_flow_ratio, days_of_lead),
)
