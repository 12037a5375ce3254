"""The keeper: the protocol of the moment, and what the user is told of it."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.addon.saving import save

from paperknife.proxy.keeper import Keeper
from paperknife.settings.matching import Address
from paperknife.settings.reading import Reading, load


class Told:
    """What the keeper said and loaded."""

    def __init__(self, folder: Path) -> None:
        reading = Reading(schema=(str(folder),))
        self.notices: list[tuple[str, bool]] = []
        self.keeper = Keeper(load(reading), reading, lambda text, warning: self.notices.append((text, warning)))
        self.loads: list[object] = []
        self.keeper.changed.append(self.loads.append)

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                await asyncio.sleep(0.01)


async def watched(told: Told, steps: Callable[[], object]) -> None:
    """Run `steps` while the keeper watches."""
    watching = asyncio.create_task(told.keeper.watch())
    try:
        await steps()
    finally:
        watching.cancel()


def test_a_saved_file_is_loaded_and_announced(schema_folder: Path) -> None:
    """The new protocol takes over, listeners are called with it, and one sentence says what was loaded."""

    async def run() -> None:
        told = Told(schema_folder)
        file = schema_folder / "tiny.proto"

        async def steps() -> None:
            save(file, file.read_text() + "message Another {}\n")
            await told.until(lambda: told.loads)
            assert told.loads == [told.keeper.loaded]
            assert told.keeper.protocol.client.look  # no message waits for it to be made
            assert "4 messages" in told.notices[-1][0]
            assert told.notices[-1][1] is False

        await watched(told, steps)

    asyncio.run(run())


def test_a_broken_save_keeps_the_old_and_is_told_once(schema_folder: Path) -> None:
    """Nothing loads: the old protocol stays, and the place of the fault is said, once for each save."""

    async def run() -> None:
        told = Told(schema_folder)
        before, file = told.keeper.protocol, schema_folder / "tiny.proto"
        good = file.read_text()

        async def steps() -> None:
            save(file, "nothing at all")
            await told.until(lambda: told.notices)
            assert "the old one stays" in told.notices[0][0]
            assert "tiny.proto:1:1: " in told.notices[0][0]
            assert told.keeper.protocol is before
            save(file, good)
            await told.until(lambda: told.loads)
            assert sum("the old one stays" in text for text, _ in told.notices) == 1

        await watched(told, steps)

    asyncio.run(run())


def test_a_broken_envelope_is_told_by_its_faults(schema_folder: Path) -> None:
    """Where other files still load, what is said is what is wrong where, and not which types there are besides."""

    async def run() -> None:
        (schema_folder / "other.proto").write_text('syntax = "proto3"; message Other {}')
        told = Told(schema_folder)
        before, file = told.keeper.protocol, schema_folder / "tiny.proto"

        async def steps() -> None:
            save(file, file.read_text() + "message Broken { Foo foo = 1; }\n")
            await told.until(lambda: told.notices)
            lines = told.notices[0][0].split("\n")
            assert lines[0].endswith("no longer loads; the old one stays.")
            assert re.search(r'tiny\.proto:\d+:\d+: "Foo" is not defined', lines[1])
            assert len(lines) == 2
            assert told.keeper.protocol is before

        await watched(told, steps)

    asyncio.run(run())


def test_a_fault_of_ours_does_not_end_the_watch(schema_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no schema should bring about is told, and the next save is loaded."""

    async def run() -> None:
        told = Told(schema_folder)
        file = schema_folder / "tiny.proto"

        def fail(*_: object) -> None:
            raise RuntimeError("on purpose")

        async def steps() -> None:
            with monkeypatch.context() as patch:
                patch.setattr("paperknife.proxy.keeper.load", fail)
                save(file, file.read_text() + "message Another {}\n")
                await told.until(lambda: told.notices)
            assert "the old one stays. RuntimeError('on purpose')" in told.notices[0][0]
            save(file, file.read_text() + "message More {}\n")
            await told.until(lambda: told.loads)

        await watched(told, steps)

    asyncio.run(run())


def test_what_was_loaded_for_older_options_is_dropped(schema_folder: Path, trading: str) -> None:
    """Options that change while files are being read win."""

    async def run() -> None:
        told = Told(schema_folder)
        reloading = asyncio.create_task(told.keeper.reload())
        await asyncio.sleep(0)
        reading = Reading(schema=(trading,))
        told.keeper.use(load(reading), reading)
        await reloading
        assert told.keeper.reading is reading
        assert told.keeper.protocol.client.name == "trading.v1.ClientMessage"
        assert len(told.loads) == 1

    asyncio.run(run())


def test_a_configuration_that_changes_is_loaded_anew(schema_folder: Path) -> None:
    """And one that is wrong leaves the old one, with its faults told."""

    async def run() -> None:
        file = schema_folder / "paperknife.yaml"
        text = "protocols:\n  - {name: tiny, schema: [.]}\n"
        save(file, text)
        told = Told(schema_folder)
        reading = Reading(config=str(file))
        told.keeper.use(load(reading), reading)
        told.notices.clear()
        told.loads.clear()

        async def steps() -> None:
            save(file, text.replace("name", "nam"))
            await told.until(lambda: told.notices)
            assert "The configuration changed on disk and no longer loads; the old one stays." in told.notices[0][0]
            assert "paperknife.yaml:2:6: " in told.notices[0][0]
            save(file, text.replace("tiny", "other"))
            await told.until(lambda: told.loads)
            assert told.keeper.protocol_for(Address()).name == "other"

        await watched(told, steps)

    asyncio.run(run())
