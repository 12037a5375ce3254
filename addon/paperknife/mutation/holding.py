"""The messages that wait for the user's word, over all connections, and what he may say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from paperknife.mutation.held import ENDED, Held
from paperknife.mutation.rarely import is_power_of_ten
from paperknife.mutation.verdict import Verdict
from paperknife_decoders.message import Message
from paperknife_decoders.printable import printable

__all__ = ["HeldError", "Holding", "Limits", "Waiting"]


class HeldError(ValueError):
    """There is no such message; a sentence."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is held at most; what comes then passes as it came."""

    messages: int = 1_000
    size: int = 32 << 20


@dataclass(slots=True, eq=False)
class Waiting:
    """A message that is held: `number` counts from 1 in this run, `words` say what it is, without its secrets.

    `draft` is a file of it that is not done yet.
    """

    number: int
    held: Held
    words: str
    draft: str = ""
    is_edited: bool = field(default=False)
    """Somebody has it in an editor at this moment."""

    @property
    def message(self) -> Message:
        """The message."""
        return self.held.message

    def sentence(self, now: float | None = None) -> str:
        """``3: #1 -> order 2 ESZ6 BUY 5, 60 B, by big orders, 290 s left``."""
        message = self.message
        words = f"{self.number}: #{message.connection} {self.words}, {len(message.content):,} B"
        left = "" if now is None else f", {max(self.held.until - now, 0):.0f} s left"
        return printable(f"{words}, by {self.held.rule}{left}")


class Holding:
    """A `paperknife.mutation.held.Holder` that asks the user, by whoever listens to `changed`.

    `say` is told a sentence, and whether it is a warning; `words` gives those for a message, without its secrets;
    `stirred` is called after each change of the queue.
    """

    def __init__(
        self, say: Callable[[str, bool], None], words: Callable[[Message], str], limits: Limits | None = None
    ) -> None:
        self.say = say
        self.words = words
        self.limits = limits or Limits()
        self.waiting: dict[int, Waiting] = {}
        self.count = 0
        self.size = 0
        self.passed = 0
        self.dropped = 0
        self.stirred: list[Callable[[], None]] = []

    # the holder

    def held(self, held: Held) -> None:
        """A message is kept; where too many are, it passes as it came."""
        size = len(held.message.content)
        if len(self.waiting) >= self.limits.messages or self.size + size > self.limits.size:
            self.passed += 1
            if is_power_of_ten(self.passed):
                self.say(
                    f"{len(self.waiting):,} messages of {self.size:,} bytes are held, and no more: "
                    f"{self.passed:,} that were to be held passed unchanged.",
                    True,
                )
            held.settle(Verdict(held.message.content))
            return
        self.count += 1
        self.size += size
        self.waiting[self.count] = Waiting(self.count, held, self.described(held.message))
        self.stir()

    def described(self, message: Message) -> str:
        """What a message is; it can be let go on also where that cannot be said."""
        try:
            return self.words(message)
        except Exception as error:
            self.say(f"A held message cannot be described: {type(error).__name__}: {error}.", True)
            return f"{message.direction.arrow} what cannot be described"

    def gone(self, held: Held, why: str) -> None:
        """One waits no more without a word."""
        for number, waiting in self.waiting.items():
            if waiting.held is held:
                self.take(number)
                self.tell_of(waiting, why)
                self.stir()
                break

    def tell_of(self, waiting: Waiting, why: str) -> None:
        """Say what became of one that waits no more; of many on connections that end, ever more rarely."""
        if why != ENDED:
            self.say(f"Held message {waiting.sentence()} has passed unchanged: {why}.", True)
            return
        self.dropped += 1
        if is_power_of_ten(self.dropped):
            so_far = f" ({self.dropped:,} so far)" if self.dropped > 1 else ""
            self.say(f"Held message {waiting.sentence()} is dropped: {why}{so_far}.", True)

    # what the user says

    def one(self, number: str | int = "") -> Waiting:
        """The held message of that number, by default the one that has waited longest. Raises `HeldError`."""
        text = str(number).strip().lstrip("#")
        if not self.waiting:
            raise HeldError("No message is held.")
        if not text:
            return next(iter(self.waiting.values()))
        found = self.waiting.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if found is None:
            numbers = ", ".join(map(str, list(self.waiting)[:20]))
            raise HeldError(f"No held message has the number {printable(text[:20])}. Held are: {numbers}.")
        return found

    def some(self, numbers: str) -> list[Waiting]:
        """Those of these numbers, ``all``, or the one that has waited longest. Raises `HeldError`."""
        words = numbers.replace(",", " ").split()
        if words == ["all"]:
            return list(self.waiting.values())
        return [self.one(word) for word in words] if words else [self.one()]

    def release(self, waiting: Waiting) -> None:
        """Let it go on as it came."""
        self.settle(waiting, waiting.message.content)

    def drop(self, waiting: Waiting) -> None:
        """Let it not go on."""
        self.settle(waiting, None)

    def replace(self, waiting: Waiting, content: bytes) -> bool:
        """Let `content` go on in its place; False where it has gone already."""
        return self.settle(waiting, content)

    def release_all(self, waiting: Iterable[Waiting] | None = None) -> int:
        """Let all of them go on as they came, in their order; how many there were."""
        found = list(self.waiting.values() if waiting is None else waiting)
        for each in found:
            self.release(each)
        return len(found)

    def settle(self, waiting: Waiting, content: bytes | None) -> bool:
        """Say what goes on in its place."""
        if self.waiting.get(waiting.number) is not waiting:
            return False
        self.take(waiting.number)
        waiting.held.settle(Verdict(content))
        self.stir()
        return True

    def take(self, number: int) -> None:
        """It is held no more."""
        self.size -= len(self.waiting.pop(number).message.content)

    def stir(self) -> None:
        """Tell that something has changed."""
        for listener in self.stirred:
            listener()
