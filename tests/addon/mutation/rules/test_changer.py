"""Messages on their way through rules: order, occasions, chance, and what is left as it was."""

from __future__ import annotations

import json
import math
from random import Random

import pytest
from google.protobuf.message import Message as PlainMessage
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import SCHEMAS, parsed, random_message, random_type, written
from tests.decoders.splice.test_writing import Spot, change_by_library, outside, random_change

from paperknife.mutation.rules import load_rules
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import Append, Clear, Set, splice

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

ISSUE = """
seed: 7
rules:
  - name: big orders are cut
    on: client order
    when: order.quantity > 100
    do: [{set: {order.quantity: 100}}]
  - name: slow, lossy market data
    on: server market_data
    probability: 0.05
    do: [{delay: 50ms..200ms}]
  - name: the venue says no
    on: client order
    limit: 3
    do: [drop, {reply: {order_response: {request_id: "{order.request_id}", status: REJECTED, text: "risk"}}}]
"""


def test_three_rules(desk):
    """Orders are cut, three of them are refused, and some of the market data is late."""
    rules = desk.rules(ISSUE)
    changer = rules.for_connection(1, desk.reader, 100.0)
    verdicts = [changer.consider(desk.order(quantity=90 + 10 * number), 101.0) for number in range(5)]
    assert [verdict.content is None for verdict in verdicts] == [True, True, True, False, False]
    assert [len(verdict.emissions) for verdict in verdicts] == [1, 1, 1, 0, 0]
    assert desk.envelope(CLIENT, verdicts[4].content).message.order.quantity == 100
    update = desk.message(SERVER, "market_data", {"symbol": "ES"})
    found = [changer.consider(update, 101.0) for _ in range(400)]
    late = [verdict for verdict in found if verdict is not None]
    assert 8 <= len(late) <= 40
    assert all(verdict.content is update.content and 0.05 <= verdict.delay <= 0.2 for verdict in late)
    assert [each.hits for each in rules.report().rules] == [3, len(late), 3]


@pytest.mark.parametrize(
    ("direction", "payloads", "wanted"),
    [
        (CLIENT, ["order"], True),
        (CLIENT, ["heartbeat", "order"], True),
        (CLIENT, ["heartbeat", "cancel"], False),
        (SERVER, ["order_response"], False),
        (SERVER, ["market_data"], True),
        (SERVER, [""], False),
        (CLIENT, [], False),
    ],
)
def test_wants(desk, direction, payloads, wanted):
    """A batch is looked at only if one of its payloads is one that a rule is on."""
    changer = desk.changer(ISSUE)
    assert changer.wants(direction, payloads) is wanted
    assert changer.heeds(direction)
    assert desk.changer("{on: client order, do: drop}").heeds(SERVER) is False
    assert desk.changer("{on: open, do: {log: x}}").heeds(CLIENT) is False
    assert desk.changer("{do: drop}").wants(direction, payloads)


def test_payloads_of_a_condition(desk):
    """A condition that only some payloads can meet says what the rule is on."""
    changer = desk.changer("{when: order.quantity > 5 or cancel, do: drop}")
    assert changer.wants(CLIENT, ["order"])
    assert changer.wants(CLIENT, ["cancel"])
    assert not changer.wants(CLIENT, ["login"])
    assert not changer.heeds(SERVER)


OCCASIONS = [
    ("limit: 2", "xx......"),
    ("after: 3", "...xxxxx"),
    ("every: 3", "..x..x.."),
    ("after: 1, every: 2, limit: 2", "..x.x..."),
    ("between: [2s, 4s]", "..xxx..."),
    ("between: [2s, 10m], limit: 1", "..x....."),
    ("probability: 0", "........"),
    ("probability: 1", "xxxxxxxx"),
    ("when: order.quantity >= 3, every: 2", "....x.x."),
    ("when: counter == 0", "x......."),
]


@pytest.mark.parametrize(("occasion", "expected"), OCCASIONS)
def test_occasions(desk, occasion, expected):
    """Of eight orders, a second apart from each other, a rule takes those that it says."""
    changer = desk.changer(f"{{on: client order, {occasion}, do: drop}}")
    verdicts = [changer.consider(desk.order(quantity=number), 100.0 + number) for number in range(8)]
    assert "".join("." if verdict is None else "x" for verdict in verdicts) == expected


def test_in_the_whole_run(desk):
    """What is counted is counted for each connection, and with `per: run` for all of them together."""
    for per, expected in [("connection", [1, 1]), ("run", [1, 0])]:
        rules = desk.rules(f"{{on: client order, limit: 1, per: {per}, do: drop}}")
        found = []
        for number in (1, 2):
            changer = rules.for_connection(number, desk.reader)
            found.append(sum(changer.consider(desk.order(), 0) is not None for _ in range(3)))
        assert found == expected


