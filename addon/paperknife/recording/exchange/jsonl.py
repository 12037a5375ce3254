"""JSON Lines: an object for each envelope as ``--format json`` writes it, with all that is known of its message."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable

from paperknife.live import events
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.selection import EVERYTHING, Selection
from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["JsonLines"]


class JsonLines:
    """Writes items as lines of JSON, by `write`.

    To what ``--format json`` shows of an envelope comes the `fate` of its message, ``passed`` too. `raw` adds `data`,
    the bytes of the message in base64, and `original_data`, those that a changed one had; of a message with several
    envelopes, to the first.
    """

    def __init__(self, write: Callable[[str], object], selection: Selection = EVERYTHING, *, raw: bool = False) -> None:
        self._write = write
        self._selection = selection
        self._raw = raw
        # No line is laid out for a width here.
        self._renderer = Renderer(ViewOptions("json", where=selection.where, hide=selection.hide), lambda: 0)
        self._counts: dict[int, Counter[Direction]] = {}
        self.messages = 0

    def write(self, item: Item) -> None:
        """The line or lines of an item, if it is wanted. Raises `OSError`."""
        match item:
            case Message():
                if item.opcode < Opcode.CLOSE:
                    self._count(item.connection, item.direction)
                self._message(item)
            case Opened(connection=connection):
                self._event(item, events.Opened(connection))
            case Closed(connection=connection, close=close):
                counts = self._counts.pop(connection.number, Counter())
                self._event(item, events.Closed(connection, close, counts[Direction.CLIENT], counts[Direction.SERVER]))
            case Noticed(text=text, warning=warning, time_ns=time_ns):
                self._event(item, events.Notice(text, warning, time_ns))
            case Piece() if item.last:
                self._count(item.connection, item.direction)
                self.messages += self._event(item, events.Oversize(item))

    def _count(self, connection: int, direction: Direction) -> None:
        self._counts.setdefault(connection, Counter())[direction] += 1

    def _event(self, item: Item, event: events.Event) -> bool:
        text, wanted = self._renderer.event(event), self._selection.takes(item)
        if wanted:
            self._write(text)
        return wanted

    def _message(self, message: Message) -> None:
        """Write a message; one that is not wanted is only remembered, as a request that may be answered later."""
        shown = False
        wanted = self._selection.covers(message.connection, message.time_ns)
        for text in self._renderer.message(message, show=wanted):
            self._write(f"{text[:-2]}{self._more(message, raw=self._raw and not shown)}}}\n")
            shown = True
        self.messages += shown

    @staticmethod
    def _more(message: Message, *, raw: bool) -> str:
        """Members of the object besides those that a line has anyway."""
        parts = [',"fate":"passed"'] if message.fate is Fate.PASSED else []
        if raw:
            parts.append(f',"data":"{base64.b64encode(message.content).decode()}"')
            if message.original is not None:
                parts.append(f',"original_data":"{base64.b64encode(message.original).decode()}"')
        return "".join(parts)
