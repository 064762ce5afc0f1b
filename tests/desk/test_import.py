"""An import through the desk: what is new, what is there, what is refused and stays in sight until mended."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pumplog.desk import ImportReport
from pumplog.entries import Refilled
from pumplog.errors import EntryRefused, StaleRecord
from pumplog.outlook import Tier
from tests.desk.sheets import sheet
from tests.stories.clinic import NURSE, SERIAL, Clinic, Opened

TODAY = date(2026, 3, 2)
OTHER = {"Pump serial": "NGX200002", "MRN": "P-2"}


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """An empty clinic on 2 Mar 2026 at noon."""
    clinic = Clinic(tmp_path / "clinic").on_paper()
    clinic.at(TODAY)
    return clinic


def bring_in(opened: Opened, *rows: Mapping[str, str], all_or_nothing: bool = False, **more: Any) -> ImportReport:
    path = sheet(opened.clinic.folder / "refills.csv", *rows)
    told = {"by": NURSE, "seen": opened.head(), "accept_good_rows": not all_or_nothing}
    return opened.desk.import_sheet(path, **{**told, **more})


def counts(report: ImportReport) -> tuple[int, int, int, bool]:
    return report.new_count, report.already_there_count, len(report.refused), report.written


def test_an_imported_row_is_a_visit_at_noon_and_its_pump_is_taken_as_running(opened: Opened) -> None:
    assert counts(bring_in(opened, {})) == (1, 0, 0, True)
    row = opened.row()
    assert row is not None
    assert (row.tier, row.alarm_date) == (Tier.ON_TRACK, date(2026, 5, 5))
    visit = opened.desk.story(SERIAL).state.visits[0].entry
    assert isinstance(visit, Refilled)
    assert visit.pump_running is None
    assert visit.happened_at == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_importing_twice_is_the_same_as_once(opened: Opened) -> None:
    bring_in(opened, {}, {"Visit date": "2026-02-02"}, {**OTHER, "Concentration": "2000"})
    before = opened.head()
    report = bring_in(opened, {}, {"Visit date": "2026-02-02"}, {**OTHER, "Concentration": "2000"})
    assert counts(report) == (0, 2, 1, True)
    assert opened.head() == before
    assert len(opened.desk.board().open_rows) == 1


def test_one_bad_row_means_that_nothing_is_written_unless_told_otherwise(opened: Opened) -> None:
    rows: tuple[dict[str, str], ...] = ({}, {**OTHER, "Concentration": "2000"})
    assert counts(bring_in(opened, *rows, all_or_nothing=True)) == (0, 0, 1, False)
    assert counts(bring_in(opened, *rows, dry_run=True)) == (1, 0, 1, False)
    assert opened.head() == 0


def test_a_pump_whose_every_row_is_refused_is_on_the_board_with_the_reason(opened: Opened) -> None:
    bring_in(opened, {**OTHER, "Concentration": "2000"})
    row = opened.row(serial="NGX200002")
    assert row is not None
    assert row.tier is Tier.CANNOT_PROJECT
    assert any("Line 2 of refills.csv was refused" in reason for reason in row.reasons)
    assert opened.desk.story("ngx200002").outlook == row


def test_a_refused_row_of_a_pump_with_good_rows_is_in_its_reasons_and_changes_no_date(opened: Opened) -> None:
    bring_in(opened, {}, {"Visit date": "2026-02-02", "Drawn (mL)": "30"})
    row = opened.row()
    assert row is not None
    assert row.alarm_date == date(2026, 5, 5)
    assert any("was refused" in reason for reason in row.reasons)


def test_a_mended_sheet_settles_the_refused_row(opened: Opened) -> None:
    bring_in(opened, {}, {**OTHER, "Concentration": "2000"})
    report = bring_in(opened, {}, {**OTHER, "Concentration": "2000 mcg/mL"})
    assert counts(report) == (1, 1, 0, True)
    assert opened.desk.board().open_rows == ()
    row = opened.row(serial="NGX200002")
    assert row is not None
    assert row.tier is Tier.ON_TRACK
    assert not any("refused" in reason for reason in row.reasons)


def test_a_mended_row_is_settled_even_when_somebody_typed_the_visit_in_meanwhile(opened: Opened) -> None:
    bring_in(opened, {"Concentration": "2000"})
    opened.say_now("refilled", "2026-01-05T09:00Z", late_reason="was refused by the import")
    assert len(opened.desk.board().open_rows) == 1
    assert counts(bring_in(opened, {})) == (0, 1, 0, True)
    assert opened.desk.board().open_rows == ()


def test_a_regular_visit_does_not_settle_a_row_whose_date_could_not_be_read(opened: Opened) -> None:
    bring_in(opened, {}, {"Visit date": "2026-02-31"})
    bring_in(opened, {}, {"Visit date": "2026-02-31"}, {"Visit date": "2026-02-25"})
    assert len(opened.desk.board().open_rows) == 1
    bring_in(opened, {"Visit date": "2026-02-20"})
    assert len(opened.desk.board().open_rows) == 1
    bring_in(opened, {}, {"Visit date": "2026-02-26"})
    assert opened.desk.board().open_rows == ()


def test_a_row_that_the_sheet_still_holds_is_not_settled_by_its_like(opened: Opened) -> None:
    for _ in range(2):
        bring_in(opened, {}, {"Concentration": "2000"})
        assert [one.row.line_count for one in opened.desk.board().open_rows] == [3]


def test_a_visit_recorded_on_the_screen_is_there_already_when_the_row_says_the_same(opened: Opened) -> None:
    opened.ordinary()
    opened.at(TODAY)
    before = opened.head()
    assert counts(bring_in(opened, {"Pump serial": "ngx 100001"})) == (0, 1, 0, True)
    assert opened.head() == before


@pytest.mark.parametrize(
    "cells",
    [
        {"Filled to (mL)": "19"},
        {"Drawn (mL)": "3"},
        {"Daily dose": "310 mcg/day"},
        {"Concentration": "500 mcg/mL"},
        {"Alarm volume (mL)": "3"},
        {"Mode": "stopped", "Daily dose": ""},
    ],
)
def test_a_row_of_a_recorded_day_with_other_values_is_refused(opened: Opened, cells: dict[str, str]) -> None:
    opened.ordinary()
    opened.at(TODAY)
    report = bring_in(opened, cells)
    assert counts(report) == (0, 0, 1, True)
    assert report.refused[0].field == "visit_date"
    assert "recorded with other values" in report.refused[0].says
    row = opened.row()
    assert row is not None
    assert row.alarm_date == date(2026, 5, 5)


def test_a_stopped_row_is_not_the_same_as_a_flex_programme(opened: Opened) -> None:
    opened.register()
    steps = [{"hours": "24", "rate_mcg_per_hour": "12.5"}]
    opened.say("refilled", "2026-01-05T09:00Z", programme={"mode": "flex", "days": [{"steps": steps}]})
    opened.at(TODAY)
    assert counts(bring_in(opened, {"Mode": "stopped", "Daily dose": ""})) == (0, 0, 1, True)


def test_rows_older_than_the_log_are_late_with_their_reason(opened: Opened) -> None:
    bring_in(opened, {"Visit date": "2026-02-02"})
    bring_in(opened, {}, {"Visit date": "2026-02-02"})
    entries = [line.said.entry for line in opened.desk.story(SERIAL).state.log]
    late = {entry.happened_at.date(): entry.late_reason for entry in entries if entry.kind == "refilled"}
    assert late == {date(2026, 2, 2): None, date(2026, 1, 5): "imported from a sheet"}
    row = opened.row()
    assert row is not None
    assert row.last_fill_on == date(2026, 2, 2)


def test_a_refused_row_makes_no_later_row_late(opened: Opened) -> None:
    opened.ordinary()
    opened.at(TODAY)
    bring_in(opened, {}, {"Visit date": "2026-02-02", "Concentration": "2000"})
    bring_in(opened, {}, {"Visit date": "2026-02-02"})
    assert [line.said.entry.late_reason for line in opened.desk.story(SERIAL).state.log] == [None] * 5


def test_rows_of_a_retired_pump_are_refused_unless_they_are_older(opened: Opened) -> None:
    opened.ordinary()
    opened.say("retired", "2026-02-01T09:00Z", reason="died")
    opened.at(TODAY)
    report = bring_in(opened, {"Visit date": "2026-01-20"}, {"Visit date": "2026-02-10"})
    assert counts(report) == (1, 0, 1, True)
    assert "retired on 1 Feb 2026" in report.refused[0].says
    assert opened.row() is None
    assert len(opened.desk.board().open_rows) == 1


def test_a_row_of_today_is_taken_before_noon(opened: Opened) -> None:
    opened.clinic.now = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    assert counts(bring_in(opened, {"Visit date": "2026-03-02"})) == (1, 0, 0, True)
    row = opened.row()
    assert row is not None
    assert row.alarm_date == date(2026, 6, 30)
    opened.at(TODAY)
    assert counts(bring_in(opened, {"Visit date": "2026-03-02"})) == (0, 1, 0, True)


def test_noon_is_the_clinics(tmp_path: Path) -> None:
    opened = Clinic(tmp_path / "clinic", zone="Pacific/Auckland").on_paper()
    opened.at(TODAY)
    bring_in(opened, {"Visit date": "2026-01-06"})
    assert opened.desk.story(SERIAL).state.visits[0].entry.happened_at == datetime(2026, 1, 5, 23, tzinfo=UTC)
    row = opened.row()
    assert row is not None
    assert row.alarm_date == date(2026, 5, 6)


def test_a_pump_of_another_patient_is_refused(opened: Opened) -> None:
    opened.ordinary()
    opened.at(TODAY)
    report = bring_in(opened, {"Visit date": "2026-02-02", "MRN": "P-other"})
    assert [fault.field for fault in report.refused] == ["patient_id"]


def test_an_import_that_has_not_seen_the_latest_is_refused(opened: Opened) -> None:
    opened.ordinary()
    opened.at(TODAY)
    with pytest.raises(StaleRecord):
        bring_in(opened, {"Visit date": "2026-02-02"}, seen=1)
    assert opened.head() == 2


def test_a_compounded_drug_comes_in_as_cannot_project(opened: Opened) -> None:
    bring_in(opened, {"Drug": "hydromorphone", "Concentration": "10 mg/mL", "Daily dose": "1 mg/day"})
    row = opened.row()
    assert row is not None
    assert row.tier is Tier.CANNOT_PROJECT
    assert "no beyond-use date" in row.reasons[0]


def test_a_visit_entered_in_error_does_not_come_back_with_the_next_import(opened: Opened) -> None:
    bring_in(opened, {}, {"Visit date": "2026-02-02"})
    wrong = opened.desk.story(SERIAL).state.log[-1].said.event_id
    opened.say_now("corrected", "2026-03-02T11:00Z", target_event_id=wrong, how="entered_in_error")
    assert counts(bring_in(opened, {}, {"Visit date": "2026-02-02"})) == (0, 2, 0, True)
    row = opened.row()
    assert row is not None
    assert row.last_fill_on == date(2026, 1, 5)


def test_a_pump_registered_in_error_is_registered_anew_under_the_same_id(opened: Opened) -> None:
    bring_in(opened, {})
    story = opened.desk.story(SERIAL)
    for line in reversed(story.state.log):
        target = line.said.event_id
        opened.say_now("corrected", "2026-03-02T11:00Z", target_event_id=target, how="entered_in_error")
    assert opened.row() is None
    assert counts(bring_in(opened, {}, {"Visit date": "2026-02-02"})) == (1, 1, 0, True)
    again = opened.desk.story(SERIAL)
    assert again.state.pump_id == story.state.pump_id
    row = opened.row()
    assert row is not None
    assert row.last_fill_on == date(2026, 2, 2)


def test_a_refused_row_is_dismissed_only_with_a_reason_and_once(opened: Opened) -> None:
    bring_in(opened, {**OTHER, "Pump serial": "", "Concentration": "2000"}, {"Concentration": "2000"})
    clinics, pumps = opened.desk.board().open_rows
    with pytest.raises(EntryRefused, match="only with a reason"):
        opened.desk.dismiss_row(clinics.event_id, "  ", by=NURSE, seen=opened.head())
    seen_clinic = opened.desk.seen("clinic")
    opened.desk.dismiss_row(clinics.event_id, "not our patient", by=NURSE, seen=seen_clinic)
    with pytest.raises(EntryRefused, match="not open any more"):
        opened.desk.dismiss_row(clinics.event_id, "again", by=NURSE, seen=seen_clinic)
    with pytest.raises(StaleRecord):
        opened.desk.dismiss_row(pumps.event_id, "typed in by hand", by=NURSE, seen=0)
    seen_pump = opened.desk.seen(opened.desk.pump_id(SERIAL))
    opened.desk.dismiss_row(pumps.event_id, "typed in by hand", by=NURSE, seen=seen_pump)
    assert opened.desk.board().open_rows == ()
