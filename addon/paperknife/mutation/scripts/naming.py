"""What a script's functions are for, by their names."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from paperknife_decoders.message import Direction
from paperknife_decoders.nearest import nearest
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.values import Dynamic

__all__ = ["Event", "Handler", "handler_from"]

type Function = Callable[..., Dynamic]


class Event(enum.Enum):
    """When a function is called that is for no message."""

    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Handler:
    """A function and what it is for: an event, or messages of a direction and of a payload, of any if that is empty.

    One that is for neither can be called by rules. `place` is where it stands, ``file:line``.
    """

    name: str
    function: Function
    place: str
    event: Event | None = None
    direction: Direction | None = None
    payload: str = ""


def handler_from(name: str, function: Function, place: str, protocols: Iterable[Protocol]) -> Handler | str | None:
    """What the function of that name is for; None for the script's own; or, in a sentence, what is wrong with it."""
    known = names_in(protocols)
    side, _, payload = name.partition("_")
    if name not in known:
        is_sided = side in SIDES and bool(payload)
        likely = nearest(name, known - set(SIDES) if is_sided else known)
        wrong = wrong_arguments(name, function, place, 2)
        if likely or (is_sided and not wrong):
            meant = f"did you mean {likely[0]}?" if likely else f"there are {', '.join(sorted(known)[:40])}."
            return f"{place}: nothing is called {name} here; {meant} A function of your own may be called _{name}."
        return None if wrong else Handler(name, function, place)
    if name in EVENTS:
        return wrong_arguments(name, function, place, 1) or Handler(name, function, place, EVENTS[name])
    return wrong_arguments(name, function, place, 2) or Handler(
        name, function, place, direction=SIDES[side], payload=payload
    )


SIDES = {direction.value: direction for direction in Direction}
EVENTS = {event.value: event for event in Event}
GIVEN = {1: "connection", 2: "message, connection"}


def names_in(protocols: Iterable[Protocol]) -> set[str]:
    """All names that a function can have by these protocols."""
    names = {*SIDES, *EVENTS}
    for protocol in protocols:
        for side, direction in SIDES.items():
            kind = protocol.type_for(direction)
            names |= {f"{side}_{payload}" for payload in (kind.payloads if kind is not None else ())}
    return names


def wrong_arguments(name: str, function: Function, place: str, count: int) -> str:
    """A sentence where a function does not take what it is given, or would not run when it is called."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"{place}: {name} has a yield in it, so a call of it does nothing; one without was expected."
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return f"{place}: {name}({GIVEN[count]}) was expected, and {name}{inspect.signature(function)} was found."
    except ValueError:  # one that is not written in Python tells nothing of itself
        pass
    return ""
