"""What the desk hands to other programs and to studies; each time it is written down who took it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from secrets import token_hex
from typing import Final

from pumplog.desk.allowed import asks_for
from pumplog.desk.papers import Papers, PapersDesk
from pumplog.entries import Refilled
from pumplog.entries.base import EARLIEST_YEAR
from pumplog.errors import EntryRefused, Fault
from pumplog.exports.deidentified import Codes, deidentified_files, rows_of
from pumplog.exports.fhir import Asked as FhirAsked
from pumplog.exports.fhir import PumpAsked, fhir_bundle
from pumplog.exports.views import view_files
from pumplog.fhir.facts import CARRIED
from pumplog.imports.fhir_bundle import read_bundle, refills_of
from pumplog.people import Act
from pumplog.state import PumpState, holding

_CODE_BYTES_COUNT: Final = 6
"""So many random bytes make a code of the export without people."""

FHIR_FILE: Final = "bundle.fhir.json"


class DataOutDesk(PapersDesk):
    """The desk as data leave it in forms that programs read."""

    @asks_for(Act.EXPORT)
    def export_views(self, *, by: str) -> Papers:
        """Every read-only view as a Parquet file, of the pumps of one's own sites, with what each column is."""
        self._memory.catch_up()
        events = [event for event in self.logbook.events() if self._sees(event.pump_id)]
        files = view_files(events, made_at=self.now(), clinic=self.reference.policy.clinic_name)
        return self._taken_out("views", files, len(self._seen_pump_ids()), by)

    @asks_for(Act.EXPORT)
    def export_deidentified(self, *, by: str) -> Papers:
        """What is on record of the pumps of one's own sites, without people in it, as CSV and Parquet."""
        self._memory.catch_up()
        states = [self._memory.state(pump_id) for pump_id in self._seen_pump_ids()]
        codes = Codes(lambda: token_hex(_CODE_BYTES_COUNT))
        rows = rows_of(states, reference=self.reference, on=self.today(), codes=codes)
        return self._taken_out("deidentified", deidentified_files(rows), len(states), by)

    @asks_for(Act.EXPORT)
    def export_fhir(
        self, *, by: str, pump_serial: str | None = None, first: date | None = None, last: date | None = None
    ) -> Papers:
        """A FHIR R4 bundle of one pump, or of what happened at one's own sites from a first day to a last one.

        It is checked against R4, and its refills are read back, before it is handed over. Raises EntryRefused when
        neither a pump nor both days are named.
        """
        asked = self._fhir_asked(pump_serial, first, last)
        content = fhir_bundle(asked)
        refuse_lost(content, [one.state for one in asked.pumps], asked.takes)
        return self._taken_out("fhir", {FHIR_FILE: content}, len(asked.pumps), by)

    def _fhir_asked(self, pump_serial: str | None, first: date | None, last: date | None) -> FhirAsked:
        if pump_serial is None and (first is None or last is None):
            raise EntryRefused(
                Fault("pump_serial", "A bundle is of one pump, or of a period: name a pump, or both days.")
            )
        days = [self._day(day) for day in (first, last) if day is not None]
        if days != sorted(days):
            raise EntryRefused(Fault("to", "The last day is before the first one: check both."))
        self._memory.catch_up()
        pump_ids = self._seen_pump_ids() if pump_serial is None else [self.pump_id(pump_serial)]
        pumps = (self._fhir_pump(pump_id) for pump_id in pump_ids)
        return FhirAsked(tuple(pumps), self.reference, self.now(), first, last)

    def _fhir_pump(self, pump_id: str) -> PumpAsked:
        state = self._memory.state(pump_id)
        begun = date(EARLIEST_YEAR, 1, 1)
        return PumpAsked(state, self._row(pump_id, self.today()), self._near_misses_of(pump_id, begun))

    def _taken_out(self, what: str, files: dict[str, bytes], pumps_count: int, by: str) -> Papers:
        """Write down that patients' data went out, then hand them over."""
        self._tell_taken_out(what, by=by, pumps_count=pumps_count)
        return Papers(files, pumps_count, self.today())


def refuse_lost(content: bytes, states: Iterable[PumpState], takes: Callable[[datetime], bool]) -> None:
    """Read the refills of a bundle back, and raise EntryRefused when they are not those of the log, fact for fact."""
    held = (one.entry for state in states for one in holding(state.log))
    written = [_facts(one) for one in held if isinstance(one, Refilled) and takes(one.happened_at)]
    read = [_facts(one) for one in refills_of(read_bundle(content))]
    if sorted(written) != sorted(read):
        says = (
            "The bundle does not say of the refills what the log says: nothing was written. Report this as a fault."
        )
        raise EntryRefused(Fault("Bundle", says))


def _facts(entry: Refilled) -> str:
    return entry.model_dump_json(include=set(CARRIED), exclude_none=True)
