"""The ways in which a value may be written: as it is, escaped, in base64, in hex."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from paperknife_decoders.redaction.edits import Span

__all__ = ["Needle", "needles"]

SHORT = 6
"""A value of fewer bytes is found as a whole field or JSON string only."""

BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

URL_SAFE = bytes.maketrans(b"+/", b"-_")

HEX_IN_PERCENT = re.compile(rb"%[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class Needle:
    """Bytes to look for. `before` and `after` are how many of its neighbours belong to the value too, if they are
    base64 (positive), or how many of its own bytes do not (negative).
    """

    data: bytes
    before: int = 0
    after: int = 0

    def spans(self, data: bytes) -> Iterator[Span]:
        """Every place in `data` where it is."""
        at = data.find(self.data)
        while at >= 0:
            end = at + len(self.data)
            yield self.begin(data, at), self.finish(data, end)
            at = data.find(self.data, end if self.after >= 0 else end - 1)

    def begin(self, data: bytes, at: int) -> int:
        if self.before <= 0:
            return at - self.before
        return at - 1 if at and data[at - 1] in BASE64 else at

    def finish(self, data: bytes, end: int) -> int:
        if self.after <= 0:
            return end + self.after
        return end + 1 if end < len(data) and data[end] in BASE64 else end


def needles(value: bytes) -> tuple[Needle, ...]:
    """What to look for to find `value`."""
    if len(value) < SHORT:
        return Needle(bytes([len(value)]) + value, before=-1), *(
            Needle(b'"' + each + b'"', before=-1, after=-1) for each in dict.fromkeys((value, *json_escaped(value)))
        )
    plain = [value, *json_escaped(value), *percent_encoded(value), value.hex().encode(), value.hex().upper().encode()]
    return *(Needle(each) for each in dict.fromkeys(plain)), *dict.fromkeys(base64_encoded(value))


def json_escaped(value: bytes) -> Iterator[bytes]:
    """As a JSON string has it, with and without escapes for what is not ASCII and for slashes."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode()
        yield escaped
        yield escaped.replace(b"/", b"\\/")


def percent_encoded(value: bytes) -> Iterator[bytes]:
    """As URLs and forms have it: what is left as it is differs, and so does the case of the digits."""
    for encoded in (quote(value, safe=""), quote(value), quote(value, safe="!'()*~"), quote_plus(value)):
        data = encoded.encode()
        yield data
        yield HEX_IN_PERCENT.sub(lambda found: found[0].lower(), data)


def base64_encoded(value: bytes) -> Iterator[Needle]:
    """As base64 has it, whichever of three bytes it begins at; less the characters that neighbours have a part in."""
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + value)
        bits = 8 * (offset + len(value))
        part = encoded[-(-8 * offset // 6) : bits // 6]
        for spelled in dict.fromkeys((part, part.translate(URL_SAFE))):
            yield Needle(spelled, before=int(offset > 0), after=int(bits % 6 > 0))
