"""Definitions as protocols: what messages are read as, and every fault with its place."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.definition import DefinitionError, as_recorded, protocol_from, read_definition
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS
from paperknife_decoders.steps import Limits

NUMBERED = {
    "name": "numbered",
    "client": "Numbered",
    "server": "Numbered",
    "carries": [{"in": "Numbered", "at": "payload", "by": "kind", "types": {"default-of": "kind"}}],
}
NAMED = {"in": "Named", "at": "data", "by": "method", "types": {"name": {"prefix": "desk."}}}
ORDER = ("Order", {"symbol": "ES"})


def shown(
    protocol: Protocol, direction: Direction, content: bytes, opcode: Opcode = Opcode.BINARY, path: str = ""
) -> Any:
    """For each envelope its payload, and what is in it."""
    reader = protocol.reader(path)
    found = reader.read(direction, opcode, content)
    if reader.has_steps(direction, opcode) and all(each.message is not None for each in found):
        opened = reader.open(direction, opcode, content)
        assert opened.close(opened.parts) == content
    return [
        (each.payload, " ".join(str(each.message).split()) if each.message is not None else each.form.value)
        for each in found
    ]


@pytest.mark.parametrize(
    ("definition", "content", "expected"),
    [
        ({"name": "bare"}, ("ClientMessage", {"asked": {"a": 1}}), [("asked", "asked { a: 1 }")]),
        ({"name": "j", "client": "json", "server": "json"}, b'{"a": 1}', [("", "json")]),
        ({"name": "s", "steps": ["varint-delimited"]}, b"\x02\x0a\x00\x00", [("asked", "asked { }"), ("", "")]),
        # by a number: a rule, a table, names of enum values, both
        (NUMBERED, ("Numbered", {"kind": 2106}, ORDER), [("Order", 'kind: 2106 Order { symbol: "ES" }')]),
        (
            {**NUMBERED, "carries": [{**NUMBERED["carries"][0], "types": {2106: "Order", "Kind.FILL": "desk.Fill"}}]},
            ("Numbered", {"kind": 2126}, ("Fill", {"price": 2})),
            [("Fill", "kind: 2126 Fill { price: 2 }")],
        ),
        (
            {
                **NUMBERED,
                "carries": [{**NUMBERED["carries"][0], "types": {"default-of": "kind", "table": {7: "Party"}}}],
            },
            ("Numbered", {"kind": 7}, ("Party", {"badge": "x"})),
            [("Party", 'kind: 7 Party { badge: "x" }')],
        ),
        # a number that nobody knows, and JSON in the place of Protobuf
        (NUMBERED, ("Numbered", {"kind": 9}, ORDER), [("", 'kind: 9 payload: "\\022\\002ES"')]),
        (NUMBERED, b'{"kind": 2106}', [("", "json")]),
        # by a name, deep inside; and one type always
        (
            {"name": "many", "client": "Many", "server": "json", "carries": [NAMED]},
            b"\x0a\x0d\x0a\x05Order\x12\x04\x12\x02ES",
            [("Many", 'items { method: "Order" Order { symbol: "ES" } }')],
        ),
        (
            {**NUMBERED, "carries": {"in": "Numbered", "at": "payload", "types": "Order"}},
            ("Numbered", {"kind": 1}, ORDER),
            [("Order", 'kind: 1 Order { symbol: "ES" }')],
        ),
        # compressed between the envelope and its payload
        (
            {**NUMBERED, "carries": [{**NUMBERED["carries"][0], "steps": ["base64"]}]},
            ("Numbered", {"kind": 2106, "payload": b"EgJFUw=="}),
            [("Order", 'kind: 2106 Order { symbol: "ES" }')],
        ),
        # behind a header, and by an id inside
        (
            {
                "name": "h",
                "steps": [{"ascii-header": {"fields": 1}}],
                "behind": {"by": "header.field_1", "types": {"o": "Order"}},
            },
            b"o,\x12\x02ES",
            [("Order", 'field_1: "o" Order { symbol: "ES" }')],
        ),
        (
            {"name": "i", "behind": {"by": "field 1", "types": {"default-of": "kind"}}},
            b"\x08\xba\x10\x12\x02ES",
            [("Order", 'Order { kind: ORDER symbol: "ES" }')],
        ),
        (
            {"name": "i", "behind": {"by": "field 1", "types": {"default-of": "kind"}}},
            b"\x08\x05",
            [("", 'body: "\\010\\005"')],
        ),
        # a carrier behind a header
        (
            {"name": "b", "behind": {"types": "Numbered"}, "carries": NUMBERED["carries"]},
            ("Numbered", {"kind": 2106}, ORDER),
            [("Numbered", 'Numbered { kind: 2106 Order { symbol: "ES" } }')],
        ),
    ],
)
def test_what_is_read(schema, made, definition, content, expected) -> None:
    """Every way to say a type gives the payload under the type's name; what is not known stays as it came.

    A definition that went through JSON, as in a recording, reads the same.
    """
    if isinstance(content, tuple):
        name, fields, *inner = content
        content = made(name, **fields, **({"payload": made(inner[0][0], **inner[0][1])} if inner else {}))
    protocol = protocol_from(read_definition(definition), schema)
    assert shown(protocol, Direction.CLIENT, content) == expected
    again = protocol_from(read_definition(json.loads(json.dumps(protocol.definition))), schema)
    assert shown(again, Direction.CLIENT, content) == expected


def test_the_types_by_the_path(schema, made) -> None:
    """A method in the URL says what goes up and what comes down."""
    definition = {"name": "rpc", "behind": {"by": "path", "types": {"method": "/{service}/{method}"}}}
    protocol = protocol_from(read_definition(definition), schema)
    path = "/desk.Lobby/Login?x=1"
    assert shown(protocol, Direction.CLIENT, made("Asked", a=1), path=path) == [("Asked", "Asked { a: 1 }")]
    assert shown(protocol, Direction.SERVER, made("Answered", b="x"), path=path) == [
        ("Answered", 'Answered { b: "x" }')
    ]
    assert shown(protocol, Direction.SERVER, b"\x0a\x01x", path="/other") == [("", 'body: "\\n\\001x"')]


def test_a_response_by_its_request(schema, made) -> None:
    """A response without a name has the type that its request's method returns."""
    carries = {"in": "Named", "at": "data", "by": "method", "types": {"method": ".{service}.{method}"}}
    definition = {
        "name": "wrapped",
        "client": "Named",
        "server": "Named",
        "steps": [{"ascii-header": {"fields": 1}}],
        "carries": {**carries, "remembers": "header.field_1"},
    }
    reader = protocol_from(read_definition(definition), schema).reader()
    request = b"7," + made("Named", method=".desk.Lobby.Login", data=made("Asked", a=1))
    response = made("Named", data=made("Answered", b="x"))
    assert reader.read(Direction.CLIENT, Opcode.BINARY, request)[0].payload == "Asked"
    assert reader.read(Direction.SERVER, Opcode.BINARY, b"7," + response)[0].payload == "Answered"
    assert reader.read(Direction.SERVER, Opcode.BINARY, b"8," + response)[0].payload == ""


