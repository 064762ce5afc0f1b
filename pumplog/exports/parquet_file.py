"""A table as a Parquet file that says of each column what it is and in which unit."""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from pumplog.calc.formula import unit_of

if TYPE_CHECKING:
    import pyarrow as pa


def parquet_of(table: "pa.Table", *, says: Mapping[str, str], about: Mapping[str, str]) -> bytes:
    """The file. `says` describes every column; `about` stands in the metadata of the whole.

    A column's metadata has `description` and, where its name carries one, `unit`: mL, mcg, mcg/day and so on;
    instants have the unit UTC. The same table gives the same bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [field.with_metadata(_about_column(field.name, says[field.name])) for field in table.schema]
    described = table.cast(pa.schema(fields, metadata=dict(about)))
    written = BytesIO()
    pq.write_table(described, written, compression="zstd")
    return written.getvalue()


def _about_column(name: str, says: str) -> dict[str, str]:
    unit = "UTC" if name.endswith("_at_utc") else (unit_of(name) or "")
    return {"description": says, **({"unit": str(unit)} if unit else {})}
