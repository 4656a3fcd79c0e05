"""Colors and sizes of every window, in light and dark; nothing else defines a color.

The colors of the states follow Okabe and Ito, whose palette color-blind people can distinguish, and each state has
its own shape too (`posturecam.desktop.widgets.icons`). Text on every background has a contrast of at least 4.5 to 1,
and marks and frames have 3 to 1 (WCAG 2.2, level AA); where the system is set to high contrast, both have 7 to 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from posturecam.config.settings import DesktopSettings
from posturecam.session.protocol.sign import Sign

if TYPE_CHECKING:
    from PySide6.QtGui import QAccessibilityHints, QStyleHints


@dataclass(frozen=True, slots=True)
class Theme:
    """The colors of the light or the dark theme, each also in high contrast."""

    dark: bool
    ground: str
    """Window background."""
    surface: str
    """Cards and fields on it."""
    raised: str
    """A hovered or selected surface."""
    line: str
    """Thin lines between surfaces."""
    edge: str
    """The frame of controls that can be typed into or ticked: 3 to 1 against `surface` (WCAG 2.2, 1.4.11)."""
    text: str
    quiet: str
    """Less important text."""
    accent: str
    """Anything that can be pressed or is selected."""
    on_accent: str
    signs: Mapping[Sign, str]
    """The color of each state, for a mark on `ground` or `surface`."""
    contrast: bool = False
    """Whether it is the one for systems that are set to high contrast."""

    @property
    def ring(self) -> int:
        """Thickness of the frame around what has the focus, device-independent pixels."""
        return 3 if self.contrast else 2

    def framed(self, area: QRect) -> QRectF:
        """Where to draw such a frame, so that all of it is within this area."""
        inset = self.ring / 2
        return QRectF(area).adjusted(inset, inset, -inset, -inset)

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """One of the colors above by its name, with this opacity (0 to 1)."""
        return faded(getattr(self, name), alpha)

    def sign(self, sign: Sign, alpha: float = 1.0) -> QColor:
        """The color of a state, with this opacity (0 to 1)."""
        return faded(self.signs[sign], alpha)


LIGHT = Theme(
    dark=False,
    ground="#f6f7f9",
    surface="#ffffff",
    raised="#e9eef4",
    line="#d9dee5",
    edge="#7c8693",
    text="#1d232b",
    quiet="#586271",
    accent="#1f6f8b",
    on_accent="#ffffff",
    signs={
        Sign.UPRIGHT: "#007e5a",
        Sign.DRIFTING: "#b87700",
        Sign.SLOUCHING: "#c04b17",
        Sign.RECOVERING: "#2776a4",
        Sign.AWAY: "#7d8794",
        Sign.UNKNOWN: "#8069a0",
        Sign.PAUSED: "#6b7480",
        Sign.CAMERA_LOST: "#b3415f",
        Sign.BUSY: "#4a6fa5",
    },
)
DARK = Theme(
    dark=True,
    ground="#16191e",
    surface="#1f242b",
    raised="#2b323c",
    line="#434d5a",
    edge="#74808f",
    text="#eef1f5",
    quiet="#a4afbd",
    accent="#5fb3cf",
    on_accent="#0d1418",
    signs={
        Sign.UPRIGHT: "#2fc796",
        Sign.DRIFTING: "#eeb13c",
        Sign.SLOUCHING: "#f4824a",
        Sign.RECOVERING: "#6cc1ee",
        Sign.AWAY: "#97a1ad",
        Sign.UNKNOWN: "#b6a2d6",
        Sign.PAUSED: "#9aa4b0",
        Sign.CAMERA_LOST: "#ee7f9b",
        Sign.BUSY: "#8fb2e3",
    },
)
LIGHT_CONTRAST = Theme(
    dark=False,
    ground="#ffffff",
    surface="#ffffff",
    raised="#eeeeee",
    line="#505050",
    edge="#303030",
    text="#000000",
    quiet="#303030",
    accent="#003e73",
    on_accent="#ffffff",
    signs={
        Sign.UPRIGHT: "#004d37",
        Sign.DRIFTING: "#5e3c00",
        Sign.SLOUCHING: "#802600",
        Sign.RECOVERING: "#10486b",
        Sign.AWAY: "#454c56",
        Sign.UNKNOWN: "#4b3673",
        Sign.PAUSED: "#3c434c",
        Sign.CAMERA_LOST: "#7d1538",
        Sign.BUSY: "#25406b",
    },
    contrast=True,
)
DARK_CONTRAST = Theme(
    dark=True,
    ground="#000000",
    surface="#000000",
    raised="#1f1f1f",
    line="#b4b4b4",
    edge="#d8d8d8",
    text="#ffffff",
    quiet="#dcdcdc",
    accent="#7fd6ff",
    on_accent="#000000",
    signs={
        Sign.UPRIGHT: "#4fe0b2",
        Sign.DRIFTING: "#ffc65c",
        Sign.SLOUCHING: "#ff9d6b",
        Sign.RECOVERING: "#8fd2f8",
        Sign.AWAY: "#bcc5cf",
        Sign.UNKNOWN: "#cdbdea",
        Sign.PAUSED: "#c3ccd6",
        Sign.CAMERA_LOST: "#ff9db4",
        Sign.BUSY: "#adc9f2",
    },
    contrast=True,
)
_THEMES = {(one.dark, one.contrast): one for one in (LIGHT, DARK, LIGHT_CONTRAST, DARK_CONTRAST)}

MARGIN, GAP, ROUND = 20, 12, 10
"""Page margin, gap between its parts, and corner radius, in device-independent pixels."""
_TIGHT = 240
"""Width below which a page has hardly any margin, device-independent pixels at the default text size."""

BODY, TITLE, HEADING, SMALL = 10.5, 19.5, 12.75, 9.0
"""Points of body text, page titles, headings and small print at the system's default text size."""
_TITLE_GROWS, _HEADING_GROWS = 0.5, 0.75
"""How much of the growth of larger text applies to titles and headings, which are large already, so that a small window
shows more than the title. Apple's text styles do the same: body text grows to 3.1 times its size, a large title to
1.8."""
_USUAL_POINTS = {"win32": (9.0, 9.0), "darwin": (13.0, 13.0)}
_USUAL_ELSEWHERE = (9.0, 11.0)
"""Range of the system's default text size, points: Segoe UI 9, San Francisco 13; KDE's Noto Sans 10, GNOME's Cantarell
11. If the user chose a larger size, ours grows by the same factor."""
_SMALLEST_TEXT, _LARGEST_TEXT = 0.8, 2.0
_USUAL_DPI = 72.0 if sys.platform == "darwin" else 96.0
_DARK, _CONTRAST = "posturecam_dark", "posturecam_contrast"
"""Properties of the application that say which theme is in use."""
_MIDDLE = 128
"""Lightness below which a background is dark, of 255."""
_ICONS = Path(__file__).parents[1] / "icons"