@pytest.mark.parametrize("key", [0, 7])
def test_a_response_by_the_number_of_its_request(schema, made, key) -> None:
    """What a request is may be a number too, 0 as well as any other, and so may its id."""
    sides = {
        "client": {"by": "header.kind", "types": {key: "Asked"}, "remembers": "header.id"},
        "server": {"by": "header.kind", "types": {key: "Answered", 9: "Order"}, "remembers": "header.id"},
    }
    definition = {"name": "x", "steps": [{"binary-header": {"layout": "kind:u8 id:u16be"}}], "behind": sides}
    reader = protocol_from(read_definition(definition), schema).reader()
    asked, answer = bytes([key, 0, 5]) + made("Asked", a=1), made("Answered", b="x")
    if key:
        assert reader.read(Direction.SERVER, Opcode.BINARY, b"\0\0\x05" + answer)[0].payload == ""
    assert reader.read(Direction.CLIENT, Opcode.BINARY, asked)[0].payload == "Asked"
    assert reader.read(Direction.SERVER, Opcode.BINARY, b"\0\0\x05" + answer)[0].payload == "Answered"
    assert reader.read(Direction.SERVER, Opcode.BINARY, b"\x09\0\x05")[0].payload == "Order"


def test_the_other_keys(schema) -> None:
    """Limits, heartbeats, pairs, secrets and what is volatile are the protocol's."""
    more = {
        "limits": {"parts": 5},
        "heartbeats": ["Beat", "empty-message"],
        "secrets": ["Order.parties.badge", "Order.more.badge"],
        "volatile": ["Order.parties.badge", "*.id", "badge"],
        "correlate": [{"request": "Order.id", "response": "Fill.id"}, {"request": "id", "response": "id"}],
    }
    protocol = protocol_from(read_definition({**NUMBERED, **more}), schema)
    assert protocol.limits == Limits(parts=5)
    assert protocol.secrets.paths == {"Order.parties.badge", "Order.more.badge"}
    assert protocol.volatile == {"Order.parties.badge", "*.id", "badge"}
    assert protocol.pairs == (DeclaredPair("Order.id", "Fill.id"), DeclaredPair("id", "id"))
    (empty,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, b"")
    (beat,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, b"\x08\x33")
    (other,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, b"\x08\x34")
    assert [protocol.is_heartbeat(each) for each in (empty, beat, other)] == [True, True, False]
    assert protocol_from(read_definition(NUMBERED), schema, heartbeats=frozenset({"x"})).heartbeats == {"x"}
    assert protocol_from(read_definition({**NUMBERED, **more}), schema, secrets=NO_SECRETS).secrets is NO_SECRETS


