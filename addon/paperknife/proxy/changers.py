"""Who decides on the messages of which connection: rules from files, and whoever else is added to `sources`.

Files of rules are loaded anew when they change, or the schema; what then is wrong is said, and the old rules stay.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from paperknife.mutation.chain import chained
from paperknife.mutation.rules.changer import RuleChanger
from paperknife.mutation.rules.ruleset import RuleSet, RulesReport, load_rules
from paperknife.mutation.rules.scope import Scripts
from paperknife.mutation.verdict import Changer
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.lane.track import Track
from paperknife.proxy.tap import Tap
from paperknife.settings.reading import Loaded
from paperknife.settings.yaml_file import ConfigError

__all__ = ["Changers", "Source"]

CHECK_SECONDS = 0.25
"""How often files of rules are looked at."""


class Source(Protocol):
    """Somebody who decides, besides the rules."""

    def changer(self, track: Track) -> Changer | None:
        """Who decides on the messages of one connection; asked when it opens, and after `Changers.renew`."""


class Changers:
    """The rules of a run, and those of `sources` behind them, in this order, for each connection of `tap`."""

    def __init__(self, tap: Tap, keeper: Keeper, say: Callable[[str, bool], None]) -> None:
        self.tap = tap
        self.keeper = keeper
        self.say = say
        self.paths: tuple[str, ...] = ()
        self.rules: RuleSet | None = None
        self.functions: Scripts | None = None
        """The user's functions, for rules that call them."""
        self.sources: list[Source] = []
        self.stale = False
        """The schema has changed since the rules were loaded."""
        tap.changers = self.changer
        keeper.changed.append(self.schema_changed)

    def changer(self, track: Track) -> Changer | None:
        """Who decides on the messages of one connection."""
        rules = self.rules
        if rules is None:
            track.by_rules = None
        elif isinstance(track.by_rules, RuleChanger):
            track.by_rules = rules.continuing(track.by_rules)
        else:
            track.by_rules = rules.for_connection(track.number, track.reader, opened_at(track), time.time_ns())
        return chained([track.by_rules, *(source.changer(track) for source in self.sources)])

    def renew(self) -> None:
        """Ask anew who decides, on open connections too."""
        self.tap.use_changers(self.changer)

    def use(self, paths: Sequence[str]) -> None:
        """Go by the rules of these files from now on. Raises `ConfigError`, and all is as it was before."""
        if tuple(paths) == self.paths:
            return
        rules = load_rules(paths, self.keeper.loaded.protocols, self.functions) if paths else None
        self.paths, self.rules = tuple(paths), rules
        self.renew()
        self.announce()

    def report(self) -> RulesReport:
        """What the rules have done in this run."""
        return self.rules.report() if self.rules is not None else RulesReport()

    def announce(self) -> None:
        """Say what rules there are."""
        if self.rules is not None:
            count = len(self.rules.names)
            self.say(f"{count} rule{'' if count == 1 else 's'} from {', '.join(self.paths)}.", False)
        else:
            self.say("No rules any more.", False)

    def schema_changed(self, _: Loaded) -> None:
        """Look at the rules again with the new schema, soon; until then the old ones are fitted to it."""
        self.stale = self.rules is not None
        self.renew()

    async def watch(self) -> None:
        """Look at the files again and again; load them anew when one changed. Runs until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            rules = self.rules
            try:
                if rules is not None and (self.stale or await asyncio.to_thread(rules.changed)):
                    self.stale = False
                    await self.reload()
            except Exception as error:  # a fault of ours must not end the watch in silence
                self.say(f"The rules could not be loaded anew; the old ones stay. {error!r}", True)

    async def reload(self) -> None:
        """Load the same files again, off the event loop. If anything is wrong in them, the old rules stay."""
        paths, protocols = self.paths, self.keeper.loaded.protocols
        try:
            rules = await asyncio.to_thread(partial(load_rules, paths, protocols, self.functions))
        except ConfigError as error:
            self.say(f"The rules have changed and are not right any more; the old ones stay.\n{error}", True)
            return
        if self.paths == paths:
            self.rules = rules
            self.renew()
            self.announce()


def opened_at(track: Track) -> float:
    """When a connection has opened, by the event loop's clock in seconds; maybe long before there were rules."""
    return time.monotonic() - max(time.time_ns() - track.connection.time_ns, 0) / 1e9
