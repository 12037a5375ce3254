"""From paths to a schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paperknife_decoders.schema.assembly import Assembly
from paperknife_decoders.schema.compiler import compile_tree, wellknown_names
from paperknife_decoders.schema.faults import SchemaError
from paperknife_decoders.schema.loaded import Schema
from paperknife_decoders.schema.roots import import_tree
from paperknife_decoders.schema.sources import find_sources
from paperknife_decoders.schema.watch import Watch

__all__ = ["load_schema"]


def load_schema(sources: Sequence[str | Path] | str | Path, timeout: float = 60.0) -> Schema:
    """Load all of `sources` into one schema: folders and files of `.proto`, descriptor sets, `_pb2.py` modules.

    A file with faults is left out, and so are those that import it; the faults are in the result. `timeout` limits each
    run of protoc, in seconds. Raises SchemaError if a path is wrong or if nothing could be loaded.
    """
    paths = [Path(path).expanduser() for path in ([sources] if isinstance(sources, str | Path) else sources)]
    found = find_sources(paths)
    tree = import_tree(found.protos, found.folders, wellknown_names())
    watch = Watch({*found.files, *tree.names.values()}, found.walked, lambda: find_sources(paths).files)
    compiled = compile_tree(tree, timeout)
    assembly = Assembly()
    assembly.add_all({file.name: file for file in compiled.files}, lambda name: str(tree.names.get(name, name)))
    faults = [*found.faults, *compiled.faults, *assembly.faults]
    files = [file for name, file in assembly.added.items() if name not in wellknown_names()]
    if not files:
        raise SchemaError("nothing of the schema could be loaded", faults)
    return Schema(assembly.pool, files, paths, faults, watch)
