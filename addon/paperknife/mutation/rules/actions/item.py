"""One action as it is compiled: its value, what else is said of it, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife.mutation.rules.scope import Scope
from paperknife_decoders.definition.node import Node
from paperknife_decoders.message import Direction

__all__ = ["Item"]


@dataclass(frozen=True, slots=True)
class Item:
    """An action in a scope; what is wrong with it goes to the scope's faults."""

    name: str
    node: Node
    options: Mapping[str, Node]
    scope: Scope

    @property
    def is_bare(self) -> bool:
        """True for an action that is just a word."""
        return self.node.value is None

    def descriptor(self, direction: Direction | None = None) -> Descriptor | None:
        """The type of the messages of a direction, by itself that of the one at hand; a fault where there is none."""
        direction = direction or self.scope.direction
        kind = self.scope.protocol.type_for(direction)
        if kind is None:
            self.node.fault(
                f"{self.name} needs a schema, and by this protocol the {direction.value}'s messages have none"
            )
            return None
        return kind.descriptor
