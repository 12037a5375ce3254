"""Definitions that are wrong: what they make of real messages is the same, or is marked, and never just something else.

Every definition is made wrong in each way that there is for its keys. What no reader can find out is told in
`UNDETECTABLE`, so that it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from tests.addon.presets.exchanges import MORE, PRESETS, UNKNOWN, Exchange, Maker
from tests.addon.presets.test_presets import HERE, OLD, SENT_NS, foreign_pack

from paperknife.settings.catalogue import Entry, catalogue_of, preset_entries, step_with_codecs
from paperknife_decoders.definition import DefinitionError, protocol_from, read_definition
from paperknife_decoders.documents import json_object
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Message
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.schema import Schema, load_schema
from paperknife_decoders.secrets import NO_SECRETS

type Data = Mapping[str, Any]

ENTRIES: dict[str, Entry] = {
    entry.name: entry for entry in (*catalogue_of(HERE / "definitions.yaml").entries, *preset_entries())
}


def wrong_numbers(name: str, options: Data) -> Iterator[tuple[str, Data]]:
    """Lengths of other sizes, orders and meanings."""
    order = options.get("order", "big" if name == "length-prefix" else "little")
    yield "byte order", {"order": "little" if order == "big" else "big"}
    for size in {1, 2, 3, 4, 8} - {options.get("size", 4)}:
        yield f"length of {size} bytes", {"size": size}
    if name == "length-prefix":
        yield "length with itself or not", {"includes_itself": not options.get("includes_itself", False)}


def wrong_layout(_: str, options: Data) -> Iterator[tuple[str, Data]]:
    """Numbers in the other byte order."""
    layout = options["layout"]
    yield "byte order of the header", {"layout": layout.replace("le", "be")}
    yield "a header with a byte more", {"layout": f"more:u8 {layout}"}


def wrong_fields(_: str, options: Data) -> Iterator[tuple[str, Data]]:
    """One field more or less."""
    yield "a field less", {"fields": options["fields"] - 1}
    yield "a field more", {"fields": options["fields"] + 1}


def wrong_codec(_: str, options: Data) -> Iterator[tuple[str, Data]]:
    """Something else that compresses."""
    for codec in {"gzip", "zlib", "deflate", "zstd"} - {options["codec"]}:
        yield f"compressed with {codec}", {"codec": codec, "when": "always"}


WRONG_OPTIONS: Mapping[str, Sequence[Callable[[str, Data], Iterator[tuple[str, Data]]]]] = {
    "length-prefix": (wrong_numbers,),
    "binary-header": (wrong_layout,),
    "message-list": (wrong_layout, wrong_numbers),
    "constant-prefix": (lambda *_: iter([("prefix", {"hex": "01"})]),),
    "ascii-header": (wrong_fields,),
    "compressed": (wrong_codec,),
    "json-field": (lambda *_: iter([("place in the JSON", {"at": "type"})]),),
}

MORE_STEPS = (
    "varint-delimited",
    {"length-prefix": {"size": 1}},
    {"length-prefix": {"size": 4}},
    {"constant-prefix": {"hex": "00"}},
    {"compressed": {"codec": "gzip"}},
    "base64",
    "grpc-websockets",
)


def wrong_steps(steps: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """A step less, a step more, a step with other options."""
    for place, step in enumerate(steps):
        name, options = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        yield f"without {name}", [*steps[:place], *steps[place + 1 :]]
        for wrong in WRONG_OPTIONS.get(name, ()):
            for what, changed in wrong(name, options):
                yield what, [*steps[:place], {name: {**options, **changed}}, *steps[place + 1 :]]
    for step in MORE_STEPS:
        yield f"with {step if isinstance(step, str) else next(iter(step))} in front", [step, *steps]


def wrong_definitions(data: Data) -> Iterator[tuple[str, Data]]:
    """What differs from a definition in one place."""
    if data.get("client") != data.get("server"):
        yield "direction", {**data, "client": data["server"], "server": data["client"]}
    for what, steps in wrong_steps(data.get("steps", ())):
        yield what, {**data, "steps": steps}
    for what, types in wrong_types(data.get("behind", {}).get("types", {})):
        yield what, {**data, "behind": {**data["behind"], "types": types}}
    carries = data.get("carries", [])
    for place, each in enumerate(carries):
        for what, types in wrong_types(each["types"]):
            changed = {**each, "types": types}
            yield what, {**data, "carries": [*carries[:place], changed, *carries[place + 1 :]]}


def wrong_types(types: Data) -> Iterator[tuple[str, Data]]:
    """Each key with the type of the next one."""
    keys = [key for key, name in types.items() if isinstance(name, str) and key not in {"method", "default-of"}]
    if len(keys) > 1:
        yield "type map", {**types, **{key: types[other] for key, other in zip(keys, keys[1:] + keys[:1], strict=True)}}


class KnownOnly(Maker):
    """Makes messages in which the schema knows every field, so that nothing is marked but what is wrong."""

    def __call__(self, name: str, /, **fields: Any) -> bytes:
        """The bytes of a message."""
        return super().__call__(name, **fields).removesuffix(UNKNOWN)


@pytest.fixture(scope="session")
def schema_for() -> Callable[[Exchange], Schema]:
    """A system's schema, loaded once."""
    known: dict[str, Schema] = {}

    def schema(exchange: Exchange) -> Schema:
        name = exchange.schema or exchange.system
        if name not in known:
            known[name] = load_schema([HERE / "protos" / f"{name}.proto"])
        return known[name]

    return schema


