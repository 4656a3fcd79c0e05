"""Readers of single fields, and how they are combined into one state without raising or hanging.

Each reader knows one group of fields. A failing reader does not affect the others; after three failures it is asked only
once a minute, so that a missing or hanging service costs almost nothing.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock

from posturecam.errors import PosturecamError
from posturecam.system.state import SystemState, UnknownField, Value, state_of

PATIENCE = 3
"""After this many consecutive failures, a reader is asked only every `PAUSE` seconds."""
PAUSE = 60.0


class Unreadable(PosturecamError):
    """Something cannot be read here; the message is the reason, in one line."""


class Reader(ABC):
    """Reads one group of fields of `SystemState`."""

    fields: tuple[str, ...]
    every: float = 0.0
    """Seconds for which an answer is valid before the reader is asked again; 0 asks every time."""

    @abstractmethod
    def read(self) -> Mapping[str, Value]:
        """The values now, by field; must come back within about a second.

        Raises:
            Unreadable: if none of them can be read; the reason is then that of every field. Any other exception is
                taken as the same.
        """


class NullReader(Reader):
    """Reads nothing, for a stated reason."""

    every = float("inf")

    def __init__(self, fields: Sequence[str], reason: str) -> None:
        """Stand in for a reader of these fields."""
        self.fields = tuple(fields)
        self._reason = reason

    def read(self) -> Mapping[str, Value]:
        """The reason, for each field."""
        return dict.fromkeys(self.fields, UnknownField(self._reason))


class ReadersSystem:
    """A system that is read by several readers, one after another."""

    def __init__(
        self,
        readers: Sequence[Reader],
        *,
        clock: Callable[[], float] = time.monotonic,
        shut: Callable[[], None] = lambda: None,
    ) -> None:
        """Create it without reading anything yet.

        Args:
            readers: If two read the same field, the later one counts.
            clock: Seconds; replaced in tests.
            shut: Closes what the readers share.
        """
        self._asked = [_Asked(reader) for reader in readers]
        self._clock = clock
        self._shut = shut
        self._lock = Lock()
        self._closed = False

    def look(self) -> SystemState:
        """The state now. Never raises; each reader bounds its own time."""
        values: dict[str, Value] = {}
        with self._lock:
            if self._closed:
                return state_of({})
            for asked in self._asked:
                values |= asked.values(self._clock())
        return state_of(values)

    def close(self) -> None:
        """Close everything, waiting for a reading in progress. Never raises."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            with suppress(Exception):  # too late to matter
                self._shut()


class _Asked:
    """A reader, its last answer, and when it is due."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._due = float("-inf")
        self._failures = 0
        self._last: Mapping[str, Value] = {}

    def values(self, now: float) -> Mapping[str, Value]:
        if now >= self._due:
            self._ask()
            self._due = now + (max(PAUSE, self.reader.every) if self._failures >= PATIENCE else self.reader.every)
        return self._last

    def _ask(self) -> None:
        fields = self.reader.fields
        try:
            said = self.reader.read()
            self._last = {name: said.get(name, UnknownField("the system did not tell")) for name in fields}
            self._failures = 0
        except Exception as problem:
            self._last = dict.fromkeys(fields, UnknownField(reason_of(problem)))
            self._failures += 1


def reason_of(problem: BaseException) -> str:
    """What went wrong, in one line."""
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    text = lines[0][:200]
    return text if isinstance(problem, Unreadable) else f"unexpected {type(problem).__name__}: {text}"
