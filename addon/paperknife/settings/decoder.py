"""Steps in Python, for what a definition cannot say: imported only where the user's own file names them.

A step is an object with a `name` and a method ``open(data, context)`` that gives an `Opened`, as
`paperknife_decoders.steps.Step` has it; or a class or function that gives one when it is called without arguments.
CONTRIBUTING has one from beginning to end.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib.metadata import entry_points
from pathlib import Path

from paperknife.settings.guarded_step import NoStep, guarded
from paperknife_decoders.steps import Step

__all__ = ["GROUP", "load_decoder"]

GROUP = "paperknife.steps"
"""The group of entry points under which a package offers steps."""

FORM = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<name>[A-Za-z_]\w*)", re.ASCII)


def load_decoder(text: str, folder: Path) -> Step:
    """The step that ``module:name`` says, or an entry point of that name.

    The module is a file beside the definition, in `folder`, or else one that is installed. Raises `ValueError`, a
    sentence, for whatever keeps it from being a step; what it raises later costs the message at hand alone.
    """
    offered = [point for point in entry_points(group=GROUP) if point.name == text]
    found = FORM.fullmatch(text)
    if not offered and found is None:
        raise ValueError(f"module:name, or the name of an installed step, was expected, and {text[:60]!r} was found")
    try:
        made = offered[0].load() if offered or found is None else named(found["module"], found["name"], folder)
        step = made() if callable(made) and (isinstance(made, type) or not has_open(made)) else made
        return guarded(step, text)
    except NoStep:
        raise
    except (Exception, SystemExit) as error:  # it is the user's code, which may fail in any way
        raise ValueError(f"the step {text} could not be made: {type(error).__name__}: {error}") from None


def has_open(made: object) -> bool:
    """True for what has a method of the name that a step's has."""
    return callable(getattr(made, "open", None))


def named(module: str, name: str, folder: Path) -> object:
    """What a module has under a name."""
    path = folder.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        return getattr(importlib.import_module(module), name)
    private = f"paperknife_decoder_{module}"  # a file that is called like a module of Python's own stays beside it
    spec = importlib.util.spec_from_file_location(private, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[private] = loaded  # where dataclasses look for the names of their fields' types
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)
