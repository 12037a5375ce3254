"""Messages beyond the limit, put together from their pieces."""

from __future__ import annotations

from paperknife.recording.exchange.assembly import Assembly
from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Opcode

CLIENT, SERVER = Direction


def pieces(connection: int, direction: Direction, *parts: bytes) -> list[Piece]:
    """The parts of a message as they pass."""
    offset, found = 0, []
    for place, data in enumerate((*parts, b"")):
        found.append(Piece(connection, direction, 7 + place, Opcode.BINARY, data, offset, place == len(parts)))
        offset += len(data)
    return found


def test_a_message_comes_with_its_last_piece():
    """The message is all parts in their order, at the time of the last."""
    assembly = Assembly()
    *before, last = pieces(3, SERVER, b"one", b"two")
    assert [assembly.add(piece) for piece in before] == [None, None]
    message = assembly.add(last)
    assert (message.connection, message.direction, message.content, message.time_ns) == (3, SERVER, b"onetwo", 9)


def test_directions_and_connections_are_apart():
    """Messages whose pieces take turns do not mix."""
    assembly = Assembly()
    turns = zip(
        pieces(1, CLIENT, b"a", b"b"), pieces(1, SERVER, b"c", b"d"), pieces(2, CLIENT, b"e", b"f"), strict=True
    )
    found = [assembly.add(piece) for turn in turns for piece in turn]
    assert [message.content for message in found if message] == [b"ab", b"cd", b"ef"]


def test_what_is_too_large_is_left_out():
    """A message beyond the limit is counted, and its room is free for the next."""
    assembly = Assembly(largest=4)
    assert not any(assembly.add(piece) for piece in pieces(1, CLIENT, b"abc", b"def"))
    assert assembly.left_out == 1
    assert [assembly.add(piece) for piece in pieces(1, CLIENT, b"abcd")][-1].content == b"abcd"


def test_the_limit_is_for_all_together():
    """Many messages that are never finished take no more room than one."""
    assembly = Assembly(largest=10)
    for connection in range(100):
        assembly.add(pieces(connection, CLIENT, b"abcde")[0])
    assert sum(len(part) for parts in assembly._parts.values() for part in parts or ()) <= 10


def test_a_message_whose_start_is_missing_is_left_out():
    """Half a message is not shown as a whole one."""
    assembly = Assembly()
    _, *rest = pieces(1, CLIENT, b"abc", b"def")
    assert not any(map(assembly.add, rest))
    assert assembly.left_out == 1


def test_a_connection_that_ends_unfinished():
    """What is not finished when its connection ends is counted as left out, and forgotten."""
    assembly = Assembly(largest=4)
    assembly.add(pieces(1, CLIENT, b"abcd")[0])
    assembly.forget(1)
    assert assembly.left_out == 1
    assert [assembly.add(piece) for piece in pieces(2, CLIENT, b"abcd")][-1]
