"""What the samples of a numeric field have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

from paperknife_decoders.wire.number_readings import (
    FIXED32,
    FIXED64,
    FixedKinds,
    is_everyday,
    real_number,
    time_readings,
)

__all__ = ["Fixed", "Varints", "varint_size"]

FEW = 8
"""So many different values are kept; a field with more of them is hardly an enum."""

SIGN_BIT = 1 << 63
ALL = 1 << 64


@dataclass(slots=True)
class Varints:
    """Varints of one field: how many, and between which bounds, as int64 and as the bits stand on the wire.

    `values` are the different ones, None where there are too many to be an enum. `odd` counts odd numbers, which would
    be negative ones of a `sint64`; `rises` how often a sample was larger than the one before, as counters are.
    """

    count: int = 0
    low: int = 0
    high: int = 0
    largest: int = 0
    odd: int = 0
    times: int = 0
    rises: int = 0
    last: int = 0
    values: set[int] | None = field(default_factory=set)

    def add(self, value: int) -> None:
        """One more sample, 64 bits without a sign."""
        number = value - ALL if value >= SIGN_BIT else value
        if not self.count:
            self.low = self.high = number
        elif number < self.low:
            self.low = number
        elif number > self.high:
            self.high = number
        self.count += 1
        self.largest = max(self.largest, value)
        self.odd += value & 1
        self.rises += number > self.last
        self.last = number
        self.times += value > LEAST_TIME and bool(time_readings(value))
        if self.values is not None:
            self.values.add(number)
            if len(self.values) > FEW:
                self.values = None

    def merge(self, other: Varints) -> None:
        """Take in the samples of another sketch."""
        if other.count:
            self.low = min(self.low, other.low) if self.count else other.low
            self.high = max(self.high, other.high) if self.count else other.high
        self.count += other.count
        self.largest = max(self.largest, other.largest)
        self.odd += other.odd
        self.times += other.times
        self.rises += other.rises
        both = None if self.values is None or other.values is None else self.values | other.values
        self.values = both if both is not None and len(both) <= FEW else None

    @property
    def may_be_zigzag(self) -> bool:
        """True for numbers that are odd and even, and go up and down: those of a `sint64` would have both signs."""
        return 0 < self.odd < self.count >= LEAST_ZIGZAG and self.rises * 10 <= self.count * 6

    def is_within(self, low: int, high: int) -> bool:
        """True if all samples are, both bounds included."""
        return low <= self.low and self.high <= high


LEAST_ZIGZAG = 8
"""Of fewer samples nothing is said about signs."""

LEAST_TIME = 1_000_000_000
"""No time is a smaller number."""


@dataclass(slots=True)
class Fixed:
    """Numbers of four or eight bytes: how many, how many of them zero, and how many of a floating-point magnitude."""

    kinds: FixedKinds
    count: int = 0
    zeros: int = 0
    everyday: int = 0
    negative: int = 0
    """With the highest bit set."""
    digits: int = 0
    """Characters that it takes to write all of them as floating-point numbers: few, where that is what they are."""

    @classmethod
    def of(cls, size: int) -> Fixed:
        """For numbers of so many bytes."""
        return cls(FIXED64 if size == 8 else FIXED32)

    def add(self, value: int) -> None:
        """One more sample, as the bits stand there."""
        kinds = self.kinds
        self.count += 1
        self.zeros += not value
        self.negative += value >> (kinds.bits - 1)
        number = real_number(value.to_bytes(kinds.bits // 8, "little"), kinds)
        self.digits += len(str(number))
        self.everyday += is_everyday(number, kinds)

    def merge(self, other: Fixed) -> None:
        """Take in the samples of another sketch."""
        self.count += other.count
        self.zeros += other.zeros
        self.everyday += other.everyday
        self.negative += other.negative
        self.digits += other.digits

    @property
    def may_be_real(self) -> bool:
        """True if all samples but zeros are floating-point numbers of everyday magnitude."""
        return self.everyday + self.zeros == self.count

    @property
    def is_real(self) -> bool:
        """True if they are, and not all of them are zero."""
        return self.everyday > 0 and self.may_be_real


def varint_size(value: int) -> int:
    """Bytes that an encoder writes for 64 bits (https://protobuf.dev/programming-guides/encoding/#varints)."""
    return 1 if value < 128 else (value.bit_length() + 6) // 7
