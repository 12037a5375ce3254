"""What replay is compared with: the same messages from a bare `websockets` server, at once or with `asyncio.sleep`.

python -m bench.bare_venue RECORDING fast|timed
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

from paperknife.replay.timeline import Session, as_client_saw
from paperknife_decoders.message import Direction, Message


async def main(path: Path, pace: str) -> None:
    """Serve until it is ended: the client's first message begins the feed."""
    acts = Session([path]).acts(1, as_client_saw)
    feed = [
        (act.time_ns / 1e9, act.content)
        for act in acts
        if isinstance(act, Message) and act.direction is Direction.SERVER
    ]

    async def answer(connection: ServerConnection) -> None:
        await connection.recv()
        loop = asyncio.get_running_loop()
        start = loop.time() - feed[0][0]
        for time, content in feed:
            if pace == "timed" and (pause := start + time - loop.time()) > 0:
                await asyncio.sleep(pause)
            await connection.send(content)
        await connection.wait_closed()

    async with serve(answer, "127.0.0.1", 0, compression=None, ping_interval=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
