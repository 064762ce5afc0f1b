"""What was told of the patient, in the story: scores by joint and side, plans against fact, diary, medicines."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from pumplog.desk import Desk, Story
from pumplog.entries import DiaryDay, Scored
from pumplog.outlook.plans import PlanAgainstFact, plans_against_fact
from pumplog.quantities import show_date
from pumplog.screens.clinical_words import (
    ENDED_WORDS,
    JOINT_WORDS,
    ROUTE_WORDS,
    SIDE_WORDS,
    capital,
    diary_summary,
    dose_words,
    medicines_summary,
    step_words,
)
from pumplog.screens.form_look import wear_forms
from pumplog.screens.look import as_words
from pumplog.screens.plan_chart import plan_chart
from pumplog.screens.tables import wear_tables
from pumplog.screens.wording import RISK_WORDS

MOST_TIMES = 6
MOST_DAYS = 14


def clinical_sections(desk: Desk, story: Story) -> None:
    """Show what there is of scores, plans, diary, medicines and risks; nothing where nothing was told."""
    wear_forms()
    wear_tables()
    told = story.state.clinical
    if told.scores:
        st.subheader("Scores over time", anchor=False)
        st.html(scores_html(told.scores, desk.zone))
        left_out = len(told.scores) - MOST_TIMES
        if left_out > 0:
            st.caption(f"The last {MOST_TIMES} times; {left_out} earlier in the log below.")
    for one in plans_against_fact(story.state, story.on):
        _plan(one, story)
    if told.diary:
        st.subheader("Symptom diary", anchor=False)
        st.html(diary_html(told.diary))
    if told.medicines is not None or story.state.risk_flags:
        st.subheader("Medicines and risks", anchor=False)
        st.html(medicines_html(story, desk.zone))


def _plan(one: PlanAgainstFact, story: Story) -> None:
    made, ended = one.plan.made, one.plan.ended
    st.subheader(as_words(f"Plan: {made.drug} {ROUTE_WORDS[made.route].lower()}"), anchor=False)
    steps = ", ".join(step_words(step, made.typed_in) for step in made.steps)
    st.markdown(as_words(f"Ordered by {made.prescriber}: {steps}."))
    if ended is not None:
        st.markdown(as_words(f"{ENDED_WORDS[ended.how]}: {ended.reason}."))
    else:
        st.html(plan_now_html(one))
    chart = plan_chart(one, story.on, st.context.theme.type)
    st.altair_chart(chart, width="stretch", theme=None, key=f"plan-{one.plan.event_id}")


def plan_now_html(one: PlanAgainstFact) -> str:
    """Return how the plan and what was done stand to each other now."""
    made = one.plan.made
    if one.due is None:
        return '<p class="pl-quiet">No step of the plan has come yet.</p>'
    planned = dose_words(one.due.dose_mcg_per_day, made.typed_in)
    words = f"The plan says {planned} since {show_date(one.due.from_on)}"
    done = "programmed" if made.route == "intrathecal" else "taken, as told"
    if one.fact is None:
        return f'<p class="pl-caution">▲ {escape(words)}; nothing is on record of what was {done}.</p>'
    fact = f"{dose_words(one.fact.dose_mcg_per_day, made.typed_in)} {done} on {show_date(one.fact.on)}"
    if one.agrees:
        return f"<p>✓ {escape(words)}; {escape(fact)}.</p>"
    return f'<p class="pl-caution"><b>▲ {escape(words)}; {escape(fact)}.</b></p>'


def scores_html(scores: Sequence[Scored], zone: ZoneInfo) -> str:
    """Return the last scores as a table: a row a scale, joint and side, a column a time."""
    shown = scores[-MOST_TIMES:]
    heads = "".join(f"<th>{show_date(one.happened_at.astimezone(zone).date())}</th>" for one in shown)
    columns = [dict(_grades(one)) for one in shown]
    order = [*_ROWS, *(name for column in columns for name in column if name not in _ROWS)]
    rows = [
        f"<tr><th>{escape(name)}</th>{_cells(name, columns)}</tr>"
        for name in dict.fromkeys(order)
        if any(name in column for column in columns)
    ]
    head, body = f"<thead><tr><td></td>{heads}</tr></thead>", f"<tbody>{''.join(rows)}</tbody>"
    return f'<table class="pl-table pl-scores">{head}{body}</table>'


_ROWS = (
    *(f"{joint}, {side.lower()}" for joint in JOINT_WORDS.values() for side in SIDE_WORDS.values()),
    *("Spasms, how often", "Spasms, how severe", "Pain", "Itch", "Falls"),
)


def _grades(one: Scored) -> Iterator[tuple[str, str]]:
    for each in one.ashworth:
        yield f"{JOINT_WORDS[each.joint]}, {each.side}", each.grade
    for name, grade in (
        ("Spasms, how often", one.penn_frequency),
        ("Spasms, how severe", one.penn_severity),
        ("Pain", one.pain),
        ("Itch", one.itch),
        ("Falls", one.falls_count),
    ):
        if grade is not None:
            yield name, str(grade)


_SHADES = {"0": 0, "1": 1, "1+": 2, "2": 3, "3": 4, "4": 5}


def _cells(name: str, columns: Sequence[Mapping[str, str]]) -> str:
    shaded = name.partition(",")[0] in JOINT_WORDS.values()
    return "".join(_cell(column.get(name), shaded=shaded) for column in columns)


def _cell(grade: str | None, *, shaded: bool) -> str:
    """One grade; those of one scale are shaded by their order, counts and other scales are not."""
    if grade is None:
        return '<td class="pl-quiet" aria-label="not asked">·</td>'
    return f'<td class="pl-grade-{_SHADES[grade] if shaded else 0}">{escape(grade)}</td>'


def diary_html(diary: Sequence[DiaryDay]) -> str:
    """Return the last days of the diary, the newest first."""
    newest = sorted(diary, key=lambda day: day.diary_on, reverse=True)[:MOST_DAYS]
    lines = "".join(f"<li>{escape(diary_summary(day))}{_told_by(day)}</li>" for day in newest)
    return f'<ul class="pl-why">{lines}</ul>'


def _told_by(day: DiaryDay) -> str:
    return f' <span class="pl-quiet">told by {escape(day.told_by)}</span>' if day.told_by else ""


def medicines_html(story: Story, zone: ZoneInfo) -> str:
    """Return the medicines as last listed, those of a class that interacts marked; and the risks that hold."""
    listed = story.state.clinical.medicines
    lines = []
    if listed is not None:
        on = show_date(listed.happened_at.astimezone(zone).date())
        lines.append(f"<dt>Listed {on}</dt><dd>{escape(capital(medicines_summary(listed)))}</dd>")
    if story.state.risk_flags:
        risks = ", ".join(RISK_WORDS[flag] for flag in story.state.risk_flags)
        lines.append(f"<dt>Risks</dt><dd>▲ {escape(risks)}</dd>")
    return f'<dl class="pl-lines">{"".join(lines)}</dl>'
