"""A TLS server of our own, for a client that trusts mitmproxy's authority."""

import asyncio
import ssl
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from paperknife.demo.client import ClientOptions, trade
from paperknife.proxy.certificate import client_context, server_context

CALM = Path(__file__).parents[3] / "recordings" / "calm.mcap"


@pytest.mark.parametrize("name", ["venue.example", "localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_trusts_the_server(tmp_path: Path, name: str) -> None:
    """Under the name that was asked for and those of this machine; a client that does not trust it is refused."""
    context = server_context("venue.example", str(tmp_path / "authority"))
    trusting = ssl.create_default_context(cafile=tmp_path / "authority" / "mitmproxy-ca-cert.pem")

    async def run() -> None:
        async with serve(lambda connection: connection.send("x"), "127.0.0.1", 0, ssl=context) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"wss://127.0.0.1:{port}"
            async with connect(url, ssl=trusting, server_hostname=name, proxy=None) as client:
                assert await client.recv() == "x"
            with pytest.raises(ssl.SSLCertVerificationError):
                await connect(url, ssl=ssl.create_default_context(), server_hostname=name, proxy=None)
            with pytest.raises(ssl.SSLCertVerificationError):
                await connect(url, ssl=trusting, server_hostname="other.example", proxy=None)

    asyncio.run(run())


def test_the_key_is_on_disk_with_the_authority_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file by which it is loaded is gone at once."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    server_context("127.0.0.1", str(tmp_path / "authority"))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_recording_is_replayed_over_tls(launch, home: Path) -> None:
    """`replay server --tls`, for a client that trusts the authority in mitmproxy's own folder."""
    running = launch("paperknife", "replay", "server", str(CALM), "--listen", "127.0.0.1:0", "--tls", "--speed", "max")
    url = running.until("\n", stream="err").split()[-1]
    assert url.startswith("wss://127.0.0.1:")
    trusting = ssl.create_default_context(cafile=home / ".mitmproxy" / "mitmproxy-ca-cert.pem")
    options = ClientOptions(updates=19, tls=trusting)
    outcome = asyncio.run(trade(f"{url}/v1", seconds=10, options=options))
    assert (outcome.logged_in, outcome.close_code, len(outcome.orders)) == (True, 1000, 4)
    running.interrupt()
    status, _, err = running.end()
    assert status == 0, err


def test_a_client_behind_the_proxy_trusts_its_authority(tmp_path: Path) -> None:
    """Beside those of the system; without an authority these alone."""
    context = server_context("venue.example", str(tmp_path / "authority"))

    async def run() -> None:
        async with serve(lambda connection: connection.send("x"), "127.0.0.1", 0, ssl=context) as server:
            url = f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
            async with connect(url, ssl=client_context(str(tmp_path / "authority")), proxy=None) as client:
                assert await client.recv() == "x"
            with pytest.raises(ssl.SSLCertVerificationError):
                await connect(url, ssl=client_context(str(tmp_path / "none")), proxy=None)

    asyncio.run(run())
