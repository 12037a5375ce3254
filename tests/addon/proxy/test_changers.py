"""Rules from files, by a real proxy: loaded, loaded anew, wrong, gone."""

import asyncio
from dataclasses import replace

import pytest
from bench.venue_messages import serialized
from mitmproxy import exceptions
from tests.addon.proxy.conftest import staged
from tests.addon.saving import save
from websockets.asyncio.client import connect

from paperknife.demo.files import given_schema
from paperknife.proxy.options import RULES
from paperknife.settings.reading import Reading
from paperknife_decoders.message import Fate

READING = Reading(schema=(str(given_schema()),))
RULE = """
rules:
  - name: small
    on: client order
    do: [{{set: {{order.quantity: {quantity}}}}}]
"""


def order(quantity: int) -> bytes:
    """An order, as the demo's client sends it."""
    return serialized("ClientMessage", {"order": {"symbol": "ESZ6", "quantity": quantity}})


def test_rules_are_loaded_and_loaded_anew(tmp_path) -> None:
    """On a connection that is open already; a file that is wrong leaves the old ones, and so does one that is gone."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULE.format(quantity=1))

    async def run() -> None:
        async with staged(reading=READING) as stage:
            options, witness = stage.proxy.master.options, stage.witness

            async def until(text: str) -> None:
                await witness.until(lambda: any(text in said for said, _ in witness.notices), text)
                witness.notices.clear()

            async with connect(stage.url, proxy=None) as client:

                async def echoed() -> bytes:
                    await client.send(order(9))
                    return await client.recv()

                assert await echoed() == order(9)
                options.update(**{RULES: [str(path)]})
                await until("1 rule from")
                assert await echoed() == order(1)
                save(path, RULE.format(quantity=2))
                await until("1 rule from")
                assert await echoed() == order(2)
                save(path, RULE.format(quantity="[]").replace("order.q", "order.qq"))
                await until("the old ones stay")
                assert await echoed() == order(2)
                save(path, RULE.format(quantity=3))
                await until("1 rule from")
                assert await echoed() == order(3)
                options.update(**{RULES: []})
                assert await echoed() == order(9)
            changed = [m for m in witness.seen if m.fate is Fate.CHANGED]
            assert [m.hits for m in changed] == [("small",)] * 4
            assert {m.original for m in changed} == {order(9)}

    asyncio.run(run())


TIMES = [("[0s, 1s]", 9), ("[1s, 1h]", 1)]


@pytest.mark.parametrize(("between", "quantity"), TIMES)
def test_between_counts_from_the_opening(tmp_path, between, quantity) -> None:
    """Of the connection, however late the rules were loaded."""
    path = tmp_path / "rules.yaml"
    save(path, RULE.format(quantity=1) + f"    between: {between}\n")

    async def run() -> None:
        async with staged(reading=READING) as stage, connect(stage.url, proxy=None) as client:
            await client.send(order(9))
            await client.recv()
            (track,) = stage.proxy.addon.tap.live.values()
            track.connection = replace(track.connection, time_ns=track.connection.time_ns - 5 * 10**9)
            stage.proxy.master.options.update(**{RULES: [str(path)]})
            await client.send(order(9))
            assert await client.recv() == order(quantity)

    asyncio.run(run())


CHANGES = [
    ("paperknife_rules", "rules.yaml", "rules:\n  - name: cut\n    on: client order\n    do: [drop]\n"),
    ("paperknife_script", "mine.py", "def client_order(order, connection): pass\n"),
    ("paperknife_hold", "order.quantity > 100", ""),
]


@pytest.mark.parametrize(("name", "value", "text"), CHANGES)
def test_nothing_is_promised_that_only_the_lane_can_do(stage, tmp_path, name, value, text) -> None:
    """Without it what changes messages is refused, and it cannot be switched off under it."""
    if text:
        (tmp_path / value).write_text(text)
        value = [str(tmp_path / value)]

    async def run() -> None:
        async with stage() as at:
            options = at.proxy.master.options
            options.update(**{name: value})
            with pytest.raises(exceptions.OptionsError, match=f"{name} can do nothing without paperknife_lane"):
                options.update(paperknife_lane=False)
            assert at.proxy.addon.tap.lane
            options.update(**{name: type(value)()})
            options.update(paperknife_lane=False)
            with pytest.raises(exceptions.OptionsError, match="can do nothing without paperknife_lane"):
                options.update(**{name: value})
            assert getattr(options, name) == type(value)()

    asyncio.run(run())


def test_a_hold_with_nobody_to_ask(stage, tmp_path) -> None:
    """What a rule would hold passes, and that is said once."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  - name: big\n    on: client order\n    do: [hold]\n")

    async def run() -> None:
        async with stage() as at:
            at.proxy.master.options.update(paperknife_rules=[str(rules)])
            async with connect(at.url) as client:
                for _ in range(2):
                    await client.send(order(1))
                    await client.recv()
            told = [text for text, warning in at.witness.notices if warning]
            assert told == ["Connection #1: big holds messages, and there is nobody to ask: they pass."]

    asyncio.run(run())
