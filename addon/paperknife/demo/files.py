"""Where the demo's two sets of `.proto` files are."""

from __future__ import annotations

from pathlib import Path

__all__ = ["given_schema", "newer_schema"]

HERE = Path(__file__).parent


def given_schema() -> Path:
    """The import root of the schema that the proxy and the client are given, one revision behind the venue's.

    In an installed package it lies beside this file; in a checkout it is the repository's ``proto`` folder.
    """
    packed = HERE / "proto"
    return packed if packed.is_dir() else HERE.parents[2] / "proto"


def newer_schema() -> Path:
    """The import root of the revision that the venue runs."""
    return HERE / "newer"
