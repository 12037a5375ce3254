"""Two envelopes side by side: what differs, and a fingerprint that is the same where nothing does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from google.protobuf.empty_pb2 import Empty

from paperknife_decoders.difference.found import Differences, Finding, What
from paperknife_decoders.difference.json_normal import JsonPlace, TooDeep, json_text, normal_json
from paperknife_decoders.difference.json_values import JsonComparing
from paperknife_decoders.difference.messages import Comparing
from paperknife_decoders.difference.normal import normal_form
from paperknife_decoders.difference.places import Pair, Place
from paperknife_decoders.difference.unknown_normal import settle_unknown
from paperknife_decoders.difference.wording import Wording
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.printable import elide, printable_bytes
from paperknife_decoders.raw_text import hidden_in, masked_text
from paperknife_decoders.secrets import MASK
from paperknife_decoders.summary.wording import quoted
from paperknife_decoders.values import Dynamic
from paperknife_decoders.volatile import EXACT, Volatile

__all__ = ["MOST", "Nearest", "differences", "fingerprint", "nearest_of"]

MOST = 100
"""Differences that are told of two messages, unless the caller says otherwise."""

FINGERPRINT = 16
"""Bytes."""

LONGEST_TEXT = 240
LONGEST_BYTES = 32

MOST_CANDIDATES = 256
"""Of more candidates only so many are compared in full."""

DEEP = object()

PREFIXES = {form: form.value.encode() + b"\0" for form in Form}


class Nearest(NamedTuple):
    """The candidate that is most like an envelope: which one it is, and what differs, the candidate being expected."""

    number: int
    candidate: Envelope
    differences: Differences


def fingerprint(envelope: Envelope, volatile: Volatile) -> bytes:
    """16 bytes that two envelopes read by one schema have in common if, and only if, nothing differs."""
    if envelope.message is not None and envelope.type is not None:
        data = normal_form(envelope.type, volatile).bytes_of(envelope)
    elif envelope.form is Form.JSON:
        value = json_value(envelope)
        data = envelope.data if value is DEEP else json_text(normal_json(value, volatile, outermost(volatile))).encode()
    elif envelope.form is Form.WIRE:
        data = wire_message(envelope).SerializeToString()
    else:
        data = envelope.data
    return blake2b(PREFIXES[envelope.form] + data, digest_size=FINGERPRINT).digest()


def differences(expected: Envelope, found: Envelope, volatile: Volatile, limit: int = MOST) -> Differences:
    """What of `found` is not as `expected`, the first `limit` of it in the order of the fields; never raises.

    Both are read by the schema of `expected`: what that does not know is told by its number.
    """
    finding = Finding(limit)
    found = read_alike(expected, found)
    compare = COMPARING.get(expected.form, compare_bytes) if expected.form is found.form else tell_all
    compare(expected, found, volatile, finding)
    return finding.all()


def nearest_of(found: Envelope, candidates: Sequence[Envelope], volatile: Volatile) -> Nearest | None:
    """The candidate with the fewest differences; those of the same payload come first. None where there is none.

    Of several that are equally near it is the one in which less of what is volatile differs, and then the first.
    """
    numbers = [at for at, each in enumerate(candidates) if each.payload == found.payload] or range(len(candidates))
    if len(numbers) > MOST_CANDIDATES:
        wanted = fingerprint(found, volatile)
        alike = [at for at in numbers if fingerprint(candidates[at], volatile) == wanted]
        numbers = [*alike, *numbers][:MOST_CANDIDATES]
    counts = {at: differences(candidates[at], found, volatile, 0).total for at in numbers}
    if not counts:
        return None
    fewest = min(counts.values())
    equal = [at for at, count in counts.items() if count == fewest]
    if len(equal) > 1:
        equal.sort(key=lambda at: (differences(candidates[at], found, EXACT, 0).total, at))
    nearest = candidates[equal[0]]
    return Nearest(equal[0], nearest, differences(nearest, found, volatile))


def read_alike(expected: Envelope, found: Envelope) -> Envelope:
    """`found` as the type of `expected` reads it."""
    if expected.type is None or expected.type is found.type or found.form in {Form.JSON, Form.TEXT}:
        return found
    return read_envelope(found.data, expected.type)


def compare_messages(expected: Envelope, found: Envelope, volatile: Volatile, finding: Finding) -> None:
    """Two decoded messages of one type."""
    assert expected.type is not None
    form = normal_form(expected.type, volatile)
    ours, theirs = (Pair(each.message, form.message_of(each)) for each in (expected, found))
    Comparing(volatile, finding).message(ours, theirs, Place())


def compare_json(expected: Envelope, found: Envelope, volatile: Volatile, finding: Finding) -> None:
    """Two JSON messages."""
    ours, theirs = json_value(expected), json_value(found)
    if ours is DEEP or theirs is DEEP:
        compare_bytes(expected, found, volatile, finding)
    else:
        JsonComparing(volatile, finding).value(ours, theirs, outermost(volatile), "")


def compare_wire(expected: Envelope, found: Envelope, volatile: Volatile, finding: Finding) -> None:
    """Two messages without a schema, by the numbers of their fields; as a whole where there may be secrets in them."""
    if hidden_in(expected, volatile.secrets) or hidden_in(found, volatile.secrets):
        compare_bytes(expected, found, volatile, finding)
        return
    ours, theirs = wire_message(expected), wire_message(found)
    Comparing(volatile, finding).unknown(Pair(ours, ours), Pair(theirs, theirs), Place())


def compare_bytes(expected: Envelope, found: Envelope, volatile: Volatile, finding: Finding) -> None:
    """Two envelopes of which nothing is known, as a whole."""
    if fingerprint(expected, volatile) != fingerprint(found, volatile):
        tell_all(expected, found, volatile, finding)


def tell_all(expected: Envelope, found: Envelope, volatile: Volatile, finding: Finding) -> None:
    """Two envelopes of different forms."""
    finding.add("", What.CHANGED, lambda: whole(expected, volatile), lambda: whole(found, volatile))


COMPARING = {Form.DECODED: compare_messages, Form.JSON: compare_json, Form.WIRE: compare_wire}


def whole(envelope: Envelope, volatile: Volatile) -> str:
    """All of an envelope in a few words."""
    secrets = volatile.secrets
    words = Wording(secrets)
    if envelope.message is not None:
        return elide(words.message(envelope.message, (), 0), LONGEST_TEXT)
    match envelope.form:
        case Form.JSON if (value := json_value(envelope)) is not DEEP:
            return words.json(value, ())
        case Form.TEXT | Form.JSON:
            return quoted(masked_text(envelope, secrets, 4 * LONGEST_TEXT), LONGEST_TEXT)
    if hidden_in(envelope, secrets):
        return f"{MASK} ({len(envelope.data):,} B)"
    return printable_bytes(envelope.data, LONGEST_BYTES)


def json_value(envelope: Envelope) -> Dynamic:
    """The value of a JSON message; `DEEP` for one that is nested too deeply to be followed."""
    try:
        value = json.loads(envelope.data)
        normal_json(value, EXACT, JsonPlace())
    except (TooDeep, RecursionError, ValueError):
        return DEEP
    return value


def outermost(volatile: Volatile) -> JsonPlace:
    """The place of a JSON message."""
    return JsonPlace(volatile.ignored.start)


def wire_message(envelope: Envelope) -> Empty:
    """A message whose fields are all unknown, in normal form."""
    message = Empty.FromString(envelope.data)
    settle_unknown(message)
    return message
