"""From paths to a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet

from paperknife_decoders.schema.assembly import Assembly
from paperknife_decoders.schema.compiler import compile_tree, wellknown_names
from paperknife_decoders.schema.descriptor_files import Unpack, read_descriptor_sets, read_generated, read_recordings
from paperknife_decoders.schema.faults import NOTHING_LOADED, Fault, SchemaError, collapsed
from paperknife_decoders.schema.loaded import Schema
from paperknife_decoders.schema.roots import import_tree
from paperknife_decoders.schema.sources import anchored, find_sources
from paperknife_decoders.schema.watch import Watch

__all__ = ["load_schema"]

NOTHING_OWN = "There is nothing in the schema but types that Protobuf brings along. Name the files of your API."


def load_schema(
    sources: Sequence[str | Path] | str | Path, timeout: float = 60.0, unpack: Unpack | None = None
) -> Schema:
    """Load all of `sources` into one schema: folders and files of `.proto`, descriptor sets, `_pb2.py`, recordings.

    A file with faults is left out, and so are those that import it; the faults are in the result. `timeout` limits each
    run of protoc, in seconds; `unpack` takes the descriptor sets out of a recording. Raises SchemaError if a path is
    wrong or if nothing could be loaded.
    """
    paths = [Path(path).expanduser() for path in ([sources] if isinstance(sources, str | Path) else sources)]
    show = as_given(paths)
    found = find_sources(paths)
    wellknown = wellknown_names()
    tree = import_tree(found.protos, found.folders, wellknown)
    tree.show = show
    sets = read_descriptor_sets(found.descriptors)
    generated = read_generated(found.generated, wellknown)
    recorded = read_recordings(found.recordings, unpack)
    watch = Watch(found, [*tree.names.values(), *generated.read], lambda: find_sources(paths))

    precompiled = [*sets.files, *generated.files, *recorded.files]
    compiled = compile_tree(tree, FileDescriptorSet(file=(proto for proto, _ in precompiled)), timeout)
    merged = Merged(show)
    merged.add_all((proto, tree.names.get(proto.name)) for proto in compiled.files)
    merged.add_all(precompiled)
    assembly = Assembly()
    assembly.add_all(merged.files, lambda name: merged.places.get(name, name))

    read = (found, sets, generated, recorded, compiled, merged, assembly)
    faults = [fault for each in read for fault in each.faults]
    faults = collapsed(Fault(show(Path(fault.file)), fault.message, fault.line, fault.column) for fault in faults)
    files = [file for name, file in assembly.added.items() if name not in wellknown]
    if not files:
        raise SchemaError(NOTHING_LOADED if faults else NOTHING_OWN, faults)
    return Schema(assembly.pool, files, paths, faults, watch)


def as_given(paths: Iterable[Path]) -> Callable[[Path], str]:
    """A function that writes a file's path the way the user wrote the source that it is in."""
    given = [(anchored(path), path) for path in paths]

    def show(file: Path) -> str:
        for absolute, path in given:
            if file.is_relative_to(absolute):
                return str(path / file.relative_to(absolute))
        return str(file)

    return show


@dataclass(slots=True)
class Merged:
    """Files from several sources, by import name; the first of a name counts, and a different one later is a fault."""

    show: Callable[[Path], str]
    files: dict[str, FileDescriptorProto] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add_all(self, files: Iterable[tuple[FileDescriptorProto, Path | None]]) -> None:
        """Add files with the places on disk that they come from; None stands for one that protoc brought along."""
        for proto, path in files:
            name, place = proto.name, self.show(path) if path else proto.name
            if name not in self.files:
                self.files[name] = proto
                self.places[name] = place
            elif name not in wellknown_names() and essence(proto) != essence(self.files[name]):
                self.faults.append(
                    Fault(place, f"has another {name} than {self.places[name]}, which was first and is used")
                )


def essence(proto: FileDescriptorProto) -> bytes:
    """What a file defines, without what only some compilers keep: comments, and JSON names that can be derived."""
    bare = FileDescriptorProto()
    bare.CopyFrom(proto)
    bare.ClearField("source_code_info")
    messages: list[DescriptorProto] = list(bare.message_type)
    extensions = list(bare.extension)
    while messages:
        message = messages.pop()
        messages += message.nested_type
        extensions += [*message.field, *message.extension]
    for each in extensions:
        each.ClearField("json_name")
    return bare.SerializeToString(deterministic=True)
