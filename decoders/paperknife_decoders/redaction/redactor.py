"""Contents as others may see them: one by one, and batches on the hot path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.parsing import looks_like_json, read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.redaction.edits import Edit, Found, Span, apply, moved, spans_of, stars
from paperknife_decoders.redaction.fields import find_secrets
from paperknife_decoders.redaction.framed import gaps, masked_parts, own_parts
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.redaction.quiet import Quiet
from paperknife_decoders.redaction.suspects import Suspects
from paperknife_decoders.redaction.text import find_in_json, find_in_text
from paperknife_decoders.redaction.unread import find_in_carried, find_in_unread
from paperknife_decoders.rest import NOTHING as NOTHING_BEFORE
from paperknife_decoders.rest import Rest
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.steps import Opened

__all__ = ["UNREAD", "Mode", "Redacted", "Redactor"]

type Mode = Literal["fields", "strict", "off"]
"""Mask secrets; blank also what cannot be read; mask nothing."""

UNREAD = (
    "Messages that no schema can read are kept as they are, and may hold secrets; "
    "--redact strict (paperknife_redact=strict) blanks them."
)

CLOSE_CODE = 2
"""Bytes of a close frame before its reason (RFC 6455, section 5.5.1)."""

SAMPLES = 100
"""So many batches of each protocol have one message parsed that would not be for its names."""

NOTHING = Protocol()
"""What is read before the first message."""


class Redacted(NamedTuple):
    """The contents of a batch without secrets, and by place the spans that were masked."""

    contents: Sequence[bytes]
    masked: Mapping[int, tuple[Span, ...]]


class Redactor:
    """Takes secrets out of contents, by their names and by what is known. It learns from all that it is given.

    `warn` is told once, in a sentence, that there are messages which nobody can vouch for. With the mode ``strict``
    these are blanked, and so are the fields that a schema does not know.
    """

    def __init__(
        self, known: KnownSecrets | None = None, mode: Mode = "fields", warn: Callable[[str], None] | None = None
    ) -> None:
        self.known = KnownSecrets() if known is None else known
        self.mode: Mode = mode
        self.warn = warn
        self.warned = False
        self.samples = SAMPLES
        self.suspects = Suspects(NOTHING)

    def redact(  # noqa: PLR0913, PLR0917 - the columns of a batch, as it has them
        self,
        reader: Reader,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        heads: Callable[[], Sequence[str] | None] | None = None,
        before: Sequence[Rest] = (),
    ) -> Redacted | None:
        """The batch without its secrets; None where there are none in it.

        `heads` gives those of its messages (see `Reader.heads`), where somebody else wants them too. `before` is what
        came before each, where a protocol has such. What lies in earlier messages is not masked any more; what lies
        here of something that goes on in the next one is.
        """
        if self.mode == "off":
            return None
        joined = contents[0] if len(contents) == 1 else b"\n".join(contents)
        needles, learned = self.known.found_in(joined), self.known.learned
        quiet = self.use(reader.protocol).quiet[direction] if self.mode == "fields" else None
        places: Iterable[int]
        if quiet is not None:
            places = self.beside_quiet(quiet, opcodes, contents, known_here=bool(needles))
        else:
            heads = heads or partial(reader.heads, direction, opcodes, contents)
            places = self.places(reader.protocol, direction, opcodes, contents, heads)
        named: dict[int, tuple[bytes, list[Edit]]] = {}
        for place in places:
            rest = before[place] if before else NOTHING_BEFORE
            edited = self.named(reader, direction, opcodes[place], contents[place], rest)
            if edited[1]:
                named[place] = edited
        if learned != self.known.learned:
            needles = self.known.found_in(joined)
        if not named and not needles:
            return None
        changed, masked = list(contents), {}
        for place, content in enumerate(contents):
            changed[place], edits = named.get(place, (content, []))
            edits += stars(self.known.spans(changed[place], needles))
            if edits:
                changed[place] = apply(changed[place], edits)
                masked[place] = spans_of(edits)
        return Redacted(changed, masked) if masked else None

    def redact_one(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING_BEFORE
    ) -> tuple[bytes, tuple[Span, ...]] | None:
        """One content without its secrets, and what was masked; None where there are none in it."""
        redacted = self.redact(reader, direction, (opcode,), (content,), before=(before,))
        return None if redacted is None else (redacted.contents[0], redacted.masked[0])

    def use(self, protocol: Protocol) -> Suspects:
        """Look for the secrets of this protocol from now on."""
        if protocol is not self.suspects.protocol:
            self.suspects, self.samples = Suspects(protocol), SAMPLES
        return self.suspects

    def places(
        self,
        protocol: Protocol,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        heads: Callable[[], Sequence[str] | None],
    ) -> Iterable[int]:
        """The places of contents to look into: suspects, and now and then the first, to see if the schema reads it."""
        if self.mode == "strict":
            return range(len(contents))
        places = self.use(protocol).among(direction, opcodes, contents, heads)
        if self.samples and contents and not self.warned and self.warn is not None:
            self.samples -= 1
            return {0, *places}
        return places

    def beside_quiet(
        self, quiet: Quiet, opcodes: Sequence[int], contents: Sequence[bytes], *, known_here: bool
    ) -> Iterator[int]:
        """The places of contents behind steps to look into; with `known_here` known values are in some of them.

        What is learned from one counts for those behind it, so that each has to be done when the next is asked for.
        """
        known, look = self.known, quiet.look
        found = [
            look(content) if opcode == Opcode.BINARY else None
            for opcode, content in zip(opcodes, contents, strict=True)
        ]
        if quiet.apart and not known_here:
            known_here = bool(known.found_in(b"\n".join([part for parts in found if parts for part in parts])))
        learned = known.learned
        for place, parts in enumerate(found):
            if parts is None or (
                (known_here or learned != known.learned) and known.found_in(b"\n".join((contents[place], *parts)))
            ):
                yield place

    # what to replace in one content

    def named(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING_BEFORE
    ) -> tuple[bytes, list[Edit]]:
        """The content, and what to replace in it by its names; the values are known from now on."""
        secrets = reader.protocol.secrets
        self.use(reader.protocol)
        if opcode in (Opcode.TEXT, Opcode.BINARY):
            way = reader.way(direction, opcode, content, before, partly=True)
            if isinstance(way, Envelope):
                return content, self.edits(way, secrets)
            return self.behind_steps(reader, direction, opcode, content, way)
        if opcode == Opcode.CLOSE:
            found = self.noted(find_in_text(content[CLOSE_CODE:], secrets))
            return content, [moved(edit, CLOSE_CODE) for edit in found]
        return content, self.unread(content) if self.mode == "strict" else self.noted(find_in_text(content, secrets))

    def behind_steps(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes, opened: Opened
    ) -> tuple[bytes, list[Edit]]:
        """The content without the secrets of its parts and of the text around them, and where they are or were.

        What cannot be put together again without its secrets is masked as a whole.
        """
        kind, secrets = reader.protocol.type_for(direction), reader.protocol.secrets

        def edits_of(part: bytes) -> list[Edit]:
            return self.edits(read_envelope(part, kind), secrets) + stars(self.known.spans(part))

        try:
            masked, edits = masked_parts(opened, content, edits_of)
        except DecodeError:
            return content, [Edit(0, len(content))]
        if looks_like_json(masked):
            return masked, edits + self.noted(find_in_json(masked, secrets))
        for start, end in gaps(content, own_parts(opened)):
            if len(masked) == len(content) and (opcode == Opcode.TEXT or end - start < len(content)):
                found = self.noted(find_in_text(content[start:end], secrets))
                edits += [moved(edit, start) for edit in found]
        return masked, edits

    def edits(self, envelope: Envelope, secrets: Secrets) -> list[Edit]:
        """What to replace in one envelope."""
        data, form, kind = envelope.data, envelope.form, envelope.type
        if not data:
            return []
        if form is Form.DECODED and kind is not None:
            try:
                found = find_secrets(data, kind.descriptor, self.suspects.plan, strict=self.mode == "strict")
                return self.noted(found) + self.noted(find_in_carried(envelope, secrets))
            except DecodeError:
                return self.unread(data)
        if self.mode == "strict":
            return self.unread(data)
        if form is Form.JSON:
            return self.noted(find_in_json(data, secrets))
        if form is not Form.TEXT:
            self.unread(data)
        return self.noted(find_in_unread(envelope, secrets))

    def unread(self, data: bytes) -> list[Edit]:
        """What becomes of bytes that nobody can vouch for."""
        if not data:
            return []
        if self.mode == "strict":
            return [Edit(0, len(data))]
        if not self.warned and self.warn is not None:
            self.warned = True
            self.warn(UNREAD)
        return []

    def noted(self, found: Found) -> list[Edit]:
        """Learn the values, and give what to replace."""
        for value in found.values:
            self.known.learn(value)
        return found.edits
