"""A system for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from posturecam.system.state import FIELDS, SystemState


class FakeSystem:
    """A system whose state is set by the test. By default nothing is going on: unlocked, awake, free, on mains power."""

    def __init__(self, **values: Any) -> None:
        """Begin with these fields of `SystemState`; the others as on an idle desktop computer."""
        self.state = SystemState(
            locked=False,
            asleep=False,
            lid_closed=False,
            idle_seconds=0.0,
            do_not_disturb=False,
            camera_held_by=(),
            microphone_held_by=(),
            on_battery=False,
            battery_percent=100.0,
        )
        self.looks = 0
        self.closed = False
        self.set(**values)

    def set(self, **values: Any) -> None:
        """Change fields; None means "cannot be read", and gets a reason."""
        unreadable = {name: why for name, why in self.state.unreadable.items() if name not in values}
        unreadable |= {name: "the test says so" for name in FIELDS if name in values and values[name] is None}
        self.state = replace(self.state, **{"unreadable": unreadable, **values})

    def look(self) -> SystemState:
        """The state that was set."""
        self.looks += 1
        return self.state

    def close(self) -> None:
        """Record that it was closed."""
        self.closed = True


class SteppedMonitor:
    """The system monitor without a thread: it reads the system whenever it is asked."""

    def __init__(self, system: FakeSystem) -> None:
        self._system = system

    @property
    def state(self) -> SystemState:
        """The current state."""
        return self._system.look()

    def start(self, changed: Callable[[], None]) -> None:
        """Nothing needs to be woken: every step reads."""

    def stop(self) -> None:
        """Close the system, as the real one does in its thread."""
        self._system.close()
