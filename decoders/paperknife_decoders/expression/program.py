"""A compiled expression, and the way to one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.expression.comparison import OutOfSteps
from paperknife_decoders.expression.compiler import Compiler
from paperknife_decoders.expression.error import ExpressionError
from paperknife_decoders.expression.faults import Ledger, verdict
from paperknife_decoders.expression.given import NOTHING_GIVEN, Given
from paperknife_decoders.expression.grammar import parse
from paperknife_decoders.expression.names import JoinedNames, Names, payloads_of
from paperknife_decoders.expression.paths import spelling
from paperknife_decoders.expression.terms import ABSENT, LOOPS, STEPS, Frame, Getter, Payloads, Term, Value
from paperknife_decoders.message import Direction, Message

__all__ = ["MAX_STEPS", "Expression", "Program", "Valued", "compile_expression", "compile_value", "frame_of"]

MAX_STEPS = 100_000
"""Elements of lists that one evaluation looks at; an envelope for which it would need more does not match."""


OTHER_SCHEMA = (AttributeError, TypeError, ValueError)
"""What comes of a field that is gone, or has another type, in the schema that an envelope was read by."""


@dataclass(frozen=True, slots=True)
class Program:
    """An expression compiled for one direction.

    `payloads` are those it can match, None for any; `slots` are the places that its loops need in a frame.
    """

    test: Getter
    payloads: Payloads
    slots: int = 0

    def holds(self, frame: Frame) -> bool:
        """True if the condition holds of what `frame_of` was given. Never raises, whatever the peer sent.

        It is for one of its payloads: nothing is said of others.
        """
        frame[STEPS] = MAX_STEPS
        try:
            return bool(self.test(frame))
        except (OutOfSteps, *OTHER_SCHEMA):
            return False


def frame_of(message: Message, envelope: Envelope, given: object = None, slots: int = 0) -> Frame:
    """What programs work on that are asked about the same envelope one after the other; `slots` is the most they need.

    The payload stands behind all else, which keeps it alive: the library would make an object of it for each of them.
    """
    decoded = envelope.message
    payload = getattr(decoded, envelope.payload, None) if envelope.payload else None
    return [decoded, message, envelope, MAX_STEPS, given, *(None,) * slots, payload]


class Expression:
    """A condition on a message and one of its envelopes. `text` is what it was compiled from."""

    __slots__ = ("_client", "_server", "text")

    def __init__(self, text: str, client: Program, server: Program) -> None:
        self.text = text
        self._client = client
        self._server = server

    def matches(self, message: Message, envelope: Envelope, given: object = None) -> bool:
        """True if the condition holds. Never raises, whatever the peer sent.

        An envelope that is not decoded has no fields. One of a newer schema than the expression's is read by the same
        names, and does not match where they mean something else now. `given` is what the getters of the caller's own
        names are asked with.
        """
        program = self._client if message.direction is Direction.CLIENT else self._server
        if program.payloads is not None and envelope.payload not in program.payloads:
            return False
        return program.holds([envelope.message, message, envelope, MAX_STEPS, given, *(None,) * program.slots])

    def program(self, direction: Direction) -> Program:
        """The condition for one direction, for callers that ask many about one envelope."""
        return self._client if direction is Direction.CLIENT else self._server

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """The names of all payloads in this direction that can match; None where that cannot be told from the name."""
        return self.program(direction).payloads

    def __repr__(self) -> str:
        return f"<Expression {self.text}>"


def compile_expression(
    text: str,
    client: Descriptor | None,
    server: Descriptor | None,
    set_fields: Iterable[str] = (),
    given: Mapping[str, Given] = NOTHING_GIVEN,
) -> Expression:
    """The expression `text` over envelopes of the types `client` and `server` (None: no schema in that direction).

    `set_fields` are the names of payloads that are fields, of which several may be set at once, and `given`
    names that the caller knows besides. Raises `ExpressionError` for the first thing that is wrong in it.
    """
    world = World((client, server), JoinedNames({name: name for name in set_fields}), given)
    tree = parse(text)
    ledger = Ledger()
    programs = {
        direction: compile_for(tree, world.compiler(direction, ledger))
        for direction in (Direction.CLIENT, Direction.SERVER)
    }
    if faults := ledger.standing():
        raise verdict(faults, text)
    return Expression(text, programs[Direction.CLIENT], programs[Direction.SERVER])


def compile_for(tree: ast.expr, compiler: Compiler) -> Program:
    """The program for one direction; what is wrong goes into the ledger."""
    condition = compiler.condition(tree)
    matched = frozenset[str]() if condition.known is False else condition.payloads
    return Program(condition.get, matched, compiler.slots - LOOPS)


@dataclass(frozen=True, slots=True)
class World:
    """What there is to speak of: the types of the client's and of the server's envelopes, payloads that are fields, and
    what the caller gives.
    """

    types: tuple[Descriptor | None, Descriptor | None]
    joined: JoinedNames
    given: Mapping[str, Given]

    def compiler(self, direction: Direction, ledger: Ledger) -> Compiler:
        """The compiler for one direction."""
        known = [each for each in self.types if each is not None]
        payloads = {name: name for each in known for name in payloads_of(each)}
        names = Names(
            direction,
            schema=bool(known),
            payloads=JoinedNames(payloads | self.joined) if self.joined else payloads,
            fields=frozenset(spelling(field.name) for each in known for field in each.fields),
        )
        return Compiler(self.types[0 if direction is Direction.CLIENT else 1], names, ledger, self.given)


@dataclass(frozen=True, slots=True)
class Valued:
    """An expression for a value, compiled for one direction; `term` says its kind, and the path where it is one."""

    text: str
    term: Term
    loops: tuple[None, ...]

    def value(self, message: Message | None, envelope: Envelope, given: object = None) -> Value:
        """The value, of the Python type that its kind says; None where it has none. Never raises."""
        try:
            return self.term.get([envelope.message, message, envelope, MAX_STEPS, given, *self.loops])
        except (OutOfSteps, *OTHER_SCHEMA):
            return None


def compile_value(
    text: str,
    direction: Direction,
    types: tuple[Descriptor | None, Descriptor | None],
    set_fields: Iterable[str] = (),
    given: Mapping[str, Given] = NOTHING_GIVEN,
) -> Valued:
    """The expression `text` for a value of the envelopes of one direction; `types` are the client's and the server's.

    Raises `ExpressionError` for the first thing that is wrong in it.
    """
    tree = parse(text)
    ledger = Ledger()
    compiler = World(types, JoinedNames({name: name for name in set_fields}), given).compiler(direction, ledger)
    term = compiler.visit(tree)
    if faults := ledger.standing():
        raise verdict(faults, text)
    if term is ABSENT:
        raise ExpressionError(f"this has no value in what the {direction.value} sends", text, 1, len(text))
    return Valued(text, term, (None,) * (compiler.slots - LOOPS))
