"""The addon that mitmproxy loads: options, keeper, tap and view, put together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from mitmproxy import addonmanager, contentviews, ctx, exceptions, http
from mitmproxy.hooks import UpdateHook
from mitmproxy.utils import human

from paperknife.mutation.scripts import ScriptError
from paperknife.proxy.audience import Audience
from paperknife.proxy.changers import Changers
from paperknife.proxy.commands import Commands
from paperknife.proxy.contentview import EnvelopeView
from paperknife.proxy.finishing import finish_recordings
from paperknife.proxy.hands import Hands
from paperknife.proxy.handshakes import Handshakes
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.lane.install import uninstall, use_lane
from paperknife.proxy.links import Links
from paperknife.proxy.log_file import LogFile
from paperknife.proxy.option_words import reading_from, record_words_from, replay_words_from
from paperknife.proxy.options import HOLD, OPTIONS, PREFIX, RECORDING, REPLAY, RULES, SCRIPT, add_options, misspelt
from paperknife.proxy.recordings import Recordings
from paperknife.proxy.scripting import Scripting
from paperknife.proxy.stand_in import StandIn
from paperknife.proxy.tap import LIMIT, Tap
from paperknife.proxy.trust import Trust
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife.recording.records import RecordingError
from paperknife.replay.words import ReplayWords
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.stats.meter import Meter
from paperknife.stats.period import period_from
from paperknife.stats.pulse import Pulse
from paperknife.traffic import Consumer
from paperknife_decoders.expression import ExpressionError
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import SchemaError

__all__ = ["Paperknife"]

logger = logging.getLogger(__name__)

NAMES = frozenset(option.name for option in OPTIONS)

LISTENING = frozenset(("intercept_active", "scripts", "flow_detail"))
"""Options of mitmproxy by which somebody may begin or stop to listen to its hook for messages."""

LAZY = "lazy"
"""mitmproxy connects to a server once there is a request for it, and so not where we answer it."""

REFRESH_SECONDS = 0.1
"""How often mitmproxy's interfaces are brought up to date with what passed."""


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
        self.audience = Audience(consumers)
        self.notice = self.audience.notice
        self.keeper = Keeper(loaded or Loaded(Protocol()), reading or Reading(), self.audience.say)
        self.tap = Tap(self.keeper, self.audience)
        self.keeper.changed.append(self.redraw)
        self.changers = Changers(self.tap, self.keeper, self.audience.say)
        links = Links(self.tap)
        self.scripting = Scripting(self.keeper, links, self.audience.say, self.changers.renew)
        self.hands = Hands(self.tap, links, self.changers.renew)
        self.changers.sources += [self.scripting, self.hands]
        self.recordings = Recordings(self.audience, self.tap.connections, lambda: self.keeper.reading.redact)
        self.finishes_recordings = True
        """At the end; else whoever made us does."""
        self.pulse: Pulse | None = None
        self.trust = Trust(self.audience.say)  # it says nothing twice
        self.stand_in = StandIn(self.audience, self.tap, self.override)
        self.replayed = ""
        """The recording whose protocol is loaded, where no other was named."""
        handshakes = Handshakes(self.tap.masking, self.audience, modes)
        self.addons = [LogFile(), handshakes, self.tap, self.stand_in, self.trust, Commands(self.hands)]
        self.watcher: asyncio.Task[None] | None = None
        self.rules_watcher: asyncio.Task[None] | None = None
        self.script_watcher: asyncio.Task[None] | None = None
        self.refresher: asyncio.Task[None] | None = None

    # mitmproxy's hooks

    def load(self, loader: addonmanager.Loader) -> None:
        """Declare the options."""
        add_options(loader)
        self.tap.lane = use_lane(self.tap, self.notice)
        contentviews.add(EnvelopeView(self.keeper, self.tap.masking))

    def configure(self, updated: Set[str]) -> None:
        """Read connections by the options of the moment."""
        try:
            self.set_lane(updated)
            self.see_that_changes_can_be_made()
            if updated & RECORDING:
                self.recordings.use(record_words_from(ctx.options).plan())
            if updated & LISTENING:
                self.tap.see_listeners()
            if updated & NAMES:
                self.read_by(reading_from(ctx.options), replay_words_from(ctx.options))
            if SCRIPT in updated:  # whose functions rules may call
                self.set_scripts(ctx.options.paperknife_script)
            if updated & HOLD:
                self.set_hold()
            if RULES in updated:
                self.changers.use(ctx.options.paperknife_rules)
            if updated & REPLAY or "connection_strategy" in updated:
                self.set_replay()
        except (SchemaError, RecordingError, ScriptError, exceptions.OptionsError) as error:
            if "scripts" in updated:  # a script's first configuration names every option
                # mitmproxy would log an exception here with its traceback; an error in the log stops it at start-up.
                logger.error("%s", error)
                return
            raise exceptions.OptionsError(str(error)) from None

    def read_by(self, reading: Reading, words: ReplayWords) -> None:
        """Load what the options say, if it is something else than before."""
        own = words.loaded(reading) if words.path != self.replayed else None
        self.replayed = words.path or self.replayed
        if reading == self.keeper.reading and self.loaded and own is None:
            return
        loaded = own or load(reading, embedded_schemas)
        self.loaded = True
        self.keeper.use(loaded, reading)

    def set_replay(self) -> None:
        """Answer from a recording, or do not."""
        try:
            self.stand_in.use(replay_words_from(ctx.options))
        except ValueError as error:
            raise exceptions.OptionsError(f"{PREFIX}replay: {error}.") from None
        if self.stand_in.words.path and ctx.options.connection_strategy != LAZY:
            ctx.options.update(connection_strategy=LAZY)

    def override(self) -> Loaded | None:
        """What a recording is to be read by; None for its own protocols, where no others were given."""
        reading = self.keeper.reading
        if reading.schema and reading.config and not reading.protocol:
            return load(replace(reading, config=""), embedded_schemas)  # your own protocols are for what comes live
        return self.keeper.loaded if reading.schema or reading.protocol else None

    def set_lane(self, updated: Set[str]) -> None:
        """Take over the options of the lane."""
        options = ctx.options
        if f"{PREFIX}lane" in updated and options.paperknife_lane != self.tap.lane:
            self.tap.lane = options.paperknife_lane and use_lane(self.tap, self.notice)
            if not self.tap.lane:
                uninstall(self.tap)
        if f"{PREFIX}limit" in updated:
            try:
                self.tap.limit = human.parse_size(options.paperknife_limit) or LIMIT
            except ValueError:
                raise exceptions.OptionsError(
                    f"paperknife_limit: a size such as 16m was expected, not {options.paperknife_limit!r}."
                ) from None
        if f"{PREFIX}stats" in updated:
            self.set_stats(options.paperknife_stats)
        if "save_stream_file" in options and "hardump" in options:
            keeps_all = options.save_stream_file or options.hardump
            self.tap.keep(0 if keeps_all else max(options.paperknife_messages, 0))

    def see_that_changes_can_be_made(self) -> None:
        """Refuse what would do nothing: without the lane messages are only read."""
        asked = [name for name in (RULES, SCRIPT, f"{PREFIX}hold") if getattr(ctx.options, name)]
        if asked and not self.tap.lane:
            raise exceptions.OptionsError(
                f"{' and '.join(asked)} can do nothing without {PREFIX}lane, which carries out what is decided on "
                "messages."
            )

    def set_stats(self, text: str) -> None:
        """Measure, or do not."""
        try:
            period = period_from(text)
        except ValueError as error:
            raise exceptions.OptionsError(f"{PREFIX}stats: {error}.") from None
        if period is not None:
            self.pulse = Pulse(self.measure(), period, self.audience.say)
        elif self.pulse is not None:
            self.pulse = self.audience.meter = None

    def set_scripts(self, paths: Sequence[str]) -> None:
        """Call the functions of these scripts; for rules too."""
        self.scripting.use(paths)
        self.changers.functions = None if self.scripting.scripts is None else self.scripting.scripts.act

    def set_hold(self) -> None:
        """Hold messages as the options say."""
        options = ctx.options
        try:
            self.hands.use(
                options.paperknife_hold, options.paperknife_hold_seconds, in_order=options.paperknife_hold_in_order
            )
        except ExpressionError as error:
            raise exceptions.OptionsError(f"{PREFIX}hold: {error}") from None

    def measure(self) -> Meter:
        """Measure all that passes from now on."""
        if self.audience.meter is None:
            self.audience.meter = Meter()
        return self.audience.meter

    def running(self) -> None:
        """Refuse misspelt options; watch the schema's files."""
        for sentence in misspelt(ctx.options.deferred):
            logger.error(sentence)
        loop = asyncio.get_running_loop()
        self.rules_watcher = loop.create_task(self.changers.watch())
        self.script_watcher = loop.create_task(self.scripting.watch())
        self.watcher = loop.create_task(self.keeper.watch())
        self.refresher = loop.create_task(self.refresh())

    async def refresh(self) -> None:
        """Bring mitmproxy's interfaces up to date ten times a second, and tell counts. Runs until cancelled."""
        while True:
            self.tap.refresh()
            self.audience.tell_counts()
            self.recordings.tidy()
            if self.pulse is not None:
                self.pulse.tick(time.monotonic())
            await asyncio.sleep(REFRESH_SECONDS)

    def done(self) -> None:
        """Stop watching, and give mitmproxy its own layer back."""
        for task in (self.watcher, self.rules_watcher, self.script_watcher, self.refresher):
            if task is not None:
                task.cancel()
        if ctx.master.should_exit.is_set():
            self.tap.give_up_waiting()
        self.audience.tell_counts(all_of_them=True)
        self.recordings.stop()
        if self.finishes_recordings and ctx.master.should_exit.is_set():
            finish_recordings(self.recordings)
        elif self.finishes_recordings:  # the script is loaded anew, and an interface has the terminal
            self.recordings.finish()
        if self.tap.lane:
            uninstall(self.tap)

    def redraw(self, _: Loaded) -> None:
        """Have mitmproxy's interfaces draw their WebSockets again."""
        if self.watcher is None:
            return
        view = ctx.master.addons.get("view")
        flows = [flow for flow in view or () if isinstance(flow, http.HTTPFlow) and flow.websocket]
        if flows:
            ctx.master.addons.trigger(UpdateHook(flows))