def faded(color: str, alpha: float) -> QColor:
    """A color with this opacity (0 to 1)."""
    made = QColor(color)
    made.setAlphaF(min(max(alpha, 0.0), 1.0))
    return made


def theme_for(settings: DesktopSettings) -> Theme:
    """The theme that the user or the system prefers; in high contrast if the system is set to it, whatever the user chose here."""
    contrast = wants_contrast()
    if settings.theme != "system":
        return _THEMES[settings.theme == "dark", contrast]
    scheme = QGuiApplication.styleHints().colorScheme()
    # On Windows; the palette is the system's until we set one.
    if contrast and scheme is Qt.ColorScheme.Unknown:
        return _THEMES[QGuiApplication.palette().window().color().lightness() < _MIDDLE, contrast]
    return _THEMES[scheme is Qt.ColorScheme.Dark, contrast]


def contrast_hints(styles: QStyleHints) -> QAccessibilityHints | None:
    """What the system says about contrast, and when that changes; None before Qt 6.10, which cannot tell.

    PySide forgets it together with the style hints, which must therefore be kept as long.
    """
    return styles.accessibility() if hasattr(styles, "accessibility") else None


def wants_contrast() -> bool:
    """Whether the system is set to high contrast."""
    styles = QGuiApplication.styleHints()
    hints = contrast_hints(styles)
    return hints is not None and hints.contrastPreference() is Qt.ContrastPreference.HighContrast


def current() -> Theme:
    """The theme in use; widgets with their own painting look it up each time they paint."""
    application = QApplication.instance()
    chosen = [application is not None and bool(application.property(name)) for name in (_DARK, _CONTRAST)]
    return _THEMES[chosen[0], chosen[1]]


def text_scale(points: float, platform: str = sys.platform) -> float:
    """How much larger than usual text should be if the system's own text has this many points."""
    least, most = _USUAL_POINTS.get(platform, _USUAL_ELSEWHERE)
    share = points / most if points > most else points / least if points < least else 1.0
    return min(max(share, _SMALLEST_TEXT), _LARGEST_TEXT)


