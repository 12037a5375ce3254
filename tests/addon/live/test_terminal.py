"""The width of the terminal."""

import fcntl
import io
import os
import pty
import struct
import termios

import pytest

from paperknife.live.terminal import DEFAULT_WIDTH, Width


@pytest.mark.parametrize(
    ("environment", "fixed", "width"),
    [
        ({}, None, DEFAULT_WIDTH),
        ({"COLUMNS": "100"}, None, 100),
        ({"COLUMNS": "wide"}, None, DEFAULT_WIDTH),
        ({"COLUMNS": "0"}, None, DEFAULT_WIDTH),
        ({"COLUMNS": "100"}, 60, 60),
    ],
)
def test_without_a_terminal(environment, fixed, width):
    """In a pipe the width is what was asked for, else COLUMNS, else a wide one."""
    assert Width(io.StringIO(), fixed, environment)() == width


def test_follows_the_terminal():
    """A window that is resized is followed; one that is gone leaves the default."""
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as out:
        width = Width(out, environment={})
        for columns in (80, 132):
            fcntl.ioctl(leader, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            assert width() == columns
    os.close(leader)
    assert width() == DEFAULT_WIDTH
