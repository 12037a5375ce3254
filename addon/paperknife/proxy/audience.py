"""Everybody who is told of traffic."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from paperknife.traffic import Consumer

__all__ = ["Audience"]

logger = logging.getLogger(__name__)


class Audience:
    """Tells consumers. One that raises is told of once, and left out from then on: the traffic goes on."""

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self.consumers = list(consumers)

    def tell(self, call: Callable[[Consumer], None]) -> None:
        """Call every consumer; the traceback of one that fails is in the log."""
        for consumer in tuple(self.consumers):
            try:
                call(consumer)
            except Exception:
                self.consumers.remove(consumer)
                logger.exception("%s failed and gets no more messages; the traffic goes on.", type(consumer).__name__)

    def notice(self, text: str, warning: bool = False) -> None:
        """Pass one sentence for the user on; through mitmproxy's log where nobody listens."""
        if self.consumers:
            self.tell(lambda consumer: consumer.notice(text, warning=warning))
        else:
            logger.log(logging.WARNING if warning else logging.INFO, text)
