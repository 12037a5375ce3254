"""Bytes of whole messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.mutation.rules import load_rules
from paperknife_decoders.message import Direction, Message, Opcode


@pytest.mark.parametrize(
    ("action", "size"),
    [
        ("{truncate: 5}", 5),
        ("{truncate: 50%}", 12),
        ("{truncate: 0}", 0),
        ("{truncate: 900}", 24),
        ("{raw: '0aff'}", 2),
    ],
)
def test_sizes(desk, action, size):
    """So many bytes are left, the first ones."""
    order = desk.order(account="0123456789")
    assert len(order.content) == 24
    verdict = desk.verdict(f"{{do: {action}}}", order)
    assert len(verdict.content) == size
    assert "raw" in action or order.content.startswith(verdict.content)


def bits(one: bytes, other: bytes) -> int:
    """How many bits differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


def test_corrupt_anywhere(desk):
    """One bit, or so many bits or bytes, anywhere in the message, others each time."""
    order = desk.order(account="0123456789")
    for action, low, high in [
        ("corrupt", 1, 1),
        ("{corrupt: anywhere}", 1, 1),
        ("{corrupt: anywhere, bits: 7}", 7, 7),
        ("{corrupt: anywhere, bytes: 3}", 3, 24),
    ]:
        changer = desk.changer(f"{{do: {action}}}")
        results = [changer.consider(order, 0).content for _ in range(10)]
        assert all(low <= bits(order.content, each) <= high for each in results)
        assert len(set(results)) > 1


def test_corrupt_a_field(desk):
    """Only the field that is named is damaged, and the message still parses around it."""
    order = desk.order(account="0123456789", quantity=300)
    for path, action in [("account", "{corrupt: order.account, bits: 3}"), ("quantity", "{corrupt: [order.quantity]}")]:
        changer = desk.changer(f"{{on: client order, do: {action}}}")
        for _ in range(10):
            content = changer.consider(order, 0).content
            envelope = desk.envelope(Direction.CLIENT, content)
            if envelope.message is None:  # the text is no UTF-8 any more
                assert path == "account"
                continue
            left, right = envelope.message.order, type(envelope.message).FromString(order.content).order
            assert getattr(left, path) != getattr(right, path)
            left.ClearField(path)
            right.ClearField(path)
            assert left == right


def test_what_is_not_there_is_not_damaged(desk):
    """A field that is unset cannot be damaged: that is said."""
    verdict = desk.verdict("{on: client order, do: {corrupt: order.account}}")
    assert "order.account is not in this message" in verdict.logs[0]


def test_fields_first(desk):
    """What is done to fields is done before bytes are cut, wherever it stands."""
    text = "{on: client order, do: [{truncate: 4}, {set: {order.request_id: 9}}]}"
    assert desk.verdict(text).content == b"\x12\x0d\x08\x09"


@settings(deadline=None)
@given(
    content=st.binary(max_size=40), action=st.sampled_from(["corrupt", "truncate", "{raw: ''}", "{truncate: 1..90}"])
)
def test_any_bytes(api, tmp_path_factory, content, action):
    """Whatever the message holds, and be it nothing, its bytes can be damaged."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(f"rules:\n  - {{on: client, do: {action}}}\n")
    reader = api[0].protocol.reader()
    changer = load_rules([path], api[0].protocols).for_connection(1, reader)
    verdict = changer.consider(Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, reader), 0)
    assert verdict.hits == ("rule 1",)
    assert verdict.logs == ()


def test_damage_anywhere_in_a_large_message(desk):
    """So many bytes are others, in the second half too, however large it is."""
    message = desk.order(client_tag="x" * 3_000_000)
    damaged = desk.verdict("{on: client order, do: {corrupt: anywhere, bytes: 100}}", message).content
    changed = [at for at, (old, new) in enumerate(zip(message.content, damaged, strict=True)) if old != new]
    assert len(changed) == 100
    assert max(changed) > 2_000_000


FAULTS = [
    ("{raw: 0x12}", "bytes in hex"),
    ("{raw: 12}", "put it into quotes"),
    ("{raw: zz}", "bytes in hex"),
    ("{truncate: -1}", "a number of bytes such as 10, 50% or 1..20"),
    ("{truncate: 101%}", "a number of bytes"),
    ("{corrupt: order.symbl}", "did you mean symbol?"),
    ("{corrupt: anywhere, bits: 0}", "how many bits"),
    ("{corrupt: anywhere, bits: 1, bytes: 1}", "either bits or bytes"),
]


@pytest.mark.parametrize(("action", "fault"), FAULTS)
def test_faults(desk, action, fault):
    """What are no bytes, and no such field, is told."""
    (line,) = desk.faults(f"{{on: client order, do: {action}}}")
    assert fault in line
