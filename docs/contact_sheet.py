"""Every screen of the desktop app on one sheet: each size of screen, light and dark, every language. Called by `docs/screenshots.py`.

The windows are the real ones around an engine that does nothing (`tests/screens.py`), so all of it takes a minute. What is cut
off or outside its window is listed, as `tests/desktop/test_desktop_layout.py` does for some of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from misfits import misfits
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from screens import LANGUAGES, SIZES, Screens

from posturecam.desktop.widgets import background
from posturecam.desktop.widgets.theme import DARK, LIGHT, apply

background.start_thread = lambda work: work()  # what is read arrives at once

_TILE, _GAP, _CAPTION = QSize(420, 280), 10, 16
_FEW = (
    "welcome 2", "welcome learning", "welcome learned", "welcome 4", "settings reminders", "settings sensitivity",
    "settings advanced", "stretch", "stretch session", "history",
)  # fmt: skip
"""What the small sheet shows."""


def font_for_chinese() -> str:
    """Take the font that POSTURECAM_FONT names, for machines without one; the name of some font with Chinese letters, or nothing."""
    named = os.environ.get("POSTURECAM_FONT")
    if named:
        QFontDatabase.addApplicationFont(named)
    return next(iter(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)), "")


def contact_sheets(application: QApplication, folder: Path) -> int:
    """Write `screens-LANGUAGE.jpg` with every screen, and `screens.jpg` with all of them; the number of faults, which are printed."""
    folder.mkdir(parents=True, exist_ok=True)
    languages = [one for one in LANGUAGES if one != "zh" or font_for_chinese()]
    for missing in set(LANGUAGES) - set(languages):
        print(f"{missing}: no font has its letters; name one in POSTURECAM_FONT")
    faults, sheets = 0, []
    for language in languages:
        tiles, found = _shots(application, language)
        faults += found
        sheets.append(_sheet(tiles, across=len(SIZES) * 2))
        path = folder / f"screens-{language}.jpg"
        sheets[-1].save(str(path), "JPG", 82)
        print(path)
    whole = QImage(sum(one.width() for one in sheets), max(one.height() for one in sheets), QImage.Format.Format_RGB888)
    painter, x = QPainter(whole), 0
    for one in sheets:
        painter.drawImage(QPoint(x, 0), one)
        x += one.width()
    painter.end()
    whole.scaledToWidth(min(whole.width(), 9000), Qt.TransformationMode.SmoothTransformation).save(
        str(folder / "screens.jpg"), "JPG", 82
    )
    print(folder / "screens.jpg", f"{faults} faults")
    return faults


def small_sheet(application: QApplication, path: Path) -> None:
    """A few screens in the smallest window, light and dark, for the documentation."""
    apply(application, LIGHT)
    stage = Screens(application, "en")
    size, dots = next(iter(SIZES.values()))
    tiles = []
    for number, name in enumerate(_FEW):
        apply(application, DARK if number % 2 else LIGHT)
        tiles.append((name, _picture(stage.laid_out(name, size), dots)))
    stage.close()
    apply(application, LIGHT)
    _sheet(tiles, across=5).save(str(path), "JPG", 85)
    print(path)


def _shots(application: QApplication, language: str) -> tuple[list[tuple[str, QImage]], int]:
    """Every screen, with each size and look side by side."""
    stage = Screens(application, language)
    found: dict[str, list[tuple[str, QImage]]] = {name: [] for name in stage.all}
    faults = 0
    for look in (LIGHT, DARK):
        apply(application, look)
        for size_name, (size, dots) in SIZES.items():
            for name in found:
                window = stage.laid_out(name, size)
                caption = f"{name} · {size_name} · {'dark' if look.dark else 'light'}"
                for fault in misfits(window):
                    faults += 1
                    print(f"{language}: {caption}: {fault}")
                found[name].append((caption, _picture(window, dots)))
    stage.close()
    apply(application, LIGHT)
    return [tile for tiles in found.values() for tile in tiles], faults


def _picture(window: QWidget, dots: float) -> QImage:
    """What a window shows with so many pixels of the screen for each of its own, made as small as a tile."""
    image = QImage(window.size() * dots, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dots)
    image.fill(QColor("white"))
    window.render(image)
    image.setDevicePixelRatio(1)
    return image.scaled(_TILE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _sheet(tiles: Sequence[tuple[str, QImage]], across: int) -> QImage:
    step = QSize(_TILE.width() + _GAP, _TILE.height() + _CAPTION + _GAP)
    rows = -(-len(tiles) // across)
    made = QImage(across * step.width() + _GAP, rows * step.height() + _GAP, QImage.Format.Format_RGB888)
    made.fill(QColor("#8a919a"))
    painter = QPainter(made)
    for number, (caption, picture) in enumerate(tiles):
        corner = QPoint(_GAP + number % across * step.width(), _GAP + number // across * step.height())
        painter.drawImage(corner + QPoint(0, _CAPTION), picture)
        painter.setPen(QColor("black"))
        painter.drawText(QRect(corner, QSize(_TILE.width(), _CAPTION)), Qt.AlignmentFlag.AlignVCenter, caption)
    painter.end()
    return made
