"""CSV, one table for each payload and direction."""

from __future__ import annotations

import csv
import io
import json

import pytest

from paperknife.recording.exchange.tables import UNDECODED_COLUMNS, Folder, OneTable, SeveralTables, Tables
from paperknife.recording.selection import Selection
from paperknife.traffic import Piece
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema


class Held:
    """Tables in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def append(self, name: str, text: str) -> None:
        self.texts[name] = self.texts.get(name, "") + text

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table, read by the standard library."""
        return list(csv.DictReader(io.StringIO(self.texts[name], newline="")))


def written(items, selection=None) -> Held:
    """The tables of these items."""
    held = Held()
    tables = Tables(held, selection or Selection())
    for item in items:
        tables.write(item)
    return held


def test_a_table_for_each_payload_and_direction(session):
    """Names of tables tell direction and payload; what no schema reads has tables of its own."""
    held = written(session.items)
    assert sorted(held.texts) == [
        "client.order",
        "client.undecoded",
        "server.order_response",
        "server.undecoded",
    ]
    order = held.rows("client.order")[0]
    assert (order["time"], order["connection"], order["direction"], order["fate"]) == (
        "2027-01-15T08:00:00.124456792Z",
        "1",
        "client",
        "passed",
    )
    assert (order["order.quantity"], order["order.side"], order["order.client_tag"]) == ("200", "BUY", "tag-1")
    assert [row["fate"] for row in held.rows("client.order")] == ["passed", "dropped"]
    assert [row["fate"] for row in held.rows("server.order_response")] == ["changed", "injected"]


def test_what_is_not_decoded(session):
    """Nothing is lost: form, fault and content stand in a table of their own."""
    rows = written(session.items).rows("server.undecoded")
    assert list(rows[0])[4:] == list(UNDECODED_COLUMNS)
    assert [(row["form"], row["size"]) for row in rows] == [("bytes", "14"), ("decoded", "0")]
    assert json.loads(rows[0]["message"])["hex"] == b"\xff\x00 no envelope".hex()


def test_only_what_is_selected(session):
    """An expression selects rows."""
    types = session.loaded.protocol.client, session.loaded.protocol.server
    where = compile_expression("order.quantity > 100", *(kind.descriptor for kind in types))
    assert sorted(written(session.items, Selection(where=where)).texts) == ["client.order"]


def test_large_messages_are_counted():
    """Nobody decoded them, so that no table has them; each once, and those alone that are wanted."""
    pieces = [
        Piece(number, Direction.CLIENT, 0, Opcode.BINARY, b"" if last else b"abc", 3 * last, bool(last))
        for number in (1, 2)
        for last in range(2)
    ]
    for selection, expected in ((Selection(), 2), (Selection(connections=frozenset({2})), 1)):
        tables = Tables(Held(), selection)
        for piece in pieces:
            tables.write(piece)
        assert (tables.left_out, tables.messages) == (expected, 0)


PROTO = """
    syntax = "proto3"; package t;
    message P {{ string text = 1; {more} }}
    message Envelope {{ string time = 9; oneof payload {{ P order = 1; P Order = 2; P undecoded = 3; }} }}
"""


def kind_of(folder, more: str) -> EnvelopeType:
    """A revision of a type, whose payloads differ in case alone."""
    folder.mkdir()
    (folder / "t.proto").write_text(PROTO.format(more=more))
    return EnvelopeType(load_schema([folder]).message("t.Envelope"))


def message(kind: EnvelopeType, content: bytes) -> Message:
    """A message of the server."""
    reader = Protocol(server=kind).reader()
    return Message(1, Direction.SERVER, 0, Opcode.BINARY, content, reader)


def test_names_never_meet(tmp_path):
    """Payloads that differ in case alone, revisions of a type with other columns, and a payload that is called like
    our own table get names that no file system takes for the same; a revision with the same columns goes on."""
    first, same, other = (
        kind_of(tmp_path / name, more) for name, more in (("a", ""), ("b", ""), ("c", "bool on = 2;"))
    )
    contents = [b"\x0a\x03\x0a\x01a", b"\x12\x03\x0a\x01b", b"\x1a\x03\x0a\x01c", b""]
    held = written(message(kind, content) for kind in (first, same, other) for content in contents)
    rows = {name: len(held.rows(name)) for name in held.texts}
    assert rows == {
        "server.order": 2,
        "server.Order-2": 2,
        "server.undecoded": 2,
        "server.undecoded-2": 3,
        "server.order-3": 1,
        "server.Order-4": 1,
        "server.undecoded-3": 1,
    }
    assert len({name.casefold() for name in rows}) == len(rows)


def test_a_field_that_is_called_like_a_column_of_ours(tmp_path):
    """The envelope's own field is reached as in expressions."""
    row = written([message(kind_of(tmp_path / "a", ""), b"\x0a\x00\x4a\x03now")]).rows("server.order")[0]
    assert (row["time"], row["msg.time"]) == ("1970-01-01T00:00:00.000000000Z", "now")


def test_a_payload_whose_name_is_no_file_name(session):
    """Of a name only letters, digits and underscores come into that of a file, and not too many."""
    protocol = session.loaded.protocol
    name = "../../etc/x y\x1b" + "z" * 500
    table = Tables(Held())._table(Direction.CLIENT, name, protocol.client, protocol.secrets)
    assert table.name == "client.______etc_x_y_" + "z" * 66


@pytest.mark.parametrize("text", ["a,b", 'say "x"', "two\nlines", "\r", "=1", "'", "é\U0001f600\x1b\0"])
def test_any_text_comes_back(tmp_path, text):
    """Commas, quotes and line ends inside a cell are the cell's."""
    data = text.encode()
    content = b"\x0a" + bytes([len(data) + 2]) + b"\x0a" + bytes([len(data)]) + data
    row = written([message(kind_of(tmp_path / "a", ""), content)]).rows("server.order")[0]
    cell = row["order.text"]
    assert (cell[1:] if cell.startswith("'") else cell) == text


def test_files(session, tmp_path):
    """Each table is a file, for its owner alone."""
    folder = Folder(tmp_path)
    tables = Tables(folder)
    for item in session.items:
        tables.write(item)
    folder.close()
    assert sorted(path.name for path in tmp_path.iterdir())[0] == "client.order.csv"
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_one_table_only(session):
    """Where there is room for one table, a second one is refused by name."""
    parts: list[str] = []
    tables = Tables(OneTable(parts.append))
    with pytest.raises(SeveralTables) as raised:
        for item in session.items:
            tables.write(item)
    assert raised.value.args == ("client.order", "client.undecoded")
    assert len(parts) == 2
