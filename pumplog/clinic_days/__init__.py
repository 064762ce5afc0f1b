"""WHEN: the days on which the clinic is open, how many visits fit, and the last one by which to book."""

from pumplog.clinic_days.calendar import BookOn, ClinicCalendar

__all__ = ["BookOn", "ClinicCalendar"]
