"""Names that a caller knows beside those of every expression: what rules remember, count and draw.

They are bare (``now``) or belong together behind a dot (``counter.orders``), and win over the envelope's fields.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from google.protobuf.descriptor import EnumDescriptor

from paperknife_decoders.expression.error import Fault, closest, listed
from paperknife_decoders.expression.shapes import value_names
from paperknife_decoders.expression.terms import GIVEN, Frame, Kind, Path, Shape, Term, Value

__all__ = ["NOTHING_GIVEN", "Given", "given_term"]


@dataclass(frozen=True, slots=True)
class Given:
    """One name: the kind of its value, and how what the caller gives is asked for it (None: it has no value)."""

    kind: Kind
    get: Callable[[Value], Value]
    enum: EnumDescriptor | None = None


NOTHING_GIVEN: Mapping[str, Given] = MappingProxyType({})


def given_term(node: ast.expr, given: Mapping[str, Given], bound: Container[str]) -> Term | None:
    """The term of a name that the caller knows; None for any other one, and for what a loop has `bound`.

    A name that only begins as the caller's do is a `Fault`.
    """
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or root.id in bound:
        return None
    text = ast.unparse(node)
    if text in given:
        return term_of(text, given[text])
    if root.id in given:
        raise Fault(node, f"{root.id} is {given[root.id].kind.value}, it has no fields")
    group = [name for name in given if name.startswith(f"{root.id}.")]
    if not group:
        return None
    likely = closest(text, group)
    meant = f"; did you mean {likely}?" if likely else f". There is {listed(group)}"
    raise Fault(node, f"{text} is none of the names that are known here{meant}")


def term_of(text: str, found: Given) -> Term:
    """A name as a term. One with a path can be asked for with `has`; a decimal's path would be that of its message."""
    ask = found.get

    def value(frame: Frame) -> Value:
        return ask(frame[GIVEN])

    path = Path(text, value, Shape()) if found.kind is not Kind.DECIMAL else None
    choices = value_names(found.enum) if found.enum is not None else None
    return Term(found.kind, value, text, path=path, choices=choices, enum=found.enum)
