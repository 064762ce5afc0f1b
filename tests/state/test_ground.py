"""The fold begins at the last fill but one, and ends where the whole time line ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pumplog.entries import BODY_VERSION, read_entry
from pumplog.state import Said, Unread, fold_pump

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
REGISTERED = {
    "kind": "registered",
    "patient": {"patient_id": "1", "name": "Invented, Name"},
    "pump": {"model": "SynchroMed II 8637-20", "capacity_ml": "20", "alarm_volume_ml": "2"},
}

alarm_volumes = st.sampled_from([{}, {"alarm_volume_ml": "3"}, {"alarm_volume_ml": "4"}])
bridges = st.sampled_from([{}, {"bridge": {"given": True, "bridge_mcg": "187.5", "bridge_hours": "45"}}])
programmes = st.sampled_from(["50", "90", "300"]).map(
    lambda dose: {"programme": {"mode": "simple_continuous", "dose_mcg_per_day": dose}}
)
running = st.booleans().map(lambda runs: {"pump_running": runs})
fluids = st.sampled_from(["500", "2000"]).map(
    lambda strength: {"fluid": [{"drug": "baclofen", "concentration_mcg_per_ml": strength}]}
)


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda many: {name: value for one in many for name, value in one.items()})


visits = st.one_of(
    merged(
        st.just({"kind": "refilled", "volume_after_fill_ml": "18"}),
        alarm_volumes,
        bridges,
        programmes,
        running,
        fluids,
    ),
    merged(st.just({"kind": "reprogrammed"}), alarm_volumes, bridges, programmes, running),
    st.just({"kind": "deferred", "reason": "no vein", "volume_left_ml": "6", "pump_running": False}),
)


@given(st.lists(visits, max_size=9))
def test_the_state_is_the_one_at_the_end_of_the_whole_time_line(told: list[dict[str, Any]]) -> None:
    events = []
    for place, one in enumerate([REGISTERED, *told], start=1):
        moment = START + timedelta(days=7 * place)
        entry = read_entry(one | {"pump_serial": "NG1", "happened_at": moment.isoformat()})
        words = Unread(entry.kind, entry.happened_at, BODY_VERSION, entry.body())
        events.append(Said(f"e{place}", place, words, moment, "M. Keller"))
    state = fold_pump("pump", events, zone=ZONE)
    fills = [visit.entry for visit in state.visits if visit.entry.kind == "refilled"]
    assert state.standing == (state.visits[-1].standing if state.visits else None)
    assert state.last_fill == (fills[-1] if fills else None)
    read = [Said(one.event_id, one.sequence, one.entry, one.recorded_at_utc, one.recorded_by) for one in events]
    again = fold_pump("pump", read, zone=ZONE)
    assert (again.standing, again.running, again.visits) == (state.standing, state.running, state.visits)
