"""Every citation, once, by key, with its kind and its grade.

A number in the program names one of these keys. A grade says how far to trust it:
sourced (read in a public source), derived (arithmetic from sourced inputs) or unverified
(general knowledge: shown as such, and confirmed by a person before it is used).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What sort of thing a source is."""

    LABEL = "label"
    MANUAL = "manual"
    STUDY = "study"
    GUIDELINE = "guideline"
    REGULATION = "regulation"
    GENERAL_KNOWLEDGE = "general knowledge"
    ARITHMETIC = "arithmetic"
    HOUSE_POLICY = "house policy"


class Grade(StrEnum):
    """How far a value may be trusted; `UNVERIFIED` is never used before a person confirmed it."""

    SOURCED = "S"
    DERIVED = "D"
    UNVERIFIED = "U"


@dataclass(frozen=True)
class Source:
    """One citation: its key, what it is, how far it may be trusted, its title, what it tells us."""

    key: str
    kind: Kind
    grade: Grade
    title: str
    says: str

    @property
    def unverified(self) -> bool:
        """Whether a person must confirm every value that rests on this source."""
        return self.grade is Grade.UNVERIFIED


_ALL = (
    Source(
        "gablofen_label",
        Kind.LABEL,
        Grade.SOURCED,
        "openFDA, Gablofen label",
        "Boxed warning on stopping abruptly. It names the prevention: pump programming and monitoring, "
        "refill scheduling and procedure, and pump alarms.",
    ),
    Source(
        "uw_nursing_hub",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "UW nursing hub",
        "The pump's own beep is a back-up, not a scheduler: patients may not hear it, and the manufacturer "
        "advises against relying on it alone.",
    ),
    Source(
        "swjpcc",
        Kind.STUDY,
        Grade.SOURCED,
        "swjpcc.com (title not recorded)",
        "100 mg/day of baclofen by mouth failed to treat withdrawal from 10 mcg/day intrathecal.",
    ),
    Source(
        "kirker_2025",
        Kind.STUDY,
        Grade.SOURCED,
        "Kirker 2025",
        "United Kingdom: 54 clinics, 2,145 pumps.",
    ),
    Source(
        "pmid_30147745",
        Kind.STUDY,
        Grade.SOURCED,
        "PMID 30147745",
        "Mean interval of 57.3 days over 340 refills.",
    ),
    Source(
        "neurosurgery_2004",
        Kind.STUDY,
        Grade.SOURCED,
        "Neurosurgery 2004 (title not recorded)",
        "An alarm volume of 4 mL was used for patients who withdrew above 2 mL.",
    ),
    Source(
        "fda_2017",
        Kind.REGULATION,
        Grade.SOURCED,
        "FDA 2017 (title not recorded)",
        "The tubing volume used for priming changed with the programmer's software.",
    ),
    Source(
        "flow_accuracy_2023",
        Kind.STUDY,
        Grade.SOURCED,
        "Neuromodulation 2023, accuracy of an intrathecal device",
        "Over 1,402 refills the mean of actual to programmed flow was 0.995; "
        "the 95 % interval for one refill was 15 % either way.",
    ),
    Source(
        "prometra_study",
        Kind.STUDY,
        Grade.SOURCED,
        "Prometra study (title not recorded)",
        "Flow accuracy 96.8 %; pass band 85 to 115 %.",
    ),
    Source(
        "asra_2017",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "ASRA 2017",
        "Evaluate when expected and drawn volume differ by more than 2 mL, "
        "or when the ratio lies outside the device's accuracy.",
    ),
    Source(
        "fda_pocket_fill",
        Kind.REGULATION,
        Grade.SOURCED,
        "FDA, class I (pocket fills)",
        "Fills that went partly beside the pump: 8 deaths and 270 events from 1996 to 2010.",
    ),
    Source(
        "sgouros_2010",
        Kind.STUDY,
        Grade.SOURCED,
        "Sgouros 2010",
        "19 mL was found twice, then came a near-lethal overdose after the refill.",
    ),
    Source(
        "maino_2017",
        Kind.STUDY,
        Grade.SOURCED,
        "Maino 2017",
        "Injected minus re-measured volume is consequential over 1 mL (20 mL pump) or 2 mL (40 mL pump).",
    ),
    Source(
        "boster_2016",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "Boster 2016",
        "A bridge bolus must be programmed at a concentration change. "
        "Replacement of a pump is to be planned at least 3 months ahead.",
    ),
    Source(
        "pubmed_38043050",
        Kind.STUDY,
        Grade.SOURCED,
        "PubMed 38043050",
        "Baclofen in the pump: 180 days. The authors argue for longer; 180 is kept.",
    ),
    Source(
        "gillette_va_al09_24",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "Gillette, VA AL09-24",
        "Which alarms are critical (two-tone, drug may not be flowing) and which are not.",
    ),
    Source(
        "textbook",
        Kind.GENERAL_KNOWLEDGE,
        Grade.SOURCED,
        "A textbook (title not recorded)",
        "MRI stalls the rotor; restart is normally seen within 15 minutes.",
    ),
    Source(
        "ismp",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "ISMP",
        "How doses, volumes and drug names are written so that they cannot be misread.",
    ),
    Source(
        "cfr_11_10",
        Kind.REGULATION,
        Grade.SOURCED,
        "21 CFR 11.10(e)",
        "A computer-generated, time-stamped trail of every create, change and delete; earlier values never "
        "obscured; kept as long as the record; reviewable and copyable.",
    ),
    Source(
        "cfr_1308_12",
        Kind.REGULATION,
        Grade.SOURCED,
        "21 CFR 1308.12",
        "Schedule II of controlled drugs in the United States: among them morphine, hydromorphone and fentanyl.",
    ),
    Source(
        "openfda_ndc",
        Kind.LABEL,
        Grade.SOURCED,
        "openFDA, national drug code directory",
        "The schedule of each product listed in the United States: sufentanil citrate is in schedule II.",
    ),
    Source(
        "cfr_1304_22",
        Kind.REGULATION,
        Grade.SOURCED,
        "21 CFR 1304.22(c)",
        "Waste of controlled drugs: what is recorded and kept.",
    ),
    Source(
        "hipaa_safe_harbour",
        Kind.REGULATION,
        Grade.SOURCED,
        "HIPAA safe harbour",
        "De-identified: no names, no record numbers, no device serial, no date finer than a year, "
        "ages over 89 grouped.",
    ),
    Source(
        "fda_cds_2026",
        Kind.GUIDELINE,
        Grade.SOURCED,
        "FDA decision-support guidance, version of 6 Jan 2026",
        "Show the formula, the inputs, the source and the version; give reasons, not orders.",
    ),
    Source(
        "manufacturer_data",
        Kind.MANUAL,
        Grade.SOURCED,
        "Manufacturer data; read in a public source whose title was not recorded",
        "Read in a public source; which one was not written down.",
    ),
    Source(
        "unnamed_publication",
        Kind.GENERAL_KNOWLEDGE,
        Grade.SOURCED,
        "Read in a public source whose title was not recorded",
        "Read in a public source; which one was not written down.",
    ),
    Source(
        "arithmetic",
        Kind.ARITHMETIC,
        Grade.DERIVED,
        "Arithmetic",
        "Worked out from the inputs shown beside it.",
    ),
    Source(
        "house_policy",
        Kind.HOUSE_POLICY,
        Grade.SOURCED,
        "House policy",
        "A choice, not a finding: the clinic may set another value.",
    ),
    Source(
        "clinic_setting",
        Kind.HOUSE_POLICY,
        Grade.SOURCED,
        "House policy of this clinic",
        "Set by this clinic in its own settings file.",
    ),
    Source(
        "general_knowledge",
        Kind.GENERAL_KNOWLEDGE,
        Grade.UNVERIFIED,
        "General knowledge",
        "unverified: check against the programmer's printout",
    ),
    Source(
        "clinical_knowledge",
        Kind.GENERAL_KNOWLEDGE,
        Grade.UNVERIFIED,
        "General clinical knowledge; no publication named",
        "unverified: the clinic's own protocol decides",
    ),
)

SOURCES: Mapping[str, Source] = MappingProxyType({each.key: each for each in _ALL})


def source(key: str) -> Source:
    """The citation filed under this key; an unknown key is a mistake in the program (KeyError)."""
    return SOURCES[key]
