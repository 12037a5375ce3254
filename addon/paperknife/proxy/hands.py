"""Holding and editing by hand: what is held, and having it edited while the traffic goes on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING

from mitmproxy import ctx
from mitmproxy.log import ALERT

from paperknife.mutation.editing.editor import Editor, EditorError, GivenUp, Unsaved, edit, in_editor
from paperknife.mutation.editing.sheet import Sheet
from paperknife.mutation.hold_when import HoldWhen, condition_from
from paperknife.mutation.holding import Holding, Waiting
from paperknife.mutation.verdict import Emission
from paperknife.proxy.links import Links
from paperknife.traffic import Batch
from paperknife_decoders.expression import Expression
from paperknife_decoders.message import Message
from paperknife_decoders.summary import summarize

if TYPE_CHECKING:
    from paperknife.proxy.lane.track import Track
    from paperknife.proxy.tap import Tap

__all__ = ["Hands"]

logger = logging.getLogger(__name__)

NO_TERMINAL = (
    "An editor needs a terminal. Give changes behind the numbers instead, such as order.quantity=5; "
    "paperknife.held with a number shows a held message."
)

WIDTH = 60
"""Columns of what is said of a message in a list."""

HELP = (
    "Edit it and save; what differs is changed, a line taken away unsets its field.",
    "Left as it is, the message stays held.",
)


class Hands:
    """Holds messages by a condition, and has those that are held, and those that have passed, edited.

    `editor` shows a file to the user.
    """

    def __init__(self, tap: Tap, links: Links, renew: Callable[[], None]) -> None:
        self.tap = tap
        self.links = links
        self.renew = renew
        self.holding = Holding(tap.audience.say, self.words)
        self.holding.stirred.append(self.wake)
        self.condition: Expression | None = None
        self.seconds = 300.0
        self.in_order = False
        self.editor: Editor = terminal_editor
        self.advice = ""
        """What can be done about a message that is held, behind the sentence on it."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.stirred = False

    # who decides

    def changer(self, track: Track) -> HoldWhen | None:
        """What holds messages of a connection."""
        if self.condition is None:
            return None
        return HoldWhen(self.condition, track.reader.protocol, self.seconds, self.in_order)

    def use(self, text: str, seconds: float, *, in_order: bool) -> None:
        """Hold what this is true for from now on; nothing more, where it is empty. Raises `ExpressionError`."""
        if text == (self.condition.text if self.condition is not None else "") and (seconds, in_order) == (
            self.seconds,
            self.in_order,
        ):
            return
        condition = condition_from(text, self.tap.keeper.loaded.protocols) if text else None
        self.condition, self.seconds, self.in_order = condition, seconds, in_order
        self.renew()

    def answer(self) -> None:
        """From now on somebody can be asked: messages are held for him."""
        self.tap.holder = self.holding

    def wake(self) -> None:
        """Say that something is held, once for all that came together."""
        if self.holding.waiting and not self.stirred:
            self.stirred = True
            asyncio.get_running_loop().call_later(0.1, self.announce)

    def announce(self) -> None:
        """Say what is held."""
        self.stirred = False
        waiting = list(self.holding.waiting.values())
        if waiting and self.tap.holder is self.holding:
            self.say(f"{len(waiting):,} held; {waiting[0].sentence(time.monotonic())}.{self.advice}")

    # editing

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Do something beside the traffic."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task: asyncio.Task[None]) -> None:
        """Something is done, or has failed by a fault of ours, which leaves messages where they were."""
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("By hand", exc_info=error)
            self.say(f"That failed with {type(error).__name__}: {error}; what is held stays so.", warning=True)

    def see_that_there_is_an_editor(self) -> None:
        """Raises `EditorError` where there is no terminal for one, as in mitmweb."""
        if self.editor is terminal_editor and not hasattr(ctx.master, "uistopped"):
            raise EditorError(NO_TERMINAL)

    def sheet(self, message: Message, heading: Sequence[str]) -> Sheet:
        """A message as a file, without its secrets."""
        masked = self.tap.masking.redactor.redact_one(
            message.reader, message.direction, message.opcode, message.content, message.before
        )
        shown, spans = masked if masked is not None else (message.content, ())
        return Sheet(message, shown, spans, heading)

    def shown(self, message: Message) -> Message:
        """A message without its secrets."""
        batch = Batch.of(message)
        batch.before = (message.before,)
        (shown,) = self.tap.masking.batch(batch)
        shown.before = message.before
        return shown

    def words(self, message: Message) -> str:
        """``-> order 2 ESZ6 BUY 5``: a message in a few words, without its secrets."""
        shown, secrets = self.shown(message), message.reader.protocol.secrets
        first = shown.envelopes[0] if shown.envelopes else None
        said = "empty"
        if first is not None:
            said = f"{first.payload or first.form.value} {summarize(first, secrets, WIDTH)}".rstrip()
        more = f" and {len(shown.envelopes) - 1:,} more" if len(shown.envelopes) > 1 else ""
        return f"{message.direction.arrow} {said}{more}"

    async def edit_held(self, waiting: Waiting) -> None:
        """Have a held message edited; what comes of it goes on in its place."""
        if waiting.is_edited:
            self.say(f"Held message {waiting.number} is being edited already.", warning=True)
            return
        waiting.is_edited = True
        try:
            sheet = self.sheet(waiting.message, [f"Held {waiting.sentence(time.monotonic())}.", *HELP])
            content = await self.edited(sheet, waiting)
        finally:
            waiting.is_edited = False
        if content is None:
            return
        if content == waiting.message.content:
            self.say(f"Held message {waiting.number} was not changed, and is still held.")
        elif not self.holding.replace(waiting, content):
            self.say(f"Held message {waiting.number} had gone on before it was saved.", warning=True)

    async def edit_again(self, track: Track, message: Message) -> None:
        """Have a message that has passed edited, and send what comes of it."""
        heading = f"A message of connection #{track.number} {message.direction.arrow}: saved, it is sent once more."
        told = "Edit it or leave it as it is, and save. Not saved, or empty, it is not sent."
        content = await self.edited(self.sheet(message, [heading, told]), None)
        if content is None:
            return
        if self.links.track(track.number) is track:
            self.send(track, message, content)
        else:
            self.say(f"Connection #{track.number} had ended before it was saved; nothing is sent.", warning=True)

    async def edited(self, sheet: Sheet, waiting: Waiting | None) -> bytes | None:
        """What the user makes of a message; None where he gave up."""
        try:
            content = await edit(sheet, self.editor, waiting.draft if waiting is not None else "")
        except GivenUp as given_up:
            if waiting is not None:
                waiting.draft = given_up.draft
                self.say(f"Held message {waiting.number} is still held; the next edit begins with what you typed.")
            else:
                self.say("Nothing is sent.")
            return None
        except Unsaved:
            self.say(f"Held message {waiting.number} is still held." if waiting is not None else "Nothing is sent.")
            return None
        except EditorError as error:
            self.say(str(error), warning=True)
            return None
        if waiting is not None:
            waiting.draft = ""
        return content

    def send(self, track: Track, message: Message, content: bytes) -> None:
        """Send a message of our own."""
        self.links.send(track.number, Emission(message.direction, message.opcode, content))

    def say(self, text: str, *, warning: bool = False) -> None:
        """Tell the user something, where he sees it at once."""
        audience = self.tap.audience
        if audience.consumers or warning:
            audience.say(text, warning)
        else:
            logger.log(ALERT, audience.mask(text))


async def terminal_editor(text: str, line: int) -> str:
    """The user's editor, with mitmproxy's console out of its way meanwhile. Raises `EditorError`."""
    master = ctx.master
    stopped = getattr(master, "uistopped", None)
    if stopped is None:
        raise EditorError(NO_TERMINAL)
    with stopped():
        return await in_editor(text, line)
