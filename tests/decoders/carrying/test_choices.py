"""Keys beside carried bytes, and tables from keys to types."""

from __future__ import annotations

import pytest

from paperknife_decoders.carrying.choices import (
    Choice,
    FieldKey,
    HeaderKey,
    PathKey,
    default_table,
    form_table,
    method_table,
    name_table,
)
from paperknife_decoders.message import Direction
from paperknife_decoders.schema import load_schema
from paperknife_decoders.steps import Context
from paperknife_decoders.wire.walker import walk

PROTO = """
syntax = "proto2"; package c.v1;
enum Kind { NONE = 0; A = 5; LOW = -3; }
message Key { optional Kind kind = 1 [default = A]; optional string name = 2; optional sint64 zig = 3; }
message First { optional Kind kind = 1 [default = A]; }
message Second { optional Kind kind = 1 [default = LOW]; optional Third third = 2; }
message Third { optional int32 other = 1 [default = 9]; }
service Market { rpc Get(First) returns (Second); }
"""


@pytest.mark.parametrize(
    ("field", "hexed", "expected"),
    [
        ("kind", "0807", 7),
        ("kind", "0807 0808", 8),
        ("kind", "08fdffffffffffffffff01", -3),
        ("kind", "", 5),
        ("name", "", ""),
        ("name", "1203 616263", "abc"),
        ("name", "1201 ff", "\ufffd"),
        ("name", "128110" + "61" * 2049, ""),
    ],
)
def test_field_keys(proto_schema, field, hexed, expected) -> None:
    """The last value on the wire, the default where there is none; a text that is too long is none."""
    key = FieldKey(proto_schema(PROTO).message("Key").fields_by_name[field])
    data = bytes.fromhex(hexed)
    assert key.read(data, walk(data), Context(Direction.CLIENT)) == expected


def test_other_keys() -> None:
    """A header's value, and the URL's path without the query."""
    context = Context(Direction.CLIENT, path="/c.v1.Market/Get?token=x", header={"type": 3})
    assert HeaderKey("type").read(b"", (), context) == 3
    assert HeaderKey("id").read(b"", (), context) is None
    assert PathKey().read(b"", (), context) == "/c.v1.Market/Get"


def names(table) -> dict:
    return {key: kind.name for key, kind in table.items()}


def test_tables(proto_schema) -> None:
    """Types by the default of a field, by a part of their name, by a method."""
    schema = proto_schema(PROTO)
    assert names(default_table(schema, "kind")) == {5: "Key", -3: "Second"}
    assert names(name_table(schema, "c.v1.", "rd")) == {"Thi": "Third"}
    assert names(method_table(schema, "/{service}/{method}", responses=False)) == {"/c.v1.Market/Get": "First"}
    assert names(method_table(schema, "{package}:{name}.{method}", responses=True)) == {"c.v1:Market.Get": "Second"}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (".{type}", {".c.v1.Key": "Key", ".a.Key": "Key", ".a.Key.In": "In"}),
        ("{package}/{name}", {"c.v1/Key": "Key", "a/Key": "Key", "a/Key.In": "In"}),
        ("{name}", {"Key.In": "In"}),
    ],
)
def test_names_in_a_form(tmp_path, form, expected) -> None:
    """A name that several types have says nothing of the one that is meant, and is no key."""
    (tmp_path / "a.proto").write_text('syntax = "proto3"; package a; message Key { message In {} }')
    (tmp_path / "b.proto").write_text('syntax = "proto3"; package c.v1; message Key {}')
    assert names(form_table(load_schema(tmp_path), form)) == expected


def test_methods_of_one_name(proto_schema) -> None:
    """The same for methods: those with the same types on both sides are as one."""
    services = "service S { rpc Get(A) returns (B); rpc Put(A) returns (B); } service T { rpc Get(B) returns (B); }"
    schema = proto_schema(f'syntax = "proto3"; message A {{}} message B {{}} {services}')
    assert names(method_table(schema, "{method}", responses=False)) == {"Put": "A"}
    assert names(method_table(schema, "{method}", responses=True)) == {"Get": "B", "Put": "B"}


def test_no_key(proto_schema) -> None:
    """Without a key it is always the one type."""
    kind = proto_schema(PROTO).message("First")
    choice = Choice(None, {}, always=kind)
    assert choice.type_of(b"", (), Context(Direction.CLIENT)) is kind
    assert choice.holds == (kind,)
