"""What is wrong with a change: with its path, or with its value and the message that it is for."""

from __future__ import annotations

__all__ = ["NoElement", "PathError", "SpliceError"]


class PathError(ValueError):
    """A path that leads to no field of its type. The message is one sentence."""


class SpliceError(ValueError):
    """A change that cannot be made: its value does not fit, or this message has no such place. One sentence."""


class NoElement(SpliceError):
    """This message's list is shorter than the path says."""
