"""Tablets that the clinic knows: the browser's own random word is kept as a hash, and lets a PIN be used there."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from pumplog.logbook import Kept, Log, Shelf


class Tablet(BaseModel):
    """One tablet: `browser` is the fingerprint of the word in its cookie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tablet_id: str
    name: str
    browser: str
    enrolled_at_utc: datetime
    enrolled_by: str
    revoked: bool = False


class Tablets:
    """Every tablet that was ever enrolled."""

    def __init__(self, logbook: Log) -> None:
        self._logbook = logbook

    def all(self) -> list[Tablet]:
        """Every tablet, by name."""
        kept = self._logbook.kept(Shelf.TABLET).values()
        return sorted(map(Tablet.model_validate_json, kept), key=lambda tablet: tablet.name.casefold())

    def at(self, browser: str | None) -> Tablet | None:
        """The enrolled tablet that this browser is; None when it is none."""
        return (
            next((one for one in self.all() if one.browser == browser and not one.revoked), None) if browser else None
        )

    @staticmethod
    def kept(tablet: Tablet) -> Kept:
        """A tablet as it is to be kept."""
        return Kept(Shelf.TABLET, tablet.tablet_id, tablet.model_dump_json())
