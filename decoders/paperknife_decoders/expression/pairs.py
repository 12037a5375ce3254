"""Comparisons in the syntax tree: which side says what the other one means, and `in`."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from paperknife_decoders.expression.comparison import (
    OPERATORS,
    Unlike,
    compare,
    contained,
    element_term,
    listed_in,
    same_kind,
)
from paperknife_decoders.expression.error import Fault
from paperknife_decoders.expression.literals import not_a_number
from paperknife_decoders.expression.logic import all_hold, one_holds
from paperknife_decoders.expression.shapes import string_term
from paperknife_decoders.expression.terms import ABSENT, NEVER, Kind, Term

if TYPE_CHECKING:
    from paperknife_decoders.expression.compiler import Compiler

__all__ = ["comparison"]


def comparison(compiler: Compiler, node: ast.Compare) -> Term:
    """``a < b``, and ``a < b < c`` as ``a < b and b < c``."""
    parts: list[Term] = []
    for index, (left, right) in enumerate(pairwise([node.left, *node.comparators])):
        compile_pair = partial(pair, compiler, left, node.ops[index], right)
        found = compiler.checked(node, compile_pair, key=(node, index))
        parts.append(NEVER if found is ABSENT else found)
    return parts[0] if len(parts) == 1 else all_hold(parts)


def pair(compiler: Compiler, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Term:
    """One comparison of two operands."""
    if isinstance(sign, ast.In | ast.NotIn):
        inverted = isinstance(sign, ast.NotIn)
        if isinstance(right, ast.Tuple | ast.List):
            return listing(compiler, left, right, inverted=inverted)
        return containment(compiler, left, right, inverted=inverted)
    one, other = operands(compiler, left, right)
    if one is ABSENT or other is ABSENT:
        return NEVER
    if isinstance(sign, ORDERING):
        refuse_text(left, one, other)
        refuse_text(right, other, one)
    return compare(OPERATORS[type(sign)], *same_kind(one, other))


ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def refuse_text(node: ast.expr, term: Term, beside: Term) -> None:
    """Raise where `node` is text beside a decimal: other text in one may be equal to it, but none is more or less."""
    if term.kind is Kind.STRING and term.known is not None and beside.kind is Kind.DECIMAL:
        raise Fault(node, not_a_number(beside, term.text))


def operands(compiler: Compiler, left: ast.expr, right: ast.expr) -> tuple[Term, Term]:
    """Both sides. One that means something by itself comes first and says what a name or a literal beside it means."""
    for is_sure in (compiler.is_sure, compiler.is_field):
        if is_sure(left):
            first = compiler.visit(left)
            return first, compiler.beside(right, first)
        if is_sure(right):
            second = compiler.visit(right)
            return compiler.beside(left, second), second
    for side in (left, right):
        if isinstance(side, ast.Name):
            return compiler.visit(side), ABSENT
    raise Fault(left, "this compares a constant with a constant; one side has to be a field or a built-in name")


def listing(compiler: Compiler, left: ast.expr, right: ast.Tuple | ast.List, *, inverted: bool) -> Term:
    """``a in (b, c)``: by one look-up where all are constants, else one by one."""
    if not right.elts:
        raise Fault(right, "the list after `in` is empty")
    if (compiler.is_sure(left) or compiler.is_field(left)) and not any(map(compiler.is_sure, right.elts)):
        one = compiler.visit(left)
        others = [compiler.beside(item, one) for item in right.elts]
        if one is ABSENT or ABSENT in others:
            return NEVER
        if all(other.known is not None and other.kind is one.kind for other in others):
            same_kind(one, others[0])
            return listed_in(one, [other.known for other in others], inverted=inverted)
    sign = ast.NotEq() if inverted else ast.Eq()
    parts = [pair(compiler, left, sign, item) for item in right.elts]
    return all_hold(parts) if inverted else one_holds(parts)


def containment(compiler: Compiler, left: ast.expr, right: ast.expr, *, inverted: bool) -> Term:
    """``a in b``, where b is a repeated field, a map, a string or bytes."""
    container = compiler.visit(right)
    if container is ABSENT:
        return NEVER
    container = replace(string_term(container) or container, choices=None)
    if container.kind in (Kind.LIST, Kind.MAP):
        part = element_term(container)
    elif container.kind in (Kind.STRING, Kind.BYTES):
        part = container
    else:
        raise Unlike(f"{container}; after `in` comes a list in parentheses, a repeated field, a map or a string")
    item = compiler.beside(left, part)
    if item is ABSENT:
        return NEVER
    item, part = same_kind(item, part)
    return contained(item, container, part, inverted=inverted)
