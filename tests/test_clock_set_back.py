"""The machine's clock jumps back: nothing is lost, no tier falls by it, the log holds, and the doctor says so."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pumplog.desk.examining import Health
from pumplog.errors import EntryRefused
from pumplog.serving.nightly import NightlyPapers
from tests.stories.clinic import Clinic

NOW = datetime(2026, 4, 29, 9, tzinfo=UTC)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)], ids=["an hour", "a day"])
def test_a_clock_that_jumps_back_loses_nothing(tmp_path: Path, back: timedelta) -> None:
    clinic = Clinic(tmp_path / "clinic")
    (tmp_path / "clinic" / "clinic.toml").write_text(f'[nightly]\nbackup_to = "{tmp_path}/backups"\n', "utf-8")
    with clinic.open() as opened:
        opened.ordinary()
        opened.clinic.now = NOW
        opened.say_now("alarm_heard", NOW.isoformat(), alarm="MOTOR_STALL", event="stall")
        night = NightlyPapers(opened.desk)
        assert night.make_due() == ["backup"]
        before = opened.row(date(2026, 4, 29))
        opened.clinic.now = NOW - back
        assert opened.row(date(2026, 4, 29)) == before  # by what is on record, not by the clock
        with pytest.raises(EntryRefused, match="future"):
            opened.say_now("alarm_heard", NOW.isoformat(), alarm="OTHER")
        said = opened.say_now("alarm_heard", opened.clinic.now.isoformat(), alarm="OTHER", event="late", **LATE)
        assert said.event.sequence == 4
        assert night.make_due() == []
        assert len(list((tmp_path / "backups").iterdir())) == 1
        found = {check.about: check for check in opened.desk.examine()}
        assert found["chain and anchor"].health is Health.WELL
        assert found["clock"].health is Health.WRONG  # the clock is behind what was recorded already
        opened.clinic.now = NOW + timedelta(minutes=5)
        found = {check.about: check for check in opened.desk.examine()}
        assert (found["clock"].health, "before event 4" in found["clock"].says) == (Health.LOOK, True)
        assert [event.event_id for event in opened.desk.logbook.events()][-2:] == ["stall", "late"]
        opened.clinic.now = NOW + timedelta(days=1)
        assert night.make_due() == ["backup"]


LATE = {"late_reason": "the clock of the machine was set back"}