def scaled(pixels: float) -> int:
    """Device-independent pixels of text, and of whatever holds it, at the system's text size; for widgets with their own painting."""
    application = QApplication.instance()
    share = application.property("posturecam_text") if application is not None else None
    return round(pixels * (share or 1.0))


def margin_of(width: int) -> int:
    """Margin of a page of this width, device-independent pixels: nearly none where large text leaves room for a word or two."""
    return MARGIN if width >= scaled(_TIGHT) else MARGIN // 3


def enlarged(pixels: float) -> int:
    """Device-independent pixels of a picture next to text: it grows half as much, or it would push the text away."""
    return round((pixels + scaled(pixels)) / 2)


class _TextSize(QObject):
    """Signals a change of the system's text size."""

    changed = Signal()


_text_size = _TextSize()


class _Fitting(QObject):
    """Sets the text-dependent sizes in a widget, and lives as long as that widget."""

    def __init__(self, widget: QWidget, fit: Callable[[], object]) -> None:
        super().__init__(widget)
        self._fit = fit
        self.run()
        _text_size.changed.connect(self.run)

    def run(self) -> None:
        """Set them for the current text size."""
        self._fit()


def sized(font: QFont, size: float, weight: int = 400) -> QFont:
    """The same font with this size in pixels and this weight."""
    font = QFont(font)
    font.setPixelSize(max(round(size), 1))
    font.setWeight(QFont.Weight(weight))
    return font


def fit_text(widget: QWidget, fit: Callable[[], object]) -> None:
    """Call `fit`, which sets fixed sizes in a widget by `scaled`, now and whenever the system's text size changes.

    Layouts and size hints adapt by themselves.
    """
    _Fitting(widget, fit)


def apply(application: QApplication, theme: Theme) -> None:
    """Apply this theme to all windows, open ones included, with text of the system's size."""
    points = application.font().pointSizeF()
    scale = text_scale(points) if points > 0 else 1.0
    screen = application.primaryScreen()
    dots = screen.logicalDotsPerInch() / _USUAL_DPI if screen is not None else 1.0
    before = application.property("posturecam_text")
    application.setProperty("posturecam_text", scale * dots)
    application.setProperty(_DARK, theme.dark)
    application.setProperty(_CONTRAST, theme.contrast)
    if not application.property("posturecam_style"):  # setting it again would lay out every window once more
        application.setStyle("Fusion")  # looks the same on every system, and honors the palette
        application.setProperty("posturecam_style", True)
    application.setPalette(_palette(theme))
    application.setStyleSheet(_sheet(theme, scale))
    if before is not None and before != scale * dots:
        _text_size.changed.emit()
    for window in application.topLevelWidgets():
        window.update()  # all that is in it


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.ground,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.Button: theme.surface,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.surface,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Mid: theme.line,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded(theme.text, 0.42))
    return palette


