"""What every message can tell of itself, asked by way of the class.

On a message a field of the same name (a schema may well have one called ``ListFields``) would hide the method; and
upb, Google's parser in C, looks for such a field at each call, so that asking the class takes half the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration

from paperknife_decoders.values import Dynamic

__all__ = ["has_field", "kind_of", "list_fields", "which_oneof"]

# Any class would do: upb has these methods once for all messages.
has_field = cast("Callable[[Dynamic, str], bool]", Duration.HasField)
"""True if the field of that name, which has presence, is set."""

list_fields = cast("Callable[[Dynamic], list[tuple[FieldDescriptor, Dynamic]]]", Duration.ListFields)
"""The fields that are set, in the order of their numbers, with their values."""

which_oneof = cast("Callable[[Dynamic, str], str | None]", Duration.WhichOneof)
"""The name of the member that is set of the oneof of that name."""


def kind_of(message: Dynamic) -> Descriptor:
    """The type of `message`."""
    kind: Descriptor = type(message).DESCRIPTOR
    return kind
