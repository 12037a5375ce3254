"""What stands masked in a recording and has to be put in again before it is sent: fields, headers, the URL's query.

A recording has no secrets. Those that a replay needs come from the environment, or from whoever is asked:

===================================  ================================================================
variable                             what it fills
===================================  ================================================================
``PAPERKNIFE_SECRET_LOGIN_PASSWORD`` the field `login.password`
``PAPERKNIFE_SECRET_PASSWORD``       every masked field that is called `password`
``PAPERKNIFE_HEADER_AUTHORIZATION``  the whole header ``Authorization``
``PAPERKNIFE_QUERY_TOKEN``           the parameter ``token`` of the URL
===================================  ================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.message import Message
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.secrets import MASK
from paperknife_decoders.sites import Shape, content_field, items_of, name_of, shape_of
from paperknife_decoders.splice import Set
from paperknife_decoders.values import Dynamic

__all__ = ["Fillings", "MaskedField", "MissingSecret", "masked_fields"]

STAR = "*"
TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
DEEPEST = 32
MOST_FIELDS = 1000
"""Masked fields of one message."""
LONGEST_NAME = 64
"""Characters of a header's or a parameter's name that is asked for."""

type Ask = Callable[[str], str | None]
"""Asks for a secret by a question; None where nobody can be asked."""


class MissingSecret(ValueError):
    """Secrets that nobody has given; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class MaskedField:
    """A field whose text is masked: in which envelope of its message, where there, and the mask."""

    place: int
    path: str
    name: str
    text: str
    is_bytes: bool = False

    def anywhere(self) -> MaskedField:
        """The same field of any message: no indices."""
        return MaskedField(0, re.sub(r"\[[^\]]*\]", "", self.path), self.name, self.text, self.is_bytes)

    @property
    def variables(self) -> tuple[str, str]:
        """The environment variables that may hold it, the nearer one first."""
        path = re.sub(r"\[[^\]]*\]", "", self.path)
        return variable("SECRET", path), variable("SECRET", self.name)


def variable(kind: str, name: str) -> str:
    """``PAPERKNIFE_SECRET_LOGIN_PASSWORD`` for a secret at ``login.password``."""
    return f"PAPERKNIFE_{kind}_{re.sub(r'[^0-9A-Za-z]+', '_', name).strip('_').upper()}"


def masked_fields(message: Message) -> Iterator[MaskedField]:
    """The text fields of a message that stand masked. Never raises; JSON and what is not decoded has none."""
    if not message.masked:
        return
    count = 0
    for place, envelope in enumerate(message.envelopes):
        if envelope.message is None:
            continue
        for path, each, value in texts_in(envelope.message, "", 0):
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if text and not text.strip(STAR):
                yield MaskedField(place, path, each.name, text, isinstance(value, bytes))
                count += 1
                if count >= MOST_FIELDS:
                    return


def texts_in(message: Dynamic, above: str, depth: int) -> Iterator[tuple[str, FieldDescriptor, Dynamic]]:
    """All texts of a message, with their paths."""
    for each, value in list_fields(message):
        content, path = content_field(each), f"{above}{name_of(each)}"
        if content.message_type is None and content.type not in TEXTS:
            continue
        for at, item in [("", value)] if shape_of(each) is Shape.ONE else items_of(shape_of(each), value):
            if content.message_type is None:
                yield f"{path}{at}", each, item
            elif depth < DEEPEST:
                yield from texts_in(item, f"{path}{at}.", depth + 1)


@dataclass(slots=True)
class Fillings:
    """What is put in the place of masks, from `environment`, or by asking; each secret is asked for once."""

    environment: Mapping[str, str]
    ask: Ask = lambda question: None
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    """All that was filled in, so that it is never shown."""

    def settle(self, wanted: Iterable[MaskedField]) -> None:
        """Have all of these at hand. Raises `MissingSecret` that names those that nobody gives."""
        missing = [each for each in wanted if self.value(each) is None and not self._asked(each)]
        if missing:
            names = dict.fromkeys(f"{each.path} (in {each.variables[1]})" for each in missing)
            raise MissingSecret(
                f"The recording has a mask in the place of secrets, which are needed to send it: {', '.join(names)}."
            )

    def changes(self, fields: Iterable[MaskedField]) -> dict[int, list[Set]]:
        """The changes that fill fields in, by the envelope that they are in; none for those that nobody has given."""
        found: dict[int, list[Set]] = {}
        for each in fields:
            value = self.value(each)
            if value is not None:
                content = value.encode() if each.is_bytes else value
                found.setdefault(each.place, []).append(Set(each.path, content))
        return found

    def value(self, wanted: MaskedField) -> str | None:
        """What a field is filled with."""
        for name in wanted.variables:
            if name in self.environment:
                return self._use(self.environment[name])
        return self.known.get((wanted.name, wanted.text))

    def _asked(self, wanted: MaskedField) -> bool:
        given = self.ask(f"{wanted.path} ({len(wanted.text)} characters as recorded)")
        if given:
            self.known[wanted.name, wanted.text] = self._use(given)
        return bool(given)

    def header(self, name: str, value: str) -> str:
        """A header as it is sent. Raises `MissingSecret`."""
        if MASK not in value:
            return value
        return self._whole("HEADER", name, f"the header {name[:LONGEST_NAME]}", value)

    def query(self, query: str) -> str:
        """A URL's query as it is sent. Raises `MissingSecret`."""
        return "&".join(map(self._parameter, query.split("&")))

    def _parameter(self, part: str) -> str:
        """One ``name=value``."""
        name, _, value = part.partition("=")
        if MASK not in unquote_plus(value):
            return part
        plain = unquote_plus(name)
        given = self._whole("QUERY", plain, f"the URL's parameter {plain[:LONGEST_NAME]}", MASK)
        return f"{name}={quote(given, safe='')}"

    def _whole(self, kind: str, name: str, what: str, recorded: str) -> str:
        wanted = variable(kind, name[:LONGEST_NAME])
        if wanted in self.environment:
            return self._use(self.environment[wanted])
        if (kind + name, recorded) not in self.known:
            given = self.ask(f"{what}, recorded as {recorded!r}")
            if not given:
                raise MissingSecret(
                    f"The recording has a mask in the place of {what}, which is needed to connect: set {wanted}."
                )
            self.known[kind + name, recorded] = self._use(given)
        return self.known[kind + name, recorded]

    def _use(self, value: str) -> str:
        self.values.add(value)
        return value
