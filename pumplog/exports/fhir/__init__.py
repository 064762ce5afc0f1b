"""The record as a FHIR R4 bundle, for another clinic's software."""

from pumplog.exports.fhir.bundle import Asked, PumpAsked, fhir_bundle

__all__ = ["Asked", "PumpAsked", "fhir_bundle"]
