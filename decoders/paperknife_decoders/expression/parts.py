"""What compiles each node of the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from paperknife_decoders.expression.arithmetic import arithmetic, negative
from paperknife_decoders.expression.calls import call
from paperknife_decoders.expression.error import Fault
from paperknife_decoders.expression.given import given_term
from paperknife_decoders.expression.grammar import ALLOWED, NOT_LITERAL, literal, written
from paperknife_decoders.expression.literals import literal_in_sum
from paperknife_decoders.expression.logic import all_hold, negation, one_holds
from paperknife_decoders.expression.loops import LOOPED
from paperknife_decoders.expression.names import BUILT_IN
from paperknife_decoders.expression.pairs import comparison
from paperknife_decoders.expression.shapes import BOOL_NAMES, path_term
from paperknife_decoders.expression.terms import ABSENT, Kind, Term, Value, constant

if TYPE_CHECKING:
    from paperknife_decoders.expression.compiler import Compiler

__all__ = ["PARTS"]

LITERALS: dict[type, Kind] = {
    bool: Kind.BOOL,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.STRING,
    bytes: Kind.BYTES,
}
"""The kind of a literal that stands alone."""


def path_part(compiler: Compiler, node: ast.expr) -> Term:
    """A field's value, a built-in name's, or what the caller gives."""
    if compiler.given and (given := given_term(node, compiler.given, compiler.loops)) is not None:
        return given
    if isinstance(node, ast.Name) and node.id not in compiler.loops:
        if node.id in BUILT_IN:
            return BUILT_IN[node.id](compiler.names)
        if node.id in BOOL_NAMES and node.id not in compiler.names.fields:
            return constant(Kind.BOOL, BOOL_NAMES[node.id], node.id)
    path = compiler.path(node)
    return ABSENT if path is None else path_term(path)


def constant_part(_: Compiler, node: ast.expr) -> Term:
    """A literal beside nothing that would give it another meaning."""
    value = literal(node)
    if type(value) not in LITERALS:
        raise Fault(node, f"{written(node)} is not allowed; has(path) tells whether a field is set")
    return constant(LITERALS[type(value)], value, written(node))


def bool_part(compiler: Compiler, node: ast.BoolOp) -> Term:
    """`and`, `or`."""
    join = all_hold if isinstance(node.op, ast.And) else one_holds
    return join([compiler.condition(part) for part in node.values])


def unary_part(compiler: Compiler, node: ast.UnaryOp) -> Term:
    """`not`, and the sign of a number."""
    if isinstance(node.op, ast.Not):
        return negation(compiler.condition(node.operand))
    if literal(node) is not NOT_LITERAL:
        return constant_part(compiler, node)
    term = compiler.visit(node.operand)
    return term if term is ABSENT or isinstance(node.op, ast.UAdd) else negative(term)


def binary_part(compiler: Compiler, node: ast.BinOp) -> Term:
    """Arithmetic; a string beside a time is a time or a duration."""
    if literal(node.left) is NOT_LITERAL or literal(node.right) is not NOT_LITERAL:
        left = compiler.visit(node.left)
        right = summand(compiler, node.right, left)
    else:
        right = compiler.visit(node.right)
        left = summand(compiler, node.left, right)
    return ABSENT if left is ABSENT or right is ABSENT else arithmetic(node.op, left, right)


def summand(compiler: Compiler, node: ast.expr, beside: Term) -> Term:
    """One side of a sum, whose literal may mean something beside the other."""
    value = literal(node)
    if beside is ABSENT:
        return ABSENT
    if value is NOT_LITERAL:
        return compiler.visit(node)
    return compiler.checked(node, lambda: literal_in_sum(value, beside))


def list_part(_: Compiler, node: ast.expr) -> Term:
    """A list stands after `in` only."""
    raise Fault(node, f"a list is only allowed after `in`; an expression has {ALLOWED}")


def loop_part(_: Compiler, node: ast.expr) -> Term:
    """A loop stands in a call only."""
    raise Fault(node, f"a loop is only allowed as the argument of one of {', '.join(LOOPED)}")


PARTS: dict[type[ast.expr], Callable[[Compiler, Value], Term]] = {
    ast.Name: path_part,
    ast.Attribute: path_part,
    ast.Subscript: path_part,
    ast.Constant: constant_part,
    ast.BoolOp: bool_part,
    ast.UnaryOp: unary_part,
    ast.BinOp: binary_part,
    ast.Compare: comparison,
    ast.Call: call,
    ast.Tuple: list_part,
    ast.List: list_part,
    ast.GeneratorExp: loop_part,
}
"""What compiles each node that the grammar lets through."""
