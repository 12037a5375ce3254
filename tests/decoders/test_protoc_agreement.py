"""Decoding agrees with ``protoc --decode``, Google's own reader, on random messages with every kind of field."""

from __future__ import annotations

import math
import re
import struct
import subprocess
import sys
from dataclasses import dataclass

import pytest
from google.protobuf import text_encoding, text_format
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from paperknife_decoders.documents import json_object, textproto
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import NO_SECRETS
from paperknife_decoders.summary import summarize
from paperknife_decoders.tree import tree_text

PACKABLE = [
    *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64", "bool"),
]
SCALARS = [*PACKABLE, "string", "bytes"]


def fields(label: str, start: int, options: str = "", kinds=SCALARS) -> str:
    prefix = re.sub(r"\W", "_", f"{label}{options}")
    return "\n".join(
        f"  {label} {kind} {prefix}_{kind} = {start + index}{options};" for index, kind in enumerate(kinds)
    )


MAPS = "  enum Hue { BLACK = 0; BLUE = 9; }\n" + "\n".join(
    f"  map<{key}, {value}> {key}_to_{value.lower()} = {300 + index};"
    for index, (key, value) in enumerate(
        [("string", "double"), ("int64", "string"), ("bool", "bytes"), ("sfixed32", "Hue"), ("uint32", "Leaf")]
    )
)

PROTO2 = f"""
syntax = "proto2";
package two;
enum Color {{ RED = 1; GREEN = 2; NONE = -1; on = 4; }}
message Leaf {{ required int32 must = 1; optional string name = 2 [default = "x"]; }}
message Item {{
{fields("optional", 1)}
{fields("repeated", 20)}
{fields("repeated", 40, " [packed = true]", PACKABLE)}
  optional Color color = 60 [default = GREEN];
  repeated Color colors = 61;
  optional int32 seven = 62 [default = 7];
  optional Leaf leaf = 63;
  repeated Leaf leaves = 64;
  optional Item again = 65;
  optional group Pair = 66 {{ optional int32 left = 1; optional Leaf right = 2; }}
  repeated group Row = 67 {{ optional string cell = 1; }}
  oneof choice {{ string text = 70; bool flag = 71; Leaf sheet = 72; group Bunch = 73 {{ optional int32 size = 1; }} }}
  extensions 1000 to 2000;
{MAPS}
}}
extend Item {{ optional int32 extra = 1000; repeated Leaf more = 1001; optional string word = 1002; }}
message Samples {{ repeated Item item = 1; }}
"""

PROTO3 = f"""
syntax = "proto3";
package three;
enum Color {{ RED = 0; GREEN = 2; NONE = -1; null = 4; ROT = 5; }}
message Leaf {{ int32 must = 1; optional string name = 2; }}
message Item {{
{fields("", 1)}
{fields("optional", 20)}
{fields("repeated", 40)}
{fields("repeated", 60, " [packed = false]", PACKABLE)}
  Color color = 80;
  optional Color maybe_color = 81;
  repeated Color colors = 82;
  Leaf leaf = 83;
  repeated Leaf leaves = 84;
  Item again = 85;
  oneof choice {{ string text = 90; bool flag = 91; Leaf sheet = 92; Color shade = 93; }}
  oneof other {{ double number = 94; bytes data = 95; }}
  string from = 96;
  int32 null = 97;
  bool yes = 98;
{MAPS}
}}
message Samples {{ repeated Item item = 1; }}
"""

