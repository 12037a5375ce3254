"""Messages of real systems' shapes: how each is built with one text in it, and what it should be read as.

The field numbers and names are facts of the systems; the schemas in `protos` are ours, and small.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import message_factory

from paperknife.settings.zstd_codec import ALL_CODECS
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.schema import Schema
from paperknife_decoders.wire.writing import varint

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
TEXT, BINARY = Opcode.TEXT, Opcode.BINARY

UNKNOWN = bytes.fromhex("f87f858000")
"""A field that no schema has, with a number in more bytes than it needs."""

type Pack = Callable[[str, bytes], bytes]


def own_pack(codec: str, content: bytes) -> bytes:
    """Compressed as what was changed is."""
    return ALL_CODECS[codec].deflate(content)


@dataclass(frozen=True)
class Maker:
    """Makes messages of a schema, each with an unknown field at its end; `pack` compresses."""

    schema: Schema
    pack: Pack = own_pack

    def __call__(self, name: str, /, **fields: Any) -> bytes:
        """The bytes of a message."""
        kind = message_factory.GetMessageClass(self.schema.message(name))
        return kind(**fields).SerializeToString() + UNKNOWN


@dataclass(frozen=True)
class Exchange:
    """One message of a system: `build` makes it with a text in it, `payload` is what it is read as.

    `first` is built for the other side before it. `shown` are words of what is shown of it.
    """

    system: str
    style: str
    side: Direction
    build: Callable[[Maker, str], bytes]
    payload: str
    shown: tuple[str, ...] = ()
    opcode: Opcode = BINARY
    path: str = "/"
    first: Callable[[Maker], bytes] | None = None
    schema: str = ""
    is_secret: bool = False
    """The text is a secret."""

    @property
    def id(self) -> str:
        """What a test calls it."""
        return f"{self.system}-{self.style.replace(' ', '-')}"


def prefixed(size: int, order: str, *parts: bytes, own: int = 0) -> bytes:
    """Parts, each behind its length."""
    return b"".join((len(part) + own).to_bytes(size, order) + part for part in parts)  # type: ignore[arg-type]


def delimited(*parts: bytes) -> bytes:
    """Parts behind varints."""
    return b"".join(varint(len(part)) + part for part in parts)


def steam(number: int, header: bytes, body: bytes) -> bytes:
    """A message of Steam's: its number with the highest bit, a header with a length, the body."""
    return (number | 1 << 31).to_bytes(4, "little") + len(header).to_bytes(4, "little") + header + body


def steam_multi(make: Maker, *messages: bytes, packed: bool) -> bytes:
    """A list of whole messages."""
    content = prefixed(4, "little", *messages)
    body = make.pack("gzip", content) if packed else content
    return steam(1, b"", make("CMsgMulti", size_unzipped=len(content) if packed else 0, message_body=body))


def steam_names(make: Maker, text: str) -> bytes:
    """Names of friends."""
    friends = [{"friendid": 1, "player_name": "other"}, {"friendid": 2, "player_name": text}]
    return steam(766, b"\x51" + bytes(8), make("CMsgClientPersonaState", friends=friends))


def ctrader(make: Maker, number: int, payload: bytes | None) -> bytes:
    """cTrader's envelope."""
    fields = {} if payload is None else {"payload": payload}
    return make("ProtoMessage", payloadType=number, clientMsgId="c1", **fields)


def webcast(make: Maker, text: str) -> bytes:
    """A frame with a list of messages of several types."""
    chat = make("WebcastChatMessage", user={"nickname": "n"}, content=text)
    gift = make("WebcastGiftMessage", giftId=5)
    items = [
        {"method": "WebcastGiftMessage", "payload": gift, "msgId": 1},
        {"method": "WebcastChatMessage", "payload": chat, "msgId": 2},
        {"method": "WebcastUnheardOfMessage", "payload": b"\x0a\x01x", "msgId": 3},
    ]
    response = make("Response", messagesList=items, cursor="c", needAck=True)
    return make("PushFrame", seqId=1, payloadEncoding="pb", payloadType="msg", payload=make.pack("gzip", response))


