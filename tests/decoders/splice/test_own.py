"""Messages of our own, as their receiver reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.splice.desks import TYPES, behind, desk

from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import NOTHING
from paperknife_decoders.splice import Set, SpliceError, splice
from paperknife_decoders.splice.own import own_message

SERVER = Direction.SERVER
SEQUENCED = "type:u8 flags:u8 sequence:u16be size:u16be=length(part)"
PLAIN = "type:u8 size:u8=length(part)"


def heard(reader: Reader, *contents: str) -> None:
    """What the server has said so far, in hex."""
    reader.moulds.follow([SERVER], reader.quick_opcode)
    for content in map(bytes.fromhex, contents):
        payload = reader.first_payload(SERVER, reader.quick_opcode, content)
        reader.moulds.note_all(SERVER, [reader.quick_opcode], [content], [payload])


def sent(reader: Reader, **fields: object) -> tuple[str, str]:
    """What goes out for these fields, in hex, and what is told of it."""
    kind = reader.protocol.server
    assert kind is not None
    changes = [Set(name.replace("__", "."), value) for name, value in fields.items()]
    own = own_message(reader, SERVER, splice(b"", kind.descriptor, changes))
    return own.content.hex(), own.told


BEAT, LATER_BEAT, TICK = "080300050002" + "0801", "080300060002" + "0801", "0c0400090002" + "0801"


def test_of_a_type_that_has_passed(proto_schema) -> None:
    """It has the values of the last message of its type, also of several that mean the type; that is told."""
    reader = behind(proto_schema, SEQUENCED)
    heard(reader, BEAT, TICK, LATER_BEAT)
    assert sent(reader, Beat__number=4) == (
        "0803000600020804",
        "Beat of our own: flags and sequence in front are repeated from the last Beat.",
    )
    content, told = sent(reader, Tick__number=300)
    assert content == "0c0400090003" + "08ac02"
    assert "of type 9, 12, which all mean it, it gets that of the last one; flags and sequence" in told


def test_of_a_type_that_has_not_passed(proto_schema) -> None:
    """The table is read the other way round; all else is repeated from another message, which is told."""
    reader = behind(proto_schema, SEQUENCED)
    heard(reader, BEAT, LATER_BEAT, "080300070002" + "0801")
    assert sent(reader, Tick__number=5) == (
        "0903000700020805",
        "Tick of our own: of type 9, 12, which all mean it, it gets the first; flags and sequence in front are "
        "repeated from an earlier Beat; sequence grows from message to message here.",
    )
    assert sent(reader, Order__number=5, flags=1, sequence=0) == ("0701000000021005", "")


def test_before_anything_has_passed(proto_schema) -> None:
    """What the definition, the payload or the user says is enough; a value that nobody knows is named."""
    assert sent(behind(proto_schema, PLAIN), Beat__number=1) == ("08020801", "")
    assert sent(behind(proto_schema, PLAIN), type=7, Beat__number=1) == ("07020801", "")
    reader = behind(proto_schema, SEQUENCED)
    assert sent(reader, Order__number=5, flags=1, sequence=2) == ("0701000200021005", "")
    with pytest.raises(SpliceError, match=r"Beat cannot be sent: flags in front of it is not known.* as in flags: VAL"):
        sent(reader, Beat__number=1)


def test_a_message_that_passed_is_not_heard_again(proto_schema) -> None:
    """What its id stood for is not remembered anew: a later request has the same one, and its answer is on its way."""
    rule = {"by": "header.type", "types": TYPES, "remembers": "header.id"}
    reader = desk(proto_schema, steps=[{"binary-header": {"layout": "type:u8 id:u8"}}], behind=rule)
    client, kind = Direction.CLIENT, reader.protocol.client
    reader.moulds.follow([client], reader.quick_opcode)
    for content in (bytes.fromhex("07011001"), bytes.fromhex("08010801")):
        reader.moulds.note(Message(1, client, 0, reader.quick_opcode, content, reader))
    assert kind is not None
    own = own_message(reader, client, splice(b"", kind.descriptor, [Set("Order.number", 3), Set("id", 9)]))
    assert own.content.hex() == "07091003"
    assert reader.first_payload(SERVER, reader.quick_opcode, bytes.fromhex("00010801")) == "Beat"


def test_bytes_of_no_type(proto_schema) -> None:
    """Nothing says their type but the user."""
    reader = behind(proto_schema, PLAIN)
    heard(reader, "0802" + "0801")
    with pytest.raises(SpliceError, match=r"type in front says of what type a message is, and these are bytes of none"):
        sent(reader, body=b"abc")
    assert sent(reader, body=b"abc", type=99) == ("6303" + b"abc".hex(), "")
    with pytest.raises(SpliceError, match="one message was expected behind"):
        sent(reader, type=9)


CARRIES = {
    "client": "Frame",
    "server": "Frame",
    "steps": [{"binary-header": {"layout": PLAIN}}],
    "carries": [
        {"in": "Frame", "at": "body", "by": "header.type", "types": {7: "Order", 8: "Inner", 9: "Tick"}},
        {"in": "Inner", "at": "body", "by": "header.type", "types": {8: "Beat", 9: "Tick"}},
    ],
}


def test_what_is_carried(proto_schema) -> None:
    """The value in front says the type of what a field carries too; of two of them it has to mean both."""
    reader = desk(proto_schema, **CARRIES)
    assert sent(reader, Tick__number=5, id=1) == ("0906" + "12020805" + "1801", "")
    assert sent(reader, Inner__Beat__number=5)[0] == "0806" + "1204" + "12020805"
    with pytest.raises(SpliceError, match="no one type in front means all of the types that are there"):
        sent(reader, Inner__Tick__number=5)


def test_by_the_url(proto_schema) -> None:
    """A message of another type than the URL says would be read as one of that type, and is not sent."""
    reader = desk(proto_schema, "/tick?x=1", behind={"by": "path", "types": {"/tick": "Tick", "/order": "Order"}})
    assert sent(reader, Tick__number=5) == ("0805", "")
    with pytest.raises(SpliceError, match="the connection's URL says of what type messages are here"):
        sent(reader, Order__number=5)


GRPC = {"client": "Tick", "server": "Tick", "steps": ["grpc-websockets"]}


def test_streams(proto_schema) -> None:
    """Behind the headers of its side, and never between two halves of a frame."""
    reader = desk(proto_schema, **GRPC)
    with pytest.raises(SpliceError, match="no message of this side with one envelope has passed yet"):
        sent(reader, number=5)
    heard(reader, "8000000004613a2062")
    assert sent(reader, number=5) == ("00000000020805", "")
    reader.moulds.note_all(SERVER, [Opcode.BINARY], [bytes.fromhex("0000000002")], [""], [NOTHING])
    with pytest.raises(SpliceError, match="the last message of this side goes on in the next one"):
        sent(reader, number=5)


def test_a_mould_that_shows_nothing(proto_schema) -> None:
    """What no step can read is passed over for what was before it."""
    reader = desk(proto_schema, client="Tick", server="Tick", text=True, steps=[{"json-field": {"at": "m"}}, "base64"])
    heard(reader, b'{"ack": 1}'.hex(), b'{"m": "CAE", "n": 5}'.hex(), b'{"ack": 1}'.hex())
    assert bytes.fromhex(sent(reader, number=5)[0]) == b'{"m": "CAU", "n": 5}'


def test_nothing_but_odd_messages(proto_schema) -> None:
    """What is said of a message of our own is what it lacks, and not what is wrong with those of the peer."""
    reader = behind(proto_schema, SEQUENCED)
    heard(reader, "", "03", "0801")
    with pytest.raises(SpliceError, match="Beat cannot be sent: flags in front of it is not known"):
        sent(reader, Beat__number=1)


def test_without_steps(proto_schema) -> None:
    """It is as it is."""
    assert sent(desk(proto_schema, client="Tick", server="Tick"), number=5) == ("0805", "")


HEADED = {"layout": "type:u8&0x7f flags:u8?type=9 count:u8 more:bytes(count) size:u8=length(part)"}
STEPS = [
    [{"binary-header": HEADED}],
    [{"message-list": {**HEADED, "when": "type=1", "at": 1}}, {"binary-header": HEADED}],
    [{"ascii-header": {"fields": 1}}, {"length-prefix": {"size": 1, "several": True}}, {"binary-header": HEADED}],
    ["grpc-websockets", {"compressed": {"codec": "gzip", "when": "compressed=1"}}, {"binary-header": HEADED}],
    [{"json-field": {"at": "m"}}, "base64", {"binary-header": HEADED}],
]
SNIPPETS = [
    b"\x09\x01\0\x02\x08\x01",
    b"\x07\0\x02\x08\x01",
    b"7,",
    b"\x05",
    b"\0\0\0\0\x05",
    b'{"m":"',
    b'"}',
    b"BwACCAE",
]
CONTENTS = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=4)), max_size=6).map(b"".join)


@given(st.sampled_from(STEPS), st.lists(CONTENTS, max_size=3), st.one_of(st.binary(max_size=12), st.just(b"")))
def test_whatever_has_passed(proto_schema, steps, contents, more) -> None:
    """Peers' bytes, and an envelope of any bytes, make a message that reads as its payload, or a sentence."""
    reader = desk(proto_schema, steps=steps, behind={"by": "header.type", "types": TYPES})
    heard(reader, *(content.hex() for content in contents))
    kind = reader.protocol.server
    assert kind is not None
    tick = splice(b"", kind.descriptor, [Set("Tick.number", 5)])
    for envelope in (tick, tick + more, more):
        try:
            own = own_message(reader, SERVER, envelope)
        except SpliceError:
            continue
        if envelope is tick:
            (found,) = reader.read(SERVER, reader.quick_opcode, own.content)
            assert (found.payload, found.message.Tick.number) == ("Tick", 5)
