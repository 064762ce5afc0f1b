"""`pumplog record`: what a screen can write, a script can write, with the same findings and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from pumplog.entries import KINDS
from tests.cli.terminal import ENTRIES, Said, assert_sentences, example, inside, written

BY_HAND = (
    "registered",
    "refilled",
    "reprogrammed",
    "alarm_heard",
    "alarm_closed",
    "deferred",
    "corrected",
    "retired",
)
SERIAL = "NGX100001"


class Clinic:
    """One clinic in a folder, spoken to through the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "clinic.duckdb"

    def record(self, said: dict[str, Any] | str, *words: str) -> Said:
        path = self.folder / "entry.json"
        if isinstance(said, str):
            path.write_text(said, "utf-8")
        else:
            written(path, said)
        return inside("record", path, "--by", "M. Keller", "--database", self.database, "--format", "json", *words)

    def begun(self) -> "Clinic":
        for kind in ("registered", "refilled"):
            said = self.record(example(kind))
            assert said.code == 0, said.err
        return self

    def proof(self) -> Any:
        return inside("verify", "--database", self.database, "--format", "json").json

    def story(self) -> Any:
        return inside("story", SERIAL, "--database", self.database, "--format", "json").json


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A clinic with one pump, for tests that change nothing."""
    return Clinic(tmp_path_factory.mktemp("begun")).begun()


def second_fill(**changes: Any) -> dict[str, Any]:
    """A refill on 1 April: 86 days at 0.15 mL/day leave 7.1 mL."""
    usual = {"happened_at": "2026-04-01T09:00:00Z", "drawn_ml": "7.1"}
    return example("refilled", **(usual | {"programmer_alarm_on": None, "next_visit_on": None} | changes))


def test_every_kind_that_a_person_may_say_is_recorded_in_its_turn(clinic: Clinic) -> None:
    ids: dict[str, str] = {}
    for kind in BY_HAND:
        names = {
            "alarm_closed": {"alarm_event_id": ids.get("alarm_heard")},
            "corrected": {"target_event_id": ids.get("deferred")},
        }
        said = clinic.record(example(kind, **names.get(kind, {})))
        if said.code == 1 and "findings" in said.json:
            reasons = {finding["code"]: "as prescribed" for finding in said.json["findings"]}
            said = clinic.record(example(kind, confirmed=reasons, **names.get(kind, {})))
        assert said.code == 0, (kind, said.err)
        assert said.json["recorded"] is True
        assert said.json["sequence"] == len(ids) + 1
        ids[kind] = said.json["event_id"]
    assert [event["kind"] for event in clinic.story()["events"]] == list(BY_HAND)
    assert clinic.proof()["ok"] is True
    assert inside("due", "--database", clinic.database, "--format", "json").json == []


def test_the_answer_has_the_board_row_with_the_entry_in_it(clinic: Clinic) -> None:
    said = clinic.begun().record(second_fill())
    assert list(said.json) == ["recorded", "event_id", "sequence", "findings", "after"]
    assert said.json["after"]["alarm_date"] == "2026-07-30"


@pytest.mark.parametrize("kind", sorted({path.stem for path in ENTRIES.glob("*.json")}))
def test_there_is_a_schema_for_every_kind(kind: str) -> None:
    said = inside("record", "--schema", kind)
    assert (said.code, said.err) == (0, "")
    assert said.json["type"] == "object"
    assert kind in json.dumps(said.json["properties"]["kind"])
    assert set(example(kind)) <= set(said.json["properties"])
    assert said.json["additionalProperties"] is False
    assert kind in KINDS


def test_an_unknown_kind_has_no_schema() -> None:
    said = inside("record", "--schema", "refiled")
    assert (said.code, said.out) == (1, "")
    assert_sentences(said.err)


def test_a_dry_run_tells_the_findings_and_writes_nothing(clinic: Clinic) -> None:
    said = clinic.record(example("registered"), "--dry-run")
    assert said.code == 0
    assert (said.json["recorded"], said.json["unanswered"]) == (False, [])
    assert [path.name for path in clinic.folder.iterdir()] == ["entry.json"]
    clinic.begun()
    before = clinic.proof()
    said = clinic.record(second_fill(drawn_ml="4"), "--dry-run")
    assert said.code == 0
    codes = {finding["code"]: finding["weight"] for finding in said.json["findings"]}
    assert codes["residual_evaluate"] == "CONFIRM"
    assert [one["field"] for one in said.json["unanswered"]] == ["confirmed.residual_evaluate"]
    assert said.json["before"]["alarm_date"] == "2026-05-05"
    assert said.json["after"]["alarm_date"] == "2026-07-30"
    assert clinic.proof() == before


def test_a_finding_has_its_weight_code_sentence_field_and_source(clinic: Clinic) -> None:
    said = clinic.begun().record(second_fill(), "--dry-run")
    for finding in said.json["findings"]:
        assert list(finding) == ["weight", "code", "says", "about", "source"]
        assert finding["weight"] in ("STOP", "CONFIRM", "NOTE")
        assert_sentences(finding["says"])
        assert finding["source"]


def test_a_finding_to_confirm_needs_its_reason_in_the_file(clinic: Clinic) -> None:
    before = clinic.begun().proof()
    said = clinic.record(second_fill(drawn_ml="4"))
    assert said.code == 1
    assert [one["field"] for one in said.json["refused"]] == ["confirmed.residual_evaluate"]
    assert "residual_evaluate" in {finding["code"] for finding in said.json["findings"]}
    assert said.err.strip() == said.json["refused"][0]["says"]
    assert clinic.proof() == before
    said = clinic.record(second_fill(drawn_ml="4", confirmed={"residual_evaluate": "drawn twice, the same"}))
    assert (said.code, said.json["recorded"]) == (0, True)
    entry = clinic.story()["events"][-1]["entry"]
    assert entry["confirmed"] == {"residual_evaluate": "drawn twice, the same"}


def test_a_stop_needs_a_reason_and_a_second_person(clinic: Clinic) -> None:
    stop, reason = second_fill(drawn_ml="19"), {"residual_stop": "stall found on interrogation and mended"}
    said = clinic.begun().record(stop)
    assert said.code == 1
    assert [one["field"] for one in said.json["refused"]] == ["confirmed.residual_stop", "second_checker"]
    assert "STOP" in {finding["weight"] for finding in said.json["findings"]}
    assert clinic.record(stop | {"confirmed": reason}).code == 1
    assert clinic.record(stop | {"confirmed": reason, "second_checker": "m. keller"}).code == 1
    assert clinic.record(stop | {"confirmed": reason, "second_checker": "A. Osei"}).code == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"drawn_ml": "-1"}, "drawn_ml"),
        ({"drawn_ml": "NaN"}, "drawn_ml"),
        ({"drawn_ml": "abc"}, "drawn_ml"),
        ({"drawn_ml": "20.1"}, "drawn_ml"),
        ({"drawn_ml": True}, "drawn_ml"),
        ({"volume_after_fill_ml": "1e400"}, "volume_after_fill_ml"),
        ({"volume_after_fill_ml": "Infinity"}, "volume_after_fill_ml"),
        ({"volume_after_fill_ml": "20.5", "injected_ml": None, "volume_left_ml": None}, "volume_after_fill_ml"),
        ({"happened_at": "2199-01-01T09:00:00Z"}, "happened_at"),
        ({"happened_at": "2026-02-30"}, "happened_at"),
        ({"happened_at": "2026-01-05T09:00:00Z"}, "happened_at"),
        ({"shoe_size": "9"}, "shoe_size"),
        ({"pump_serial": "NG000000H"}, "pump_serial"),
        ({"kind": "refiled"}, "kind"),
        ({"programme": {"mode": "simple_continuous", "dose_mcg_per_day": "0"}}, "programme"),
        ({"fluid": []}, "fluid"),
    ],
    ids=str,
)
def test_bad_input_is_refused_by_field_and_changes_nothing(change: dict[str, Any], field: str, begun: Clinic) -> None:
    before = begun.proof()
    said = begun.record(second_fill(**change))
    assert said.code == 1
    assert field in {one["field"].split(".")[0] for one in said.json["refused"]}, said.json
    assert_sentences(said.err)
    assert begun.proof() == before


def test_a_retired_pump_takes_no_more_refills(clinic: Clinic) -> None:
    clinic.begun()
    assert clinic.record(example("retired")).code == 0
    said = clinic.record(second_fill(happened_at="2026-04-02T09:00:00Z"))
    assert said.code == 1
    assert_sentences(said.err)


def test_a_late_entry_needs_its_reason(clinic: Clinic) -> None:
    clinic.begun()
    late = example("deferred", happened_at="2026-01-04T09:00:00Z", drawn_ml=None, late_reason=None)
    assert clinic.record(example("alarm_heard")).code == 0
    said = clinic.record(late | {"happened_at": "2026-02-01T09:00:00Z"})
    assert said.code == 1
    assert "late_reason" in {one["field"] for one in said.json["refused"]}
    heard = example("alarm_heard", happened_at="2026-02-01T09:00:00Z", reported_at=None, late_reason="paper form")
    assert clinic.record(heard).code == 0


def test_what_was_seen_must_still_be_the_latest(clinic: Clinic) -> None:
    before = clinic.begun().proof()
    for words in ((), ("--dry-run",)):
        said = clinic.record(second_fill(seen=1), *words)
        assert said.code == 1
        assert "Somebody else recorded something" in said.err
        assert said.json["refused"] == [{"field": None, "says": said.err.strip()}]
    assert clinic.proof() == before
    assert clinic.record(second_fill(seen=2)).code == 0


@pytest.mark.parametrize(
    "facts",
    [{"seen": "2"}, {"seen": 1.5}, {"seen": True}, {"event_id": 7}, {"event_id": " "}, {"event_id": "\ud800"}],
)
def test_facts_of_writing_of_the_wrong_kind_are_refused(facts: dict[str, Any], clinic: Clinic) -> None:
    said = clinic.record(example("registered", **facts))
    assert said.code == 1
    assert {one["field"] for one in said.json["refused"]} == set(facts)
    assert not clinic.database.exists()


def test_the_same_entry_id_twice_is_one_entry(clinic: Clinic) -> None:
    clinic.begun()
    first = clinic.record(second_fill(event_id="visit-of-1-april"))
    proof = clinic.proof()
    again = clinic.record(second_fill(event_id="visit-of-1-april"))
    assert (first.code, again.code) == (0, 0)
    assert (again.json["event_id"], again.json["sequence"]) == (first.json["event_id"], first.json["sequence"])
    other = clinic.record(second_fill(event_id="visit-of-1-april", drawn_ml="7"))
    assert other.code == 1
    assert_sentences(other.err)
    assert clinic.proof() == proof


def test_a_second_fill_at_the_same_minute_is_refused(clinic: Clinic) -> None:
    clinic.begun()
    assert clinic.record(second_fill()).code == 0
    assert clinic.record(second_fill(happened_at="2026-04-01T09:00:30Z")).code == 1


def test_a_time_without_a_zone_is_the_clinics_and_a_day_is_its_noon(clinic: Clinic) -> None:
    (clinic.folder / "clinic.toml").write_text('zone = "America/New_York"\n', "utf-8")
    assert clinic.record(example("registered", happened_at="2026-01-05T03:30")).code == 0
    assert clinic.record(example("refilled", happened_at="2026-01-05", programmer_alarm_on=None)).code == 0
    happened = [event["happened_at"] for event in clinic.story()["events"]]
    assert happened == ["2026-01-05T08:30:00Z", "2026-01-05T17:00:00Z"]


def test_reads_an_entry_from_standard_input(clinic: Clinic) -> None:
    words = ("record", "-", "--by", "M. Keller", "--database", clinic.database, "--format", "json")
    said = inside(*words, stdin="\ufeff" + json.dumps(example("registered", clinic_site="Zürich")))
    assert (said.code, said.json["sequence"]) == (0, 1)
    assert clinic.story()["state"]["registered"]["clinic_site"] == "Zürich"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON we can read"),
        ("{", "is not JSON we can read"),
        ("[" * 100_000, "is not JSON we can read"),
        ("[1, 2]", "holds no entry"),
        ("7", "holds no entry"),
        ('{"kind": "refilled", "drawn_ml": "2", "drawn_ml": "20"}', "says drawn_ml twice"),
        (f'{{"kind": "{"x" * 1_000_001}"}}', "too long"),
        ('{"kind": NaN}', "kind of entry is missing or unknown"),
        ('{"kind": 1' + "0" * 5000 + "}", "is not JSON we can read"),
    ],
    ids=["empty", "cut", "deep", "list", "number", "twice", "long", "nan", "huge"],
)
def test_a_file_that_is_no_entry_is_refused_in_a_sentence(text: str, says: str, clinic: Clinic) -> None:
    said = clinic.record(text)
    assert said.code == 1
    assert says in said.err
    assert_sentences(said.err)
    assert not clinic.database.exists()


def test_a_file_that_is_not_there_or_not_text_is_refused_in_a_sentence(clinic: Clinic) -> None:
    (clinic.folder / "entry.bin").write_bytes(b"\xff\xfe\x00{")
    for path in (clinic.folder / "no.json", clinic.folder, clinic.folder / "entry.bin"):
        said = inside("record", path, "--by", "M. Keller", "--database", clinic.database)
        assert (said.code, said.out) == (1, "")
        assert_sentences(said.err)


def test_rows_of_sheets_are_not_written_by_hand(clinic: Clinic) -> None:
    for kind in ("row_refused", "row_settled"):
        said = clinic.record(example(kind))
        assert said.code == 1
        assert_sentences(said.err)
    assert not clinic.database.exists()


@pytest.mark.parametrize(
    "words", [(), ("entry.json",), ("entry.json", "--by", " "), ("--by", "M. Keller"), ("a", "b")]
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], clinic: Clinic) -> None:
    said = inside("record", *words, "--database", clinic.database)
    assert (said.code, said.out) == (2, "")
    assert not clinic.database.exists()


def test_a_name_that_cannot_be_written_is_refused(clinic: Clinic) -> None:
    path = written(clinic.folder / "entry.json", example("registered"))
    said = inside("record", path, "--by", "M. Keller\udc80", "--database", clinic.database)
    assert (said.code, said.out) == (1, "")
    assert_sentences(said.err)


def test_text_says_the_findings_and_the_event(clinic: Clinic) -> None:
    path = written(clinic.folder / "entry.json", example("registered"))
    words = ("record", path, "--by", "M. Keller", "--database", clinic.database)
    assert inside(*words, "--dry-run").out.endswith("Nothing was written (dry run).\n")
    assert inside(*words).out.endswith("Recorded as event 1.\n")
