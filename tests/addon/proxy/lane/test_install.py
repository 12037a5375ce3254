"""Taking mitmproxy's place, where this mitmproxy is as we know it."""

import asyncio

import pytest
from mitmproxy import version
from mitmproxy.proxy import mode_servers
from mitmproxy.proxy.layers import http, websocket
from tests.addon.proxy.lane.by_hand import CLOSE, TEXT, frame

from paperknife.proxy.lane import install
from paperknife.proxy.lane.layer import Lane

FIN = 0x80


@pytest.mark.parametrize("words", [words for words, _ in install.SHAPE])
def test_mitmproxy_has_the_shape_that_the_lane_relies_on(words) -> None:
    """For a new version of mitmproxy that fails here, look at what the lane does with the part that is named."""
    assert words not in install.unmet(), (
        f"mitmproxy {version.VERSION} is made differently: it is no longer so that {words}. "
        "Until the lane is adapted, paperknife uses mitmproxy's own WebSocket layer with it."
    )


def is_stock() -> bool:
    """True if nothing of ours is in mitmproxy."""
    return (websocket.WebsocketLayer, mode_servers.ProxyConnectionHandler) == (
        install.STOCK_LAYER,
        install.STOCK_HANDLER,
    )


async def converse(at) -> None:
    """A message each way, and a close handshake; all of it is seen."""
    await at.client.send(FIN | TEXT, b"there")
    assert (await at.server.hear(6 + 5))[0] == FIN | TEXT
    await at.server.send(FIN | TEXT, b"back")
    assert await at.client.hear(2 + 4) == frame(FIN | TEXT, b"back")
    await at.client.send(FIN | CLOSE, b"\x03\xe8")
    await at.server.hear(2 + 4 + 2)
    await at.server.send(FIN | CLOSE, b"\x03\xe8")
    at.server.close()
    await at.client.rest()
    at.client.close()
    assert (await at.closed()).code == 1000
    assert [message.content for message in at.witness.seen] == [b"there", b"back"]


def test_one_proxy_after_the_other(wire) -> None:
    """The lane comes with a proxy and goes with it."""
    for _ in range(2):

        async def run() -> None:
            async with wire() as at:
                assert issubclass(websocket.WebsocketLayer, Lane)
                await converse(at)

        assert is_stock()
        asyncio.run(run())
        assert is_stock()


def test_without_the_lane_mitmproxys_own_layer_relays(wire) -> None:
    """With paperknife_lane=false everything is shown as ever."""

    async def run() -> None:
        async with wire(arguments=("--set", "paperknife_lane=false")) as at:
            assert is_stock()
            assert not at.track.lane
            await converse(at)

    asyncio.run(run())


def test_the_lane_may_be_switched_while_connections_are_open(wire) -> None:
    """An open connection stays with what relays it; none of its messages is lost or told of twice."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.master.options.update(paperknife_lane=False)
            assert is_stock()
            await converse(at)
        async with wire(arguments=("--set", "paperknife_lane=false")) as at:
            at.proxy.master.options.update(paperknife_lane=True)
            await converse(at)

    asyncio.run(run())


def test_another_mitmproxy_gets_a_warning_and_its_own_layer(wire, monkeypatch) -> None:
    """With a version that is made differently, one warning names what is missing, and mitmproxy's own layer relays."""

    def flow_done(self):
        raise AssertionError("never called: only its source is looked at")

    async def run() -> None:
        real = http.HttpStream.flow_done
        monkeypatch.setattr(http.HttpStream, "flow_done", flow_done)
        missing = install.unmet()
        monkeypatch.setattr(http.HttpStream, "flow_done", real)
        monkeypatch.setattr(install, "unmet", lambda: missing)
        async with wire() as at:
            assert is_stock()
            (warning,) = at.warnings()
            assert "the HTTP layer looks WebsocketLayer up in its module" in warning
            await converse(at)

    asyncio.run(run())
