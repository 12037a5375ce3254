"""What each `.proto` file is called in an `import`, and which folders those names start from.

Users name the folder they know, which is not always the one that the imports are relative to. So the roots are the
folders given and, where an import is in none of them, the folder that makes it true: one below (``repo/`` given,
imports relative to ``repo/proto``) or one above (``proto/trading`` given, imports relative to ``proto``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

__all__ = ["ImportTree", "import_tree"]

IMPORT = re.compile(rb"""\bimport\s+(?:public\s+|weak\s+|option\s+)?(["'])([^"'\\\n\x00]+)\1\s*;""")
"""An import line. One inside a comment is taken as well, which does no harm: it only says where a file may be."""


@dataclass(slots=True)
class ImportTree:
    """`.proto` files under the names by which protoc is to find them.

    `roots` are searched in order, `aliases` give a root that another one hides a name of its own (a prefix of its
    files' names). `names` maps each import name to its file. `wellknown` are names that protoc brings along; a copy of
    one of them in the user's tree is not used, since protoc and its own descriptor.proto have to fit together. `show`
    writes a path for the user.
    """

    roots: list[Path]
    wellknown: frozenset[str]
    show: Callable[[Path], str] = str
    names: dict[str, Path] = field(default_factory=dict)
    aliases: dict[str, Path] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The file that protoc would take for the import `name`, if there is one."""
        return next((root / name for root in self.roots if (root / name).is_file()), None)


def import_tree(files: Sequence[Path], folders: Sequence[Path], wellknown: frozenset[str]) -> ImportTree:
    """Roots and names for `files`, and for all that they import as far as it can be found.

    `folders` are import roots by the user's word; a file outside of them brings its own folder.
    """
    outside = (file.parent for file in files if not any(file.is_relative_to(folder) for folder in folders))
    tree = ImportTree(list(dict.fromkeys([*folders, *outside])), wellknown)
    named: dict[Path, str] = {}
    by_basename: dict[str, list[Path]] = {}
    for file in files:
        by_basename.setdefault(file.name, []).append(file)
    waiting = list(reversed(files))
    seen = {file.resolve() for file in files}
    while waiting:
        importer = waiting.pop()
        for name in imports_of(importer):
            if name in wellknown:
                continue
            imported = tree.find(name) or derive_root(tree, name, importer, by_basename)
            if imported is None:
                continue
            real = imported.resolve()
            named.setdefault(real, name)
            tree.names.setdefault(name, imported)
            if real not in seen:
                seen.add(real)
                waiting.append(imported)
    for file in files:
        if file.resolve() not in named:
            add_by_root(tree, file)
    return tree


def imports_of(file: Path) -> Iterator[str]:
    """The names that `file` imports, as far as they are such as protoc accepts."""
    try:
        data = file.read_bytes()
    except OSError:
        return
    for match in IMPORT.finditer(data):
        name = match[2].decode("utf-8", "replace")
        if not name.startswith("/") and not {"..", "."} & set(name.split("/")):
            yield name


def derive_root(tree: ImportTree, name: str, importer: Path, by_basename: dict[str, list[Path]]) -> Path | None:
    """The file that `importer` must mean by `name`, its root added to the tree; None if there is none."""
    parts = PurePosixPath(name).parts
    below = [file for file in by_basename.get(parts[-1], ()) if file.parts[-len(parts) :] == parts]
    if below:
        file = max(below, key=lambda file: len(os.path.commonpath([file, importer])))
        tree.roots.append(file.parents[len(parts) - 1])
        return file
    for folder in importer.parents:
        if (folder / name).is_file():
            tree.roots.append(folder)
            return folder / name
    return None


def add_by_root(tree: ImportTree, file: Path) -> None:
    """Name a file that nobody imports: from the innermost root it is in."""
    root = max((root for root in tree.roots if file.is_relative_to(root)), key=lambda root: len(root.parts))
    name = file.relative_to(root).as_posix()
    if any(name == known or name.endswith(f"/{known}") for known in tree.wellknown):
        return
    first = tree.find(name)
    if first is None or first.resolve() == file.resolve():
        tree.names[name] = file
    elif first.read_bytes() != file.read_bytes():
        alias = alias_of(tree, root)
        tree.names[f"{alias}/{name}"] = file


def alias_of(tree: ImportTree, root: Path) -> str:
    """A prefix for the names below `root` that no other file's name starts with."""
    for alias, its in tree.aliases.items():
        if its == root:
            return alias
    count = 1
    alias = root.name or "root"
    while alias in tree.aliases or any((other / alias).exists() for other in tree.roots):
        count += 1
        alias = f"{root.name or 'root'}~{count}"
    tree.aliases[alias] = root
    return alias
