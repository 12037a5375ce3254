"""The envelopes of recordings as bytes, for what makes a schema of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.viewing import talk
from paperknife.recording.reading import Recording, opened_file
from paperknife.settings.reading import Loaded
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.carry import Behind, Carry

__all__ = ["Specimens"]

TEXTS = (Form.JSON, Form.TEXT)


@dataclass(slots=True)
class Specimens:
    """The envelopes of some recordings, as their peers sent them: iterate, also more than once, over their bytes.

    They are what comes out of the framing of the recordings' own protocols, or of `override`; no schema is used.
    Messages that came from neither peer are left out, and so is text, of which `texts` counts the messages by their
    direction. What is wrong with a file is told the first time; raises `Failure` for what is no recording.
    """

    files: Sequence[str]
    override: Loaded | None = None
    texts: Counter[Direction] = field(default_factory=Counter)
    behind: Counter[Direction] = field(default_factory=Counter)
    """Messages that a key says the type of, which is not used."""
    is_read: bool = False
    framing: dict[Reader, Reader] = field(default_factory=dict)
    """Readers by those that make more of a message than what lies in its framing."""

    @property
    def is_read_once(self) -> bool:
        """True where a pipe is among the files."""
        return "-" in self.files

    def __iter__(self) -> Iterator[tuple[Direction, bytes]]:
        self.texts.clear()
        self.behind.clear()
        for file in self.files:
            doing = "Checking" if self.is_read else "Reading"
            with told_faults("-"), Progress(f"{doing} {printable(file)}", size_of(file)) as progress:
                recording = Recording(file, override=self.override, read=counted(opened_file(file), progress))
                for item in recording:
                    if isinstance(item, Message) and item.opcode < Opcode.CLOSE and item.fate is not Fate.INJECTED:
                        yield from self.envelopes(item)
            if recording.cut and not self.is_read:
                talk(f"! {recording.cut}")
        self.is_read = True

    def envelopes(self, message: Message) -> Iterator[tuple[Direction, bytes]]:
        """The envelopes in one message, as it was before somebody changed it."""
        reader, direction = message.reader, message.direction
        last = reader.protocol.steps_for(direction)[-1:]
        self.behind[direction] += any(isinstance(step, Behind) for step in last)
        if any(isinstance(step, Carry | Behind) for step in last):
            reader = self.framing.setdefault(reader, Reader(framing_of(reader.protocol), reader.path))
        found = message.envelopes if reader is message.reader and message.original is None else None
        if found is None:
            content = message.content if message.original is None else message.original
            found = reader.read(direction, message.opcode, content, message.before)
        for envelope in found:
            if envelope.form in TEXTS:
                self.texts[message.direction] += 1
            else:
                yield message.direction, envelope.data


def framing_of(protocol: Protocol) -> Protocol:
    """A protocol without its types, and without what a message of them carries."""
    server, client = (framing_steps(protocol.steps_for(side)) for side in (Direction.SERVER, Direction.CLIENT))
    return replace(protocol, client=None, server=None, steps=server, client_steps=client)


def framing_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that take a message out of what is around it."""
    return tuple(step for step in steps if not isinstance(step, Carry | Behind))
