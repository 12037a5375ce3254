"""Protocols out of the schemas in a recording; what is wrong with one is told, and its messages have no type."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from hypothesis import given
from hypothesis import strategies as st
from mcap.records import Schema

from paperknife.recording.protocols import Protocols
from paperknife.settings.reading import Loaded
from paperknife_decoders.definition import DefinitionError, protocol_from, read_definition
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema.embedded import schema_from_bytes
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.steps import Limits

NAME = "p.ClientMessage"


def descriptors():
    """A schema with one message."""
    file = FileDescriptorProto(name="p.proto", package="p", syntax="proto3")
    file.message_type.add(name="ClientMessage")
    return FileDescriptorSet(file=[file]).SerializeToString()


def protocols(data=None, **options):
    """Protocols that know of one schema."""
    found = Protocols("a.mcap", **options)
    found.schema(Schema(id=1, data=descriptors() if data is None else data, encoding="protobuf", name=NAME))
    return found


def test_a_protocol():
    """Types, heartbeats and declared secrets are those that were recorded."""
    found = protocols()
    found.define({"protocol": 1, "client": [NAME, 1], "server": None, "heartbeats": ["beat"], "secrets": ["a.b"]})
    protocol = found.get(1).protocol
    assert protocol.client.name == NAME
    assert protocol.server is None
    assert protocol.heartbeats == {"beat"}
    assert protocol.secrets == Secrets(frozenset({"a.b"}))
    assert found.get(1).schema.message(NAME)
    assert found.faults == []


def test_one_schema_for_both():
    """Types of both directions are of one pool, so that the file is loaded once."""
    found = protocols()
    found.schema(Schema(id=2, data=descriptors(), encoding="protobuf", name=NAME))
    found.define({"protocol": 1, "client": [NAME, 1], "server": [NAME, 2]})
    protocol = found.get(1).protocol
    assert protocol.client.descriptor is protocol.server.descriptor


def test_a_file_that_is_read_again_has_the_same_types():
    """A replay reads it for each connection, and protobuf never gives back a pool whose types were used."""
    kinds = []
    for _ in range(2):
        found = protocols()
        found.define({"protocol": 1, "client": [NAME, 1], "server": None})
        kinds.append(found.get(1).protocol.client.descriptor)
    assert kinds[0] is kinds[1]


FAULTS = [
    (None, [NAME, 9], "a.mcap has no schema 9 for p.ClientMessage"),
    (None, ["p.Other", 1], "has no message type p.Other"),
    (b"noise", [NAME, 1], "The schema 1 of a.mcap holds no file of a schema"),
    (b"", [NAME, 1], "holds no file of a schema"),
]


@pytest.mark.parametrize(("data", "kind", "words"), FAULTS)
def test_what_cannot_be_used(data, kind, words):
    """It is one sentence, and the messages have no type."""
    found = protocols(data)
    found.define({"protocol": 1, "client": kind})
    assert found.get(1).protocol.client is None
    assert words in found.faults[0]
    assert found.faults[0].endswith("The messages of that type are shown as bare fields.")


def test_override():
    """A schema of the user's counts for all protocols."""
    mine = Loaded(Protocol(name="mine"))
    found = protocols(override=mine)
    found.define({"protocol": 1, "client": [NAME, 1]})
    assert found.get(1) is mine
    assert found.get(7) is mine


def test_nothing_masked():
    """Declared secrets are shown too where the user asked for that."""
    found = protocols(secrets=NO_SECRETS)
    found.define({"protocol": 1, "client": [NAME, 1], "secrets": ["a.b"]})
    assert found.get(1).protocol.secrets is NO_SECRETS


@given(st.binary(max_size=300))
def test_hostile_schemas(noise):
    """Any bytes as a schema are a protocol or a fault."""
    for data in (noise, descriptors()[: len(noise)] + noise, descriptors() + noise):
        protocols(data).define({"protocol": 1, "client": [NAME, 1]})


def test_many_protocols():
    """What a hostile file can have of them is bounded."""
    found = protocols()
    for number in range(5000):
        found.define({"protocol": number, "client": None})
    assert len(found.loaded) <= 1000


DEFINED = {"name": "desk", "client": NAME, "server": "json", "steps": ["varint-delimited"]}


