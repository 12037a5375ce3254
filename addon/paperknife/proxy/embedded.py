"""A mitmproxy inside our own event loop, with no interface of its own."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mitmproxy import addons, exceptions, log
from mitmproxy.addons import keepserving, readfile
from mitmproxy.master import Master
from mitmproxy.options import Options

from paperknife.mutation import hold_when
from paperknife.mutation.hold_when import HoldWords
from paperknife.proxy.addon import Paperknife
from paperknife.proxy.arguments import ArgumentError, apply_arguments, option_sentence
from paperknife.proxy.dispatch import use_listeners_only
from paperknife.proxy.listening import Listening, StartError, find_listening
from paperknife.proxy.option_words import (
    change_options_from,
    options_from,
    record_options_from,
    replay_options_from,
)
from paperknife.proxy.options import PREFIX
from paperknife.recording import segments
from paperknife.recording.segments import RecordWords
from paperknife.replay import words
from paperknife.replay.words import ReplayWords
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Loaded, Reading
from paperknife.traffic import Consumer

__all__ = ["EmbeddedProxy", "ProxyPlan"]

IDLE_SECONDS = 7 * 24 * 3600
"""mitmproxy cuts TCP connections that are silent for ten minutes; a quiet WebSocket may well be."""


@dataclass(frozen=True, slots=True)
class ProxyPlan:
    """Everything that a proxy is started with.

    Without `modes` it is mitmproxy's configuration that says how to listen, in the end its regular mode. `arguments`
    are mitmproxy's own command-line options; `own_flags` name ours, for suggestions. What is recorded as `record` asks
    is finished by whoever runs the proxy (`Recordings.finish`). `stats` is how often to say what was measured,
    `replay` what is answered from a recording, `rules` are files of rules, `scripts` those of the user's functions, and
    `hold` is what is held for his word.
    """

    reading: Reading
    loaded: Loaded
    modes: tuple[Mode, ...] = ()
    arguments: tuple[str, ...] = ()
    own_flags: tuple[str, ...] = field(default=(), repr=False)
    record: RecordWords = segments.NOTHING
    stats: str = ""
    replay: ReplayWords = words.NOTHING
    rules: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    hold: HoldWords = hold_when.NOTHING

    @property
    def changing(self) -> dict[str, object]:
        """The options for what changes messages."""
        return change_options_from(self.rules, self.scripts, self.hold)


AUTHORITY = "mitmproxy-ca.pem"


SAID_BETTER = ("Client TLS handshake failed", "Server TLS handshake failed")
"""How mitmproxy's warnings begin that `trust` and `tap` give with advice."""


class NoticeHandler(log.MitmLogHandler):
    """Passes warnings and errors of mitmproxy and of the user's addons on to the user, once the proxy has started.

    A start that fails says so by its exception alone.
    """

    def __init__(self, addon: Paperknife) -> None:
        super().__init__(logging.WARNING)  # type: ignore[no-untyped-call]
        self.addon = addon
        self.setFormatter(logging.Formatter("%(message)s"))
        self.held: list[str] | None = []
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if text.startswith(SAID_BETTER):
            return
        if threading.get_ident() == self.thread:
            self.tell(text)
        else:  # as of an addon's own thread: consumers are told of all in one order, and of nothing at the same time
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self.loop.call_soon_threadsafe(self.tell, text)

    def tell(self, text: str) -> None:
        """Pass a text on, or hold it back."""
        if self.held is None:
            self.addon.notice(text, True)
        else:
            self.held.append(text)

    def release(self) -> None:
        """Pass on what was held back, and from now on everything at once."""
        held, self.held = self.held or (), None
        for text in held:
            self.addon.notice(text, True)


