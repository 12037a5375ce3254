"""How bytes were written down to be passed on: as hex, in base64, or as they are.

People copy a message out of a log, a debugger or a hex dump. `find_encoding` tells by the text what it is, and asks the
wire format where the text alone could be several things: base64 of a message seldom is a message itself.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re
from collections.abc import Callable
from dataclasses import dataclass

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.wire.walker import is_wire_format

__all__ = ["Encoding", "Transferred", "find_encoding", "read_as"]


class Encoding(enum.Enum):
    """What the bytes came as."""

    HEX = "hex"
    BASE64 = "base64"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Transferred:
    """The bytes, what they were read as, and what else could have been meant."""

    data: bytes
    encoding: Encoding
    others: tuple[Encoding, ...] = ()


def find_encoding(content: bytes) -> Transferred:
    """Read `content` as whatever it is most likely to be; never raises.

    An even number of hex digits and nothing else is hex. Of all else what makes a well-formed message wins, hex before
    base64 before the bytes as they are; if nothing does, a long run of base64 is base64, and what is left is raw.
    `others` are the encodings that would have made a message too, or that bytes taken as they are look like.
    """
    if content.translate(None, TEXT):
        return Transferred(content, Encoding.RAW)
    read: dict[Encoding, bytes] = {}
    sound: list[Encoding] = []
    for encoding in Encoding:
        data = attempt(content, encoding)
        if data is not None:
            read[encoding] = data
            sound += [encoding] if is_wire_format(data) else []
        if sound and len(content) > LONG:
            break
    if Encoding.BASE64 not in sound and len(content) < SHORT:
        read.pop(Encoding.BASE64, None)
    chosen = Encoding.HEX if is_hex_digits(content) else next(iter(sound or read))
    likely = read if chosen is Encoding.RAW else sound
    return Transferred(read[chosen], chosen, tuple(each for each in likely if each is not chosen))


def is_hex_digits(content: bytes) -> bool:
    """True for hex digits in pairs, and spaces; there is hardly anything else that they could be."""
    digits = content.translate(None, SPACES)
    return bool(digits) and len(digits) % 2 == 0 and not digits.translate(None, HEX_DIGITS)


SPACES = b" \t\r\n\v\f"
TEXT = bytes([*b"\t\n\v\f\r", *range(0x20, 0x7F)])
SHORT = 16
"""Base64 below this length that makes no message is taken for a word."""

LONG = 4096
"""Text above this length that reads as one encoding and makes a message is no other by chance."""


def attempt(content: bytes, encoding: Encoding) -> bytes | None:
    """The bytes if `content` can be read so, else None."""
    try:
        return read_as(content, encoding)
    except DecodeError:
        return None


def read_as(content: bytes, encoding: Encoding) -> bytes:
    """The bytes that `content` stands for. Raises `DecodeError` with the offset of what does not belong there."""
    return DECODERS[encoding](content)


def from_hex(content: bytes) -> bytes:
    """Hex in any of its usual dresses: plain, spaced, ``0x``, comma or colon between bytes, a dump, ``\\x`` escapes."""
    first, _, _ = content.partition(b"\n")
    if DUMP_START.match(first) and (dump := next((form for form in DUMPS if form.match(first)), None)):
        return from_dump(content.split(b"\n"), dump)
    if b"\\" in content:
        return from_escapes(content)
    plain = PREFIX.sub(b"", content) if b"x" in content or b"X" in content else content
    digits = plain.strip(BRACKETS).translate(None, b" \t\r\n\v\f,:;-_")
    odd = digits.translate(None, HEX_DIGITS)
    if odd or not digits:
        at = content.find(odd[:1]) if odd else 0
        found = f"{chr(odd[0])!r}" if odd else "nothing"
        raise DecodeError(f"hex digits were expected and {found} was found", at)
    if len(digits) % 2:
        raise DecodeError(f"an even number of hex digits was expected, and there are {len(digits):,}", len(content))
    return binascii.unhexlify(digits)


BRACKETS = b" \t\r\n\"'[]{}()"
PREFIX = re.compile(rb"(?<![0-9A-Za-z])0[xX]")
HEX_DIGITS = b"0123456789abcdefABCDEF"

DUMP_START = re.compile(rb"[0-9a-fA-F]{8,16}: |0{4,16} ")
DUMPS = (
    # xxd: an offset and a colon, groups of digits, two spaces and the text
    re.compile(rb"[0-9a-fA-F]{8,16}: +((?:[0-9a-fA-F]{2,32} )*[0-9a-fA-F]{2,32})(?:  .*)?\s*$"),
    # hexdump -C, od -tx1, Wireshark: an offset, single bytes, the text (between bars or not) after more spaces
    re.compile(rb"[0-9a-fA-F]{4,16} +((?:[0-9a-fA-F]{2} {1,2})*[0-9a-fA-F]{2})(?: {2,}.*)?\s*$"),
)


def from_dump(lines: list[bytes], form: re.Pattern[bytes]) -> bytes:
    """The bytes of a hex dump: the columns between the offset and the text."""
    digits = []
    position = 0
    for line in lines:
        if (found := form.match(line)) is not None:
            digits.append(found[1].replace(b" ", b""))
        elif line.strip() and not OFFSET_ONLY.match(line):
            raise DecodeError("a line of a hex dump was expected", position)
        position += len(line) + 1
    return binascii.unhexlify(b"".join(digits))


OFFSET_ONLY = re.compile(rb"[0-9a-fA-F]{4,16}:?\s*$|\*\s*$")
"""hexdump ends with the bare length."""

ESCAPED = re.compile(
    rb"(?P<plain>[^\\\"\n]+)|\\x(?P<hex>[0-9a-fA-F]{1,2})|\\(?P<octal>[0-7]{1,3})|\\(?P<named>[abtnvfr\\'\"?e])|(?P<end>\"?\s*$)"
)
NAMED = dict(zip(b"abtnvfr\\'\"?e", b"\a\b\t\n\v\f\r\\'\"?\x1b", strict=True))
QUOTED = re.compile(rb"\s*b?(?P<quote>[\"'])(?P<inner>.*)(?P=quote)\s*", re.DOTALL)


def from_escapes(content: bytes) -> bytes:
    """A string as C, Python and Protobuf's text format write it, in quotes or without."""
    quoted = QUOTED.fullmatch(content)
    text = quoted["inner"] if quoted else content.strip()
    data = bytearray()
    position = 0
    while position < len(text):
        found = ESCAPED.match(text, position)
        if found is None or found.end() == position:
            raise DecodeError("a character or an escape such as \\x0a was expected", position)
        if found["plain"] is not None:
            data += found["plain"]
        elif found["hex"] is not None:
            data.append(int(found["hex"], 16))
        elif found["octal"] is not None:
            data.append(int(found["octal"], 8) & 255)
        elif found["named"] is not None:
            data.append(NAMED[found["named"][0]])
        position = found.end()
    return bytes(data)


def from_base64(content: bytes) -> bytes:
    """Base64 of either alphabet (RFC 4648, sections 4 and 5), with or without padding, in one line or several."""
    digits = content.translate(URL_SAFE, b" \t\r\n\v\f\"'").rstrip(b"=")
    odd = digits.translate(None, BASE64_DIGITS)
    if odd or not digits:
        found = f"{chr(odd[0])!r}" if odd else "nothing"
        raise DecodeError(f"base64 was expected and {found} was found", content.find(odd[:1]) if odd else 0)
    if len(digits) % 4 == 1:
        raise DecodeError(
            f"base64 was expected, and one character is missing or too many in {len(digits):,}", len(content)
        )
    return base64.b64decode(digits + b"=" * (-len(digits) % 4))


URL_SAFE = bytes.maketrans(b"-_", b"+/")
BASE64_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

DECODERS: dict[Encoding, Callable[[bytes], bytes]] = {
    Encoding.HEX: from_hex,
    Encoding.BASE64: from_base64,
    Encoding.RAW: lambda content: content,
}
