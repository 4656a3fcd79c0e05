"""Garbage is freed in Qt's thread alone."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from posturecam.desktop.garbage import GarbageCollector


@pytest.fixture
def searching():
    """Python's default: garbage collection in any thread."""
    gc.collect()
    gc.enable()
    yield
    gc.disable()


class Circle:
    """Refers to itself, and records which thread frees it."""

    def __init__(self, freed):
        self.itself = self
        self.freed = freed

    def __del__(self):
        self.freed.append(threading.current_thread())


def much_happens_in_another_thread():
    """The thread, and enough new objects to make Python collect garbage of all generations."""
    made = []
    thread = threading.Thread(target=lambda: made.extend([] for _ in range(200_000)))
    thread.start()
    thread.join()
    return thread, made


def test_python_itself_frees_a_circle_in_any_thread(searching):
    freed = []
    Circle(freed)
    assert freed == []
    thread, _ = much_happens_in_another_thread()
    assert freed == [thread]


def test_a_circle_is_freed_in_qts_thread_alone(qtbot, searching):
    freed = []
    parent = QObject()
    garbage = GarbageCollector(parent)
    Circle(freed)
    _thread, _made = much_happens_in_another_thread()
    assert freed == []
    qtbot.waitUntil(lambda: freed == [threading.current_thread()])
    garbage.collect()  # nothing is due any more, which is not an error
    parent.deleteLater()


def test_a_circle_that_lived_long_is_freed_too_once_that_is_due(qtbot, searching):
    freed, parent = [], QObject()
    garbage, thresholds = GarbageCollector(parent), gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        old = Circle(freed)
        for generation in (0, 0, 1, 1, 0, 0):  # which makes it old, and all three generations due
            gc.collect(generation)
        del old
        _made = [[] for _ in range(10)]
        garbage.collect()
    finally:
        gc.set_threshold(*thresholds)
    assert freed == [threading.current_thread()]
    parent.deleteLater()


def test_where_little_has_gathered_nothing_is_looked_through(qtbot, searching):
    looked = []
    parent = QObject()
    garbage = GarbageCollector(parent)
    gc.collect()
    gc.callbacks.append(lambda phase, _: looked.append(phase))
    try:
        garbage.collect()
    finally:
        gc.callbacks.pop()
    assert looked == []
    parent.deleteLater()


def test_nothing_turns_pythons_own_search_on_again_while_the_app_runs(qtbot, searching):
    parent = QObject()
    GarbageCollector(parent, start_after=0.02)
    qtbot.wait(60)
    assert not gc.isenabled()
    parent.deleteLater()