EDITION = f"""
edition = "2023";
package ed;
option features.field_presence = IMPLICIT;
enum Color {{ option features.enum_type = CLOSED; RED = 1; GREEN = 2; }}
enum Tone {{ LOW = 0; HIGH = 3; }}
message Leaf {{ int32 must = 1 [features.field_presence = LEGACY_REQUIRED]; string name = 2; }}
message Item {{
{fields("", 1)}
{fields("", 20, " [features.field_presence = EXPLICIT]")}
{fields("repeated", 40)}
{fields("repeated", 60, " [features.repeated_field_encoding = EXPANDED]", PACKABLE)}
  Color color = 80 [features.field_presence = EXPLICIT];
  repeated Color colors = 81;
  Tone tone = 82;
  repeated Tone tones = 83;
  Leaf leaf = 84 [features.message_encoding = DELIMITED];
  repeated Leaf leaves = 85 [features.message_encoding = DELIMITED];
  Item again = 86;
  int32 seven = 87 [features.field_presence = EXPLICIT, default = 7];
  oneof choice {{ string text = 90; bool flag = 91; Leaf sheet = 92 [features.message_encoding = DELIMITED]; }}
{MAPS}
}}
message Samples {{ repeated Item item = 1; }}
"""


@dataclass
class Protoc:
    """A compiled schema beside the real protoc on the same source."""

    folder: str
    kind: EnvelopeType

    def decode(self, data: bytes) -> str:
        command = [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{self.folder}",
            f"--decode={self.kind.name}",
            "it.proto",
        ]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module", params=[PROTO2, PROTO3, EDITION], ids=["proto2", "proto3", "editions"])
def protoc(request, tmp_path_factory) -> Protoc:
    folder = tmp_path_factory.mktemp("protoc")
    (folder / "it.proto").write_text(request.param)
    schema = load_schema([folder])
    assert schema.faults == ()
    (samples,) = (message for message in schema.messages() if message.name == "Samples")
    return Protoc(str(folder), EnvelopeType(samples))


def bits(size: int, *, signed: bool):
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
    return st.sampled_from([low, high, 1]) | st.integers(low, high)


VALUES = {
    FieldDescriptor.CPPTYPE_INT32: bits(32, signed=True),
    FieldDescriptor.CPPTYPE_INT64: bits(64, signed=True),
    FieldDescriptor.CPPTYPE_UINT32: bits(32, signed=False),
    FieldDescriptor.CPPTYPE_UINT64: bits(64, signed=False),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
}
TEXTS = st.text(max_size=6) | st.sampled_from(
    ["null", "5021.25", "1e3", "a: b", "# c", "\x1b[31m", "\u2028", '"\\', ""]
)


def values_of(field: FieldDescriptor):
    if field.enum_type is not None:
        names = st.sampled_from([value.number for value in field.enum_type.values])
        return names if field.enum_type.is_closed else names | st.sampled_from([99, -77])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=6)
    return VALUES.get(field.cpp_type, TEXTS)


@st.composite
def filled(draw, message, depth: int = 0):
    """`message` with some of its fields set."""
    kind = message.DESCRIPTOR
    known = [*kind.fields, *(kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ())]
    chosen = draw(
        st.lists(st.sampled_from(known), max_size=5 if depth == 0 else 3, unique_by=lambda field: field.number)
    )
    for field in [*chosen, *(field for field in known if field.is_required)]:
        if field.message_type is None:
            value = draw(st.lists(values_of(field), max_size=3)) if field.is_repeated else draw(values_of(field))
            put(message, field, value)
        elif field.message_type.GetOptions().map_entry:
            draw(filled_map(getattr(message, field.name), field.message_type, depth))
        elif depth < 2:
            holder = message.Extensions[field] if field.is_extension else getattr(message, field.name)
            nested = [holder.add() for _ in range(draw(st.integers(1, 2)))] if field.is_repeated else [holder]
            for one in nested:
                one.SetInParent()
                draw(filled(one, depth + 1))
    return message


def put(message, field: FieldDescriptor, value) -> None:
    if field.is_repeated:
        (message.Extensions[field] if field.is_extension else getattr(message, field.name)).extend(value)
    elif field.is_extension:
        message.Extensions[field] = value
    else:
        setattr(message, field.name, value)


@st.composite
def filled_map(draw, container, entry, depth: int):
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    for name in draw(st.lists(values_of(key), max_size=2)):
        if value.message_type is None:
            container[name] = draw(values_of(value))
        else:
            draw(filled(container[name], depth + 1))


def read_text(text: str, kind) -> dict:
    """What protoc printed, as plain values by name. A reader of its own: no code under test judges itself."""
    lines = iter(text.splitlines())
    return read_message(lines, kind)


