"""JSON that need not fit into memory: objects and arrays are walked through, one value at a time is read whole."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from paperknife_decoders.values import Dynamic

__all__ = ["LONGEST_VALUE", "JsonError", "JsonStream"]

LONGEST_VALUE = 32 << 20
"""Characters of one value that is read whole: a message, the headers of a response with its body."""

CHUNK = 1 << 18
SPACE = " \t\r\n"
TAIL = 32
"""So near to the end of what was read, a fault may only mean that there is more to come."""


class JsonError(ValueError):
    """What is wrong with the JSON, and at which character."""


class JsonStream:
    """Reads UTF-8 JSON from `read`, which returns at most so many bytes, none at the end.

    `members` and `elements` walk through the object or array that comes next; for each member or element, the caller
    reads exactly one value by one of `value`, `skip`, `members`, `elements`. Numbers with a fraction are `Decimal`.
    Raises `JsonError`.
    """

    def __init__(self, read: Callable[[int], bytes], longest: int = LONGEST_VALUE) -> None:
        self._read = read
        self._longest = longest
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._decode = json.JSONDecoder(parse_float=exact).raw_decode
        self._text = ""
        self._at = 0
        self._passed = 0
        self._ended = False

    @property
    def place(self) -> int:
        """How many characters were read."""
        return self._passed + self._at

    def members(self) -> Iterator[str]:
        """The names of the members of an object, each before its value."""
        yield from self._walk("{", "}", self._name)

    def elements(self) -> Iterator[int]:
        """The numbers of the elements of an array, from 0 on, each before the element."""
        count = iter(range(1 << 62))
        yield from self._walk("[", "]", lambda: next(count))

    def value(self) -> Dynamic:
        """The next value, whole."""
        self.peek()
        want = CHUNK
        while True:
            try:
                found, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - TAIL
                if self._ended and is_cut:
                    raise self.fault("the file ends early", len(self._text)) from None
                if not is_cut:
                    raise self.fault(f"{error.msg[:1].lower()}{error.msg[1:]}", error.pos) from None
            except (RecursionError, ValueError, InvalidOperation) as error:
                raise self.fault("a value that is nested too deeply, or a number that is too long") from error
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return found
            if len(self._text) - self._at > self._longest:
                raise self.fault(f"a value of more than {self._longest:,} characters")
            self._fill(want)
            want *= 2

    def peek(self) -> str:
        """The next character that is no space; the empty string at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in SPACE:
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._fill(CHUNK)

    def fault(self, what: str, at: int | None = None) -> JsonError:
        """An error about what comes next."""
        place = self._passed + (self._at if at is None else at)
        return JsonError(f"{what} at character {place:,}")

    def _walk[Label](self, start: str, end: str, label: Callable[[], Label]) -> Iterator[Label]:
        self._take(start)
        if self.peek() == end:
            self._at += 1
            return
        while True:
            yield label()
            if self.peek() == end:
                self._at += 1
                return
            self._take(",")

    def _name(self) -> str:
        if self.peek() != '"':
            raise self.fault("the name of a member was expected")
        name = self.value()
        self._take(":")
        return str(name)

    def _take(self, char: str) -> None:
        found = self.peek()
        if found != char:
            raise self.fault(f"{char!r} was expected, and {found!r} was found" if found else "the file ends early")
        self._at += 1

    def _fill(self, size: int) -> None:
        data = self._read(size)
        self._ended = not data
        try:
            more = self._utf8.decode(data, self._ended)
        except UnicodeDecodeError as error:
            raise self.fault(f"text that is not UTF-8 ({error.reason}) somewhere after what stands") from None
        self._text = self._text[self._at :] + more
        self._passed += self._at
        self._at = 0


def exact(text: str) -> Decimal:
    """A number with a fraction as it is written."""
    return Decimal(text)
