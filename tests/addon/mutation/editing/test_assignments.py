"""Changes of a message in one line each."""

from __future__ import annotations

import pytest

from paperknife.mutation.editing.assignments import assigned
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.splice import PathError, SpliceError

CLIENT = Direction.CLIENT


def test_changes(tape) -> None:
    """Values as the field takes them; none unsets it."""
    message = tape.message(CLIENT, "order", {"quantity": 3, "client_tag": "x"})
    changes = [
        "order.quantity=5",
        "order.side = SELL",
        "order.price=5.25",
        "order.client_tag=",
        'order.labels["a"]=b=c',
    ]
    content = assigned(message, changes)
    order = Message(1, CLIENT, 0, message.opcode, content, message.reader).envelopes[0].message.order
    expected = {"quantity": 5, "side": "SELL", "price": {"value": "5.25"}, "labels": {"a": "b=c"}}
    assert order == tape.message(CLIENT, "order", expected).envelopes[0].message.order


WRONG = [
    ("order.quantity", SpliceError, "a change such as order.quantity=5 was expected"),
    ("order.quantiti=5", PathError, "did you mean quantity"),
    ("order.quantity=x", SpliceError, "takes a whole number"),
]


@pytest.mark.parametrize(("change", "kind", "told"), WRONG)
def test_what_is_none(tape, change, kind, told) -> None:
    """It is said what would be one."""
    with pytest.raises(kind, match=told):
        assigned(tape.message(CLIENT, "order", {"quantity": 3}), [change])