def t4_snapshot(make: Maker, text: str) -> bytes:
    """Oneofs three deep, with a map and a negative enum value in the innermost."""
    update = {"unique_id": text, "status": -2, "prices": {"limit": {"value": "5021.25"}}}
    multi = {"market_id": "XCME_Eq ES", "updates": [{"trade": {"value": "1"}}, {"order_update": update}]}
    messages = [{"margin": {"value": "12.5"}}, {"order_update_multi": multi}]
    return make("ServerMessage", account_snapshot={"account_id": "a", "messages": messages})


def t4_trader(make: Maker, text: str) -> bytes:
    """The address of who sent an order, in one of the orders of a snapshot."""
    multi = {"updates": [{"order_update": {"unique_id": "u", "user_id": "", "user_address": text}}]}
    return make("ServerMessage", account_snapshot={"messages": [{"order_update_multi": multi}]})


def in_json(key: str, message: bytes) -> bytes:
    """Base64 in JSON, with spaces that a serializer would not write."""
    return b'{ "type": "pricing",  "' + key.encode() + b'":"' + base64.b64encode(message) + b'" }'


def grpc_frame(message: bytes, flag: int = 0) -> bytes:
    """A frame of gRPC's."""
    return bytes([flag]) + prefixed(4, "big", message)


