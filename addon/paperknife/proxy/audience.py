"""Everybody who is told of traffic."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial

from paperknife.proxy.file_limit import used_up
from paperknife.proxy.repeats import Repeats
from paperknife.stats.meter import Meter
from paperknife.traffic import Consumer, Piece, PieceConsumer

__all__ = ["Audience"]

logger = logging.getLogger(__name__)


class Audience:
    """Tells consumers. One that raises is told of once, and left out from then on: the traffic goes on.

    The `recorder`, where there is one, is told first, so that nothing that fails or takes its time comes before it. The
    `meter` hears all that the consumers hear, and shows nothing to anybody.
    """

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self.consumers = list(consumers)
        self.recorder: Consumer | None = None
        self.meter: Meter | None = None
        self.repeats = Repeats()
        self.mask: Callable[[str], str] = str
        """Takes known secrets out of a sentence."""

    def tell(self, call: Callable[[Consumer], None]) -> None:
        """Call every consumer; the traceback of one that fails is in the log."""
        if self.recorder is not None:
            call(self.recorder)  # it never raises
        for consumer in tuple(self.consumers):
            try:
                call(consumer)
            except Exception:
                self.consumers.remove(consumer)
                logger.exception("%s failed and gets no more messages; the traffic goes on.", type(consumer).__name__)
        if self.meter is not None:
            try:
                call(self.meter)
            except Exception:
                self.meter = None
                logger.exception("The meter failed and measures no more; the traffic goes on.")

    def tell_pieces(self, pieces: Iterable[Piece]) -> None:
        """Pass parts of large messages on to those who hear of them."""
        for piece in pieces:
            self.tell(partial(hear_piece, piece=piece))

    def notice(self, text: str, warning: bool = False) -> None:
        """Pass one sentence for the user on; a warning that comes again and again is said once, then counted."""
        if warning:
            text = used_up(text) or text
            if not self.repeats.takes(text, time.monotonic()):
                return
        self.say(text, warning)

    def tell_counts(self, *, all_of_them: bool = False) -> None:
        """Say how often warnings came again, where the time for it has come. To be called now and then."""
        for text in self.repeats.counts(time.monotonic(), all_of_them=all_of_them):
            self.say(text, True)

    def say(self, text: str, warning: bool = False) -> None:
        """Pass one sentence on, however often it comes; through mitmproxy's log where nobody listens."""
        text = self.mask(text)
        self.tell(lambda consumer: consumer.notice(text, warning=warning))
        if not self.consumers:
            logger.log(logging.WARNING if warning else logging.INFO, text)


def hear_piece(consumer: Consumer, piece: Piece) -> None:
    """Give a consumer a piece, if it wants any."""
    if isinstance(consumer, PieceConsumer):
        consumer.piece(piece)
