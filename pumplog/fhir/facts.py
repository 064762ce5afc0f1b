"""What of a refill a bundle carries, by the names of an entry's fields: the export writes it, the import reads it."""

from collections.abc import Mapping
from typing import Final

MEASURED: Final[Mapping[str, str]] = {
    "drawn_ml": "Residual: volume drawn from the pump reservoir before filling",
    "volume_left_ml": "Volume left in or returned to the pump reservoir",
    "injected_ml": "Volume filled into the pump reservoir",
    "volume_after_fill_ml": "Volume in the pump reservoir after the fill",
    "remeasured_ml": "Volume in the pump reservoir, measured again right after filling",
}
"""Each an Observation that is part of the administration."""

QUANTITIES: Final = ("alarm_volume_ml", "priming_ml", "single_bolus_mcg")
YES_NO: Final = ("diluted", "first_fill", "pump_running")
AS_JSON: Final = ("programme", "bridge")
"""These three and the place are extensions of the administration: R4 has no element for them."""

REFILL: Final = "refill"
PROGRAMME_CHANGE: Final = "programme change"
"""What an administration is, as the text of its category."""

CARRIED: Final = (
    *("pump_serial", "happened_at", "place", "refilled_by", "second_checker", "note", "fluid"),
    *MEASURED,
    *QUANTITIES,
    *YES_NO,
    *AS_JSON,
)
"""Every field of a refill that goes out and comes back the same; the others stay in the house."""
