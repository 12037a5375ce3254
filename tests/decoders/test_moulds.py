"""What is kept of the messages that others are made like."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.moulds import LARGEST, LAST, MOST, Moulds
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.rest import NOTHING, Rest

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


@pytest.fixture
def moulds() -> Moulds:
    """Those of a server."""
    found = Moulds()
    found.follow([SERVER], Opcode.BINARY)
    return found


def noted(
    moulds: Moulds, *messages: tuple[str, bytes], opcode: Opcode = Opcode.BINARY, before: Sequence[Rest] = ()
) -> None:
    """Note messages of the server, by their payloads."""
    payloads, contents = zip(*messages, strict=True)
    moulds.note_all(SERVER, [opcode] * len(messages), contents, payloads, before)


def test_the_last_one_of_each_payload(moulds) -> None:
    """The last one with the payload comes first, then the last ones, newest first, and each once."""
    noted(moulds, ("a", b"1"), ("b", b"2"), ("a", b"3"), ("b", b"4"), ("c", b"5"))
    noted(moulds, ("b", b"6"))
    assert [content for _, (content, _) in moulds.like(SERVER, "a")] == [b"3", b"6", b"5", b"4"]
    assert [content for _, (content, _) in moulds.like(SERVER, "d")] == [b"6", b"5", b"4", b"3"]
    assert moulds.like(SERVER, "c")[0] == ("c", (b"5", NOTHING))
    assert moulds.like(CLIENT, "a") == []
    assert [content for content, _ in moulds.last(SERVER)] == [b"3", b"4", b"5", b"6"]
    assert moulds.last(CLIENT) == []


def test_bounds(moulds) -> None:
    """So many payloads are kept, and of large messages only a first one, and the very last where it may go on."""
    noted(moulds, *((f"p{number}", b"") for number in range(2 * MOST)))
    assert len(moulds.sides[SERVER].by_payload) == MOST
    assert moulds.like(SERVER, "p0")[0][0] != "p0"
    assert len(moulds.like(SERVER, "p0")) <= 2 * LAST
    large = bytes(LARGEST + 1)
    noted(moulds, ("large", large))
    assert all(name != "large" for name, _ in moulds.like(SERVER, "large"))
    assert moulds.newest(SERVER) is None
    noted(moulds, ("large", large), before=[NOTHING])
    assert moulds.newest(SERVER) == (large, NOTHING)
    noted(moulds, ("behind much", b""), before=[Rest((large,), len(large))])
    assert all(name != "behind much" for name, _ in moulds.like(SERVER, "behind much"))
    assert moulds.newest(CLIENT) is None
    other = Moulds()
    other.follow([SERVER], Opcode.BINARY)
    noted(other, ("large", large), ("larger", large))
    assert [name for name, _ in other.like(SERVER, "x")] == ["large"]


def test_only_what_is_followed_and_of_the_opcode(moulds) -> None:
    """Text beside binary messages, pings, and the other direction show nothing; what came before is kept where a
    message may go on in the next.
    """
    noted(moulds, ("", b"{}"), opcode=Opcode.TEXT)
    noted(moulds, ("", b""), opcode=Opcode.PING)
    reader = Protocol().reader()
    moulds.note(Message(1, CLIENT, 0, Opcode.BINARY, b"\x08\x01", reader))
    assert moulds.like(SERVER, "") == moulds.like(CLIENT, "") == []
    moulds.note(Message(1, SERVER, 0, Opcode.BINARY, b"\x08\x01", reader))
    assert moulds.like(SERVER, "") == [("", (b"\x08\x01", NOTHING))]
    before = Rest((b"x",), 1)
    noted(moulds, ("", b"\x08\x01"), before=[before])
    assert moulds.like(SERVER, "") == [("", (b"\x08\x01", before))]
