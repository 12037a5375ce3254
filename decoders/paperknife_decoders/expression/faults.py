"""What is wrong with an expression, direction by direction, and the one error that comes of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from paperknife_decoders.expression.error import ExpressionError, Fault, closest, listed
from paperknife_decoders.expression.functions import FUNCTIONS
from paperknife_decoders.expression.grammar import error_at
from paperknife_decoders.expression.loops import LOOPED
from paperknife_decoders.expression.names import BUILT_IN

__all__ = ["Ledger", "verdict"]


@dataclass(slots=True)
class Ledger:
    """What was found wrong, and what was found right, by part of the syntax tree, in either direction."""

    faults: list[tuple[Hashable, Fault]] = field(default_factory=list)
    right: set[Hashable] = field(default_factory=set)

    def standing(self) -> list[Fault]:
        """The faults of parts that are right nowhere, in the order of the text."""
        left = [fault for node, fault in self.faults if node not in self.right]
        return sorted(left, key=lambda fault: fault.node.col_offset)


def verdict(faults: list[Fault], text: str) -> ExpressionError:
    """The error for the first of `faults`, with what the other direction says of the same name."""
    first = faults[0]
    same = [fault for fault in faults if fault.node is first.node and fault.name == first.name]
    if not first.name:
        return error_at(first.node, first.reason, text)
    owners = list(dict.fromkeys(fault.owner for fault in same))
    reason = f"neither {owners[0]} nor {owners[1]}" if len(owners) == 2 else owners[0]
    reason += f" has {'a' if len(owners) == 2 else 'no'} field {first.name}"
    names = {name for fault in same for name in fault.names}
    likely = closest(first.name, names if first.depth else {*names, *BUILT_IN, *LOOPED, *FUNCTIONS})
    inside = next((fault.inside for fault in same if fault.inside), "")
    if meant := inside or likely:
        reason += f"; did you mean {meant}?"
    else:
        reason += f". {'It has' if len(owners) == 1 else 'They have'}: {listed(sorted(names))}"
    error = error_at(first.node, reason, text)
    # Only the name is wrong, not the path before it.
    length = len(first.name)
    return ExpressionError(reason, text, error.column + error.length - length, length)
