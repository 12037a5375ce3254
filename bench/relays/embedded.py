"""Our proxy with a consumer of our own. Usage: embedded.py ORIGIN_URL CONFIGURATION_FOLDER"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.watch import watch
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Message

PROTO = Path(__file__).resolve().parents[2] / "proto"

NEVER = "error"
"""A payload that no message of the benchmark has."""


class Waiting:
    """A consumer that waits for one payload, which never comes."""

    def __init__(self) -> None:
        self.found = 0

    def opened(self, connection: Connection) -> None:
        """Nothing to do."""

    def messages(self, batch: Sequence[Message]) -> None:
        """Look at every payload's name."""
        for message in batch:
            for envelope in message.envelopes:
                if envelope.payload == NEVER:
                    self.found += 1

    def closed(self, connection: Connection, close: Close) -> None:
        """Nothing to do."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Say it."""
        print(text, file=sys.stderr)


def started(proxy: EmbeddedProxy) -> None:
    """Nothing to say: whoever started us finds the port."""


def main(origin: str, configuration: str) -> None:
    """Relay until killed."""
    reading = Reading(schema=(str(PROTO),))
    arguments = ("--listen-port", "0", "--set", f"confdir={configuration}", "--ssl-insecure")
    plan = ProxyPlan(reading, load(reading), (parse_mode(f"reverse:{origin}"),), arguments)
    asyncio.run(watch(plan, Waiting(), started))


main(*sys.argv[1:3])
