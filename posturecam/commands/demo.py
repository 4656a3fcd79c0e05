"""`posturecam demo`: the whole loop on a shipped clip, without a camera and, if need be, without a display.

The clip is a time-lapse: each of its seconds stands for fifteen seconds of work, so that ten minutes with glances, a
slouch and its alert pass in forty seconds with the default settings.
"""

from __future__ import annotations

import contextlib
from typing import Self

import cv2
from rich.console import Console
from rich.text import Text

from posturecam.alerts.policy import Outlook
from posturecam.commands.calibrate import guide
from posturecam.commands.display import opens_window
from posturecam.commands.language import use_own_language
from posturecam.commands.watch import run
from posturecam.config.resources import demo_video
from posturecam.config.settings import Settings
from posturecam.drawing.annotate import annotate
from posturecam.history.baselines import Baselines
from posturecam.i18n.translate import tr
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import Tick
from posturecam.session.guided_calibration import verdict
from posturecam.session.protocol.messages import Snapshot
from posturecam.terminal.watching import Screen, describe, screen
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources.video import VideoSource

TIME_SCALE = 15.0
"""Seconds of work that each second of the clip stands for."""
UPRIGHT_SECONDS = 6.5
"""Seconds at the beginning in which the person in the clip sits upright."""
_RATE, _UNSEEN_RATE = 10.0, 5.0
"""Pictures per second of the clip that are checked: all of them in a window, where the movement is seen, and elsewhere half of them,
which gives the same events in little more than half the time."""
_TITLE = "posturecam demo - q ends"


def play(*, window: bool | None, fast: bool | None, as_json: bool) -> None:
    """Calibrate on the clip's first seconds, then watch all of it.

    Raises:
        DesktopUnavailable: if a window is wanted and cannot be shown.
        SourceError: if the clip is not installed.
        ModelError: if the model is not installed.
    """
    window = opens_window(window)
    use_own_language()
    settings, path = Settings(), demo_video()  # the defaults, so that the demo is the same for everybody
    console = Console(stderr=as_json)
    fast = not (console.is_terminal or window) if fast is None else fast
    console.print(tr("A rendered person works for ten minutes in forty seconds. First, how they sit upright:"))
    with VideoSource(path, end=UPRIGHT_SECONDS) as clip, LazyEstimator(settings) as estimator:
        baseline = guide(clip, estimator, settings, console, seconds=UPRIGHT_SECONDS)
    console.print(Text(tr(verdict(baseline))))
    rate = _RATE if window else _UNSEEN_RATE
    clip = VideoSource(path, rate=rate / TIME_SCALE, realtime=not fast, time_scale=TIME_SCALE)
    with clip, contextlib.suppress(WindowClosed):
        shown = screen(clip.info, {baseline.view: baseline}, settings, as_json=as_json)
        run(clip, Baselines((baseline,)), settings, show=Window(shown, settings) if window else shown)
    console.print(tr("That was the demo. With a camera: posturecam"))


class WindowClosed(Exception):
    """The user has seen enough, which is a normal end of the demo."""


class Window:
    """A window with the picture, the skeleton and the judgment, next to another screen."""

    def __init__(self, beside: Screen, settings: Settings) -> None:
        self._beside, self._settings = beside, settings
        self._note: str | None = None
        self.console = beside.console

    def show(self, tick: Tick, outlook: Outlook) -> None:
        """Show one tick.

        Raises:
            WindowClosed: if the user pressed q, Escape or closed the window.
        """
        self._beside.show(tick, outlook)
        self._note = next((describe(event) for event in tick.events), self._note)
        if tick.frame.image is None:
            return
        cv2.imshow(_TITLE, annotate(tick.frame.image, tick, self._settings, note=self._note))
        closed = cv2.waitKey(1) in (ord("q"), 27) or cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1
        if closed:
            raise WindowClosed

    def rest(self, snapshot: Snapshot) -> None:
        """Pass it on; the window itself keeps its last picture, as the demo only rests at its end."""
        self._beside.rest(snapshot)

    def note(self, text: str) -> None:
        """Show a line in both places."""
        self._note = text
        self._beside.note(text)

    def follow(self, settings: Settings, baseline: Baseline | None = None) -> None:
        """Use other settings from now on, and a new baseline if there is one."""
        self._settings = settings
        self._beside.follow(settings, baseline)

    def __enter__(self) -> Self:
        self._beside.__enter__()
        cv2.namedWindow(_TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)  # without OpenCV's own buttons
        return self

    def __exit__(self, *exception: object) -> None:
        self._beside.__exit__(None, None, None)
        cv2.destroyAllWindows()