def test_partial(schema) -> None:
    """A definition for several versions of a schema goes with one that lacks some of what it names."""
    definition = {
        **NUMBERED,
        "carries": [{**NUMBERED["carries"][0], "types": {2106: "Order", 2107: "OrderOfNextYear"}}],
        "heartbeats": ["Order", "Bleat"],
        "secrets": ["Order.symbol", "Order.password"],
        "correlate": [
            {"request": "Order.id", "response": "Order.id"},
            {"request": "OrderOfNextYear.id", "response": "Order.id"},
        ],
    }
    with pytest.raises(DefinitionError) as raised:
        protocol_from(read_definition(definition), schema)
    assert len(raised.value.faults) == 2  # the others may follow from the first
    protocol = protocol_from(read_definition({**definition, "partial": True}), schema)
    assert protocol.pairs == (DeclaredPair("Order.id", "Order.id"),)
    assert shown(protocol, Direction.CLIENT, b"\x08\xba\x10\x12\x00") == [("Order", "kind: 2106 Order { }")]
    with pytest.raises(DefinitionError, match=r"nowhere in desk\.Numbered"):
        protocol_from(read_definition({**definition, "partial": True, "carries": [NAMED]}), schema)


FAULTS = [
    ({**NUMBERED, "carries": [NAMED] * 101}, ["carries: at most 100 were expected, and 101 were found"]),
    (
        {**NUMBERED, "carries": [{**NAMED, "types": dict.fromkeys(map(str, range(2001)), "Order")}]},
        ["carries[0].types: at most 2,000 keys were expected, and 2,001 were found"],
    ),
    (
        {**NUMBERED, "correlate": [{"request": "Order.parties.badge", "response": "id"}]},
        ["correlate[0].request: Order.parties.badge cannot be an id"],
    ),
    (None, ["a protocol, with name, about,"]),
    ({"name": "x", "hearbeats": []}, ["hearbeats: ", "did you mean heartbeats?"]),
    ({"name": 5}, ["name: a name was expected, and the number 5 was found; put it into quotes"]),
    ({"name": "x", "steps": ["varint-delimted"]}, ["steps[0]: a step is one of", "did you mean varint-delimited?"]),
    ({"name": "x", "steps": {"server": [{"length-prefix": {"size": 5}}]}}, ["steps.server[0]: length-prefix: size"]),
    (
        {"name": "x", "steps": {"client": ["base64"], "servr": []}},
        ["steps.servr: what differs between the sides has client and server, and 'servr' was found"],
    ),
    ({"name": "x", "text": "yes"}, ["text: `text`, true or false, was expected, and 'yes' was found"]),
    ({"name": "x", "limits": {"parts": 0, "inflated": 1}}, ["limits.parts: ", "limits.inflated: "]),
    ({"name": "x", "limits": {"nesting": 101}}, ["limits.nesting: ", "from 1 to 100, was expected"]),
    ({"name": "x", "match": {"hots": "a"}}, ["match.hots: ", "did you mean host?"]),
    ({"name": "x", "client": "ClientMesage"}, ["client: ", "did you mean desk.ClientMessage?"]),
    ({"name": "x", "client": "Order", "secrets": ["Order.symbl"]}, ["secrets[0]: desk.Order has no field Order"]),
    (
        {"name": "x", "client": "Order", "volatile": ["parties.bdge"]},
        ["volatile[0]: ", "has no field bdge; did you me"],
    ),
    ({"name": "x", "client": "Order", "volatile": ["bdge"]}, ["has no field bdge, at any depth; did you mean badge?"]),
    ({"name": "x", "client": "Order", "volatile": ["*.bdge"]}, ["desk.Order has no field that *.bdge matches"]),
    ({"name": "x", "client": "Order", "volatile": [5]}, ["volatile[0]: the path of a field was expected, and the num"]),
    ({"name": "x", "volatile": ["id"] * 101}, ["volatile: at most 100 were expected, and 101 were found"]),
    ({"name": "x", "heartbeats": ["askd"]}, ["heartbeats[0]: ", "did you mean asked?"]),
    (
        {"name": "x", "steps": [{"ascii-header": {"fields": 1}}], "header": {"field_1": "number"}},
        ["header.field_1: the steps give field_1 as a text"],
    ),
    ({"name": "x", "correlate": [{"request": "asked.a"}]}, ["correlate[0]: ", "needs request and response"]),
    (
        {"name": "x", "correlate": [{"request": "asked.b", "response": "answered.b"}]},
        ["correlate[0].request: desk.Asked has no field b"],
    ),
    ({"name": "x", "correlate": [{"request": "asked", "response": "answered.b"}]}, ["asked cannot be an id"]),
    (
        {"name": "x", "carries": [NAMED]},
        ["carries[0].in: Named is nowhere in desk.ClientMessage or desk.ServerMessage"],
    ),
    ({**NUMBERED, "carries": [*NUMBERED["carries"], *NUMBERED["carries"]]}, ["carries[1]: ", "twice"]),
    ({**NUMBERED, "carries": [{"in": "Numbered"}]}, ["carries[0]: what carries a message needs at and types"]),
    ({**NUMBERED, "carries": [{**NAMED, "at": "dat"}]}, ["carries[0].at: ", "'dat' was found; did you mean data?"]),
    ({**NUMBERED, "carries": [{**NAMED, "by": "methd"}]}, ["carries[0].by: ", "did you mean method?"]),
    ({**NUMBERED, "carries": [{**NAMED, "by": "header.x"}]}, ["carries[0].by: no step is known to read a value x"]),
    ({**NUMBERED, "carries": [{**NAMED, "by": "a b c"}]}, ["carries[0].by: ", "'a b c' was found"]),
    ({**NUMBERED, "carries": [{**NAMED, "types": {1: "Order"}}]}, ["carries[0].types[1]: ", "put it into quotes"]),
    ({**NUMBERED, "carries": [{**NAMED, "types": {"default-of": "kind"}}]}, ["carries[0].types: the keys are texts"]),
    (
        {**NUMBERED, "carries": [{**NUMBERED["carries"][0], "types": {"FILL": "Order"}}]},
        ["says by its default", "2106"],
    ),
    ({**NUMBERED, "carries": [{**NUMBERED["carries"][0], "types": {"default-of": "knd"}}]}, ["did you mean kind?"]),
    ({**NUMBERED, "carries": [{**NAMED, "types": {"method": "{service.x}{method}"}}]}, ["'{service.x}{method}'"]),
    ({**NUMBERED, "carries": [{**NAMED, "types": {"name": ".{package}"}}]}, ["a form with {type} or {name}, and of"]),
    (
        {**NUMBERED, "carries": [{**NAMED, "types": {"name": {"prefix": "."}, "default-of": "kind"}}]},
        ["carries[0].types: no type of the schema fits the rule: no full name begins and ends so"],
    ),
    ({**NUMBERED, "carries": [{**NAMED, "types": {}}]}, ["carries[0].types: ", "and nothing was found"]),
    ({"name": "x", "behind": {"by": "field 1", "types": {5: "Order", 6: "Party"}}}, ["behind.by: desk.Party.badge is"]),
    ({"name": "x", "behind": {"by": "field 9", "types": {5: "Order"}}}, ["behind.by: desk.Order has no field 9"]),
    ({"name": "x", "behind": {"types": "Ordr"}}, ["behind.types: ", "did you mean desk.Order?"]),
    ({"name": "x", "client": "Order", "behind": {"types": "Order"}}, ["client: `behind` says the types"]),
    ({"name": "x", "client": "json", "behind": {"client": {"types": "Order"}}}, ["client: a side of json has nothing"]),
    ({"name": "x", "header": {"a": "int"}}, ["header.a: the kind of the value, number or text, was expected"]),
]


