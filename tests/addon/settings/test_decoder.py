"""Steps in Python."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

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


class Short:
    name = "short"

    def open(self, data): ...


def leaving():
    raise SystemExit(3)
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
        ("ours:Short", "ours:Short is no step: open(data, context) was expected, and its open has too many"),
        ("ours:leaving", "could not be made: SystemExit: 3"),
        ("broken:X", "could not be made: SyntaxError"),
        ("nowhere_at_all:X", "could not be made: ModuleNotFoundError"),
    ],
)
def test_what_is_no_step(folder, text, said) -> None:
    """A sentence, whatever the module does."""
    with pytest.raises(ValueError, match=r"step") as raised:
        load_decoder(text, folder)
    assert said in str(raised.value)


WHEEL = {
    "upside.py": MODULE,
    "upside-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: upside\nVersion: 1.0\n",
    "upside-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: ours\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "upside-1.0.dist-info/entry_points.txt": "[paperknife.steps]\nupside-down = upside:Upside\n",
    "upside-1.0.dist-info/RECORD": "upside.py,,\nupside-1.0.dist-info/entry_points.txt,,\n",
}
CONFIG = "protocols: [{name: desk, decoder: %s}]\n"


def test_an_installed_package(tmp_path) -> None:
    """A package that is installed offers its steps by name, to the command as anybody runs it."""
    wheel = tmp_path / "upside-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for name, content in WHEEL.items():
            file.writestr(name, content)
    place = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-compile", "--target", str(place), str(wheel)], check=True)
    environment = os.environ | {"PYTHONPATH": str(place)}
    tried = [sys.executable, "-m", "paperknife", "protocol", "try", "desk", "--client", "01020a"]
    for decoder, status, said in (
        ("upside-down", 0, "1. upside-down  1 part\n       3 B  0a 02 01"),
        ("upside-up", 2, "paperknife.yaml:1:35: module:name, or the name of an installed step, was expected"),
    ):
        (tmp_path / "paperknife.yaml").write_text(CONFIG % decoder)
        done = subprocess.run(tried, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert said in done.stdout + done.stderr
        assert done.returncode == status
