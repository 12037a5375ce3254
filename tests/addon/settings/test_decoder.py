"""Steps in Python."""

from __future__ import annotations

import pytest

from paperknife.settings.decoder import load_decoder
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context

MODULE = '''
from dataclasses import dataclass

from paperknife_decoders.steps import Opened


@dataclass(frozen=True)
class Upside:
    """The bytes from the last to the first."""

    name: str = "upside-down"

    def open(self, data, context):
        return Opened((data[::-1],), lambda parts: parts[0][::-1])


MADE = Upside()
NOTHING = 7


def factory():
    return Upside()


def failing():
    raise RuntimeError("no licence")


class Half:
    def open(self, data, context): ...
'''


@pytest.fixture
def folder(tmp_path):
    """A folder with modules, one called like one of Python's own."""
    (tmp_path / "ours.py").write_text(MODULE)
    (tmp_path / "json.py").write_text(MODULE)
    (tmp_path / "broken.py").write_text("x = (")
    return tmp_path


@pytest.mark.parametrize("text", ["ours:Upside", "ours:MADE", "ours:factory", "json:Upside"])
def test_a_step(folder, text) -> None:
    """A class, an object, or what makes one; the module is the file beside the definition."""
    step = load_decoder(text, folder)
    opened = step.open(b"abc", Context(Direction.CLIENT))
    assert opened.parts == (b"cba",)
    assert opened.close(opened.parts) == b"abc"


def test_an_installed_module(tmp_path) -> None:
    """Where there is no file, it is one that Python finds."""
    step = load_decoder("paperknife_decoders.steps.varint_delimited:VarintDelimited", tmp_path)
    assert step.name == "varint-delimited"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ours", "module:name, or the name of an installed step, was expected, and 'ours' was found"),
        ("../ours:Upside", "module:name, or the name"),
        ("ours:Upsid", "could not be made: AttributeError"),
        ("ours:failing", "could not be made: RuntimeError: no licence"),
        ("ours:NOTHING", "ours:NOTHING is no step"),
        ("ours:Half", "ours:Half is no step: an object with a `name`"),
        ("broken:X", "could not be made: SyntaxError"),
        ("nowhere_at_all:X", "could not be made: ModuleNotFoundError"),
    ],
)
def test_what_is_no_step(folder, text, said) -> None:
    """A sentence, whatever the module does."""
    with pytest.raises(ValueError, match=r"step") as raised:
        load_decoder(text, folder)
    assert said in str(raised.value)
