"""The user's file as a module, with its functions checked."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

from paperknife.mutation.scripts.naming import Handler, handler_from
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.protocol import Protocol

__all__ = ["LONGEST", "Script", "ScriptError", "frames_of", "load_script", "place_of", "said"]

LONGEST = 300
"""Characters of what an exception says."""


class ScriptError(ValueError):
    """Why a script cannot be used: one line for each fault, as ``file:line: sentence``."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script that is loaded: its functions in the order of the file, and the names of those for itself alone."""

    path: Path
    handlers: tuple[Handler, ...]
    own: frozenset[str] = frozenset()


def load_script(path: Path, protocols: Iterable[Protocol]) -> Script:
    """The script at `path`, which the user named. Raises `ScriptError`."""
    module = module_at(path)
    found = {
        name: handler_from(name, function, f"{path}:{function.__code__.co_firstlineno}", protocols)
        for name, function in functions_of(module)
    }
    faults = [each for each in found.values() if isinstance(each, str)]
    if not any(found.values()):
        faults = [f"{path}:1: a function such as client_order(message, connection) was expected, and there is none."]
    if faults:
        raise ScriptError("\n".join(map(printable, faults)))
    own = frozenset(name for name, each in found.items() if each is None)
    return Script(path, tuple(each for each in found.values() if isinstance(each, Handler)), own)


def module_at(path: Path) -> ModuleType:
    """A new module of the file. It can import what lies beside it."""
    name = f"paperknife_script_{path.stem}"  # a file that is called like a module of Python's own stays beside it
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScriptError(f"{path}: a script in Python was expected: {reason}.") from None
    linecache.checkcache(str(path))
    module = ModuleType(name)
    module.__file__ = str(path)
    folder = str(path.parent.absolute())
    sys.modules[name] = module  # where dataclasses look for the names of their fields' types
    sys.path.insert(0, folder)
    try:
        # Compiled from the text: a file that is saved twice in a second has the same date in a cache.
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:  # it is the user's code, which may fail in any way
        raise ScriptError(f"{place_of(error, path)}: {said(error)}") from None
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    return module


def functions_of(module: ModuleType) -> list[tuple[str, FunctionType]]:
    """The public functions that a module defines itself, in the order of the file."""
    return [
        (name, value)
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_")
    ]


def said(error: BaseException) -> str:
    """What an exception says, in one line."""
    if isinstance(error, SyntaxError):
        return printable(f"this is no Python: {error.msg}.")
    text = elide(printable(str(error)), LONGEST)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def place_of(error: BaseException, path: Path) -> str:
    """Where in the script an exception comes from, as ``file:line``."""
    if isinstance(error, SyntaxError) and error.lineno is not None and error.filename == str(path):
        return f"{path}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"{path}:{frames[-1].lineno}" if frames else str(path)


def frames_of(error: BaseException, path: Path) -> str:
    """The calls that led to an exception, from the script on inwards, as a traceback lists them; without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((at for at, frame in enumerate(frames) if frame.filename == str(path)), 0)
    return "".join(traceback.format_list(frames[first:])).rstrip()
