"""The user's processes, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class Processes:
    """Reads /proc; processes that end or are forbidden meanwhile are skipped."""

    def __init__(self, root: Path = Path("/proc"), own: int | None = None) -> None:
        """Read under this folder.

        Args:
            root: /proc, or a copy for tests.
            own: The process that is ours; the running one as a rule.
        """
        self._root = str(root)
        self._own = os.getpid() if own is None else own
        self._user = os.getuid()

    def others(self) -> Iterator[int]:
        """The processes of the same user but our own."""
        with os.scandir(self._root) as entries:
            for entry in entries:
                try:
                    if entry.name.isdigit() and int(entry.name) != self._own and entry.stat().st_uid == self._user:
                        yield int(entry.name)
                except OSError:
                    continue

    def opened(self, process: int, device: str) -> list[str]:
        """The devices of this name, with a number, that the process holds open; one entry for each time."""
        found = []
        try:
            with os.scandir(f"{self._root}/{process}/fd") as handles:
                for handle in handles:
                    with suppress(OSError):
                        path = os.readlink(handle.path)  # noqa: PTH115 - there are thousands, and Path is slow
                        if path.startswith(device) and path[len(device) :].isdigit():
                            found.append(path)
        except OSError:
            return found
        return found

    def own_opened(self, device: str) -> list[str]:
        """The same of our own process."""
        return self.opened(self._own, device)

    def name(self, process: int) -> str:
        """What the process is called; for a thread, what its process is."""
        return self._read(self._whole(process), "comm") or f"process {process}"

    def is_ours(self, process: int) -> bool:
        """Whether it is our own process, one of its threads, or descends from it."""
        seen: set[int] = set()
        process = self._whole(process)
        while process > 1 and process not in seen:
            if process == self._own:
                return True
            seen.add(process)
            process = self._status(process, "PPid")
        return False

    def _whole(self, thread: int) -> int:
        return self._status(thread, "Tgid") or thread

    def _status(self, process: int, key: str) -> int:
        for line in self._read(process, "status").splitlines():
            name, _, value = line.partition(":")
            if name == key and value.strip().isdigit():
                return int(value)
        return 0

    def _read(self, process: int, file: str) -> str:
        try:
            return Path(self._root, str(process), file).read_text(errors="replace").strip()
        except OSError:
            return ""
