"""Contents as others may see them: one by one, and batches on the hot path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import EnvelopeType, Reader
from paperknife_decoders.redaction.edits import Edit, Span, apply, spans_of, stars
from paperknife_decoders.redaction.fields import Found, find_secrets
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.redaction.plan import plan_for
from paperknife_decoders.redaction.text import find_in_text
from paperknife_decoders.secrets import Secrets

__all__ = ["Mode", "Redacted", "Redactor"]

type Mode = Literal["fields", "strict", "off"]
"""Mask secrets; blank also what cannot be read; mask nothing."""

UNREAD = (
    "Some messages cannot be read by a schema and are kept as they are: they may hold secrets. "
    "--redact strict blanks them."
)


class Redacted(NamedTuple):
    """The contents of a batch without secrets, and by place the spans that were masked."""

    contents: Sequence[bytes]
    masked: Mapping[int, tuple[Span, ...]]


class Redactor:
    """Takes secrets out of contents, by their names and by what is known. It learns from all that it is given.

    `warn` is told once, in a sentence, that there are messages which nobody can vouch for.
    """

    def __init__(
        self, known: KnownSecrets | None = None, mode: Mode = "fields", warn: Callable[[str], None] | None = None
    ) -> None:
        self.known = KnownSecrets() if known is None else known
        self.mode: Mode = mode
        self.warn = warn
        self.warned = False

    def redact(
        self, reader: Reader, direction: Direction, opcodes: Sequence[int], contents: Sequence[bytes]
    ) -> Redacted | None:
        """The batch without its secrets; None where there are none in it."""
        if self.mode == "off":
            return None
        named = {
            place: edits
            for place, (opcode, content) in enumerate(zip(opcodes, contents, strict=True))
            if (edits := self.named(reader, direction, opcode, content))
        }
        if not named and not self.known.values:
            return None
        changed, masked = list(contents), {}
        for place, content in enumerate(contents):
            edits = [*named.get(place, ()), *stars(self.known.spans(content))]
            if edits:
                changed[place] = apply(content, edits)
                masked[place] = spans_of(edits)
        return Redacted(changed, masked) if masked else None

    def redact_one(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes
    ) -> tuple[bytes, tuple[Span, ...]] | None:
        """One content without its secrets, and what was masked; None where there are none in it."""
        redacted = self.redact(reader, direction, (opcode,), (content,))
        return None if redacted is None else (redacted.contents[0], redacted.masked[0])

    def redact_piece(self, data: bytes) -> bytes:
        """A part of a message that is not decoded, without what is known as a secret."""
        if self.mode == "off":
            return data
        edits = self.unread(data) if data else []
        return apply(data, [*edits, *stars(self.known.spans(data))])

    def named(self, reader: Reader, direction: Direction, opcode: int, content: bytes) -> list[Edit]:
        """What to replace in a content by its names; the values are known from now on."""
        secrets = reader.protocol.secrets
        if opcode not in (Opcode.TEXT, Opcode.BINARY):
            return self.noted(find_in_text(content, secrets))
        edits: list[Edit] = []
        for envelope in reader.read(direction, Opcode(opcode), content):
            start = content.find(envelope.data)
            edits += [
                edit._replace(start=edit.start + start, end=edit.end + start) for edit in self.edits(envelope, secrets)
            ]
        return edits

    def edits(self, envelope: Envelope, secrets: Secrets) -> list[Edit]:
        """What to replace in one envelope."""
        data, form, kind = envelope.data, envelope.form, envelope.type
        match form:
            case Form.DECODED if kind is not None:
                return self.decoded(data, kind, secrets)
            case Form.JSON | Form.TEXT if self.mode != "strict":
                return self.noted(find_in_text(data, secrets))
        return self.unread(data)

    def decoded(self, data: bytes, kind: EnvelopeType, secrets: Secrets) -> list[Edit]:
        """What to replace in an envelope that parses."""
        try:
            return self.noted(find_secrets(data, kind.descriptor, plan_for(secrets), strict=self.mode == "strict"))
        except DecodeError:
            return self.unread(data)

    def unread(self, data: bytes) -> list[Edit]:
        """What becomes of bytes that nobody can vouch for."""
        if self.mode == "strict":
            return [Edit(0, len(data))] if data else []
        if not self.warned and self.warn is not None and data:
            self.warned = True
            self.warn(UNREAD)
        return []

    def noted(self, found: Found) -> list[Edit]:
        """Learn the values, and give what to replace."""
        for value in found.values:
            self.known.learn(value)
        return found.edits
