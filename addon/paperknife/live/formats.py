"""The output formats: each turns envelopes, events and counts of missed lines into text that ends with a line feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from paperknife.live.documents import (
    envelope_object,
    envelope_yaml,
    event_object,
    event_yaml,
    json_line,
    missed_object,
    missed_yaml,
)
from paperknife.live.dumps import envelope_hex, envelope_textproto
from paperknife.live.events import Event, event_text, missed_text
from paperknife.live.layout import Columns
from paperknife.live.line import Shown, line_text
from paperknife.live.originals import change_lines
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.tree import tree_text

__all__ = ["FORMATS", "Format", "HexFormat", "JsonFormat", "LineFormat", "TextprotoFormat", "YamlFormat"]

TREE_INDENT = " " * 13
"""The whole tree of an envelope starts below its connection number."""


class Format(Protocol):
    """One way to write what passes."""

    def envelope(self, shown: Shown) -> str:
        """The text of one envelope."""

    def event(self, event: Event) -> str:
        """The text of what is no message."""

    def missed(self, count: int) -> str:
        """The text that stands for `count` lines that were left out."""


@dataclass(slots=True)
class LineFormat:
    """A line for each envelope, with `verbose` its whole tree below it. `width` tells the columns of the terminal."""

    paint: Paint
    width: Callable[[], int]
    verbose: bool = False
    columns: Columns = field(default_factory=Columns)

    def envelope(self, shown: Shown) -> str:
        line = line_text(shown, self.columns, self.width(), self.paint)
        if not self.verbose:
            return line + "\n"
        tree = tree_text(shown.envelope, shown.secrets, self.paint)
        changes = [dyed(f"# {change}", self.paint.mark, self.paint) for change in change_lines(shown)]
        return line + "\n" + "".join(f"{TREE_INDENT}{row}\n" for row in [*tree.splitlines(), *changes])

    def event(self, event: Event) -> str:
        return event_text(event, self.columns, self.width(), self.paint) + "\n"

    def missed(self, count: int) -> str:
        return missed_text(count, self.paint) + "\n"


@dataclass(slots=True)
class YamlFormat:
    """A YAML document for each envelope; the rest are comments."""

    paint: Paint

    def envelope(self, shown: Shown) -> str:
        return envelope_yaml(shown, self.paint)

    def event(self, event: Event) -> str:
        return event_yaml(event, self.paint)

    def missed(self, count: int) -> str:
        return missed_yaml(count, self.paint)


@dataclass(slots=True)
class TextprotoFormat:
    """Protobuf's text format; the rest are comments."""

    paint: Paint

    def envelope(self, shown: Shown) -> str:
        return envelope_textproto(shown, self.paint)

    def event(self, event: Event) -> str:
        return event_yaml(event, self.paint)

    def missed(self, count: int) -> str:
        return missed_yaml(count, self.paint)


@dataclass(slots=True)
class HexFormat(TextprotoFormat):
    """The bytes, and what is ASCII in them."""

    redactor: Redactor = field(default_factory=Redactor)

    def envelope(self, shown: Shown) -> str:
        return envelope_hex(shown, self.redactor, self.paint)


class JsonFormat:
    """A JSON object in a line for each envelope and event."""

    def envelope(self, shown: Shown) -> str:
        return json_line(envelope_object(shown))

    def event(self, event: Event) -> str:
        return json_line(event_object(event))

    def missed(self, count: int) -> str:
        return json_line(missed_object(count))


FORMATS: dict[str, Callable[[Paint, Callable[[], int], bool], Format]] = {
    "line": LineFormat,
    "yaml": lambda paint, width, verbose: YamlFormat(paint),
    "json": lambda paint, width, verbose: JsonFormat(),
    "textproto": lambda paint, width, verbose: TextprotoFormat(paint),
    "hex": lambda paint, width, verbose: HexFormat(paint),
}
"""By the name that the user gives."""
