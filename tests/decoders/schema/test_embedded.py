"""Schemas from the bytes of descriptor sets."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.schema import SchemaError
from paperknife_decoders.schema.embedded import schema_from_bytes


def file(name, *imports, **fields):
    """A file with one message, named after it."""
    proto = FileDescriptorProto(name=name, package="p", syntax="proto3", dependency=imports, **fields)
    proto.message_type.add(name=name.removesuffix(".proto").upper())
    return proto


def serialized(*files):
    return FileDescriptorSet(file=files).SerializeToString()


def names(schema):
    return [message.name for message in schema.messages()]


def test_files_in_any_order():
    """Each file goes in after what it imports; well-known types come along."""
    data = serialized(file("b.proto", "a.proto", "google/protobuf/timestamp.proto"), file("a.proto"))
    schema = schema_from_bytes(data, "it")
    assert sorted(names(schema)) == ["A", "B"]
    assert schema.faults == ()


def test_a_file_that_does_not_fit():
    """It is left out, with a fault that names where it came from."""
    schema = schema_from_bytes(serialized(file("a.proto"), file("b.proto", "missing.proto")), "it")
    assert names(schema) == ["A"]
    assert str(schema.faults[0]) == "it:b.proto: imports missing.proto, which is missing or was left out"


def test_imports_in_a_circle():
    """They cost themselves, and no hang."""
    schema = schema_from_bytes(
        serialized(file("a.proto"), file("b.proto", "c.proto"), file("c.proto", "b.proto")), "it"
    )
    assert names(schema) == ["A"]


@pytest.mark.parametrize("data", [b"", b"noise", serialized(), serialized(file("b.proto", "missing.proto"))])
def test_nothing_in_it(data):
    """It is a SchemaError that names the place."""
    with pytest.raises(SchemaError, match="it"):
        schema_from_bytes(data, "it")


@given(st.binary(max_size=200), st.integers(0, 60))
def test_noise(noise, place):
    """Any bytes are a schema or a SchemaError."""
    whole = serialized(file("a.proto"), file("b.proto", "a.proto"))
    for data in (noise, whole[:place] + noise + whole[place:], whole[:place] + noise + whole[place + len(noise) :]):
        try:
            schema_from_bytes(data, "it")
        except SchemaError as error:
            assert str(error)
