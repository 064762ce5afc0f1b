"""What the desk hands to other programs and to studies; each time it is written down who took it."""

from secrets import token_hex
from typing import Final

from pumplog.desk.allowed import asks_for
from pumplog.desk.papers import Papers, PapersDesk
from pumplog.exports.deidentified import Codes, deidentified_files, rows_of
from pumplog.exports.views import view_files
from pumplog.people import Act

_CODE_BYTES_COUNT: Final = 6
"""So many random bytes make a code of the export without people."""


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

    def _taken_out(self, what: str, files: dict[str, bytes], pumps_count: int, by: str) -> Papers:
        """Write down that patients' data went out, then hand them over."""
        self._tell_taken_out(what, by=by, pumps_count=pumps_count)
        return Papers(files, pumps_count, self.today())
