"""What the samples of a length-delimited field have in common, other than being messages (for which see `sketch`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from paperknife_decoders.inference.numbers import Fixed
from paperknife_decoders.wire.readings import is_lines_of_text

__all__ = ["Content", "Packed"]

DIGEST_SIZES = (16, 20, 28, 32, 48, 64)
"""Sizes of digests and ids: bytes of which are no packed numbers, unless each number is one byte."""

UNPLAIN = re.compile(rb"[\x80-\xff]\x00|[\x80-\xff]{9}[^\x01]", re.DOTALL)
"""Varints that no encoder writes, or that hold more than 64 bits."""

CONTROLS = bytes([*range(32), 127])

VARINT = re.compile(rb"[\x80-\xff]*[\x00-\x7f]")

LOOKED_AT = 256
"""So many bytes of one sample are judged as packed numbers."""


@dataclass(slots=True)
class Packed:
    """Whether all samples could be packed numbers, and of which width."""

    varints: bool = True
    alike: bool = True
    """All varints take about the same number of bytes, which random bytes do not."""
    fixed32: Fixed = field(default_factory=lambda: Fixed.of(4))
    fixed64: Fixed = field(default_factory=lambda: Fixed.of(8))
    all_fixed32: bool = True
    all_fixed64: bool = True

    def add(self, content: bytes) -> None:
        """One more sample."""
        if not content:  # no encoder writes an empty list
            self.varints = self.all_fixed32 = self.all_fixed64 = False
            return
        if self.varints:
            self.varints = content[-1] < 128 and UNPLAIN.search(content) is None
            if self.varints and self.alike:
                widths = list(map(len, VARINT.findall(content, 0, LOOKED_AT)))
                self.alike = max(widths) - min(widths) <= 2 and (len(content) not in DIGEST_SIZES or max(widths) == 1)
        self.all_fixed32 = self.all_fixed32 and add_all(content, self.fixed32, 4)
        self.all_fixed64 = self.all_fixed64 and add_all(content, self.fixed64, 8)

    def merge(self, other: Packed) -> None:
        """Take in the samples of another sketch."""
        self.varints &= other.varints
        self.alike &= other.alike
        self.all_fixed32 &= other.all_fixed32
        self.all_fixed64 &= other.all_fixed64
        self.fixed32.merge(other.fixed32)
        self.fixed64.merge(other.fixed64)


def add_all(content: bytes, numbers: Fixed, size: int) -> bool:
    """Add the first numbers in `content`; False where it does not consist of such."""
    if len(content) % size:
        return False
    if numbers.count and not numbers.may_be_real:
        return True
    for at in range(0, min(len(content), LOOKED_AT), size):
        numbers.add(int.from_bytes(content[at : at + size], "little"))
    return True


@dataclass(slots=True)
class Content:
    """The contents of one length-delimited field: how many, how many of them empty, what all of them are.

    `text` counts those that are UTF-8, of which `clean` have no control characters at all, `lines` none but line breaks
    and tabs, and `rough` a few. `starred` are those of asterisks alone, as a recorder puts in the place of secrets.
    """

    count: int = 0
    empty: int = 0
    text: int = 0
    clean: int = 0
    lines: int = 0
    rough: int = 0
    starred: int = 0
    shortest: int = 0
    longest: int = 0
    packed: Packed = field(default_factory=Packed)

    def add(self, content: bytes) -> None:
        """One more sample."""
        size = len(content)
        self.shortest = min(self.shortest, size) if self.count else size
        self.longest = max(self.longest, size)
        self.count += 1
        self.empty += not size
        self.packed.add(content)
        if self.text + 1 < self.count:  # one was no text, so the field is none
            return
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return
        self.text += 1
        self.starred += size > 0 and content.count(b"*") == size
        is_clean = text.isprintable()
        are_lines = is_clean or is_lines_of_text(text)
        self.clean += is_clean
        self.lines += are_lines
        self.rough += are_lines or (size - len(content.translate(None, CONTROLS))) * 5 <= size

    def merge(self, other: Content) -> None:
        """Take in the samples of another sketch."""
        self.shortest = (
            min(self.shortest, other.shortest) if self.count and other.count else max(self.shortest, other.shortest)
        )
        self.longest = max(self.longest, other.longest)
        for name in ("count", "empty", "text", "clean", "lines", "rough", "starred"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.packed.merge(other.packed)

    @property
    def is_text(self) -> bool:
        """True if every sample is UTF-8."""
        return self.text == self.count
