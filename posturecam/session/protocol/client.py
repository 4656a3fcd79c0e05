"""Requests to the engine, from any thread. Each call returns at once; its effect shows in the next snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from posturecam.alerts.policy import Response
from posturecam.coach.exercise import Exercise
from posturecam.coach.loop import Controls
from posturecam.coach.safety import Answers
from posturecam.config.settings import Settings
from posturecam.session.protocol.messages import AlertRaised
from posturecam.session.rules.breaks import BreakAnswer


class SessionClient(Protocol):
    """What windows may ask of the engine."""

    controls: Controls
    """Of the stretch session: pause, skip, mute, end."""

    @property
    def settings(self) -> Settings:
        """The user's settings as they are now."""

    def pause(self, until: datetime | None = None) -> None:
        """Release the camera until then (local time with its offset), or until `resume`.

        It lasts as long as it is from now until then, the time in which the computer sleeps included, wherever its clock is set meanwhile.
        """

    def resume(self) -> None:
        """Resume watching."""

    def calibrate(self, *, slouch: bool = False) -> None:
        """Learn the upright posture; with `slouch`, then ask for a slouch to check that the camera can tell."""

    def stop_calibrating(self) -> None:
        """Cancel the calibration; keep the old baseline."""

    def take_upright(self) -> None:
        """Learn the upright posture that was offered (`UprightOffered`), from what was seen in the last minutes; nothing if none was."""

    def stretch(
        self,
        title: str,
        exercises: Sequence[Exercise],
        answers: Answers | None = None,
        skipped: Sequence[str] = (),
        *,
        paced: bool = False,
    ) -> None:
        """Begin a session with the coach.

        Args:
            title: Of the routine or exercise, for the history.
            exercises: In order.
            answers: What the user said before; None where nothing was asked.
            skipped: Keys of the exercises left out for an answer.
            paced: Whether it is a break at the desk, which keeps its time and needs no camera.
        """

    def stretched(self, session: int, answers: Answers) -> None:
        """Keep what the user said after a session (`Coached.session`)."""

    def answer(self, response: Response, told: AlertRaised) -> None:
        """The user's answer to this alert, if it is the last that was told, whether its slouch still goes on or not."""

    def answer_break(self, given: BreakAnswer) -> None:
        """The user's answer to the break that was offered, or announced, last; to take it, begin a stretch."""

    def retry(self) -> None:
        """Try the camera, or what else keeps it from watching, again now; it would be tried by itself later."""

    def use_place(self, place: str) -> None:
        """The computer stands at this desk now, by a key of its own: what was calibrated there is used, if anything was."""

    def keep_here(self) -> None:
        """What was calibrated at another desk, and is used here, fits here too; it is not asked about again."""

    def choose_camera(self, name: str) -> None:
        """Watch with this camera from now on, and keep it in the settings."""

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change settings, given as `group.name` and as text, all or none, in the file and from now on.

        Raises:
            SettingsError: if one is not allowed or the file cannot be written.
        """

    def reset_settings(self) -> Settings:
        """Back to the defaults; the old file is kept aside.

        Raises:
            SettingsError: if the file cannot be moved.
        """

    def preview(self, wanted: bool) -> None:
        """Whether somebody looks at the picture, so that it is worth looking more often."""

    def try_alert(self) -> None:
        """Show a test alert, in the ways the user chose."""

    def quit(self) -> None:
        """Release everything and end."""
