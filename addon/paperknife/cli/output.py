"""What a command's output may end in: a full disk, or a reader that has gone."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

import click

from paperknife.cli.failure import Failure

__all__ = ["told_output_faults"]

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""What a write to an open file can fail of."""


@contextlib.contextmanager
def told_output_faults() -> Iterator[None]:
    """Around all that prints: a full disk becomes a `Failure`; when the reader has gone, all is done, quietly.

    Errors that name a file are about that file, and pass.
    """
    try:
        yield
    except BrokenPipeError:
        give_up_stdout()
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        give_up_stdout()
        raise Failure(f"The output could not be written: {error.strerror}.") from None


def give_up_stdout() -> None:
    """Lead what is still in the buffer nowhere, so that the interpreter does not try again when it exits."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
