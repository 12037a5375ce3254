"""Items by connection."""

from __future__ import annotations

from paperknife.recording.exchange.conversations import Conversations
from paperknife.recording.items import Closed, Opened
from paperknife.recording.selection import Selection
from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Message, Opcode


class Noted:
    """A format that notes what it is given."""

    def __init__(self) -> None:
        self.noted: list[object] = []

    def begin(self) -> None:
        self.noted.append("begin")

    def message(self, message: Message) -> bytes:
        return b"" if message.opcode is Opcode.PING else b"%d:%b;" % (message.connection, message.content[:2])

    def conversation(self, connection, close, last_ns, messages) -> None:
        said = messages.read_bytes() if messages else None
        self.noted.append((connection.number, close and close.code, said))

    def end(self) -> None:
        self.noted.append("end")


def written(items, tmp_path, selection=None):
    """What comes of these items."""
    form = Noted()
    writer = Conversations(form, selection or Selection(), tmp_path)
    for item in items:
        writer.write(item)
    writer.close()
    assert list(tmp_path.iterdir()) == []
    return form.noted, writer


def test_each_connection_in_one_place(session, tmp_path):
    """Connections come when they are closed, each with all of its messages in their order; nothing is left beside."""
    noted, writer = written(session.items, tmp_path)
    first, second = (
        b"".join(
            b"%d:%b;" % (number, item.content[:2])
            for item in session.items
            if isinstance(item, Message) and item.connection == number and item.opcode is not Opcode.PING
        )
        for number in (1, 2)
    )
    assert noted == ["begin", (1, 1000, first), (2, 1006, second), "end"]
    assert (writer.messages, writer.unplaced) == (9, 1)


def test_connections_that_are_still_open(session, tmp_path):
    """They come at the end, without a close."""
    noted, _ = written([item for item in session.items if not isinstance(item, Closed)], tmp_path)
    assert [entry[:2] for entry in noted[1:-1]] == [(1, None), (2, None)]


def test_a_connection_whose_handshake_is_not_there(session, tmp_path):
    """Its messages are written all the same."""
    noted, _ = written([item for item in session.items if isinstance(item, Message)], tmp_path)
    assert [entry[:2] for entry in noted[1:-1]] == [(1, None), (2, None)]


def test_a_part(session, tmp_path):
    """A connection that has nothing of what is selected is left out; one that opened before it is not."""
    assert [entry[0] for entry in written(session.items, tmp_path, Selection(frozenset({2})))[0][1:-1]] == [2]
    last = max(item.time_ns for item in session.items if isinstance(item, Message))
    late = Selection(start_ns=last)
    assert [entry[0] for entry in written(session.items, tmp_path, late)[0][1:-1]] == [1]


def test_large_messages(session, tmp_path):
    """The pieces of a message become one; one that is never finished is counted."""
    opened = next(item for item in session.items if isinstance(item, Opened))
    parts = [(b"ab", 0, False), (b"cd", 2, False), (b"", 4, True), (b"x", 0, False)]
    pieces = [Piece(1, Direction.CLIENT, 9, Opcode.BINARY, *part) for part in parts]
    noted, writer = written([opened, *pieces], tmp_path)
    assert noted[1] == (1, None, b"1:ab;")
    assert (writer.messages, writer.left_out) == (1, 1)


def test_nothing_is_left_after_a_failure(session, tmp_path):
    """`discard` removes the files on the side."""
    writer = Conversations(Noted(), Selection(), tmp_path)
    for item in session.items[:5]:
        writer.write(item)
    writer.discard()
    assert list(tmp_path.iterdir()) == []
