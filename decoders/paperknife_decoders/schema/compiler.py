"""protoc, in a process of its own: called in-process it writes to file descriptors and alters `sys.path`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from paperknife_decoders.schema.faults import Fault
from paperknife_decoders.schema.roots import ImportTree

__all__ = ["Compiled", "compile_tree", "wellknown_names"]

EVERYTHING = "paperknife-everything.proto"
"""A file of our own that imports all the others. Given many files protoc stops at the first that fails; given this one,
it reports the faults of all that it imports. Names with spaces, a leading dash or by the thousand are no trouble."""

ERROR = re.compile(r"^(?P<file>.+?):(?:(?P<line>\d+):(?P<column>\d+):)? (?P<warning>warning: )?(?P<message>.+)$")
DEFINED_TWICE = re.compile(r'^"(?P<name>.+)" is already defined in file "(?P<file>.+)"\.$')
BAD_IMPORT = re.compile(r'^Import "(?P<name>.+)" was not found or had errors\.$')
FOLLOWS_FROM_IMPORT = re.compile(r"is not defined|seems to be defined|is resolved to|unknown\.|Unknown", re.I)


type Message = tuple[str, int, int]
"""What protoc says of one place in a file: text, line and column from 1, 0 where it is about the whole file."""


@dataclass(slots=True)
class Compiled:
    """What became of a tree: descriptors with source info, in the order of their dependencies, and faults."""

    files: list[FileDescriptorProto] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def compile_tree(tree: ImportTree, known: FileDescriptorSet, timeout: float = 60.0) -> Compiled:
    """Compile all of `tree`; where files are faulty, all the others.

    `known` are descriptors of files that may be imported without being in the tree. `timeout` is seconds for each run
    of protoc.
    """
    compiled = Compiled()
    names = []
    for name, file in tree.names.items():
        if name.isprintable() and not {'"', "\\"} & set(name):
            names.append(name)
        else:
            compiled.faults.append(Fault(str(file), "a file of such a name cannot be imported; rename it"))
    while names:
        with tempfile.TemporaryDirectory(prefix="paperknife-") as folder:
            run = Protoc(Path(folder), tree, known)
            talk = run.compile(names, timeout)
            if talk is None:
                compiled.files = run.output()
                return compiled
        faults, bad = read_faults(talk, tree)
        if not bad & set(names):
            compiled.faults.append(Fault("protoc", unattributed(talk)))
            return compiled
        compiled.faults += faults
        names = [name for name in names if name not in bad]
    return compiled


@cache
def wellknown_folder() -> Path | None:
    """Where grpcio-tools keeps the `.proto` files that protoc brings along; None where it is not installed."""
    spec = importlib.util.find_spec("grpc_tools")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places)), "_proto") if places else None


@cache
def wellknown_names() -> frozenset[str]:
    """Import names of the files that protoc brings along, ``google/protobuf/timestamp.proto`` and the like."""
    folder = wellknown_folder()
    return frozenset(file.relative_to(folder).as_posix() for file in folder.rglob("*.proto")) if folder else frozenset()


class Protoc:
    """One run of protoc, in a folder of its own where links stand for the roots, whatever their paths hold."""

    def __init__(self, folder: Path, tree: ImportTree, known: FileDescriptorSet) -> None:
        self.folder = folder
        self.tree = tree
        self.known = known

    def compile(self, names: Iterable[str], timeout: float) -> str | None:
        """None if all went well, else what protoc said."""
        lines = ['syntax = "proto3";', *(f'import "{name}";' for name in names)]
        (self.folder / "start").mkdir()
        (self.folder / "start" / EVERYTHING).write_text("\n".join(lines), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "grpc_tools.protoc", *self.options(), EVERYTHING]
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"protoc was stopped after {timeout:g} seconds without a result"
        except OSError as error:
            return f"protoc could not be started: {error}"
        talk = done.stderr.decode("utf-8", "replace")
        return None if done.returncode == 0 else talk or f"protoc ended with status {done.returncode} and said nothing"

    def options(self) -> list[str]:
        """Search paths and output of the command line; makes the links."""
        includes = ["-Istart"]
        wellknown = wellknown_folder()
        if wellknown:
            (self.folder / "wellknown").symlink_to(wellknown)
            includes.append("-Iwellknown")
        for index, root in enumerate(self.tree.roots):
            (self.folder / f"root{index}").symlink_to(root)
            includes.append(f"-Iroot{index}")
        includes += (f"-I{alias}=root{self.tree.roots.index(root)}" for alias, root in self.tree.aliases.items())
        if self.known.file:
            (self.folder / "known").write_bytes(self.known.SerializeToString())
            includes.append("--descriptor_set_in=known")
        return [*includes, "--include_imports", "--include_source_info", "--descriptor_set_out=out"]

    def output(self) -> list[FileDescriptorProto]:
        """The compiled files, without our own."""
        files = FileDescriptorSet.FromString((self.folder / "out").read_bytes()).file
        return [file for file in files if file.name != EVERYTHING]


def read_faults(talk: str, tree: ImportTree) -> tuple[list[Fault], set[str]]:
    """The faults that protoc reported, and the import names of the files that have any."""
    found: dict[str, list[Message]] = {}
    for line in talk.splitlines():
        match = ERROR.match(line)
        if match and not match["warning"]:
            place = int(match["line"] or 0), int(match["column"] or 0)
            found.setdefault(import_name(match["file"], tree), []).append((match["message"], *place))
    bad = {name for name in found if name in tree.names}
    faults = [
        Fault(str(tree.names[name]), explain(message, tree, bad), line, column)
        for name in found
        if name in tree.names
        for message, line, column in without_consequences(found[name])
    ]
    return faults, bad


def import_name(shown: str, tree: ImportTree) -> str:
    """The import name of the file that protoc calls `shown`: by its place on disk where it found one."""
    match = re.match(r"root(\d+)/(.+)", shown)
    if not match:
        return shown
    root = tree.roots[int(match[1])]
    if tree.names.get(match[2]) == root / match[2]:
        return match[2]
    return next((name for name, file in tree.names.items() if file == root / match[2]), shown)


def without_consequences(messages: Sequence[Message]) -> Sequence[Message]:
    """Of one file's messages those that stand for themselves.

    Where an import fails, that what it defines is missing is no news. Where a file defines what another one has too,
    its first type says so for all that are in it.
    """
    twice = [each for each in messages if DEFINED_TWICE.match(each[0])]
    if twice:
        return [min(twice, key=lambda each: each[0].count(".", 0, each[0].index('" ')))]
    if any(BAD_IMPORT.match(text) for text, _, _ in messages):
        return [each for each in messages if not FOLLOWS_FROM_IMPORT.search(each[0])]
    return messages


def explain(message: str, tree: ImportTree, bad: Collection[str]) -> str:
    """A message of protoc; where it is about another file with what that means and what to do."""
    twice = DEFINED_TWICE.match(message)
    if twice:
        path = tree.names.get(twice["file"])
        other = tree.show(path) if path else twice["file"]
        return f"{twice['name']} is defined in {other} already, so this file is left out"
    match = BAD_IMPORT.match(message)
    if not match:
        return message
    name = match["name"]
    if name in bad or name in tree.names:
        return f'imports "{name}", which has errors, so this file is left out too'
    roots = ", ".join(map(tree.show, tree.roots))
    return f'imports "{name}", which is not below {roots}; name the folder that it is in as one more schema source'


def unattributed(talk: str) -> str:
    """What protoc said where none of it is about one of our files."""
    if "No module named grpc_tools" in talk:
        return "cannot compile .proto files, since grpcio-tools is not installed: pip install grpcio-tools"
    return " ".join(talk.split())[-1000:]
