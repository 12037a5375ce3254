"""A message of our own: an envelope through the steps of its direction, with all that its receiver needs around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from paperknife_decoders.carrying.choices import Key
from paperknife_decoders.carrying.rewriting import Rewriting
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.moulds import Mould
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.printable import printable
from paperknife_decoders.reader import Reader
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.splice.front import Parted, keys_in_front, leaves_of, parted
from paperknife_decoders.splice.keys import with_keys
from paperknife_decoders.steps import Context, Memory, open_parts
from paperknife_decoders.steps.carry import Behind, Carry
from paperknife_decoders.steps.making import Front, made_through
from paperknife_decoders.steps.new_header import NotMade
from paperknife_decoders.wire.walker import walk

__all__ = ["Own", "own_message"]

MOST_KEYS = 5
"""Values of a table that a sentence names."""

GROWTH = 3
"""Messages that it takes to see that a value grows from one to the next."""


@dataclass(frozen=True, slots=True)
class Own:
    """The `content` of a message, and a sentence, or none, `told` of the values in front that others had before it."""

    content: bytes
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """An envelope on its way: its payload's name, its parts, and for a value in front those that say its type."""

    reader: Reader
    direction: Direction
    payload: str
    envelope: Parted
    keys: Mapping[str, tuple[Key, ...]]

    @property
    def context(self) -> Context:
        """What steps may know. What they remember of a message that passed long ago is no news to the connection."""
        return replace(self.reader.context(self.direction, self.reader.quick_opcode), memory=Memory())

    def values_in(self, mould: Mould) -> Mapping[str, int | str]:
        """The values in front of the first envelope of a message that passed."""
        content, before = mould
        steps = self.reader.protocol.steps_for(self.direction)
        parts = open_parts(steps, content, replace(self.context, before=before)).parts
        return parted(parts[0], leaves_of(steps)[1]).values if parts else {}


def own_message(reader: Reader, direction: Direction, envelope: bytes) -> Own:
    """A message that holds this envelope alone, by those that have passed on the connection (`Reader.moulds`).

    Raises `SpliceError` where a value that stands in front cannot be known, or another one would be needed.
    """
    if not reader.has_steps(direction, reader.quick_opcode):
        return Own(envelope)
    steps = reader.protocol.steps_for(direction)
    envelope = with_keys(envelope, steps)
    payload = read_envelope(envelope, reader.protocol.type_for(direction)).payload
    _, leaves = leaves_of(steps)
    first: DecodeError | None = None
    try:
        see_that_nothing_is_cut(reader, direction)
        both = parted(envelope, leaves)
        sending = Sending(reader, direction, payload, both, keys_in_front(both.body, leaves, reader.path))
        for name, mould in (*reader.moulds.like(direction, payload), ("", None)):
            try:
                return made_like(sending, name, mould)
            except NotMade as error:
                first = error if not isinstance(first, NotMade) else first
            except DecodeError as error:  # it may be about what a peer has sent, which tells nothing of this one
                first = first or error
    except DecodeError as error:
        first = error
    assert first is not None  # the last one is no mould, which returns or raises
    raise SpliceError(f"{payload or 'a message'} cannot be sent: {first.reason.rstrip(',')}")


def see_that_nothing_is_cut(reader: Reader, direction: Direction) -> None:
    """Raise `NotMade` where something of the last message goes on in the next one, between which nothing can stand."""
    newest = reader.moulds.newest(direction) if reader.gathers(direction) else None
    if newest is not None and reader.rest(direction, reader.quick_opcode, *newest).is_open:
        raise NotMade(
            "the last message of this side goes on in the next one, and what came between would be read as a part of "
            "it; send it at another moment, as on a message that is whole"
        )


def made_like(sending: Sending, name: str, mould: Mould | None) -> Own:
    """The message, made like a mould with the payload `name`."""
    context = plain = sending.context
    outer, leaves = leaves_of(sending.reader.protocol.steps_for(sending.direction))
    there: Mapping[str, int | str] = {}
    inside = like = None
    if mould is not None:
        like, before = mould
        context = replace(plain, before=before)
        if leaves:
            there, inside = shown_by(mould, sending)
    asked, chosen = asked_for(sending, there if name == sending.payload else {})
    within = replace(plain, header=there) if leaves else plain
    part = unmade(sending.envelope.body, leaves, within, inside)
    front = Front(asked)
    content = made_through(outer, part, context, front, like)
    if open_parts(outer, content, plain).parts != (part,):
        raise NotMade("what was made of it would be read as something else; look at the values in front of it")
    return Own(content, told(sending, front.repeated, chosen, name, own=bool(name) and name == sending.payload))


