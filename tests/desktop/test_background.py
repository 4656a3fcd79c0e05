"""Reading in the background: in order, the last request wins, and the window stays responsive."""

import threading
import time

import pytest
from PySide6.QtCore import QObject

from posturecam.desktop.widgets import background
from posturecam.desktop.widgets.background import Background
from posturecam.errors import HistoryError


@pytest.fixture
def later(monkeypatch):
    """The pending reads, each completed when the test says so."""
    waiting = []
    monkeypatch.setattr(background, "start_thread", waiting.append)
    return waiting


@pytest.fixture
def page(qapp):
    parent = QObject()
    yield parent
    parent.deleteLater()


def test_nothing_is_read_while_the_window_asks(later, page):
    told = []
    reading = Background(page)
    reading.ask(lambda: told.append("read") or 7, told.append)
    assert told == []
    assert reading.is_busy
    later.pop()()
    assert told == ["read", 7]
    assert not reading.is_busy


def test_of_several_only_the_last_is_read_and_delivered(later, page):
    told, read = [], []
    reading = Background(page)
    for number in range(4):
        reading.ask(lambda number=number: read.append(number) or number, told.append)
    while later:
        later.pop(0)()
    assert read == [0, 3]  # the first had begun
    assert told == [3]


def test_what_is_dropped_is_not_delivered(later, page):
    told = []
    reading = Background(page)
    reading.ask(lambda: 1, told.append)
    reading.forget()
    later.pop()()
    assert told == []
    reading.ask(lambda: 2, told.append)
    later.pop()()
    assert told == [2]


def test_an_error_of_the_project_is_passed_on_as_such(later, page):
    told, wrong = [], []

    def fails():
        raise HistoryError("The history cannot be opened")

    Background(page).ask(fails, told.append, wrong.append)
    later.pop()()
    assert told == []
    assert [one.text for one in wrong] == ["The history cannot be opened"]


def test_a_receiver_that_is_gone_gets_nothing(later, qapp):
    told = []
    page = QObject()
    Background(page).ask(lambda: 1, told.append)
    page.deleteLater()
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    later.pop()()
    assert told == []


@pytest.mark.real_threads
def test_it_is_read_in_another_thread_and_delivered_in_the_windows_own(qtbot, page):
    told = []
    Background(page).ask(threading.current_thread, lambda thread: told.append((thread, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(told))
    (read, here) = told[0]
    assert read is not here
    assert here is threading.main_thread()


class Page(QObject):
    """Records which thread frees it."""

    def __init__(self, freed):
        super().__init__()
        self.freed, self.reading = freed, Background(self)

    def take(self, _):
        pass

    def __del__(self):
        self.freed.append(threading.current_thread())


@pytest.mark.real_threads
@pytest.mark.parametrize("reads_itself", [False, True])
def test_a_page_dropped_while_it_reads_is_freed_in_the_windows_thread(qtbot, monkeypatch, reads_itself):
    def start(work):  # a thread that is slow to end
        threading.Thread(target=lambda: (work(), time.sleep(0.05)), daemon=True).start()

    monkeypatch.setattr(background, "start_thread", start)
    freed = []
    page = Page(freed)
    page.reading.ask((lambda page=page: page.objectName()) if reads_itself else str, page.take)
    del page
    qtbot.waitUntil(lambda: freed != [])
    assert freed == [threading.main_thread()]