def test_a_definition():
    """A recording that holds one is read by it, with its limits as far as these are not higher than usual."""
    found = protocols()
    definition = {**DEFINED, "limits": {"parts": 3, "nesting": 100, "remembered": 1 << 30}, "secrets": []}
    found.define({"protocol": 1, "name": "desk", "client": [NAME, 1], "steps": ["x"], "definition": definition})
    protocol = found.get(1).protocol
    assert protocol.client.name == NAME
    assert protocol.server is None
    assert [step.name for step in protocol.client_steps] == ["varint-delimited"]
    assert protocol.limits == Limits(parts=3)
    assert found.faults == []


BEHIND = {"name": "desk", "steps": [{"binary-header": {"layout": "a:u8"}}]}
CARRIED = {"in": NAME, "at": "body", "by": "kind"}

NAMES_NOTHING = [
    ({"heartbeats": ["beat"]}, NAME),
    ({"secrets": ["login.password", "*.no_such_name"]}, NAME),
    ({"volatile": ["no.such.*", "nothing"]}, NAME),
    ({"correlate": [{"request": "no.id", "response": "none"}]}, NAME),
    ({"payload": "set-fields"}, NAME),
    ({"carries": [{**CARRIED, "types": {"name": {"prefix": "no.such."}}}]}, NAME),
    ({"carries": [{**CARRIED, "types": {"name": {"prefix": "no.such."}, "table": {"a": NAME}}}]}, NAME),
    ({"carries": [{**CARRIED, "types": {"a": NAME, "b": "no.Such"}}]}, NAME),
    ({"carries": [{**CARRIED, "in": "p.Apart", "types": {"a": NAME}}]}, NAME),
    ({**BEHIND, "behind": {"by": "header.a", "types": {1: NAME, 2: "no.Such"}}}, "Frame"),
    ({**BEHIND, "behind": {"by": "template", "types": {"default-of": "template", "table": {1: "no.Such"}}}}, None),
]


@pytest.mark.parametrize(("more", "client"), NAMES_NOTHING)
def test_a_definition_that_names_nothing(more, client):
    """What a definition names and its schema does not have is a fault in a file, and none in a recording."""
    file = FileDescriptorProto(name="p.proto", package="p", syntax="proto3")
    for name in ("ClientMessage", "Apart"):
        kind = file.message_type.add(name=name)
        kind.field.add(name="kind", number=1, type=9, label=1)
        kind.field.add(name="body", number=2, type=12, label=1)
    data = FileDescriptorSet(file=[file]).SerializeToString()
    definition = more if "behind" in more else {**DEFINED, "steps": [], **more}
    found = protocols(data)
    found.define({"protocol": 1, "name": "desk", "client": [NAME, 1], "definition": definition})
    assert found.faults == []
    kind = found.get(1).protocol.client
    assert (kind and kind.name) == client
    with pytest.raises(DefinitionError):
        protocol_from(read_definition(definition), schema_from_bytes(data, "The schema"))


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        ({"steps": ["ours", "theirs"]}, "it has steps (ours, theirs) that no recording can keep"),
        ({"steps": 5}, "it has steps (of no known kind)"),
        ({"definition": {**DEFINED, "steps": ["ours"]}}, "steps[0]: a step is one of "),
        ({"definition": {**DEFINED, "client": "p.Other"}}, "client: The schema has no message type p.Other"),
        ({"definition": 5}, "a protocol, with name, about"),
        ({"definition": {**DEFINED, "decoder": "os:system"}, "client": None}, ""),
    ],
)
def test_a_definition_that_is_of_no_use(happening, said):
    """Its messages are shown as they came, which is told; nothing that it names is ever imported."""
    found = protocols()
    found.define({"protocol": 1, "name": "desk\x1b", "client": [NAME, 1], **happening})
    assert found.get(1).protocol.client is None or not said
    assert said in "".join(found.faults)
    assert "\x1b" not in "".join(found.faults)
    assert len(found.faults) == bool(said)


@given(
    st.recursive(
        st.sampled_from([NAME, "a", "x", "varint-delimited", 7, None, True, "header.x", "path"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "client", "server", "carries", "behind", "in", "at", "by", "types", "steps"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_definition(definition):
    """Whatever a file says, there is a protocol, or there are none of its types and a sentence."""
    found = protocols()
    found.define({"protocol": 1, "client": [NAME, 1], "steps": [], "definition": definition})
    assert found.get(1).protocol.client is None or not found.faults
