"""Bytes written as base64 (RFC 4648, sections 4 and 5)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened

__all__ = ["Base64Text"]

TEXT = re.compile(
    rb"""(?P<front>\s*+(?P<quote>["']?))(?P<digits>[A-Za-z0-9+/_-]*+)(?P<padding>={0,2}+)(?P<quoted>["']?)\s*+"""
)
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
TO_URL = bytes.maketrans(b"+/", b"-_")
OTHERS = re.compile(rb"""[^A-Za-z0-9+/_=\s"'-]""")


@dataclass(frozen=True, slots=True)
class Base64Text:
    """One part as base64 of either alphabet, with or without padding, quotes around it, and space around these.

    What is changed is written in the alphabet and the way of padding that were found. Where the text does not show
    them, it is with padding and in `alphabet`.
    """

    name: ClassVar[str] = "base64"

    alphabet: Literal["standard", "url"] = "standard"

    def open(self, data: bytes, context: Context) -> Opened:
        """The bytes that the text stands for; no text is no bytes. Raises `DecodeError` for what is no base64."""
        found = TEXT.fullmatch(data)
        if found is None or found["quote"] != found["quoted"]:
            raise DecodeError(fault(data), place_of_fault(data))
        digits, padding = found["digits"], found["padding"]
        check(digits, padding, found.start("digits"))
        part = base64.b64decode(digits.translate(TO_STANDARD) + b"=" * (-len(digits) % 4))
        in_url = self.in_url(digits)
        padded = bool(padding) or len(digits) % 4 == 0

        def close(parts: Sequence[bytes]) -> bytes:
            (changed,) = parts
            if changed == part:
                return data
            text = base64.b64encode(changed)
            text = text.translate(TO_URL) if in_url else text
            return found["front"] + (text if padded else text.rstrip(b"=")) + data[found.end("padding") :]

        return Opened((part,), close)

    def in_url(self, digits: bytes) -> bool:
        """True if what is changed is to be written in the URL-safe alphabet."""
        if b"-" in digits or b"_" in digits:
            return True
        return self.alphabet == "url" and b"+" not in digits and b"/" not in digits


def check(digits: bytes, padding: bytes, start: int) -> None:
    """Raise `DecodeError` for digits of both alphabets, or of a number that there cannot be; `start` is their place."""
    standard, url = (set(digits) & set(signs) for signs in (b"+/", b"-_"))
    if standard and url:
        raise DecodeError("base64 was expected, and signs of both its alphabets were found", start)
    over = len(digits) % 4
    if over == 1:
        raise DecodeError(f"base64 was expected, and {len(digits):,} digits are one too many or too few", start)
    if padding and len(padding) != -len(digits) % 4:
        raise DecodeError(f"{-len(digits) % 4} '=' were expected and {len(padding)} were found", start + len(digits))


def place_of_fault(data: bytes) -> int:
    """The offset of the first byte that cannot stand in base64; 0 where all can, and only their order is wrong."""
    odd = OTHERS.search(data)
    return odd.start() if odd else 0


def fault(data: bytes) -> str:
    """What is wrong with a text that is no base64."""
    odd = OTHERS.search(data)
    found = f"{chr(odd[0][0])!a} was found" if odd else "its digits, spaces, quotes or '=' are in a wrong order"
    return f"base64 was expected, and {found}"
