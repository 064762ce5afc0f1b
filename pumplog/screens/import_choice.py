"""What is kept between two runs of the import page: what was chosen, and what its check found.

Not in the page itself: a page is run anew each time, and a class of an earlier run is another class.
"""

from dataclasses import dataclass

from streamlit.runtime.uploaded_file_manager import UploadedFile

from pumplog.desk import ImportReport
from pumplog.imports import DateOrder


@dataclass(frozen=True)
class Chosen:
    """What was chosen to be read, and how."""

    upload: UploadedFile
    date_order: DateOrder | None
    sheet: str | None

    @property
    def is_what(self) -> tuple[str, DateOrder | None, str | None]:
        """Tells one choice from another."""
        return (self.upload.file_id, self.date_order, self.sheet)


@dataclass(frozen=True)
class Checked:
    """What a check found, for which choice, and how much of the log had been seen then."""

    is_what: tuple[str, DateOrder | None, str | None]
    report: ImportReport
    seen: int
