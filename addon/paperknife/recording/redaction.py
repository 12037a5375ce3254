"""A recording for others: without its secrets, and searched for them before it gets its name.

Two passes: the first learns every value that is a secret anywhere, so that the second masks it also where it stands
before the place that tells so.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from paperknife.recording.field_paths import path_at
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.packing import Progress
from paperknife.recording.reading import Recording
from paperknife.recording.records import RecordingError
from paperknife.recording.redacting import before_and_after, redacted
from paperknife.recording.secret_search import search
from paperknife.recording.writer import RecordingWriter
from paperknife.traffic import Piece
from paperknife_decoders.message import Message
from paperknife_decoders.redaction import KnownSecrets, Mode, Redactor
from paperknife_decoders.secrets import Secrets

__all__ = ["Redaction", "Rules", "redact"]

type Open = Callable[[str], Recording]
"""Opens the recording anew, for what is said here."""

MOST_VALUES = 5000
"""Secrets that are known at a time; further ones are masked under their names, and near the places that tell them."""
MOST_PATHS = 1000
"""Field paths that are counted one by one; a hostile schema may have as many as it has messages."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is masked: secrets, or also what cannot be read; `secrets` are those of handshakes and what is undecoded."""

    mode: Mode = "fields"
    secrets: Secrets = field(default_factory=Secrets)


@dataclass(slots=True)
class Redaction:
    """What was masked: by field path the number of places, how many `messages` have any, and how many handshakes."""

    paths: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    masked: int = 0
    handshakes: int = 0
    warnings: list[str] = field(default_factory=list)
    cut: str | None = None

    def note(self, before: Item, after: Item) -> None:
        """Count what became of an item."""
        match before, after:
            case Message(), Message():
                self.messages += 1
                if after.content != before.content:
                    self.masked += 1
                    for start, end in {*after.masked} - {*before.masked}:
                        if after.content[start:end] != before.content[start:end]:
                            self.note_path(path_at(before, start))
            case Opened(), Opened() if after != before:
                self.handshakes += 1
            case Piece(), Piece() if after.data != before.data:
                self.note_path("(parts of large messages)")
            case (Closed(), Closed()) | (Noticed(), Noticed()) if after != before:
                self.note_path("(reasons and notices)")

    def note_path(self, path: str) -> None:
        """Count one place."""
        self.paths[path if path in self.paths or len(self.paths) < MOST_PATHS else "(others)"] += 1


class AllSecrets(KnownSecrets):
    """Keeps `most` values for good, which are more than is affordable while traffic waits."""

    def __init__(self, most: int = MOST_VALUES) -> None:
        super().__init__()
        self.most = most

    def learn_part(self, value: bytes) -> None:
        """Know a value of bounded size."""
        super().learn_part(value)
        if value in self.recent and len(self.kept) < self.most:
            self.kept[value] = self.recent.pop(value)


def redact(
    recordings: Open, target: Path, rules: Rules, *, overwrite: bool = False, progress: Progress = lambda done, of: None
) -> Redaction:
    """Write the recording without its secrets to `target`.

    `recordings` opens it anew for each pass. Raises `RecordingError` where it cannot be read, or the result still holds
    what is known as a secret, and `OSError`; there is nothing new at `target` then.
    """
    result = Redaction()
    redactor = Redactor(AllSecrets(), rules.mode, result.warnings.append)
    first = recordings("Looking for secrets in")
    for _ in redacted(first, redactor, rules.secrets):
        pass
    session = {name: value for name, value in first.session.items() if name != "version"}
    session["redact"] = stricter(session.get("redact", "off"), rules.mode)
    part = target.with_name(f".{target.name}.{os.getpid()}.masked")
    try:
        with RecordingWriter(part, session, progress=progress) as writer:
            second = recordings("Masking")
            for before, after in before_and_after(second, redactor, rules.secrets):
                result.note(before, after)
                writer.write(after)
        result.cut = second.cut
        if left := search(part, redactor.known, result.messages):
            raise RecordingError(f"{left} The result was not kept.")
        if not overwrite and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "a file is there already", str(target))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return result


def stricter(before: str, mode: Mode) -> str:
    """What is masked in a file that was made by one rule and then redacted by another."""
    return before if before == "strict" else mode
