"""The ordering sheet as a file: no patient in it, and no cell that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable

from pumplog.exports.records import harmless
from pumplog.exports.values import plain_value
from pumplog.planning import OrderLine

ORDER_COLUMNS = ("drug_and_concentration", "reservoir_ml", "visits_count", "fill_ml", "kits_count")


def order_csv(lines: Iterable[OrderLine]) -> str:
    """The lines as CSV, with a header; what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ORDER_COLUMNS)
    for line in lines:
        cells = (line.fluid_says, line.reservoir_ml, line.visits_count, line.fill_ml, line.visits_count)
        writer.writerow([harmless(plain_value(cell)) for cell in cells])
    return text.getvalue()
