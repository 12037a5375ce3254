"""The suite itself: `autobahntestsuite` from the package index, in a virtual environment of Python 2.7."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["SuiteError", "ensure_suite", "write_client_spec", "write_server_spec"]

VIRTUALENV = "virtualenv<20.22"
"""The last that can make an environment of Python 2.7."""

SUITE = "autobahntestsuite"

INSTALL_SECONDS = 600

DEFLATE_VERSION = 18
"""The suite's number for RFC 6455 (the last draft before it had 17)."""


class SuiteError(Exception):
    """The suite cannot be run here, in one sentence."""


def find_python2() -> str:
    """A Python 2.7: of the search path, or of pyenv. Raises `SuiteError`."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [*sorted(pyenv.glob("versions/2.7*/bin/python2.7")), shutil.which("python2.7")]
    for candidate in candidates:
        if candidate and not subprocess.run([candidate, "-c", ""], check=False, capture_output=True).returncode:
            return str(candidate)
    raise SuiteError("The suite needs Python 2.7, and none was found. With pyenv: pyenv install 2.7.18")


def ensure_suite(folder: Path) -> Path:
    """The suite's `wstest` command, installed into `folder` unless it is there. Raises `SuiteError`."""
    wstest = folder / "env" / "bin" / "wstest"
    if wstest.exists():
        return wstest
    python2 = find_python2()
    tool = folder / "tool"
    install(python2, "-m", "pip", "install", "--quiet", "--target", str(tool), VIRTUALENV)
    install(python2, "-m", "virtualenv", "--no-download", "--quiet", str(folder / "env"), path=tool)
    install(str(folder / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", SUITE)
    return wstest


def install(*command: str, path: Path | None = None) -> None:
    """Run one step of the installation. Raises `SuiteError`."""
    environment = {**os.environ, "PYTHONPATH": str(path or "")}
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise SuiteError(f"The suite could not be installed within {INSTALL_SECONDS} seconds.") from None
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["nothing"]
        raise SuiteError(f"The suite could not be installed: {' '.join(command[1:])} failed. It said: {words[-1]}")


def write_client_spec(folder: Path, cases: Sequence[str], urls: Mapping[str, str]) -> Path:
    """What the fuzzing client is told: the URL of each agent, and where to write its reports."""
    servers = [{"agent": agent, "url": url, "options": {"version": DEFLATE_VERSION}} for agent, url in urls.items()]
    return write_spec(folder, cases, {"servers": servers})


def write_server_spec(folder: Path, cases: Sequence[str], url: str) -> Path:
    """What the fuzzing server is told: where to listen, and where to write its reports."""
    return write_spec(folder, cases, {"url": url})


def write_spec(folder: Path, cases: Sequence[str], special: Mapping[str, object]) -> Path:
    """A specification file; nothing is excluded."""
    spec = {
        "outdir": str(folder / "reports"),
        "cases": list(cases),
        "exclude-cases": [],
        "exclude-agent-cases": {},
        "options": {"failByDrop": False},
        **special,
    }
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    return path
