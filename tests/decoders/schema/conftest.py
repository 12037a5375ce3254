"""A tree of files from a table, and real compiled forms of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """A function that writes files (path to content) below a fresh folder and gives that folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@pytest.fixture
def protoc() -> Callable[..., None]:
    """A function that runs protoc in a folder, as a user's build does."""

    def run(folder: Path, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], cwd=folder, check=True)

    return run
