"""The start of the desktop app: its tray icon, or the small window, first, then everything else.

Importing the session, the windows and what they need takes as long as all that comes before, so it is imported in functions here
once the icon is there; `tests/test_structure.py` lists what the icon does not wait for.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, TextIO

import posturecam.desktop.shell  # noqa: F401  # imports PySide its own way, so before anything else does

# isort: split

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from posturecam.config import log_file
from posturecam.config.settings import Settings
from posturecam.config.settings_file import load_or_begin_afresh
from posturecam.desktop.plain_imports import signals_wait
from posturecam.desktop.shell.qt_startup import make_application
from posturecam.desktop.shell.single_instance import claim, raise_other
from posturecam.desktop.shell.status_window import StatusIndicator
from posturecam.errors import DesktopUnavailable

if TYPE_CHECKING:
    from posturecam.desktop.shell.app import App

_BREATH_MILLISECONDS = 30
"""How long Qt runs once the icon is made: panels ask for its picture before they show it, and the small window must be painted."""


def run(
    camera: str = "", *, minimized: bool = False, video: str = "", speed: float = 1.0, time_scale: float = 1.0
) -> int:
    """Start the app, or raise the running one, and stay until it is quit.

    Args:
        camera: Used instead of the one in the settings.
        minimized: Show no window at first.
        video: Play this video over and over instead of a camera.
        speed: The video's speed.
        time_scale: Seconds that each second of the video stands for.

    Returns:
        The exit code.

    Raises:
        SourceError: if the video cannot be used.
        NotRunning: if another one is running, or starting, and does not answer.
        DesktopUnavailable: if there is no screen.
    """
    with contextlib.ExitStack() as undone:
        with signals_wait():  # PySide and Qt lose exceptions in the Python code that they call, and so the signal
            only = claim()
            app = None if only is None else _with_icon(undone, camera, video, speed, time_scale)
        undone.pop_all()
    if only is None or app is None:
        raise_other("status" if minimized else "show")
        return 0
    code = app.run(minimized=minimized)
    only.unlock()
    return code


def _with_icon(undone: contextlib.ExitStack, camera: str, video: str, speed: float, time_scale: float) -> App:
    """Show the tray icon, which `undone` takes away again, and make the app behind it."""
    settings, complaint = load_or_begin_afresh()
    application = make_application(settings.desktop)
    if not application.screens():  # Qt would end the whole process
        raise DesktopUnavailable(
            "There is no screen here for the desktop app; connect one, or in a terminal run: posturecam watch"
        )
    _log_troubles()
    indicator = StatusIndicator(settings.desktop.tray)
    undone.callback(indicator.close)
    _let_it_appear()
    app = _make_app(application, indicator, settings, camera, video, speed, time_scale)
    if complaint:
        app.windows.complain(complaint)
    return app


def _let_it_appear() -> None:
    breath = QEventLoop()
    QTimer.singleShot(_BREATH_MILLISECONDS, breath.quit)
    breath.exec()


def _make_app(
    application: QApplication,
    indicator: StatusIndicator,
    settings: Settings,
    camera: str,
    video: str,
    speed: float,
    time_scale: float,
) -> App:
    """The app around a session with this camera or video, which does not run yet."""
    from posturecam.desktop.shell.app import App
    from posturecam.desktop.shell.bridge import Bridge
    from posturecam.session.engine import Engine

    bridge = Bridge()
    if not video:
        return App(application, bridge, Engine(settings, bridge.mailbox, camera=camera), indicator=indicator)
    from posturecam.session.inputs.video_camera import VideoCamera  # brings OpenCV, which a camera needs later

    film = VideoCamera(video, speed=speed, time_scale=time_scale)
    engine = Engine(settings, bridge.mailbox, open_camera=film.open, now=film.now, clock=film.clock, adapt=film.adapt)
    return App(application, bridge, engine, cameras=film.cameras, indicator=indicator, real_camera=False)


def _log_troubles() -> None:
    """Also write warnings to the log, since nobody reads the terminal of an app; they contain no measurements."""
    stream = log_file.open_log()
    if stream is None:
        return
    handler = _LogHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("posturecam").addHandler(handler)


class _LogHandler(logging.StreamHandler[TextIO]):
    """Leaves out what cannot be written, as on a full disk; Python's own prints a traceback each time."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing: `posturecam doctor` says why the log cannot be written."""