@pytest.mark.parametrize(("definition", "parts"), FAULTS)
def test_faults(schema, definition, parts) -> None:
    """What is wrong is told with its place, what was found and what was meant."""
    with pytest.raises(DefinitionError) as raised:
        protocol_from(read_definition(definition), schema)
    text = str(raised.value)
    assert [part for part in parts if part not in text] == []


def test_all_faults_at_once(schema) -> None:
    """One fault does not hide the next, and a second reading tells just the same."""
    definition = read_definition(
        {
            "name": "x",
            "client": "Ordr",
            "steps": ["gzp"],
            "carries": [{**NAMED, "at": "dat"}, {**NAMED, "by": "methd"}],
            "secrets": ["nothing.here", "answered.x"],
            "limits": {"parts": -1},
        },
        ("protocols", 0),
    )
    told = []
    for _ in range(2):
        with pytest.raises(DefinitionError) as raised:
            protocol_from(definition, schema)
        told.append([fault.path[2:] for fault in raised.value.faults])
    assert told[0] == told[1]
    assert set(told[0]) == {
        ("client",),
        ("steps", 0),
        ("carries", 0, "at"),
        ("carries", 1, "by"),
        ("secrets", 1),  # the first may be in what the other faults hide
        ("limits", "parts"),
    }