def read(exchange: Exchange, data: Data, schema: Schema) -> tuple[Envelope, ...]:
    """What a definition makes of an exchange."""
    protocol = protocol_from(read_definition(data, (), step_with_codecs), schema)
    reader, make = protocol.reader(exchange.path), KnownOnly(schema, foreign_pack)
    if exchange.first is not None:
        first = exchange.first(make)
        assert Message(1, exchange.side.other, SENT_NS, exchange.opcode, first, reader).envelopes is not None
    message = Message(1, exchange.side, SENT_NS, exchange.opcode, exchange.build(make, OLD), reader)
    return message.envelopes


def said(envelopes: Sequence[Envelope]) -> list[object]:
    """What is shown of envelopes, without the bytes and offsets behind it."""
    return [json_object(each, NO_SECRETS) for each in envelopes]


UNDETECTABLE: Mapping[str, set[str]] = {
    # Each field of the one side's type is one of the other's too, of the same kind on the wire. The names of the types
    # tell that these are swapped, and it is said when they are loaded; a single message does not show it.
    "centrifugo-varint-delimited,-several-per-message": {"direction"},
    "livekit-oneof-envelope": {"direction"},
    # An id is as good as any other if its bytes are read from behind, and it still is the same in the response.
    "majsoul-type-name-and-bytes": {"byte order of the header"},
    "majsoul-response-typed-by-its-request": {"byte order of the header"},
    # The list stays closed, and is shown as the message that it is, with its bytes; one with a single number fits many.
    "steam-compressed-list-of-messages": {
        "byte order of the header",
        "a header with a byte more",
        "without message-list",
        "type map",
    },
}
"""By exchange what can be wrong with no mark on that message: what is shown is not wrong, or nothing in it tells."""


@pytest.mark.parametrize("exchange", [*PRESETS, *MORE], ids=lambda exchange: exchange.id)
def test_wrong_definitions(schema_for, exchange) -> None:
    """A wrong definition is refused, or makes no difference, or each envelope that it makes another of has a mark."""
    schema, right = schema_for(exchange), dict(ENTRIES[exchange.system].data())
    known = said(read(exchange, right, schema))
    unmarked, tried = set(), 0
    for what, data in wrong_definitions(right):
        tried += 1
        try:
            found = read(exchange, data, schema)
        except DefinitionError:
            continue
        if any(each.form is Form.DECODED and not marks(each) and said([each])[0] not in known for each in found):
            unmarked.add(what)
    assert tried > 5
    assert unmarked == UNDETECTABLE.get(exchange.id, set())
