"""What widgets with their own painting show."""

import re

import numpy as np
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget


def colors(widget: QWidget) -> int:
    """Number of colors in a widget, at every second pixel: one if nothing is painted on its background."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32)  # four bytes a pixel, and no padding
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return len(np.unique(pixels[::2, ::2]))


def painted_words(widget: QWidget) -> list[str]:
    """The texts in a widget's picture, after fitting; one whose letters and digits come from two fonts is in several pieces."""
    buffer = QBuffer()
    paper = QSvgGenerator()
    paper.setOutputDevice(buffer)
    widget.render(paper)
    return re.findall(r"<text[^>]*>([^<]*)</text>", bytes(buffer.data()).decode())


def drawn_within(widget: QWidget) -> list[QWidget]:
    """The visible widgets within one, itself included, that have their own painting."""

    def paints(one: QWidget) -> bool:
        return any(
            "paintEvent" in vars(kind) for kind in type(one).__mro__ if kind.__module__.startswith("posturecam.")
        )

    return [one for one in (widget, *widget.findChildren(QWidget)) if one.isVisibleTo(widget) and paints(one)]
