"""Our proxy with a consumer of its own. Usage: embedded.py count|wait --mode MODE --schema PATH [MITMPROXY OPTIONS]"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter

from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.watch import watch
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Batch, Close, Connection

NEVER = "error"
"""A payload that no message of the benchmarks' bursts has."""


class Counting:
    """A consumer that counts messages and bytes by the payload's name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.size = 0

    def opened(self, connection: Connection) -> None:
        """Nothing to do."""

    def messages(self, batch: Batch) -> None:
        """Count."""
        self.counts.update(batch.payloads)
        self.size += batch.size

    def closed(self, connection: Connection, close: Close) -> None:
        """Nothing to do."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Say it."""
        print(text, file=sys.stderr)


class Waiting(Counting):
    """A consumer that waits for one payload, which never comes, to look into it."""

    def messages(self, batch: Batch) -> None:
        """Decode the messages that were waited for."""
        if NEVER in batch.payloads:
            for message in batch:
                self.counts.update(envelope.payload for envelope in message.envelopes)


CONSUMERS = {"count": Counting, "wait": Waiting}


def started(proxy: EmbeddedProxy) -> None:
    """Nothing to say: whoever started us finds the port."""


def main() -> None:
    """Relay until killed."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("consumer", choices=CONSUMERS)
    parser.add_argument("--mode", required=True)
    parser.add_argument("--schema", required=True)
    found, options = parser.parse_known_args()
    reading = Reading(schema=(found.schema,))
    plan = ProxyPlan(reading, load(reading), (parse_mode(found.mode),), tuple(options))
    asyncio.run(watch(plan, CONSUMERS[found.consumer](), started))


main()