def read_message(lines, kind) -> dict:
    by_name = {field.name: field for field in kind.fields} | {field.message_type.name: field for field in groups(kind)}
    found: dict = {}
    for line in map(str.strip, lines):
        if line == "}":
            break
        name, _, rest = line.partition(" ")
        name = name.rstrip(":")
        field = kind.file.pool.FindExtensionByName(name[1:-1]) if name.startswith("[") else by_name[name]
        value = read_message(lines, field.message_type) if rest == "{" else read_scalar(rest, field)
        place = found.setdefault(f"[{field.full_name}]" if field.is_extension else field.name, [])
        place.append(value)
    return {name: merged(values, by_name.get(name), name, kind) for name, values in found.items()}


def groups(kind):
    return [field for field in kind.fields if field.type == FieldDescriptor.TYPE_GROUP]


def merged(values: list, field, name: str, kind):
    field = field or kind.file.pool.FindExtensionByName(name[1:-1])
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        empty = zero_of(field.message_type.fields_by_name["value"])
        zero = zero_of(field.message_type.fields_by_name["key"])
        return {as_key(entry.get("key", zero)): entry.get("value", empty) for entry in values}
    return values if field.is_repeated else values[0]


def zero_of(field):
    return {} if field.message_type is not None else plain(field.default_value, field)


def as_key(value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_scalar(text: str, field):
    if field.enum_type is not None:
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        data = text_encoding.CUnescape(text[1:-1])
        return data if field.type == FieldDescriptor.TYPE_BYTES else data.decode()
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return text == "true"
    number = float(text) if field.cpp_type in REALS else int(text)
    return plain(number, field)


REALS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)


def plain(value, field):
    """A value so that equal ones compare equal: floats by their bits, with one NaN."""
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else value
    if field.cpp_type not in REALS:
        return value
    if math.isnan(value):
        return "nan"
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return struct.pack("<f", to_single(value))
    return struct.pack("<d", value)


def to_single(value: float) -> float:
    """The nearest single; text with few digits may lie just beyond the largest one."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(3.4028234663852886e38, value)


def read_yaml(value, kind) -> dict:
    """What our tree says, as the same plain values."""
    by_name = {field.name: field for field in kind.fields}
    found = {}
    for name, content in value.items():
        field = by_name.get(name) or kind.file.pool.FindExtensionByName(name[1:-1])
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            inner = field.message_type.fields_by_name["value"]
            found[name] = {as_key(key): yaml_value(item, inner) for key, item in content.items()}
        elif field.is_repeated:
            found[name] = [yaml_value(item, field) for item in content]
        else:
            found[name] = yaml_value(content, field)
    return found


def yaml_value(value, field):
    if field.message_type is not None:
        return read_yaml(value, field.message_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return bytes.fromhex(value)
    if field.cpp_type in REALS:
        assert isinstance(value, float)
        return plain(value, field)
    return value


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_agrees_with_protoc(protoc: Protoc, data: st.DataObject) -> None:
    """What the tree and the text format say of a message is what protoc says, and nothing raises."""
    samples = protoc.kind.parse(b"")
    for _ in range(data.draw(st.integers(1, 25))):
        data.draw(filled(samples.item.add()))
    raw = samples.SerializeToString()
    envelope = read_envelope(raw, protoc.kind)
    printed = protoc.decode(raw)

    theirs = read_text(printed, protoc.kind.descriptor)
    ours = YAML(typ="safe").load(tree_text(envelope, NO_SECRETS))
    assert read_yaml(ours, protoc.kind.descriptor) == theirs

    parsed = text_format.Parse(textproto(envelope, NO_SECRETS), protoc.kind.parse(b""))
    again = text_format.Parse(printed, protoc.kind.parse(b""))
    assert parsed.SerializeToString(deterministic=True) == again.SerializeToString(deterministic=True)

    json_object(envelope, NO_SECRETS)
    assert len(summarize(envelope, NO_SECRETS, 80)) <= 80
