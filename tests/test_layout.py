"""Where things are: tests mirror sources, packages say what they are, nothing names a machine or a registry."""

import ast
import subprocess
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {"addon/paperknife": "tests/addon", "decoders/paperknife_decoders": "tests/decoders", "bench": "tests/bench"}
PACKAGED = ("addon/paperknife", "decoders/paperknife_decoders")

LANE = "as one: tests/addon/proxy/test_tap.py, tests/addon/proxy/lane, bench/autobahn"
RULED = "as one: tests/addon/proxy/lane/test_ruled.py, bench/soak.py"
DIFFERENCE = "as one: tests/decoders/difference/test_comparing.py"
DEMO = "as one: tests/addon/demo/test_session.py, test_exchange.py, test_venue.py"
DEFINITION = "as one: tests/decoders/definition/test_protocols.py"
EXPRESSION = "as one: the other tests of tests/decoders/expression"
RULES = "as one: tests/addon/mutation/rules/test_reading.py, test_checking.py, test_changer.py and actions"
REPLAY = "by tests/addon/replay/test_venue.py, with real clients"
VALUE = "a value that all tests of the core make and read"

TESTED_ELSEWHERE = {
    "addon/paperknife/cli/logs.py": "by tests/addon/proxy/test_log_file.py",
    "addon/paperknife/demo/orders.py": DEMO,
    "addon/paperknife/demo/seat.py": DEMO,
    "addon/paperknife/demo/stage.py": "by tests/addon/cli/test_demo.py",
    "addon/paperknife/demo/users.py": DEMO,
    "addon/paperknife/demo/wording.py": DEMO,
    "addon/paperknife/mutation/held.py": RULED,
    "addon/paperknife/mutation/rules/actions/item.py": RULES,
    "addon/paperknife/mutation/rules/compiling.py": RULES,
    "addon/paperknife/mutation/rules/form.py": RULES,
    "addon/paperknife/mutation/rules/scope.py": RULES,
    "addon/paperknife/mutation/verdict.py": RULED,
    "addon/paperknife/proxy/lane/decided.py": RULED,
    "addon/paperknife/proxy/lane/outgoing.py": RULED,
    "addon/paperknife/proxy/lane/peers.py": LANE,
    "addon/paperknife/proxy/lane/ruling.py": RULED,
    "addon/paperknife/proxy/lane/telling.py": LANE,
    "addon/paperknife/proxy/lane/track.py": LANE,
    "addon/paperknife/proxy/lane/untold.py": RULED,
    "addon/paperknife/proxy/lane/waking.py": RULED,
    "addon/paperknife/proxy/lane/writing.py": LANE,
    "addon/paperknife/replay/moves.py": "by tests/addon/replay/test_cursor.py",
    "addon/paperknife/replay/play_options.py": "by tests/addon/replay/test_player.py",
    "addon/paperknife/replay/passing.py": REPLAY,
    "addon/paperknife/replay/visit.py": REPLAY,
    "decoders/paperknife_decoders/declared_pairs.py": "by tests/decoders/test_pairing.py and test_correlation.py",
    "decoders/paperknife_decoders/definition/building.py": DEFINITION,
    "decoders/paperknife_decoders/definition/choosing.py": DEFINITION,
    "decoders/paperknife_decoders/definition/form.py": DEFINITION,
    "decoders/paperknife_decoders/definition/reading.py": DEFINITION,
    "decoders/paperknife_decoders/definition/sources.py": DEFINITION,
    "decoders/paperknife_decoders/definition/tables.py": DEFINITION,
    "decoders/paperknife_decoders/difference/blanking.py": "by tests/decoders/difference/test_normal.py",
    "decoders/paperknife_decoders/difference/json_values.py": DIFFERENCE,
    "decoders/paperknife_decoders/difference/messages.py": DIFFERENCE,
    "decoders/paperknife_decoders/difference/places.py": DIFFERENCE,
    "decoders/paperknife_decoders/envelope.py": VALUE,
    "decoders/paperknife_decoders/expression/calls.py": EXPRESSION,
    "decoders/paperknife_decoders/expression/compiler.py": EXPRESSION,
    "decoders/paperknife_decoders/expression/pairs.py": EXPRESSION,
    "decoders/paperknife_decoders/expression/parts.py": EXPRESSION,
    "decoders/paperknife_decoders/expression/terms.py": EXPRESSION,
}
"""Modules that have no test file of their own, and what tests them. Shorter is better."""

