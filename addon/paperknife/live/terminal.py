"""How wide the terminal is."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from typing import TextIO

__all__ = ["DEFAULT_WIDTH", "Width"]

DEFAULT_WIDTH = 160
"""Columns where there is no terminal: a pipe or a file, which nobody reads in a window of 80."""


class Width:
    """The columns of the terminal behind `out`, asked anew each time: a window may be resized at any time.

    One `ioctl` costs less than a microsecond, and a signal handler would be taken from whoever owns the main thread.
    `fixed` overrides it; without a terminal the COLUMNS of `environment` count.
    """

    def __init__(self, out: TextIO, fixed: int | None = None, environment: Mapping[str, str] = os.environ) -> None:
        self._otherwise = fixed or columns_of(environment)
        self._descriptor: int | None = None
        try:
            if fixed is None and out.isatty():
                self._descriptor = out.fileno()
        except (AttributeError, io.UnsupportedOperation):
            pass

    def __call__(self) -> int:
        """The number of columns, at least 1."""
        if self._descriptor is not None:
            try:
                return os.get_terminal_size(self._descriptor).columns or self._otherwise
            except OSError:  # the terminal is gone; the printer will notice
                pass
        return self._otherwise


def columns_of(environment: Mapping[str, str]) -> int:
    """COLUMNS, where it is a sensible number."""
    columns = environment.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdigit() and int(columns) > 0 else DEFAULT_WIDTH
