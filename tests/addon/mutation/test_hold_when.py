"""Messages that a condition of the user's holds."""

from __future__ import annotations

import pytest

from paperknife.mutation.hold_when import HoldWhen, condition_from
from paperknife.mutation.verdict import Hold
from paperknife_decoders.expression import ExpressionError
from paperknife_decoders.message import Direction, Opcode

CLIENT, SERVER = Direction


def held_by(tape, text: str) -> HoldWhen:
    protocol = tape.loaded.protocol
    return HoldWhen(condition_from(text, [protocol]), protocol, 9.0, in_order=True)


def test_what_it_is_true_for_is_held(tape) -> None:
    """And nothing else; what cannot match is not even wanted."""
    changer = held_by(tape, "order.quantity > 100")
    assert changer.heeds(CLIENT)
    assert not changer.heeds(SERVER)
    assert changer.wants(CLIENT, ["login", "order"])
    assert not changer.wants(CLIENT, ["login"])
    big, small = (tape.message(CLIENT, "order", {"quantity": quantity}) for quantity in (101, 100))
    verdict = changer.consider(big, 0.0)
    assert verdict.content is big.content
    assert verdict.hold == Hold("hold order.quantity > 100", 9.0, in_order=True)
    assert changer.consider(small, 0.0) is None
    assert changer.consider(tape.raw(CLIENT, b"", opcode=Opcode.PING), 0.0) is None
    assert changer.opened(0.0) is None
    assert changer.closed(0.0) is None


def test_a_condition_that_fits_no_message(tape) -> None:
    """It is said what would."""
    with pytest.raises(ExpressionError, match="quantity"):
        held_by(tape, "order.quantiti > 100")
    with pytest.raises(ExpressionError):
        held_by(tape, "order.quantity >")


def test_any_payload(tape) -> None:
    """A condition on what every message has is for all of them."""
    changer = held_by(tape, "size > 3")
    assert changer.heeds(SERVER)
    assert changer.wants(SERVER, ["market_data"])
