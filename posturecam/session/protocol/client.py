"""Requests to the engine, from any thread. Each call returns at once; its effect appears in later snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from posturecam.alerts.policy import Response
    from posturecam.coach.presentation.controls import Controls
    from posturecam.coach.safety import Answers
    from posturecam.config.settings import Settings
    from posturecam.session.protocol.commands import StartStretch
    from posturecam.session.protocol.messages import AlertRaised
    from posturecam.session.rules.breaks import BreakAnswer


class SessionClient(Protocol):
    """The requests that shells may send to the engine."""

    controls: Controls
    """Controls of the stretch session: pause, skip, mute, end."""

    @property
    def settings(self) -> Settings:
        """The current settings."""

    def now(self) -> datetime:
        """Local time with its offset. The latest snapshot may be older by hours, if the computer has just slept."""

    def pause(self, until: datetime | None = None, *, setup: bool = False, kept: bool = False) -> None:
        """Release the camera until then (local time with its offset), or until `resume`.

        The duration is fixed now: it includes time asleep and does not depend on later changes of the wall clock. With `setup`, it
        is not the user who pauses: the camera waits for the first-run setup. With `kept`, the pause began before a restart: the wall
        clock decides, which some computers set only a minute after their start.
        """

    def resume(self) -> None:
        """Resume watching."""

    def calibrate(self, *, slouch: bool = False) -> None:
        """Learn the upright posture; with `slouch`, also ask for a slouch, to check that the camera can distinguish it."""

    def stop_calibrating(self) -> None:
        """Cancel the calibration; keep the old baseline."""

    def take_upright(self) -> None:
        """Learn the suggested upright posture (`UprightOffered`) from the last minutes; does nothing if none was suggested."""

    def stretch(self, request: StartStretch) -> None:
        """Begin a session with the coach, in place of one that is running or was requested before."""

    def stretched(self, session: int, answers: Answers) -> None:
        """Record the answers given after a session (`StretchEnded.session`)."""

    def no_stretching_today(self) -> None:
        """Suggest no stretch until tomorrow, unless one is begun before."""

    def answer(self, response: Response, alert: AlertRaised) -> None:
        """Answer this alert. Only the latest alert can be answered, whether or not its slouch still lasts."""

    def answer_break(self, given: BreakAnswer) -> None:
        """Answer the break that was suggested or announced last; to take it, start a stretch."""

    def retry(self) -> None:
        """Retry the camera, or whatever else failed, now instead of waiting for the next automatic retry."""

    def use_place(self, place: str) -> None:
        """The computer is now at the desk with this key: use the baselines of that desk, if there are any."""

    def keep_here(self) -> None:
        """The baseline from another desk that is in use fits here too; do not ask again."""

    def choose_camera(self, name: str) -> None:
        """Use this camera from now on, and save it in the settings."""

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change settings, given as `group.name` and text, all or none of them; takes effect at once and is saved.

        Raises:
            SettingsError: if one is not allowed or the file cannot be written.
        """

    def reset_settings(self) -> Settings:
        """Reset to the defaults; the old file is renamed and kept.

        Raises:
            SettingsError: if the file cannot be moved.
        """

    def preview(self, wanted: bool) -> None:
        """Say whether a window shows the picture, so that the camera is checked more often."""

    def try_alert(self) -> None:
        """Show a test alert, in the ways the user chose."""

    def quit(self) -> None:
        """Release everything and end."""
