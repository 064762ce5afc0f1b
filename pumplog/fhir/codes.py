"""The codes that are used, each as it stands in the R4 definitions; for everything else there is text alone.

A test holds them against an extract of the definitions. SNOMED CT and ATC are named by R4 and not defined in it: the
two codes of SNOMED CT and the one of ATC were read in its value sets and examples. No SNOMED CT code of an implanted
intrathecal pump was found, so a pump has its type as text.
"""

from collections.abc import Mapping
from typing import Final

SNOMED: Final = "http://snomed.info/sct"
ATC: Final = "http://www.whocc.no/atc"
UCUM: Final = "http://unitsofmeasure.org"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
DATA_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
PARTICIPANT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
FLAG_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/flag-category"
OBSERVATION_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
GS1_DEVICE: Final = "http://hl7.org/fhir/NamingSystem/gs1-di"

LOCAL: Final = "urn:x-pumplog:"
"""The beginning of every address of our own: of extensions, and of the code system of our observations."""

OBSERVED: Final = f"{LOCAL}observed"
"""Our own names of what was observed: the field's name in the entry."""

DISPLAYS: Final[Mapping[tuple[str, str], str]] = {
    (ACT_CODE, "TOOLATE"): "Refill Too Late Alert",
    (ACT_CODE, "TOOSOON"): "Refill Too Soon Alert",
    (DATA_OPERATION, "CREATE"): "create",
    (DATA_OPERATION, "UPDATE"): "revise",
    (PARTICIPANT_TYPE, "enterer"): "Enterer",
    (PARTICIPANT_TYPE, "performer"): "Performer",
    (PARTICIPANT_TYPE, "verifier"): "Verifier",
    (IDENTIFIER_TYPE, "MR"): "Medical record number",
    (IDENTIFIER_TYPE, "SNO"): "Serial Number",
    (FLAG_CATEGORY, "clinical"): "Clinical",
    (FLAG_CATEGORY, "safety"): "Safety",
    (OBSERVATION_CATEGORY, "procedure"): "Procedure",
    (OBSERVATION_CATEGORY, "survey"): "Survey",
    (DICOM, "110110"): "Patient Record",
}
"""Every coding of a code system that R4 defines, with its display."""

ELSEWHERE: Final[Mapping[tuple[str, str], str]] = {
    (SNOMED, "72607000"): "Intrathecal route",
    (SNOMED, "387342009"): "Baclofen",
    (ATC, "M03BX01"): "baclofen",
}
"""Every coding of a code system that R4 only names."""

UNITS: Final[Mapping[str, str]] = {"_ml": "mL", "_mcg": "ug", "_mcg_per_day": "ug/d"}
"""UCUM for the ends of our names."""


def coding(system: str, code: str) -> dict[str, str]:
    """One coding with its display."""
    display = DISPLAYS.get((system, code)) or ELSEWHERE[system, code]
    return {"system": system, "code": code, "display": display}
