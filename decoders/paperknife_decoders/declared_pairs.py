"""Pairs of requests and responses that a definition declares: which field of the one has the value of the other's."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife_decoders.message import Direction

__all__ = ["DECLARED", "DeclaredPair"]

DECLARED = "="
"""What the names of declared ids begin with; no field's name does."""


@dataclass(frozen=True, slots=True)
class DeclaredPair:
    """The paths of two fields, from the envelope inwards (``order.request_id``), and the side that sends the requests.

    A path through a member of the envelope's `oneof` is a field of that payload; any other one is of all of them.
    """

    request: str
    response: str
    asker: Direction = Direction.CLIENT

    @property
    def id_name(self) -> str:
        """What both fields are called among the ids of their payloads."""
        return f"{DECLARED}{self.request}={self.response}"

    def path_of(self, direction: Direction) -> str:
        """The path in the messages of one direction."""
        return self.request if direction is self.asker else self.response
