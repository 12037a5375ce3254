"""Calls: functions of values, and loops over what repeats."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import itemgetter
from typing import TYPE_CHECKING

from paperknife_decoders.expression.arithmetic import safely
from paperknife_decoders.expression.comparison import ordered, same_kind, spend
from paperknife_decoders.expression.error import Fault, closest
from paperknife_decoders.expression.functions import FUNCTIONS, length
from paperknife_decoders.expression.grammar import written
from paperknife_decoders.expression.logic import truth
from paperknife_decoders.expression.loops import CONDITIONS, LOOPED, Loop
from paperknife_decoders.expression.names import BUILT_IN
from paperknife_decoders.expression.paths import element
from paperknife_decoders.expression.shapes import path_term
from paperknife_decoders.expression.terms import ABSENT, Frame, Kind, Path, Term, Value, meet

if TYPE_CHECKING:
    from paperknife_decoders.expression.compiler import Compiler

__all__ = ["call"]


def call(compiler: Compiler, node: ast.Call) -> Term:
    """A call of one of the functions that there are."""
    name = function_name(node)
    if name in LOOPED:
        return looped(compiler, node, name)
    function, takes = FUNCTIONS[name]
    if len(node.args) != len(takes.split(", ")):
        raise Fault(node, f"{name}() takes {takes}: {name}({takes})")
    for argument in node.args:
        if isinstance(argument, ast.GeneratorExp):
            raise Fault(argument, f"{name}() takes no loop; {', '.join(LOOPED)} do, count(...) among them")
    terms = [compiler.visit(argument) for argument in node.args]
    return ABSENT if ABSENT in terms else function(terms)


def function_name(node: ast.Call) -> str:
    """The name of the function that is called."""
    known = [*LOOPED, *FUNCTIONS]
    if isinstance(node.func, ast.Attribute) and node.func.attr in known:
        arguments = ", ".join(map(written, [node.func.value, *node.args]))
        raise Fault(node, f"functions stand before what they are about: {node.func.attr}({arguments})")
    name = node.func.id if isinstance(node.func, ast.Name) else written(node.func)
    if name not in known:
        likely = closest(name, known)
        meant = f"; did you mean {likely}?" if likely else "."
        raise Fault(node.func, f"there is no function {name}{meant} There are: {', '.join(known)}")
    return name


def looped(compiler: Compiler, node: ast.Call, name: str) -> Term:
    """A function of a loop, of a list, or (`min` and `max`) of several values."""
    if len(node.args) > 1 and name in ("min", "max"):
        return extreme([compiler.visit(argument) for argument in node.args], name)
    if len(node.args) != 1:
        raise Fault(node, f"{name}() takes one list, or one loop: {name}(... for x in path)")
    (argument,) = node.args
    if isinstance(argument, ast.GeneratorExp):
        loop = compiler.scoped(lambda: loop_of(compiler, argument, as_conditions=name in CONDITIONS))
        return LOOPED[name](loop) if loop else ABSENT
    source = compiler.visit(argument)
    if source is ABSENT:
        return ABSENT
    if source.kind is not Kind.LIST or source.path is None:
        raise Fault(argument, f"{source}; {name}() takes a list, or a loop: {name}(... for x in path)")
    if name == "count":
        return length([source])
    return LOOPED[name](loop_over(compiler, source.path, as_conditions=name in CONDITIONS))


def extreme(terms: Sequence[Term], name: str) -> Term:
    """The least or the greatest of several terms."""
    if ABSENT in terms:
        return ABSENT
    choose = {"min": builtins.min, "max": builtins.max}[name]

    def pick(one: Term, other: Term) -> Term:
        left, right = same_kind(ordered(one), ordered(other))
        return Term(left.kind, safely(choose, left, right), f"{name}()", meet(left.payloads, right.payloads))

    return reduce(pick, terms)


def loop_of(compiler: Compiler, node: ast.GeneratorExp, *, as_conditions: bool) -> Loop | None:
    """``body for x in source if ...``; None where the source has no value in this direction."""
    if len(node.generators) != 1 or node.generators[0].is_async:
        raise Fault(node, "one loop has one `for`; write any(any(...) ...) for a list inside a list")
    generator = node.generators[0]
    target = generator.target
    if not isinstance(target, ast.Name) or target.id in BUILT_IN or target.id in ("msg", *LOOPED, *FUNCTIONS):
        raise Fault(target, "a loop needs one name of its own here, as in any(x.size == 0 for x in ...)")
    source = compiler.visit(generator.iter)
    if source is ABSENT:
        return None
    if source.path is None or source.kind not in (Kind.LIST, Kind.MAP):
        raise Fault(generator.iter, f"{source}; a loop goes over a repeated field or the keys of a map")
    item, slot = bound(compiler, source.path, target.id)
    compiler.loops[target.id] = item
    tests = [compiler.condition(test) for test in generator.ifs]
    body = compiler.condition(node.elt) if as_conditions else compiler.visit(node.elt)
    if body is ABSENT:
        return None
    return Loop(values_of(source.path, slot, tests, body), body, source.payloads)


def loop_over(compiler: Compiler, source: Path, *, as_conditions: bool) -> Loop:
    """The elements of a list themselves."""
    item, slot = bound(compiler, source, f"an element of {source.text}")
    term = path_term(item)
    body = truth(term) if as_conditions else term
    return Loop(values_of(source, slot, [], body), body, source.payloads)


def bound(compiler: Compiler, source: Path, text: str) -> tuple[Path, int]:
    """The path of a loop's current element, and its place in the frame."""
    slot = compiler.slots
    compiler.slots += 1
    return Path(text, itemgetter(slot), element(source.shape), source.payloads), slot


def values_of(source: Path, slot: int, tests: Sequence[Term], body: Term) -> Value:
    """An iterator of the body's values for each evaluation, None where the source has no value."""
    items_of, value_of, conditions = source.get, body.get, [test.get for test in tests]

    def values(frame: Frame) -> Iterator[Value] | None:
        items = items_of(frame)
        return None if items is None else over(items, frame)

    def over(items: Value, frame: Frame) -> Iterator[Value]:
        for item in items:
            spend(frame, 1)
            frame[slot] = item
            if all(condition(frame) for condition in conditions):
                yield value_of(frame)

    return values
