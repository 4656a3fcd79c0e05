"""Whether widgets with their own painting show anything."""

from PySide6.QtWidgets import QWidget


def colors(widget: QWidget) -> int:
    """Number of colors in a widget, at every second pixel: one if nothing is painted on its background."""
    image = widget.grab().toImage()
    return len({image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)})


def drawn_within(widget: QWidget) -> list[QWidget]:
    """The visible widgets within one, itself included, that have their own painting."""

    def paints(one: QWidget) -> bool:
        return any(
            "paintEvent" in vars(kind) for kind in type(one).__mro__ if kind.__module__.startswith("posturecam.")
        )

    return [one for one in (widget, *widget.findChildren(QWidget)) if one.isVisibleTo(widget) and paints(one)]
