"""Descriptor sets and generated modules."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.schema import SchemaError, load_schema
from paperknife_decoders.schema.descriptor_files import descriptor_of_module, descriptors_in


@pytest.mark.parametrize("suffix", [".binpb", ".desc", ".pb", ".protoset", ".whatever"])
def test_descriptor_set(tree, protoc, suffix, names, venue):
    """A FileDescriptorSet loads, whatever it is called; the well-known types need not be inside."""
    folder = tree(venue.files)
    protoc(folder, "-I.", f"--descriptor_set_out=all{suffix}", "venue/v1/envelope.proto", "venue/v1/orders.proto")
    schema = load_schema(folder / f"all{suffix}")
    assert sorted(names(schema)) == sorted(venue.messages)
    assert schema.faults == ()


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"hello, world"])
def test_no_descriptor_set(tree, content):
    """Bytes that are no descriptor set are said to be none."""
    with pytest.raises(SchemaError, match="is no descriptor set"):
        load_schema(tree({"x.pb": content}) / "x.pb")


def test_generated_modules(tree, protoc, names, venue):
    """A `_pb2.py` gives its descriptor without being run, with the modules that it imports."""
    folder = tree(venue.files | {"gen/keep": ""})
    protoc(folder, "-I.", "--python_out=gen", "venue/v1/envelope.proto", "venue/v1/orders.proto")
    module = folder / "gen/venue/v1/envelope_pb2.py"
    module.write_text("raise SystemExit\n" + module.read_text())
    for source in [module, folder / "gen"]:
        schema = load_schema(source)
        assert sorted(names(schema)) == sorted(venue.messages)
        assert schema.faults == ()


OLD_MODULES = {
    "3.19": "DESCRIPTOR = _descriptor.FileDescriptor(name='a.proto', serialized_pb=%r)",
    "2.6, both Pythons": "DESCRIPTOR = _descriptor.FileDescriptor(serialized_pb=_b(%s))",
    "3.20": "DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(%r)",
}


@pytest.mark.parametrize("template", OLD_MODULES.values(), ids=OLD_MODULES)
def test_modules_of_old_compilers(tree, template, names):
    """Every form in which protoc has written a descriptor into a module is read."""
    data = FileDescriptorProto(name="a.proto", message_type=[{"name": "A"}]).SerializeToString()
    text = template % (repr(data)[1:] if "_b(" in template else data)
    assert names(load_schema(tree({"a_pb2.py": text}) / "a_pb2.py")) == ["A"]


BAD_MODULES = {
    "syntax": ("def", "is no Python module"),
    "no descriptor": ("import os\nprint('hi')", "there is no descriptor in it"),
    "nonsense": ("x.AddSerializedFile(b'\\xff\\xff')", "there is no descriptor in it"),
    "computed": ("x.AddSerializedFile(open('/etc/passwd').read())", "there is no descriptor in it"),
    "deep": ("x = " + "(" * 5000 + ")" * 5000, "is no Python module"),
    "zero byte": ("\0", "is no Python module"),
}


@pytest.mark.parametrize(("text", "expected"), BAD_MODULES.values(), ids=BAD_MODULES)
def test_bad_modules(tree, text, expected):
    """A module without a descriptor is a fault, and nothing in it happens."""
    with pytest.raises(SchemaError, match=expected):
        load_schema(tree({"a_pb2.py": text}) / "a_pb2.py")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(data):
    """Any bytes either are descriptors or raise ValueError, as a set and as a module."""
    for read in (descriptors_in, descriptor_of_module):
        try:
            assert read(data)
        except ValueError as error:
            assert str(error)
