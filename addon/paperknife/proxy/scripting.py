"""The user's scripts in the proxy: loaded as the options say, and loaded anew when they are saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from paperknife.mutation.scripts import ScriptChanger, ScriptError, Scripts
from paperknife.mutation.scripts.connection import Link
from paperknife.mutation.scripts.naming import Handler
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.lane.track import Track

__all__ = ["Scripting"]

CHECK_SECONDS = 0.25
"""How often the files are looked at."""


class Scripting:
    """Who asks the user's functions. `renew` has open connections ask anew who decides there."""

    def __init__(self, keeper: Keeper, link: Link, say: Callable[[str, bool], None], renew: Callable[[], None]) -> None:
        self.keeper = keeper
        self.link = link
        self.say = say
        self.renew = renew
        self.scripts: Scripts | None = None

    def changer(self, track: Track) -> ScriptChanger | None:
        """Who decides on the messages of a connection."""
        scripts = self.scripts
        if scripts is None:
            return None
        return scripts.for_connection(track.number, track.reader, time.monotonic(), time.time_ns())

    def use(self, paths: Sequence[str]) -> None:
        """Call the functions of these files from now on. Raises `ScriptError`, and then nothing has changed."""
        if tuple(paths) == tuple(map(str, self.scripts.paths if self.scripts is not None else ())):
            return
        self.scripts = Scripts(paths, lambda: self.keeper.loaded.protocols, self.link) if paths else None
        self.renew()
        self.announce()

    def announce(self) -> None:
        """Say what functions there are."""
        if self.scripts is None:
            self.say("No scripts any more.", False)
        for path in self.scripts.paths if self.scripts is not None else ():
            names = [told(handler) for of, handler in self.scripts.handlers if of == path] if self.scripts else []
            self.say(f"Script {path}: {', '.join(names)}.", False)

    async def watch(self) -> None:
        """Look at the files again and again, and load them anew when one was saved. Runs until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            scripts = self.scripts
            if scripts is None or not scripts.changed():
                continue
            try:
                scripts.reload()
            except ScriptError as error:
                self.say(f"A script has changed and cannot be loaded; the old one stays.\n{error}", True)
            except Exception as error:  # a fault of ours must not end the watch in silence
                self.say(f"The scripts could not be loaded anew; the old ones stay. {error!r}", True)
            else:
                self.renew()
                self.announce()


def told(handler: Handler) -> str:
    """A function's name, and who calls it where no message does."""
    is_called = handler.event is not None or handler.direction is not None
    return handler.name if is_called else f"{handler.name} (for rules that name it)"
