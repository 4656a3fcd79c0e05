"""Starting Qt beside OpenCV, which brings a Qt of its own and on Linux points the environment at its plugins."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from posturecam.config.settings import DesktopSettings
from posturecam.desktop.widgets.icons import app_icon
from posturecam.desktop.widgets.theme import apply, theme_for
from posturecam.i18n.translate import choose_language

_SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


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
    application = QApplication.instance() or QApplication([sys.argv[0] or "posturecam"])
    assert isinstance(application, QApplication)
    application.setApplicationName("posturecam")
    application.setApplicationDisplayName("posturecam")
    application.setQuitOnLastWindowClosed(False)
    speak(application, settings)
    application.setWindowIcon(app_icon())
    apply(application, theme_for(settings))
    return application


def speak(application: QApplication, settings: DesktopSettings) -> str:
    """Take the user's language, for Qt's own buttons too; returns it. Windows made from now on speak it."""
    language = choose_language(settings.language or QLocale.system().name())
    QLocale.setDefault(QLocale(language) if settings.language else QLocale.system())
    for before in application.findChildren(QTranslator):
        application.removeTranslator(before)
        before.deleteLater()
    translator = QTranslator(application)
    if translator.load(f"qtbase_{'zh_CN' if language == 'zh' else language}", _translations()):
        application.installTranslator(translator)
    return language


def _translations() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
