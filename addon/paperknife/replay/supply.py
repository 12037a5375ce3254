"""What was said on recorded connections, for many that are replayed at a time: small ones are read together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from paperknife.replay.bundles import Held, gathering, taken
from paperknife.replay.survey import ConnectionSurvey
from paperknife.replay.timeline import Act, Choose, Session

__all__ = ["Supply"]

MOST_MESSAGES = 200_000
MOST_BYTES = 64 << 20
"""Messages, and bytes in them, that are held at a time; a connection for which there is no room is read by itself."""


class Supply:
    """Gives each connection what was said on it. One that has its acts and is not over counts with all of them."""

    def __init__(self, session: Session, surveys: Mapping[int, ConnectionSurvey], choose: Choose) -> None:
        self.session = session
        self.choose = choose
        self.messages = self.size = 0
        """How many are held, and the bytes in them."""
        self._surveys = surveys
        self._unread = dict.fromkeys(surveys)
        self._held: Held = {}
        self._reading = asyncio.Lock()

    async def read(self, number: int) -> None:
        """Have the acts of a connection at hand, and with them those of others that come after it."""
        async with self._reading:
            if number in self._unread:
                numbers = self._fitting(number)
                held: Held = {each: deque() for each in numbers}
                for _ in gathering(self.session, held, self.choose):
                    await asyncio.sleep(0)
                self._held |= held
                for each in numbers or [number]:
                    del self._unread[each]

    @contextmanager
    def acts(self, number: int) -> Iterator[Iterator[Act]]:
        """What was said on a connection that was read, held for as long as this is open."""
        if number not in self._held:
            yield self.session.acts(number, self.choose)
            return
        try:
            yield taken(self._held.pop(number))
        finally:
            self.messages -= self._surveys[number].messages
            self.size -= self._surveys[number].size

    def _fitting(self, number: int) -> list[int]:
        """This connection and all others for which there is room too, which is taken; none where there are not two."""
        found: list[int] = []
        messages, size = self.messages, self.size
        for each in (number, *(other for other in self._unread if other != number)):
            survey = self._surveys[each]
            if messages + survey.messages <= MOST_MESSAGES and size + survey.size <= MOST_BYTES:
                messages += survey.messages
                size += survey.size
                found.append(each)
            elif each == number:
                return []
        if len(found) < 2:
            return []
        self.messages, self.size = messages, size
        return found
