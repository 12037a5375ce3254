"""The client of `ordering.mjs` on another library, picows."""

import asyncio
import json
import sys

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

PAYLOADS = {0x0A: "market_data", 0x12: "order_response", 0x1A: "login_response", 0x2A: "subscribe_response"}


def varint(number: int) -> bytes:
    """A number as Protobuf writes it."""
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def request_id(message: bytes) -> int:
    """The value of field 1 in the payload; 0 where it does not begin with one."""
    at = 2
    while message[at - 1] & 128:
        at += 1
    if message[at] != 0x08:
        return 0
    number = shift = 0
    while True:
        at += 1
        number |= (message[at] & 127) << shift
        shift += 7
        if not message[at] & 128:
            return number


class Client(WSListener):
    """Decides by what it receives."""

    def __init__(self, told: dict) -> None:
        self.told = told
        self.seen: list[str] = []
        self.updates = self.asked = self.answered = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Log in."""
        transport.send(WSMsgType.BINARY, bytes.fromhex(self.told["login"]))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take what comes."""
        if frame.msg_type != WSMsgType.BINARY:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            return
        message = frame.get_payload_as_bytes()
        match PAYLOADS.get(message[0]):
            case "login_response":
                transport.send(WSMsgType.BINARY, bytes.fromhex(self.told["subscribe"]))
            case _ if self.answered == len(self.told["orders"]):
                pass  # how much comes until the connection has ended is chance
            case "market_data":
                self.updates += 1
                self.seen.append(f"market_data {message.hex()}")
                if self.updates % 3 == 0 and self.asked < len(self.told["orders"]):
                    self.order(transport)
            case "order_response" if number := request_id(message):
                self.seen.append(f"answer to {number - self.told['first']}")
                self.answered += 1
                if self.answered == len(self.told["orders"]):
                    transport.send_close(WSCloseCode.OK, b"done")

    def order(self, transport: WSTransport) -> None:
        """Send the next order."""
        body = b"\x08" + varint(self.told["first"] + self.asked) + bytes.fromhex(self.told["orders"][self.asked])
        transport.send(WSMsgType.BINARY, b"\x12" + varint(len(body)) + body)
        self.seen.append(f"order {self.asked}")
        self.asked += 1


async def main() -> None:
    """Run until the connection ends, and print what was decided and received."""
    told = json.loads(sys.argv[1])
    transport, client = await ws_connect(lambda: Client(told), told["url"])
    await transport.wait_disconnected()
    print(json.dumps({"seen": client.seen}))


asyncio.run(main())
