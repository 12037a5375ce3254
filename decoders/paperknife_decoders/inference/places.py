"""Where the definitions of a `.proto` stand in its text, so that one can be changed and all else left as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import FileDescriptorProto

__all__ = ["Edits", "Places"]

type Path = tuple[int, ...]
"""Field numbers of descriptor.proto and indices, as in SourceCodeInfo."""

TAB = 8
"""protoc counts a tab up to the next multiple of so many columns."""


class Places:
    """Offsets into `text`, the bytes of the file that `proto` was compiled from with source info."""

    def __init__(self, text: bytes, proto: FileDescriptorProto) -> None:
        self.text = text
        self.lines = [0, *(match.end() for match in re.finditer(rb"\n", text))]
        self.spans: dict[Path, tuple[int, ...]] = {
            tuple(place.path): tuple(place.span) for place in proto.source_code_info.location
        }

    def span(self, path: Path) -> tuple[int, int]:
        """From where to where a definition goes; raises KeyError for one that was not written."""
        span = self.spans[path]
        first, column, *rest = span
        last, end = rest if len(rest) == 2 else (first, rest[0])
        return self.offset(first, column), self.offset(last, end)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 0, as protoc counts them."""
        at, counted = self.lines[line], 0
        while counted < column:
            counted += TAB - counted % TAB if self.text[at : at + 1] == b"\t" else 1
            at += 1
        return at

    def indent(self, at: int) -> bytes:
        """The blanks at the beginning of the line in which an offset lies."""
        start = self.text.rfind(b"\n", 0, at) + 1
        return self.text[start : start + len(self.text[start:at]) - len(self.text[start:at].lstrip(b" \t"))]

    def line_end(self, at: int) -> int:
        """The end of the line in which an offset lies, its line feed not counted."""
        end = self.text.find(b"\n", at)
        return len(self.text) if end < 0 else end


@dataclass(slots=True)
class Edits:
    """Changes to a text, each a start, an end, and what stands between them afterwards. They never overlap."""

    made: list[tuple[int, int, bytes]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` in the place of what is there."""
        self.made.append((start, end, text.encode()))

    def remove_brace(self, places: Places, at: int) -> None:
        """Take out a closing brace, and its line where nothing else is on it."""
        start = places.text.rfind(b"\n", 0, at)
        alone = start >= 0 and not places.text[start:at].strip() and places.line_end(at) == at + 1
        self.replace(start if alone else at, at + 1, "")

    def insert_above(self, places: Places, brace: int, lines: Sequence[str]) -> None:
        """Put lines before a closing brace, which stands on a line of its own from then on."""
        if not lines:
            return
        start = places.text.rfind(b"\n", 0, brace) + 1
        text = joined(lines)
        if places.text[start:brace].strip():
            self.replace(brace, brace, f"\n{text}\n{places.indent(brace).decode()}")
        else:
            self.replace(start, start, f"{text}\n")

    def insert_below(self, places: Places, at: int, lines: Sequence[str]) -> bool:
        """Put lines below the one that `at` is in; False, with nothing done, where a definition may go on there."""
        end = places.line_end(at)
        rest = places.text[at:end].strip()
        if rest and not rest.startswith(b"//"):
            return False
        if lines:
            self.replace(end, end, f"\n{joined(lines)}")
        return True

    def mention(self, word: str) -> bool:
        """True if some change brings `word` in."""
        return any(word.encode() in new for _, _, new in self.made)

    def applied(self, text: bytes) -> bytes:
        """The text with all changes; those at the same place in the order in which they were made."""
        parts: list[bytes] = []
        at = 0
        for start, end, new in sorted(self.made, key=lambda edit: edit[:2]):
            parts += [text[at:start], new]
            at = end
        return b"".join([*parts, text[at:]])


def joined(lines: Sequence[str]) -> str:
    """The lines as a text, without a line feed at its end."""
    return "\n".join(line.rstrip() for line in lines)
