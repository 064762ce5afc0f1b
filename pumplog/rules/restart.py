"""An opioid that starts again after a gap, at a dose that the patient may no longer bear."""

from collections.abc import Iterator

from pumplog.entries import Refilled, Reprogrammed
from pumplog.entries.programme import Stopped
from pumplog.outlook import drug_or_none
from pumplog.reference import Drug, Interruption, Reference
from pumplog.rules.findings import Finding, Weight
from pumplog.state import PumpState, Standing, Visit
from pumplog.state.course import programmed_ml


def findings_of_restart(
    entry: Refilled | Reprogrammed, visit: Visit, after: PumpState, reference: Reference
) -> Iterator[Finding]:
    """Asks who decided the dose when an opioid flows again that had stopped before this visit, as far as is known."""
    if entry.pump_running is False or isinstance(visit.standing.programme, Stopped):
        return
    if not visit.since_fill or not _opioids(visit.since_fill[-1], reference):
        return
    opioids = _opioids(visit.standing, reference)
    why = _why_it_stopped(visit, after)
    if opioids and why is not None:
        says = (
            f"{opioids[0].name.capitalize()} had stopped before this visit: {why}. {opioids[0].interruption_says} "
            "Say who decided the dose."
        )
        yield Finding(Weight.CONFIRM, "opioid_restart", says, "programme", opioids[0].interruption_source)


def _opioids(standing: Standing, reference: Reference) -> list[Drug]:
    known = (drug_or_none(reference, component.drug) for component in standing.fluid)
    return [drug for drug in known if drug is not None and drug.interruption is Interruption.OPIOID]


def _why_it_stopped(visit: Visit, after: PumpState) -> str | None:
    """Why nothing flowed any more, in words: as recorded, else by the programme; None when it did."""
    before = [one for one in after.visits if one.at < visit.at]
    if isinstance(visit.since_fill[-1].programme, Stopped):
        return "the pump was programmed to stop"
    if before and before[-1].entry.pump_running is False:
        return "the last visit recorded the pump as not running"
    programmed = programmed_ml(visit)
    if programmed is not None and programmed >= visit.since_fill[0].volume_ml:
        return "by the programme the pump ran empty"
    return None
