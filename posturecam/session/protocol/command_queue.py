"""Commands on their way to the session, and the client that puts them there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from posturecam.coach.presentation.controls import Controls
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, read_settings, reset_settings
from posturecam.session.protocol.commands import (
    AnswerAlert,
    AnswerBreak,
    Calibrate,
    Command,
    KeepAnswers,
    KeepHere,
    NoStretching,
    Pause,
    Preview,
    Quit,
    Resume,
    Retry,
    StartStretch,
    StopCalibrating,
    TakeUpright,
    TryAlert,
    UsePlace,
    UseSettings,
)
from posturecam.session.stretching.rest_day import keep_rest_day, rest_day

if TYPE_CHECKING:
    from posturecam.alerts.policy import Response
    from posturecam.coach.safety import Answers
    from posturecam.i18n.message import Message
    from posturecam.session.protocol.messages import AlertRaised
    from posturecam.session.rules.breaks import BreakAnswer


class CommandQueue:
    """Commands in order of arrival, from any thread; none is dropped."""

    def __init__(self) -> None:
        """Create an empty queue."""
        self._lock, self._come = threading.Lock(), threading.Event()
        self._waiting: list[Command] = []

    def put(self, command: Command) -> None:
        """Add a command, and wake the waiting thread."""
        with self._lock:
            self._waiting.append(command)
        self._come.set()

    def drain(self) -> list[Command]:
        """All commands since the last call."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return waiting

    def wake(self) -> None:
        """Wake the waiting thread because something else has changed."""
        self._come.set()

    def wait(self, seconds: float) -> None:
        """Wait for a command or a wake-up, at most this long."""
        self._come.wait(seconds)
        self._come.clear()


