"""Where a rule is compiled: for which protocol, what it is on, and what it can speak of there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor

from paperknife.mutation.rules.form import Event
from paperknife_decoders.definition.faults import Faults
from paperknife_decoders.definition.node import Node, meant
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.expression import (
    Expression,
    ExpressionError,
    Given,
    Valued,
    compile_expression,
    compile_value,
)
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice.paths import Path

if TYPE_CHECKING:
    from paperknife.mutation.rules.course import Act

__all__ = ["Scope", "Scripts"]

type Scripts = Callable[[str], Act]
"""The function of a user's script by its name. Raises `ValueError` with the sentence why there is none."""

NO_MESSAGE = {
    Event.OPEN: "when a connection opens there is no message to speak of",
    Event.CLOSE: "when a connection closes there is no message to speak of",
}
REMEMBERED = re.compile(r"\bremembered\.(\w+)")
COUNTED = re.compile(r"\bcounter\.(\w+)")


@dataclass(frozen=True, slots=True)
class Scope:
    """One protocol and what a rule is on in it: an event, and for messages their direction and payload.

    `given` are the names beside those of the message, `secret` those among them that hold secrets. What is wrong goes
    to `faults`. Without `scripts` names of functions are taken as they are.
    """

    rule: str
    protocol: Protocol
    event: Event = Event.MESSAGE
    direction: Direction = Direction.CLIENT
    payload: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    faults: Faults = field(default_factory=Faults)
    scripts: Scripts | None = None
    touched: set[str] = field(default_factory=set)
    """The payloads in which the rule changes fields."""
    sends: set[Direction] = field(default_factory=set)
    """The directions in which the rule sends envelopes of its own."""

    def touch(self, path: Path, node: Node) -> None:
        """Keep in which payload a field is changed; with another payload the message would become one of that kind."""
        kind, first = self.kind, path.hops[0].form.field
        if kind is None or not kind.oneof or first not in kind.members:
            return
        self.touched.add(first.name)
        if self.payload and first.name != self.payload:
            node.fault(
                f"{path} is no field of {self.payload}, which this rule is on; replace makes another message of it",
                at_key=True,
            )
        elif len(self.touched) > 1:
            node.fault(
                f"a message is never both {' and '.join(sorted(self.touched))}; make a rule for each", at_key=True
            )

    def reason(self, error: ExpressionError) -> str:
        """Why an expression cannot be used here."""
        for name in REMEMBERED.findall(error.text):
            if f"remembered.{name}" not in self.given and error.column == error.text.index("remembered") + 1:
                known = [each.partition(".")[2] for each in self.given if each.startswith("remembered.")]
                lacks = f": no rule that is on has remember: {{{name}: ...}}"
                return f"nothing is remembered as {name}{meant(name, known) or lacks}"
        for name in COUNTED.findall(error.text):
            if f"counter.{name}" not in self.given and error.column == error.text.index("counter.") + 1:
                known = [each.partition(".")[2] for each in self.given if each.startswith("counter.")]
                return f"nothing is counted as {name}{meant(name, known) or f': no rule that is on has count: {name}'}"
        return NO_MESSAGE.get(self.event, error.reason)

    @property
    def kind(self) -> EnvelopeType | None:
        """The type of the messages that the rule is on; None where they have none."""
        return self.protocol.type_for(self.direction) if self.event is Event.MESSAGE else None

    @property
    def types(self) -> tuple[Descriptor | None, Descriptor | None]:
        """The types of the client's and of the server's envelopes, as far as they can be spoken of."""
        if self.event is not Event.MESSAGE:
            return None, None
        client, server = (None if kind is None else kind.descriptor for kind in self.kinds)
        return client, server

    @property
    def kinds(self) -> tuple[EnvelopeType | None, EnvelopeType | None]:
        """Those of both sides."""
        return self.protocol.client, self.protocol.server

    @property
    def set_fields(self) -> tuple[str, ...]:
        """Names of payloads of which several may be set."""
        return tuple(name for kind in self.kinds if kind is not None and kind.named for name in kind.payloads)

    def value(self, text: str, draws: Mapping[str, Given]) -> Valued:
        """An expression for a value. Raises `ExpressionError`."""
        return compile_value(text, self.direction, self.types, self.set_fields, {**self.given, **draws})

    def condition(self, text: str) -> Expression:
        """An expression for a condition, in the types of both directions. Raises `ExpressionError`."""
        return compile_expression(text, *self.types, self.set_fields, self.given)

    def is_secret(self, valued: Valued) -> bool:
        """True for what may not be shown. What is calculated of a secret counts as one where it names it."""
        if any(name in valued.text for name in self.secret):
            return True
        secrets = self.protocol.secrets
        names = [part.split("[")[0].strip("() ") for part in valued.text.replace("(", ".").split(".")]
        if any(secrets.hides_name(name) for name in names):
            return True
        return any(path in valued.text for path in secrets.paths)

    def at(self, node: Node) -> Node:
        """A place of the rule, whose faults are those of this scope."""
        return replace(node, faults=self.faults)