class EmbeddedProxy:
    """Runs a mitmproxy while its `async with` block runs.

    Made inside an event loop. Entering raises `StartError` or `ArgumentError`; from then on `listening` says where to
    connect. `closed` returns when something, a signal handler for example, has called `shutdown`; connections live on
    until the block ends.
    """

    def __init__(self, plan: ProxyPlan, consumers: Sequence[Consumer]) -> None:
        self.plan = plan
        self.addon = Paperknife(consumers, plan.loaded, plan.reading, plan.modes)
        self.addon.finishes_recordings = False
        self.addon.replayed = plan.replay.path
        self.listening: tuple[Listening, ...] = ()
        self.handler = NoticeHandler(self.addon)
        self.loop = asyncio.get_running_loop()
        self.ending = asyncio.Event()

    async def __aenter__(self) -> Self:
        quieten_loggers()
        options = Options()
        self.master = Master(options)
        use_listeners_only(self.master.addons)
        self.master.addons.add(*addons.default_addons(), keepserving.KeepServing(), readfile.ReadFile(), self.addon)
        try:
            self.configure(options)
        except ArgumentError:
            await self.master.done()
            self.addon.recordings.discard()
            raise
        self.handler.install()
        self.running = asyncio.create_task(self.master.run())
        started = asyncio.create_task(self.wait_until_running())
        await asyncio.wait([self.running, started], return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        try:
            self.listening = find_listening(self.master.addons.get("proxyserver"), self.plan.modes)
        except StartError:
            await self.__aexit__(None, None, None)
            self.addon.recordings.discard()
            raise
        self.handler.release()
        return self

    def configure(self, options: Options) -> None:
        """Set mitmproxy's options: our defaults, then the user's configuration and arguments, then what the plan says.

        Raises `ArgumentError`.
        """
        ours, defaults = options_from(self.plan.reading), options_from(Reading())
        options.update(listen_host="127.0.0.1", tcp_timeout=IDLE_SECONDS, **ours)
        apply_arguments(options, self.plan.arguments, own_flags=self.plan.own_flags)
        check_authority_folder(options.confdir)
        given = {name: value for name, value in ours.items() if value != defaults[name]}
        given |= record_options_from(self.plan.record) | replay_options_from(self.plan.replay)
        if self.plan.stats:
            given[f"{PREFIX}stats"] = self.plan.stats
        given |= self.plan.changing
        if self.plan.modes:
            given["mode"] = [mode.spec for mode in self.plan.modes]
        try:
            options.update(**given)
        except exceptions.OptionsError as error:
            raise ArgumentError(option_sentence(error)) from None

    async def wait_until_running(self) -> None:
        """Return once mitmproxy has set up its servers and told all addons that it runs."""
        while self.addon.watcher is None:
            await asyncio.sleep(0.005)

    def shutdown(self) -> None:
        """Have `closed` return. May be called from any thread, and at any time."""
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self.loop.call_soon_threadsafe(self.ending.set)

    def hurry(self) -> None:
        """Begin nothing that takes long, as an end has been asked for; for a signal's handler, at any time.

        The loop may be busy with a flood, and hear of the signal later than it should.
        """
        for handler in self.handlers():
            handler.is_ending = True
        for track in list(self.addon.tap.live.values()):
            if track.carrier is not None:
                track.carrier.hurry()
        if self.addon.scripting.scripts is not None:
            self.addon.scripting.scripts.interrupt()  # which raises in a function that has been at work for long

    def interrupt(self) -> None:
        """Shut down, and take no more of what peers send; for a signal handler of the loop, at any time.

        An end takes several rounds of the loop, in each of which a flood would bring a few thousand messages more. What
        is not taken is not forwarded either, so that a recording has all that passed.
        """
        self.shutdown()
        self.hurry()
        for handler in self.handlers():
            for each in handler.transports.values():
                transport = each.writer.transport if isinstance(each.writer, asyncio.StreamWriter) else None
                if isinstance(transport, asyncio.Transport):
                    transport.pause_reading()

    def handlers(self) -> list[Any]:
        """Those of mitmproxy's connections."""
        return list(self.master.addons.get("proxyserver").connections.values()) if self.listening else []

    async def closed(self) -> None:
        """Return when the proxy is to end, or mitmproxy has ended by itself."""
        ending = asyncio.create_task(self.ending.wait())
        await asyncio.wait([self.running, ending], return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.addon.tap.ending = True
        for server in self.master.addons.get("proxyserver").servers:
            if server.is_running:  # mitmproxy leaves it to the end of the process
                await server.stop()
        self.master.shutdown()
        try:
            await self.running
        finally:
            self.handler.uninstall()


def check_authority_folder(confdir: str) -> None:
    """Make mitmproxy's configuration folder, into which it writes its certificate authority at its first start.

    Raises `ArgumentError` where mitmproxy would log a traceback and go on without TLS.
    """
    folder = Path(confdir).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK) and not (folder / AUTHORITY).exists():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise ArgumentError(
            f"A folder for mitmproxy's certificates was expected at {confdir}: {error.strerror}. "
            "Name one that can be written to with --set confdir=FOLDER."
        ) from None


def quieten_loggers() -> None:
    """The levels that mitmproxy itself sets for the libraries below it."""
    logging.getLogger().setLevel(logging.DEBUG)
    for name in ("tornado", "asyncio", "hpack", "quic", "urwid", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