def _sheet(theme: Theme, scale: float) -> str:
    """Styles that the palette cannot express. Widgets choose by the dynamic property `kind`: title, heading, quiet, small, card, primary, plain.

    A focused widget has a thicker frame and correspondingly thinner padding, so that nothing moves with the focus.
    """
    unit = 14 / 10.5 if sys.platform == "darwin" else 1.0  # on macOS a point is a pixel
    title_scale, heading_scale = (
        1 + grows * (scale - 1) if scale > 1 else scale for grows in (_TITLE_GROWS, _HEADING_GROWS)
    )
    sizes = ((BODY, scale), (TITLE, title_scale), (HEADING, heading_scale), (SMALL, scale))
    body, title, heading, small = (f"{round(points * unit * share, 1):g}pt" for points, share in sizes)
    box = round(16 * min(scale, 1.5))  # size of check boxes and radio buttons
    ring = theme.ring
    button, field, fold = (f"{tall + 1 - ring}px {wide + 1 - ring}px" for tall, wide in ((8, 16), (6, 8), (8, 12)))
    tick = (_ICONS / ("tick_dark.svg" if theme.dark else "tick_light.svg")).as_posix()
    return f"""
    QWidget {{ font-size: {body}; }}
    QLabel[kind="title"] {{ font-size: {title}; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-size: {heading}; font-weight: 600; }}
    QLabel[kind="quiet"] {{ color: {theme.quiet}; }}
    QLabel[kind="small"] {{ color: {theme.quiet}; font-size: {small}; }}
    QFrame[kind="card"] {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: {ROUND}px; }}
    QFrame[kind="row"] {{ border: none; border-top: 1px solid {theme.line}; }}
    QFrame[kind="foot"] {{ background: {theme.surface}; border: none; border-top: 1px solid {theme.line}; }}
    QFrame[kind="note"] {{ background: {theme.raised}; border: none; border-bottom: 1px solid {theme.line}; }}
    QFrame[kind="first row"] {{ border: none; }}
    QPushButton {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 8px; padding: 8px 16px; outline: none; }}
    QPushButton:hover {{ background: {theme.raised}; }}
    QPushButton:focus {{ border: {ring}px solid {theme.accent}; padding: {button}; }}
    QPushButton:checked {{ background: {theme.raised}; border-color: {theme.accent}; color: {theme.accent}; }}
    QPushButton:disabled {{ color: {theme.quiet}; }}
    QPushButton[kind="primary"] {{ background: {theme.accent}; color: {theme.on_accent}; border: 1px solid {theme.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:focus {{ border: {ring}px solid {theme.text}; }}
    QPushButton[kind="primary"]:disabled {{ background: {theme.raised}; color: {theme.quiet}; border-color: {theme.line}; }}
    QPushButton[kind="plain"] {{ background: transparent; border: 1px solid transparent; color: {theme.accent}; }}
    QPushButton[kind="plain"]:hover {{ background: {theme.raised}; }}
    QPushButton[kind="plain"]:focus {{ border: {ring}px solid {theme.accent}; }}
    QToolButton {{ background: transparent; border: {ring}px solid transparent; border-radius: 8px; padding: 4px; }}
    QToolButton:hover {{ background: {theme.raised}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton[kind="fold"] {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: {ROUND}px; padding: 8px 12px; text-align: left; }}
    QToolButton[kind="fold"]:hover, QToolButton[kind="fold"]:checked {{ background: {theme.raised}; }}
    QToolButton[kind="fold"]:focus {{ border: {ring}px solid {theme.accent}; padding: {fold}; }}
    QToolButton[kind="back"] {{ font-size: {heading}; padding: 0; }}
    QLineEdit, QComboBox, QAbstractSpinBox {{ background: {theme.surface}; border: 1px solid {theme.edge}; border-radius: 8px; padding: 6px 8px; }}
    QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: {ring}px solid {theme.accent}; padding: {field}; }}
    QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{ border-color: {theme.line}; color: {theme.quiet}; }}
    QAbstractItemView {{ background: {theme.surface}; border: 1px solid {theme.line}; }}
    QListView:focus {{ border: {ring}px solid {theme.accent}; border-radius: 8px; }}
    QComboBox {{ combobox-popup: 0; }}
    QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus {{ border: 1px solid {theme.edge}; border-radius: 0; outline: none; }}
    QComboBox QAbstractItemView::item {{ padding: 6px 8px; }}
    QComboBox QAbstractItemView::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QToolTip {{ color: {theme.text}; background: {theme.surface}; border: 1px solid {theme.line}; padding: 4px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QCheckBox, QRadioButton {{ border: {ring}px solid transparent; border-radius: 6px; padding: 2px 4px 2px 2px; spacing: 8px; }}
    QCheckBox:focus, QRadioButton:focus {{ border-color: {theme.accent}; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: {box}px; height: {box}px; border: 1px solid {theme.edge}; background: {theme.surface}; }}
    QCheckBox::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator {{ border-radius: {box // 2 + 1}px; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent}; image: url("{tick}"); }}
    QRadioButton::indicator:checked {{ width: {box - 10}px; height: {box - 10}px; border: 6px solid {theme.accent}; background: {theme.on_accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {theme.line}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0 8px; }}
    QListWidget {{ background: transparent; outline: none; border: {ring}px solid transparent; }}
    QListWidget::item {{ padding: 7px 10px; border-radius: {ROUND - 4}px; }}
    QListWidget::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QProgressBar {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; min-height: 18px; text-align: center; color: {theme.text}; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 5px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.edge}; border-radius: 4px; min-height: 36px; margin: 0 1px; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {theme.edge}; border-radius: 4px; min-width: 36px; margin: 1px 0; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QMenu {{ background: {theme.surface}; border: 1px solid {theme.edge}; padding: 6px; }}
    QMenu::item {{ padding: 7px 22px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QMenu::item:disabled {{ background: transparent; color: {theme.quiet}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 6px 8px; }}
    """
