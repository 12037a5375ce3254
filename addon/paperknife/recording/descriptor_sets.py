"""A schema as the bytes of one FileDescriptorSet, so that it can stand in a recording."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from paperknife_decoders.carrying.union import PACKAGE as MADE
from paperknife_decoders.protocol import Protocol

__all__ = ["descriptor_set"]


def descriptor_set(protocol: Protocol) -> bytes:
    """All files of a protocol's schema and what they import, each after the files that it imports.

    That order is what the MCAP registry asks for (mcap.dev/spec/registry, "protobuf"), and what lets a pool take the
    files one by one.
    """
    types = (protocol.client, protocol.server)
    own = [kind.descriptor.file for kind in types if kind is not None]
    # Types that a definition made are made anew by whoever reads the recording.
    roots = [*protocol.files, *(file for file in own if not file.package.startswith(MADE))]
    found = FileDescriptorSet()
    for file in in_order(roots):
        file.CopyToProto(found.file.add())
    return found.SerializeToString(deterministic=True)


def in_order(roots: Iterable[FileDescriptor]) -> list[FileDescriptor]:
    """The files and their imports, by name once each, an import before who imports it; without recursion."""
    done: dict[str, FileDescriptor] = {}
    waiting = list(reversed(list(roots)))
    while waiting:
        file = waiting[-1]
        missing = [each for each in file.dependencies if each.name not in done]
        if missing and file.name not in done:
            waiting.extend(reversed(missing))
        else:
            done.setdefault(file.name, waiting.pop())
    return list(done.values())
