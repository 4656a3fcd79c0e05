"""Single keys from the terminal, without Enter and without waiting; none where there is no terminal."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import Any, Self

from posturecam.terminal.suspending import in_the_foreground, redo_in_foreground, undone_while_suspended

_SEQUENCE = re.compile(r"\x1b(?:\[\[?[0-?]*[ -/]*[@-~]|O[ -~])")
"""What a terminal sends for an arrow or function key (ECMA-48, section 5.4; those of the numeric keypad begin with SS3). It begins with
Escape and may end in a letter, which would be taken for keys."""


class Keyboard:
    """Keys pressed while it is open: `with Keyboard() as keys: ... keys.pressed()`. Ctrl-C keeps working."""

    def __init__(self) -> None:
        self.able = sys.stdin is not None and sys.stdin.isatty()
        """Whether there is a keyboard to read."""
        self._opened = contextlib.ExitStack()

    def pressed(self) -> str:
        """The keys pressed since the last call, in order, without arrow and function keys; empty where there were none."""
        if not self.able or not in_the_foreground():
            return ""
        redo_in_foreground()
        if sys.platform == "win32":
            return self._pressed_on_windows()
        import select

        typed = b""
        fd = sys.stdin.fileno()
        while select.select([fd], [], [], 0)[0]:
            read = os.read(fd, 64)
            if not read:  # the terminal is gone
                self.able = False
                break
            typed += read
        return _SEQUENCE.sub("", typed.decode(errors="ignore"))

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

            fd = sys.stdin.fileno()
            before: list[Any] = []

            def put_back() -> None:
                # The terminal may be closed meanwhile; in the background, it has the modes of the job that has it now.
                with contextlib.suppress(termios.error):
                    if before and in_the_foreground():
                        termios.tcsetattr(fd, termios.TCSADRAIN, before)

            def take_keys() -> None:
                with contextlib.suppress(termios.error):
                    before[:] = termios.tcgetattr(fd)
                    tty.setcbreak(fd)

            self._opened.callback(put_back)
            self._opened.enter_context(undone_while_suspended(put_back, take_keys, made=False))
            redo_in_foreground()  # if started in the background, it waits for the foreground
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()
