"""Kinds of clients: known by their program, their command or their ClientHello."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.settings.client_kinds import (
    Kind,
    kind_of_command,
    kind_of_hello,
    kind_of_program,
    trust_advice,
    unseen_advice,
)

PROGRAMS = [
    ("", Kind.OTHER),
    ("myclient", Kind.OTHER),
    ("pythonic", Kind.OTHER),
    ("python3.13", Kind.PYTHON),
    ("/usr/bin/python", Kind.PYTHON),
    (r"C:\Python\PYTHON.EXE", Kind.PYTHON),
    ("node", Kind.NODE),
    ("npx", Kind.NODE),
    ("bun.exe", Kind.BUN),
    ("deno", Kind.DENO),
    ("java", Kind.JAVA),
    ("curl", Kind.CURL),
    ("google-chrome-stable", Kind.CHROMIUM),
    ("firefox-bin", Kind.FIREFOX),
]


@pytest.mark.parametrize(("name", "kind"), PROGRAMS)
def test_a_program_is_known_by_its_whole_name(name: str, kind: Kind) -> None:
    """Folders, versions, .exe and case do not matter; a name that merely begins alike is another program."""
    assert kind_of_program(name) is kind


COMMANDS = [
    ([], Kind.OTHER),
    (["make", "python"], Kind.OTHER),
    (["./client", "python"], Kind.OTHER),
    (["python", "client.py"], Kind.PYTHON),
    (["env", "A=b", "node", "x.js"], Kind.NODE),
    (["timeout", "-k", "5", "10", "java", "-jar", "x.jar"], Kind.JAVA),
]


@pytest.mark.parametrize(("command", "kind"), COMMANDS)
def test_a_command_is_known_by_what_it_starts(command: list[str], kind: Kind) -> None:
    """The program counts, behind env, timeout and their like; its arguments say nothing."""
    assert kind_of_command(command) is kind


OPENSSL = ([0x1302, 0x1303, 0xC02C], [0, 11, 10, 35, 22, 23, 13, 43, 45, 51])

HELLOS = [
    (*OPENSSL, Kind.OTHER),
    ([], [], Kind.OTHER),
    ([0x0A0A, 0x1301], [], Kind.CHROMIUM),
    ([0xFAFA, 0x1301], [], Kind.CHROMIUM),
    ([0x0A1A, 0x1301], [], Kind.OTHER),
    ([0x1301], [0, 34, 51], Kind.FIREFOX),
]


@pytest.mark.parametrize(("suites", "extensions", "kind"), HELLOS)
def test_browsers_are_known_by_their_hello(suites: list[int], extensions: list[int], kind: Kind) -> None:
    """RFC 8701's values mark Chrome and its kin, delegated credentials Firefox; OpenSSL's hello says nothing."""
    assert kind_of_hello(suites, extensions) is kind


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_advice_names_the_file_and_the_way_without(kind: Kind, prepared: bool) -> None:
    """Each kind is told which file to trust and that reverse mode needs none, in sentences with nothing left open."""
    text = trust_advice(kind, "/home/a b/ca.pem", "c3BraQ==", prepared=prepared)
    assert "'/home/a b/ca.pem'" in text or (kind, prepared) in {(Kind.JAVA, True)}
    assert "reverse:wss://" in text
    assert text.endswith(".")
    assert not set("{}") & set(text)


@pytest.mark.parametrize("kind", Kind)
def test_what_came_by_another_way_is_told_of_reverse_mode(kind: Kind) -> None:
    """Whatever a kind ignores, the advice ends with the command that needs nothing of it."""
    text = unseen_advice(kind, "http://127.0.0.1:4000")
    assert "reverse:wss://" in text
    assert "{proxy}" not in text


@given(st.lists(st.text(string.printable), max_size=4), st.lists(st.integers(0, 0xFFFF), max_size=9))
def test_guessing_never_raises(words: list[str], numbers: list[int]) -> None:
    """Any command and any hello is of some kind."""
    assert kind_of_command(words) in Kind
    assert kind_of_hello(numbers, numbers) in Kind
