"""The elements that are used, each with its cardinality, type and, where R4 requires them, codes.

A test holds every line against an extract of the R4 definitions (4.0.1). What is not here is not used: `check.py`
refuses it, since nothing of ours would have written it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_TEXT: Final = """
Bundle
    type 1..1 code document|message|transaction|transaction-response|batch|batch-response|history|searchset|collection
    timestamp 0..1 instant
    entry 0..* BackboneElement
Bundle.entry
    fullUrl 0..1 uri
    resource 0..1 Resource
Patient
    id 0..1 string
    identifier 0..* Identifier
    name 0..* HumanName
    telecom 0..* ContactPoint
    birthDate 0..1 date
Device
    id 0..1 string
    identifier 0..* Identifier
    udiCarrier 0..* BackboneElement
    status 0..1 code active|inactive|entered-in-error|unknown
    manufacturer 0..1 string
    serialNumber 0..1 string
    deviceName 0..* BackboneElement
    type 0..1 CodeableConcept
    patient 0..1 Reference
Device.udiCarrier
    deviceIdentifier 0..1 string
    issuer 0..1 uri
    carrierHRF 0..1 string
    entryType 0..1 code barcode|rfid|manual|card|self-reported|unknown
Device.deviceName
    name 1..1 string
    type 1..1 code udi-label-name|user-friendly-name|patient-reported-name|manufacturer-name|model-name|other
Medication
    id 0..1 string
    extension 0..* Extension
    code 0..1 CodeableConcept
    ingredient 0..* BackboneElement
    batch 0..1 BackboneElement
Medication.ingredient
    item[x] 1..1 CodeableConcept|Reference
    isActive 0..1 boolean
    strength 0..1 Ratio
Medication.batch
    lotNumber 0..1 string
    expirationDate 0..1 dateTime
MedicationAdministration
    id 0..1 string
    extension 0..* Extension
    status 1..1 code in-progress|not-done|on-hold|completed|entered-in-error|stopped|unknown
    category 0..1 CodeableConcept
    medication[x] 1..1 CodeableConcept|Reference
    subject 1..1 Reference
    effective[x] 1..1 dateTime|Period
    performer 0..* BackboneElement
    device 0..* Reference
    note 0..* Annotation
    dosage 0..1 BackboneElement
MedicationAdministration.performer
    actor 1..1 Reference
MedicationAdministration.dosage
    text 0..1 string
    route 0..1 CodeableConcept
    dose 0..1 Quantity
    rate[x] 0..1 Ratio|Quantity
Observation
    id 0..1 string
    partOf 0..* Reference
    status 1..1 code registered|preliminary|final|amended|corrected|cancelled|entered-in-error|unknown
    category 0..* CodeableConcept
    code 1..1 CodeableConcept
    subject 0..1 Reference
    effective[x] 0..1 dateTime|Period|Timing|instant
    performer 0..* Reference
    value[x] 0..1 Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period
    bodySite 0..1 CodeableConcept
    device 0..1 Reference
DetectedIssue
    id 0..1 string
    status 1..1 code preliminary|final|entered-in-error
    code 0..1 CodeableConcept
    severity 0..1 code high|moderate|low
    patient 0..1 Reference
    identified[x] 0..1 dateTime|Period
    implicated 0..* Reference
    detail 0..1 string
Flag
    id 0..1 string
    status 1..1 code active|inactive|entered-in-error
    category 0..* CodeableConcept
    code 1..1 CodeableConcept
    subject 1..1 Reference
    period 0..1 Period
Appointment
    id 0..1 string
    status 1..1 code proposed|pending|booked|arrived|fulfilled|cancelled|noshow|entered-in-error|checked-in|waitlist
    description 0..1 string
    start 0..1 instant
    end 0..1 instant
    created 0..1 dateTime
    comment 0..1 string
    participant 1..* BackboneElement
Appointment.participant
    actor 0..1 Reference
    status 1..1 code accepted|declined|tentative|needs-action
AuditEvent
    id 0..1 string
    type 1..1 Coding
    action 0..1 code C|R|U|D|E
    recorded 1..1 instant
    outcome 0..1 code 0|4|8|12
    agent 1..* BackboneElement
    source 1..1 BackboneElement
    entity 0..* BackboneElement
AuditEvent.agent
    who 0..1 Reference
    requestor 1..1 boolean
AuditEvent.source
    observer 1..1 Reference
AuditEvent.entity
    what 0..1 Reference
    name 0..1 string
    detail 0..* BackboneElement
AuditEvent.entity.detail
    type 1..1 string
    value[x] 1..1 string|base64Binary
Provenance
    id 0..1 string
    target 1..* Reference
    occurred[x] 0..1 Period|dateTime
    recorded 1..1 instant
    reason 0..* CodeableConcept
    activity 0..1 CodeableConcept
    agent 1..* BackboneElement
Provenance.agent
    type 0..1 CodeableConcept
    who 1..1 Reference
Identifier
    type 0..1 CodeableConcept
    system 0..1 uri
    value 0..1 string
HumanName
    text 0..1 string
ContactPoint
    system 0..1 code phone|fax|email|pager|url|sms|other
    value 0..1 string
CodeableConcept
    coding 0..* Coding
    text 0..1 string
Coding
    system 0..1 uri
    code 0..1 code
    display 0..1 string
Quantity
    value 0..1 decimal
    unit 0..1 string
    system 0..1 uri
    code 0..1 code
Reference
    reference 0..1 string
    display 0..1 string
Period
    start 0..1 dateTime
    end 0..1 dateTime
Ratio
    numerator 0..1 Quantity
    denominator 0..1 Quantity
Annotation
    text 1..1 markdown
Extension
    url 1..1 string
    value[x] 0..1 string|boolean|code|date|Quantity
"""
"""Of an element with required codes, all that R4 lists; of DetectedIssue.status those on which its texts agree."""


@dataclass(frozen=True)
class Element:
    """One element: how often, of which types; `[x]` in its name stands for the type. `codes` are those allowed."""

    name: str
    least_count: int
    many: bool
    types: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def names(self) -> Mapping[str, str]:
        """The names under which it may stand, each with its type."""
        if not self.name.endswith("[x]"):
            return {self.name: self.types[0]}
        return {f"{self.name[:-3]}{one[0].upper()}{one[1:]}": one for one in self.types}


def _read() -> Mapping[str, tuple[Element, ...]]:
    shapes: dict[str, list[Element]] = {}
    for line in _TEXT.strip().splitlines():
        if not line.startswith(" "):
            elements = shapes[line] = []
            continue
        name, often, types, *codes = line.split()
        least, most = often.split("..")
        listed = tuple(codes[0].split("|")) if codes else ()
        elements.append(Element(name, int(least), most == "*", tuple(types.split("|")), listed))
    return MappingProxyType({name: tuple(elements) for name, elements in shapes.items()})


SHAPES: Final = _read()
"""By resource, by type, and by path of a part of a resource."""

NAMES: Final[Mapping[str, Mapping[str, tuple[Element, str]]]] = MappingProxyType(
    {
        shape: {name: (element, kind) for element in elements for name, kind in element.names.items()}
        for shape, elements in SHAPES.items()
    }
)
"""By shape: every name that may stand there, with its element and the type it then has."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {shape: tuple(one.name for one in elements if one.least_count) for shape, elements in SHAPES.items()}
)
"""By shape: the elements that must be there."""

RESOURCES: Final = (
    *("Patient", "Device", "Medication", "MedicationAdministration", "Observation", "DetectedIssue", "Flag"),
    *("Appointment", "AuditEvent", "Provenance"),
)
"""The resources that a bundle may hold."""
