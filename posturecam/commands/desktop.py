"""`posturecam` without a command: the desktop app, or the terminal without a display or Qt."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import math
import os
import sys
import tempfile
from pathlib import Path

from posturecam.commands.ctl import on_trial
from posturecam.commands.display import display_name, has_display
from posturecam.commands.language import use_own_language
from posturecam.config.files import chosen_home
from posturecam.config.limits import INSTALL_WINDOW_LIBRARIES, install_desktop_command, require_files, require_memory
from posturecam.desktop.plain_imports import signals_wait
from posturecam.errors import DesktopUnavailable
from posturecam.i18n.message import Message
from posturecam.i18n.translate import tr

_ICON = Path(__file__).parents[1] / "desktop" / "icons" / "posturecam.svg"


def start(camera: str = "", *, minimized: bool = False, terminal: bool = False) -> None:
    """Start the desktop app, or raise the running one; in a terminal without a display, watch there.

    Raises:
        PosturecamError: if none of that can be used.
    """
    if not terminal and has_display():
        if importlib.util.find_spec("PySide6") is not None:
            _open(camera, minimized=minimized)
            return
        _warn(
            Message(
                "The desktop app is not installed; watching in the terminal. For windows and a tray icon run: {command}",
                command=install_desktop_command(),
            )
        )
    elif not terminal and display_name():
        _warn(Message("The display {name} does not answer; watching in the terminal", name=display_name()))
    from posturecam.commands.watch import watch_first_run

    watch_first_run(camera)


def _warn(what: Message) -> None:
    from posturecam.commands.shared import (  # brings OpenCV, which the app needs only after its tray icon
        log,
        log_to_stderr,
    )

    log_to_stderr()
    log.warning("%s", what)


def open_app(*, minimized: bool = False, video: str = "", speed: float = 1.0, time_scale: float = 1.0) -> None:
    """Open the desktop app and stay until it is quit.

    Args:
        minimized: Show no window at first.
        video: Play this video over and over instead of a camera, to try the app; nothing of it is saved.
        speed: The video's speed; 0 plays it as fast as it can be watched.
        time_scale: Seconds that each second of the video stands for.

    Raises:
        DesktopUnavailable: if Qt is not installed or cannot show anything.
        PosturecamError: if the video or the settings cannot be used.
        SystemExit: with the exit code of the app, if it is not 0.
    """
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):  # Qt would end the whole process
        if display_name():
            raise DesktopUnavailable(
                "The display {name} does not answer; in a terminal run: posturecam watch", name=display_name()
            )
        raise DesktopUnavailable("There is no display here for the desktop app; in a terminal run: posturecam watch")
    _open(minimized=minimized, video=video, speed=speed, time_scale=time_scale)


def _open(camera: str = "", *, minimized: bool, video: str = "", speed: float = 1.0, time_scale: float = 1.0) -> None:
    """Open the app once it is known that there is a display; to ask takes some of the time until the tray icon is there."""
    with contextlib.ExitStack() as stack:
        if video and chosen_home() is None:  # keep somebody else's posture out of the user's own history
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="posturecam-"))
            stack.enter_context(on_trial(Path(folder)))
            os.environ["POSTURECAM_HOME"] = folder
        code = _run(camera, minimized=minimized, video=video, speed=speed or math.inf, time_scale=time_scale)
    if code:
        raise SystemExit(code)


def change_menu(*, wanted: bool) -> None:
    """Add the app to the menus of a Linux desktop, with its icon, or remove it.

    Raises:
        DesktopUnavailable: on other systems, where installers do that.
        SettingsError: if a file cannot be written or removed.
    """
    from posturecam.system.launcher import install_desktop_entry, remove_desktop_entry

    if not sys.platform.startswith("linux"):
        raise DesktopUnavailable(
            "Menu entries are for Linux desktops, but this is {platform}; run: posturecam", platform=sys.platform
        )
    use_own_language()
    if wanted:
        print(tr(Message("Added to the menus: {path}", path=install_desktop_entry(_ICON))))
    else:
        remove_desktop_entry()
        print(tr("Removed from the menus."))


def _run(camera: str, *, minimized: bool, video: str, speed: float, time_scale: float) -> int:
    require_files()
    require_memory()  # both before Qt is loaded, which needs much memory and ends the process if there is too little
    gc.disable()  # collecting garbage during imports takes a tenth of the startup time; the app does it later, in its own way (`posturecam.desktop.garbage`)
    try:
        with signals_wait():  # PySide may lose what they raise while it is imported
            from posturecam.desktop.start import run
    except ImportError as problem:
        raise DesktopUnavailable(
            "The desktop app cannot be used ({problem}); run: {command}. On Debian or Ubuntu also run: {packages}",
            problem=str(problem),
            command=install_desktop_command(),
            packages=INSTALL_WINDOW_LIBRARIES,
        ) from problem
    return run(camera, minimized=minimized, video=video, speed=speed, time_scale=time_scale)
