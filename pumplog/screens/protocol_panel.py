"""The clinic's own protocol and numbers beside a pump in danger, with the signs to look for. No orders of ours."""

from html import escape

from pumplog.errors import EntryRefused
from pumplog.outlook import Outlook, protocol_because
from pumplog.reference import Drug, Reference


def protocol_html(row: Outlook, reference: Reference, *, opened: bool = False) -> str:
    """Return the numbers to ring and the protocol, folded unless `opened`; nothing while neither is called for."""
    because = protocol_because(row)
    if because is None:
        return ""
    policy, drug = reference.policy, _drug(row, reference)
    text = f"<p>{_lines(policy.protocol)}</p>" if policy.protocol else f"<p><b>{_unset('protocol')}</b></p>"
    signs = _signs(drug) if drug else ""
    title = "Our protocol, and signs to look for" if policy.protocol else "Signs to look for"
    fold = (
        f'<details class="pl-fold"{" open" if opened else ""}><summary>{title}</summary>{text}{signs}'
        '<p class="pl-quiet">The clinic’s own words; this program gives no orders.</p></details>'
    )
    return f'<div class="pl-protocol"><p class="pl-mind">▲ {escape(because)}</p>{_numbers(reference)}{fold}</div>'


def _numbers(reference: Reference) -> str:
    policy = reference.policy
    numbers = [
        f"{words} <b>{escape(number)}</b>"
        for words, number in (("Emergency", policy.emergency_phone), ("Clinic", policy.phone))
        if number
    ]
    says = f"Ring: {' · '.join(numbers)}" if numbers else escape(_unset("emergency_phone"))
    return f"<p>{says}</p>"


def _unset(name: str) -> str:
    what = {"protocol": "The clinic’s protocol is not here yet", "emergency_phone": "No number to ring is here yet"}[
        name
    ]
    return f"{what}: an administrator can add it ({name}, see Settings)."


def _signs(drug: Drug) -> str:
    """The early signs of withdrawal and of overdose that the reference lists for the drug."""
    parts = []
    for words, listed in (("Early withdrawal", drug.withdrawal), ("Overdose", drug.overdose)):
        if listed is not None:
            aside = f" {escape(listed.says)}" if listed.says else ""
            parts.append(f"<p><b>{words} ({escape(drug.name)}):</b> {escape(', '.join(listed.signs))}.{aside}</p>")
    return "".join(parts)


def _drug(row: Outlook, reference: Reference) -> Drug | None:
    try:
        return reference.drug(row.drug) if row.drug else None
    except EntryRefused:
        return None


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
