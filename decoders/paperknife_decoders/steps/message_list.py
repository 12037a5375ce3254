"""A message that holds a list of whole messages, each with its own header, and maybe compressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened, closed_without, rejoined
from paperknife_decoders.steps.binary_header import Head, read_head
from paperknife_decoders.steps.binary_layout import Number, read_condition, read_layout
from paperknife_decoders.steps.compressed import inflated
from paperknife_decoders.steps.frames import in_frames, split
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.stream_codecs import CODECS, Codec
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["MessageList"]


@dataclass(frozen=True, slots=True)
class MessageList:
    """Messages with the header `layout`, of which some (`when`, as in ``type=1``) are lists; before `binary-header`.

    Such a one has behind its header a Protobuf message with a bytes field, number `at`: there lies each message of the
    list behind its length, a number of `size` bytes in `order`. The list is compressed with `codec` where the field
    `inflated_size` is more than 0, which says how long it is then; without such a field it never is.

    What is no list is the one part; of a list, each message is, and those of lists within it. Raises `ValueError` for
    a layout or condition that is none.
    """

    name: ClassVar[str] = "message-list"

    layout: str
    when: str
    at: int
    inflated_size: int = 0
    codec: Codec = CODECS["gzip"]
    size: Literal[1, 2, 3, 4, 8] = 4
    order: Literal["little", "big"] = "little"

    def __post_init__(self) -> None:
        numbers = [field.name for field in read_layout(self.layout) if isinstance(field, Number)]
        try:
            name = read_condition(self.when).name
        except ValueError as error:
            raise ValueError(f"when: {error}") from None
        if name not in numbers:
            raise ValueError(f"when should ask for a number of the layout, {' or '.join(numbers)}, and is {name[:40]}")
        if self.at < 1 or self.inflated_size < 0:
            raise ValueError("at and inflated_size should be the numbers of fields")

    def open(self, data: bytes, context: Context) -> Opened:
        """The messages.

        Raises `DecodeError` for a list that is damaged, that nests too deeply, or that is beyond a limit.
        """
        return self.messages(data, context, 0)

    def messages(self, data: bytes, context: Context, level: int) -> Opened:
        """The messages in `data`, which is in so many lists already."""
        found = self.list_in(data, context)
        if found is None:
            return Opened((data,), b"".join)
        deepest = min(context.limits.nesting, DEEPEST)
        if level >= deepest:
            raise DecodeError(f"lists of messages in lists, more than {deepest} levels of them (limits: nesting)", 0)
        try:
            return self.list_of_messages(data, found, context, level)
        except DecodeError as error:
            if level:
                raise
            raise DecodeError(
                f"a list of messages in which there is a fault ({error.reason.rstrip(',')})", found.place
            ) from None

    def list_of_messages(self, data: bytes, found: List, context: Context, level: int) -> Opened:
        """The messages of a list, those of lists in it too, and the way back."""
        content = inflated(found.content, self.codec, context) if found.is_packed else found.content
        prefix = LengthPrefix(self.size, self.order)
        frames = in_frames(split(content, context, prefix.length_at), prefix.prefix)
        inner: list[Opened] = []
        parts: list[bytes] = []
        for frame in frames.parts:
            inner.append(self.messages(frame, context, level + 1))
            parts += inner[-1].parts
            if len(parts) > context.limits.parts:
                raise DecodeError(
                    f"more than the {context.limits.parts:,} parts that are read of one message (limits: parts)", 0
                )

        def close(parts: Sequence[bytes]) -> bytes:
            rest = iter(parts)
            changed = frames.close([opened.close([next(rest) for _ in opened.parts]) for opened in inner])
            return data if changed == content else found.holding(changed, self.codec.deflate)

        def without(parts: Sequence[bytes | None]) -> bytes:
            return found.holding(closed_without(frames, rejoined(inner, parts)), self.codec.deflate)

        return Opened(tuple(parts), close, without=without)

    def list_in(self, data: bytes, context: Context) -> List | None:
        """The list that a message holds; None where it is another one, and where nothing is in its list."""
        condition = read_condition(self.when)
        try:
            head = read_head(data, read_layout(self.layout))
            if head.values.get(condition.name) not in condition.values:
                return None
        except DecodeError:
            return None  # it is for the next step to say so
        body = data[len(head.data) :]
        fields, _, fault = context.walk(body)
        if fault is not None:
            return None
        lists = [each for each in fields if each.number == self.at and each.wire_type is WireType.LENGTH]
        sizes = [each for each in fields if each.number == self.inflated_size and each.wire_type is WireType.VARINT]
        if not lists or not lists[-1].value:
            return None
        return List(head, body, lists[-1], sizes[-1] if sizes and sizes[-1].value else None)


@dataclass(frozen=True, slots=True)
class List:
    """A list as it lies in a message: the field `at` of the `body` behind the header, and the `size` when inflated."""

    head: Head
    body: bytes
    at: Field
    size: Field | None

    @property
    def content(self) -> bytes:
        """The bytes of the field, compressed where they are."""
        return self.body[self.at.content : self.at.content_end]

    @property
    def place(self) -> int:
        """Where in the message these begin."""
        return len(self.head.data) + self.at.content

    @property
    def is_packed(self) -> bool:
        """True if the list is compressed."""
        return self.size is not None

    def holding(self, content: bytes, deflate: Callable[[bytes], bytes]) -> bytes:
        """This message with another list in it; all its other fields stay as they are."""
        packed = deflate(content) if self.is_packed else content
        new = {self.at: varint(len(packed)) + packed}
        if self.size is not None:
            new[self.size] = varint(len(content))
        body, at = b"", 0
        for field in sorted(new, key=lambda each: each.start):
            body += self.body[at : field.body] + new[field]
            at = field.end
        body += self.body[at:]
        return self.head.before(len(body)) + body
