"""Single keys from the terminal, without Enter and without waiting; none where there is no terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Self


class Keyboard:
    """Keys pressed while it is open: `with Keyboard() as keys: ... keys.pressed()`. Ctrl-C keeps working."""

    def __init__(self) -> None:
        self.able = sys.stdin is not None and sys.stdin.isatty() and _in_the_foreground()
        """Whether there is a keyboard to read."""
        self._before: list[Any] | None = None

    def pressed(self) -> str:
        """The keys pressed since the last call, in order; empty where there were none."""
        if not self.able:
            return ""
        if sys.platform == "win32":
            return self._pressed_on_windows()
        import select

        keys = ""
        fd = sys.stdin.fileno()
        while select.select([fd], [], [], 0)[0]:
            read = os.read(fd, 64).decode(errors="ignore")
            if not read:  # the terminal is gone
                self.able = False
                break
            keys += read
        return keys

    def _pressed_on_windows(self) -> str:
        import msvcrt

        found: Any = msvcrt
        keys = ""
        while found.kbhit():
            key = found.getwch()
            if key in ("\x00", "\xe0"):  # an arrow or function key: its second half follows
                found.getwch()
            else:
                keys += key
        return keys

    def __enter__(self) -> Self:
        if self.able and sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._before is not None and sys.platform != "win32":
            import termios

            with contextlib.suppress(termios.error):  # the terminal was closed meanwhile
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)
            self._before = None


def _in_the_foreground() -> bool:
    """Whether this job is in the foreground: the system stops a background job that touches the terminal."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:  # no job control
        return True
