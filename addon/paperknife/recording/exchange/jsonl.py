"""JSON Lines: an object for each envelope as ``--format json`` writes it, with all that is known of its message."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from typing import Any

from paperknife.live import events
from paperknife.live.documents import envelope_object, event_object, json_line
from paperknife.live.interest import Interest
from paperknife.live.line import Shown
from paperknife.live.renderer import FATES
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.selection import EVERYTHING, NOTHING, Selection
from paperknife.traffic import Piece
from paperknife_decoders.correlation import Correlator
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.secrets import Secrets

__all__ = ["JsonLines"]


class JsonLines:
    """Writes items as lines of JSON, by `write`.

    To what ``--format json`` shows of an envelope comes the `fate` of its message. `raw` adds `data`, the bytes of the
    message in base64, and `original`, those that a changed one had; of a message with several envelopes, to the first.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        selection: Selection = EVERYTHING,
        *,
        raw: bool = False,
        secrets: Secrets | None = None,
    ) -> None:
        self._write = write
        self._selection = selection
        self._raw = raw
        self._secrets = secrets
        self._correlators: dict[int, Correlator] = {}
        self._interest = Interest(selection.where, correlate=True)
        self._counts: dict[int, Counter[Direction]] = {}
        self.messages = 0

    def write(self, item: Item) -> None:
        """The line or lines of an item, if it is wanted. Raises `OSError`."""
        wanted = self._selection.takes(item)
        match item:
            case Message():
                if item.opcode < Opcode.CLOSE:
                    self._counts.setdefault(item.connection, Counter())[item.direction] += 1
                if wanted or self._interest.has(item):
                    self._message(item, wanted)
            case Opened(connection=connection):
                self._event(events.Opened(connection), wanted)
            case Closed(connection=connection, close=close):
                counts = self._counts.pop(connection.number, Counter())
                self._correlators.pop(connection.number, None)
                self._event(
                    events.Closed(connection, close, counts[Direction.CLIENT], counts[Direction.SERVER]), wanted
                )
            case Noticed(text=text, warning=warning, time_ns=time_ns):
                self._event(events.Notice(text, warning, time_ns), wanted)
            case Piece() if item.last:
                self._counts.setdefault(item.connection, Counter())[item.direction] += 1
                self._event(events.Oversize(item), wanted)
                self.messages += wanted

    def _event(self, event: events.Event, wanted: bool) -> None:
        if wanted:
            self._write(json_line(event_object(event)))

    def _message(self, message: Message, wanted: bool) -> None:
        """Write a message, or only remember it as a request that is answered later."""
        self.messages += wanted
        more = self._about(message) if wanted else {}
        if message.opcode >= Opcode.CLOSE:
            if wanted:
                more |= {"masked": [list(span) for span in message.masked]} if message.masked else {}
                self._write(json_line(event_object(events.Control(message)) | more))
            return
        secrets = self._secrets or message.reader.protocol.secrets
        envelopes = message.envelopes or (NOTHING,)
        correlator = self._correlators.setdefault(message.connection, Correlator())
        for position, envelope in enumerate(envelopes):
            answer = correlator.observe(message, envelope)
            if wanted and self._selection.wants(message, envelope):
                odd = FATES[message.fate] + marks(envelope, message.oddities[position] if message.envelopes else ())
                shown = Shown(message, envelope, secrets, answer, odd, position, len(envelopes))
                self._write(json_line(envelope_object(shown) | more))
                more = {"fate": message.fate.value}

    def _about(self, message: Message) -> dict[str, Any]:
        """What is known of a message besides its envelopes."""
        more: dict[str, Any] = {"fate": message.fate.value}
        if self._raw:
            more["data"] = base64.b64encode(message.content).decode()
            if message.original is not None:
                more["original"] = base64.b64encode(message.original).decode()
        return more
