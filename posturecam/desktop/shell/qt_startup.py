"""Starts Qt next to OpenCV, which brings its own Qt and on Linux points the environment at its plugins."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping

from PySide6.QtCore import (
    SIGNAL,
    QEvent,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QtMsgType,
    QTranslator,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from posturecam.config.reading import quoted
from posturecam.config.settings import DesktopSettings
from posturecam.desktop.widgets.icons import app_icon
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.theme import apply, theme_for
from posturecam.errors import DesktopUnavailable
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.message import Message
from posturecam.i18n.translate import choose_language, first_available, mark, system_language, tr, write_times_with

_OWN_LETTERS: Mapping[str, QFontDatabase.WritingSystem] = {"zh": QFontDatabase.WritingSystem.SimplifiedChinese}
"""What Qt calls the characters of each language with `Language.own_letters`, which most fonts lack."""
_NO_FONT = mark(
    "Chinese cannot be displayed because no installed font supports it. Install one, such as Noto Sans "
    "CJK, and restart posturecam; until then it uses English."
)
_SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


class PosturecamApplication(QApplication):
    """Qt's application, which the system may ask to quit: Cmd+Q and the dock on a Mac, the end of the desktop's session on Linux.

    By itself Qt would close every window and then quit, unless one refuses. Ours refuse, since closing them only puts them away.
    """

    asked_to_quit = Signal()
    quits_early = False
    """Whether it was asked to quit before anything listened; whatever starts to listen later has to quit."""

    def event(self, event: QEvent) -> bool:
        """Report a request to quit, without asking the windows."""
        if event.type() is not QEvent.Type.Quit:
            return super().event(event)
        event.accept()
        self.quits_early = not self.receivers(SIGNAL("asked_to_quit()"))
        self.asked_to_quit.emit()
        return True


def make_application(settings: DesktopSettings) -> QApplication:
    """The Qt application, in the user's language and look.

    `import cv2` sets QT_QPA_PLATFORM_PLUGIN_PATH to the plugins of the Qt 5 inside OpenCV's wheel; with it Qt 6 ends the
    whole process ("could not load the Qt platform plugin"). Whether cv2 is imported before or after this, it is harmless:
    Qt reads the variable once, here.
    """
    for name in _SET_BY_OPENCV:
        if f"{os.sep}cv2{os.sep}" in os.environ.get(name, ""):
            del os.environ[name]
    QGuiApplication.setDesktopFileName("posturecam")
    choose_language(settings.language or system_language())  # for what is said if there is no display
    application = QApplication.instance() or _new_application()
    assert isinstance(application, QApplication)
    application.setApplicationName("posturecam")
    application.setQuitOnLastWindowClosed(False)
    use_own_language(application, settings)
    application.setWindowIcon(app_icon())
    apply(application, theme_for(settings))
    return application


def _new_application() -> QApplication:
    with _refusal_explained():
        return PosturecamApplication([sys.argv[0] or "posturecam"])


@contextlib.contextmanager
def _refusal_explained() -> Iterator[None]:
    """Report as a normal error that Qt finds no display; otherwise it would abort, with the reason only in the log."""

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        print(message, file=sys.__stderr__, flush=True)  # the log
        if kind is QtMsgType.QtFatalMsg:
            told = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
            where = next((f"{name}={os.environ[name]}" for name in told if os.environ.get(name)), "DISPLAY=")
            said = Message(
                "The desktop app cannot be shown here ({where}); in a terminal run: {command}. "
                "What Qt said is in the log that `posturecam doctor` names",
                where=quoted(where),
                command="posturecam watch",
            )
            print(f"posturecam: {tr(said)}", file=sys.stderr, flush=True)
            os._exit(DesktopUnavailable.exit_code)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def use_own_language(application: QApplication, settings: DesktopSettings) -> str:
    """Use the user's language for all windows created from now on and for Qt's own buttons; returns it.

    If no font has its characters, use English: `unwritable` says so.
    """
    language = choose_language(settings.language or _system_language())
    if not _can_be_written(language):
        language = choose_language("en")
    QLocale.setDefault(locale_for(language, QLocale.system()))
    write_times_with(clock_time)
    for before in application.findChildren(QTranslator):
        application.removeTranslator(before)
        before.deleteLater()
    translator = QTranslator(application)
    if translator.load(f"qtbase_{LANGUAGES[language].system_name or language}", _translations()):
        application.installTranslator(translator)
    return language


def locale_for(language: str, system: QLocale) -> QLocale:
    """How to write dates, times and numbers beside texts in this language: as the system does, but in no other language.

    The two differ if there are no texts in the system's language, and if somebody has chosen another country's formats.
    """
    own = QLocale(language)
    if system.dayName(1) == own.dayName(1):
        return system
    formats = "" if os.environ.get("LC_ALL") else os.environ.get("LC_TIME", "")
    territory = (QLocale(formats) if formats else system).territory()
    found = QLocale(own.language(), territory)
    if found.territory() != territory and "a" not in system.timeFormat(QLocale.FormatType.ShortFormat).lower():
        return QLocale(own.language(), QLocale.Country.Europe)  # with 24 hours, as there; without it, English has 12
    return found


def _system_language() -> str:
    """The first of the languages that the user prefers which is available, such as "de_DE"; the system's own if none is."""
    system = QLocale.system()
    return (first_available(system.uiLanguages()) or system.name()).replace("-", "_")


def unwritable(settings: DesktopSettings) -> str | None:
    """Why the windows are in English although another language is chosen, in English; None if they are in the chosen language."""
    wanted = (settings.language or _system_language()).partition("_")[0]
    return None if _can_be_written(wanted) else _NO_FONT


def _can_be_written(language: str) -> bool:
    """Whether some font has a language's characters; with boxes instead, the user could not even read how to choose another one."""
    system = _OWN_LETTERS.get(language)
    return system is None or bool(QFontDatabase.families(system))


def _translations() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