def test_rules_see_what_is_left(desk):
    """Each rule sees the message as those before it have left it; dropped, no further one sees it."""
    text = """
rules:
  - {on: client order, do: {set: {order.quantity: 5}}}
  - {on: client order, when: order.quantity == 5, do: [drop, {log: "{order.quantity}"}]}
  - {on: client order, do: {log: never}}
"""
    verdict = desk.verdict(text)
    assert verdict.hits == ("rule 1", "rule 2")
    assert verdict.logs == ("5",)


def test_all_of_a_rule_or_nothing(desk):
    """Where one action cannot be done, none of its rule is; what others have done stays."""
    text = """
rules:
  - {name: one, on: client order, do: {set: {order.symbol: NQ}}}
  - {name: two, on: client order, do: [drop, {delay: 5s}, {set: {order.quantity: "{order.quantity * 0 - 1}"}}]}
"""
    changer = desk.changer(text)
    verdict = changer.consider(desk.order(quantity=1), 0)
    assert (verdict.hits, verdict.delay) == (("one",), 0.0)
    assert desk.envelope(CLIENT, verdict.content).message.order.symbol == "NQ"
    assert verdict.logs[0].startswith("! rule two: quantity takes a whole number")
    assert changer.consider(desk.order(quantity=1), 0).logs == ()
    assert [(each.hits, each.faults) for each in changer.rules.report().rules] == [(2, 0), (0, 2)]


def test_fault_of_ours(desk):
    """Whatever goes wrong within, the message passes, and that is said once."""
    changer = desk.changer("{on: client order, do: drop}")
    broken = desk.order()
    broken.reader = None
    verdict = changer.consider(broken, 0)
    assert verdict.content is broken.content
    assert "AttributeError" in verdict.logs[0]
    assert changer.consider(broken, 0) is None


@settings(deadline=None)
@given(st.data())
def test_any_content(api, tmp_path_factory, data):
    """Whatever a peer sends, there is a verdict or none, and what no rule took is the very bytes."""
    path = tmp_path_factory.getbasetemp() / "anything.yaml"
    path.write_text("rules: [{do: {set: {order.quantity: 5}}}, {do: {log: '{order.symbol}'}}, {do: duplicate}]")
    reader = api[0].protocol.reader()
    changer = load_rules([path], api[0].protocols).for_connection(1, reader)
    order = api[1].client.encode("order", {"request_id": 7, "symbol": "ESZ6", "quantity": 3})
    start, junk = data.draw(st.integers(0, len(order))), data.draw(st.binary(max_size=6))
    content = data.draw(st.sampled_from([order[:start] + junk + order[start:], order[:start] + junk, junk]))
    direction = data.draw(st.sampled_from(Direction))
    message = Message(1, direction, 0, data.draw(st.sampled_from([Opcode.TEXT, Opcode.BINARY])), content, reader)
    verdict = changer.consider(message, 0.0)
    assert verdict.copies == 1
    assert "rule 1" in verdict.hits or verdict.content is message.content


# The bytes that no rule touches


def written_down(value: object) -> object:
    """A value as a file of rules has it. Raises `ValueError` where there is no room for it here."""
    match value:
        case bytes():
            return value.hex()
        case float() if not math.isfinite(value):
            raise ValueError
        case list():
            return [written_down(each) for each in value]
        case dict():
            return {key: written_down(each) for key, each in value.items()}
        case PlainMessage() if written(value):
            raise ValueError
        case PlainMessage():
            return {}
    return value


def action_for(change: Set | Append | Clear) -> dict[str, object]:
    """A change as an action."""
    match change:
        case Clear():
            return {"clear": change.path}
        case Append():
            return {"append": {change.path: written_down(change.value)}}
    return {"set": {change.path: written_down(change.value)}}


def random_action(random: Random, message: PlainMessage) -> tuple[dict[str, object], Spot, Set | Append | Clear]:
    """An action for a random place in a message, and the same change for the library."""
    while True:
        spot = Spot(random, message)
        change = random_change(random, spot)
        try:
            return action_for(change), spot, change
        except ValueError:
            continue


def concerns(spot: Spot, message: PlainMessage) -> bool:
    """True if a rule that changes this is for the message: not for those in which another payload is set."""
    field = spot.hops[0][0]
    payloads = EnvelopeType(message.DESCRIPTOR).members
    return field not in payloads or message.WhichOneof(field.containing_oneof.name) == field.name


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_a_rule_changes_what_the_library_would_and_nothing_else(tmp_path_factory, seed):
    """`set`, `append` and `clear`, one rule after the other, in messages as no encoder writes them: a full parse reads
    what it reads after the same changes by the library, and every record off their paths keeps its bytes and its place.
    """
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data = random_message(random, kind)
    protocol = Protocol(client=EnvelopeType(kind), server=EnvelopeType(kind))
    reader = protocol.reader()
    message, rules, hits = parsed(kind, data), [], []
    kept = data
    for number in range(random.randint(1, 3)):
        action, spot, change = random_action(random, message)
        rules.append({"name": str(number), "on": "client", "do": action})
        if concerns(spot, message):
            hits.append(str(number))
            change_by_library(message, spot, change)
            before, kept = kept, splice(kept, kind, [change])
            assert is_within(outside(kept, spot.hops), outside(before, spot.hops))
    path = tmp_path_factory.getbasetemp() / "splice.yaml"
    path.write_text(json.dumps({"rules": [*rules, {"name": "seen", "on": "server", "do": {"log": "x"}}]}))
    changer = load_rules([path], [protocol]).for_connection(1, reader)

    verdict = changer.consider(Message(1, CLIENT, 0, Opcode.BINARY, data, reader), 0.0)

    content = data if verdict is None else verdict.content
    assert written(parsed(kind, content)) == written(message), rules
    assert content == kept
    assert (() if verdict is None else verdict.hits, () if verdict is None else verdict.logs) == (tuple(hits), ())
    passing = Message(1, SERVER, 0, Opcode.BINARY, data, reader)
    assert changer.consider(passing, 0.0).content is data


