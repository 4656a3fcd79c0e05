"""Answers the requests of `posturecam ctl` to the running app."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from posturecam.config.reading import quoted
from posturecam.desktop.shell.single_instance import Reply
from posturecam.desktop.widgets.parts import as_sentence
from posturecam.desktop.widgets.status_line import status_line
from posturecam.errors import PosturecamError
from posturecam.history.models import PAUSES
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.translate import mark, tr
from posturecam.session.core import STRETCHING
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode

_LONGEST_MINUTES = 7 * 24 * 60.0
_NEEDS_SESSION = frozenset({"pause", "resume", "calibrate", "stretch"})
"""Requests that need a running session."""
_RESUMES_ITSELF = frozenset({Mode.OFF, Mode.CAMERA_LOST})
"""Modes that no request ends, only what caused them."""


class Opens(Protocol):
    """The windows that can be opened from outside."""

    @property
    def welcoming(self) -> bool:
        """Whether the first-run setup is open, which comes before everything else."""

    @property
    def stretching(self) -> bool:
        """Whether a stretch is running or was requested: until its camera is open, only the windows know."""

    def show(self) -> None:
        """Open the main window."""

    def calibrate(self) -> None:
        """Open the calibration."""

    def stretch(self, name: str, minutes: int | None = None) -> None:
        """Open the coach at a routine or an exercise; empty means the routine suggested in breaks. `minutes` is the length of a desk break."""

    def quit(self) -> None:
        """End the app."""


class Control:
    """Answers requests one after the other, in the GUI thread."""

    def __init__(
        self, client: SessionClient, windows: Callable[[], Opens], last: Callable[[], Snapshot | None]
    ) -> None:
        """Create it.

        Args:
            client: For requests that need no window.
            windows: The current windows.
            last: The latest snapshot, None before the first.
        """
        self._client, self._windows, self._last = client, windows, last
        self._requests: Mapping[str, Callable[[str], Reply]] = {
            "status": lambda _: self._status(),
            "pause": self._pause,
            "resume": self._resume,
            "calibrate": lambda _: self._calibrate(),
            "stretch": self._stretch,
            "skip": lambda _: self._steered(self._client.controls.skip, self._skipped()),
            "repeat": lambda _: self._steered(self._client.controls.repeat, mark("Once more.")),
            "show": lambda _: self._done(self._windows().show, mark("The window is open.")),
            "quit": lambda _: self._done(self._windows().quit, mark("posturecam is quitting.")),
        }

    def __call__(self, request: str) -> Reply:
        """The answer to one request, such as "pause 15"."""
        name, _, rest = request.strip().partition(" ")
        does = self._requests.get(name)
        last = self._last()
        if name in _NEEDS_SESSION and last is not None and last.mode is Mode.ENDED:
            return _refused(status_line(last))
        if does is None:
            return _refused(
                Message(
                    "posturecam does not know the request '{name}'; it knows {known}",
                    name=quoted(name),
                    known=", ".join(self._requests),
                )
            )
        return does(rest.strip())

    def _status(self) -> Reply:
        last = self._last()
        if last is None:
            return {"ok": True, "said": tr("Starting"), "mode": "starting"}
        deviation = None if last.tick is None else last.tick.state.deviation
        return {
            "ok": True,
            "said": status_line(last),
            "mode": last.mode.value,
            "sign": last.sign.value,
            "since_seconds": None if last.tick is None else round(last.tick.state.phase_seconds, 1),
            "deviation": None if deviation is None else round(deviation, 3),
            "unknown_because": None if last.tick is None or (why := last.tick.state.reason) is None else why.text,
            "why": last.why,
            "until": None if last.until is None else last.until.isoformat(timespec="seconds"),
            "silent": last.outlook.silent,
        }

    def _pause(self, minutes: str) -> Reply:
        try:
            number = float(minutes or 0)
        except ValueError:
            number = math.nan
        if not 0 <= number <= _LONGEST_MINUTES:
            return _refused(
                Message(
                    "a pause must last 0 to {most:.0f} minutes, got '{minutes}'",
                    most=_LONGEST_MINUTES,
                    minutes=quoted(minutes),
                )
            )
        if self._waits_for_setup():
            return _refused(mark("it is paused already, until the setup is finished"))
        now = self._client.now()
        # In the local time that holds then: the clocks may change meanwhile.
        until = None if number == 0 else (now + timedelta(minutes=number)).astimezone()
        said = as_sentence(status_line(Snapshot(now, Mode.PAUSED, PAUSES["user"], until=until)))
        return self._done(lambda: self._client.pause(until), said)

    def _resume(self, _rest: str) -> Reply:
        last = self._last()
        # The camera stays off until the setup, if it is open, has mentioned it; before the first snapshot only the windows know.
        if last is None or self._waits_for_setup():
            return self._opened(self._client.resume, mark("Watching again."))
        guided = self._stretches() or last.mode is Mode.CALIBRATING
        said = mark("Watching resumes after the stretch or the calibration.") if guided else mark("Watching again.")
        answer = self._done(self._client.resume, said)
        if last.mode in _RESUMES_ITSELF:
            return _refused(status_line(last))
        return answer

    def _waits_for_setup(self) -> bool:
        last = self._last()
        return last is not None and last.mode is Mode.PAUSED and last.why == PAUSES["setup"]

    def _calibrate(self) -> Reply:
        if self._stretches():  # else it would begin unexpectedly after the stretch
            return _refused(STRETCHING)
        return self._opened(self._windows().calibrate, mark("The calibration is open."))

    def _stretches(self) -> bool:
        last = self._last()
        return self._windows().stretching or (last is not None and last.mode is Mode.STRETCHING)

    def _stretch(self, wanted: str) -> Reply:
        from posturecam.coach.breaks.choice import (  # the coach is imported only when needed
            DESK_BREAK,
            LENGTHS,
            no_such_length,
        )
        from posturecam.coach.library import find

        name, _, length = wanted.rpartition(" ")
        if not (name and length.isdecimal()):  # a name with a space is unknown, but no length
            name, length = wanted, ""
        if length and length not in map(str, LENGTHS):
            return _refused(no_such_length(quoted(length)))
        minutes = int(length) if length else None
        try:
            found = find(name) if name else None
        except PosturecamError as problem:  # there is none, or it is the user's own and broken
            return _refused(problem.text)
        if minutes is not None and found is not None and not found.is_break:
            return _refused(
                Message(
                    "{name} has its own length; only {routine} takes minutes", name=Verbatim(name), routine=DESK_BREAK
                )
            )
        if self._stretches():
            return _refused(STRETCHING)
        return self._opened(lambda: self._windows().stretch(name, minutes), mark("The coach is open."))

    def _skipped(self) -> str:
        """What skipping does: after the last exercise, the session is over."""
        last = self._last()
        tick = None if last is None or last.coaching is None else last.coaching.tick
        several = tick is not None and tick.index + 1 < tick.of
        return mark("On to the next exercise.") if several else mark("Skipped.")

    def _steered(self, does: Callable[[], None], said: str) -> Reply:
        if not self._stretches():
            return _refused(mark("no stretch is running; begin one with: posturecam ctl stretch"))
        return self._done(does, said)

    def _opened(self, does: Callable[[], None], said: str) -> Reply:
        if self._windows().welcoming:
            self._windows().show()
            return _refused(mark("the setup is open; finish or close it first"))
        return self._done(does, said)

    def _done(self, does: Callable[[], None], said: str) -> Reply:
        does()
        return {"ok": True, "said": tr(said)}


def _refused(why: str) -> Reply:
    return {"ok": False, "error": tr(why)}
