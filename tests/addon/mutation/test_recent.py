"""The last messages of all connections."""

from paperknife.mutation.recent import Recent
from paperknife.traffic import Batch
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol

BINARY = Opcode.BINARY
READER = Protocol().reader()


def batch(*contents: bytes, opcode: Opcode = BINARY) -> Batch:
    return Batch(1, Direction.CLIENT, 0, [opcode] * len(contents), contents, READER)


def test_the_newest_comes_first() -> None:
    """Of whole messages, without control frames."""
    recent = Recent()
    recent.add(batch(b"a", b"b"))
    recent.add(batch(b"ping", opcode=Opcode.PING))
    recent.add(batch(b"c"))
    assert [message.content for message in recent.newest_first()] == [b"c", b"b", b"a"]


def test_what_is_kept_is_bounded() -> None:
    """By bytes; the last batch is kept in any case."""
    recent = Recent(most_bytes=10)
    for number in range(100):
        recent.add(batch(bytes([number]) * 4))
    assert [message.content[0] for message in recent.newest_first()] == [99, 98]
    recent.add(batch(b"x" * 100))
    assert [message.content[:1] for message in recent.newest_first()] == [b"x"]
    recent.add(batch(b"y"))
    assert recent.size == 1
