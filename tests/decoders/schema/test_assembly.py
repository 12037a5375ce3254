"""Files that do and do not fit together in one pool."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from paperknife_decoders.schema import load_schema

PROTO3 = 'syntax = "proto3";\n'


def test_every_load_has_its_own_pool(tree, venue):
    """Two revisions of a schema live side by side."""
    folder = tree(venue.files)
    old = load_schema(folder)
    (folder / "venue/v1/orders.proto").write_text(venue.files["venue/v1/orders.proto"].replace("symbol", "instrument"))
    new = load_schema(folder)
    assert old.message("Order").fields_by_number[1].name == "symbol"
    assert new.message("Order").fields_by_number[1].name == "instrument"


def test_descriptor_set_with_holes(tree, protoc, names, venue):
    """A set that lacks an import loads without the files that need it."""
    folder = tree(venue.files | {"other.proto": PROTO3 + "message Other {}"})
    protoc(folder, "-I.", "--descriptor_set_out=all.pb", "venue/v1/envelope.proto", "other.proto")
    schema = load_schema(folder / "all.pb")
    assert names(schema) == ["Other"]
    assert [str(fault) for fault in schema.faults] == [
        f"{folder}/all.pb: imports venue/v1/orders.proto, which is missing or was left out"
    ]


def test_hostile_descriptor_sets(tree, names):
    """Cycles, conflicts and nonsense in a set are faults."""
    files = [
        FileDescriptorProto(name="a.proto", dependency=["b.proto"]),
        FileDescriptorProto(name="b.proto", dependency=["a.proto"]),
        FileDescriptorProto(name="self.proto", dependency=["self.proto"]),
        FileDescriptorProto(name="good.proto", message_type=[{"name": "Good"}]),
        FileDescriptorProto(name="again.proto", message_type=[{"name": "Good"}]),
        FileDescriptorProto(name="odd.proto", message_type=[{"name": "not a name"}]),
        FileDescriptorProto(name="good.proto", message_type=[{"name": "Other"}]),
    ]
    schema = load_schema(tree({"x.pb": FileDescriptorSet(file=files).SerializeToString()}) / "x.pb")
    assert names(schema) == ["Good"]
    assert len(schema.faults) == 6


def test_the_default_pool_stays_as_it_is(tree):
    """Loading leaves no trace in the process-wide pool."""
    load_schema(tree({"a.proto": PROTO3 + "message TraceOfALoad {}"}))
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName("TraceOfALoad")