class QueuedClient:
    """A `posturecam.session.protocol.client.SessionClient`: each call becomes a command in the queue, and returns at once."""

    def __init__(
        self,
        settings: Settings,
        adapt: Callable[[Settings], Settings],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        """Create one with an empty queue.

        Args:
            settings: The current settings.
            adapt: Applied to the settings now and whenever they change.
            now: Local time with its offset.
            clock: Seconds of a clock that is never adjusted and keeps running during sleep.
        """
        self._now, self._clock, self._adapt = now, clock, adapt
        self._settings = adapt(settings)
        self._ignored: Message | None = None
        """What in the settings file cannot be used, as of the last reading."""
        self._reread = False
        self._changing = threading.Lock()
        """Held from before the settings file is read or written until its settings are in use."""
        self.controls = Controls()
        self.commands = CommandQueue()

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self._settings

    def now(self) -> datetime:
        """Local time with its offset."""
        return self._now()

    def pause(self, until: datetime | None = None, *, setup: bool = False, kept: bool = False) -> None:
        """Release the camera until then, or until `resume`."""
        ends = None if until is None or kept else self._clock() + (until - self._now()).total_seconds()
        self.commands.put(Pause(until, ends, "setup" if setup else "user"))

    def resume(self) -> None:
        """Resume watching."""
        self.commands.put(Resume())

    def calibrate(self, *, slouch: bool = False) -> None:
        """Learn the upright posture."""
        self.commands.put(Calibrate(slouch))

    def stop_calibrating(self) -> None:
        """Cancel the calibration; keep the old baseline."""
        self.commands.put(StopCalibrating())

    def take_upright(self) -> None:
        """Learn the suggested upright posture."""
        self.commands.put(TakeUpright())

    def stretch(self, request: StartStretch) -> None:
        """Begin a session with the coach, in place of one that is running or was requested before."""
        voice = self._settings.voice
        self.controls = Controls(muted=not voice.speech and not voice.chimes)
        self.commands.put(request)

    def stretched(self, session: int, answers: Answers) -> None:
        """Record the answers given after a session."""
        self.commands.put(KeepAnswers(session, answers))

    def no_stretching_today(self) -> None:
        """Suggest no stretch until tomorrow, unless one is begun before."""
        today = self._now().date()
        keep_rest_day(today)
        self.commands.put(NoStretching(today))

    def reread_rest(self) -> None:
        """Read again on which day the user wants no stretching: another program may have saved it, or this one in an earlier run."""
        self.commands.put(NoStretching(rest_day()))

    def answer(self, response: Response, alert: AlertRaised) -> None:
        """Answer this alert."""
        self.commands.put(AnswerAlert(response, alert))

    def answer_break(self, given: BreakAnswer) -> None:
        """Answer a break that was suggested or announced."""
        self.commands.put(AnswerBreak(given))

    def retry(self) -> None:
        """Try the camera again now."""
        self.commands.put(Retry())

    def use_place(self, place: str) -> None:
        """The computer is now at this desk; repeating it changes nothing."""
        self.commands.put(UsePlace(place))

    def keep_here(self) -> None:
        """The baseline from another desk fits here too."""
        self.commands.put(KeepHere())

    def choose_camera(self, name: str) -> None:
        """Watch with this camera from now on.

        Raises:
            SettingsError: if it cannot be saved.
        """
        with self._changing:
            self._use(change_settings({"camera.device": name}), {"camera.device"}, camera=True)

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change settings at once and save them.

        Raises:
            SettingsError: if one is not allowed or the file cannot be written.
        """
        with self._changing:
            return self._use(change_settings(changes), changes)

    def reset_settings(self) -> Settings:
        """Reset to the defaults.

        Raises:
            SettingsError: if the old file cannot be renamed.
        """
        with self._changing:
            reset_settings()
            return self._use(Settings(), None)

    def reread_settings(self) -> Message | None:
        """Use the settings file as another program has left it; returns what in it cannot be used, if that is news.

        Whoever loaded the settings in use has reported what was wrong then.

        Raises:
            SettingsError: if nothing of it can be used; the settings in use stay as they are.
        """
        with self._changing:
            read = read_settings()
            is_other = self._adapt(read.settings) != self._settings
            is_news = read.ignored != self._ignored and (self._reread or is_other)
            self._ignored, self._reread = read.ignored, True
            if is_other:
                self._use(read.settings, ())
            return read.ignored if is_news else None

    def keep_personal(self, factor: float) -> None:
        """Save the personal factor of the sensitivity, which watching uses when it next starts.

        Raises:
            SettingsError: if it cannot be saved.
        """
        with self._changing:
            said = f"{factor:.3f}"
            change_settings({"sensitivity.personal": said})
            sensitivity = self._settings.sensitivity.model_copy(update={"personal": float(said)})
            self._settings = self._settings.model_copy(update={"sensitivity": sensitivity})

    def preview(self, wanted: bool) -> None:
        """Say whether a window shows the picture."""
        self.commands.put(Preview(wanted))

    def try_alert(self) -> None:
        """Show a test alert."""
        self.commands.put(TryAlert())

    def quit(self) -> None:
        """Release everything and end."""
        self.commands.put(Quit())

    def _use(self, kept: Settings, own: Collection[str] | None, *, camera: bool = False) -> Settings:
        """Use saved settings; `own` are those changed here, as `group.name`, None for all. Any others were changed by another program."""
        settings = self._adapt(kept)
        before, self._settings = self._settings, settings
        changed = _changed(before, settings)
        outside = frozenset() if own is None else changed.difference(own)
        groups = frozenset(key.partition(".")[0] for key in changed)
        self.commands.put(UseSettings(groups, camera, outside))
        return settings


def _changed(before: Settings, after: Settings) -> frozenset[str]:
    """The settings with another value, as `group.name`."""
    return frozenset(
        f"{group}.{name}"
        for group in Settings.model_fields
        if (then := getattr(before, group)) != (now := getattr(after, group))
        for name in type(now).model_fields
        if getattr(then, name) != getattr(now, name)
    )
