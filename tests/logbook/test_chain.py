"""The chain is what its definition says, and any change to it is found and named."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplog.errors import LogbookDamaged
from pumplog.logbook import Event, Logbook
from pumplog.logbook.chain import EMPTY, HashedRow, hash_of, link
from pumplog.logbook.walking import walk
from tests.logbook.said import new, tamper


def by_the_book(event: Event) -> str:
    """The hash as a stranger would work it out from the written definition alone."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    fields: list[object] = ["pumplog-event-1", event.sequence, event.event_id, event.pump_id, event.kind]
    fields += [event.body_version, event.body]
    for instant in (event.happened_at_utc, event.recorded_at_utc):
        since = instant - epoch
        fields.append((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
    fields += [event.recorded_by, event.prior_hash]
    text = b""
    for field in fields:
        octets = str(field).encode("utf-8")
        text += str(len(octets)).encode() + b":" + octets
    return sha256(text).hexdigest()


def test_hashes_are_what_the_definition_says(log: Logbook) -> None:
    umlauts = replace(new(2), recorded_by="Schwester Ö. µ 💧", happened_at_utc=datetime(1969, 7, 20, tzinfo=UTC))
    written = log.append_all([new(1), umlauts, new(3)], seen={"P1": 0})
    prior = "0" * 64
    for event in written:
        assert event.prior_hash == prior
        assert event.hash == by_the_book(event)
        prior = event.hash


def test_a_character_moved_from_one_field_to_the_next_changes_the_hash() -> None:
    one = replace(new(1), pump_id="P11", kind="refilled")
    other = replace(new(1), pump_id="P1", kind="1refilled")
    assert link([one], EMPTY)[1] != link([other], EMPTY)[1]


@pytest.mark.parametrize(
    "change",
    [
        "event_id = 'event-x'",
        "pump_id = 'P2'",
        "kind = 'deferred'",
        "body_version = 2",
        "body = replace(body, 'refilled', 'refilleD')",
        "body = body || ' '",
        "happened_at_utc = happened_at_utc + INTERVAL 1 MICROSECOND",
        "recorded_at_utc = recorded_at_utc - INTERVAL 1 DAY",
        "recorded_by = 'Somebody Else'",
        "prior_hash = repeat('0', 64)",
        "prior_hash = upper(prior_hash)",
        "hash = repeat('f', 64)",
        "hash = upper(hash)",
    ],
)
def test_any_changed_field_is_found_and_its_event_named(six: Path, change: str) -> None:
    tamper(six, f"UPDATE event_log SET {change} WHERE sequence = 4")  # noqa: S608
    found = Logbook.verify_file(six)
    assert (found.ok, found.row_count, found.first_bad) == (False, 6, 4)
    assert "Event 4" in found.says
    with pytest.raises(LogbookDamaged, match=r"Event 4 .*backup"):
        Logbook.open(six)


@pytest.mark.parametrize(
    ("damage", "first_bad", "says"),
    [
        ("DELETE FROM event_log WHERE sequence = 3", 3, "Event 3 is missing: after event 2 comes event 4"),
        ("DELETE FROM event_log WHERE sequence = 1", 1, "Event 1 is missing"),
        (
            "UPDATE event_log SET sequence = 99 WHERE sequence = 3",
            3,
            "Event 3 was altered after it was written: its number is now 99",
        ),
        (
            "UPDATE event_log SET sequence = -3 WHERE sequence = 3",
            3,
            "Event 3 was altered after it was written: its number is now -3",
        ),
        (
            "UPDATE event_log SET sequence = CASE sequence WHEN 2 THEN 5 ELSE 2 END WHERE sequence IN (2, 5)",
            2,
            "Events 2 and 5 were swapped",
        ),
        ("ALTER TABLE event_log ALTER recorded_by DROP NOT NULL", None, ""),
        ("ALTER TABLE event_log ADD COLUMN extra INTEGER", None, "not shaped as pumplog made it"),
        ("DROP TABLE event_log", None, "not shaped as pumplog made it"),
        ("CREATE OR REPLACE TABLE event_log AS SELECT 1 AS sequence", None, "not shaped as pumplog made it"),
    ],
)
def test_missing_swapped_and_misshapen_logs_are_named(
    six: Path, damage: str, first_bad: int | None, says: str
) -> None:
    tamper(six, "DROP VIEW entry CASCADE" if "event_log" in damage and "TABLE" in damage else "SELECT 1", damage)
    found = Logbook.verify_file(six)
    if not says:
        assert found.ok
        return
    assert (found.ok, found.first_bad) == (False, first_bad)
    assert says in found.says
    with pytest.raises(LogbookDamaged):
        Logbook.open(six)


def test_an_emptied_field_is_found(six: Path) -> None:
    tamper(
        six,
        "ALTER TABLE event_log ALTER recorded_by DROP NOT NULL",
        "UPDATE event_log SET recorded_by = NULL WHERE sequence = 2",
    )
    assert Logbook.verify_file(six).first_bad == 2


def test_a_whole_rewritten_log_is_betrayed_by_its_anchor(six: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.duckdb"
    with Logbook.open(forged) as log:
        log.append_all([new(1), replace(new(2), recorded_by="Forger"), *map(new, range(3, 7))], seen={"P1": 0})
    assert Logbook.verify_file(forged).ok
    six.write_bytes(forged.read_bytes())
    found = Logbook.verify_file(six)
    assert (found.ok, found.first_bad) == (False, None)
    assert "at event 6 the log has another hash" in found.says


def rows(count: int) -> list[HashedRow]:
    events, _ = link([new(number) for number in range(1, count + 1)], EMPTY)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        (
            event.sequence,
            event.event_id,
            event.pump_id,
            event.kind,
            event.body_version,
            event.body,
            round((event.happened_at_utc - epoch).total_seconds() * 1_000_000),
            round((event.recorded_at_utc - epoch).total_seconds() * 1_000_000),
            event.recorded_by,
            event.prior_hash,
            event.hash,
        )
        for event in events
    ]


CHAIN = rows(6)


def test_an_event_rewritten_together_with_its_hash_no_longer_fits_the_next() -> None:
    forged = list(CHAIN[2])
    forged[8] = "Forger"
    forged[10] = hash_of(*forged[:10])  # type: ignore[arg-type]
    found, head = walk([*CHAIN[:2], tuple(forged), *CHAIN[3:]], None)  # type: ignore[list-item]
    assert (found.ok, found.first_bad, head.row_count) == (False, 3, 3)
    assert "Event 3 was altered and its hash made anew: event 4 was written after another one" in found.says


@given(st.integers(0, 5), st.sampled_from([1, 2, 3, 5, 8, 9, 10]), st.data())
def test_any_changed_character_breaks_the_chain_there(place: int, column: int, data: st.DataObject) -> None:
    text = CHAIN[place][column]
    assert isinstance(text, str)
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda character: character != text[at]))
    changed = list(CHAIN[place])
    changed[column] = text[:at] + put + text[at + 1 :]
    found, _ = walk([*CHAIN[:place], tuple(changed), *CHAIN[place + 1 :]], None)  # type: ignore[list-item]
    assert (found.ok, found.first_bad) == (False, place + 1)


@given(st.permutations(range(6)))
def test_only_the_written_order_proves_itself(order: list[int]) -> None:
    found, _ = walk([CHAIN[place] for place in order], None)
    assert found.ok == (order == list(range(6)))
