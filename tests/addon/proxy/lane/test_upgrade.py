"""What a server sends in one packet with its handshake arrives as it was sent."""

import asyncio

import pytest
from tests.addon.proxy.lane.by_hand import frame

REQUEST = (
    b"GET /v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


@pytest.mark.parametrize(
    "sent", [frame(0x82, b"early"), frame(0x0A, b"a pong in fragments") + frame(0x80, b""), b"\r\n\r\n", b"\n"]
)
def test_bytes_behind_the_handshake_arrive(stage, sent: bytes) -> None:
    """Legal and illegal frames, and what begins like a line feed, reach the client byte for byte."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(RESPONSE + sent)

    async def run() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with stage(upstream=f"ws://127.0.0.1:{port}/v1") as at:
                reader, writer = await asyncio.open_connection("127.0.0.1", at.proxy.listening[0].port)
                writer.write(REQUEST)
                await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
                assert await asyncio.wait_for(reader.readexactly(len(sent)), 60) == sent
                writer.close()

    asyncio.run(run())
