"""The settings of the web server that nothing in another folder, and no variable of the machine, may change."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pumplog

_PACKAGE: Final = Path(pumplog.__file__).parent

SAFE: Final[Mapping[str, Any]] = {
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.trustedUserHeaders": {},  # a header could say that somebody comes from the hospital
    "client.showErrorDetails": "none",
    "browser.gatherUsageStats": False,
    "global.developmentMode": False,
}
"""Said again by `pumplog serve` at the start; `streamlit run` alone would take what the files and variables say."""


def entry_script() -> Path:
    """Return the entry script: packed into the wheel, or at the top of a checkout.

    Streamlit reads the settings from `.streamlit/config.toml` beside it, in either place.
    """
    packed = _PACKAGE / "data" / "streamlit_app.py"
    return packed if packed.is_file() else _PACKAGE.parent / "streamlit_app.py"


def unsafe_settings(folders: tuple[Path, ...]) -> Iterator[str]:
    """Each setting that says otherwise than `SAFE`, with the file or the variable in which it stands."""
    for folder in dict.fromkeys((entry_script().parent, *folders)):
        path = folder / ".streamlit" / "config.toml"
        if path.is_file():
            said = tomllib.loads(path.read_text("utf-8"))
            yield from (f"{name} in {path}" for name in SAFE if _at(said, name) not in (None, SAFE[name]))
    for name in SAFE:
        variable = _variable(name)
        given = os.environ.get(variable)
        if given is not None and given.casefold() != str(SAFE[name]).casefold():
            yield f"the variable {variable}"


def _at(said: Mapping[str, Any], name: str) -> Any:
    table, _, key = name.partition(".")
    return said.get(table, {}).get(key)


def _variable(name: str) -> str:
    """The variable by which Streamlit would take a setting: server.enableCORS is STREAMLIT_SERVER_ENABLE_CORS."""
    spelt = "".join(
        f"_{sign}" if sign.isupper() and not name[place - 1].isupper() else sign for place, sign in enumerate(name)
    )
    return f"STREAMLIT_{spelt.replace('.', '_').upper()}"
