"""The audit report: the table of audit rows with what stands on its first page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pumplog import __version__
from pumplog.exports.audit_rows import AUDIT_COLUMNS, AUDIT_PAPER, AuditFilter, audit_rows
from pumplog.exports.log_words import moment_words
from pumplog.exports.report import Report, Seal
from pumplog.logbook import SignedHead, Verification
from pumplog.quantities import show_date

if TYPE_CHECKING:
    from pumplog.exports.audit_asked import AuditAsked
    from pumplog.exports.audit_table import Gathered

AUDIT: Final = "audit"


@dataclass(frozen=True)
class Proof:
    """What ties a report to the log: how both chains ended, signed, and what the walk along them found."""

    signed: SignedHead
    verification: Verification


@dataclass(frozen=True)
class Maker:
    """Who made a report, when, of whose pumps; `rules_version` changes with any byte of rules and settings."""

    by: str
    at: datetime
    clinic: str
    whose: str
    rules_version: str

    @property
    def software_words(self) -> str:
        """The version of the program and of its rules."""
        return f"pumplog {__version__}, rules {self.rules_version}"

    @property
    def about(self) -> Mapping[str, Any]:
        """The same for programs."""
        return {
            "made_by": self.by,
            "clinic": self.clinic,
            "software": f"pumplog {__version__}",
            "rules_version": self.rules_version,
        }


def audit_report(asked: "AuditAsked", entries: "Gathered", proof: Proof, maker: Maker) -> Report:
    """The audit report of what was asked for, of entries that were read; they are used up."""
    rows = audit_rows(asked, entries)
    records_count = rows.column(0).count("records")
    count = f"{records_count:,} entries and {len(rows) - records_count:,} lines of access"
    walked = "Verified" if proof.verification.ok else "NOT verified"
    facts = (
        ("Period", _period_words(asked.asked)),
        *_filter_words(asked.asked),
        ("Pumps", maker.whose),
        ("Rows", count),
        ("Made", f"{moment_words(maker.at, asked.zone)} ({asked.zone.key}) by {maker.by}"),
        ("Clinic", maker.clinic),
        ("Software", maker.software_words),
        ("Head of the records", f"{proof.signed.row_count:,} entries, {proof.signed.hash}"),
        ("Head of the access log", f"{proof.signed.access_row_count:,} lines, {proof.signed.access_hash}"),
        ("Check of the log", f"{walked}. {proof.verification.says}"),
        ("Signed head", f"code {proof.signed.code}, key {proof.signed.key_id}"),
    )
    about = about_audit(asked.asked, proof, maker)
    return Report(
        slug=AUDIT,
        title="Audit report",
        columns=AUDIT_COLUMNS,
        rows=rows,
        facts=facts,
        notes=_notes(asked),
        when_empty="Nothing was said, read or taken out in this period.",
        about=about,
        paper=AUDIT_PAPER,
        by_month_of="recorded_at_utc",
        seal=Seal(proof.signed.qr_svg(), f"A picture of the signed head. {proof.signed.says}"),
    )


def about_audit(asked: AuditFilter, proof: Proof, maker: Maker) -> Mapping[str, Any]:
    """The same for programs: it stands in the data files and in the manifest, and names no patient."""
    return {
        **maker.about,
        "filter": {
            "from": asked.first_on.isoformat(),
            "to": asked.last_on.isoformat(),
            "pump_serial": asked.pump_serial,
            "site": asked.site,
            "person": asked.person,
            "pumps": maker.whose,
        },
        "head": {"row_count": proof.signed.row_count, "hash": proof.signed.hash},
        "access_head": {"row_count": proof.signed.access_row_count, "hash": proof.signed.access_hash},
        "signed_head": proof.signed.text,
        "verified": proof.verification.ok,
        "verification_says": proof.verification.says,
    }


def _period_words(asked: AuditFilter) -> str:
    return f"{show_date(asked.first_on)} to {show_date(asked.last_on)}, both days included"


def _filter_words(asked: AuditFilter) -> tuple[tuple[str, str], ...]:
    return (
        ("Pump", asked.pump_serial or "every pump"),
        ("Site", asked.site or "every site"),
        ("Person", asked.person or "everybody"),
    )


def _notes(asked: "AuditAsked") -> tuple[str, ...]:
    narrowed = asked.asked.pump_serial is not None or asked.asked.site is not None
    return (
        "An entry is in the report if it happened or was recorded within the period.",
        "Before an arrow stands what was on record when the entry was written; after it, what the entry says.",
        "On paper, what an entry only repeats is left out; the data files have it, and the exact text.",
        "Nothing is ever taken back: a correction is an entry of its own, and what it corrects stays in the report.",
        *(
            ("Of the access log, only the lines about these pumps are included: sign-ins are of no pump.",)
            if narrowed
            else ()
        ),
    )
