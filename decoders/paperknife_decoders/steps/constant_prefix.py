"""The same few bytes in front of every message: a magic number, or a header that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.printable import printable_bytes
from paperknife_decoders.steps import Context, Opened

__all__ = ["ConstantPrefix"]


@dataclass(frozen=True, slots=True)
class ConstantPrefix:
    """The bytes `hex`, then the one part, which may be empty. Raises `ValueError` if `hex` are no hex digits."""

    name: ClassVar[str] = "constant-prefix"

    hex: str

    def __post_init__(self) -> None:
        try:
            prefix = bytes.fromhex(self.hex)
        except ValueError:
            raise ValueError(f"hex should be pairs of hex digits, as in cafe01, and is {self.hex[:40]!a}") from None
        if not prefix:
            raise ValueError("hex should be at least one byte, as in 00, and is empty")

    def open(self, data: bytes, context: Context) -> Opened:
        """What lies behind the prefix. Raises `DecodeError` where there is another one."""
        prefix = bytes.fromhex(self.hex)
        if not data.startswith(prefix):
            found = printable_bytes(data[: len(prefix)]) or "nothing"
            raise DecodeError(f"{printable_bytes(prefix)} was expected and {found} was found", 0)

        def close(parts: Sequence[bytes]) -> bytes:
            (part,) = parts
            return prefix + part

        return Opened((data[len(prefix) :],), close)
