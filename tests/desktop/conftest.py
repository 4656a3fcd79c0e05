"""Shared by the tests of the app."""

import pytest


@pytest.fixture(autouse=True)
def read_at_once(request, monkeypatch):
    """Background reads finish at once, so that no test has to wait; except in the tests of the background itself."""
    if "real_threads" not in request.keywords:
        background = pytest.importorskip("posturecam.desktop.widgets.background")
        monkeypatch.setattr(background, "start_thread", lambda work: work())


@pytest.fixture
def english(qapp):
    """Dates in the format that the tests expect, wherever they run."""
    from PySide6.QtCore import QLocale

    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def agreed():
    """The user has agreed to the camera in an earlier run, but has neither finished the setup nor calibrated."""
    from posturecam.desktop.pages.welcome.memory import remember_agreement

    remember_agreement()


@pytest.fixture(scope="session")
def qapp_cls():
    """The tests use the application that the app makes for itself."""
    return pytest.importorskip("posturecam.desktop.shell.qt_startup").PosturecamApplication


@pytest.fixture
def heard(monkeypatch):
    """What screen readers are told to speak, in order."""
    confirm, said = pytest.importorskip("posturecam.desktop.widgets.confirm"), []
    spoken = type("Spoken", (), {"updateAccessibility": staticmethod(lambda event: said.append(event.message()))})
    monkeypatch.setattr(confirm, "QAccessible", spoken)
    return said