def test_without_a_schema() -> None:
    """The framing is read, and names of types are not looked at."""
    protocol = protocol_from(read_definition({**NUMBERED, "steps": ["varint-delimited"]}), None)
    assert shown(protocol, Direction.SERVER, b"\x02\x08\x01\x02\x10\x02") == [("", "wire"), ("", "wire")]


def test_what_a_recording_may_say() -> None:
    """A definition that came with a file lowers the limits, and does not raise them; one with code is not kept."""
    definition = read_definition({"name": "x", "limits": {"parts": 5, "inflated_bytes": 1 << 39}})
    assert as_recorded(definition).limits == Limits(parts=5)
    assert protocol_from(read_definition({"name": "x", "decoder": "a:b"}), None).definition is None


KEYS = st.sampled_from(
    ["name", "client", "server", "steps", "carries", "behind", "in", "at", "by", "types", "table", 1]
)
LEAVES = st.sampled_from(
    ["Numbered", "payload", "kind", "header.x", "path", "varint-delimited", 7, None, True, 1.5, ""]
)
DATA = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, DATA, max_size=6))
def test_anything(schema, data) -> None:
    """Whatever stands in a definition, there is a protocol or a list of what is wrong."""
    try:
        assert isinstance(protocol_from(read_definition(data), schema), Protocol)
    except DefinitionError as error:
        assert error.faults


def test_a_change_behind_a_header(schema, made) -> None:
    """What is carried behind a header is changed where it lies, and the way back leads through both."""
    definition = {
        "name": "b",
        "steps": [{"ascii-header": {"fields": 1}}],
        "behind": {"by": "header.field_1", "types": {"n": "Numbered"}},
        "carries": NUMBERED["carries"],
    }
    reader = protocol_from(read_definition(definition), schema).reader()
    before, after = (
        b"n," + made("Numbered", kind=2106, id="i", payload=made("Order", symbol=symbol)) for symbol in ("ES", "NQ")
    )
    opened = reader.open(Direction.CLIENT, Opcode.BINARY, before)
    assert opened.close([opened.parts[0].replace(b"ES", b"NQ")]) == after


ORDER_CARRIED = ("Numbered", {"kind": 2106, "id": "i"}, ("Order", {"symbol": "ES", "id": "7"}))


def carried(**options: Any) -> dict[str, Any]:
    """The definition with its carrier changed."""
    return {**NUMBERED, "carries": [{**NUMBERED["carries"][0], **options}]}


WRONG = {
    "byte order": ({**NUMBERED, "steps": [{"length-prefix": {"order": "little", "size": 2}}]}, 2),
    "size of the length": ({**NUMBERED, "steps": [{"length-prefix": {"order": "big", "size": 4}}]}, 2),
    "no framing": (NUMBERED, 2),
    "framing where there is none": ({**NUMBERED, "steps": ["varint-delimited"]}, 0),
    "table": (carried(types={2106: "Party"}), 0),
    "table without the key": (carried(types={2126: "Fill"}), 0),
    "field for the key": (carried(by="field 3", types={"a": "Fill"}), 0),
    "compression": (carried(steps=[{"compressed": {"codec": "gzip"}}]), 0),
    "envelope": ({**NUMBERED, "client": "Many", "carries": NAMED}, 0),
    "the other direction's envelope": ({"name": "x", "client": "ServerMessage", "server": "ClientMessage"}, 0),
}


