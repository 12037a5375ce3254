"""Rules: what it costs to decide on a message, without the lane that carries it out."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from google.protobuf import message_factory

from bench.report import Detail, Findings, Row
from bench.rounds import Bench
from bench.venue_messages import PROTO, client_messages
from paperknife.mutation.rules import RuleChanger, load_rules
from paperknife.settings.reading import Loaded, Reading, load
from paperknife_decoders.message import Direction, Message, Opcode

__all__ = ["measure_deciding", "rules_of"]

SIZE = 200
BATCH = 16
"""Messages that come together."""

MOST_NANOSECONDS = 100.0
"""For each message of a batch that no rule is on."""
MOST_FOR_A_RULE = 1.5
"""Microseconds for each rule whose condition is false: about one."""

TEN = range(10)
OTHERS = "".join(f"  - {{on: client cancel, when: cancel.request_id == {each}, do: drop}}\n" for each in TEN)
FALSE = "".join(f"  - {{on: client order, when: order.quantity == {1_000_000 + each}, do: drop}}\n" for each in TEN)
SET = "  - {on: client order, do: {set: {order.request_id: 123456}}}\n"
CALCULATED = "  - {on: client order, do: {set: {order.request_id: '{order.request_id + 1}'}}}\n"
DELAY = "  - {on: client order, do: {delay: 5ms}}\n"
REPLY = "  - {on: client order, do: [drop, {reply: {order_response: {request_id: '{order.request_id}'}}}]}\n"


def rules_of(text: str, loaded: Loaded) -> RuleChanger:
    """The changer of a connection by rules, from their text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        path.write_text(f"rules:\n{text}" if text else "rules: []")
        return load_rules([path], loaded.protocols).for_connection(1, loaded.protocol.reader())


def measure_deciding(bench: Bench) -> Findings:
    """Orders of 200 bytes, decoded already, through rules of several kinds, which take turns."""
    loaded = load(Reading(schema=(str(PROTO),)))
    contents = client_messages(SIZE, bench.scaled(2000))
    kind = loaded.protocol.client
    assert kind is not None
    parse = message_factory.GetMessageClass(kind.descriptor).FromString

    def by_library(data: bytes) -> bytes:
        message = parse(data)
        message.order.request_id = 123_456  # type: ignore[attr-defined]
        return message.SerializeToString()

    texts = {"no rules": "", "ten others": OTHERS, "ten false": FALSE, "set": SET, "set, calculated": CALCULATED,
             "delay": DELAY, "drop and reply": REPLY}  # fmt: skip
    changers = {name: rules_of(text, loaded) for name, text in texts.items()}
    taken: dict[str, list[float]] = {name: [] for name in (*texts, "wanted", "parse, set, serialise")}
    for _ in range(bench.rounds * 3):
        messages = decoded(contents, loaded)
        for name, changer in changers.items():
            taken[name].append(microseconds(lambda message, decide=changer.consider: decide(message, 0.0), messages))
        taken["parse, set, serialise"].append(microseconds(by_library, contents))
        taken["wanted"].append(wanted(changers["ten others"], len(contents)))
    middle = {name: statistics.median(each) for name, each in taken.items()}
    return findings(middle)


def findings(middle: dict[str, float]) -> Findings:
    """The figures, in microseconds for a message, beside their goals."""
    each_rule = (middle["ten false"] - middle["no rules"]) / len(TEN)
    nanoseconds = middle["wanted"] * 1000
    share = middle["set"] / middle["parse, set, serialise"]
    rows = [
        Row(
            "ten rules for other payloads: asking whether a batch is wanted",
            f"at most {MOST_NANOSECONDS:.0f} ns a message",
            f"{nanoseconds:.0f} ns",
            nanoseconds <= MOST_NANOSECONDS,
        ),
        Row(
            "each of ten rules whose `when` is false",
            f"at most {MOST_FOR_A_RULE} µs",
            f"{each_rule:.2f} µs",
            each_rule <= MOST_FOR_A_RULE,
        ),
        Row("a rule that sets one field", "-", f"{middle['set']:.1f} µs, {share:.1f} times the library's way", None),
    ]
    return Findings(rows, [Detail("rules decide", name, f"{each:.2f} µs") for name, each in middle.items()])


def decoded(contents: list[bytes], loaded: Loaded) -> list[Message]:
    """Messages that somebody has looked at already, as the live view has."""
    reader = loaded.protocol.reader()
    messages = [Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, reader) for content in contents]
    for message in messages:
        assert message.envelopes
    return messages


def microseconds[T](work: Callable[[T], object], items: list[T]) -> float:
    """CPU time for each of the items."""
    start = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - start) / len(items) * 1e6


def wanted(changer: RuleChanger, count: int) -> float:
    """CPU time to ask whether batches are wanted, for each message in them."""
    batches = [["order"] * BATCH for _ in range(count // BATCH + 1)]
    return microseconds(lambda payloads: changer.wants(Direction.CLIENT, payloads), batches) / BATCH
