"""How many one-line summaries, trees and JSON documents a second, beside protobuf's own MessageToJson.

    python bench/rendering.py

Both sides render the same messages, in turns in one process, and what counts is the ratio of the medians: the speed of
the machine falls out of it. The messages are parsed beforehand, as both would pay the same for that. Of each kind there
are many, with different numbers in them. `json_object` and `tree_text` are measured too, for they are what `-v` costs.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from google.protobuf import json_format

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.documents import json_object
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary import summarize
from paperknife_decoders.tree import tree_text

PROTO = Path(__file__).parent.parent / "proto"
WIDTH = 100
VARIANTS = 40
ROUNDS = 15
SECRETS = Secrets()


def price(number: int, ticks: int) -> dict[str, str]:
    return {"value": f"{5000 + (number * 7 + ticks) % 200 * 0.25:.2f}"}


def stamp(number: int) -> str:
    return f"2026-03-02T14:{number % 60:02d}:{number * 7 % 60:02d}.{number * 37 % 1000:03d}Z"


def level(number: int, ticks: int) -> dict[str, object]:
    return {"side": "SELL" if ticks > 0 else "BUY", "price": price(number, ticks), "size": 1 + number % 50, "orders": 3}


def book(number: int, levels: int) -> dict[str, object]:
    return {
        "symbol": "ESZ6",
        "sequence": 4711 + number,
        "bid": {"price": price(number, 0), "size": 1 + number % 40},
        "ask": {"price": price(number, 1), "size": 2 + number % 30},
        "levels": [level(number, ticks) for ticks in range(-levels // 2, levels // 2)],
    }


def login(number: int) -> dict[str, object]:
    return {"login": {"user": "alice", "password": "x", "application": "desk 2.1", "wanted_heartbeat": "20s"}}


def order(number: int) -> dict[str, object]:
    fields = {"symbol": "ESZ6", "side": "BUY", "type": "LIMIT", "time_in_force": "DAY", "account": "A-77"}
    tag = {"client_tag": f"tag-{number}"}
    return {"order": {"request_id": number, "quantity": 1 + number % 9, "price": price(number, 0), **fields, **tag}}


def heartbeat(number: int) -> dict[str, object]:
    return {"heartbeat": {"sequence": number, "time": stamp(number)}}


def quote(number: int) -> dict[str, object]:
    return {"market_data": {**book(number, 0), "time": stamp(number)}}


def depth(number: int) -> dict[str, object]:
    return {"market_data": {**book(number, 10), "time": stamp(number)}}


def trade(number: int) -> dict[str, object]:
    one = {"trade_id": number, "price": price(number, 0), "size": 3, "aggressor": "BUY", "time": stamp(number)}
    return {"market_data": {"symbol": "NQZ6", "sequence": number, "trades": [one], "time": stamp(number)}}


def accepted(number: int) -> dict[str, object]:
    who = {"order_id": f"A-{number}", "client_tag": f"tag-{number}", "symbol": "ESZ6", "side": "SELL"}
    return {"order_response": {"request_id": number, "status": "ACCEPTED", **who, "open_quantity": 3}}


def filled(number: int) -> dict[str, object]:
    who = {"order_id": f"A-{number}", "symbol": "ESZ6", "side": "SELL", "filled_quantity": 2, "open_quantity": 1}
    fill = {"last_fill": {"price": price(number, 0), "quantity": 2}, "average_price": price(number, 0)}
    return {"order_response": {"status": "PARTIALLY_FILLED", **who, **fill, "time": stamp(number)}}


def account(number: int) -> dict[str, object]:
    position = {
        "symbol": "ESZ6",
        "net_quantity": -3,
        "average_price": price(number, 0),
        "open_profit": price(number, 9),
    }
    money = {"balances": {"USD": price(number, 5)}, "open_profit": price(number, 9), "positions": [position] * 3}
    return {"account_update": {"account": "A-77", **money, "time": stamp(number)}}


def snapshot(number: int) -> dict[str, object]:
    depths = {"items": [book(number, 10), book(number + 1, 10)]}
    return {"snapshot": {"request_id": number, "page": {"number": 1, "last": True}, "depths": depths}}


CLIENT = (login, order)
SERVER = (heartbeat, quote, depth, trade, accepted, filled, account, snapshot)


def envelopes(kind: EnvelopeType, make: Callable[[int], dict[str, object]]) -> list[Envelope]:
    """Messages of one kind, as a reader gives them."""
    made = (json_format.ParseDict(make(number), kind.parse(b"")) for number in range(1, VARIANTS + 1))
    return [read_envelope(message.SerializeToString(), kind) for message in made]


def seconds(render: Callable[[Envelope], object], samples: Sequence[Envelope], times: int) -> float:
    """Seconds for one message."""
    start = time.perf_counter()
    for _ in range(times):
        for sample in samples:
            render(sample)
    return (time.perf_counter() - start) / (times * len(samples))


RENDERERS: dict[str, Callable[[Envelope], object]] = {
    "MessageToJson": lambda envelope: json_format.MessageToJson(envelope.message),
    "summarize": lambda envelope: summarize(envelope, SECRETS, WIDTH),
    "json_object": lambda envelope: json.dumps(json_object(envelope, SECRETS)),
    "tree_text": lambda envelope: tree_text(envelope, SECRETS),
}


def measure(samples: Sequence[Envelope], rounds: int = ROUNDS) -> dict[str, float]:
    """The median seconds for a message of each renderer, which take turns."""
    taken: dict[str, list[float]] = {name: [] for name in RENDERERS}
    for _ in range(rounds):
        for name, render in RENDERERS.items():
            taken[name].append(seconds(render, samples, 5 if name == "summarize" else 1))
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> int:
    client, server = direction_types(load_schema([PROTO]))
    kinds = {make.__name__: envelopes(client, make) for make in CLIENT}
    kinds |= {make.__name__: envelopes(server, make) for make in SERVER}
    print(f"{'':10}{'bytes':>6}{'MessageToJson':>15}{'summarize':>12}{'times':>8}{'json':>8}{'tree':>8}")
    ratios = []
    for name, samples in kinds.items():
        result = measure(samples)
        size = statistics.mean(len(sample.data) for sample in samples)
        slow, fast = result["MessageToJson"], result["summarize"]
        ratios.append(slow / fast)
        others = "".join(f"{slow / result[other]:>8.1f}" for other in ("json_object", "tree_text"))
        print(f"{name:10}{size:>6.0f}{1 / slow:>13,.0f}/s{1 / fast:>10,.0f}/s{ratios[-1]:>8.1f}{others}")
    print(f"\nsummary lines per MessageToJson: {statistics.geometric_mean(ratios):.1f} (geometric mean of the kinds)")
    return 0 if statistics.geometric_mean(ratios) >= 5 else 1


if __name__ == "__main__":
    sys.exit(main())
