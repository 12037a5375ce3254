"""Which kind of channel messages belong on."""

import pytest
from tests.addon.recording.sessions import CLIENT, START_NS, reader

from paperknife.recording.channels import Kind
from paperknife.recording.kinds import kind_of, kind_of_all
from paperknife.traffic import Batch
from paperknife_decoders.message import Fate, Opcode
from paperknife_decoders.protocol import Protocol

LOGIN = bytes.fromhex("0a070a05616c696365")
NOISE = b"\xff\xff\xff"
BINARY, TEXT, PING = Opcode.BINARY, Opcode.TEXT, Opcode.PING

ONE = [
    (LOGIN, BINARY, Kind.ENVELOPE),
    (b"", BINARY, Kind.ENVELOPE),
    (NOISE, BINARY, Kind.MESSAGE),
    (LOGIN, TEXT, Kind.MESSAGE),
    (b"", PING, Kind.MESSAGE),
]


@pytest.mark.parametrize(("content", "opcode", "kind"), ONE)
def test_of_one(content, opcode, kind):
    """A binary message that parses is an envelope; without a type for its direction nothing is."""
    assert kind_of(content, opcode, reader().protocol, CLIENT) is kind
    assert kind_of(content, opcode, Protocol(), CLIENT) is Kind.MESSAGE


def batch(*messages, **special):
    """A batch of contents and opcodes."""
    contents, opcodes = zip(*messages, strict=True)
    made = Batch(1, CLIENT, START_NS, opcodes, contents, special.get("reader", reader()))
    made.fate, made.masked = special.get("fate", Fate.PASSED), special.get("masked", {})
    made.hits = special.get("hits", ())
    return made


ALL = [
    (batch((LOGIN, BINARY), (LOGIN, BINARY)), Kind.ENVELOPE),
    (batch((LOGIN, BINARY), (LOGIN, BINARY), fate=Fate.INJECTED), Kind.ENVELOPE),
    (batch((LOGIN, BINARY), reader=Protocol().reader()), Kind.MESSAGE),
    (batch((b"{}", TEXT), (b"[]", TEXT)), Kind.MESSAGE),
    (batch((LOGIN, BINARY), (NOISE, BINARY)), None),
    (batch((LOGIN, BINARY), (b"{}", TEXT)), None),
    (batch((LOGIN, BINARY), fate=Fate.CHANGED), None),
    (batch((LOGIN, BINARY), hits=("a rule",)), None),
    (batch((LOGIN, BINARY), masked={0: [(4, 9)]}), None),
]


@pytest.mark.parametrize(("messages", "kind"), ALL)
def test_of_all(messages, kind):
    """They are laid down together where they are alike, and nothing is to be said of any one of them."""
    assert kind_of_all(messages) is kind
