"""The hash of many events at once, on Arrow columns; the definition is that of `pumplog.logbook.chain`.

Held equal to `chain.hash_of` by a property test. Arrow takes a while to load: for long logs alone.
"""

from hashlib import sha256

import pyarrow as pa
from pyarrow import compute

_WORD = "15:pumplog-event-1"
_HASHED_COUNT = 10
"""So many columns are hashed: all but the hash itself."""


def hashes_of(batch: pa.RecordBatch) -> list[str]:
    """The hash of each row of a batch with the columns of a `HashedRow`, without empty cells."""
    parts: list[object] = [_WORD]
    for column in batch.columns[:_HASHED_COUNT]:
        text = column.cast(pa.string())
        parts += [compute.binary_length(text).cast(pa.string()), ":", text]
    hashed = compute.binary_join_element_wise(*parts, "").cast(pa.binary())
    return [sha256(one).hexdigest() for one in hashed.to_pylist()]
