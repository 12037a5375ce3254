"""Loading schemas from every kind of source, clean and dirty."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, message_factory, text_format

from paperknife_decoders.schema import SchemaError, load_schema

PROTO3 = 'syntax = "proto3";\n'


def test_folder(tree, names, venue):
    """A folder is an import root; its files load under their names in imports, nested types too, map entries not."""
    schema = load_schema(tree(venue.files))
    assert names(schema) == venue.messages
    assert [file.name for file in schema.files] == ["venue/v1/orders.proto", "venue/v1/envelope.proto"]
    assert schema.faults == ()
    assert schema.describe() == "4 messages in 2 files"


def test_types_work_with_protobuf_tools(tree, venue):
    """Messages can be made, parsed and converted with nothing but the schema's own pool."""
    schema = load_schema(tree(venue.files))
    kind = message_factory.GetMessageClass(schema.message("ClientMessage"))
    message = kind(order={"symbol": "ESZ6"}, time={"seconds": 1})
    again = kind.FromString(message.SerializeToString())
    assert json_format.MessageToDict(again, descriptor_pool=schema.pool) == {
        "order": {"symbol": "ESZ6"},
        "time": "1970-01-01T00:00:01Z",
    }
    assert text_format.Parse(text_format.MessageToString(again), kind(), descriptor_pool=schema.pool) == message


def test_nothing_loads(tree):
    """Where all files are faulty, the error carries the faults."""
    folder = tree({"a.proto": "message A {"})
    with pytest.raises(SchemaError, match=r"Nothing of the schema could be loaded:\n.*a\.proto:1:12: ") as caught:
        load_schema(folder)
    assert [fault.line for fault in caught.value.faults] == [1]


def test_mixed_sources(tree, protoc, names):
    """A `.proto` may import what only a descriptor set has, and the same file in two forms is one."""
    folder = tree(
        {
            "all/a.proto": PROTO3 + "message A {}",
            "all/b.proto": PROTO3 + "message B {}",
            "src/use.proto": PROTO3 + 'import "a.proto"; message Use { A a = 1; }',
            "src/b.proto": PROTO3 + "// with a comment\nmessage B {}",
            "else/b.proto": PROTO3 + "message B { int32 more = 1; }",
        }
    )
    protoc(folder / "all", "-I.", "--descriptor_set_out=../set.pb", "a.proto", "b.proto")
    protoc(folder / "else", "-I.", "--python_out=..", "b.proto")
    schema = load_schema([folder / "src", folder / "set.pb"])
    assert sorted(names(schema)) == ["A", "B", "Use"]
    assert schema.faults == ()
    schema = load_schema([folder / "src", folder / "set.pb", folder / "b_pb2.py"])
    assert [str(fault) for fault in schema.faults] == [
        f"{folder}/b_pb2.py: has another b.proto than {folder}/src/b.proto, which was first and is used"
    ]


def test_paths_in_faults_are_as_given(tree, monkeypatch, names):
    """A fault names a file the way the user named its folder, so that a click on it opens it."""
    files = {
        "a.proto": "broken",
        "b.proto": PROTO3 + "message B {}",
        "c.proto": PROTO3 + "message B {}",
        "d.proto": PROTO3 + 'import "gone.proto";',
    }
    monkeypatch.chdir(tree({f"protos/{name}": text for name, text in files.items()}))
    assert [str(fault) for fault in load_schema(["protos"]).faults] == [
        'protos/a.proto:1:1: Expected top-level statement (e.g. "message").',
        "protos/c.proto:2:9: B is defined in protos/b.proto already, so this file is left out",
        'protos/d.proto:2:1: imports "gone.proto", which is not below protos;'
        " name the folder that it is in as one more schema source",
    ]


def test_home_folder(tree, monkeypatch, names):
    """``~`` works where no shell has expanded it."""
    monkeypatch.setenv("HOME", str(tree({"protos/a.proto": PROTO3 + "message A {}"})))
    assert names(load_schema("~/protos")) == ["A"]


def test_nothing_but_wellknown_types(tree):
    """A tree that holds only copies of Protobuf's own files says so."""
    with pytest.raises(SchemaError, match="nothing in the schema but types that Protobuf brings along"):
        load_schema(tree({"google/protobuf/any.proto": "whatever"}))
