"""What cannot be said about an alarm, a scan or a replacement, and what to look at before saying it."""

from collections.abc import Iterator
from datetime import datetime, time

from pumplog.entries import (
    AlarmClosed,
    AlarmHeard,
    AlarmInterrogated,
    AlarmSnoozed,
    AlarmTakenOn,
    AnyEntry,
    Imaged,
    ReplacementPlanned,
    SnoozeCancelled,
)
from pumplog.errors import EntryRefused, Fault
from pumplog.outlook import low_alarm_of, project, replacement_of
from pumplog.quantities import show_date
from pumplog.reference import ALARM_KINDS, Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import Alarm, PumpState

AboutAnOpenAlarm = AlarmTakenOn | AlarmInterrogated | AlarmSnoozed | SnoozeCancelled | AlarmClosed


def faults_of_alarm(entry: AnyEntry, state: PumpState, reference: Reference) -> Iterator[Fault]:
    """What is said about an alarm needs an alarm that is open, and times in their order."""
    if isinstance(entry, AlarmHeard):
        if entry.reported_at is not None and entry.reported_at < entry.happened_at:
            yield Fault("reported_at", "It was reported before it was heard: check both times.")
        return
    if isinstance(entry, Imaged):
        if entry.planned_at is not None and entry.planned_at < entry.happened_at:
            yield Fault("planned_at", "The MRI is planned for a time that is over: check it, or record it as done.")
        return
    if isinstance(entry, ReplacementPlanned):
        if entry.planned_on < entry.happened_at.astimezone(reference.policy.zone_info).date():
            yield Fault("planned_on", "The replacement is planned for a day that is over: check the day.")
        return
    if not isinstance(entry, AboutAnOpenAlarm):
        return
    found = next((alarm for alarm in state.open_alarms if alarm.event_id == entry.alarm_event_id), None)
    if found is None:
        yield Fault("alarm_event_id", "There is no such open alarm of this pump: choose one of its open alarms.")
        return
    if entry.happened_at < found.heard.happened_at.replace(second=0, microsecond=0):  # people type minutes
        yield Fault("happened_at", _before_it_was_heard(entry))
    if isinstance(entry, AlarmSnoozed):
        yield from _faults_of_snooze(entry, found, state, reference)
    elif isinstance(entry, SnoozeCancelled) and found.snooze is None:
        yield Fault("alarm_event_id", "This alarm is not snoozed: there is nothing to cancel.")
    elif isinstance(entry, AlarmClosed):
        yield from _faults_of_closing(entry, found)


def _before_it_was_heard(entry: AboutAnOpenAlarm) -> str:
    if isinstance(entry, AlarmClosed):
        return "This alarm was heard after that: check when it was closed."
    return "This alarm was heard after that: check the time."


def _faults_of_snooze(entry: AlarmSnoozed, alarm: Alarm, state: PumpState, reference: Reference) -> Iterator[Fault]:
    """A snooze ends after it begins and before the pump can be empty."""
    if entry.ends_at <= entry.happened_at:
        yield Fault("ends_at", "The snooze would end before it begins: type a later end.")
    if "EMPTY_RESERVOIR" in alarm.codes:
        yield Fault("ends_at", "An empty reservoir cannot be snoozed: the pump may be empty now. Take it on instead.")
        return
    empty_date = project(state, reference).day("empty_date")
    if empty_date is None:
        yield Fault(
            "ends_at",
            "Nobody can say when this pump will be empty, so its alarms cannot be snoozed: take it on instead.",
        )
        return
    empty_at = datetime.combine(empty_date, time(), tzinfo=reference.policy.zone_info)
    if entry.ends_at > empty_at:
        yield Fault(
            "ends_at",
            f"A snooze never passes the empty date: this pump is expected empty on {show_date(empty_date)}. "
            "End the snooze before that day.",
        )


def _faults_of_closing(entry: AlarmClosed, alarm: Alarm) -> Iterator[Fault]:
    """What was asked of the pump belongs between the ring and the close; a stopped pump is answered for."""
    asked_at = entry.interrogated_at
    if asked_at is not None and asked_at > entry.happened_at:
        yield Fault("interrogated_at", "The pump was interrogated after the alarm was closed: check both times.")
    if alarm.found_not_running and entry.pump_running is None:
        yield Fault(
            "pump_running", "The pump was found not running for this alarm: say whether it runs now, then close it."
        )


def findings_of_alarm(entry: AnyEntry, event_id: str, after: PumpState, reference: Reference) -> Iterator[Finding]:
    """What to look at: the tone against the kind, an alarm already open, the projection, a pump left stopped."""
    match entry:
        case AlarmHeard():
            yield from _findings_of_heard(entry, event_id, after, reference)
        case AlarmClosed(pump_running=False):
            says = "The alarm is closed with the pump not running: it stays red until it runs. Say why."
            yield Finding(Weight.CONFIRM, "not_running", says, "pump_running", "house_policy")
        case Imaged():
            yield from _findings_of_scan(after, reference)
        case ReplacementPlanned():
            due = replacement_of(after, reference, entry.happened_at.astimezone(reference.policy.zone_info).date())
            if due is not None and entry.planned_on > due.replace_by:
                says = f"Planned after {show_date(due.replace_by)}, by which it is to be replaced: say why."
                yield Finding(Weight.CONFIRM, "replacement_late", says, "planned_on", "boster_2016")
        case _:
            return


def _findings_of_heard(entry: AlarmHeard, event_id: str, after: PumpState, reference: Reference) -> Iterator[Finding]:
    kind = ALARM_KINDS[entry.alarm]
    if entry.tone == "two_tone" and not kind.critical:
        says = f"Two tones mean a critical alarm; {kind.words} is not one. Ask again which it is, or say why."
        yield Finding(Weight.CONFIRM, "tone_is_critical", says, "tone", kind.source)
    elif entry.tone == "single" and kind.critical:
        says = f"A single beep is no critical alarm; {kind.words} has two tones. It counts as critical all the same."
        yield Finding(Weight.NOTE, "tone_is_not_critical", says, "tone", kind.source)
    same = [one for one in after.open_alarms if entry.alarm in one.codes and one.event_id != event_id]
    if same:
        on = show_date(same[0].heard.happened_at.astimezone(reference.policy.zone_info).date())
        says = f"An alarm of this kind is open since {on}: this is written down as another one."
        yield Finding(Weight.NOTE, "alarm_open_already", says, "alarm", "house_policy")
    own = next((one for one in after.open_alarms if one.event_id == event_id), None)
    evidence = low_alarm_of(own, after, reference) if own else None
    if evidence is not None:
        yield Finding(Weight.NOTE, "low_alarm_evidence", evidence.says, "alarm", "flow_accuracy_2023")


def _findings_of_scan(after: PumpState, reference: Reference) -> Iterator[Finding]:
    """What the model's own notes say about a magnet."""
    if after.registered is None:
        return
    try:
        model = reference.pump_model(after.registered.pump.model)
    except EntryRefused:
        return
    for place, note in enumerate(note for note in model.notes if "MR" in note.says):
        yield Finding(Weight.NOTE, f"mri_{place}", note.says, "how", note.source)
    if model.restart_after_mri_minutes is not None:
        window = model.restart_after_mri_minutes
        says = f"The rotor stalls in the magnet: a restart is normally seen within {window.value} minutes. Record it."
        yield Finding(Weight.NOTE, "mri_stall", says, "how", window.source)
