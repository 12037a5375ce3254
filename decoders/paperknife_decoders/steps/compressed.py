"""A message that is compressed as a whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.nearest import nearest
from paperknife_decoders.steps import Context, Header, Opened
from paperknife_decoders.steps.binary_layout import Condition, read_condition
from paperknife_decoders.steps.stream_codecs import Codec

__all__ = ["Compressed"]

WHEN: Final = ("always", "magic")


@dataclass(frozen=True, slots=True)
class Compressed:
    """One part, compressed with `codec`: `when` that is ``always`` so, or for what begins with its ``magic`` bytes.

    Or a flag in front of it tells, a number of its header, as in ``compressed=1`` (`binary_layout.Condition`).

    All else passes as it is; but with ``magic`` what is changed so that it begins like something compressed is
    compressed, as the peer would take it for that. Raises `ValueError` for ``magic`` with a codec that has none, and
    for what is no condition.
    """

    name: ClassVar[str] = "compressed"

    codec: Codec
    when: str = "always"

    def __post_init__(self) -> None:
        if self.when == "magic" and self.codec.magic is None:
            raise ValueError(f"when should be always, and is magic: {self.codec.name} data begin with nothing special")
        if self.flag is None and self.when not in WHEN:
            raise ValueError(
                f"when should be always, magic, or a flag, as in compressed=1, and is {self.when[:40]!a}{self.meant()}"
            )

    @property
    def flag(self) -> Condition | None:
        """The flag in front, where one tells; raises `ValueError` where it is none."""
        return read_condition(self.when) if "=" in self.when else None

    def meant(self) -> str:
        """The end of a sentence, where a word comes close."""
        close = nearest(self.when[:40], list(WHEN))
        return f"; did you mean {close[0]}?" if close else ""

    def open(self, data: bytes, context: Context) -> Opened:
        """The content. Raises `DecodeError` for damaged or cut data, for bytes behind them, and beyond the limit."""
        codec = self.codec
        flag = self.flag
        told = None if flag is None else is_flagged(flag, context.header)

        def is_packed(data: bytes) -> bool:
            return self.is_packed(data) if told is None else told

        part = inflated(data, codec, context) if is_packed(data) else data

        def close(parts: Sequence[bytes]) -> bytes:
            (changed,) = parts
            if changed == part:
                return data
            return codec.deflate(changed) if part is not data or is_packed(changed) else changed

        return Opened((part,), close)

    def is_packed(self, data: bytes) -> bool:
        """True if `data` are, or would be taken for, something compressed, where no flag tells it."""
        return self.when == "always" or (self.codec.magic is not None and self.codec.magic.match(data) is not None)


def is_flagged(flag: Condition, header: Header) -> bool:
    """True if a flag in front says that a part is compressed. Raises `DecodeError` where no step has read one."""
    if flag.name not in header:
        there = f"there is {' and '.join(header)}" if header else "there is none"
        raise DecodeError(
            f"a number {flag.name} in front, which tells what is compressed, was expected, and {there},", 0
        )
    return header[flag.name] in flag.values


def inflated(data: bytes, codec: Codec, context: Context) -> bytes:
    """The content of compressed `data`; each piece is accounted for before the next one is made."""
    content = io.BytesIO()
    for piece in codec.pieces(data):
        context.inflate(len(piece))
        content.write(piece)
    return content.getvalue()