def is_within(some: list[bytes], others: list[bytes]) -> bool:
    """True if `some` are among the others, in their order."""
    rest = iter(others)
    return all(each in rest for each in some)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_replace_leaves_nothing_of_what_was(tmp_path_factory, seed):
    """A full parse of what goes out reads the fields that the rule names, and no others."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    wanted = parsed(kind, b"")
    action, spot, change = random_action(random, wanted)
    while "set" not in action or len(spot.hops) > 1:
        action, spot, change = random_action(random, wanted)
    change_by_library(wanted, spot, change)
    protocol = Protocol(client=EnvelopeType(kind), server=EnvelopeType(kind))
    reader = protocol.reader()
    path = tmp_path_factory.getbasetemp() / "replace.yaml"
    path.write_text(json.dumps({"rules": [{"on": "client", "do": {"replace": action["set"]}}]}))
    changer = load_rules([path], [protocol]).for_connection(1, reader)
    verdict = changer.consider(Message(1, CLIENT, 0, Opcode.BINARY, random_message(random, kind), reader), 0.0)
    assert verdict.logs == ()
    assert written(parsed(kind, verdict.content)) == written(wanted), action


def test_unknown_fields_stay(desk):
    """Unknown fields, doubled records and over-long numbers are in the changed message as they were."""
    odd = b"\x12\x18\xba\x3e\x03abc\x20\x05\x08\x87\x80\x00\x20\x96\x01\x12\x04ESZ6\xc0\x3e\x07"
    message = desk.raw(CLIENT, odd)
    verdict = desk.verdict("{on: client order, when: order.quantity == 150, do: {set: {order.quantity: 100}}}", message)
    wanted = splice(odd, desk.loaded.protocol.client.descriptor, [Set("order.quantity", 100)])
    assert verdict.content == wanted
    for part in (b"\xba\x3e\x03abc", b"\x08\x87\x80\x00", b"\xc0\x3e\x07"):
        assert part in verdict.content


# Chance


CHANCE = """
seed: {seed}
rules:
  - {{name: first, probability: 0.3, do: {{delay: 1ms..9ms}}}}
  - {{name: second, on: client order, probability: 0.5, do: {{corrupt: anywhere, bits: 2}}}}
"""


def test_same_seed_same_faults(desk):
    """The same seed and the same traffic give the same verdicts, whatever else there is; another seed gives others."""

    def verdicts(text: str, number: int = 1, *, others: bool = False) -> list:
        rules = desk.rules(text)
        changer, other = (rules.for_connection(each, desk.reader) for each in (number, 99))
        found = []
        for quantity in range(100):
            if others:
                other.consider(desk.order(), 0)
            verdict = changer.consider(desk.order(quantity=quantity), 0)
            found.append(verdict and (verdict.content, verdict.delay))
        return found

    usual = verdicts(CHANCE.format(seed=7))
    assert verdicts(CHANCE.format(seed=7)) == usual
    assert verdicts(CHANCE.format(seed=7), others=True) == usual
    more = CHANCE.format(seed=7) + "  - {name: third, on: client order, probability: 0.5, do: {count: x}}\n"
    assert [each and each[1] for each in verdicts(more)] == [
        each[1] if each else (0.0 if there else None) for each, there in zip(usual, verdicts(more), strict=True)
    ]
    assert verdicts(CHANCE.format(seed=8)) != usual
    assert verdicts(CHANCE.format(seed=7), number=2) != usual


# Several envelopes, schemas that are loaded anew


def test_schema_that_is_loaded_anew(desk):
    """Rules go by the protocol that messages are read by, from one message to the next."""
    changer = desk.changer("{on: client order, do: drop}")
    assert changer.wants(CLIENT, ["order"])
    desk.reader.use(Protocol())
    assert not changer.wants(CLIENT, ["order"])
    assert changer.consider(desk.order(), 0) is None
    desk.reader.use(desk.loaded.protocol)
    assert changer.wants(CLIENT, ["order"])
