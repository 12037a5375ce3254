"""One expression for one direction: from the syntax tree to a closure.

An expression is compiled once for each direction, because a name may be a field of one envelope only, or of both with
different types. What is wrong in one direction is noted in a ledger, which both compilations share; it counts only if
the same part is right in neither.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.envelope_type import payload_oneof
from paperknife_decoders.expression.comparison import Unlike
from paperknife_decoders.expression.error import Fault
from paperknife_decoders.expression.faults import Ledger
from paperknife_decoders.expression.functions import FUNCTIONS
from paperknife_decoders.expression.given import NOTHING_GIVEN, Given
from paperknife_decoders.expression.grammar import NOT_LITERAL, literal, written
from paperknife_decoders.expression.literals import WrongLiteral, literal_beside
from paperknife_decoders.expression.logic import truth
from paperknife_decoders.expression.loops import LOOPED
from paperknife_decoders.expression.names import BUILT_IN, Names
from paperknife_decoders.expression.parts import PARTS
from paperknife_decoders.expression.paths import Step, at_index, at_key, element, in_envelope, member
from paperknife_decoders.expression.shapes import kind_of, path_term
from paperknife_decoders.expression.terms import (
    ABSENT,
    LOOPS,
    NEVER,
    Kind,
    Path,
    Shape,
    Term,
)

__all__ = ["Compiler"]

T = TypeVar("T")


class Compiler:
    """Compiles the parts of one expression for one direction.

    `loops` holds the names that loops bind, None for one whose list has no value in this direction. `slots` is the
    length that a frame needs. `given` are the names that the caller knows.
    """

    def __init__(
        self, descriptor: Descriptor | None, names: Names, ledger: Ledger, given: Mapping[str, Given] = NOTHING_GIVEN
    ) -> None:
        self.descriptor = descriptor
        self.oneof = payload_oneof(descriptor) if descriptor is not None else None
        self.names = names
        self.ledger = ledger
        self.given = given
        self.loops: dict[str, Path | None] = {}
        self.slots = LOOPS

    def condition(self, node: ast.expr) -> Term:
        """`node` as a condition."""

        def compiled() -> Term:
            if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
                raise Fault(node, f"{written(node)} alone is no condition; compare something with it")
            return self.visit(node)

        term = self.checked(node, compiled)
        return NEVER if term is ABSENT else truth(term)

    def visit(self, node: ast.expr) -> Term:
        """The term of any part; `ABSENT` where it has no value in this direction, or is wrong in it."""
        return self.checked(node, lambda: PARTS[type(node)](self, node))

    def checked(self, node: ast.expr, compile_part: Callable[[], Term], key: Hashable = None) -> Term:
        """What `compile_part` gives; `ABSENT`, and an entry in the ledger under `key`, where it finds a fault."""
        try:
            term = compile_part()
        except Fault as fault:
            self.ledger.faults.append((fault.key or key or node, fault))
            return ABSENT
        except (Unlike, WrongLiteral) as error:
            self.ledger.faults.append((key or node, Fault(node, str(error))))
            return ABSENT
        if term is not ABSENT and term is not NEVER:
            self.ledger.right.add(key or node)
        return term

    def scoped(self, compile_part: Callable[[], T]) -> T:
        """What `compile_part` gives; the names that it binds end with it."""
        before = dict(self.loops)
        try:
            return compile_part()
        finally:
            self.loops = before

    def is_sure(self, node: ast.expr) -> bool:
        """True for what means the same whatever stands beside it: all but literals and bare names."""
        if isinstance(node, ast.Name):
            return node.id in self.loops or node.id in BUILT_IN or node.id == "msg" or node.id in self.given
        return literal(node) is NOT_LITERAL

    def is_field(self, node: ast.expr) -> bool:
        """True for a bare name that is a field of an envelope, of either direction."""
        return isinstance(node, ast.Name) and node.id in self.names.fields

    def beside(self, node: ast.expr, term: Term) -> Term:
        """The term of `node`, which stands beside `term`: a bare name may be one of its choices."""
        if term is ABSENT:
            return ABSENT
        value = literal(node)
        if isinstance(node, ast.Name) and term.choices is not None and node.id not in self.loops:
            a_path = self.is_field(node) or self.is_sure(node)
            value = node.id if node.id in term.choices or not a_path else NOT_LITERAL
        if value is NOT_LITERAL:
            return self.checked(node, lambda: self.unquoted(node, term))
        return self.checked(node, lambda: literal_beside(value, term))

    def unquoted(self, node: ast.expr, term: Term) -> Term:
        """The term of `node`; a bare name that is none, beside a string, was most likely meant to be one."""
        if isinstance(node, ast.Name) and term.kind is Kind.STRING and not (self.is_sure(node) or self.is_field(node)):
            raise Fault(node, f'{term}; write "{node.id}" in quotes')
        return self.visit(node)

    def path(self, node: ast.expr) -> Path | None:
        """The path that `node` spells; None where it has no value in this direction."""
        try:
            found = self.resolved(node)
        except Fault as fault:
            # Each step is right or wrong for itself: the first names may be right in one direction only.
            fault.key = fault.key or ("path", node)
            raise
        if found is not None:
            self.ledger.right.add(("path", node))
        return found

    def resolved(self, node: ast.expr) -> Path | None:
        """The path up to `node`, by way of those up to the steps before it."""
        match node:
            case ast.Name():
                return self.root(node)
            case ast.Attribute():
                parent = self.path(node.value)
                oneof = self.oneof if parent is not None and parent.shape.field is None else None
                step = Step(node, node.attr, depth_of(node))
                return None if parent is None else member(parent, step, oneof)
            case ast.Subscript():
                parent = self.path(node.value)
                return None if parent is None else self.item(parent, node)
        raise Fault(node, f"a path starts with the name of a field, and {written(node)} is none")

    def root(self, node: ast.Name) -> Path | None:
        """The path of one name: a loop's, `msg`, or a field of the envelope."""
        if node.id in self.loops:
            return self.loops[node.id]
        if node.id in BUILT_IN:
            own = f"; msg.{node.id} is the envelope's own field" if node.id in self.names.fields else ""
            raise Fault(node, f"{BUILT_IN[node.id](self.names)}, it has no fields{own}")
        if not self.names.schema:
            raise Fault(node, f"{node.id} needs a schema; without one there are {', '.join(BUILT_IN)}")
        if self.descriptor is None:
            return None
        get, shape = in_envelope, Shape(self.descriptor)
        if node.id == "msg":
            return Path("msg", get, shape)
        if node.id in (*FUNCTIONS, *LOOPED) and node.id not in self.names.fields:
            raise Fault(node, f"{node.id} is a function: {node.id}(...)")
        return member(Path("", get, shape), Step(node, node.id, 0), self.oneof)

    def item(self, parent: Path, node: ast.Subscript) -> Path:
        """An element of a list, or what a map has for a key."""
        index = literal(node.slice)
        if parent.shape.many:
            if type(index) is not int:
                raise Fault(node.slice, f"{parent.text} is a list: its elements are numbered, as in {parent.text}[0]")
            return at_index(parent, index, node.slice)
        if parent.shape.keyed:
            key = path_term(Path(f"a key of {parent.text}", parent.get, element(parent.shape)))
            found = self.beside(node.slice, key)
            if found is not ABSENT and found.kind is not key.kind:
                raise Fault(node.slice, f"{found}, and {key}")
            return at_key(parent, found.get, written(node.slice))
        raise Fault(node, f"{parent.text} is {kind_of(parent.shape)[0].value}; only lists and maps have [...]")


def depth_of(node: ast.expr) -> int:
    """How many steps lead to this one."""
    return 1 + depth_of(node.value) if isinstance(node, ast.Attribute | ast.Subscript) else 0
