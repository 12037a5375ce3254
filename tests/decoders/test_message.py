"""Messages, and who sent them."""

import pytest

from paperknife_decoders.message import Direction, Message, Opcode, are_binary
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader


@pytest.mark.parametrize(("direction", "arrow"), [(Direction.CLIENT, "->"), (Direction.SERVER, "<-")])
def test_directions(direction: Direction, arrow: str) -> None:
    """Each has an arrow and an opposite, and can be found by its name."""
    assert direction.arrow == arrow
    assert direction.other is not direction
    assert direction.other.other is direction
    assert {direction: 1}[Direction(direction.value)] == 1


class Once(Reader):
    """Refuses to read twice."""

    reads = 0

    def read(self, *arguments):
        self.reads += 1
        return super().read(*arguments)


def test_a_message_is_decoded_once_and_only_if_asked() -> None:
    """However many ask, for whatever of it."""
    reader = Once(Protocol())
    message = Message(1, Direction.CLIENT, 0, Opcode.BINARY, b"\x08\x01", reader)
    assert repr(message) == "<Message #1 -> BINARY 2 B>"
    assert reader.reads == 0
    assert message.envelopes is message.envelopes
    assert message.oddities is message.oddities
    assert len(message.oddities) == len(message.envelopes) == 1
    assert reader.reads == 1


@pytest.mark.parametrize(
    ("opcodes", "expected"), [([], True), ([2, 2], True), ([Opcode.BINARY, 2], True), ([2, 1], False), ([9], False)]
)
def test_are_binary(opcodes: list[int], expected: bool) -> None:
    """Plain numbers or members, all of them are 2."""
    assert are_binary(opcodes) is expected
