"""Rules from files, by a real proxy: loaded, loaded anew, wrong, gone."""

import asyncio

from bench.venue_messages import serialized
from tests.addon.proxy.conftest import staged
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
                path.write_text(RULE.format(quantity=2))
                await until("1 rule from")
                assert await echoed() == order(2)
                path.write_text(RULE.format(quantity="[]").replace("order.q", "order.qq"))
                await until("the old ones stay")
                assert await echoed() == order(2)
                path.write_text(RULE.format(quantity=3))
                await until("1 rule from")
                assert await echoed() == order(3)
                options.update(**{RULES: []})
                assert await echoed() == order(9)
            changed = [m for m in witness.seen if m.fate is Fate.CHANGED]
            assert [m.hits for m in changed] == [("small",)] * 4
            assert {m.original for m in changed} == {order(9)}

    asyncio.run(run())
