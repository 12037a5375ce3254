"""Descriptors that somebody compiled already: descriptor sets, and those inside generated modules and recordings.

A generated module is never run. It holds its descriptor as one bytes literal, which `ast` lifts out. What a recording
is made of is known elsewhere: who loads a schema brings what takes the descriptor sets out of one.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from paperknife_decoders.schema.faults import Fault

__all__ = ["Precompiled", "Unpack", "read_descriptor_sets", "read_generated", "read_recordings"]

MAX_BYTES = 64 << 20
"""A larger file is no schema; nobody waits for it to be read."""

type Unpack = Callable[[Path], list[bytes]]
"""The serialized FileDescriptorSets in a recording, the oldest first. It raises `OSError`, or `ValueError` with the end
of a sentence about the file."""


@dataclass(slots=True)
class Precompiled:
    """File descriptors, each with the file on disk that it was found in, all the files that were read, and faults."""

    files: list[tuple[FileDescriptorProto, Path]] = field(default_factory=list)
    read: dict[Path, None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_descriptor_sets(files: Iterable[Path]) -> Precompiled:
    """What is in the descriptor sets `files`."""
    result = Precompiled()
    for file in files:
        result.read[file] = None
        try:
            result.files += ((proto, file) for proto in descriptors_in(bounded_bytes(file)))
        except (OSError, ValueError) as error:
            result.faults.append(Fault(str(file), reason(error)))
    return result


def descriptors_in(data: bytes) -> list[FileDescriptorProto]:
    """The files of a FileDescriptorSet (or of a buf image, which is one), or the one of a bare FileDescriptorProto."""
    for kind in (FileDescriptorSet, FileDescriptorProto):
        try:
            found = kind.FromString(data)
        except DecodeError:
            continue
        files = list(found.file) if isinstance(found, FileDescriptorSet) else [found]
        if files and all(file.name for file in files):
            return files
    raise ValueError(
        "is no descriptor set (protoc --descriptor_set_out, buf build -o), and its name is not that of a .proto file"
    )


def read_generated(files: Iterable[Path], wellknown: frozenset[str]) -> Precompiled:
    """What is in the generated modules `files`, and in the modules beside them that they import.

    `wellknown` are import names that need no module, since the Protobuf runtime has them.
    """
    result = Precompiled()
    waiting = list(files)[::-1]
    while waiting:
        file = waiting.pop()
        if file in result.read:
            continue
        result.read[file] = None
        try:
            proto = descriptor_of_module(bounded_bytes(file))
        except (OSError, ValueError) as error:
            result.faults.append(Fault(str(file), reason(error)))
            continue
        result.files.append((proto, file))
        for name in proto.dependency:
            if name not in wellknown:
                waiting += existing_module(file, proto.name, name)
    return result


def read_recordings(files: Iterable[Path], unpack: Unpack | None) -> Precompiled:
    """What is in the schemas of recordings. Of several versions of one file in a recording, the last one counts."""
    result = Precompiled()
    for file in files:
        result.read[file] = None
        try:
            if unpack is None:
                raise ValueError("is a recording, from which no schema is taken here: name its .proto files")
            newest, replaced = newest_of(unpack(file))
        except (OSError, ValueError) as error:
            result.faults.append(Fault(str(file), reason(error)))
            continue
        result.files += ((proto, file) for proto in newest)
        for name in replaced:
            result.faults.append(Fault(str(file), f"holds more than one version of {name}; the last one is used"))
    return result


def newest_of(sets: Iterable[bytes]) -> tuple[list[FileDescriptorProto], list[str]]:
    """The last version of each file in descriptor sets, and the names of those that have others before it.

    Raises ValueError where there is none.
    """
    newest: dict[str, FileDescriptorProto] = {}
    replaced: dict[str, None] = {}
    for data in sets:
        try:
            found = descriptors_in(data)
        except ValueError:
            continue  # it has the next version, or no file of a schema at all
        for proto in found:
            if newest.setdefault(proto.name, proto) != proto:
                newest[proto.name] = proto
                replaced[proto.name] = None
    if not newest:
        raise ValueError("is a recording without a schema: its messages were read as bare fields")
    return list(newest.values()), list(replaced)


def descriptor_of_module(source: bytes) -> FileDescriptorProto:
    """The descriptor in the source of a `_pb2.py` module, of any protoc since 2.6; ValueError if there is none."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"is no Python module: {error}") from None
    for literal in serialized_literals(tree):
        try:
            proto = FileDescriptorProto.FromString(literal)
        except DecodeError:
            continue
        if proto.name:
            return proto
    raise ValueError("is no module that protoc generated: there is no descriptor in it")


def serialized_literals(tree: ast.Module) -> Iterator[bytes]:
    """The bytes given to `AddSerializedFile`, or as `serialized_pb` (protoc before 3.20), at the top of a module."""
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.Expr) or not isinstance(statement.value, ast.Call):
            continue
        call = statement.value
        if isinstance(call.func, ast.Attribute) and call.func.attr == "AddSerializedFile":
            yield from map(literal_bytes, call.args[:1])
        yield from (literal_bytes(word.value) for word in call.keywords if word.arg == "serialized_pb")


def literal_bytes(node: ast.expr) -> bytes:
    """``b'...'``, or the ``_b('...')`` of modules that ran on Python 2 as well; empty for anything else."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, str):
        return value.encode("latin-1", "replace")
    return value if isinstance(value, bytes) else b""


def existing_module(importer: Path, importer_name: str, name: str) -> list[Path]:
    """The module that holds the file imported as `name`, if there is one where `importer` would find it."""
    module = module_path(name)
    depth = len(module_path(importer_name).parts)
    places = [*importer.parents[depth - 1 : depth], *importer.parents]
    found = next((place / module for place in places if (place / module).is_file()), importer.parent / module.name)
    return [found] if found.is_file() else []


def module_path(name: str) -> Path:
    """Where protoc puts the module of the file imported as `name`: ``a/b-c.proto`` to ``a/b_c_pb2.py``."""
    parts = [part for part in name.removesuffix(".proto").replace("-", "_").split("/") if part not in {"", ".", ".."}]
    return Path(*parts[:-1], f"{parts[-1] if parts else ''}_pb2.py")


def bounded_bytes(file: Path) -> bytes:
    """The bytes of `file`; ValueError for one that is too large to be a schema."""
    if file.stat().st_size > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES >> 20} MB, which no schema is")
    return file.read_bytes()


def reason(error: Exception) -> str:
    """What is wrong with a file, as the end of a sentence."""
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
