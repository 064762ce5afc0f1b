"""What every entry has in common, and the kinds of number an entry may hold."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from pumplog.quantities import CEILING, DECIMALS_COUNT, Unit, plain

_PLAIN = PlainSerializer(plain, return_type=str, when_used="json")


EARLIEST_YEAR, LATEST_YEAR = 1980, 2199
"""Between these years lies everything that can have happened to a pump; outside, a year is a slip of the hand."""


def _up_to(unit: Unit, says: str, *, above_zero: bool = False) -> object:
    lowest = {"gt": 0} if above_zero else {"ge": 0}
    return Field(**lowest, le=CEILING[unit], decimal_places=DECIMALS_COUNT, description=says)  # type: ignore[call-overload]


Millilitres = Annotated[Decimal, _PLAIN, _up_to(Unit.ML, "mL, as a string of an exact decimal")]
MillilitresPerDay = Annotated[Decimal, _PLAIN, _up_to(Unit.ML_PER_DAY, "mL/day", above_zero=True)]
Micrograms = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG, "mcg", above_zero=True)]
MicrogramsCounted = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG, "mcg, 0 when none")]
MicrogramsPerMl = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG_PER_ML, "mcg/mL", above_zero=True)]
MicrogramsPerDay = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG_PER_DAY, "mcg/day")]
DosePerDay = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG_PER_DAY, "mcg/day", above_zero=True)]
MicrogramsPerHour = Annotated[Decimal, _PLAIN, _up_to(Unit.MCG_PER_HOUR, "mcg/h")]
Hours = Annotated[Decimal, _PLAIN, _up_to(Unit.HOURS, "hours", above_zero=True)]
Centimetres = Annotated[Decimal, _PLAIN, _up_to(Unit.CM, "cm")]
MillilitresPerCm = Annotated[Decimal, _PLAIN, _up_to(Unit.ML_PER_CM, "mL/cm")]

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
LongWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]

Place = Literal["clinic", "home"]
"""Where the patient was seen."""


def _in_utc(moment: datetime) -> datetime:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"The year {moment.year} cannot be right: check the date.")
    return moment.astimezone(UTC)


def serial_key(serial: str) -> str:
    """A serial as it is compared: without spaces, in capitals."""
    return "".join(serial.split()).upper()


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    PlainSerializer(lambda moment: moment.isoformat().replace("+00:00", "Z"), return_type=str, when_used="json"),
]


class Part(BaseModel):
    """A piece of an entry: frozen, and nothing unknown gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Entry(Part):
    """Something a person said. `confirmed` holds the reason given for each finding that asked for one."""

    happened_at: Instant
    note: LongWords | None = None
    late_reason: Words | None = None
    confirmed: dict[str, Words] = Field(default_factory=dict)

    def body(self) -> str:
        """The exact JSON text that is written to the log and hashed."""
        return self.model_dump_json(exclude_none=True)


class PumpEntry(Entry):
    """Something said about one pump."""

    pump_serial: Words
