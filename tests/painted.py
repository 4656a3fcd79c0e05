"""Whether widgets with their own painting show anything."""

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget


def colors(widget: QWidget) -> int:
    """Number of colors in a widget, at every second pixel: one if nothing is painted on its background."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32)  # four bytes a pixel, and no padding
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return len(np.unique(pixels[::2, ::2]))


def drawn_within(widget: QWidget) -> list[QWidget]:
    """The visible widgets within one, itself included, that have their own painting."""

    def paints(one: QWidget) -> bool:
        return any(
            "paintEvent" in vars(kind) for kind in type(one).__mro__ if kind.__module__.startswith("posturecam.")
        )

    return [one for one in (widget, *widget.findChildren(QWidget)) if one.isVisibleTo(widget) and paints(one)]
