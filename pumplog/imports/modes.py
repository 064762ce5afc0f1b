"""How a pump was programmed, in the words of a sheet."""

import difflib
from collections.abc import Mapping
from typing import Final

from pumplog.errors import EntryRefused, Fault

SIMPLE_CONTINUOUS: Final = "simple_continuous"
STOPPED: Final = "stopped"

_NAMES: Final[Mapping[str, str]] = {
    SIMPLE_CONTINUOUS: (
        "simple simplecontinuous simplecont continuous continuousinfusion simpleinfusion constant constantrate "
        "constantflow constantinfusion"
    ),
    STOPPED: "stopped stop stoppedpump pumpstopped off pumpoff",
    "flex": "flex flexdosing flexmode flexible complex complexcontinuous variable variablerate daynight",
    "periodic_bolus": "periodicbolus periodicboluses periodic bolus boluses intermittent intermittentbolus",
    "minimum_rate": "minimumrate minimum minrate minimalrate",
    "fixed_flow": "fixedflow fixedrate fixed",
    "single_bolus": "singlebolus",
}
_MODE_OF: Final[Mapping[str, str]] = {name: mode for mode, names in _NAMES.items() for name in names.split()}


def read_mode(text: str) -> str:
    """The mode a cell names; refused when a row cannot hold it, or when nobody knows it.

    A row has one daily dose: enough for simple continuous and for a stopped pump, not for steps or boluses.
    """
    named = "".join(sign for sign in text.casefold() if sign.isalnum())
    mode = _MODE_OF.get(named)
    if mode in (SIMPLE_CONTINUOUS, STOPPED):
        return mode
    if mode is not None:
        says = f"Mode: {mode.replace('_', ' ')} needs more than a row can say"
        raise EntryRefused(Fault("mode", f"{says}; record this visit on the screen, with its programme."))
    near = difflib.get_close_matches(named, _MODE_OF, n=1, cutoff=0.7)
    guess = f" Did you mean {_MODE_OF[near[0]].replace('_', ' ')}?" if near else ""
    says = f"Mode: what is written is not a mode that is known.{guess}"
    raise EntryRefused(Fault("mode", f"{says} Write simple continuous or stopped, or leave it blank."))
