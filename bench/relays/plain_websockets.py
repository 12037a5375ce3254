"""A relay on `websockets`: decodes and records every message. Usage: plain_websockets.py ORIGIN_URL RECORDING"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from google.protobuf.message import DecodeError
from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.schema import load_schema

PROTO = Path(__file__).resolve().parents[2] / "proto"


async def pump(source: Connection, target: Connection, kind: EnvelopeType, counts: Counter[str], out: BinaryIO) -> None:
    """Pass on everything, and note what it was."""
    async for data in source:
        content = data.encode() if isinstance(data, str) else data
        try:
            counts[kind.payload_of(kind.parse(content))] += 1
        except DecodeError:
            counts["?"] += 1
        out.write(time.time_ns().to_bytes(8, "big") + len(content).to_bytes(4, "big") + content)
        await target.send(data)
    await target.close()


async def main(origin: str, recording: str) -> None:
    """Relay until killed."""
    client_kind, server_kind = direction_types(load_schema([PROTO]))
    counts: Counter[str] = Counter()

    with Path(recording).open("ab") as out:

        async def relay(client: ServerConnection) -> None:
            offered = "deflate" if client.protocol.extensions else None
            async with connect(origin, max_size=None, ping_interval=None, compression=offered, proxy=None) as server:
                await asyncio.gather(
                    pump(client, server, client_kind, counts, out), pump(server, client, server_kind, counts, out)
                )

        async with serve(relay, "127.0.0.1", 0, max_size=None, ping_interval=None) as server:
            await server.serve_forever()


asyncio.run(main(*sys.argv[1:3]))
