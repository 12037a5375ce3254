"""Pieces without their secrets."""

from __future__ import annotations

import itertools
import random

from tests.addon.recording.sessions import CLIENT, SERVER, START_NS

from paperknife.recording.piece_masking import PieceMasking
from paperknife.traffic import Piece
from paperknife_decoders.message import Opcode
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.secrets import Secrets

SECRET = b"hunter2-hunter2"


def masking() -> PieceMasking:
    redactor = Redactor()
    redactor.known.learn(SECRET)
    return PieceMasking(redactor, Secrets())


def pieces(data: bytes, cuts: list[int], direction=CLIENT) -> list[Piece]:
    """A message in pieces, the last of which is empty."""
    places = [0, *sorted(cuts), len(data)]
    found = [
        Piece(1, direction, START_NS, Opcode.BINARY, data[start:end], start, False)
        for start, end in itertools.pairwise(places)
    ]
    return [*found, Piece(1, direction, START_NS, Opcode.BINARY, b"", len(data), True)]


def test_offsets_go_on() -> None:
    """Each piece begins where the one before ended, those of both directions apart, and the last says the size."""
    data = random.Random(3).randbytes(400) + SECRET + random.Random(4).randbytes(400)
    made = masking()
    there, back = pieces(data, [100, 405, 406, 700]), pieces(data[::-1], [9], SERVER)
    found = [pair for both in zip(there, [*back, *back], strict=False) for piece in both for pair in made.add(piece)]
    at = 0
    for before, after in found:
        if after.direction is CLIENT:
            assert before.offset == after.offset == at
            assert before.data == data[at : at + len(before.data)]
            at += len(after.data)
    assert at == len(data)
    shown = b"".join(after.data for _, after in found if after.direction is CLIENT)
    assert shown == data.replace(SECRET, b"*" * len(SECRET))
    assert not made.waiting


def test_a_message_that_is_not_at_its_end() -> None:
    """What waits of it comes with the end of its connection; a new message begins with nothing of it."""
    made = masking()
    first, *_ = pieces(SECRET, [5])
    assert not list(made.add(first))
    assert made.connections == [1]
    assert [after.data for _, after in made.end(1)] == [SECRET[:5]]
    assert not list(made.add(first))
    assert not list(made.add(first))
    assert [after.data for _, after in made.end(1)] == [SECRET[:5]]
    assert made.connections == []
