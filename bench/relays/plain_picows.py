"""A relay on `picows`: decodes and records every message. Usage: plain_picows.py ORIGIN_URL RECORDING"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from google.protobuf.message import DecodeError
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect, ws_create_server

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.schema import load_schema

PROTO = Path(__file__).resolve().parents[2] / "proto"

LARGEST = 1 << 30


class Half(WSListener):
    """One side of a relayed connection; `other` is where its messages go, once it is there."""

    def __init__(self, kind: EnvelopeType, counts: Counter[str], out: BinaryIO) -> None:
        self.kind, self.counts, self.out = kind, counts, out
        self.other: WSTransport | None = None
        self.early: list[tuple[WSMsgType, bytes, bool]] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Note what it was and pass it on."""
        content = frame.get_payload_as_bytes()
        if frame.msg_type is WSMsgType.BINARY:
            try:
                self.counts[self.kind.payload_of(self.kind.parse(content))] += 1
            except DecodeError:
                self.counts["?"] += 1
            self.out.write(time.time_ns().to_bytes(8, "big") + len(content).to_bytes(4, "big") + content)
        if self.other is None:
            self.early.append((frame.msg_type, content, frame.fin))
        else:
            self.other.send(frame.msg_type, content, frame.fin)

    def join(self, other: WSTransport) -> None:
        """From now on pass on to `other`, first what has come already."""
        self.other = other
        for message in self.early:
            other.send(*message)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """End the other side too."""
        if self.other is not None:
            self.other.disconnect()


class ClientHalf(Half):
    """The client's side: connects to the origin when the client has come."""

    def __init__(self, origin: str, server: Half, *noting: object) -> None:
        super().__init__(*noting)  # type: ignore[arg-type]
        self.origin, self.server = origin, server

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Connect to the origin."""
        self.connecting = asyncio.get_running_loop().create_task(self.connect(transport))

    async def connect(self, client: WSTransport) -> None:
        """Join both sides."""
        transport, _ = await ws_connect(lambda: self.server, self.origin, max_frame_size=LARGEST)
        self.server.join(client)
        self.join(transport)


async def main(origin: str, recording: str) -> None:
    """Relay until killed."""
    client_kind, server_kind = direction_types(load_schema([PROTO]))
    counts: Counter[str] = Counter()
    with Path(recording).open("ab") as out:

        def relay(_: object) -> ClientHalf:
            return ClientHalf(origin, Half(server_kind, counts, out), client_kind, counts, out)

        server = await ws_create_server(relay, "127.0.0.1", 0, max_frame_size=LARGEST)
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:3]))
