"""A schema as the bytes of one descriptor set."""

from __future__ import annotations

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from paperknife.recording.descriptor_sets import descriptor_set
from paperknife_decoders.protocol import Protocol


def test_a_pool_takes_the_files_one_by_one(tape) -> None:
    """Each comes after what it imports, and once; all that were loaded are there."""
    found = FileDescriptorSet.FromString(descriptor_set(tape.loaded.protocol))
    pool = descriptor_pool.DescriptorPool()
    for file in found.file:
        pool.Add(file)
    assert pool.FindMessageTypeByName("trading.v1.ServerMessage")
    names = [file.name for file in found.file]
    assert len(set(names)) == len(names)
    assert {file.name for file in tape.loaded.protocol.files} <= set(names)


def test_without_a_schema_there_is_nothing() -> None:
    """Not even a file."""
    assert descriptor_set(Protocol()) == b""


def test_the_files_of_the_types_are_enough(tape) -> None:
    """A protocol may come without the list of all files."""
    protocol = Protocol(client=tape.loaded.protocol.client, server=tape.loaded.protocol.server)
    pool = descriptor_pool.DescriptorPool()
    for file in FileDescriptorSet.FromString(descriptor_set(protocol)).file:
        pool.Add(file)
    for name in ("trading.v1.ClientMessage", "trading.v1.ServerMessage"):
        assert pool.FindMessageTypeByName(name)
