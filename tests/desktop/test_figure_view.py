"""The live figure on the screen: painted only where it changed, and all the same as if it were painted whole."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from figures import person
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from posturecam.config.settings import Settings
from posturecam.desktop.pictures import stamps
from posturecam.desktop.pictures.figure import Figure, paint_person
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.posture.boundary import Boundary, BoundaryKind
from posturecam.posture.measures import Name
from posturecam.posture.view import View
from posturecam.session.protocol.sign import Sign
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


def test_noise_alone_is_painted_every_two_seconds(view, qapp):
    show(view, qapp, figure(0.0, noise=6))
    assert show(view, qapp, figure(1.9, noise=6)) == 0
    assert show(view, qapp, figure(2.1, noise=6)) >= 1


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


# Drawing the person.

LEVEL = Boundary(((210.3, 60.4), (428.9, 60.4)), BoundaryKind.EARS)
RISING = Boundary(((300.0, 250.0), (360.0, 40.0)), BoundaryKind.HEAD)
FROM_THE_SIDE = {
    "view": View.SIDE_RIGHT,
    "angles": {Name.TRUNK_INCLINATION: 4.0, Name.NECK_INCLINATION: 21.0},
    "boundary": RISING,
}
DRAWINGS = {
    "in front": {"boundary": LEVEL},
    "in front, past the line": {"boundary": LEVEL, "crossed": True},
    "from the side": FROM_THE_SIDE,
    "from the side, past the line": FROM_THE_SIDE | {"crossed": True},
    "without a picture": {"boundary": LEVEL, "image": None},
}


def drawn(shown: Figure, ratio: float = 1.0) -> tuple[np.ndarray, QRectF]:
    """The person drawn on nothing at a scale, as the opacity and colors of each pixel, and where something was drawn.

    A picture whose pixels are said to be smaller than the painter's units is drawn on line by line; to one of whole units, parts are copied.
    """
    image = QImage(640 * 2, 480 * 2, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(2 / ratio, 2 / ratio)
    place = QRectF(0, 0, 640, 480)
    where = paint_person(painter, place, None, shown, SETTINGS)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(960, 1280, 4).astype(int), where


@pytest.mark.parametrize("parts", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_all_that_is_drawn_of_a_person_lies_where_it_is_said_to_lie(qapp, parts):
    sheet, where = drawn(replace(figure(0.0), **parts))
    rows, columns = np.nonzero(sheet[:, :, 3])
    assert where.left() * 2 - 2 <= columns.min()
    assert columns.max() <= where.right() * 2 + 2
    assert where.top() * 2 - 2 <= rows.min()
    assert rows.max() <= where.bottom() * 2 + 2


@pytest.mark.parametrize("parts", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_dots_labels_and_the_line_are_copied_to_where_they_would_be_drawn(qapp, parts):
    shown = replace(figure(0.0), **parts)
    copied, in_lines = drawn(shown)[0], drawn(shown, ratio=2.0)[0]
    blurred = [cv2.blur(sheet.astype(np.float32), (7, 7)) for sheet in (copied, in_lines)]
    assert np.abs(blurred[0] - blurred[1]).max() < 48  # half a pixel at the edges of what is 6 pixels thick


@pytest.mark.parametrize(
    ("parts", "texts"),
    [
        ({}, []),
        ({"boundary": LEVEL}, ["slouching begins here"]),
        ({"boundary": LEVEL, "crossed": True}, ["▼ this counts as slouching"]),
        (FROM_THE_SIDE, ["slouching begins here", "neck 21°"]),
        (FROM_THE_SIDE | {"boundary": None, "angles": {Name.NECK_INCLINATION: -0.4}}, ["neck 0°"]),
    ],
    ids=["nothing", "the line", "past the line", "from the side", "one angle"],
)
def test_the_line_and_the_angles_are_named_on_the_figure(qapp, monkeypatch, parts, texts):
    written = []
    monkeypatch.setattr(stamps, "paint_label", lambda painter, box, text, *how: written.append(text))
    drawn(replace(figure(0.0), **parts), ratio=2.0)
    assert written == texts


def test_nothing_is_left_of_a_drawing_in_the_next_one(view, qapp, qtbot):
    for t, parts in enumerate([*DRAWINGS.values(), {}]):
        if "image" not in parts:
            show(view, qapp, replace(figure(t / 10), **parts))
    qtbot.waitUntil(lambda: looks_like(view, as_new(qtbot, figure(t / 10))))
