"""Scripts as users write them, on a connection of the demo's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from paperknife.mutation.scripts import ScriptChanger, Scripts
from paperknife.mutation.verdict import CloseOrder, Emission


@dataclass
class Told:
    """A `Link` that keeps what it is told."""

    sent: list[Emission] = field(default_factory=list)
    closed: list[CloseOrder] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    def send(self, number: int, emission: Emission) -> None:
        self.sent.append(emission)

    def close(self, number: int, order: CloseOrder) -> None:
        self.closed.append(order)

    def say(self, number: int, text: str, *, warning: bool = False) -> None:
        self.lines.append(text)

    def mask(self, text: str) -> str:
        return text.replace("known", "[redacted]")

    def log(self, text: str) -> None:
        self.logged.append(text)


@dataclass
class Written:
    """A script, and one connection."""

    path: Path
    scripts: Scripts
    changer: ScriptChanger
    link: Told

    def save(self, text: str) -> None:
        self.path.write_text(dedent(text))


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No function takes long, whatever else the machine does meanwhile."""
    monkeypatch.setattr("paperknife.mutation.scripts.calling.SLOW_SECONDS", 60)


@pytest.fixture
def written(tmp_path: Path, tape) -> Callable[[str], Written]:
    """`written(text)` loads a script of that text."""

    def write(text: str, name: str = "mine.py") -> Written:
        path, link = tmp_path / name, Told()
        path.write_text(dedent(text))
        scripts = Scripts([path], lambda: [tape.loaded.protocol], link)
        return Written(path, scripts, scripts.for_connection(1, tape.loaded.protocol.reader()), link)

    return write
