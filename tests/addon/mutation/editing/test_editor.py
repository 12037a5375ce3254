"""The user's own editor."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from paperknife.mutation.editing.editor import EditorError, GivenUp, Unsaved, edit, editor_command, in_editor
from paperknife.mutation.editing.sheet import Sheet
from paperknife_decoders.message import Direction, Message

COMMANDS = [
    ({"EDITOR": "nano -w"}, ["nano", "-w"]),
    ({"VISUAL": "code --wait", "EDITOR": "nano"}, ["code", "--wait"]),
    ({"MITMPROXY_EDITOR": "vi", "EDITOR": "nano"}, ["vi"]),
]


@pytest.mark.parametrize(("environment", "command"), COMMANDS)
def test_which_editor(environment, command) -> None:
    """The one that the user's environment names."""
    assert editor_command(environment) == command


def test_no_editor(monkeypatch) -> None:
    """It is said how to name one."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EditorError, match="Set EDITOR, as in EDITOR=nano"):
        editor_command({})
    with pytest.raises(EditorError, match=r"\$EDITOR should be the command"):
        editor_command({"EDITOR": "'"})


def script(folder: Path, text: str) -> dict[str, str]:
    path = folder / "editor.py"
    path.write_text(f"import sys, os, pathlib\npath = pathlib.Path(sys.argv[-1])\n{text}\n")
    return {"EDITOR": f"{sys.executable} {path}"}


def test_a_file_of_ones_own(tmp_path) -> None:
    """Only its owner can read it, and it is gone afterwards; the text may hold anything."""
    environment = script(
        tmp_path,
        "old = path.read_bytes()\n"
        "modes = [f'{each.stat().st_mode & 0o777:o}' for each in (path, path.parent)]\n"
        "path.write_bytes(old + ' '.join([*modes, str(path)]).encode())",
    )
    found = asyncio.run(in_editor("a\r\nü\n", 1, environment))
    modes = found.removeprefix("a\r\nü\n").split()
    assert modes[:2] == ["600", "700"]
    assert not Path(modes[2]).exists()


WRONG = [
    ("sys.exit(3)", "ended with the status 3; nothing was changed"),
    ("path.write_bytes(b'\\xff')", "Text in UTF-8 was expected"),
    ("pass", "left without being saved"),
    ("path.unlink()", "Text in UTF-8 was expected"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_an_editor_that_fails(tmp_path, text, told) -> None:
    """Nothing is changed then."""
    with pytest.raises(EditorError, match=told):
        asyncio.run(in_editor("x", 1, script(tmp_path, text)))


def test_saving_it_as_it_was_is_saving(tmp_path) -> None:
    """However soon."""
    assert asyncio.run(in_editor("x", 1, script(tmp_path, "path.write_bytes(path.read_bytes())"))) == "x"


def test_an_editor_does_not_outlive_us(tmp_path) -> None:
    """Where all ends while it is open."""
    started = tmp_path / "started"
    environment = script(
        tmp_path, f"open({str(started)!r}, 'w').write(f'{{os.getpid()}} ')\nimport time; time.sleep(60)"
    )

    async def run() -> int:
        task = asyncio.create_task(in_editor("x", 1, environment))
        async with asyncio.timeout(60):
            while not started.exists() or " " not in started.read_text():
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return int(started.read_text())

    async def gone() -> None:
        number = await run()
        async with asyncio.timeout(60):
            while Path(f"/proc/{number}").exists():
                await asyncio.sleep(0.01)

    asyncio.run(gone())


def test_an_editor_that_is_not_there() -> None:
    """It is said which."""
    with pytest.raises(EditorError, match="The editor nothing-like-it could not be started"):
        asyncio.run(in_editor("x", 1, {"EDITOR": "nothing-like-it"}))


class Typist:
    """An editor that makes one change after the other."""

    def __init__(self, *changes: tuple[str, str]) -> None:
        self.changes = list(changes)
        self.shown: list[tuple[str, int]] = []

    async def __call__(self, text: str, line: int) -> str:
        self.shown.append((text, line))
        old, new = self.changes.pop(0)
        assert old in text
        return text.replace(old, new) if old else text


@pytest.fixture
def order(tape) -> Message:
    return tape.message(Direction.CLIENT, "order", {"quantity": 3})


def test_mistakes_open_the_editor_again(order) -> None:
    """At the line of the first, with all that was typed."""
    typist = Typist(("quantity: 3", "quantiti: 5"), ("quantiti", "quantity"))
    content = asyncio.run(edit(Sheet(order), typist))
    assert content.endswith(b"\x20\x05")
    text, line = typist.shown[1]
    assert "has no field quantiti" in text.splitlines()[line - 1]
    assert "quantiti: 5" in text.splitlines()[line]


def test_giving_up_loses_nothing(order) -> None:
    """A file with faults that is left as it was is a draft to begin with the next time."""
    typist = Typist(("quantity: 3", "quantiti: 5"), ("", ""))
    with pytest.raises(GivenUp) as caught:
        asyncio.run(edit(Sheet(order), typist))
    draft = caught.value.draft
    assert "quantiti: 5" in draft
    assert "# !!!" not in draft
    content = asyncio.run(edit(Sheet(order), Typist(("quantiti", "quantity")), draft))
    assert content.endswith(b"\x20\x05")


def test_leaving_without_saving(order) -> None:
    """It says nothing of a message; with faults in the file, what was typed stays for the next time."""

    async def left(text: str, line: int) -> str:
        raise Unsaved("not saved")

    with pytest.raises(Unsaved):
        asyncio.run(edit(Sheet(order), left))
    typist = Typist(("quantity: 3", "quantiti: 5"))

    async def typed(text: str, line: int) -> str:
        return await (typist if typist.changes else left)(text, line)

    with pytest.raises(GivenUp) as caught:
        asyncio.run(edit(Sheet(order), typed))
    assert "quantiti: 5" in caught.value.draft


def test_an_empty_file_changes_nothing(order) -> None:
    """It is how one leaves without saying anything, as with the message of a commit."""

    async def emptied(text: str, line: int) -> str:
        return " \n"

    with pytest.raises(GivenUp):
        asyncio.run(edit(Sheet(order), emptied))
