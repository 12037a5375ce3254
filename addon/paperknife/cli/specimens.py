"""The envelopes of recordings as bytes, for what makes a schema of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.viewing import talk
from paperknife.recording.reading import Recording, opened_file
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.printable import printable

__all__ = ["Specimens"]

TEXTS = (Form.JSON, Form.TEXT)


@dataclass(slots=True)
class Specimens:
    """The envelopes of some recordings, as their peers sent them: iterate, also more than once, over their bytes.

    Messages that came from neither peer are left out, and so is text, of which `texts` counts the messages by their
    direction. What is wrong with a file is told the first time; raises `Failure` for what is no recording.
    """

    files: Sequence[str]
    texts: Counter[Direction] = field(default_factory=Counter)
    is_read: bool = False

    @property
    def is_read_once(self) -> bool:
        """True where a pipe is among the files."""
        return "-" in self.files

    def __iter__(self) -> Iterator[tuple[Direction, bytes]]:
        self.texts.clear()
        for file in self.files:
            doing = "Checking" if self.is_read else "Reading"
            with told_faults("-"), Progress(f"{doing} {printable(file)}", size_of(file)) as progress:
                recording = Recording(file, read=counted(opened_file(file), progress))
                for item in recording:
                    if isinstance(item, Message) and item.opcode < Opcode.CLOSE and item.fate is not Fate.INJECTED:
                        yield from self.envelopes(item)
            if recording.cut and not self.is_read:
                talk(f"! {recording.cut}")
        self.is_read = True

    def envelopes(self, message: Message) -> Iterator[tuple[Direction, bytes]]:
        """The envelopes in one message, as it was before somebody changed it."""
        found = message.envelopes
        if message.original is not None:
            found = message.reader.read(message.direction, message.opcode, message.original, message.before)
        for envelope in found:
            if envelope.form in TEXTS:
                self.texts[message.direction] += 1
            else:
                yield message.direction, envelope.data
