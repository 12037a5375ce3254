"""A message that stands as a string in a JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Header, Opened

__all__ = ["JsonField"]

TOKEN = re.compile(
    rb'(?P<text>"(?:[^"\\]++|\\.)*+")(?P<colon>[ \t\r\n]*+:)?+|(?P<sign>[{}\[\]])|(?P<word>[-+.0-9A-Za-z]++)', re.DOTALL
)
"""What tells where one is in well-formed JSON (RFC 8259): strings, brackets, words. A name has a colon behind it."""

LONGEST_VALUE = 200
"""Bytes of the longest string or number that goes into a header ..."""

MOST_VALUES = 50
"""... and how many of them, the first ones; each of thousands of parts may get a copy."""

MOST_IN_ALL = 100_000
"""Values in a JSON text that is looked through."""

DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
"""Numbers stay text: an integer of thousands of digits is JSON, and Python refuses to read it."""


@dataclass(frozen=True, slots=True)
class JsonField:
    """The strings `at` a dotted path, each a part, in UTF-8. Lists on the way, and at its end, are gone through.

    A part's header holds the strings and whole numbers that stand beside it in the same object. Raises `ValueError` if
    the path has an empty name.
    """

    name: ClassVar[str] = "json-field"

    at: str

    def __post_init__(self) -> None:
        if not all(self.at.split(".")):
            raise ValueError(f"at should be names with dots between them, as in data.message, and is {self.at[:40]!a}")

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """None: only a message tells what stands beside its strings, and a definition which of it is wanted."""
        return {}

    def open(self, data: bytes, context: Context) -> Opened:
        """The strings. Raises `DecodeError` for what is no JSON, or has no string there."""
        check_json(data)
        finder = Finder(data, tuple(name.encode() for name in self.at.split(".")), context.limits.parts)
        finder.run()
        found = finder.found
        if not found:
            raise DecodeError(f"a string at {self.at} was expected, and there is none in the JSON", 0)

        def close(parts: Sequence[bytes]) -> bytes:
            closed, at = [], 0
            for text, part in zip(found, parts, strict=True):
                written = data[text.start : text.end] if part == text.value else quoted(part)
                closed += [data[at : text.start], written]
                at = text.end
            return b"".join(closed) + data[at:]

        return Opened(tuple(text.value for text in found), close, tuple(text.beside for text in found))


class Text(NamedTuple):
    """A string with its place, the quotes included, and what stands beside it."""

    start: int
    end: int
    value: bytes
    beside: Header


class Level(NamedTuple):
    """An open object or list. `depth` names of the path lead to it, -1 if it lies elsewhere."""

    depth: int
    is_object: bool
    beside: dict[str, int | str] | None
    """Values of the object that the path's last name is looked up in."""


class Finder:
    """One pass over the tokens of a JSON text; what is open is on a stack, so that nothing recurses."""

    def __init__(self, data: bytes, path: tuple[bytes, ...], limit: int) -> None:
        self.data = data
        self.path = path
        self.limit = limit
        self.found: list[Text] = []
        self.open: list[Level] = []
        self.depth = 0
        """Of the value that comes next."""
        self.name = b""

    def run(self) -> None:
        """Find the strings. Raises `DecodeError` where there are more than the limit, or one is no Unicode text."""
        for token in TOKEN.finditer(self.data):
            match token.lastgroup:
                case "colon":
                    self.member(token["text"])
                case "sign" if token["sign"] in b"{[":
                    self.begin(is_object=token["sign"] == b"{")
                case "sign":
                    self.depth = self.open.pop().depth
                case _:
                    self.value(token.start(), token.end())

    def member(self, token: bytes) -> None:
        """A name within the innermost object."""
        depth = self.open[-1].depth
        self.name = unquoted(token, 0, strict=False)
        self.depth = depth + 1 if 0 <= depth < len(self.path) and self.name == self.path[depth] else -1

    def begin(self, *, is_object: bool) -> None:
        """An object or list begins."""
        if not is_object:
            beside = self.open[-1].beside if self.open else None
        else:
            beside = {} if self.depth == len(self.path) - 1 else None
        self.open.append(Level(self.depth, is_object, beside))

    def value(self, start: int, end: int) -> None:
        """A string, number or word."""
        token = self.data[start:end]
        level = self.open[-1]
        if self.depth == len(self.path):
            if token[:1] == b'"':
                if len(self.found) == self.limit:
                    raise DecodeError(
                        f"more than the {self.limit:,} parts that are read of one message (limits: parts)", start
                    )
                assert level.beside is not None  # the last name of the path was looked up in an object
                self.found.append(Text(start, end, unquoted(token, start), level.beside))
        elif level.is_object and level.beside is not None:
            self.keep(token, level.beside)

    def keep(self, token: bytes, beside: dict[str, int | str]) -> None:
        """Keep a string or whole number for the header of the strings beside it."""
        if len(token) > LONGEST_VALUE or len(beside) == MOST_VALUES:
            return
        name = self.name.decode(errors="replace")
        if token[:1] == b'"':
            beside[name] = unquoted(token, 0, strict=False).decode(errors="replace")
        elif WHOLE.fullmatch(token):
            beside[name] = int(token)


WHOLE = re.compile(rb"-?[0-9]+")


def check_json(data: bytes) -> None:
    """Raise `DecodeError` for what is no JSON object or list, or holds too much."""
    # Each value is the first of an object or list, or has a comma before it.
    if data.count(b",") + data.count(b"{") + data.count(b"[") > MOST_IN_ALL:
        raise DecodeError(
            f"JSON with more than {MOST_IN_ALL:,} commas and brackets, which is too much to look through,", 0
        )
    try:
        text = data.decode()
        document = DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise DecodeError("JSON was expected, and these bytes are not UTF-8,", error.start) from None
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        raise DecodeError(f"JSON was expected, and is not what was found ({error.msg.lower()}),", at) from None
    except RecursionError:
        raise DecodeError("JSON nested too deeply to be read", 0) from None
    if not isinstance(document, dict | list):
        raise DecodeError("a JSON object was expected, and a single value was found", 0)


def unquoted(token: bytes, start: int, *, strict: bool = True) -> bytes:
    """The content of a JSON string in UTF-8. Raises `DecodeError` for half a surrogate pair, unless not `strict`."""
    if b"\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token)).encode(errors="strict" if strict else "surrogatepass")
    except UnicodeEncodeError:
        raise DecodeError("a string with half a surrogate pair, which is no text,", start) from None


def quoted(part: bytes) -> bytes:
    """`part` as a JSON string. Raises `DecodeError` if it is not UTF-8."""
    try:
        return json.dumps(part.decode(), ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise DecodeError("a JSON string holds UTF-8 only, which these bytes are not,", error.start) from None