TESTS_OF_MORE = {
    "tests/addon/cli/test_main.py": "cli/__init__.py, which holds the command itself",
    "tests/addon/presets/test_presets.py": "presets/*.yaml, and definitions of the kind that users write",
    "tests/addon/presets/test_wrong_definitions.py": "what wrong definitions make of the same messages",
    "tests/addon/presets/test_wrong_framing.py": "secrets in messages whose framing is missing or wrong",
    "tests/addon/proxy/test_definitions.py": "protocols as data, from the user's file to a recording of their traffic",
    "tests/addon/recording/test_promises.py": "what is promised of recordings, by the commands that a user types",
    "tests/addon/proxy/test_rules_behind_headers.py": "messages of our own, as peers read them behind their headers",
    "tests/addon/proxy/test_rules_in_framings.py": "what rules, scripts and commands put into frames",
    "tests/addon/proxy/test_rules_at_work.py": "rules as files, at their effect on a real client and a real server",
    "tests/decoders/test_protoc_agreement.py": "all of the core against protoc",
}
"""Test files that are not of one module."""

HOSTS = ("py" + "pi.org", "python" + "hosted.org", "registry.np" + "mjs.org", "crates" + ".io", "proxy.gol" + "ang.org")
FOLDERS = ("/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/")


def repository() -> list[PurePosixPath]:
    """All files of the repository, those that are new as well; in a source archive, all files."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [PurePosixPath(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    return [PurePosixPath(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


FILES = repository()
MODULES = [path for path in FILES if path.suffix == ".py" and any(path.is_relative_to(root) for root in SOURCES)]


def has_code(path: PurePosixPath) -> bool:
    """True if a module defines a function or a class."""
    body = ast.parse((ROOT / path).read_bytes()).body
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in body)


def test_file(path: PurePosixPath) -> PurePosixPath:
    """Where the tests of a module belong."""
    root = next(root for root in SOURCES if path.is_relative_to(root))
    inside = path.relative_to(root)
    return PurePosixPath(SOURCES[root]) / inside.with_name(f"test_{inside.name}")


test_file.__test__ = False  # type: ignore[attr-defined]


def test_every_module_has_a_test_file_of_its_name() -> None:
    """A stranger finds the tests of a module, and sees which has none."""
    missing = [
        str(path)
        for path in MODULES
        if path.is_relative_to(PACKAGED[0]) or path.is_relative_to(PACKAGED[1])
        if path.name != "__init__.py" and has_code(path) and test_file(path) not in FILES
    ]
    assert [name for name in missing if name not in TESTED_ELSEWHERE] == []


def test_the_exceptions_are_none_too_many() -> None:
    """A module that has got a test file, or is gone, is taken off the list."""
    exceptions = map(PurePosixPath, TESTED_ELSEWHERE)
    assert [str(path) for path in exceptions if path not in FILES or test_file(path) in FILES] == []


def test_every_test_file_has_a_module() -> None:
    """A module that goes takes its tests with it."""
    known = {test_file(path) for path in MODULES}
    tests = [path for path in FILES if path.match("test_*.py") and len(path.parts) > 2 and path.parts[0] == "tests"]
    assert sorted(str(path) for path in tests if path not in known and str(path) not in TESTS_OF_MORE) == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=str)
def test_every_package_says_what_it_is(path: PurePosixPath) -> None:
    """A package's docstring is its chapter of the architecture."""
    assert ast.get_docstring(ast.parse((ROOT / path).read_bytes()))


def test_no_file_names_a_registry_or_a_folder_of_some_machine() -> None:
    """The project builds wherever it is."""
    found = []
    for path in FILES:
        text = (ROOT / path).read_bytes()
        found += [f"{path}: {name}" for name in (*HOSTS, *FOLDERS) if name.encode() in text]
    assert found == []
