"""The board on screen: every active pump, worst first, and nothing red is ever out of sight."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from pumplog.desk import Desk
from pumplog.outlook import Tier
from pumplog.people import Role
from pumplog.screens import clinic, palette
from pumplog.screens.board_chart import rows_ahead, weeks_chart
from tests.screens.conftest import NOW, OpenApp, sign_in

CARD = re.compile(
    r'<(?:article class="pl-row |li class=")pl-edge-(\w+)(?: pl-found)?">(.*?)</(?:article|li)>(?=</|<li class|$)',
    re.DOTALL,
)
"""A row in full, or one of the lines below them."""


def cards(app: AppTest, place: str = "row") -> list[tuple[str, str]]:
    """The cards on screen as (tier, html); those of a search are told apart by their buttons."""
    shown = [match.groups() for one in app.get("html") for match in CARD.finditer(one.proto.body)]
    found = len([button for button in app.button if (button.key or "").startswith("open-found-")])
    return [(tier, html) for tier, html in (shown[found:] if place == "row" else shown[:found])]


def serials(rows: list[tuple[str, str]]) -> list[str]:
    return [found.group(1) for _, html in rows if (found := re.search(r"pump (\w+)", html))]


def show_everything(app: AppTest) -> None:
    while more := [button for button in app.button if (button.key or "").startswith("more-")]:
        more[0].click().run()


def register(desk: Desk, serial: str, name: str) -> None:
    desk.record(
        desk.read_entry(
            {
                "kind": "registered",
                "pump_serial": serial,
                "happened_at": NOW - timedelta(days=2),
                "patient": {"patient_id": "P1", "name": name, "phone": "<b>0</b>"},
                "pump": {"model": "Other & own", "capacity_ml": "20", "alarm_volume_ml": "2"},
            }
        ),
        by="M. Keller",
        seen=0,
    )


def test_an_empty_log_says_what_to_do(open_app: OpenApp) -> None:
    app = open_app("board")
    assert {"Import a sheet", "Register a pump"} <= {button.label for button in app.button}
    assert cards(app) == []


def test_every_active_pump_is_there_exactly_once_worst_first(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("board")
    show_everything(app)
    rows = clinic_desk.board().rows
    assert serials(cards(app)) == [row.pump_serial for row in rows]
    assert [tier for tier, _ in cards(app)] == [row.tier.value for row in rows]


def test_each_tier_is_counted_with_symbol_and_word(open_app: OpenApp, clinic_desk: Desk) -> None:
    counted = Counter(row.tier for row in clinic_desk.board().rows)
    labels = [button.label for button in open_app("board").button]
    for tier in Tier:
        shown = palette.TIERS[tier.value]
        assert f"{shown.symbol} **{counted[tier]}** {shown.word}" in labels


def test_a_row_says_what_a_nurse_would_say(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("board")
    html = "".join(html for _, html in cards(app))
    words = re.sub(r"<[^>]+>", "", html)
    row = next(row for row in clinic_desk.board().rows if row.tier is Tier.OVERDUE)
    assert row.patient_name is not None
    assert row.patient_name in words
    assert "Refill by " in words
    assert "none booked" in words
    assert "days of grace" in words
    assert "limited by the alarm, less 7 days of house policy" in words


@pytest.mark.parametrize("asked", ["", "no such pump anywhere", "morphine", "%", "<b>"])
@pytest.mark.parametrize("chosen", ["All", "Due soon", "On track", "None booked"])
def test_silent_death_ageing_out_or_hidden_by_the_default_filter(
    open_app: OpenApp, clinic_desk: Desk, asked: str, chosen: str
) -> None:
    """Years later, and under any search and filter, every red row is on the screen, on the first page."""
    clinic_desk._now = lambda: datetime(2026, 6, 20, 9, 30, tzinfo=UTC)
    app = open_app("board")
    if app.segmented_control:
        app.segmented_control(key="calm").set_value(chosen).run()
    app.text_input(key="find").set_value(asked).run()
    red = [row.pump_serial for row in clinic_desk.board().rows if row.tier.is_red]
    assert len(red) > 10
    assert serials(cards(app))[: len(red)] == red


def test_a_pump_ten_years_overdue_is_still_there(open_app: OpenApp, clinic_desk: Desk) -> None:
    count = len(clinic_desk.board().rows)
    clinic_desk._now = lambda: datetime(2036, 6, 1, 9, 30, tzinfo=UTC)
    assert len(cards(open_app("board"))) == count


def test_what_is_searched_for_is_shown_first(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = clinic_desk.board().rows[-1]
    app = open_app("board")
    app.text_input(key="find").set_value(row.pump_serial.lower()).run()
    assert serials(cards(app, "found")) == [row.pump_serial]


def test_calm_rows_are_narrowed_by_the_filter(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_app("board")
    app.segmented_control(key="calm").set_value("Due soon").run()
    red = sum(row.tier.is_red for row in clinic_desk.board().rows)
    assert {tier for tier, _ in cards(app)[red:]} == {"due_soon"}


def test_a_count_of_calm_rows_brings_them_back(open_app: OpenApp, clinic_desk: Desk) -> None:
    assert clinic_desk.board().counts[Tier.ON_TRACK]
    app = open_app("board")
    app.segmented_control(key="calm").set_value("Due soon").run()
    app.button(key="tier-on_track").click().run()
    assert "on_track" in {tier for tier, _ in cards(app)}


def test_what_people_typed_stays_text(open_app: OpenApp, desk: Desk) -> None:
    register(desk, "X<i>1", "<script>alert(1)</script> *O'Neil*")
    html = "".join(html for _, html in cards(open_app("board")))
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "Phone &lt;b&gt;0" in html


def test_a_row_leads_to_the_visit_and_to_the_story(open_app: OpenApp, clinic_desk: Desk) -> None:
    pump_id = clinic_desk.board().rows[0].pump_id
    for button in (f"visit-row-{pump_id}", f"open-row-{pump_id}"):
        app = open_app("board")
        app.button(key=button).click().run()
        assert not app.exception
        assert app.session_state["pump_id"] == pump_id
        assert app.title[0].value != "Refill board"


def test_the_address_names_the_pump_by_nothing_but_its_own_id(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = clinic_desk.board().rows[0]
    app = open_app("board")
    app.button(key=f"open-row-{row.pump_id}").click().run()
    assert dict(app.query_params) == {"pump": row.pump_id}


def test_the_pumps_of_a_day_are_listed(open_app: OpenApp, clinic_desk: Desk) -> None:
    row = next(row for row in clinic_desk.board().rows if row.tier is Tier.ON_TRACK)
    app = open_app("board")
    app.selectbox(key="day").set_value(row.refill_by).run()
    assert f"open-day-{row.pump_id}" in [button.key for button in app.button]


def test_the_weeks_ahead_hold_every_refill_that_falls_due_in_them(clinic_desk: Desk) -> None:
    board = clinic_desk.board()
    ahead = rows_ahead(board.rows, board.on)
    assert list(ahead) == sorted(ahead)
    assert {row.tier for rows in ahead.values() for row in rows} == {Tier.DUE_SOON, Tier.ON_TRACK}
    assert board.counts[Tier.DUE_SOON] == sum(row.tier is Tier.DUE_SOON for rows in ahead.values() for row in rows)
    drawing = str(weeks_chart(ahead, board.on, "light", clinic_desk.calendar()).to_dict()["datasets"])
    assert all(day.isoformat() in drawing for day in ahead)


def open_refused(app: AppTest) -> AppTest:
    app.session_state["refused-fold"] = True
    return app.run()


def test_refused_rows_stay_on_the_banner_until_dismissed_with_a_reason(open_app: OpenApp, clinic_desk: Desk) -> None:
    first, *others = clinic_desk.board().open_rows
    app = open_refused(open_app("board"))
    app.button(key=f"dismiss-{first.event_id}").click().run()
    assert "with a reason" in app.error[0].value
    assert len(clinic_desk.board().open_rows) == len(others) + 1

    app.text_input(key=f"reason-{first.event_id}").set_value("Typed twice in the old sheet").run()
    app.button(key=f"dismiss-{first.event_id}").click().run()
    assert not app.exception
    assert [row.event_id for row in clinic_desk.board().open_rows] == [row.event_id for row in others]


def test_only_somebody_who_may_import_dismisses_a_row(open_app: OpenApp, clinic_desk: Desk) -> None:
    app = open_refused(open_app("board", sign_in(clinic_desk, "V. Iewer", Role.VIEWER)))
    assert any("was refused" in one.label or "were refused" in one.label for one in app.expander)
    assert [button.key for button in app.button if (button.key or "").startswith("dismiss-")] == []


def test_a_row_is_not_dismissed_from_a_page_that_is_locked(open_app: OpenApp, clinic_desk: Desk) -> None:
    first = clinic_desk.board().open_rows[0]
    app = open_refused(open_app("board"))
    app.text_input(key=f"reason-{first.event_id}").set_value("Typed twice").run()
    clinic_desk.door.lock(app.session_state[clinic.SESSION_KEY], at=clinic_desk.now())
    app.button(key=f"dismiss-{first.event_id}").click().run()
    assert app.title[0].value == "Locked"
    assert first in clinic_desk.board().open_rows
