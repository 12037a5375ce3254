"""The schemas of a recording, taken out of it as bytes: whole or cut, by whoever it was written, hostile or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.writer import CompressionType, Writer

from paperknife.recording import embedded_schemas as module
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife_decoders.schema import load_schema


def described(*fields: str, name: str = "a.proto") -> bytes:
    """A descriptor set with one message that has these fields."""
    file = FileDescriptorProto(name=name, syntax="proto3")
    message = file.message_type.add(name="A")
    for number, field in enumerate(fields, 1):
        message.field.add(name=field, number=number, type="TYPE_STRING", label="LABEL_OPTIONAL")
    return FileDescriptorSet(file=[file]).SerializeToString()


@pytest.fixture
def written(tmp_path):
    """A function that writes an MCAP file with schemas, as any tool may: data with their encoding, by another one."""

    def write(*schemas: tuple[str, bytes], summary: bool = True, chunks: bool = True, name: str = "s.mcap") -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            writer = Writer(
                file,
                use_chunking=chunks,
                compression=CompressionType.ZSTD,
                repeat_schemas=summary,
                use_summary_offsets=summary,
            )
            writer.start("other", "another tool")
            for number, (encoding, data) in enumerate(schemas, 1):
                schema = writer.register_schema(f"A{number}", encoding, data)
                channel = writer.register_channel(f"/{number}", "protobuf", schema)
                writer.add_message(channel, number, b"", number)
            writer.finish()
        return path

    return write


@pytest.mark.parametrize("summary", [True, False])
@pytest.mark.parametrize("chunks", [True, False])
def test_files_of_others(written, summary, chunks):
    """Schemas are found at the end of a file or in it, each once, in their order; those of other encodings are none."""
    path = written(
        ("protobuf", described("x")),
        ("jsonschema", b"{}"),
        ("protobuf", described("x", "y")),
        ("protobuf", described("x")),
        summary=summary,
        chunks=chunks,
    )
    assert embedded_schemas(path) == [described("x", "y"), described("x")]


@pytest.mark.parametrize("packed", [True, False])
def test_our_own(record, tape, packed):
    """A recording that is finished, and one that is still being written, give the schema that messages are read by."""
    (data,) = embedded_schemas(record(packed=packed))
    assert {file.name for file in FileDescriptorSet.FromString(data).file} > {
        file.name for file in tape.loaded.protocol.files
    }


@given(at=st.integers(0, 1 << 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_cut(record, at):
    """A recording that was cut off gives the schemas before the cut: all of it, or none."""
    whole = record(packed=False, name="whole.mcap")
    data = whole.read_bytes()
    cut = whole.with_name("cut.mcap")
    cut.write_bytes(data[: at % len(data) + 1])
    assert embedded_schemas(cut) in ([], embedded_schemas(whole))


@given(st.binary(max_size=400), st.integers(0, 1 << 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_noise(written, noise, at):
    """Whatever a file holds, nothing but the end of a sentence is raised."""
    path = written(("protobuf", described("x")), name="noise.mcap")
    data = path.read_bytes()
    at %= len(data)
    for content in (noise, data[:at] + noise + data[at + len(noise) :]):
        path.write_bytes(content)
        try:
            assert all(isinstance(each, bytes) for each in embedded_schemas(path))
        except ValueError as error:
            assert str(error).startswith(("is ", "has ", "could ")), error


def test_bounds(written, monkeypatch):
    """A file with more than any recorder writes is refused, and one without schemas not read for ever."""
    path = written(*(("protobuf", described(*"abcd"[:count])) for count in range(4)))
    monkeypatch.setattr(module, "MOST_SCHEMAS", 3)
    with pytest.raises(ValueError, match="has more than 3 schemas"):
        embedded_schemas(path)
    monkeypatch.setattr(module, "MOST_SCHEMAS", 4)
    monkeypatch.setattr(module, "MOST_BYTES", 60)
    with pytest.raises(ValueError, match="has more than 4 schemas, or 0 MB"):
        embedded_schemas(path)
    monkeypatch.setattr(module, "MOST_READ", 20)
    assert embedded_schemas(written(("protobuf", described("x")), summary=False)) == []


FAULTS = {
    "empty": (b"", "a.mcap: is empty"),
    "no recording": (b"hello, world", "a.mcap: is no recording: an MCAP file was expected"),
    "no schema": (None, "a.mcap: is a recording without a schema: its messages were read as bare fields"),
}


@pytest.mark.parametrize(("content", "expected"), FAULTS.values(), ids=FAULTS)
def test_faults(written, tmp_path, monkeypatch, content, expected):
    """What is no use as a schema is said in one sentence, and costs nothing but itself."""
    monkeypatch.chdir(tmp_path)
    written(name="a.mcap")
    if content is not None:
        Path("a.mcap").write_bytes(content)
    Path("b.proto").write_text('syntax = "proto3"; message B {}')
    schema = load_schema(["a.mcap", "b.proto"], unpack=embedded_schemas)
    assert [message.name for message in schema.messages()] == ["B"]
    (fault,) = map(str, schema.faults)
    assert fault.startswith(expected)
    assert "recording, from which no schema is taken here" in str(load_schema(["a.mcap", "b.proto"]).faults[0])


def test_versions(written, tmp_path, monkeypatch):
    """Of several versions of a file in one recording the last is used, and it is said that there are others."""
    monkeypatch.chdir(tmp_path)
    written(("protobuf", described("x")), ("protobuf", b"noise"), ("protobuf", described("x", "y")))
    schema = load_schema("s.mcap", unpack=embedded_schemas)
    assert list(schema.message("A").fields_by_name) == ["x", "y"]
    assert list(map(str, schema.faults)) == ["s.mcap: holds more than one version of a.proto; the last one is used"]


def test_two_sources_with_one_file(written, tmp_path, monkeypatch):
    """Where a folder and a recording define the same file, the folder's is used; a different one is told of."""
    monkeypatch.chdir(tmp_path)
    written(("protobuf", described("x")))
    Path("a.proto").write_text('syntax = "proto3"; message A { string x = 1; }')
    assert load_schema(["s.mcap", "a.proto"], unpack=embedded_schemas).faults == ()
    Path("a.proto").write_text('syntax = "proto3"; message A { string z = 1; }')
    schema = load_schema(["s.mcap", "a.proto"], unpack=embedded_schemas)
    assert list(schema.message("A").fields_by_name) == ["z"]
    assert list(map(str, schema.faults)) == ["s.mcap: has another a.proto than a.proto, which was first and is used"]


def test_changes(written, record):
    """A recording that grows is no change of the schema; one that took its place, or is gone, is one, once."""
    path = record(packed=False)
    schema = load_schema(path, unpack=embedded_schemas)
    assert not schema.changed()
    for _ in range(3):
        with path.open("ab") as file:
            file.write(bytes(5000))
        assert not schema.changed()
    written(("protobuf", described("x"))).replace(path)
    assert schema.changed()
    assert not schema.changed()
    path.unlink()
    assert schema.changed()
