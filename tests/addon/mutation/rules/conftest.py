"""Rules for the demo's API, and messages of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.mutation.rules import RuleChanger, RuleSet, load_rules
from paperknife.mutation.verdict import Verdict
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
NOON_NS = 1_767_268_800_000_000_000
"""2026-01-01T12:00:00Z."""


@dataclass
class Desk:
    """Rules as text, messages as fields."""

    loaded: Loaded
    api: Api
    folder: Path
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = self.loaded.protocol.reader()

    def file(self, text: str, name: str = "rules.yaml") -> Path:
        """A file of rules."""
        path = self.folder / name
        path.write_text(text)
        return path

    def rules(self, text: str, protocols: Sequence[Protocol] = ()) -> RuleSet:
        """The rules of a text; without `rules:` in it, it is one rule."""
        text = text if "rules:" in text else f"rules:\n  - {text}"
        return load_rules([self.file(text)], protocols or self.loaded.protocols)

    def changer(self, text: str, number: int = 1) -> RuleChanger:
        """The changer of a connection that opened at 100 s of the clock."""
        return self.rules(text).for_connection(number, self.reader, 100.0, NOON_NS)

    def faults(self, text: str, protocols: Sequence[Protocol] = ()) -> list[str]:
        """What is wrong, as ``line:column: sentence``."""
        try:
            self.rules(text, protocols)
        except ConfigError as error:
            return [line.removeprefix(f"{self.folder}/rules.yaml:") for line in error.sentence.split("\n")]
        return []

    def order(self, **fields: object) -> Message:
        """A client's order."""
        return self.message(CLIENT, "order", {"request_id": 7, "symbol": "ESZ6", "side": "BUY"} | fields)

    def message(self, direction: Direction, payload: str, fields: dict[str, object]) -> Message:
        """One envelope."""
        return self.raw(
            direction, (self.api.client if direction is CLIENT else self.api.server).encode(payload, fields)
        )

    def raw(self, direction: Direction, content: bytes, opcode: Opcode = Opcode.BINARY) -> Message:
        """Any content, at noon."""
        return Message(1, direction, NOON_NS, opcode, content, self.reader)

    def verdict(self, text: str, message: Message | None = None) -> Verdict | None:
        """What a rule makes of a message."""
        return self.changer(text).consider(message or self.order(quantity=150), 101.0)

    def envelope(self, direction: Direction, content: bytes) -> Envelope:
        """What a content holds."""
        (envelope,) = self.reader.read(direction, Opcode.BINARY, content)
        return envelope

    def changed(self, text: str, message: Message | None = None):
        """The client's message as it goes on."""
        verdict = self.verdict(text, message)
        assert verdict is not None, text
        assert not verdict.logs, verdict.logs
        return self.envelope(CLIENT, verdict.content).message

    def sent(self, text: str, message: Message | None = None):
        """The one message that is sent besides, and its direction."""
        verdict = self.verdict(text, message)
        assert verdict is not None, text
        assert not verdict.logs, verdict.logs
        (emission,) = verdict.emissions
        return emission.direction, self.envelope(emission.direction, emission.content).message


@pytest.fixture(scope="session")
def api() -> tuple[Loaded, Api]:
    """The demo's schema, loaded once."""
    return load(Reading(schema=(str(given_schema()),))), Api(given_schema())


@pytest.fixture
def desk(api, tmp_path) -> Desk:
    return Desk(*api, tmp_path)
