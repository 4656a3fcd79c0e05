"""Notices when another program changes a file that the session has loaded, as `posturecam settings` and an editor do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

LOOK_SECONDS = 1.0
"""Seconds between two checks, which take some fifty microseconds: soon enough for somebody who has just changed something."""

_Stamp = tuple[int, int, int, int] | None


class OutsideChanges:
    """Calls back when a file's times, size or inode have changed; checks only when asked to.

    It waits until two checks find the same, since some editors empty a file before they write it. Every file counts as changed once at the
    beginning, even a missing one, since it may have been changed or deleted after it was loaded: opening a camera or the windows takes a while.
    Changes by this program are noticed too, so callbacks compare what the file says with what is in use.
    """

    def __init__(self, clock: Callable[[], float], files: Mapping[Callable[[], Path], Callable[[], None]]) -> None:
        """Look at the files for the first time.

        Args:
            clock: Seconds of a clock that is never adjusted.
            files: For each file (it need not exist), a function that finds it and one to call once it has changed.
        """
        self._clock, self._files = clock, files
        self._known: dict[Callable[[], Path], _Stamp] = {}
        """As of the last callback; nothing before the first."""
        self._found = {find: _stamp(find()) for find in files}
        """As of the last check."""
        self._next = clock() + LOOK_SECONDS

    def look(self) -> None:
        """Check the files, if it is time again."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + LOOK_SECONDS
        for find, changed in self._files.items():
            found = _stamp(find())
            settled, self._found[find] = found == self._found[find], found
            if settled and (find not in self._known or found != self._known[find]):
                self._known[find] = found
                changed()


def _stamp(path: Path) -> _Stamp:
    """What changes with a file's contents and permissions; None if there is no file, or it cannot be reached."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
