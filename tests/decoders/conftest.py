"""What several tests of the decoders need."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
