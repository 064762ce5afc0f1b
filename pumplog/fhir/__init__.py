"""FHIR R4 (4.0.1) as far as we speak it: codes, the shape of the resources we use, and the check of a bundle."""

from pumplog.fhir.check import refuse_unfit
from pumplog.fhir.text import json_text

__all__ = ["json_text", "refuse_unfit"]
