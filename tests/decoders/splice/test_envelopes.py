"""Envelopes of a message changed, through the steps of a protocol and back."""

from __future__ import annotations

import base64
import gzip

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import Clear, PathError, Set, SpliceError
from paperknife_decoders.splice.envelopes import edited
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited

CLIENT = Direction.CLIENT
ID_5 = bytes.fromhex("0a020805")
ID_300 = bytes.fromhex("0a0308ac02")


@pytest.fixture(scope="module")
def reader(envelope):
    def make(*steps, in_text: bool = False):
        return Protocol(client=EnvelopeType(envelope), steps=steps, in_text=in_text).reader()

    return make


def test_a_bare_envelope(reader) -> None:
    """With no steps the content is the envelope."""
    assert edited(reader(), CLIENT, Opcode.BINARY, ID_5, 0, [Set("order.id", 300)]) == ID_300


def test_one_of_several(reader) -> None:
    """The other envelopes and their over-long lengths stay as they are."""
    content = bytes.fromhex("848000 0a020801 04") + ID_5
    changed = edited(reader(VarintDelimited()), CLIENT, Opcode.BINARY, content, 1, [Set("order.id", 300)])
    assert changed == bytes.fromhex("848000 0a020801 05") + ID_300


def test_through_all_steps(reader) -> None:
    """Text, compression and framing are made anew around what was changed, and only then."""
    steps = (Base64Text(), Compressed(CODECS["gzip"]), VarintDelimited())
    content = base64.b64encode(gzip.compress(b"\x04" + ID_5, 1, mtime=7))
    one = reader(*steps, in_text=True)
    changed = edited(one, CLIENT, Opcode.TEXT, content, 0, [Set("order.id", 300)])
    assert gzip.decompress(base64.b64decode(changed)) == b"\x05" + ID_300
    assert edited(one, CLIENT, Opcode.TEXT, content, 0, [Set("order.id", 5)]) == content
    assert edited(one, CLIENT, Opcode.TEXT, content, 0, [Clear("order.symbol")]) == content


def test_an_envelope_that_does_not_parse(reader) -> None:
    """It is changed as far as its bytes can be read, and the broken part stays as it is."""
    content = bytes.fromhex("0a06 0805 2a02ffff")
    changed = edited(reader(), CLIENT, Opcode.BINARY, content, 0, [Set("order.id", 6)])
    assert changed == bytes.fromhex("0a06 0806 2a02ffff")


NONE = "this message holds no s.Envelope, so no field can be changed: "
FRAMED = (VarintDelimited(),)
FAULTS = [
    ((), Opcode.BINARY, ID_5, 1, "there is no envelope 1; this message holds 1, the first of which is 0"),
    ((), Opcode.BINARY, ID_5, -1, "there is no envelope -1; this message holds 1, the first of which is 0"),
    ((), Opcode.TEXT, ID_5, 0, f"{NONE}a text message"),
    ((), Opcode.BINARY, b'{"a": 1}', 0, NONE),
    ((), Opcode.BINARY, b"\x0a\x05\x08", 0, "order.id cannot be reached, the message is broken: field 1 ends after"),
    (FRAMED, Opcode.BINARY, b"\x05\x01", 0, NONE),
    (FRAMED, Opcode.BINARY, b"", 0, "there is no envelope 0; this message holds 0, the first of which is 0"),
]


@pytest.mark.parametrize(("steps", "opcode", "content", "place", "sentence"), FAULTS)
def test_faults(reader, steps, opcode, content, place, sentence) -> None:
    """Where there is no such envelope, or none that can be read, it is said in a sentence."""
    with pytest.raises(SpliceError) as caught:
        edited(reader(*steps), CLIENT, opcode, content, place, [Set("order.id", 6)])
    assert str(caught.value).startswith(sentence)


def test_wrong_paths_and_no_type(reader) -> None:
    """A path is one of the direction's type; a direction without a type has no paths at all."""
    with pytest.raises(PathError, match=r"^s.Envelope has no field ordr; did you mean order\?$"):
        edited(reader(), CLIENT, Opcode.BINARY, ID_5, 0, [Clear("ordr")])
    with pytest.raises(SpliceError, match=r"^the server's messages have no type in this protocol"):
        edited(reader(), Direction.SERVER, Opcode.BINARY, ID_5, 0, [Clear("order")])


def test_a_length_that_does_not_fit(reader) -> None:
    """What is too long for the steps around it is a sentence too."""
    change = Set("order.symbol", "x" * 300)
    with pytest.raises(SpliceError, match=r"^the changed message cannot be put together again: "):
        edited(reader(LengthPrefix(size=1)), CLIENT, Opcode.BINARY, b"\x04" + ID_5, 0, [change])
