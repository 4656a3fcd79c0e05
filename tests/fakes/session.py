"""A session for tests of windows: the real client, whose commands nobody carries out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from posturecam.config.settings import Settings
from posturecam.session.protocol.command_queue import QueuedClient
from posturecam.session.protocol.commands import (
    AnswerAlert,
    AnswerBreak,
    Calibrate,
    Command,
    KeepAnswers,
    Pause,
    Preview,
    StartStretch,
    UsePlace,
    UseSettings,
)


class FakeClient(QueuedClient):
    """Takes every request as the app's client does; settings are really changed, in the test's own home."""

    def __init__(self, settings: Settings | None = None, at: datetime | None = None) -> None:
        super().__init__(
            settings or Settings(), lambda kept: kept, lambda: at or datetime.now().astimezone(), lambda: 0.0
        )
        self._asked: list[tuple[Any, ...]] = []

    @property
    def settings(self) -> Settings:
        """The user's settings, which a test may set."""
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def asked(self) -> list[tuple[Any, ...]]:
        """The name and arguments of each request, in order."""
        self._asked += [found for found in map(_in_words, self.commands.drain()) if found]
        return self._asked

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change settings, and record the change.

        Raises:
            SettingsError: as the settings file does.
        """
        self._asked = [*self.asked, ("change_settings", dict(changes))]
        return super().change_settings(changes)

    def reset_settings(self) -> Settings:
        """Reset to the defaults."""
        self._asked = [*self.asked, ("reset_settings",)]
        return super().reset_settings()

    def choose_camera(self, name: str) -> None:
        """Record the camera."""
        self._asked = [*self.asked, ("choose_camera", name)]
        super().choose_camera(name)


_NAMES = {
    "Resume": "resume", "StopCalibrating": "stop_calibrating", "TryAlert": "try_alert", "Quit": "quit", "Retry": "retry",
    "KeepHere": "keep_here", "TakeUpright": "take_upright", "NoStretching": "no_stretching_today",
}  # fmt: skip


def _in_words(command: Command) -> tuple[Any, ...] | None:
    match command:
        case Pause(why="setup"):
            return ("pause", "setup")
        case Pause(until=None):
            return ("pause",)
        case Pause(until=until):
            return ("pause", until)
        case Calibrate(slouch=slouch):
            return ("calibrate", ("slouch", slouch))
        case StartStretch():
            return ("stretch", command.title, list(command.exercises), command.answers, list(command.skipped))
        case KeepAnswers(session=session, answers=answers):
            return ("stretched", session, answers)
        case AnswerAlert(response=response, alert=alert):
            return ("answer", response, alert)
        case AnswerBreak(given=given):
            return ("answer_break", given)
        case Preview(wanted=wanted):
            return ("preview", wanted)
        case UseSettings() | UsePlace():
            return None  # recorded by what changed them, and at every start
        case _:
            return (_NAMES[type(command).__name__],)
