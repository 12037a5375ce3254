"""What somebody writes for bare mitmproxy to set one field of every market update: parse, change, serialise."""

from __future__ import annotations

from pathlib import Path

from google.protobuf import message_factory
from mitmproxy import http

from paperknife_decoders.schema import load_schema

PROTO = Path(__file__).resolve().parents[2] / "proto"
SERVER = message_factory.GetMessageClass(load_schema([PROTO]).message("trading.v1.ServerMessage"))


def websocket_message(flow: http.HTTPFlow) -> None:
    """Set the sequence of an update."""
    assert flow.websocket is not None
    newest = flow.websocket.messages[-1]
    if newest.from_client:
        return
    message = SERVER.FromString(newest.content)
    if message.WhichOneof("payload") == "market_data":
        message.market_data.sequence = 65536
        newest.content = message.SerializeToString()
