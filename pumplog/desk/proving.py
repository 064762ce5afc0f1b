"""What the desk can prove: that the log is whole, how it ends, and a signed head for paper."""

import json
from collections.abc import Sequence

from pumplog.desk.allowed import asks_for
from pumplog.desk.reading import ReadingDesk
from pumplog.logbook import Head, Kept, Lease, Outside, Shelf, SignedHead, Verification
from pumplog.people import Act, access


class ProvingDesk(ReadingDesk):
    """The desk as it vouches for the log."""

    @asks_for(Act.VERIFY)
    def verify(self, against: Sequence[Outside] = ()) -> Verification:
        """Walk the chain of the whole log; compare the anchor, and what heads that were taken earlier say."""
        return self.logbook.verify(against)

    @asks_for(Act.VERIFY)
    def head(self) -> Head:
        """The end of the log: row count, hash, sequence."""
        return self.logbook.head()

    @asks_for(Act.VERIFY)
    def signed_head(self, *, by: str = "") -> SignedHead:
        """The end of both logs at this moment, signed, with a short code and a picture for paper.

        A key that is new stands in the log of who came in before the first head is signed with it; `by` is who
        stands there where nobody has an account. Raises LogbookUnavailable when there is no key and none can be made.
        """
        head = self.logbook.signed_head(at=self._now())
        if self.logbook.kept_under(Shelf.SIGNING_KEY, head.key_id) is not None:
            return head
        with self.logbook.leased(Lease.PEOPLE):
            if self.logbook.kept_under(Shelf.SIGNING_KEY, head.key_id) is None:
                key = {"key_id": head.key_id, "public_key": head.public_key.hex()}
                said = access.line("signing_key_made", "signing_key", by=self._maker(by), at=self._now(), **key)
                self.logbook.keep([Kept(Shelf.SIGNING_KEY, head.key_id, json.dumps(key))], said=[said])
        return self.logbook.signed_head(at=self._now())
