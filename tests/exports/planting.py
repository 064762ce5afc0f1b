"""Entries of every kind with something to be found again in every field that can hold a text or a date."""

import types
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

NAME, SERIAL, PHONE = "Zebedee Quillfeather", "NGX7712345H", "+44 20 7946 0958"
PATIENT, LOT, GTIN = "MRN-4471829", "LOT-QX99A", "09506000134352"
CANARY_ON = date(2019, 3, 17)
CANARY_AT = datetime(2021, 8, 23, 14, 37, 11, tzinfo=UTC)
CANARY_TIME = time(14, 37)
CANARY = f"{NAME} {SERIAL} {PHONE} {PATIENT} {LOT} {GTIN}"
TEXTS = ("Zebedee", "Quillfeather", "7712345", "7946 0958", "MRN-", "4471829", "QX99A", GTIN)
"""Pieces of it, each too long to come about by chance in a random code."""


def planted(model: type[BaseModel]) -> BaseModel:
    """An entry, or a part of one, with every field filled, whatever its own rules say."""
    values = {name: next(_values(field.annotation)) for name, field in model.model_fields.items()}
    return model.model_construct(**{**values, **({"kind": _kind(model)} if "kind" in model.model_fields else {})})


def every_planted(model: type[BaseModel]) -> Iterator[BaseModel]:
    """As many of a kind as it takes for each of its choices between parts, such as modes, to be made once."""
    first = planted(model)
    yield first
    for name, field in model.model_fields.items():
        for other in list(_values(field.annotation))[1:]:
            yield first.model_copy(update={name: other})


def _kind(model: type[BaseModel]) -> str:
    (kind,) = get_args(model.model_fields["kind"].annotation)
    return str(kind)


def _values(annotation: Any) -> Iterator[Any]:
    origin, held = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _values(held[0])
    elif origin in (Union, types.UnionType):
        for one in held:
            if one is not types.NoneType:
                yield from _values(one)
    elif origin is tuple:
        yield tuple(_values(held[0]))
    elif origin is dict:
        yield {CANARY: CANARY}
    elif origin is Literal:
        yield held[0]
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield planted(annotation)
    else:
        yield _ONE_OF[annotation]


_ONE_OF: dict[Any, Any] = {
    str: CANARY,
    date: CANARY_ON,
    datetime: CANARY_AT,
    AwareDatetime: CANARY_AT,
    time: CANARY_TIME,
    Decimal: Decimal("1.5"),
    int: 3,
    bool: True,
    types.NoneType: None,
}
"""A kind of field that is not here stops the tests: whoever adds one says here what is planted in it."""
