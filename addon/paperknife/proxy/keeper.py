"""The keeper holds the current protocol, and loads it anew when a schema file changes on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife.settings.matching import Address
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import SchemaError
from paperknife_decoders.schema.faults import fault_lines

__all__ = ["Keeper"]

CHECK_SECONDS = 0.25
"""How often the schema's files are looked at: a save takes effect before a hand is back on the mouse."""


class Keeper:
    """Gives the protocol of the moment. After `use`, `watch` keeps it up to date until it is cancelled.

    `notice` is told in words what was loaded or what is wrong; `changed` is called after each new protocol.
    """

    def __init__(self, loaded: Loaded, reading: Reading, notice: Callable[[str, bool], None]) -> None:
        self.loaded = loaded
        self.reading = reading
        self.notice = notice
        loaded.prepare()
        self.changed: list[Callable[[Loaded], None]] = []

    @property
    def protocol(self) -> Protocol:
        """How new messages are read on connections that nothing else is for."""
        return self.loaded.protocol

    def protocol_for(self, address: Address) -> Protocol:
        """How new messages of a connection are read."""
        return self.loaded.for_connection(address)

    def use(self, loaded: Loaded, reading: Reading) -> None:
        """Take over a protocol that was loaded by other options."""
        loaded.prepare()
        self.loaded = loaded
        self.reading = reading
        self.announce()
        for listener in self.changed:
            listener(loaded)

    def announce(self) -> None:
        """Say what is loaded, and each fault of it."""
        self.notice(self.loaded.describe(), not self.loaded.schemas)
        for schema in self.loaded.schemas:
            for text in fault_lines(schema.faults):
                self.notice(text, True)

    async def watch(self) -> None:
        """Look at the schema's files again and again; load them anew when one changed. Runs until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            loaded = self.loaded
            try:
                is_watched = bool(loaded.schemas) or loaded.config is not None
                if is_watched and await asyncio.to_thread(loaded.changed):
                    await self.reload()
            except Exception as error:  # a fault of ours must not end the watch in silence
                self.notice(f"The schema could not be loaded anew; the old one stays. {error!r}", True)

    async def reload(self) -> None:
        """Load the same sources again, off the event loop. If nothing of them loads, the old protocol stays."""
        reading = self.reading
        try:
            loaded = await asyncio.to_thread(load_prepared, reading)
        except SchemaError as error:
            why = "\n".join(["", *fault_lines(error.faults)]) if error.faults else f" {error}"
            what = "configuration" if isinstance(error, ConfigError) else "schema"
            self.notice(f"The {what} changed on disk and no longer loads; the old one stays.{why}", True)
            return
        if self.reading is reading:
            self.use(loaded, reading)


def load_prepared(reading: Reading) -> Loaded:
    """Load what `reading` names, ready for traffic. Raises `SchemaError`."""
    loaded = load(reading, embedded_schemas)
    loaded.prepare()
    return loaded
