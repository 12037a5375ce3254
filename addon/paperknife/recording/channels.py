"""What an MCAP channel of a recording stands for."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["HAPPENINGS", "JSON", "OWN", "PROTOBUF", "ChannelKey", "Kind"]

HAPPENINGS = "/paperknife"
"""The topic of the channel that tells what happened besides messages."""

PROTOBUF = "protobuf"
"""The encoding of messages that are exactly one envelope (mcap.dev/spec/registry)."""

JSON = "json"
"""The encoding of what happened."""

OWN = "paperknife"
"""The encoding of everything else: the bytes of a message, reassembled and inflated."""


class Kind(enum.Enum):
    """What the messages of a channel are."""

    ENVELOPE = "envelope"
    """Exactly one envelope, of the type that the protocol has for the direction."""
    MESSAGE = "message"
    """Any other message, and control frames."""
    PIECE = "piece"
    """Parts of messages beyond the limit; an empty one ends a message."""
    ORIGINAL = "original"
    """What a peer had sent instead of the changed message that comes next in this direction."""

    __hash__ = object.__hash__  # members are singletons, and that of `Enum` is a call into Python for each look-up


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """All that the messages of one channel share. `protocol` is the number of the protocol they were read by."""

    connection: int
    direction: Direction
    opcode: Opcode
    kind: Kind = Kind.MESSAGE
    fate: Fate = Fate.PASSED
    protocol: int = 0

    @property
    def encoding(self) -> str:
        """The encoding of the messages."""
        return PROTOBUF if self.kind is Kind.ENVELOPE else OWN

    @property
    def topic(self) -> str:
        """``/1/client`` for the envelopes of a client as they passed; for others with what is special about them."""
        words = [str(self.connection), self.direction.value]
        if self.kind is not Kind.ENVELOPE:
            words += [self.opcode.name.lower()]
        if self.kind in (Kind.PIECE, Kind.ORIGINAL):
            words += [self.kind.value]
        if self.fate is not Fate.PASSED:
            words += [self.fate.value]
        if self.protocol > 1:
            words += [f"v{self.protocol}"]
        return "/" + "/".join(words)

    def metadata(self) -> dict[str, str]:
        """The key as the metadata of its channel."""
        return {
            "connection": str(self.connection),
            "direction": self.direction.value,
            "opcode": self.opcode.name.lower(),
            "kind": self.kind.value,
            "fate": self.fate.value,
            "protocol": str(self.protocol),
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> ChannelKey:
        """The key of a channel. Raises `ValueError` or `KeyError` for a channel that is none of ours."""
        return cls(
            int(metadata["connection"]),
            Direction(metadata["direction"]),
            Opcode[metadata["opcode"].upper()],
            Kind(metadata["kind"]),
            Fate(metadata["fate"]),
            int(metadata["protocol"]),
        )
