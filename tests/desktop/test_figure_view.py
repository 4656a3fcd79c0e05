"""The live figure on the screen: painted only where it changed, and all the same as if it were painted whole."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from figures import person
from PySide6.QtGui import QImage

from posturecam.config.settings import Settings
from posturecam.desktop.pictures.figure import Figure
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.posture.view import View
from posturecam.session.protocol.messages import Sign
from posturecam.vision.sources.opencv import glance_at

SETTINGS = Settings()
POSE = person()


def figure(t: float, *, hand: int = 0, noise: int = 0, pose=POSE, **parts) -> Figure:
    """Somebody before a wall whose hand is so many pixels from the left."""
    image = np.full((480, 640, 3), 90, np.uint8)
    cv2.rectangle(image, (400, 40), (600, 300), (200, 180, 40), -1)
    cv2.circle(image, (hand, 400), 30, (20, 60, 220), -1)
    image += np.random.default_rng(int(10 * t)).integers(0, noise + 1, image.shape, np.uint8)
    return Figure(pose, View.FRONT, {}, Sign.UPRIGHT, image, glance_at(t, image), **parts)


class _Watched(FigureView):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__(centered=True)
        self.painted: list[float] = []

    def paintEvent(self, event) -> None:
        size = event.rect().size()
        self.painted.append(size.width() * size.height() / (self.width() * self.height()))
        super().paintEvent(event)


@pytest.fixture
def view(qtbot):
    made = _Watched()
    qtbot.addWidget(made)
    made.resize(500, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(view, qapp, shown: Figure) -> float:
    """Show it; how much of the widget was painted for it."""
    view.painted.clear()
    view.show_figure(shown, SETTINGS, "upright")
    qapp.processEvents()
    return sum(view.painted)


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].astype(int)


def looks_like(view, wanted: np.ndarray) -> bool:
    """Whether the screen shows this, but for rounding."""
    return bool(np.abs(pixels(view.screen().grabWindow(view.winId()).toImage()) - wanted).max() <= 2)


def as_new(qtbot, shown: Figure) -> np.ndarray:
    other = FigureView(centered=True)
    qtbot.addWidget(other)
    other.resize(500, 320)
    other.show_figure(shown, SETTINGS, "upright")
    return pixels(other.grab().toImage())


def test_a_hand_that_moves_is_painted_by_itself_and_looks_as_if_all_were(view, qapp, qtbot):
    assert show(view, qapp, figure(0.0, hand=100)) >= 1
    assert 0 < show(view, qapp, figure(0.1, hand=130)) < 0.2
    assert 0 < show(view, qapp, figure(0.2, hand=160)) < 0.2
    qtbot.waitUntil(lambda: looks_like(view, as_new(qtbot, figure(0.2, hand=160))))


def test_noise_alone_is_painted_once_a_second(view, qapp):
    show(view, qapp, figure(0.0, noise=6))
    assert show(view, qapp, figure(0.5, noise=6)) == 0
    assert show(view, qapp, figure(1.1, noise=6)) >= 1


def test_a_person_who_moved_is_drawn_anew_where_they_are_and_were(view, qapp, qtbot):
    leant = person(neck=30)
    show(view, qapp, figure(0.0))
    assert 0 < show(view, qapp, figure(0.1, pose=leant)) < 1
    qtbot.waitUntil(lambda: looks_like(view, as_new(qtbot, figure(0.1, pose=leant))))
    show(view, qapp, figure(0.2))
    qtbot.waitUntil(lambda: looks_like(view, as_new(qtbot, figure(0.2))))


def test_without_a_picture_what_is_the_same_is_not_painted_again(view, qapp):
    plain = replace(figure(0.0), image=None, glance=None)
    assert show(view, qapp, plain) >= 1
    assert show(view, qapp, replace(plain)) == 0
    assert show(view, qapp, replace(plain, sign=Sign.SLOUCHING)) >= 1


def test_after_another_size_all_is_painted(view, qapp):
    show(view, qapp, figure(0.0, hand=100))
    view.resize(400, 300)
    qapp.processEvents()
    assert show(view, qapp, figure(0.1, hand=130)) > 0
    assert 0 < show(view, qapp, figure(0.2, hand=160)) < 0.2