PRESETS = [
    Exchange("t4", "oneof envelope", SERVER, t4_snapshot, "account_snapshot", ("STATUS_REJECTED",)),
    Exchange(
        "t4",
        "repeated messages",
        CLIENT,
        lambda make, text: make(
            "ClientMessage",
            order_submit={"account_id": "a", "orders": [{"tag": "x"}, {"limit_price": {"value": "1"}, "tag": text}]},
        ),
        "order_submit",
    ),
    Exchange(
        "t4",
        "login",
        CLIENT,
        lambda make, text: make("ClientMessage", login_request={"firm": "f", "password": text}),
        "login_request",
        is_secret=True,
    ),
    Exchange(
        "t4",
        "token inside the login",
        SERVER,
        lambda make, text: make("ServerMessage", login_response={"authentication_token": {"token": text}}),
        "login_response",
        is_secret=True,
    ),
    Exchange(
        "t4",
        "who trades",
        SERVER,
        lambda make, text: make("ServerMessage", login_response={"result": 1, "user_id": text}),
        "login_response",
        is_secret=True,
    ),
    Exchange("t4", "who trades, deep inside", SERVER, t4_trader, "account_snapshot", is_secret=True),
    Exchange(
        "centrifugo",
        "varint-delimited, several per message",
        CLIENT,
        lambda make, text: delimited(
            make("Command", id=1, subscribe={"channel": "news"}),
            b"",
            make("Command", id=2, publish={"channel": text, "data": b"{}"}),
        ),
        "subscribe, Command, publish",
    ),
    Exchange(
        "centrifugo",
        "set fields, no oneof",
        SERVER,
        lambda make, text: delimited(make("Reply", push={"channel": text, "pub": {"offset": 7}})),
        "push",
        ("offset",),
    ),
    Exchange(
        "centrifugo",
        "token",
        CLIENT,
        lambda make, text: delimited(make("Command", id=1, connect={"token": text})),
        "connect",
        is_secret=True,
    ),
    Exchange(
        "nakama",
        "id beside the oneof",
        CLIENT,
        lambda make, text: make("Envelope", cid="17", channel_join={"target": text}),
        "channel_join",
    ),
    Exchange(
        "livekit",
        "oneof envelope",
        SERVER,
        lambda make, text: make("SignalResponse", join={"room": {"sid": "RM_1", "name": text}}),
        "join",
    ),
    Exchange(
        "livekit",
        "scalar member",
        SERVER,
        lambda make, text: make("SignalResponse", refresh_token=text),
        "refresh_token",
        is_secret=True,
    ),
    Exchange(
        "mexc",
        "scalars beside the oneof",
        SERVER,
        lambda make, text: make(
            "PushDataV3ApiWrapper",
            channel="spot@public.deals.v3.api.pb@BTCUSDT",
            symbol="BTCUSDT",
            publicDeals={"deals": [{"price": "1", "quantity": text}]},
        ),
        "publicDeals",
    ),
    Exchange(
        "ctrader",
        "type id and bytes",
        CLIENT,
        lambda make, text: ctrader(make, 2106, make("ProtoOANewOrderReq", volume=3, label=text)),
        "ProtoOANewOrderReq",
    ),
    Exchange(
        "ctrader",
        "secret in carried bytes",
        CLIENT,
        lambda make, text: ctrader(make, 2100, make("ProtoOAApplicationAuthReq", clientId="i", clientSecret=text)),
        "ProtoOAApplicationAuthReq",
        is_secret=True,
    ),
    Exchange(
        "rithmic",
        "template id inside, length in front",
        SERVER,
        lambda make, text: prefixed(4, "big", make("LastTrade", template_id=150, symbol=text, trade_price=5021.25)),
        "LastTrade",
        ("5021.25",),
    ),
    Exchange(
        "rithmic",
        "user behind a length",
        CLIENT,
        lambda make, text: prefixed(4, "big", make("RequestLogin", template_id=10, user=text, user_msg=["u"])),
        "RequestLogin",
        is_secret=True,
    ),
    Exchange(
        "cqg",
        "lists of several kinds",
        SERVER,
        lambda make, text: make(
            "ServerMsg",
            information_reports=[{"id": 1, "text": "a"}, {"id": 2, "text": text}],
            real_time_market_data=[{"contract_id": 5, "text": "q"}],
        ),
        "information_reports+real_time_market_data",
        ("contract_id",),
    ),
    Exchange(
        "cqg",
        "logon",
        CLIENT,
        lambda make, text: make("ClientMsg", logon={"user_name": "u", "access_token": text}),
        "logon",
        ("user_name",),
        is_secret=True,
    ),
    Exchange(
        "upstox",
        "maps of messages",
        SERVER,
        lambda make, text: make("FeedResponse", type=1, feeds={"NSE_EQ|1": {"ltpc": {"ltp": 5021.25, "note": text}}}),
        "FeedResponse",
        ("5021.25",),
    ),
    Exchange(
        "yahoo",
        "base64 in JSON",
        SERVER,
        lambda make, text: in_json("message", make("PricingData", id=text, price=1.5, time=-3)),
        "PricingData",
        opcode=TEXT,
    ),
    Exchange(
        "yahoo-bare",
        "bare base64",
        SERVER,
        lambda make, text: base64.b64encode(make("PricingData", id=text, price=1.5)),
        "PricingData",
        opcode=TEXT,
        schema="yahoo",
    ),
]
"""For each preset."""

