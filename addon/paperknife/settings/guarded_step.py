"""A step of the user's own, held to what a step promises: whatever it does, one message costs itself alone."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.printable import elide
from paperknife_decoders.steps import Context, Opened, Step

__all__ = ["GuardedStep", "NoStep", "guarded"]

LONGEST = 200
"""Characters of what an exception says."""

FAILURES = (Exception, SystemExit)


class NoStep(ValueError):
    """Why something is no step, in a sentence."""


@dataclass(frozen=True, slots=True)
class GuardedStep:
    """`step`, from which nothing is raised but `DecodeError`, and which gives what can be gone on with."""

    step: Step
    name: str
    gathers: bool = False
    header_kinds: Mapping[str, type[int] | type[str]] = field(default_factory=dict)

    def open(self, data: bytes, context: Context) -> Opened:
        """What the step gives. Raises `DecodeError` for whatever it raises, or gives in the place of an `Opened`."""
        try:
            opened = sound(self.step.open(data, context))
        except DecodeError:
            raise
        except FAILURES as error:
            raise self.failed("open", error) from None

        def close(parts: Sequence[bytes]) -> bytes:
            try:
                closed: object = opened.close(parts)
            except DecodeError:
                raise
            except FAILURES as error:
                raise self.failed("close", error) from None
            if not isinstance(closed, bytes):
                raise self.failed("close", TypeError(f"bytes were expected of it, and it gave {kind_of(closed)}"))
            return closed

        return replace(opened, close=close)

    def failed(self, what: str, error: BaseException) -> DecodeError:
        """What is said of a message that the step failed at."""
        said = elide(f"{type(error).__name__}: {error}", LONGEST)
        return DecodeError(f"the step {self.name} failed to {what} it ({said})", 0)


def guarded(step: object, text: str) -> GuardedStep:
    """A step that `text` names, held to its promises. Raises `NoStep` for what is none at all."""
    name, opens = getattr(step, "name", None), getattr(step, "open", None)
    if not isinstance(name, str) or not name or not callable(opens):
        raise NoStep(f"{text} is no step: an object with a `name` and a method open(data, context) was expected")
    try:
        inspect.signature(opens).bind(b"", None)
    except TypeError as error:
        raise NoStep(f"{text} is no step: open(data, context) was expected, and its open has {error}") from None
    except ValueError:  # one that is not written in Python tells nothing of itself
        pass
    kinds = getattr(step, "header_kinds", {})
    if not isinstance(kinds, Mapping) or not set(kinds.values()) <= {int, str}:
        raise NoStep(f"the header_kinds of {text} should be int or str by the names of its values")
    return GuardedStep(cast("Step", step), name, bool(getattr(step, "gathers", False)), dict(kinds))


def sound(opened: object) -> Opened:
    """What a step gave, if one can go on with it. Raises `TypeError`."""
    if not isinstance(opened, Opened):
        raise TypeError(f"an Opened was expected of it, and it gave {kind_of(opened)}")
    parts, headers = tuple(opened.parts), tuple(opened.headers)
    if any(not isinstance(part, bytes) for part in parts):
        raise TypeError("its parts should be bytes")
    if headers and len(headers) != len(parts):
        raise TypeError(f"it gave {len(headers)} headers for {len(parts)} parts")
    if any(not isinstance(value, int | str) for header in headers for value in header.values()):
        raise TypeError("the values of its headers should be numbers and texts")
    return replace(opened, parts=parts, headers=headers)


def kind_of(value: object) -> str:
    """What something is, in a word."""
    return "nothing" if value is None else f"a {type(value).__name__}"
