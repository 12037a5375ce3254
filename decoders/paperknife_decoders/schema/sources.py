"""Which files a user means by the paths of a schema."""

from __future__ import annotations

import difflib
import enum
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paperknife_decoders.schema.faults import Fault, SchemaError

__all__ = ["Kind", "Sources", "anchored", "find_sources"]


class Kind(enum.Enum):
    """What a schema file holds."""

    PROTO = "a .proto file"
    GENERATED = "a generated _pb2.py module"
    DESCRIPTORS = "a FileDescriptorSet"
    RECORDING = "a recording, with the schemas of its messages"


SUFFIXES: tuple[tuple[str, Kind], ...] = (
    (".proto", Kind.PROTO),
    ("_pb2.py", Kind.GENERATED),
    (".binpb", Kind.DESCRIPTORS),
    (".desc", Kind.DESCRIPTORS),
    (".protoset", Kind.DESCRIPTORS),
    (".pb", Kind.DESCRIPTORS),
)
"""How file names end. A folder is read for the first kind in this order that it holds, since a build that leaves
descriptor sets or generated modules beside its sources would otherwise be loaded twice."""

RECORDING = ".mcap"
"""How the name of a recording ends. One that lies in a folder is none of its schema."""

MAX_FOLDERS = 20_000
"""Beyond this many folders a path was not meant: a home folder, or the root of the disk."""

FOREIGN_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})
"""Folders in a project that hold other people's files; hidden folders are left out as well."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a schema, each once, in the order in which they were named; within a folder by name.

    All paths are absolute. `folders` are those that the user named, `walked` is every folder that was searched.
    """

    protos: tuple[Path, ...]
    generated: tuple[Path, ...]
    descriptors: tuple[Path, ...]
    folders: tuple[Path, ...]
    walked: tuple[Path, ...]
    faults: tuple[Fault, ...] = ()
    recordings: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return self.protos + self.generated + self.descriptors + self.recordings


def find_sources(paths: Sequence[Path]) -> Sources:
    """The schema files that `paths` (files and folders) stand for.

    Raises SchemaError, one sentence for each path that is not there or holds nothing that could be a schema.
    """
    if not paths:
        raise SchemaError("No schema was given: name a folder of .proto files, a .proto file, or a descriptor set.")
    found: dict[Path, tuple[Path, Kind]] = {}
    walked: dict[Path, None] = {}
    complaints: list[str] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            files = list(folder_files(path, walked)) if path.is_dir() else [(path, kind_of_file(path))]
        except OSError as error:
            complaints.append(f"The schema {path} cannot be read: {error.strerror or error}.")
            continue
        except SchemaError as error:
            complaints.append(str(error))
            continue
        for file, kind in files:
            if file.is_file() and os.access(file, os.R_OK):
                found.setdefault(file.resolve(), (anchored(file), kind))
            else:
                faults.append(Fault(str(file), "cannot be read as a file, so it is left out"))
    if complaints:
        raise SchemaError("\n".join(complaints))
    by_kind = {kind: tuple(file for file, its in found.values() if its is kind) for kind in Kind}
    folders = tuple(dict.fromkeys(anchored(path) for path in paths if path.is_dir()))
    return Sources(
        by_kind[Kind.PROTO],
        by_kind[Kind.GENERATED],
        by_kind[Kind.DESCRIPTORS],
        folders,
        tuple(walked),
        tuple(faults),
        by_kind[Kind.RECORDING],
    )


def anchored(path: Path) -> Path:
    """`path` from the root of the disk, so that one can see what is below it. Links stay unless there is a ``..``."""
    return path.resolve() if ".." in path.parts else path.absolute()


def kind_of_file(path: Path) -> Kind:
    """What the single file `path` holds; a file of any other name is taken for a descriptor set and read as one."""
    if not path.exists():
        raise SchemaError(f"There is no schema at {path}{nearest_sibling(path)}")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise SchemaError(f"{path} cannot be read: it is no ordinary file, or not yours to read.")
    if path.suffix == RECORDING:
        return Kind.RECORDING
    if path.suffix == ".py":
        return Kind.GENERATED
    return kind_by_name(path.name) or Kind.DESCRIPTORS


def kind_by_name(name: str) -> Kind | None:
    """What a file called `name` holds, None where the name tells nothing."""
    return next((kind for suffix, kind in SUFFIXES if name.endswith(suffix)), None)


def folder_files(folder: Path, walked: dict[Path, None]) -> Iterator[tuple[Path, Kind]]:
    """The schema files below `folder`, of one kind; notes in `walked` each folder it has been in."""
    files: dict[Kind, list[Path]] = {kind: [] for kind in Kind}
    for file in walk(folder, walked):
        kind = kind_by_name(file.name)
        if kind is not None:
            files[kind].append(file)
    for _, kind in SUFFIXES:
        if files[kind]:
            return ((file, kind) for file in files[kind])
    raise SchemaError(f"There is no .proto file in the folder {folder}, nor below it, nor a descriptor set.")


def walk(folder: Path, walked: dict[Path, None]) -> Iterable[Path]:
    """The files below `folder`, by name, following links but entering no folder twice."""
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        walked[anchored(Path(place))] = None
        if len(seen) > MAX_FOLDERS:
            raise SchemaError(f"{folder} holds more than {MAX_FOLDERS:,} folders. Name the one that the schema is in.")
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in FOREIGN_FOLDERS)
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def nearest_sibling(path: Path) -> str:
    """The end of a sentence on a `path` that is not there: what the user may have meant, or from where on it is not."""
    parent = next(folder for folder in path.absolute().parents if folder.is_dir())
    missing = path.absolute().relative_to(parent).parts[0]
    try:
        names = sorted(entry.name for entry in os.scandir(parent))
    except OSError:
        return "."
    close = difflib.get_close_matches(missing, names, n=1, cutoff=0.7)
    return f"; did you mean {parent / close[0]}?" if close else f"; the folder {parent} has no {missing}."
