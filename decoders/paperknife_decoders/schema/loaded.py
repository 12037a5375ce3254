"""A loaded schema: what its files define, by full or short name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FileDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

from paperknife_decoders.nearest import nearest
from paperknife_decoders.schema.assembly import SchemaFile
from paperknife_decoders.schema.faults import Fault, SchemaError
from paperknife_decoders.schema.watch import Watch

__all__ = ["BLAME", "Definition", "Schema", "did_you_mean", "root_messages"]

type Definition = Descriptor | EnumDescriptor | ServiceDescriptor

BLAME = "These faults in it may be why:"
"""Comes before the faults of a schema that lacks something."""


class Schema:
    """Descriptors in a pool of their own, the faults met while loading them, and a watch over the files.

    `sources` are the paths it was loaded from, `files` what it consists of, dependencies first, without the well-known
    types that came along. Pass `pool` on to `json_format` and `text_format`.
    """

    def __init__(
        self,
        pool: DescriptorPool,
        files: Iterable[SchemaFile],
        sources: Iterable[Path],
        faults: Iterable[Fault] = (),
        watch: Watch | None = None,
    ) -> None:
        self.pool = pool
        self.files = tuple(files)
        self.sources = tuple(sources)
        self.faults = tuple(faults)
        self.watch = watch
        descriptors = [file.descriptor for file in self.files]
        self._messages = tuple(message for file in descriptors for message in messages_in(file))
        self._by_name: dict[str, list[Descriptor]] = {}
        for message in self._messages:
            self._by_name.setdefault(message.name, []).append(message)
        self._enums = tuple(enum for file in descriptors for enum in enums_in(file))
        self._services = tuple(service for file in descriptors for service in file.services_by_name.values())

    def messages(self) -> tuple[Descriptor, ...]:
        """Every message type, nested ones after those they are in; without the entry types of maps."""
        return self._messages

    def enums(self) -> tuple[EnumDescriptor, ...]:
        """Every enum, nested ones too."""
        return self._enums

    def services(self) -> tuple[ServiceDescriptor, ...]:
        """Every service."""
        return self._services

    def message(self, name: str) -> Descriptor:
        """The message type called `name`: its full name, or as much of the end of it as is unique.

        Raises SchemaError with the candidates, or with what may have been meant.
        """
        found = look_up(name, self._by_name.get(name.rpartition(".")[2], ()), "message type")
        return found if found is not None else self.wellknown(name, "message type", self._messages)

    def has_message(self, name: str) -> bool:
        """True if a message type's full name is or ends in `name`, of one or of several."""
        wanted = f".{name.removeprefix('.')}"
        return any(f".{each.full_name}".endswith(wanted) for each in self._by_name.get(name.rpartition(".")[2], ()))

    def definition(self, name: str) -> Definition:
        """The message type, enum or service called `name`, found like `message`."""
        among: tuple[Definition, ...] = (*self._messages, *self._enums, *self._services)
        noun = "message type, enum or service"
        found = look_up(name, among, noun)
        return found if found is not None else self.wellknown(name, noun, among)

    def wellknown(self, name: str, noun: str, among: Iterable[Definition]) -> Descriptor:
        """A message type by its full name, among all that the pool holds; raises SchemaError."""
        try:
            return self.pool.FindMessageTypeByName(name.removeprefix("."))
        except KeyError:
            hint = did_you_mean(name, [each.full_name for each in among])
            blame = f" {BLAME}" if self.faults else ""
            raise SchemaError(f"The schema has no {noun} {name}{hint}{blame}", self.faults) from None

    def describe(self) -> str:
        """What was loaded, in a few words: ``34 messages in 5 files``."""
        return f"{counted(len(self._messages), 'message')} in {counted(len(self.files), 'file')}"

    def changed(self) -> bool:
        """True, once for each change, if a file of the schema changed on disk, was removed or added.

        It costs one `stat` for each file and folder, so ask a few times a second at most.
        """
        return self.watch is not None and self.watch.changed()

    def __repr__(self) -> str:
        return f"<Schema {self.describe()}, {counted(len(self.faults), 'fault')}>"


def counted(number: int, noun: str) -> str:
    """``1 file``, ``5 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def messages_in(file: FileDescriptor) -> Iterator[Descriptor]:
    """All message types in a file, outer before inner, in the order of the source."""
    stack = list(file.message_types_by_name.values())[::-1]
    while stack:
        message = stack.pop()
        if not message.GetOptions().map_entry:
            yield message
        stack += list(message.nested_types)[::-1]


def enums_in(file: FileDescriptor) -> Iterator[EnumDescriptor]:
    """All enums in a file, those within its messages after those beside them."""
    yield from file.enum_types_by_name.values()
    for message in messages_in(file):
        yield from message.enum_types


def look_up[D: Definition](name: str, among: Iterable[D], noun: str) -> D | None:
    """The one definition whose full name is or ends in `name`; raises SchemaError where there are several."""
    wanted = name.removeprefix(".")
    found = [each for each in among if f".{each.full_name}".endswith(f".{wanted}")]
    exact = [each for each in found if each.full_name == wanted]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if found:
        names = "".join(f"\n  {each.full_name}" for each in found)
        raise SchemaError(f"{name} is the name of more than one {noun}. Give the full name of one of:{names}")
    return None


def did_you_mean(name: str, full_names: Iterable[str]) -> str:
    """The end of a sentence: ``; did you mean trading.v1.Order?`` if a name comes close. Case does not count."""
    spelled = {spelling.lower(): full for full in full_names for spelling in (full.rpartition(".")[2], full)}
    names = list(dict.fromkeys(spelled[each] for each in nearest(name.lower(), spelled, 3)))
    return f"; did you mean {' or '.join(names)}?" if names else "."


def root_messages(schema: Schema) -> tuple[Descriptor, ...]:
    """The message types that are no field of another: what an API sends and receives, for the most part."""
    used = {
        field.message_type.full_name
        for message in every_message(schema)
        for field in message.fields
        if field.message_type is not None and field.message_type.full_name != message.full_name
    }
    return tuple(
        message for message in schema.messages() if message.full_name not in used and message.containing_type is None
    )


def every_message(schema: Schema) -> Iterator[Descriptor]:
    """All message types and the entry types of their maps."""
    for message in schema.messages():
        yield message
        yield from (nested for nested in message.nested_types if nested.GetOptions().map_entry)
