"""The user's key presses and clicks during a stretch session, queued for the coach's loop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Controls:
    """The user's controls of a running session; safe to call from any thread."""

    muted: bool = False
    _asked: list[str] = field(default_factory=list, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def toggle_pause(self) -> None:
        """Stop counting, or resume it."""
        self._ask("toggle")

    def skip(self) -> None:
        """Leave this exercise, keeping what was done, and begin the next one."""
        self._ask("skip")

    def repeat(self) -> None:
        """Repeat this exercise; or the previous one, while the next is only being announced."""
        self._ask("repeat")

    def toggle_mute(self) -> None:
        """Mute the voice, or unmute it."""
        with self._lock:
            self.muted = not self.muted

    def end(self) -> None:
        """End the session at the next check, keeping what was done."""
        self._ask("end")

    def press(self, key: str) -> None:
        """Perform a key's action; other keys do nothing."""
        match key.lower():
            case " " | "p":
                self.toggle_pause()
            case "m":
                self.toggle_mute()
            case "s":
                self.skip()
            case "r":
                self.repeat()
            case "q" | "\x1b":
                self.end()
            case _:
                pass

    def _ask(self, what: str) -> None:
        with self._lock:
            self._asked.append(what)

    def take(self) -> list[str]:
        """The requests since the last call; for the loop."""
        with self._lock:
            asked, self._asked = self._asked, []
        return asked
