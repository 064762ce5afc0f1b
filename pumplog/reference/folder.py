"""Where the data that ships with the program lies."""

from pathlib import Path

from pumplog.errors import PumplogError

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """The folder `data/<name>`: inside the package when installed from a wheel, beside it in a checkout."""
    for folder in (_PACKAGE / "data" / name, _PACKAGE.parent / "data" / name):
        if folder.is_dir():
            return folder
    raise PumplogError(f"The folder data/{name} of pumplog is missing: install pumplog again.")