def shown_by(mould: Mould, sending: Sending) -> tuple[Mapping[str, int | str], bytes | None]:
    """The values in front of the first envelope of a mould, and the bytes that the last steps have made it of, where
    these show anything.
    """
    outer, leaves = leaves_of(sending.reader.protocol.steps_for(sending.direction))
    there = sending.values_in(mould) if any(leaf.header for leaf in leaves) else {}
    inside = None
    if len(leaves) == 1 and isinstance(leaves[0], Carry):
        content, before = mould
        parts = open_parts(outer, content, replace(sending.context, before=before)).parts
        inside = parts[0] if parts else None
    return there, inside


def asked_for(sending: Sending, like: Mapping[str, int | str]) -> tuple[dict[str, int | str], list[tuple[str, bool]]]:
    """The values in front that are settled, and which of them were chosen among several that mean the same type.

    That is the one that a message `like` it has (True), and else the first of the table.
    """
    asked = dict(sending.envelope.values)
    chosen: list[tuple[str, bool]] = []
    for name, keys in sending.keys.items():
        if name in asked:
            continue
        if not keys:
            raise NotMade(f"{name} in front says of what type a message is, and these are bytes of none; write it")
        is_there = like.get(name) in keys
        asked[name] = like[name] if is_there else keys[0]
        if len(keys) > 1:
            chosen.append((name, is_there))
    return asked, chosen


def unmade(body: bytes, leaves: Sequence[Behind | Carry], context: Context, like: bytes | None) -> bytes:
    """The body as it lies behind what stands in front, without what the last steps have made of it."""
    for leaf in reversed(leaves):
        if isinstance(leaf, Behind):
            fields = walk(body)
            if len(fields) != 1:
                raise NotMade("one message was expected behind what stands in front of it")
            body = body[fields[0].content : fields[0].content_end]
            continue
        rewriting = Rewriting(context)
        if like is not None:
            try:
                rewriting.to_union(like, leaf.union)
            except DecodeError:
                rewriting = Rewriting(context)
        body = rewriting.from_union(body, leaf.union)
    return body


# What is told


def told(
    sending: Sending, repeated: Mapping[str, int | str], chosen: Sequence[tuple[str, bool]], name: str, *, own: bool
) -> str:
    """The sentence on what is in front and was not written; empty where nothing of it had to be chosen.

    `name` is the payload of the message that it was `repeated` from, which may be its `own`.
    """
    _, leaves = leaves_of(sending.reader.protocol.steps_for(sending.direction))
    shown = {each for leaf in leaves for each in leaf.header}
    said = []
    for key, is_there in chosen:
        keys = sending.keys[key]
        among = ", ".join(map(str, keys[:MOST_KEYS])) + (", ..." if len(keys) > MOST_KEYS else "")
        said.append(
            f"of {key} {among}, which all mean it, it gets {'that of the last one' if is_there else 'the first'}"
        )
    names = [each for each in repeated if each in shown]
    if names:
        of = f"the last {name}" if own else f"an earlier {name or 'message'}"
        said.append(f"{listed(names)} in front {'is' if len(names) == 1 else 'are'} repeated from {of}")
        growing = [each for each in names if each in growing_in(sending)]
        if growing:
            said.append(f"{listed(growing)} {'grows' if len(growing) == 1 else 'grow'} from message to message here")
    return printable(f"{sending.payload or 'a message'} of our own: {'; '.join(said)}.") if said else ""


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def growing_in(sending: Sending) -> set[str]:
    """The values in front that grew with each of the last messages."""
    rows: list[Mapping[str, int | str]] = []
    for mould in sending.reader.moulds.last(sending.direction):
        try:
            values = sending.values_in(mould)
        except DecodeError:
            continue
        rows += [values] if values else []
    if len(rows) < GROWTH:
        return set()
    return {name for name in rows[0] if grows([row.get(name) for row in rows])}


def grows(values: Sequence[int | str | None]) -> bool:
    """True for numbers of which each is more than the one before it, in digits too."""
    numbers = [int(value) if isinstance(value, str) and value.isdecimal() else value for value in values]
    return all(isinstance(one, int) and isinstance(two, int) and one < two for one, two in pairwise(numbers))
