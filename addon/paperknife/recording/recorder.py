"""The recorder: a consumer of traffic that has every batch on its way to the disk before the batch is passed on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.journal import Journal
from paperknife.recording.records import RecordingError
from paperknife.recording.segments import RecordPlan, open_segment
from paperknife.recording.shelf import Shelf
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.message import Opcode, are_binary

__all__ = ["Missing", "Recorder"]

logger = logging.getLogger(__name__)

LOOK_NS = 1_000_000_000
"""How often is looked whether the file is still there."""


@dataclass(slots=True)
class Missing:
    """What is not recorded: the messages since the recorder had to stop, and why it had to.

    Where the file of the moment was deleted, what was in it is not recorded either.
    """

    since_ns: int
    why: str
    messages: int = 0


class Recorder:
    """Appends what passes to new files. It never raises once it is made: what it cannot write, it counts as `missing`.

    `session` is what each file tells of its origin, `open_already` are the connections that opened before. `say` is
    told, once, that it had to stop. Raises `RecordingError` where the first file cannot be made.
    """

    def __init__(
        self,
        plan: RecordPlan,
        session: Mapping[str, str],
        say: Callable[[str], None],
        open_already: Iterable[Connection] = (),
    ) -> None:
        self.plan = plan
        self.session = session
        self.say = say
        self.connections = {connection.number: connection for connection in open_already}
        self.shelf = Shelf(plan.keep)
        self.messages_written = 0
        self.missing: Missing | None = None
        self.number = 1
        self.journal: Journal | None = None
        self.head_size = self.written_before = 0
        """Bytes of a file in which nothing happened yet, and messages that are in the files before it."""
        now = time.time_ns()
        self.wanted = plan.path(1, now / 1e9)
        self.begin(now)
        self.use(plan)

    def begin(self, time_ns: int) -> Journal:
        """Begin a file. Raises `RecordingError`."""
        self.began_ns, self.look_ns = time_ns, time_ns + LOOK_NS
        self.encoder = Encoder()
        resumed = [Opened(connection, resumed=True) for connection in self.connections.values()]
        head = self.encoder.begin({**self.session, "began_ns": str(time_ns)}, resumed)
        journal, self.number = open_segment(self.plan, self.number, time_ns / 1e9)
        try:
            journal.append(head)  # at once: a kill before it leaves a file with nothing in it
        except OSError as error:
            journal.close()
            journal.path.unlink(missing_ok=True)
            raise RecordingError(f"{journal.path} could not be written: {error.strerror}.") from None
        self.journal, self.head_size, self.written_before = journal, journal.size, self.messages_written
        self.shelf.add(journal)
        return journal

    def use(self, plan: RecordPlan) -> None:
        """Split and keep files in another way from now on."""
        self.plan = plan
        self.shelf.keep = plan.keep
        if plan.split:
            self.shelf.prepare()

    # a consumer of traffic

    def opened(self, connection: Connection) -> None:
        """A connection was upgraded to WebSocket."""
        self.append(lambda: self.encoder.opened(Opened(connection)), connection.time_ns)
        self.connections[connection.number] = connection

    def messages(self, batch: Batch) -> None:
        """Messages and control frames, in order."""
        self.append(lambda: self.encoder.batch(batch), batch.time_ns, data_messages(batch))

    def piece(self, piece: Piece) -> None:
        """The next part of a message beyond the limit."""
        self.append(lambda: self.encoder.piece(piece), piece.time_ns, int(piece.last))

    def closed(self, connection: Connection, close: Close) -> None:
        """The connection ended."""
        self.append(lambda: self.encoder.closed(Closed(connection, close)), close.time_ns)
        self.connections.pop(connection.number, None)

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Something the user was told."""
        time_ns = time.time_ns()
        self.append(lambda: self.encoder.notice(Noticed(text, warning, time_ns)), time_ns)

    # to the disk

    def append(self, encoded: Callable[[], bytes], time_ns: int, messages: int = 0) -> None:
        """Write records with so many messages in them; where that fails, stop."""
        journal = self.journal
        if journal is None:
            if self.missing is not None:
                self.missing.messages += messages
            return
        try:
            if self.is_due(journal, time_ns):
                journal = self.turn(time_ns)
            if time_ns >= self.look_ns:
                self.look_ns = time_ns + LOOK_NS
                check_is_there(journal)
            journal.append(encoded())
        except (OSError, RecordingError) as error:
            self.give_up(sentence(journal, error), time_ns, messages)
        except Exception as error:
            logger.exception("The recorder failed.")
            fault = f"a fault in paperknife, {type(error).__name__}: {error}; please report it."
            self.give_up(fault, time_ns, messages)
        else:
            self.messages_written += messages

    def is_due(self, journal: Journal, time_ns: int) -> bool:
        """True if the next file is to begin."""
        split = self.plan.split
        return (
            bool(split.size and journal.size >= split.size)
            or bool(split.time_ns and time_ns - self.began_ns >= split.time_ns)
            or self.encoder.is_full
        )

    def turn(self, time_ns: int) -> Journal:
        """Go on in the next file. Raises `RecordingError`."""
        self.close()
        self.number += 1
        journal = self.begin(time_ns)
        self.shelf.tidy()
        return journal

    def tidy(self, time_ns: int) -> None:
        """Do what is due though nothing comes: begin the next file, see that this one is there, pack and delete others.

        A file in which nothing happened yet goes on. To be called a few times a second, with the time of now.
        """
        journal = self.journal
        if journal is not None and journal.size == self.head_size and self.is_due(journal, time_ns):
            self.began_ns = time_ns
        else:
            self.append(lambda: b"", time_ns)
        self.shelf.tidy()

    def give_up(self, why: str, time_ns: int, messages: int) -> None:
        """Record no more; the traffic goes on."""
        if self.journal is not None and self.journal.is_deleted:
            time_ns = self.began_ns
            messages += self.messages_written - self.written_before
            self.messages_written = self.written_before
        self.close()
        self.missing = Missing(time_ns, why, messages)
        self.say(f"Recording stopped: {why} The traffic goes on unrecorded.")

    def stop(self) -> None:
        """Record no more: the user wants it so, or all has ended."""
        self.close()
        self.shelf.ended = True

    def close(self) -> None:
        """Write no more to the file of the moment."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None


def data_messages(batch: Batch) -> int:
    """How many messages of a batch are no control frames."""
    opcodes = batch.opcodes
    if are_binary(opcodes):
        return len(opcodes)
    return len(opcodes) - opcodes.count(Opcode.PING) - opcodes.count(Opcode.PONG) - opcodes.count(Opcode.CLOSE)


def sentence(journal: Journal | None, error: OSError | RecordingError) -> str:
    """What went wrong."""
    if isinstance(error, RecordingError):
        return str(error)
    where = journal.path if journal else "The file"
    return f"{where} could not be written: {error.strerror}. What was recorded before can be read."


def check_is_there(journal: Journal) -> None:
    """Raise `RecordingError` for a file that is deleted."""
    if journal.is_deleted:
        raise RecordingError(f"{journal.path} was deleted while it was written; what was in it is lost.")
