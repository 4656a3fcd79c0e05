"""The engine's side of `posturecam.session.protocol.client`: what is asked becomes a wish, which the engine's thread takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from posturecam.alerts.policy import Response
from posturecam.coach.exercise import Exercise
from posturecam.coach.loop import Controls
from posturecam.coach.safety import Answers
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, reset_settings
from posturecam.session.protocol.messages import AlertRaised
from posturecam.session.protocol.wishes import StretchWish, Wishes
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.vision.frame import Source

_UNTOUCHED = {"alerts", "stretch", "voice", "quiet", "breaks", "goal", "desktop", "camera"}
"""Groups of settings that the watching loop does not read, so that it need not begin afresh when they change."""


class CommandQueue:
    """Collects requests from any thread for the engine's own."""

    def __init__(
        self,
        settings: Settings,
        camera: str,
        adapt: Callable[[Settings], Settings],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        """Create an empty queue.

        Args:
            settings: The user's.
            camera: In place of the one in the settings; empty takes that one.
            adapt: What is made of the user's settings, now and whenever they change.
            now: Local time with its offset.
            clock: Seconds that go on while the computer sleeps, and are never set.
        """
        self._now, self._clock = now, clock
        self.controls = Controls()
        self._adapt = adapt
        self._settings, self._camera = adapt(settings), camera
        self._wishes = Wishes()
        self._source: Source | None = None
        """The open camera; set by the engine's thread only."""
        self._previewed = False

    @property
    def settings(self) -> Settings:
        """The user's settings as they are now."""
        return self._settings

    def pause(self, until: datetime | None = None) -> None:
        """Release the camera until then, or until `resume`."""
        ends = None if until is None else self._clock() + (until - self._now()).total_seconds()

        def change(wishes: Wishes) -> None:
            wishes.paused, wishes.until, wishes.ends = True, until, ends
            wishes.calibrate, wishes.stretch = False, None  # nothing begins by itself when the pause ends

        self._wishes.change(change)
        self._release_soon()

    def resume(self) -> None:
        """Resume watching."""
        self._wishes.change(_resumed)

    def calibrate(self, *, slouch: bool = False) -> None:
        """Learn the upright posture."""

        def change(wishes: Wishes) -> None:
            _resumed(wishes)
            wishes.calibrate, wishes.slouch, wishes.stop_calibrating = True, slouch, False

        self._wishes.change(change)

    def stop_calibrating(self) -> None:
        """Cancel the calibration; keep the old baseline."""

        def change(wishes: Wishes) -> None:
            wishes.calibrate, wishes.stop_calibrating = False, True

        self._wishes.change(change)

    def stretch(
        self, title: str, exercises: Sequence[Exercise], answers: Answers | None = None, skipped: Sequence[str] = ()
    ) -> None:
        """Begin a session with the coach."""
        voice = self._settings.voice
        self.controls = Controls(muted=not voice.speech and not voice.chimes)

        def change(wishes: Wishes) -> None:
            _resumed(wishes)
            wishes.stretch = StretchWish(title, tuple(exercises), answers, tuple(skipped))

        self._wishes.change(change)

    def stretched(self, session: int, answers: Answers) -> None:
        """Keep what the user said after a session."""
        self._wishes.change(lambda wishes: wishes.afterwards.append((session, answers)))

    def answer(self, response: Response, told: AlertRaised) -> None:
        """The user's answer to this alert."""
        self._wishes.change(lambda wishes: wishes.answers.append((response, told)))

    def answer_break(self, given: BreakAnswer) -> None:
        """The user's answer to a break that was offered or announced."""
        self._wishes.change(lambda wishes: wishes.break_answers.append(given))

    def retry(self) -> None:
        """Try the camera again now."""
        self._wishes.change(_reopened)

    def choose_camera(self, name: str) -> None:
        """Watch with this camera from now on.

        Raises:
            SettingsError: if it cannot be kept.
        """
        self.change_settings({"camera.device": name})
        self._camera = ""
        self._wishes.change(_reopened)

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change settings in the file and from now on.

        Raises:
            SettingsError: if one is not allowed or the file cannot be written.
        """
        return self._use(change_settings(changes))

    def reset_settings(self) -> Settings:
        """Back to the defaults.

        Raises:
            SettingsError: if the old file cannot be kept aside.
        """
        reset_settings()
        return self._use(Settings())

    def preview(self, wanted: bool) -> None:
        """Whether somebody looks at the picture."""
        self._previewed = wanted

    def try_alert(self) -> None:
        """Show a test alert."""

        def change(wishes: Wishes) -> None:
            wishes.trial = True

        self._wishes.change(change)

    def quit(self) -> None:
        """Release everything and end."""

        def change(wishes: Wishes) -> None:
            wishes.quit = True

        self._wishes.change(change)
        self._release_soon()

    def _use(self, kept: Settings) -> Settings:
        settings = self._adapt(kept)
        before, self._settings = self._settings, settings
        changed = {name for name in Settings.model_fields if getattr(before, name) != getattr(settings, name)}

        def change(wishes: Wishes) -> None:
            wishes.reopen |= "camera" in changed
            wishes.restart |= bool(changed - _UNTOUCHED)

        self._wishes.change(change)
        return settings

    def _release_soon(self) -> None:
        """Let the camera go now; in a thread of its own, as a driver may take its time."""
        source = self._source
        self._wishes.change(_reopened)  # whatever comes next needs another one
        if source is not None:
            threading.Thread(target=source.close, name="posturecam release", daemon=True).start()


def _resumed(wishes: Wishes) -> None:
    wishes.paused, wishes.until, wishes.ends = False, None, None


def _reopened(wishes: Wishes) -> None:
    wishes.reopen = True
