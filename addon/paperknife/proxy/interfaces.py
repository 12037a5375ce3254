"""mitmproxy's own console and web interface, with our addon inside and our modes translated."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from mitmproxy import ctx
from mitmproxy.exceptions import OptionsError
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.tools import cmdline
from mitmproxy.tools.main import run

from paperknife.proxy.addon import Paperknife
from paperknife.proxy.arguments import ArgumentError, SentenceParser, option_sentence
from paperknife.proxy.dispatch import use_listeners_only
from paperknife.proxy.embedded import IDLE_SECONDS, ProxyPlan
from paperknife.proxy.listening import StartError, find_listening
from paperknife.proxy.option_words import options_from, record_options_from, replay_options_from
from paperknife.proxy.recordings import Recordings
from paperknife.settings.modes import Mode

__all__ = ["run_console", "run_web"]


class Announcement:
    """Says where to connect and what was loaded, once mitmproxy listens."""

    def __init__(self, addon: Paperknife, modes: tuple[Mode, ...], say: Callable[[str], None]) -> None:
        self.addon = addon
        self.modes = modes
        self.say = say

    def running(self) -> None:
        """Servers are set up by now; one that could not be is mitmproxy's to report."""
        try:
            for listening in find_listening(ctx.master.addons.get("proxyserver"), self.modes):
                self.say(listening.sentence())
        except StartError:
            return
        self.addon.keeper.announce()


def run_console(plan: ProxyPlan, ended: Callable[[Recordings], None]) -> None:
    """Run mitmproxy's console until the user leaves it; `ended` is given what was recorded. Raises `ArgumentError`."""
    from mitmproxy.tools.console.master import ConsoleMaster

    run_interface(ConsoleMaster, cmdline.mitmproxy, plan, None, ended)


def run_web(plan: ProxyPlan, say: Callable[[str], None], ended: Callable[[Recordings], None]) -> None:
    """Run mitmproxy's web interface until it is interrupted; `say` is told where to connect.

    `ended` is given what was recorded. Raises `ArgumentError`.
    """
    from mitmproxy.tools.web.master import WebMaster

    run_interface(WebMaster, cmdline.mitmweb, plan, say, ended)


def run_interface(
    master: type[Master],
    declare: Callable[[Options], argparse.ArgumentParser],
    plan: ProxyPlan,
    say: Callable[[str], None] | None,
    ended: Callable[[Recordings], None],
) -> None:
    """Run one of mitmproxy's interfaces as its own command does."""
    made_addons: list[Paperknife] = []

    def make(options: Options) -> Master:
        made = master(options)
        use_listeners_only(made.addons)
        addon = Paperknife((), plan.loaded, plan.reading, plan.modes)
        addon.finishes_recordings = False
        addon.replayed = plan.replay.path
        made_addons.append(addon)
        options.update(listen_host="127.0.0.1", tcp_timeout=IDLE_SECONDS)
        made.addons.add(addon, Announcement(addon, plan.modes, say or (lambda text: addon.notice(text, False))))
        try:
            options.update(**options_from(plan.reading), **record_options_from(plan.record))
            options.update(**replay_options_from(plan.replay))
            options.update(**plan.changing)
            if plan.stats:
                options.update(paperknife_stats=plan.stats)
        except OptionsError as error:
            raise ArgumentError(option_sentence(error)) from None
        return made

    def parser(options: Options) -> SentenceParser:
        return SentenceParser(declare(options), plan.own_flags)

    modes = [argument for mode in plan.modes for argument in ("--mode", mode.spec)]
    try:
        run(make, parser, [*modes, *plan.arguments])  # type: ignore[arg-type]
    finally:
        for addon in made_addons:
            ended(addon.recordings)
