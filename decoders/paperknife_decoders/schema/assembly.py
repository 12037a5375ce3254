"""File descriptors into a fresh pool, in the order of their dependencies."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from paperknife_decoders.schema.faults import Fault

__all__ = ["Assembly", "SchemaFile", "wellknown_file"]

RUNTIME_MODULES = (
    "any",
    "api",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "source_context",
    "struct",
    "timestamp",
    "type",
    "wrappers",
)


def wellknown_file(name: str) -> FileDescriptorProto | None:
    """The file of the Protobuf runtime that is imported as `name`, such as ``google/protobuf/any.proto``."""
    for module in RUNTIME_MODULES:
        if name == f"google/protobuf/{module}.proto":
            descriptor = importlib.import_module(f"google.protobuf.{module}_pb2").DESCRIPTOR
            return FileDescriptorProto.FromString(descriptor.serialized_pb)
    return None


@dataclass(frozen=True, slots=True, repr=False)
class SchemaFile:
    """One file of a schema: as the pool has it, and as it was compiled, with source info where there is any.

    `place` is the file on disk that it comes from.
    """

    descriptor: FileDescriptor
    proto: FileDescriptorProto
    place: str

    @property
    def name(self) -> str:
        """What it is imported as."""
        return self.proto.name

    def __repr__(self) -> str:
        return f"<SchemaFile {self.name} from {self.place}>"


@dataclass(slots=True)
class Assembly:
    """A pool that grows by one file after the other; what does not fit is a fault and stays out.

    `added` has the files that are in it, by name, in the order in which they went in.
    """

    pool: descriptor_pool.DescriptorPool = field(default_factory=descriptor_pool.DescriptorPool)
    added: dict[str, SchemaFile] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add_all(self, files: Mapping[str, FileDescriptorProto], place: Callable[[str], str]) -> None:
        """Add `files` (by import name), each after what it imports; `place` tells where a file comes from."""
        refused: set[str] = set()
        for start in files:
            stack = [start]
            on_path: set[str] = set()
            while stack:
                name = stack[-1]
                if name in self.added or name in refused:
                    stack.pop()
                    continue
                proto = files.get(name) or wellknown_file(name)
                if proto is None:
                    refused.add(name)
                    continue
                pending = [other for other in proto.dependency if other not in self.added and other not in refused]
                if pending and name not in on_path:
                    on_path.add(name)
                    stack += reversed(pending)
                    continue
                self.add(name, proto, place(name), refused)

    def add(self, name: str, proto: FileDescriptorProto, place: str, refused: set[str]) -> None:
        """Add one file whose dependencies are in, or report why it cannot be."""
        missing = [other for other in proto.dependency if other not in self.added]
        try:
            if missing:
                self.faults.append(Fault(place, f"imports {missing[0]}, which is missing or was left out"))
            else:
                # Not FindFileByName afterwards: it does not find names that are not ASCII.
                descriptor = self.pool.AddSerializedFile(proto.SerializeToString())
                self.added[name] = SchemaFile(descriptor, proto, place)
                return
        except (TypeError, ValueError) as error:
            reason = str(error).removeprefix("Couldn't build proto file into descriptor pool: ")
            self.faults.append(Fault(place, f"does not fit the rest of the schema: {reason}"))
        refused.add(name)
