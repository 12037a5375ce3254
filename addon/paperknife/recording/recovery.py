"""A whole recording out of a damaged one, read back before anybody is told that it is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from mcap.opcode import Opcode as Op
from mcap.records import Footer

from paperknife.recording.journal import Journal
from paperknife.recording.packing import pack
from paperknife.recording.records import RecordingError, Records, parsed
from paperknife.recording.salvage import Loss, Salvage
from paperknife.recording.shapes import HEAD, LARGEST, MAGIC, fits
from paperknife.recording.spool import Definitions, Spool

__all__ = ["Recovered", "recover"]

FOOTER = HEAD.size + 20
"""Bytes of a Footer record (mcap.dev/spec, "Footer")."""

type Progress = Callable[[str, int, int], None]
"""Told of what is done, of the bytes that are done, and of all."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a file.

    `messages` are in the result. `losses` are the damaged places; `missing` the messages that the numbers of those
    around them tell of, `orphans` those that nothing tells where they belong. `cut` are the bytes of a last record that
    was not written to its end, and `was_whole` is whether the file has an end; `is_short` that a packed
    one has not even the end of its data, and once had more.
    """

    messages: int
    losses: tuple[Loss, ...] = ()
    missing: int = 0
    orphans: int = 0
    cut: int = 0
    was_whole: bool = False
    is_short: bool = False

    @property
    def is_lossy(self) -> bool:
        """True if something that once was whole in the file could not be had, or may have been there."""
        return bool(self.losses or self.missing or self.orphans or self.is_short)


def recover(source: Path, target: Path, progress: Progress = lambda what, done, of: None) -> Recovered:
    """Make a whole, packed recording at `target` of all that is whole in `source`, and read it back.

    Raises `RecordingError` where `source` has nothing of a recording, or the result is not what was found in it, and
    `OSError` where a file cannot be read or written. There is nothing at `target` then that was not there before.
    """
    plain, full, packed = (
        target.with_name(f".{target.name}.{os.getpid()}.{word}") for word in ("part", "full", "whole")
    )
    try:
        with source.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            known = summary_definitions(file, size)
            salvage = Salvage(file, size, lambda done, of: progress("Reading", done, of))
            spool = Spool(salvage, known)
            with contextlib.closing(Journal(plain)) as journal:
                spool.write(journal)
        if not spool.records or not (spool.known.keys or spool.known.happenings):
            raise RecordingError(f"{source.name} has nothing in it that is whole and belongs to a recording.")
        extra = spool.lost_protocols()
        if extra:
            tell_first(plain, full, spool, extra)
        pack(full if extra else plain, packed, lambda done, of: progress("Packing", done, of))
        check(packed, spool, extra, progress)
        packed.replace(target)
    finally:
        for path in (plain, full, packed):
            path.unlink(missing_ok=True)
    return Recovered(
        spool.messages,
        tuple(salvage.losses),
        spool.missing,
        spool.orphans,
        salvage.cut,
        salvage.is_whole,
        salvage.is_packed and not salvage.is_ended,
    )


def summary_definitions(file: BinaryIO, size: int) -> Definitions:
    """What the summary at the end of a packed file tells of schemas and channels; nothing where there is no summary."""
    known = Definitions()
    file.seek(max(size - FOOTER - len(MAGIC), 0))
    end = file.read(FOOTER + len(MAGIC))
    footer = parsed(Op.FOOTER, end[HEAD.size : FOOTER]) if end.endswith(MAGIC) and end[0] == Op.FOOTER else None
    if not isinstance(footer, Footer) or not 0 < size - footer.summary_start <= LARGEST:
        return known
    file.seek(footer.summary_start)
    data, at = file.read(size - footer.summary_start), 0
    while len(data) - at >= HEAD.size:
        opcode, length = HEAD.unpack_from(data, at)
        body = data[at + HEAD.size : at + HEAD.size + length]
        if len(body) != length or not fits(opcode, length, body):
            break
        known.add(opcode, body)
        at += HEAD.size + length
    return known


def tell_first(plain: Path, full: Path, spool: Spool, extra: list[bytes]) -> None:
    """Put records before those of a plain file, behind its header and with all definitions."""
    with contextlib.closing(Journal(full)) as journal, plain.open("rb") as body:
        journal.append(body.read(spool.head) + spool.definitions())
        journal.append(b"".join(HEAD.pack(Op.MESSAGE, len(each)) + each for each in extra))
        with full.open("ab") as out:
            shutil.copyfileobj(body, out, 1 << 20)


def check(packed: Path, spool: Spool, extra: list[bytes], progress: Progress) -> None:
    """Read the result back as a whole, and compare it with what was found. Raises `RecordingError`."""
    digest, size, done = blake2b(), packed.stat().st_size, 0
    with packed.open("rb", buffering=0) as file:

        def read(wanted: int) -> bytes:
            nonlocal done
            data = file.read(wanted)
            done += len(data)
            progress("Checking", done, size)
            return data

        records = Records(read, packed.name)
        bodies = (body for opcode, body in records if opcode == Op.MESSAGE)
        same, count = all(next(bodies, None) == each for each in extra), 0
        for body in bodies:
            digest.update(body)
            count += 1
    same = same and records.is_whole and not records.faults and count == spool.records
    if not same or digest.digest() != spool.digest.digest():
        raise RecordingError(
            f"The result is not what was found: {spool.records:,} records were written and {count:,} were read back."
            f" It was not kept. Is the disk in order? {' '.join(records.faults)}".rstrip()
        )
