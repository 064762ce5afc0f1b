"""What somebody must be allowed before a method of the desk does anything: said beside it, asked each time."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from pumplog.errors import NotAllowed
from pumplog.people import ACT_WORDS, Act

P = ParamSpec("P")
R = TypeVar("R")

ACT_OF_METHOD: Final = "act_of_method"
"""The attribute by which a dressed method says what it asks for."""


class Seated(Protocol):
    """A desk that knows who sits at it."""

    def may(self, act: Act) -> bool:
        """Whether whoever sits here may do this."""
        ...

    def tell_not_allowed(self, act: Act) -> None:
        """Write down that whoever sits here asked for what they may not."""
        ...


S = TypeVar("S", bound=Seated)


def asks_for(act: Act) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Let a method of the desk run only for somebody who may do this; NotAllowed for everybody else."""

    def dressed(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @wraps(method)
        def asked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            refuse_unless(self, act)
            return method(self, *args, **kwargs)

        setattr(asked, ACT_OF_METHOD, act)
        return asked

    return dressed


def refuse_unless(desk: Seated, act: Act) -> None:
    """Raise NotAllowed when whoever sits at the desk may not do this."""
    if not desk.may(act):
        desk.tell_not_allowed(act)
        raise NotAllowed(f"Your roles do not allow this ({ACT_WORDS[act].lower()}): ask an administrator.")
