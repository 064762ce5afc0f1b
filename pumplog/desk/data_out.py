"""What the desk hands to other programs: the analyst's tables. Each is asked for by its own act and written down."""

from pumplog.desk.allowed import asks_for
from pumplog.desk.papers import Papers, PapersDesk
from pumplog.exports.views import view_files
from pumplog.people import Act, access


class DataOutDesk(PapersDesk):
    """The desk as data leave it in forms that programs read."""

    @asks_for(Act.EXPORT)
    def export_views(self, *, by: str) -> Papers:
        """Every read-only view as a Parquet file, of the pumps of one's own sites, with what each column is."""
        self._memory.catch_up()
        events = [event for event in self.logbook.events() if self._sees(event.pump_id)]
        files = view_files(events, made_at=self.now(), clinic=self.reference.policy.clinic_name)
        return self._taken_out("views", files, len(self._seen_pump_ids()), by)

    def _taken_out(self, what: str, files: dict[str, bytes], pumps_count: int, by: str) -> Papers:
        """Write down that patients' data went out, then hand them over."""
        said = access.line("paper_made", what, by=self._maker(by), at=self._now(), pumps_count=pumps_count)
        self.logbook.keep(said=[said])
        return Papers(files, pumps_count, self.today())
