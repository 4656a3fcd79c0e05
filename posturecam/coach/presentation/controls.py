"""What the user presses during a stretch session, on its way to the coach's loop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Controls:
    """The user's controls of a running session; may be called from any thread."""

    muted: bool = False
    _asked: list[str] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def pause(self) -> None:
        """Nothing counts until `resume`."""
        self._ask("pause")

    def resume(self) -> None:
        """Resume counting."""
        self._ask("resume")

    def toggle_pause(self) -> None:
        """Pause, or resume."""
        self._ask("toggle")

    def skip(self) -> None:
        """Leave this exercise, keeping what was done, and begin the next one."""
        self._ask("skip")

    def repeat(self) -> None:
        """Do this exercise again; the one before, while the next is only being announced."""
        self._ask("repeat")

    def toggle_mute(self) -> None:
        """Silence, or the voice again."""
        with self._lock:
            self.muted = not self.muted

    def end(self) -> None:
        """End the session with the next look, keeping what was done."""
        self._ask("end")

    def press(self, key: str) -> None:
        """Do what a key asks for; other keys do nothing."""
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
