"""A message that is compressed as a whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.stream_codecs import Codec

__all__ = ["Compressed"]


@dataclass(frozen=True, slots=True)
class Compressed:
    """One part, compressed with `codec`: `when` that is ``always`` so, or for what begins with its ``magic`` bytes.

    With ``magic`` all else passes as it is; but what is changed so that it begins like something compressed is
    compressed, as the peer would take it for that. Raises `ValueError` for ``magic`` with a codec that has none.
    """

    name: ClassVar[str] = "compressed"

    codec: Codec
    when: Literal["always", "magic"] = "always"

    def __post_init__(self) -> None:
        if self.when == "magic" and self.codec.magic is None:
            raise ValueError(f"when should be always, and is magic: {self.codec.name} data begin with nothing special")

    def open(self, data: bytes, context: Context) -> Opened:
        """The content. Raises `DecodeError` for damaged or cut data, for bytes behind them, and beyond the limit."""
        codec = self.codec
        part = inflated(data, codec, context) if self.is_packed(data) else data

        def close(parts: Sequence[bytes]) -> bytes:
            (changed,) = parts
            if changed == part:
                return data
            return codec.deflate(changed) if part is not data or self.is_packed(changed) else changed

        return Opened((part,), close)

    def is_packed(self, data: bytes) -> bool:
        """True if `data` are, or would be taken for, something compressed."""
        return self.when == "always" or (self.codec.magic is not None and self.codec.magic.match(data) is not None)


def inflated(data: bytes, codec: Codec, context: Context) -> bytes:
    """The content of compressed `data`; each piece is accounted for before the next one is made."""
    content = io.BytesIO()
    for piece in codec.pieces(data):
        context.inflate(len(piece))
        content.write(piece)
    return content.getvalue()
