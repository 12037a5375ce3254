"""What several tests of the decoders need."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.protobuf import json_format

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import Schema, load_schema


@pytest.fixture(scope="session")
def proto_schema(tmp_path_factory) -> Callable[[str], Schema]:
    """A function that compiles the text of one .proto file; the same text is compiled once."""
    known: dict[str, Schema] = {}

    def compiled(text: str) -> Schema:
        if text not in known:
            folder = tmp_path_factory.mktemp("proto")
            (folder / "test.proto").write_text(text)
            known[text] = load_schema(folder)
        return known[text]

    return compiled


@pytest.fixture(scope="session")
def decoded(proto_schema) -> Callable[..., Envelope]:
    """A function that makes an envelope of the type `Envelope` of a .proto: from JSON, and bytes to follow."""
    kinds: dict[str, EnvelopeType] = {}

    def envelope(proto: str, content: dict, more: bytes = b"") -> Envelope:
        kind = kinds.get(proto)
        if kind is None:
            kind = kinds[proto] = EnvelopeType(proto_schema(proto).message("Envelope"))
        pool = kind.descriptor.file.pool
        message = json_format.ParseDict(content, kind.parse(b""), descriptor_pool=pool)
        return read_envelope(message.SerializeToString() + more, kind)

    return envelope
