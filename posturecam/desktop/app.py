"""The desktop app from start to end: one instance, the engine's thread, the windows, and the way out."""

from __future__ import annotations

import logging
import signal
from logging.handlers import RotatingFileHandler

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from posturecam.camera import list_cameras
from posturecam.desktop.bridge import Bridge
from posturecam.desktop.control import Control
from posturecam.desktop.qt import make_application, speak
from posturecam.desktop.single import Server, ask
from posturecam.desktop.theme import apply, theme_for
from posturecam.desktop.windows import ListCameras, Windows
from posturecam.engine.engine import Engine
from posturecam.engine.filmed import Film
from posturecam.engine.messages import Complaint, Happened, ModeChanged, Snapshot
from posturecam.engine.mode import Mode
from posturecam.store import home, load_or_begin_afresh

log = logging.getLogger("posturecam")

_END_SECONDS = 10.0
"""How long a camera or a disk that hangs is waited for at the end."""
_LOG_BYTES = 200_000


def run(
    camera: str = "", *, minimized: bool = False, video: str = "", speed: float = 1.0, time_scale: float = 1.0
) -> int:
    """Start the app, or raise the one that runs, and stay until it is quit.

    Args:
        camera: In place of the one in the settings.
        minimized: Show no window at first.
        video: Play this video over and over in place of a camera.
        speed: Of that video.
        time_scale: Each of its seconds stands for so many.

    Returns:
        The exit code.

    Raises:
        SourceError: if the video cannot be used.
    """
    film = Film(video, speed=speed, time_scale=time_scale) if video else None
    settings, complaint = load_or_begin_afresh()
    application = make_application(settings.desktop)
    running = ask("status" if minimized else "show", patience=500)
    if running is not None:
        return 0 if running.get("ok") else 1
    _log_to_file()
    bridge = Bridge()
    if film is None:
        engine = Engine(settings, bridge.mailbox, camera=camera)
    else:
        engine = Engine(settings, bridge.mailbox, open_camera=film.open, now=film.now, adapt=film.adapt)
    app = App(application, bridge, engine, cameras=list_cameras if film is None else film.cameras)
    if complaint:
        app.windows.complain(complaint)
    return app.run(minimized=minimized)


class App(QObject):
    """Everything that lives as long as the app."""

    def __init__(
        self, application: QApplication, bridge: Bridge, engine: Engine, *, cameras: ListCameras = list_cameras
    ) -> None:
        """Make the windows; nothing runs yet.

        Args:
            application: Qt's.
            bridge: Where the engine's values come from.
            engine: Not started.
            cameras: Lists them.
        """
        super().__init__()
        self._application, self._bridge, self.engine, self._cameras = application, bridge, engine, cameras
        self.windows = self._make_windows()
        self._last: Snapshot | None = None
        self._server = Server(Control(engine, lambda: self.windows, lambda: self._last), self)
        bridge.snapshot.connect(self._take)
        bridge.happened.connect(self._happened)
        application.styleHints().colorSchemeChanged.connect(lambda _: self._look())
        application.applicationStateChanged.connect(self._watched)

    def run(self, *, minimized: bool = False) -> int:
        """Run until the user quits; the exit code."""
        if not self._server.listen():
            log.warning("posturecam cannot be controlled from outside: its local socket cannot be made")
        heartbeat = QTimer(self, interval=300)  # lets Python see Ctrl-C, which Qt's loop would hold back
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.quit())
        self.engine.start()
        self.windows.begin(minimized=minimized)
        code = self._application.exec()
        self._server.close()
        self.windows.close()
        return code

    def quit(self) -> None:
        """Release the camera, keep everything, and end."""
        self.engine.quit()
        QTimer.singleShot(
            round(1000 * _END_SECONDS), lambda: self._application.exit(0)
        )  # whatever hangs, the user wants out

    def _make_windows(self) -> Windows:
        return Windows(
            self.engine, quit_app=self.quit, look=self._look, language=self._relanguage, cameras=self._cameras
        )

    def _take(self, snapshot: Snapshot) -> None:
        self._last = snapshot
        self.windows.take(snapshot)

    def _happened(self, what: Happened) -> None:
        if isinstance(what, ModeChanged) and what.after is Mode.ENDED:
            self.engine.join(1.0)
            self._application.exit(0)  # `quit` asks every window first, and ours only hide
            return
        if isinstance(what, Complaint):
            self.windows.complain(what.text)
        self.windows.happened(what)

    def _watched(self, state: Qt.ApplicationState) -> None:
        """A window left open behind others all day is no reason to look at the camera ten times a second."""
        self.engine.preview(state is Qt.ApplicationState.ApplicationActive and self.windows.shows_picture)

    def _look(self) -> None:
        """Light or dark, as the user or the system wishes now."""
        apply(self._application, theme_for(self.engine.settings.desktop))

    def _relanguage(self) -> None:
        """Make every window anew in another language, at the same place."""
        speak(self._application, self.engine.settings.desktop)
        page, shown = self.windows.place
        old, self.windows = self.windows, self._make_windows()
        old.close()
        if self._last is not None:
            self.windows.take(self._last)
        self.windows.begin(minimized=not shown, page=page)


def _log_to_file() -> None:
    """Troubles go to a small file beside the settings, as nobody reads the terminal of an app; it holds no measurement."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(home() / "posturecam.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
