"""What rules would have done with a message, in lines to read and as a JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from paperknife.live.amounts import clock_text, count_text, rfc3339, size_text, span_text
from paperknife.mutation.rules.ruleset import RulesReport
from paperknife.mutation.rules.trial import Trial, Tried
from paperknife.mutation.verdict import CloseOrder, Emission, Verdict
from paperknife_decoders.difference import What, differences
from paperknife_decoders.documents import json_object
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Message
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import KnownSecrets, Redactor
from paperknife_decoders.summary import summarize
from paperknife_decoders.volatile import EXACT, Volatile

__all__ = ["Discretion", "report_lines", "report_object", "tried_lines", "tried_object"]

WIDTH = 200
"""Columns of one message that is sent besides."""

MOST_CHANGES = 50

type Change = tuple[str, str, str]
"""A path, and what is there before and after, in words; nothing is empty."""


class Discretion:
    """Takes secrets out of what is told: rules may put them where no name says that they are one."""

    def __init__(self) -> None:
        self.redactor = Redactor(KnownSecrets())

    def learn(self, tried: Tried) -> Tried:
        """Know the secrets of a message and of all that comes of it; the same, as it may be told.

        Of a message with secrets that is damaged so that nobody can read it any more the bytes are not told.
        """
        verdict, message, reader = tried.verdict, tried.message, tried.reader
        for each in verdict.emissions:
            self.redactor.redact_one(reader, each.direction, each.opcode, each.content)
        if message is None:
            return tried
        had_any = self.redactor.redact_one(reader, message.direction, message.opcode, message.content, message.before)
        content = verdict.content
        if content is None or content == message.content:
            return tried
        self.redactor.redact_one(reader, message.direction, message.opcode, content, message.before)
        after = reader.read(message.direction, message.opcode, content, message.before)
        if had_any is None or is_cut(message.content, content) or all(each.form is Form.DECODED for each in after):
            return tried
        return replace(tried, verdict=replace(verdict, content=b"*" * len(content)))

    def line(self, line: str) -> str:
        """A line without them."""
        return self.redactor.known.mask_text(line)

    def told[T](self, value: T) -> T:
        """The same of all texts in plain data."""
        if isinstance(value, dict):
            return {key: self.told(each) for key, each in value.items()}  # type: ignore[return-value]
        if isinstance(value, list):
            return [self.told(each) for each in value]  # type: ignore[return-value]
        return self.line(value) if isinstance(value, str) else value  # type: ignore[return-value]


def tried_lines(tried: Tried, paint: Paint) -> Iterator[str]:
    """A line on the message and its rules, then one for each thing that is done."""
    verdict, message = tried.verdict, tried.message
    name = "connection"
    if message is not None:
        envelopes = message.envelopes
        name = f"{message.direction.arrow} {envelopes[0].payload if envelopes else ''}".rstrip()
    rules = ", ".join(dict.fromkeys(verdict.hits))
    head = f"{clock_text(tried.time_ns)} #{tried.connection} {printable(name)}"
    yield f"{head}  {dyed(printable(rules), paint.mark, paint)}".rstrip()
    for line in done_lines(tried):
        yield f"    {printable(line)}"


def done_lines(tried: Tried) -> Iterator[str]:
    """What is done, a line each."""
    verdict, message = tried.verdict, tried.message
    if message is not None and verdict.content is None:
        yield "dropped"
    elif message is not None and verdict.content is not None and is_cut(message.content, verdict.content):
        yield f"cut to {size_text(len(verdict.content))} of {size_text(len(message.content))}"
    elif message is not None and verdict.content is not None:
        changes = changes_of(message, verdict.content)
        for path, before, after in changes:
            yield f"{path or 'message'}: {before or 'nothing'} -> {after or 'nothing'}"
        if not changes and verdict.content != message.content:
            yield "other bytes, which say the same in every field"
    yield from passing_lines(verdict)
    for emission in verdict.emissions:
        when = f" in {span_text(round(emission.delay * 1e9))}" if emission.delay else ""
        yield f"sends {emission.direction.arrow} {emission_text(tried, emission)}{when}"
    if verdict.close is not None:
        yield close_text(verdict.close)
    yield from verdict.logs


def is_cut(before: bytes, after: bytes) -> bool:
    """True for the beginning of a message and no more."""
    return len(after) < len(before) and before.startswith(after)


def passing_lines(verdict: Verdict) -> Iterator[str]:
    """When and how often a message goes on."""
    if verdict.delay:
        behind = ", others may overtake it" if verdict.overtaken else ""
        yield f"waits {span_text(round(verdict.delay * 1e9))}{behind}"
    if verdict.copies:
        yield f"goes out {count_text(verdict.copies + 1, 'time')}"
    if verdict.window:
        yield f"{count_text(verdict.window, 'message')} behind it may go first"
    if verdict.throttle is not None:
        rate = verdict.throttle
        amount = (
            f"{rate.messages_per_second:g} messages"
            if rate.messages_per_second
            else size_text(round(rate.bytes_per_second))
        )
        yield f"at most {amount} a second"
    if verdict.hold is not None:
        yield f"is held for up to {span_text(round(verdict.hold.seconds * 1e9))}"
    if verdict.stall:
        yield f"nothing is read from the sender for {span_text(round(verdict.stall * 1e9))}"


def close_text(close: CloseOrder) -> str:
    """How the connection ends."""
    if close.abort:
        return "the connection is cut"
    return f"the connection is closed with {close.code}" + (f' "{close.reason}"' if close.reason else "")


def changes_of(message: Message, content: bytes) -> list[Change]:
    """What differs between a message and what goes on in its place, field by field."""
    if content == message.content:
        return []
    volatile = exact_for(message.reader.protocol)
    after = message.reader.read(message.direction, message.opcode, content, message.before)
    found: list[Change] = []
    for number, (old, new) in enumerate(zip_longest(message.envelopes, after)):
        where = f"[{number}] " if len(message.envelopes) > 1 else ""
        if old is None or new is None:
            found.append((f"{where}envelope", "" if old is None else "one", "" if new is None else "one"))
            continue
        for each in differences(old, new, volatile, MOST_CHANGES):
            before, behind = each.expected, each.found
            found.append((where + each.path, before if each.what is not What.EXTRA else "", behind))
    return found


def exact_for(protocol: Protocol) -> Volatile:
    """All fields count, and what is secret is not said."""
    return replace(EXACT, secrets=protocol.secrets)


def emission_text(tried: Tried, emission: Emission) -> str:
    """A message that is sent besides."""
    envelopes = tried.reader.read(emission.direction, emission.opcode, emission.content)
    secrets = tried.reader.protocol.secrets
    return " | ".join(f"{each.payload}  {summarize(each, secrets, WIDTH)}".strip() for each in envelopes)


def tried_object(tried: Tried) -> dict[str, Any]:
    """All of it as ``json.dumps`` takes it; what is not done is left out. Times are in seconds."""
    verdict, message = tried.verdict, tried.message
    told: dict[str, Any] = {
        "time": rfc3339(tried.time_ns),
        "connection": tried.connection,
        "direction": message.direction.value if message is not None else None,
        "payload": message.envelopes[0].payload if message is not None and message.envelopes else None,
        "rules": list(verdict.hits),
    }
    content = verdict.content
    if message is not None and content is None:
        told["dropped"] = True
    if message is not None and content is not None and content != message.content:
        told["changes"] = [
            {"path": path, "before": before or None, "after": after or None}
            for path, before, after in changes_of(message, content)
        ]
    optional = {
        "delay": verdict.delay,
        "overtaken": verdict.overtaken,
        "copies": verdict.copies,
        "window": verdict.window,
        "stall": verdict.stall,
        "throttle": verdict.throttle and (
            {"messages": verdict.throttle.messages_per_second} if verdict.throttle.messages_per_second
            else {"bytes": verdict.throttle.bytes_per_second}
        ),
        "hold": verdict.hold and verdict.hold.seconds,
        "sends": [emission_object(tried, emission) for emission in verdict.emissions],
        "close": verdict.close and (
            {"abort": True} if verdict.close.abort else {"code": verdict.close.code, "reason": verdict.close.reason}
        ),
        "logs": list(verdict.logs),
    }  # fmt: skip
    return told | {key: value for key, value in optional.items() if value}


def emission_object(tried: Tried, emission: Emission) -> dict[str, Any]:
    """A message that is sent besides."""
    envelopes: tuple[Envelope, ...] = tried.reader.read(emission.direction, emission.opcode, emission.content)
    secrets = tried.reader.protocol.secrets
    return {
        "direction": emission.direction.value,
        "in": emission.delay,
        "messages": [{"payload": each.payload, "message": json_object(each, secrets)} for each in envelopes],
    }


def report_lines(trial: Trial, report: RulesReport) -> Iterator[str]:
    """How often each rule would have done something."""
    unsent = f" {trial.unsent:,} come after a connection that rules would have ended." if trial.unsent else ""
    yield f"{count_text(trial.messages, 'message')}, of which rules would have taken {trial.touched:,}.{unsent}"
    width = max((len(each.rule) for each in report.rules), default=0)
    for each in report.rules:
        faults = f", {count_text(each.faults, 'time')} it could not be done" if each.faults else ""
        yield printable(f"  {each.rule:<{width}}  {each.hits:>8,}{faults}")
    for name, count in report.counters:
        yield printable(f"  counter {name}: {count:,}")


def report_object(trial: Trial, report: RulesReport) -> dict[str, Any]:
    """The same for a program."""
    return {
        "messages": trial.messages,
        "touched": trial.touched,
        "unsent": trial.unsent,
        "rules": [{"rule": each.rule, "hits": each.hits, "faults": each.faults} for each in report.rules],
        "counters": dict(report.counters),
    }