MORE = [
    Exchange(
        "steam",
        "binary header",
        SERVER,
        steam_names,
        "CMsgClientPersonaState",
        ('"type":"766"',),
    ),
    Exchange(
        "steam",
        "compressed list of messages",
        SERVER,
        lambda make, text: steam_multi(
            make,
            steam(9805, b"", make("CMsgClientHello", protocol_version=65581)),
            steam_multi(make, steam_names(make, text), packed=False),
            steam(4711, b"", b"\xff"),
            packed=True,
        ),
        "CMsgClientHello, CMsgClientPersonaState, ",
    ),
    Exchange(
        "steam",
        "secret behind a header",
        CLIENT,
        lambda make, text: steam(5514, b"", make("CMsgClientLogon", account_name="a", password=text)),
        "CMsgClientLogon",
        is_secret=True,
    ),
    Exchange(
        "majsoul",
        "type name and bytes",
        CLIENT,
        lambda make, text: (
            b"\x02\x07\x00" + make("Wrapper", name=".lq.Lobby.login", data=make("ReqLogin", account=text))
        ),
        "ReqLogin",
        ('"id":"7"',),
    ),
    Exchange(
        "majsoul",
        "response typed by its request",
        SERVER,
        lambda make, text: b"\x03\x07\x00" + make("Wrapper", data=make("ResLogin", account_id=5, nickname=text)),
        "ResLogin",
        first=lambda make: b"\x02\x07\x00" + make("Wrapper", name=".lq.Lobby.login", data=make("ReqLogin")),
    ),
    Exchange(
        "majsoul",
        "notification",
        SERVER,
        lambda make, text: (
            b"\x01" + make("Wrapper", name=".lq.NotifyRoomChange", data=make("NotifyRoomChange", room=text))
        ),
        "NotifyRoomChange",
    ),
    Exchange("webcast", "compressed payload", SERVER, webcast, "Response", ("WebcastGiftMessage",)),
    Exchange(
        "opamp",
        "varint prefix",
        CLIENT,
        lambda make, text: (
            b"\x00" + make("AgentToServer", instance_uid=b"\x01", sequence_num=3, agent_description={"name": text})
        ),
        "agent_description",
        ("sequence_num",),
    ),
    Exchange(
        "azure-webpubsub",
        "google.protobuf.Any",
        SERVER,
        lambda make, text: make(
            "DownstreamMessage",
            data_message={
                "from": "group",
                "data": {
                    "protobuf_data": {
                        "type_url": "type.googleapis.com/azure.shape.Quote",
                        "value": make("azure.shape.Quote", symbol=text),
                    }
                },
            },
        ),
        "data_message",
        schema="webpubsub",
    ),
    Exchange(
        "grpc-websockets",
        "gRPC-web, the client's",
        CLIENT,
        lambda make, text: b"\x00" + grpc_frame(make("WatchRequest", symbol=text)),
        "WatchRequest",
        path="/shop.Quotes/Watch",
        schema="grpc",
    ),
    Exchange(
        "grpc-websockets",
        "gRPC-web, the server's",
        SERVER,
        lambda make, text: (
            grpc_frame(b"content-type: application/grpc-web\r\n", 0x80)
            + grpc_frame(make("shop.Quote", symbol="first"))
            + grpc_frame(make("shop.Quote", symbol=text, price=5021.25))
            + grpc_frame(b"grpc-status: 0\r\n", 0x80)
        ),
        "Quote, Quote",
        path="/shop.Quotes/Watch",
        schema="grpc",
    ),
    Exchange(
        "numbered",
        "type id by an enum",
        CLIENT,
        lambda make, text: make("Carrier", kind=7, body=make("Order", symbol=text)),
        "Order",
        schema="plain",
    ),
    Exchange(
        "length-prefixed",
        "length with itself, several",
        CLIENT,
        lambda make, text: prefixed(
            2,
            "little",
            make("ClientMessage", order={"symbol": "first"}),
            make("ClientMessage", order={"symbol": text}),
            own=2,
        ),
        "order, order",
        schema="plain",
    ),
    Exchange(
        "ascii",
        "ASCII header",
        CLIENT,
        lambda make, text: b"9,,order," + make("Order", symbol=text),
        "Order",
        ('"field_3":"order"',),
        schema="plain",
    ),
    Exchange(
        "json-typed",
        "base64 in JSON, its type beside",
        CLIENT,
        lambda make, text: (
            b'{"events": [{"type": "order", "data": "'
            + base64.b64encode(make("Order", symbol="first"))
            + b'"}, {"data":"'
            + base64.b64encode(make("Order", symbol=text))
            + b'", "type": "order", "n": 1e3}]}'
        ),
        "Order, Order",
        ('"type":"order"',),
        opcode=TEXT,
        schema="plain",
    ),
    Exchange(
        "chunked",
        "one of several messages that make one",
        SERVER,
        lambda make, text: make(
            "Chunk",
            headers=[{"key": "sum", "value": "2"}, {"key": "seq", "value": "0"}, {"key": "id", "value": text}],
            payload=b"\x0a\x7fthe first half",
        ),
        "Chunk",
        schema="plain",
    ),
    Exchange(
        "deflated",
        "compressed message",
        CLIENT,
        lambda make, text: make.pack("deflate", make("ClientMessage", order={"symbol": text})),
        "order",
        schema="plain",
    ),
    Exchange(
        "zstd",
        "compressed by magic",
        SERVER,
        lambda make, text: make.pack("zstd", make("ServerMessage", order={"symbol": text})),
        "order",
        schema="plain",
    ),
]
"""Systems without a preset, and styles of no system in particular."""


