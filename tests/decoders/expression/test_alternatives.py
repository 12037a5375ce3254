"""One expression over several protocols."""

from __future__ import annotations

from dataclasses import replace

from paperknife_decoders.expression import Alternatives
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
