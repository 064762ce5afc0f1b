"""The export without people: nothing that was planted in any field comes out, in any form of any file."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pumplog.desk import Desk
from pumplog.entries import KINDS, AnyEntry, Corrected, Registered, read_entry
from pumplog.exports.deidentified import TABLES, Codes, Sort, deidentified_files, every_table, rows_of
from pumplog.exports.deidentified.rows import age_group
from pumplog.logbook import NewEvent
from pumplog.reference import load_reference
from pumplog.state import LogLine, PumpState, Said
from tests.cli.terminal import inside
from tests.exports.planting import CANARY, CANARY_AT, CANARY_ON, LOT, NAME, SERIAL, TEXTS, every_planted
from tests.test_house_entries import told

REFERENCE = load_reference()
TODAY = date(2026, 5, 5)
EXACT_DAYS = {
    f"{day:{form}}"
    for day in (CANARY_ON, CANARY_AT.date())
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d %b %Y")
}
A_DATE = re.compile(r"[0-9]{4}-[0-9]{2}|[0-9]{1,2}[/:.][0-9]{2}[/:.]|[0-9]{1,2}:[0-9]{2}|[A-Z][a-z]{2} [0-9]{4}")


def codes() -> Codes:
    numbers = count(1)
    return Codes(lambda: f"{next(numbers):06d}")


def pump_of(entries: Iterable[AnyEntry], pump_id: str = CANARY) -> PumpState:
    """A pump whose log says this, whatever the fold would make of it."""
    said = [
        Said(f"{CANARY} {place}", place, entry, CANARY_AT + timedelta(minutes=5), NAME)
        for place, entry in enumerate(entries, start=1)
    ]
    registered = next((one.entry for one in said if isinstance(one.entry, Registered)), None)
    pump = type("Pump", (), {"pump_id": pump_id, "registered": registered})()
    pump.log = tuple(LogLine(one, None, None) for one in said)
    return cast("PumpState", pump)


def planted_files() -> dict[str, bytes]:
    entries = [cast("AnyEntry", one) for kind in KINDS.values() for one in every_planted(kind)]
    return deidentified_files(rows_of([pump_of(entries)], reference=REFERENCE, on=TODAY, codes=codes()))


def everything_in(name: str, content: bytes) -> str:
    """All that a file says: its name, its bytes, and what they are once decoded, with the metadata."""
    raw = content.decode("latin-1")
    if not name.endswith(".parquet"):
        return f"{name} {raw}"
    file = pq.ParquetFile(io.BytesIO(content))
    fields = [(field.name, field.metadata) for field in file.schema_arrow]
    groups = [
        str(file.metadata.row_group(group).column(column).statistics)
        for group in range(file.metadata.num_row_groups)
        for column in range(file.metadata.num_columns)
    ]
    return " ".join([name, raw, str(file.read().to_pylist()), str(fields), str(file.schema_arrow.metadata), *groups])


def assert_nobody_in(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        words = everything_in(name, content)
        assert [one for one in TEXTS if one.casefold() in words.casefold()] == [], name
        assert [day for day in EXACT_DAYS if day in words] == [], name
        if name.endswith(".parquet"):
            table = pq.read_table(io.BytesIO(content))
            assert [field for field in table.schema if pa.types.is_temporal(field.type)] == []
            texts = {str(one) for row in table.to_pylist() for one in row.values() if isinstance(one, str)}
            assert [one for one in texts if A_DATE.search(one)] == [], name


def test_what_is_planted_would_be_found() -> None:
    for planted in (CANARY, LOT, str(CANARY_ON)):
        with pytest.raises(AssertionError):
            assert_nobody_in({"a.csv": planted.encode()})


def test_nothing_planted_in_any_field_of_any_kind_comes_out() -> None:
    files = planted_files()
    assert_nobody_in(files)
    kinds = {name.removesuffix(".csv") for name, content in files.items() if content.count(b"\n") > 1}
    assert {table.name for table in every_table()} <= kinds, "a table without rows proves nothing"


def test_the_end_of_a_month_is_nowhere_counted_in_days() -> None:
    assert [column.path for table in every_table() for column in table.columns if "expiry_on" in column.path] == []


def test_every_kind_about_a_pump_goes_out_and_no_other() -> None:
    beside = {"corrected", "row_refused", "row_settled", "closure_set", "closure_lifted", "capacity_set"}
    assert set(TABLES) == set(KINDS) - beside


def test_no_text_goes_out_as_it_was_typed() -> None:
    rows = rows_of(
        [pump_of([cast("AnyEntry", one) for kind in TABLES for one in every_planted(KINDS[kind])])],
        reference=REFERENCE,
        on=TODAY,
        codes=codes(),
    )
    sorts = {(table.name, column.name): column for table in every_table() for column in table.columns}
    for (table, name), column in sorts.items():
        values = {row[name] for row in rows[table]} - {None}
        if column.sort in (Sort.WORD, Sort.WORDS):
            assert {word for value in values for word in value.split(" ")} <= set(column.words)
        elif column.sort in (Sort.DRUG, Sort.MODEL):
            assert values == {"other"}
        elif column.sort in (Sort.PERSON, Sort.SITE, Sort.ENTRY):
            assert all(re.fullmatch(r"(person|site|entry)_[0-9]{6}", value) for value in values)
        else:
            assert not any(isinstance(value, str) for value in values)


def test_both_forms_of_a_table_say_the_same() -> None:
    files = planted_files()
    for table in every_table():
        of_csv = list(csv.reader(io.StringIO(files[f"{table.name}.csv"].decode())))
        of_parquet = pq.read_table(io.BytesIO(files[f"{table.name}.parquet"]))
        assert of_csv[0] == of_parquet.column_names
        assert len(of_csv) - 1 == of_parquet.num_rows


def test_ages_over_89_are_one_group_and_so_is_whoever_becomes_so_old() -> None:
    born_on = date(1936, 5, 6)
    assert age_group(born_on, date(2026, 5, 5), aged_on=date(2026, 5, 5)) == "89"
    assert age_group(born_on, date(2026, 5, 6), aged_on=date(2026, 5, 6)) == "90+"
    assert age_group(born_on, date(2020, 1, 1), aged_on=date(2026, 5, 6)) == "90+"
    assert age_group(date(2026, 5, 6), date(2026, 5, 5), aged_on=date(2026, 5, 5)) == "0"


def test_two_exports_have_no_code_in_common_and_within_one_a_code_is_one_person(tmp_path: Path) -> None:
    path = tmp_path / "clinic.duckdb"
    with Desk.open(path, now=lambda: datetime(2026, 4, 1, 12, tzinfo=UTC)) as desk:
        for kind in ("registered", "refilled", "alarm_heard", "alarm_taken_on"):
            entry = desk.read_entry(told(kind))
            desk.record(entry, by="M. Keller", seen=desk.seen_of(entry), event_id=f"example-{kind}")
        first, second = (desk.export_deidentified(by="x").files for _ in range(2))
    rows = {name: list(csv.DictReader(io.StringIO(first[f"{name}.csv"].decode()))) for name in TABLES}
    assert rows["alarm_taken_on"][0]["alarm_event_id"] == rows["alarm_heard"][0]["entry_code"]
    assert rows["refilled"][0]["recorded_by"] == rows["registered"][0]["recorded_by"]
    assert rows["refilled"][0]["volume_after_fill_ml"] == told("refilled")["volume_after_fill_ml"]
    assert rows["registered"][0]["happened_days"] == "0"
    found = [set(re.findall(r"[a-z]+_[0-9a-f]{12}", " ".join(map(str, files.values())))) for files in (first, second)]
    assert len(found[0]) == len(found[1]) > 3
    assert found[0] & found[1] == set()


def said_with_canaries(kind: str) -> AnyEntry:
    """The example of a kind with every text in it that may be any text planted anew."""
    entry = read_entry(told(kind))
    texts = {name: CANARY for name in _free(type(entry)) if not name.endswith("_event_id") and name != "replaced_by"}
    parts: tuple[str, ...] = ("patient", "pump", "fluid", "booking", "waste")
    inner = {name: part for name, part in told(kind).items() if name in parts}
    return read_entry({**told(kind), **texts, "pump_serial": entry.pump_serial, **_planted(inner)})


def _free(model: type[Any]) -> set[str]:
    properties = model.model_json_schema()["properties"]
    return {
        name
        for name, says in properties.items()
        for one in [says, *says.get("anyOf", [])]
        if not any(other.get("type") == "number" for other in says.get("anyOf", []))
        if one.get("type") == "string" and not {"const", "enum", "format", "pattern"} & set(one)
    }


def _planted(inner: dict[str, Any]) -> dict[str, Any]:
    names = {"patient_id", "name", "phone", "model", "lot", "drug", "witness", "method", "site", "clinician"}

    def plant(value: Any) -> Any:
        if isinstance(value, list):
            return [plant(one) for one in value]
        return (
            {key: CANARY if key in names else one for key, one in value.items()} if isinstance(value, dict) else value
        )

    return {name: plant(value) for name, value in inner.items()}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with the example of every kind, its texts planted, and a correction that replaces one of them."""
    path = tmp_path_factory.mktemp("clinic") / "clinic.duckdb"
    entries = {kind: said_with_canaries(kind) for kind in KINDS if kind != "corrected"}
    replaced = Corrected(
        happened_at=CANARY_AT,
        pump_serial=SERIAL,
        target_event_id="example-wasted",
        how="replaced",
        reason=CANARY,
        replacement=entries["wasted"].model_copy(update={"pump_serial": SERIAL}),
    )
    with Desk.open(path) as desk:
        events = [
            NewEvent(f"example-{kind}", "p1", kind, 1, one.body(), CANARY_AT + timedelta(days=n), CANARY_AT, NAME)
            for n, (kind, one) in enumerate({**entries, "corrected": replaced}.items())
        ]
        desk.logbook.append_all(events, seen={"p1": 0})
    return path


def test_nobody_is_in_the_files_that_the_command_writes(clinic: Path, tmp_path: Path) -> None:
    words = ("export", "deidentified", "--out", tmp_path / "out", "--by", NAME)
    said = inside("--database", clinic, *words)
    assert said.code == 0, said.err
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert_nobody_in(files)
    assert files["refilled.csv"].count(b"\n") == 2
    assert "Do not try to" in files["README.md"].decode()
    with Desk.open(clinic) as desk:
        line = desk.logbook.access_events()[-1]
        assert (line.kind, line.pump_id, line.recorded_by) == ("paper_made", "deidentified", NAME)
