"""What is not decoded, as text or as hex digits."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife.mutation.editing.nodes import EditError, Group, Scalar, Slip, Value
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.oddities.parse_fault import fault_text
from paperknife_decoders.printable import printable
from paperknife_decoders.wire.view import wire_text
from paperknife_decoders.yaml_words import string_word

__all__ = ["raw_content", "raw_rows"]

LONGEST = 200_000
"""Bytes of a part that is in the file; of a longer one there is only what it is."""
LONGEST_VIEW = 4_096
"""Bytes of which the wire fields are shown in comments."""

CLEAR = 3
"""So many asterisks, which nobody else writes, can be found again between changes."""

TEXT, HEX = "text", "hex"

type Span = tuple[int, int]


def raw_rows(shown: Envelope) -> list[str]:
    """The lines of an envelope that is not decoded, `shown` without secrets."""
    rows = [f"# {printable(fault)}" for fault in [fault_text(shown)] if fault]
    data = shown.data
    if len(data) > LONGEST:
        return [*rows, f"# {len(data):,} bytes, too many to be edited; they stay as they are"]
    text = text_of(shown)
    if text is not None:
        return [*rows, *block(text)]
    if shown.form is Form.WIRE and len(data) <= LONGEST_VIEW:
        rows += [f"# {line}" for line in wire_text(data).splitlines()]
    digits = data.hex()
    return [*rows, f"{HEX}: |-", *(f"  {digits[at : at + 64]}" for at in range(0, len(digits), 64))]


def text_of(shown: Envelope) -> str | None:
    """The text that an envelope is; None for others."""
    if shown.form in (Form.TEXT, Form.JSON):
        try:
            return shown.data.decode()
        except UnicodeDecodeError:
            pass
    return None


def block(text: str) -> list[str]:
    """Text by its own lines where YAML gives it back so; else in quotes, with escapes."""
    lines = text.split("\n")
    plain = all(line.isprintable() for line in lines) and lines[-1].strip() and not lines[0].startswith(" ")
    if plain and lines[0].strip():
        return [f"{TEXT}: |-", *(f"  {line}" for line in lines)]
    return [f"{TEXT}: {string_word(text, len(text)).text}"]


def raw_content(data: bytes, shown: bytes, masked: Sequence[Span], before: Value, after: Value) -> bytes:
    """The bytes that an edited file says; `masked` are the parts of `shown` that stand in place of secrets.

    What was not changed, at the start and at the end, keeps its bytes. Raises `EditError`.
    """
    if before == after:
        return data
    if not isinstance(after, Group) or len(after.entries) != 1 or not {TEXT, HEX} >= set(after.entries):
        raise EditError(
            [Slip(after.line, after.column, "Only text: and its text, or hex: and digits, can stand here.")]
        )
    ((name, value),) = after.entries.items()
    if not isinstance(value, Scalar):
        raise EditError([Slip(value.line, value.column, "One text was expected here.")])
    new = value.text.encode("utf-8", "surrogatepass") if name == TEXT else digits(value)
    return with_secrets(data, shown, masked, new, value)


def digits(value: Scalar) -> bytes:
    """The bytes that hex digits say, with spaces between them or none."""
    try:
        return bytes.fromhex(value.text)
    except ValueError as error:
        raise EditError([Slip(value.line, value.column, f"Pairs of hex digits were expected: {error}.")]) from None


def with_secrets(data: bytes, shown: bytes, masked: Sequence[Span], new: bytes, at: Scalar) -> bytes:
    """`new` with the secrets where it is as what was shown. Raises `EditError` where one's place was changed."""
    shorter = min(len(shown), len(new))
    head = next((place for place in range(shorter) if shown[place] != new[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if shown[-1 - place] != new[-1 - place]), rest)
    end = len(shown) - tail
    middle = new[head : len(new) - tail]
    for start, stop in masked:
        if start >= end or stop <= head:
            continue
        stars = shown[max(start, head) : min(stop, end)]
        found = middle.count(stars)
        if found == shown[head:end].count(stars) == 1 and len(stars) >= CLEAR and not stars.strip(b"*"):
            middle = middle.replace(stars, data[max(start, head) : min(stop, end)])
        elif found:
            raise EditError(
                [Slip(at.line, at.column, "What stands in place of a secret here cannot be told from text.")]
            )
    return data[:head] + middle + data[end:]
