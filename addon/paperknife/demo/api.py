"""The envelopes of one revision of the demo's API: fields to bytes, bytes to a payload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError

from paperknife_decoders.schema import load_schema

__all__ = ["Api", "DecodeError", "Envelopes", "Fields", "Payload"]

type Fields = dict[str, object]
"""The fields of a message by name: scalars, enum names, lists and further dictionaries."""

type Payload = Any
"""A parsed payload. Its class is made at run time, so a type checker cannot know its fields."""


class Envelopes:
    """The envelopes of one direction."""

    __slots__ = ("descriptor", "make")

    def __init__(self, descriptor: Descriptor) -> None:
        self.descriptor = descriptor
        self.make: Any = message_factory.GetMessageClass(descriptor)

    def encode(self, payload: str, fields: Fields) -> bytes:
        """The bytes of an envelope whose member `payload` holds `fields`."""
        content: bytes = self.make(**{payload: fields}).SerializeToString()
        return content

    def decode(self, content: bytes) -> tuple[str, Payload]:
        """The name of the member that is set, and its message; ``("", None)`` if none is.

        Raises `DecodeError` for bytes that are no envelope.
        """
        envelope = self.make.FromString(content)
        payload = envelope.WhichOneof("payload")
        return (payload, getattr(envelope, payload)) if payload else ("", None)


class Api:
    """Both directions of one revision, compiled from the `.proto` files under `root`."""

    __slots__ = ("client", "schema", "server")

    def __init__(self, root: Path) -> None:
        self.schema = load_schema([root])
        self.client = Envelopes(self.schema.message("trading.v1.ClientMessage"))
        self.server = Envelopes(self.schema.message("trading.v1.ServerMessage"))
