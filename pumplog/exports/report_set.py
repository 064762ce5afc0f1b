"""A report in the forms that were asked for, with the manifest that proves them: what goes into one folder."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from pumplog.exports.manifest import MANIFEST_NAME, manifest_of
from pumplog.exports.report import Report
from pumplog.exports.report_files import report_csv, report_json, report_parquet
from pumplog.exports.report_pdf import report_pdf
from pumplog.exports.report_workbook import report_xlsx
from pumplog.exports.values import plain_value

Progress = Callable[[str, int, int], None]
"""Told of each stage: what is being done, how many pieces are done, of how many."""


class ReportFormat(StrEnum):
    """The forms in which a report leaves the house."""

    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON = "json"


@dataclass(frozen=True)
class ReportSet:
    """The files of one report by name, its manifest among them, and the folder they belong into."""

    folder: str
    files: Mapping[str, bytes]
    rows_count: int
    manifest_sha256: str


def report_set(
    report: Report,
    formats: Iterable[ReportFormat],
    *,
    at: datetime,
    clinic: str,
    zone: ZoneInfo,
    about: Mapping[str, Any],
    progress: Progress | None = None,
) -> ReportSet:
    """Every form that was asked for, once each, and the manifest over them.

    Raises EntryRefused when a form cannot hold the rows.
    """
    tell = progress or (lambda *_: None)
    asked = list(dict.fromkeys(formats))
    files: dict[str, bytes] = {}
    for done, one in enumerate(asked):
        tell(f"writing {one.value.upper()}", done, len(asked))
        if one is ReportFormat.PDF:
            files |= report_pdf(report, at=at, clinic=clinic, zone=zone, tell=partial(tell, "setting PDF volumes"))
        else:
            files |= _data_file(report, one, at)
    tell("sealing the set", len(asked), len(asked))
    told = {
        "report": report.slug,
        "made_at": plain_value(at.astimezone(UTC)),
        **about,
        "rows_count": len(report.rows),
    }
    files[MANIFEST_NAME] = manifest_of(files, told)
    folder = f"{report.slug}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return ReportSet(folder, files, len(report.rows), sha256(files[MANIFEST_NAME]).hexdigest())


def _data_file(report: Report, one: ReportFormat, at: datetime) -> dict[str, bytes]:
    writers: Mapping[ReportFormat, Callable[[Report], bytes]] = {
        ReportFormat.CSV: report_csv,
        ReportFormat.PARQUET: report_parquet,
        ReportFormat.JSON: report_json,
        ReportFormat.XLSX: partial(report_xlsx, at=at),
    }
    return {f"{report.slug}.{one.value}": writers[one](report)}
