"""Conversations on several connections, in which rules on both sides delay, double, reorder, throttle and hold.

Time is not the machine's: it goes on from one thing that is due to the next, as the lanes themselves ask to be woken. A
user lets held messages go on, drops or edits them, or is late. What has to hold: what no rule takes goes on as it came;
in its order, but for what others may overtake; nothing before its time; what is changed says what a full parse says; no
message is lost or made up, and the recorder is told of all that is sent, in the order in which it is, and of each that
is not.

Usage: fuzz_waiting.py [COUNT] [SEED]
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest import mock

from mitmproxy.proxy import events

from bench.frames import frame
from bench.fuzz import EXTENSIONS, FIN
from bench.fuzz_rules import UNKNOWN, Said, heard
from bench.fuzzing import count_and_seed
from bench.waiting_model import EMITTED, SIDES, Expected, Rule, envelope_in, random_rules
from bench.waiting_parties import Clock, Hand, Line, Talk, WaitingHost, Word, tag_of
from paperknife.mutation.rules import RuleSet, load_rules
from paperknife.proxy.lane.peers import RESET
from paperknife_decoders.message import Direction, Fate

__all__ = ["fuzz", "one_stream"]

CLOSE = FIN | 8
CLOSE_SECONDS = 5.0
"""So long what waits may hold a close frame up."""
MOST_STEPS = 10_000
SOON = 1e-6
SETS = 200
"""Files of rules."""


def one_stream(seed: int, host: WaitingHost, sets: list[tuple[list[Rule], RuleSet]], clock: Clock) -> None:
    """Some connections with the same rules, from their start to their end. Raises `AssertionError`."""
    chance = random.Random(seed)
    rules, host.rules = chance.choice(sets)
    host.holder = hand = Hand()
    host.told.clear()
    numbers = iter(range(1, 1 << 30))
    lines = [Line(host, chance.choice(("", "", *EXTENSIONS)), clock) for _ in range(chance.choice((1, 2, 3)))]
    for line in lines:
        line.talks = [Talk(line, side, chance, numbers) for side in SIDES]
    talks = [talk for line in lines for talk in line.talks]
    while open_talks := [talk for talk in talks if talk.chunks]:
        if chance.random() < 0.6:
            chance.choice(open_talks).go_on(rules)
        elif hand.waiting and chance.random() < 0.5:
            decide(chance, hand, lines, clock)
        else:
            pass_time(lines, clock, clock.now + chance.choice((0.001, 0.03, 0.2, 1.5)))
    for line in lines:
        how = chance.random()
        if how < 0.2:
            line.closed_at = clock.now
            line.happen(events.DataReceived(line.client, frame(b"\x03\xe8", random.Random(1), CLOSE)))
            line.happen(events.DataReceived(line.server, frame(b"\x03\xe8", None, CLOSE)))
        elif how < 0.35:
            break_off(line)
    while hand.waiting and chance.random() < 0.7:
        decide(chance, hand, lines, clock)
    pass_time(lines, clock, None)
    for line in lines:
        assert line.lane.ruling is None or all(each.flow.is_empty for each in line.lane.ruling.courses.values()), (
            "stuck"
        )
    assert not hand.waiting, "the user was not told of what is gone"
    cut = [line for line in lines if line.lane.ended and line.closed_at is None]
    for line in lines:
        for peer in (line.client, line.server):
            line.happen(events.ConnectionClosed(peer))
        if host.fault is not None:
            raise AssertionError(f"a fault: {host.fault!r}") from host.fault
        for talk in line.talks:
            check(talk, hand, host, is_cut=line in cut)
        check_emitted(line, host, is_exact=line not in cut and line.closed_at is None)


def decide(chance: random.Random, hand: Hand, lines: list[Line], clock: Clock) -> None:
    """The user says something; then the lanes that want to are woken."""
    hand.decide(chance, clock.now)
    pass_time(lines, clock, clock.now)


def break_off(line: Line) -> None:
    """A connection is gone."""
    line.client.error = line.server.error = RESET
    line.happen(events.ConnectionClosed(line.client))
    line.happen(events.ConnectionClosed(line.server))


def pass_time(lines: list[Line], clock: Clock, until: float | None) -> None:
    """Wake lanes as they want it, up to a time or to the end of all that waits."""
    for _ in range(MOST_STEPS):
        times = [(due, number) for number, line in enumerate(lines) if (due := line.due) is not None]
        soonest = min(times, default=None)
        if soonest is None or (until is not None and soonest[0] > until):
            clock.now = clock.now if until is None else max(clock.now, until)
            return
        clock.now = max(clock.now, soonest[0])
        lines[soonest[1]].wake()
    raise AssertionError("a lane wants to be woken for ever")


def check(talk: Talk, hand: Hand, host: WaitingHost, *, is_cut: bool) -> None:
    """Hold what went out in a direction, and what was told of it, to what has to."""
    line, side = talk.line, talk.side
    target = line.peers[side][1]
    went, pings = heard(bytes(line.sent[target]), fresh="no_context" in line.extensions)
    pings = [each for each in pings if each[0] != CLOSE]
    assert pings == talk.pings or is_cut, "pings are others, or in another order"
    direction = Direction(side)
    told = [each for each in host.told.get((line.number, direction), ()) if each.opcode < 8]
    sent = [each.content for each in told if each.fate is not Fate.DROPPED]
    assert sorted(sent) == sorted(each.content for each in went), "what was told as sent is not what was sent"
    # Our own ones are told of when they are due, and wait for the end of a message that is on its way in fragments.
    of_theirs = [[each for each in some if each != EMITTED[side]] for some in (sent, [each.content for each in went])]
    assert of_theirs[0] == of_theirs[1], "it was told in another order than it was sent"
    host.seen["told"] += len(told)
    ours = [each.content == EMITTED[side] for each in went]
    theirs = [(said, line.sent_at(target, said.end)) for said, mine in zip(went, ours, strict=True) if not mine]
    places = matched(talk, theirs, hand, host, is_cut=is_cut)
    dropped = sum(each.fate is Fate.DROPPED for each in told)
    assert dropped == len(talk.expected) - len(places), f"{dropped} were told as dropped"
    check_order(talk.expected, places)


type Places = dict[int, int]
"""Where in the sequence of what went out a message of a number is."""


def matched(talk: Talk, theirs: list[tuple[Said, float]], hand: Hand, host: WaitingHost, *, is_cut: bool) -> Places:
    """Find each message that went out among those that came; raises for what is not as it has to be."""
    line, side, at, places = talk.line, talk.side, 0, {}
    by_tag = {tag_of(side, each.said): each for each in talk.expected}
    is_exact = not line.extensions
    while at < len(theirs):
        said, when = theirs[at]
        expected = by_tag.pop(tag_of(side, said), None)
        assert expected is not None, f"nobody said {said.content.hex()}, or it went out before"
        places[expected.number] = at
        word = hand.said.get((line.number, side, tag_of(side, said)))
        check_content(expected, said, word, host, side, is_exact=is_exact)
        ready = expected.ready
        if expected.hold:
            ready = max(ready, word.time) if word is not None else ready + expected.hold
        in_a_hurry = line.closed_at is not None and when >= line.closed_at + CLOSE_SECONDS - SOON
        assert when >= ready - SOON or in_a_hurry, f"{ready - when:.3f} s too early: {expected}"
        for number in range(1, expected.copies + 1):
            again = theirs[at + number][0]
            assert (again.content, again.opcode) == (said.content, said.opcode), "a copy is another one"
        at += expected.copies + 1
    for each in by_tag.values():
        word = hand.said.get((line.number, side, tag_of(side, each.said)))
        assert each.content is None or is_cut or (word is not None and word.content is None), f"lost: {each}"
        host.seen["dropped"] += 1
    return places


def check_content(
    expected: Expected, said: Said, word: Word | None, host: WaitingHost, side: str, *, is_exact: bool
) -> None:
    """One message that went out."""
    assert expected.content is not None, f"went out, and is to be dropped: {expected}"
    assert said.opcode == expected.said.opcode
    if word is not None and word.is_edited:
        assert said.content == word.content, "not what the user made of it"
        host.seen["edited"] += 1
    elif expected.changed is not None and expected.changed != envelope_in(side, expected.said):
        assert envelope_in(side, said) == expected.changed, f"{expected}: {said.content.hex()}"
        assert (UNKNOWN in said.content) == (UNKNOWN in expected.said.content)
        host.seen["changed"] += 1
    else:
        assert said.content == expected.said.content, f"{expected}: {said.content.hex()}"
        if is_exact:
            assert said.frames == expected.said.frames, f"{expected.said.frames} went on as {said.frames}"
            host.seen["bit for bit"] += 1
        else:
            host.seen["inflated the same"] += 1


def check_order(expected: list[Expected], places: Places) -> None:
    """Nothing overtakes what nothing may overtake."""
    gone = [each for each in expected if each.number in places and not each.loose]
    for number, each in enumerate(gone):
        before = sum(places[other.number] < places[each.number] for other in gone[number + 1 :])
        after = [other for other in gone[:number] if places[other.number] > places[each.number]]
        assert before <= each.window, f"{before} have overtaken {each}"
        assert all(other.window for other in after), f"out of order: {each}"


def check_emitted(line: Line, host: WaitingHost, *, is_exact: bool) -> None:
    """Our own messages: as many as the rules say, or fewer where the connection ended before."""
    wanted = Counter(side for each in line.talks for one in each.expected for side in one.emits)
    for side, content in EMITTED.items():
        went, _ = heard(bytes(line.sent[line.peers[side][1]]), fresh="no_context" in line.extensions)
        count = sum(each.content == content for each in went)
        assert count == wanted[side] or (not is_exact and count < wanted[side]), f"{count} for {wanted[side]}"
        host.seen["emitted"] += count


def rule_sets(chance: random.Random, folder: Path, protocol: object, count: int) -> list[tuple[list[Rule], RuleSet]]:
    """Random rules, and the files of them loaded."""
    found = []
    for number in range(count):
        rules, path = random_rules(chance), folder / f"{number}.yaml"
        path.write_text(f"rules: [{', '.join(map(str, rules))}]")
        found.append((rules, load_rules([path], [protocol])))  # type: ignore[list-item]
    return found


def fuzz(count: int, seed: int = 0) -> WaitingHost:
    """`count` streams; what was met in them. Raises with the seed of the stream that went wrong."""
    host, clock = WaitingHost(), Clock()

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            sets = rule_sets(random.Random(0), Path(folder), host.protocol, SETS)
        for number in range(seed, seed + count):
            try:
                with mock.patch("time.monotonic", clock):
                    one_stream(number, host, sets, clock)
            except Exception as error:
                raise AssertionError(f"stream {number}: {error!r}") from error
            if number % 100 == 0:
                await asyncio.sleep(0)  # the loop forgets the alarms that were put off

    asyncio.run(run())
    return host


def main() -> None:
    """Run, and say what came of it."""
    wanted = count_and_seed(__doc__, 2000)
    logging.disable(logging.WARNING)
    began = time.perf_counter()
    host = fuzz(wanted.count, wanted.seed)
    told = ", ".join(f"{count:,} {what}" for what, count in host.seen.most_common())
    print(f"{wanted.count:,} streams in {time.perf_counter() - began:,.0f} s, messages: {told}; no exception.")


if __name__ == "__main__":
    sys.exit(main())
