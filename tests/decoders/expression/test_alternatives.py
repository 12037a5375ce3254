"""One expression over several protocols."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paperknife_decoders.expression import Alternatives, ExpressionError, Lazily, compile_expression
from paperknife_decoders.message import Direction


def test_a_message_is_asked_by_its_own_protocol(venue) -> None:
    """By the name of the protocol; one of another protocol does not match."""
    large, small = venue.compile("order.quantity > 2"), venue.compile("order.quantity < 2")
    either = Alternatives("quantity", {"large": large, "small": small})
    found = {}
    for name in ("large", "small", "other"):
        protocol = replace(venue.protocol, name=name)
        message = replace(venue, protocol=protocol).message(Direction.CLIENT, "order { quantity: 3 }")
        found[name] = either.matches(message, message.envelopes[0])
    assert found == {"large": True, "small": False, "other": False}
    assert either.text == "quantity"


def test_the_payloads_are_those_of_all(venue) -> None:
    """And none are ruled out where one expression cannot tell."""
    order, update = venue.compile("order.quantity > 2"), venue.compile("payload == update")
    any_of_them = venue.compile("size > 5")
    server = Direction.SERVER
    both = Alternatives("x", {"a": order, "b": update})
    assert both.payloads(server) == order.payloads(server) | update.payloads(server)
    assert Alternatives("x", {"a": order, "b": any_of_them}).payloads(server) is None


def test_lazily(venue) -> None:
    """Compiled once for each protocol; where it does not fit one, it matches nothing of it."""
    asked = []

    def compile_by(text, protocol):
        asked.append(protocol.name)
        return compile_expression(text, None if protocol.client is None else protocol.client.descriptor, None)

    lazily = Lazily("order.quantity > 2", compile_by)
    assert asked == []
    found = []
    for protocol in (venue.protocol, replace(venue.protocol, name="bare", client=None, server=None)) * 2:
        message = replace(venue, protocol=venue.protocol).message(Direction.CLIENT, "order { quantity: 3 }")
        message.reader.use(protocol)
        found.append(lazily.matches(message, message.envelopes[0]))
    assert found == [True, False, True, False]
    assert len(asked) == 2
    assert lazily.payloads(Direction.CLIENT) is None
    assert set(lazily.faults) <= {"bare"}
    with pytest.raises(ExpressionError):
        Lazily("order.quantity >", compile_by)


@pytest.mark.parametrize(
    ("fits", "expected"), [({"a": 1, "b": 20, "c": 5}, ("b", 20)), ({"a": 1, "b": 0}, None), ({}, None)]
)
def test_the_closest_fault(venue, fits, expected) -> None:
    """Of all the protocols that came, that of the one by which most of the expression is right; none if it fits any."""

    def compile_by(text, protocol):
        if fits[protocol.name]:
            raise ExpressionError("no", text, fits[protocol.name])
        return compile_expression(text, None, None)

    lazily = Lazily("size > 2", compile_by)
    protocols = [replace(venue.protocol, name=name) for name in fits]
    assert [lazily.fit(protocol) is None for protocol in protocols] == [bool(column) for column in fits.values()]
    found = lazily.closest_fault()
    assert (found and (found[0], found[1].column)) == expected
