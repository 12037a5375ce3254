"""The addon that mitmproxy loads: options, keeper, tap and view, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Set

from mitmproxy import addonmanager, contentviews, ctx, exceptions, http
from mitmproxy.hooks import UpdateHook

from paperknife.proxy.contentview import EnvelopeView
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.options import OPTIONS, add_options, misspelt, reading_from
from paperknife.proxy.tap import Tap
from paperknife.proxy.trust import Trust
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Consumer
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import SchemaError

__all__ = ["Paperknife"]

logger = logging.getLogger(__name__)

NAMES = frozenset(option.name for option in OPTIONS)


class Paperknife:
    """The whole of paperknife as one mitmproxy addon.

    In the script form it is made with no arguments and reads mitmproxy's options. Our own command gives it consumers,
    and a protocol that is already loaded.
    """

    def __init__(
        self,
        consumers: Iterable[Consumer] = (),
        loaded: Loaded | None = None,
        reading: Reading | None = None,
        modes: Iterable[Mode] = (),
    ) -> None:
        self.loaded = loaded is not None
        self.keeper = Keeper(loaded or Loaded(Protocol()), reading or Reading(), self.notice)
        self.tap = Tap(self.keeper, consumers, modes)
        self.keeper.changed.append(self.redraw)
        self.trust = Trust(self.notice)
        self.addons = [self.tap, self.trust]
        self.watcher: asyncio.Task[None] | None = None

    def notice(self, text: str, warning: bool) -> None:
        """Tell the user: through the consumers, or through mitmproxy's log where there are none."""
        if self.tap.consumers:
            self.tap.notice(text, warning)
        else:
            logger.log(logging.WARNING if warning else logging.INFO, text)

    # mitmproxy's hooks

    def load(self, loader: addonmanager.Loader) -> None:
        """Declare the options."""
        add_options(loader)
        contentviews.add(EnvelopeView(self.keeper))

    def configure(self, updated: Set[str]) -> None:
        """Read connections by the options of the moment."""
        if not updated & NAMES:
            return
        try:
            reading = reading_from(ctx.options)
            if reading == self.keeper.reading and self.loaded:
                return
            loaded = load(reading)
        except (SchemaError, exceptions.OptionsError) as error:
            if "scripts" in updated:  # a script's first configuration names every option
                # mitmproxy would log an exception here with its traceback; an error in the log stops it at start-up.
                logger.error("%s", error)
                return
            raise exceptions.OptionsError(str(error)) from None
        self.loaded = True
        self.keeper.use(loaded, reading)

    def running(self) -> None:
        """Refuse misspelt options; watch the schema's files."""
        for sentence in misspelt(ctx.options.deferred):
            logger.error(sentence)
        self.watcher = asyncio.get_running_loop().create_task(self.keeper.watch())

    def done(self) -> None:
        """Stop watching."""
        if self.watcher is not None:
            self.watcher.cancel()

    def redraw(self, _: Loaded) -> None:
        """Have mitmproxy's interfaces draw their WebSockets again."""
        if self.watcher is None:
            return
        view = ctx.master.addons.get("view")
        flows = [flow for flow in view or () if isinstance(flow, http.HTTPFlow) and flow.websocket]
        if flows:
            ctx.master.addons.trigger(UpdateHook(flows))
