"""Reports: what an auditor takes out of the house, and the lines that say so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from pumplog.desk.alarm_report import alarms
from pumplog.desk.allowed import asks_for
from pumplog.desk.answered import AlarmsDesk
from pumplog.desk.memory import CLINIC, uncollected
from pumplog.desk.proving import ProvingDesk
from pumplog.errors import EntryRefused, Fault
from pumplog.exports.audit import Maker, Proof, audit_report
from pumplog.exports.audit_rows import AuditFilter, Known
from pumplog.exports.clinic_reports import Ground, ReportAsked, ReportKind
from pumplog.exports.drug_reports import caseload, recall, waste
from pumplog.exports.log_words import moment_words
from pumplog.exports.refill_reports import punctuality, residuals
from pumplog.exports.report import Report
from pumplog.exports.report_set import Progress, ReportFormat, ReportSet, report_set
from pumplog.logbook import Event
from pumplog.people import Act, access
from pumplog.people.person import site_key

if TYPE_CHECKING:
    import pyarrow as pa

    from pumplog.exports.audit_asked import AuditAsked

_AT_ONCE_COUNT: Final = 5_000
"""So many events are read at a time."""


def _unheard(stage: str, done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


_BUILDERS: Final[Mapping[ReportKind, Callable[[ReportAsked, Ground], Report]]] = {
    ReportKind.PUNCTUALITY: punctuality,
    ReportKind.RESIDUALS: residuals,
    ReportKind.WASTE: waste,
    ReportKind.RECALL: recall,
    ReportKind.CASELOAD: caseload,
}
"""Each report of the states of pumps; the one of alarms is made of how each was answered."""


class ReportsDesk(ProvingDesk, AlarmsDesk):
    """The desk as an auditor uses it."""

    @asks_for(Act.EXPORT)
    def audit(self, asked: AuditFilter, *, by: str, progress: Progress | None = None) -> Report:
        """Everything that was said, read and taken out in a period, as one table. That somebody looked is logged.

        Raises EntryRefused for days that cannot be, a pump that is not on record, a site without pumps.
        """
        tell = progress or _unheard
        if self._day(asked.first_on) > self._day(asked.last_on):
            raise EntryRefused(Fault("to", "The last day is before the first: exchange the two."))
        tell("reading the log", 0, 3)
        pump_ids = self._asked_pump_ids(asked)
        self._tell_report("report_read", "audit", by, **_told_of(asked, pump_ids))
        from pumplog.exports.audit_table import gathered

        signed, maker = self.signed_head(by=by), self._maker_of(by, self._sites_words())
        access_events = self.logbook.access_events()[: signed.access_row_count]
        told = self._audit_asked(asked, signed.row_count, access_events, pump_ids)
        with uncollected(), gathered(told) as entries:
            verification = self.logbook.verify()
            tell("working out what changed", 1, 3)
            report = audit_report(told, entries, Proof(signed, verification), maker)
        tell("read", 3, 3)
        return report

    @asks_for(Act.SEE_STORY)
    def clinic_report(self, asked: ReportAsked, *, by: str) -> Report:
        """One of the clinic's reports, of the pumps of one's own sites. That somebody looked is logged.

        Raises EntryRefused for days that cannot be, or a recall that names nothing.
        """
        if self._day(asked.first_on) > self._day(asked.last_on):
            raise EntryRefused(Fault("to", "The last day is before the first: exchange the two."))
        self._memory.catch_up()
        with uncollected():
            report = self._built(asked)
        told = {"first_on": asked.first_on.isoformat(), "last_on": asked.last_on.isoformat()}
        self._tell_report("report_read", asked.kind.value, by, rows_count=len(report.rows), site=asked.site, **told)
        whose = self._sites_words() if asked.site is None else f"site {asked.site}"
        maker = self._maker_of(by, whose)
        facts = (
            *report.facts,
            ("Pumps", whose),
            ("Made", f"{moment_words(maker.at, self.zone)} ({self.zone.key}) by {maker.by}"),
            ("Software", maker.software_words),
        )
        return replace(report, facts=facts, about={**maker.about, "filter": asked.about})

    def _built(self, asked: ReportAsked) -> Report:
        if asked.kind is ReportKind.ALARMS:
            responses = self.alarm_responses(asked.first_on, asked.last_on)
            known = {one.pump_id: self._known(one.pump_id) for one in responses}
            return alarms(asked, [one for one in responses if _is_at(known[one.pump_id].site, asked.site)])
        ids = [pump_id for pump_id in self._seen_pump_ids() if _is_at(self._known(pump_id).site, asked.site)]
        states = [self._memory.state(pump_id) for pump_id in ids]
        return _BUILDERS[asked.kind](asked, Ground(states, self.reference, self.today(), self._next_visit_on))

    def _next_visit_on(self, pump_id: str) -> date | None:
        row = self._row(pump_id, self.today())
        return row.next_visit_on if row is not None else None

    @asks_for(Act.EXPORT)
    def export_report(
        self, report: Report, formats: Iterable[ReportFormat], *, by: str, progress: Progress | None = None
    ) -> ReportSet:
        """A report as files with their manifest, to be put into one folder; that it left the house is logged.

        Raises EntryRefused when a form cannot hold the rows.
        """
        asked = tuple(formats)
        if not asked:
            raise EntryRefused(Fault("format", "No form was asked for: choose at least one."))
        about = {"made_by": self._reporter(by), **report.about}
        clinic = self.reference.policy.clinic_name
        made = report_set(report, asked, at=self.now(), clinic=clinic, zone=self.zone, about=about, progress=progress)
        forms = [one.value for one in asked]
        seal, count = made.manifest_sha256, made.rows_count
        self._tell_report("report_exported", report.slug, by, formats=forms, rows_count=count, manifest_sha256=seal)
        return made

    def _audit_asked(
        self, asked: AuditFilter, row_count: int, access_events: list[Event], pump_ids: set[str] | None
    ) -> "AuditAsked":
        from pumplog.exports.audit_asked import AuditAsked

        return AuditAsked(
            asked=asked,
            events=self._columns_until(row_count),
            events_count=row_count,
            corrections=self.logbook.events(until=row_count, kind="corrected"),
            access=access_events,
            pumps={pump_id: self._known(pump_id) for pump_id in self._seen_pump_ids()},
            unseen=frozenset(pump_id for pump_id in self._memory.pump_ids() if not self._sees(pump_id)),
            people={one.person_id: one.name for one in self.door.accounts.everybody()},
            whole_clinic=self._sees(CLINIC),
            zone=self.zone,
            pump_ids=None if pump_ids is None else frozenset(pump_ids),
        )

    def _columns_until(self, row_count: int) -> "Iterator[pa.Table]":
        """The first so many events, read piece by piece: a long log is never held whole."""
        for after in range(0, row_count, _AT_ONCE_COUNT):
            yield self.logbook.event_columns(after=after, until=min(after + _AT_ONCE_COUNT, row_count))

    def _asked_pump_ids(self, asked: AuditFilter) -> set[str] | None:
        """The pumps that a filter names; None when it names none. Raises EntryRefused when nothing fits."""
        self._memory.catch_up()
        if asked.pump_serial is None and asked.site is None:
            return None
        found = set(self._seen_pump_ids())
        if asked.pump_serial is not None:
            found &= {self._memory.pump_id(asked.pump_serial) or ""}
            if not found:
                says = f'No pump with the serial "{asked.pump_serial}" is on record: check it.'
                raise EntryRefused(Fault("pump_serial", says))
        if asked.site is not None:
            wanted = site_key(asked.site)
            found = {pump_id for pump_id in found if site_key(self._known(pump_id).site) == wanted}
            if not found:
                raise EntryRefused(Fault("site", f'No such pump is at the site "{asked.site}": check its name.'))
        return found

    def _known(self, pump_id: str) -> Known:
        registered = self._memory.state(pump_id).registered
        if registered is None:
            return Known("", "", "")
        return Known(registered.pump_serial, registered.patient.patient_id, registered.clinic_site or "")

    def _maker_of(self, by: str, whose: str) -> Maker:
        clinic, version = self.reference.policy.clinic_name, self.reference.version
        return Maker(by=self._reporter(by), at=self.now(), clinic=clinic, whose=whose, rules_version=version)

    def _sites_words(self) -> str:
        if self.person is None or self.person.sites is None:
            return "all sites"
        return f"sites: {', '.join(sorted(self.person.sites))}"

    def _reporter(self, by: str) -> str:
        return self.person.name if self.person is not None else by.strip() or access.NOBODY

    def _tell_report(self, kind: str, about: str, by: str, **told: str | int | list[str] | None) -> None:
        self.logbook.keep(said=[access.line(kind, about, by=self._reporter(by), at=self._now(), **told)])


def _is_at(site: str, asked: str | None) -> bool:
    return asked is None or site_key(site) == site_key(asked)


def _told_of(asked: AuditFilter, pump_ids: set[str] | None) -> dict[str, str | None]:
    """What somebody looked at, without a patient in it: a pump by its id."""
    one = asked.pump_serial is not None and pump_ids is not None
    return {
        "first_on": asked.first_on.isoformat(),
        "last_on": asked.last_on.isoformat(),
        "pump_id": min(pump_ids) if one and pump_ids else None,
        "site": asked.site,
        "person": asked.person,
    }
