"""A terminal that gives keys one by one, and has its own ways again while we are stopped, and when we end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import termios
import threading
import tty

__all__ = ["Cbreak", "is_in_front"]

LOCAL_MODES = 3
"""Where `termios` has them."""

LOOK_SECONDS = 0.2
"""How often one in the background looks whether it is in front again: ``fg`` says nothing to what runs there."""


def is_in_front(descriptor: int) -> bool:
    """True if what is typed in this terminal is for us: a process in the background that reads from it, or changes how
    it works, is stopped.
    """
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # it is not the one that we were started from, and whoever gave it to us wants us to read there
        return True


class Cbreak:
    """The terminal behind `descriptor`, between `begin` and `end` inside a running event loop.

    A shell gets it as it was when Ctrl-Z stops us, and we take it again when we go on in its foreground; by whatever we
    are stopped, and whether the shell has changed it meanwhile (POSIX, XBD 11.1.4 on job control).
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.before = termios.tcgetattr(descriptor)
        self.loop = asyncio.get_running_loop()
        self.look: asyncio.TimerHandle | None = None
        self.is_stoppable = (
            threading.current_thread() is threading.main_thread()  # where alone signals can be handled
            and signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL
        )

    def begin(self) -> None:
        """Have keys one by one; what was typed before is forgotten."""
        tty.setcbreak(self.descriptor)
        if self.is_stoppable:
            self.loop.add_signal_handler(signal.SIGTSTP, self.stop)
            self.loop.add_signal_handler(signal.SIGCONT, self.take)

    def end(self) -> None:
        """Give it back."""
        self.look_no_more()
        if self.is_stoppable:
            self.loop.remove_signal_handler(signal.SIGTSTP)
            self.loop.remove_signal_handler(signal.SIGCONT)
        self.give_back()

    def stop(self) -> None:
        """Be stopped, as we would have been without a handler; this returns when we go on."""
        self.give_back()
        self.loop.remove_signal_handler(signal.SIGTSTP)
        # To this thread, so that it goes no further before we are stopped. Where no shell could ever have us go on, the
        # system does not stop us.
        signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)
        self.loop.add_signal_handler(signal.SIGTSTP, self.stop)
        self.take()

    def take(self) -> None:
        """Have keys one by one again, with what was typed meanwhile; once we are in front, if we are not yet."""
        self.look_no_more()
        if not is_in_front(self.descriptor):
            self.look = self.loop.call_later(LOOK_SECONDS, self.take)
            return
        with contextlib.suppress(termios.error):  # the terminal has gone
            found = termios.tcgetattr(self.descriptor)
            if found[LOCAL_MODES] & termios.ICANON:
                self.before = found
                tty.setcbreak(self.descriptor, termios.TCSANOW)

    def look_no_more(self) -> None:
        """Do not look whether we are in front."""
        if self.look is not None:
            self.look.cancel()
            self.look = None

    def give_back(self) -> None:
        """Let it be as it was."""
        if is_in_front(self.descriptor):
            with contextlib.suppress(termios.error):
                # At once: what is to be written may never be, where Ctrl-S was pressed.
                termios.tcsetattr(self.descriptor, termios.TCSANOW, self.before)
