"""A mitmproxy inside our own event loop, with no interface of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from mitmproxy import addons, log
from mitmproxy.addons import keepserving, readfile
from mitmproxy.master import Master
from mitmproxy.options import Options

from paperknife.proxy.addon import Paperknife
from paperknife.proxy.arguments import apply_arguments
from paperknife.proxy.listening import Listening, StartError, find_listening
from paperknife.proxy.options import options_from
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Loaded, Reading
from paperknife.traffic import Consumer

__all__ = ["EmbeddedProxy", "ProxyPlan"]

IDLE_SECONDS = 7 * 24 * 3600
"""mitmproxy cuts TCP connections that are silent for ten minutes; a quiet WebSocket may well be."""


@dataclass(frozen=True, slots=True)
class ProxyPlan:
    """Everything that a proxy is started with.

    `arguments` are mitmproxy's own command-line options; `own_flags` name ours, for suggestions.
    """

    reading: Reading
    loaded: Loaded
    modes: tuple[Mode, ...] = (Mode("regular"),)
    arguments: tuple[str, ...] = ()
    own_flags: tuple[str, ...] = field(default=(), repr=False)


SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while the event loop waits for it: rendering must not show up as latency."""


SAID_BETTER = ("Client TLS handshake failed", "Server TLS handshake failed")
"""How mitmproxy's warnings begin that `trust` and `tap` give with advice."""


class NoticeHandler(log.MitmLogHandler):
    """Passes warnings and errors of mitmproxy and of the user's addons on to the user."""

    def __init__(self, addon: Paperknife) -> None:
        super().__init__(logging.WARNING)  # type: ignore[no-untyped-call]
        self.addon = addon
        self.setFormatter(logging.Formatter("%(message)s"))
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if text.startswith(SAID_BETTER):
            return
        if record.levelno >= logging.ERROR:
            self.errors.append(text)
        self.addon.notice(text, True)


class EmbeddedProxy:
    """Runs a mitmproxy while its `async with` block runs.

    Entering raises `StartError` or `ArgumentError`; from then on `listening` says where to connect. `closed` returns
    when something, a signal handler for example, has called `shutdown`.
    """

    def __init__(self, plan: ProxyPlan, consumers: Sequence[Consumer]) -> None:
        self.plan = plan
        self.addon = Paperknife(consumers, plan.loaded, plan.reading, plan.modes)
        self.listening: tuple[Listening, ...] = ()
        self.handler = NoticeHandler(self.addon)

    async def __aenter__(self) -> Self:
        quieten_loggers()
        sys.setswitchinterval(SWITCH_SECONDS)
        options = Options()
        self.master = Master(options)
        self.master.addons.add(*addons.default_addons(), keepserving.KeepServing(), readfile.ReadFile(), self.addon)
        options.update(
            listen_host="127.0.0.1",
            tcp_timeout=IDLE_SECONDS,
            mode=[mode.spec for mode in self.plan.modes],
            **options_from(self.plan.reading),
        )
        apply_arguments(options, self.plan.arguments, own_flags=self.plan.own_flags)
        self.handler.install()
        self.running = asyncio.create_task(self.master.run())
        started = asyncio.create_task(self.wait_until_running())
        await asyncio.wait([self.running, started], return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        try:
            self.listening = find_listening(self.master.addons.get("proxyserver"), self.plan.modes)
        except StartError:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def wait_until_running(self) -> None:
        """Return once mitmproxy has set up its servers and told all addons that it runs."""
        while self.addon.watcher is None:
            await asyncio.sleep(0.005)

    def shutdown(self) -> None:
        """Ask mitmproxy to end. May be called from any thread."""
        self.master.shutdown()

    async def closed(self) -> None:
        """Return when mitmproxy has ended."""
        await asyncio.wait([self.running])

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()
        try:
            await self.running
        finally:
            self.handler.uninstall()


def quieten_loggers() -> None:
    """The levels that mitmproxy itself sets for the libraries below it."""
    logging.getLogger().setLevel(logging.DEBUG)
    for name in ("tornado", "asyncio", "hpack", "quic", "urwid", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
