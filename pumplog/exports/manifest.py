"""What proves a set of files years later without the database: each file's size and SHA-256, and what they are of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pumplog.errors import EntryRefused, Fault
from pumplog.logbook.signed_head import read_signed_head

MANIFEST_NAME: Final = "manifest.json"
FORMAT_NAME: Final = "pumplog manifest"
SCHEMA_VERSION: Final = 1
_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True)
class SetChecked:
    """What a check of a set of files found; `faults` name each file that is not as it was made."""

    faults: tuple[str, ...]
    files_count: int
    about: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether every file is there, unaltered, and none besides."""
        return not self.faults


def manifest_of(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The manifest of a set of files, as JSON; `seal_sha256` is over all of it but itself, so that damage shows."""
    listed = [
        {"name": name, "bytes_count": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    told = {"format": FORMAT_NAME, "schema_version": SCHEMA_VERSION, **about, "files": listed}
    sealed = {**told, "seal_sha256": _seal(told)}
    return (json.dumps(sealed, ensure_ascii=False, indent=2) + "\n").encode()


def check_set(manifest: Path) -> SetChecked:
    """Compare the folder of a manifest with what it says: altered, missing and added files, each by name.

    Raises EntryRefused when the manifest cannot be read, is not one, or was itself altered.
    """
    told = _read(manifest)
    listed = {str(one["name"]): one for one in told["files"]}
    folder = manifest.parent
    faults = (*_faults_of(folder, listed), *_added(folder, {*listed, manifest.name}))
    return SetChecked((*faults, *_faults_of_head(told)), len(listed), told)


def _faults_of_head(told: Mapping[str, Any]) -> Iterator[str]:
    """Where the set carries a signed head: whether its signature stands under it."""
    if "signed_head" in told and not read_signed_head(str(told["signed_head"])).is_signed():
        yield "The signed head is not what its key signed: the manifest was altered."


def _faults_of(folder: Path, listed: Mapping[str, Any]) -> Iterator[str]:
    for name, one in listed.items():
        path = folder / name
        if not path.is_file() or path.is_symlink():
            yield f"{name} is missing: it was made with this set."
        elif path.stat().st_size != one["bytes_count"]:
            yield f"{name} was altered: {path.stat().st_size:,} bytes, made with {one['bytes_count']:,}."
        elif _digest(path) != one["sha256"]:
            yield f"{name} was altered: its SHA-256 is not the one it was made with."


def _added(folder: Path, known: set[str]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield f"{path.name} was added: it is not of this set."


def _read(manifest: Path) -> dict[str, Any]:
    try:
        told = json.loads(manifest.read_bytes())
    except OSError as error:
        raise _refused(f"The manifest {manifest} cannot be read ({error.strerror}): check the path.") from error
    except ValueError as error:
        raise _refused(
            f"{manifest.name} is not whole: it cannot be read as JSON. Take another copy of it."
        ) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT_NAME:
        raise _refused(f"{manifest.name} is no manifest of pumplog: name the manifest.json of the set.")
    if told.get("schema_version") != SCHEMA_VERSION:
        raise _refused(f"{manifest.name} was written by a newer pumplog: check it with that one.")
    rest = {key: value for key, value in told.items() if key != "seal_sha256"}
    if told.get("seal_sha256") != _seal(rest):
        raise _refused(f"{manifest.name} was itself altered: its seal does not fit what it says. Take another copy.")
    if any("/" in one["name"] or "\\" in one["name"] or one["name"] in ("", "..") for one in told["files"]):
        raise _refused(f"{manifest.name} names a file outside its folder: it is not as pumplog made it.")
    return told


def _refused(says: str) -> EntryRefused:
    return EntryRefused(Fault("manifest", says))


def _seal(told: Mapping[str, Any]) -> str:
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
