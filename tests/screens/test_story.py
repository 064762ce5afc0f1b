"""The story on screen: one pump, all that was said about it, and the working under each date."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.outlook import Outlook, Tier
from pumplog.screens.story_charts import dose_chart, ratio_chart, reservoir_chart
from pumplog.screens.views.story import _EVER
from pumplog.screens.working import DATES, lines_behind
from tests.screens.conftest import NOW, OpenApp


def html_of(app: AppTest) -> str:
    return "".join(one.proto.body for one in app.get("html") if "<style>" not in one.proto.body)


def words_of(app: AppTest) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html_of(app)))


def story_of(open_app: OpenApp, pump_id: str) -> AppTest:
    app = open_app("story")
    return app.selectbox(key="story-pump").set_value(pump_id).run()


def a_pump(desk: Desk, tier: Tier = Tier.ON_TRACK) -> Outlook:
    return next(row for row in desk.board().rows if row.tier is tier)


def say(desk: Desk, row: Outlook, kind: str, **said: Any) -> str:
    entry = desk.read_entry({"kind": kind, "pump_serial": row.pump_serial, "happened_at": NOW, **said})
    written = desk.record(entry, by="A. <b>Osei", seen=desk.seen(row.pump_id))
    return written.event.event_id


def measured(desk: Desk, row: Outlook, ratio: str) -> None:
    """Seven refills a day apart, each with this ratio since the one before; the last an hour ago."""
    begun = desk.now() - timedelta(days=6, hours=1)
    for place in range(7):
        said = {
            "fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": "500"}],
            "programme": {"mode": "simple_continuous", "dose_mcg_per_day": "500"},
            "drawn_ml": str(20 - Decimal(ratio)),
            "volume_after_fill_ml": "20",
            "pump_running": True,
            "late_reason": "a calm pump for a test",
            "second_checker": "J. Frey",
        }
        at = (begun + timedelta(days=place)).isoformat()
        entry = desk.read_entry({"kind": "refilled", "pump_serial": row.pump_serial, "happened_at": at, **said})
        reasons = {one.code: "told so" for one in desk.preview(entry, by="A. Osei").findings}
        answered = entry.model_copy(update={"confirmed": reasons})
        desk.record(answered, by="A. Osei", seen=desk.seen(row.pump_id))


def test_the_pumps_own_ratio_is_offered_and_a_person_takes_it_into_the_band(
    open_app: OpenApp, clinic_desk: Desk
) -> None:
    row = a_pump(clinic_desk)
    measured(clinic_desk, row, "1.1")
    before = clinic_desk.story_of(row.pump_id)
    app = story_of(open_app, row.pump_id)
    assert "its own ratio is 1.1" in words_of(app)
    assert "Not in use" in words_of(app)
    app.button(key="use-own-ratio").click().run()
    reason = next(one for one in app.text_input if one.label.startswith("Why should the band"))
    reason.set_value("steady for a year").run()
    next(one for one in app.button if one.label == "Check").click().run()
    next(one for one in app.button if one.label.startswith("Save as")).click().run()
    assert not app.exception
    after = clinic_desk.story_of(row.pump_id)
    assert after.state.own_ratio is not None
    assert (after.outlook.tier, after.outlook.alarm_date) == (before.outlook.tier, before.outlook.alarm_date)
    assert "The band lies around the pump’s own ratio of 1.1 " in words_of(app)
    assert "0.94 to 1.26 times the programmed flow" in words_of(app)
    assert "use-own-ratio" not in {one.key for one in app.button}


def test_a_drift_is_said_in_words(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    measured(clinic_desk, row, "1.2")
    app = story_of(open_app, row.pump_id)
    assert "The flow drifts: two visits running lie outside 0.85 to 1.15" in words_of(app)
    assert "its own ratio is" not in words_of(app)


def test_a_pump_is_asked_for_when_none_is_in_hand(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("story")
    chooser = app.selectbox(key="story-pump")
    assert chooser.value is None
    assert len(chooser.options) == len(clinic_desk.pumps())


def test_the_chosen_pump_is_in_the_address_by_its_own_id(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    app = story_of(open_app, row.pump_id)
    assert dict(app.query_params) == {"pump": row.pump_id}
    assert app.session_state["pump_id"] == row.pump_id


def test_an_address_that_names_no_pump_asks_for_one(open_app: OpenApp, clinic_desk: Desk) -> None:
    assert clinic_desk.pumps()
    app = open_app("story")
    app.query_params["pump"] = "nobody"
    app.run()
    assert not app.exception
    assert "not on record" in app.info[0].value


def test_every_event_is_told_with_who_wrote_it(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    told = words_of(story_of(open_app, row.pump_id))
    log = clinic_desk.story_of(row.pump_id).state.log
    assert told.count("Written by T. Lindqvist") == len(log)
    assert told.count("Refill visit") == sum(line.said.entry.kind == "refilled" for line in log)


def test_each_date_shows_its_working_with_numbers_and_sources(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    app = story_of(open_app, row.pump_id)
    told = words_of(app)
    for name, words in DATES.items():
        assert (words in told) == (row.projection.day(name) is not None)
    assert "Volume that may leave the reservoir before the low-reservoir alarm." in told
    assert re.search(r"= 20 mL − 2 mL", told)
    assert "(house policy)" in told


def test_the_lines_behind_a_date_are_those_it_needs_and_no_others(clinic_desk: Desk) -> None:
    projection = a_pump(clinic_desk).projection
    answer = projection.explain()
    assert answer is not None
    assert projection.calculation is not None
    names = [line.name for line in lines_behind("empty_date", projection.calculation, answer.working)]
    assert names[-1] == "empty_date"
    assert "days_to_empty" in names
    assert "days_to_alarm" not in names
    assert "stability_date" not in names


def test_a_corrected_entry_stays_readable_and_is_struck_through(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    target = clinic_desk.story_of(row.pump_id).state.visits[-1].event_id
    say(
        clinic_desk,
        row,
        "corrected",
        target_event_id=target,
        how="entered_in_error",
        reason="The wrong <u>patient",
    )
    html = html_of(story_of(open_app, row.pump_id))
    struck = re.findall(r"<del>(.*?)</del>(.*?)</p>", html)
    assert len(struck) == 1
    assert "Refill visit" in struck[0][0]
    assert "entered in error" in struck[0][1]
    assert "The wrong &lt;u&gt;patient" in html
    assert "A. &lt;b&gt;Osei" in html
    assert "<u>" not in html


def test_an_open_alarm_is_a_reason_and_a_mark(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    say(clinic_desk, row, "alarm_heard", alarm="MOTOR_STALL")
    app = story_of(open_app, row.pump_id)
    assert "Open alarm since 1 Jun 2026" in words_of(app)
    assert "Refill date not known" in words_of(app)
    chart = reservoir_chart(clinic_desk.story_of(row.pump_id), clinic_desk.zone, _EVER, "light")
    assert "alarm heard" in chart.to_json()


def test_looking_back_shows_the_pump_as_it_stood(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    past = clinic_desk.story_of(row.pump_id).state.visits[0].at.date() + timedelta(days=1)
    app = story_of(open_app, row.pump_id)
    app.date_input(key=f"on-{row.pump_id}").set_value(past).run()
    assert "You are looking back" in app.warning[0].value
    assert words_of(app).count("Refill visit") == 1


def test_a_retired_pump_has_a_story_and_no_dates(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = a_pump(clinic_desk)
    say(clinic_desk, row, "retired", reason="transferred", to_clinic="St. <i>Elsewhere")
    app = story_of(open_app, row.pump_id)
    told = words_of(app)
    assert "Not on the board since 1 Jun 2026" in told
    assert "St. &lt;i&gt;Elsewhere" in told
    assert "Refill by" not in told
    assert "to-visit" not in [button.key for button in app.button]


@pytest.mark.parametrize("tier", [Tier.EXPECTED_EMPTY, Tier.CANNOT_PROJECT, Tier.OVERDUE, Tier.DUE_SOON])
def test_every_tier_has_a_story(open_app: OpenApp, clinic_desk: Desk, tier: Tier) -> None:
    rows = [row for row in clinic_desk.board().rows if row.tier is tier]
    for row in rows[:1]:
        app = story_of(open_app, row.pump_id)
        assert not app.exception
        for reason in row.reasons:
            assert reason in words_of(app).replace("&#x27;", "'").replace("&quot;", '"')


@pytest.mark.parametrize("button", ["to-visit", "to-entries"])
def test_the_pump_goes_along_to_the_next_page(open_app: OpenApp, clinic_desk: Desk, button: str) -> None:
    row = a_pump(clinic_desk)
    app = story_of(open_app, row.pump_id)
    app.button(key=button).click().run()
    assert app.title[0].value != "Pump story"
    assert app.session_state["pump_id"] == row.pump_id


def test_charts_hold_every_point_of_the_story(clinic_desk: Desk) -> None:
    story = clinic_desk.story_of(a_pump(clinic_desk).pump_id)
    drawing = reservoir_chart(story, clinic_desk.zone, _EVER, "dark").to_dict()
    points = [row for rows in drawing["datasets"].values() for row in rows if "part" in row]
    assert len(points) == sum(level.part in ("expected", "projected", "early", "late") for level in story.levels)
    assert ratio_chart(story, clinic_desk.zone, clinic_desk.reference.policy, None) is not None
    assert dose_chart(story, clinic_desk.zone, None) is not None


def test_charts_fetch_nothing(clinic_desk: Desk) -> None:
    story = clinic_desk.story_of(a_pump(clinic_desk).pump_id)
    drawing = reservoir_chart(story, clinic_desk.zone, _EVER, "light").to_dict()
    del drawing["$schema"]
    assert "http" not in str(drawing)
    assert date(2026, 6, 1).isoformat() in str(drawing)
