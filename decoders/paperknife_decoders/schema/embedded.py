"""A schema from the bytes of a descriptor set, such as the one that a recording holds."""

from __future__ import annotations

from paperknife_decoders.schema.assembly import Assembly
from paperknife_decoders.schema.compiler import wellknown_names
from paperknife_decoders.schema.descriptor_files import descriptors_in
from paperknife_decoders.schema.faults import Fault, SchemaError, collapsed
from paperknife_decoders.schema.loaded import Schema

__all__ = ["schema_from_bytes"]

NO_FILES = "holds no file of a schema"


def schema_from_bytes(data: bytes, place: str) -> Schema:
    """The schema in a serialized FileDescriptorSet; `place` names it in what is said of it.

    A file that does not fit is left out, with a fault. Raises SchemaError where nothing is left.
    """
    try:
        protos = descriptors_in(data)
    except ValueError:
        raise SchemaError(f"{place} {NO_FILES}.") from None
    assembly = Assembly()
    assembly.add_all({proto.name: proto for proto in protos}, lambda name: f"{place}:{name}")
    faults: list[Fault] = collapsed(assembly.faults)
    wellknown = wellknown_names()
    files = [file for name, file in assembly.added.items() if name not in wellknown]
    if not assembly.added:
        raise SchemaError(f"Nothing of {place} could be loaded:" if faults else f"{place} {NO_FILES}.", faults)
    return Schema(assembly.pool, files or assembly.added.values(), (), faults)