@dataclass(frozen=True)
class Other:
    """A message that is no Protobuf, or one of which nobody can know what it is: `form` is what it is shown as."""

    system: str
    what: str
    side: Direction
    content: bytes
    form: str
    fault: str = ""
    opcode: Opcode = BINARY
    schema: str = field(default="")

    @property
    def id(self) -> str:
        """What a test calls it."""
        return f"{self.system}-{self.what.replace(' ', '-')}"


SUBSCRIBE = json.dumps({"method": "SUBSCRIPTION", "params": ["spot@public.deals"]}).encode()

OTHERS = [
    Other("mexc", "a request in JSON", CLIENT, SUBSCRIBE, "json", opcode=TEXT),
    Other("mexc", "Protobuf from the side of JSON", CLIENT, b"\x0a\x01a", "wire", "client's messages are said to be"),
    Other("mexc", "bytes from the side of JSON", CLIENT, b"\xff\xff", "bytes", "client's messages are said to be JSON"),
    Other("mexc", "JSON with the other opcode", CLIENT, SUBSCRIBE, "json"),
    Other("mexc", "an answer in JSON", SERVER, b'{"id":0,"code":0}', "json", "a text message", TEXT),
    Other("upstox", "JSON in a binary message", CLIENT, b'{"guid":"g","method":"sub"}', "json"),
    Other("livekit", "JSON of the same type", CLIENT, b'{"offer":{"type":"offer"}}', "json", "a text message", TEXT),
    Other("yahoo", "a subscription", CLIENT, b'{"subscribe":["ES=F"]}', "json", opcode=TEXT),
    Other("yahoo", "JSON without a message", SERVER, b'{"error":"no"}', "json", "a string at message", TEXT),
    Other("t4", "packed binary", SERVER, b"\xff\xff\x00\x01 packed", "bytes", "does not parse as t4proto"),
    Other("rithmic", "no length in front", SERVER, b"\x08\x01\x10\x02\x18\x03", "wire", "a part of"),
    Other("steam", "another framing", SERVER, b"\x7b\x00\x00\x00" + bytes(9), "bytes", "type with 0x80000000"),
    Other("opamp", "another prefix", CLIENT, b"\x08\x01", "wire", "00 was expected and 08 was found"),
    Other("ascii", "too few fields", CLIENT, b"1,order", "bytes", "3 fields", schema="plain"),
    Other("deflated", "what is not compressed", CLIENT, b"\x0a\x02\x0a\x00", "wire", "deflate data", schema="plain"),
    Other(
        "grpc-websockets",
        "a frame that goes on",
        SERVER,
        b"\x00\x00\x00\x00\x09\x0a\x01",
        "bytes",
        "goes on",
        schema="grpc",
    ),
    Other("majsoul", "a kind that there is not", SERVER, b"\x09\x0a\x00", "bytes", "kind 1 or 2 or 3 was expected"),
]
"""What is left alone, and says so."""
