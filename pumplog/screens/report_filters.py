"""What a report is asked to be of: days, and what fits its kind."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import streamlit as st

from pumplog.desk import Desk
from pumplog.exports.audit_rows import AuditFilter
from pumplog.exports.clinic_reports import ReportAsked, ReportKind
from pumplog.exports.report import Report
from pumplog.exports.report_set import Progress

AUDIT: Final = "audit"
REPORT_WORDS: Final[Mapping[str, str]] = {
    ReportKind.PUNCTUALITY.value: "Refill punctuality and near misses",
    ReportKind.RESIDUALS.value: "Residual and ratio outliers",
    ReportKind.ALARMS.value: "Alarm response times",
    ReportKind.WASTE.value: "Controlled-drug waste",
    ReportKind.RECALL.value: "Recall search",
    ReportKind.CASELOAD.value: "Caseload by drug, concentration, model and site",
    AUDIT: "Audit report",
}
BACK_DAYS: Final = 365
AUDIT_BACK_DAYS: Final = 30
_TIMELESS: Final = frozenset({ReportKind.RECALL.value, ReportKind.CASELOAD.value})
"""What is asked of all that is on record, or of today: no days are asked for."""

Asked = Callable[[str, Progress], Report]


def filters(desk: Desk, kind: str) -> Asked:
    """Ask what the report is to be of; the answer makes it."""
    first_on = last_on = desk.today()
    if kind not in _TIMELESS:
        back_days = AUDIT_BACK_DAYS if kind == AUDIT else BACK_DAYS
        columns = st.columns(2)
        first = columns[0].date_input(
            "From", desk.today() - timedelta(days=back_days), format="DD/MM/YYYY", key=f"report-from-{kind}"
        )
        last = columns[1].date_input("To", desk.today(), format="DD/MM/YYYY", key=f"report-to-{kind}")
        first_on, last_on = first, last
    if kind == AUDIT:
        three = st.columns(3)
        pump = _said(three[0].text_input("Pump, by its serial", key="report-pump", placeholder="every pump"))
        site = _said(three[1].text_input("Site", key="report-site", placeholder="every site"))
        who = _said(three[2].text_input("Person", key="report-person", placeholder="everybody"))
        wanted = AuditFilter(first_on, last_on, pump_serial=pump, site=site, person=who)
        return lambda by, progress: desk.audit(wanted, by=by, progress=progress)
    named = _recalled() if kind == ReportKind.RECALL else {}
    site = _said(st.text_input("Site", key=f"report-site-{kind}", placeholder="every site"))
    asked = ReportAsked(ReportKind(kind), first_on, last_on, site=site, **named)
    return lambda by, _: desk.clinic_report(asked, by=by)


def _recalled() -> dict[str, str | None]:
    first, second = st.columns(2), st.columns(2)
    return {
        "model": _said(first[0].text_input("Model, or a part of its name", key="recall-model")),
        "lot": _said(first[1].text_input("Lot of a drug", key="recall-lot")),
        "serial_from": _said(second[0].text_input("Serials from", key="recall-from")),
        "serial_to": _said(second[1].text_input("Serials to", key="recall-to")),
    }


def _said(typed: str) -> str | None:
    return typed.strip() or None