@pytest.mark.parametrize(("definition", "prefix"), WRONG.values(), ids=WRONG)
def test_a_wrong_definition_shows(schema, made, definition, prefix) -> None:
    """What a wrong definition reads has a mark, every envelope of it: it never looks as if all were well."""
    name, fields, (inner, values) = ORDER_CARRIED
    content = made(name, **fields, payload=made(inner, **values))
    content = len(content).to_bytes(prefix, "big") + content if prefix else content
    protocol = protocol_from(read_definition(definition), schema)
    envelopes = protocol.reader().read(Direction.CLIENT, Opcode.BINARY, content)
    assert envelopes
    assert all(marks(envelope) for envelope in envelopes)


def test_a_bomb_is_one_envelope_that_says_so(schema, made) -> None:
    """Inflation is bounded, wherever it is; the message is left as it came."""
    bomb = gzip.compress(bytes(1 << 20))
    limits = {"limits": {"inflated_bytes": 1 << 16}}
    inside = {**NUMBERED, "carries": [{**NUMBERED["carries"][0], "steps": [{"compressed": {"codec": "gzip"}}]}]}
    outside = {**NUMBERED, "steps": [{"compressed": {"codec": "gzip"}}]}
    for definition, content in ((inside, made("Numbered", kind=2106, payload=bomb)), (outside, bomb)):
        protocol = protocol_from(read_definition({**definition, **limits}), schema)
        (envelope,) = protocol.reader().read(Direction.CLIENT, Opcode.BINARY, content)
        assert envelope.data == content
        assert "more than 65,536 bytes come out of what is compressed" in " ".join(marks(envelope))


FLAT = {"name": "flat", "client": "Many", "server": "Answered", "payload": {"client": "set-fields"}}
SET_FIELDS = [
    (FLAT, b"\x0a\x00", "items"),
    ({**FLAT, "payload": {}}, b"\x0a\x00", "what the payload is, set-fields, was expected, and a mapping was found"),
    ({**FLAT, "payload": "set-field"}, b"", "did you mean set-fields?"),
    ({**FLAT, "payload": "set-fields"}, b"", "desk.Answered has no field that is a message or a list of messages"),
    ({"name": "x", "payload": "set-fields"}, b"", "what its oneof payload has, so that no set fields say it"),
    ({**NUMBERED, "payload": "set-fields"}, b"", "the message that it carries, so that no set fields say it"),
    ({"name": "x", "behind": {"types": "Order"}, "payload": "set-fields"}, b"", "`behind` says what the payload is"),
    ({**FLAT, "carries": [NAMED]}, b"\x0a\x0d\x0a\x05Order\x12\x04\x12\x02ES", "items"),
    ({**FLAT, "heartbeats": ["items"]}, b"\x0a\x00", "items"),
]


@pytest.mark.parametrize(("definition", "content", "expected"), SET_FIELDS)
def test_set_fields(schema, definition, content, expected) -> None:
    """Fields that are set name the payload where nothing else does; where they cannot, it is said."""
    try:
        protocol = protocol_from(read_definition(definition), schema)
    except DefinitionError as error:
        assert expected in str(error)
    else:
        assert [name for name, _ in shown(protocol, Direction.CLIENT, content)] == [expected]
        assert protocol.definition is not None
        again = protocol_from(read_definition(protocol.definition), schema)
        assert [name for name, _ in shown(again, Direction.CLIENT, content)] == [expected]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("*.badge", ""),
        ("*.Badge", ""),
        ("*.bdge", "the name of a text field was expected behind `*.`, and 'bdge' is none; did you mean badge?"),
        ("*.price", "'price' is none"),
        ("*.", "'' is none"),
    ],
)
def test_names_that_are_secret_anywhere(schema, name, expected) -> None:
    """A name is one of text fields of the schema, and masks them at any depth."""
    definition = read_definition({"name": "n", "client": "Order", "server": "Order", "secrets": [name]})
    if expected:
        with pytest.raises(DefinitionError, match=expected.replace("*", r"\*")):
            protocol_from(definition, schema)
        return
    secrets = protocol_from(definition, schema).secrets
    badge = schema.message("Party").fields_by_name["badge"]
    assert secrets.hides(badge, ("parties", "badge"))
    assert secrets.paths == frozenset()
    assert protocol_from(definition, schema, secrets=NO_SECRETS).secrets is NO_SECRETS
