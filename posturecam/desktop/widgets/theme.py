"""Colours and sizes of every window, in light and dark; nothing else names a colour.

The colours of states are after Okabe and Ito, whose palette colour-blind people can tell apart, and each state has a shape of
its own too (`posturecam.desktop.widgets.icons`). Text on every ground has a contrast of at least 4.5 to 1 (WCAG 2.2, level AA).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from posturecam.config.settings import DesktopSettings
from posturecam.session.protocol.messages import Sign


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of the light or the dark theme."""

    dark: bool
    ground: str
    """The window."""
    surface: str
    """Cards and fields on it."""
    raised: str
    """A hovered or selected surface."""
    line: str
    """Thin lines between surfaces."""
    text: str
    quiet: str
    """Less important text."""
    accent: str
    """What can be pressed or is chosen."""
    on_accent: str
    signs: Mapping[Sign, str]
    """The colour of each state, as a mark on `ground` or `surface`."""

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """One of the colours above by its name, this opaque (0 to 1)."""
        return faded(getattr(self, name), alpha)

    def sign(self, sign: Sign, alpha: float = 1.0) -> QColor:
        """The colour of a state, this opaque (0 to 1)."""
        return faded(self.signs[sign], alpha)


LIGHT = Theme(
    dark=False,
    ground="#f6f7f9",
    surface="#ffffff",
    raised="#e9eef4",
    line="#d9dee5",
    text="#1d232b",
    quiet="#586271",
    accent="#1f6f8b",
    on_accent="#ffffff",
    signs={
        Sign.UPRIGHT: "#00845f",
        Sign.DRIFTING: "#b87700",
        Sign.SLOUCHING: "#c8501a",
        Sign.RECOVERING: "#2f86b8",
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
    line="#353d48",
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

MARGIN, GAP, ROUND = 20, 12, 10
"""Around a page, between its parts, and of corners, in device-independent pixels."""


def faded(colour: str, alpha: float) -> QColor:
    """A colour, this opaque (0 to 1)."""
    made = QColor(colour)
    made.setAlphaF(min(max(alpha, 0.0), 1.0))
    return made


def theme_for(settings: DesktopSettings) -> Theme:
    """The look that the user or the system wishes."""
    if settings.theme == "system":
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if settings.theme == "dark" else LIGHT


def current() -> Theme:
    """The look in use; widgets that paint themselves ask for it each time they paint."""
    application = QApplication.instance()
    chosen = application.property("posturecam_dark") if application is not None else False
    return DARK if chosen else LIGHT


def apply(application: QApplication, theme: Theme) -> None:
    """Give all windows this look, those that are open too."""
    application.setProperty("posturecam_dark", theme.dark)
    application.setStyle("Fusion")  # the same on every system, and it heeds the palette
    application.setPalette(_palette(theme))
    application.setStyleSheet(_sheet(theme))
    for widget in application.allWidgets():
        widget.update()


def less_motion(settings: DesktopSettings) -> bool:
    """Whether nothing should move that need not: the user's wish, or the system's where Qt can read it."""
    if settings.reduced_motion:
        return True
    desktop = QSettings("org.gnome.desktop", "interface")  # empty but on systems that keep it there
    return desktop.value("enable-animations") in (False, "false")


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
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded(theme.text, 0.42))
    return palette


def _sheet(theme: Theme) -> str:
    """What the palette cannot say. Widgets choose by the dynamic property `kind`: title, heading, quiet, card, primary, plain."""
    return f"""
    QWidget {{ font-size: 14px; }}
    QLabel[kind="title"] {{ font-size: 26px; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-size: 17px; font-weight: 600; }}
    QLabel[kind="quiet"] {{ color: {theme.quiet}; }}
    QFrame[kind="card"] {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: {ROUND}px; }}
    QPushButton {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 8px; padding: 8px 16px; }}
    QPushButton:hover {{ background: {theme.raised}; }}
    QPushButton:focus, QToolButton:focus, QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QCheckBox:focus,
    QListView:focus {{ border: 2px solid {theme.accent}; }}
    QPushButton:disabled {{ color: {theme.quiet}; }}
    QPushButton[kind="primary"] {{ background: {theme.accent}; color: {theme.on_accent}; border: 1px solid {theme.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:focus {{ border: 2px solid {theme.text}; }}
    QPushButton[kind="plain"] {{ background: transparent; border: 1px solid transparent; color: {theme.accent}; }}
    QPushButton[kind="plain"]:focus {{ border: 2px solid {theme.accent}; }}
    QLineEdit, QComboBox, QAbstractSpinBox {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 8px; padding: 6px 8px; }}
    QToolTip {{ color: {theme.text}; background: {theme.surface}; border: 1px solid {theme.line}; padding: 4px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QCheckBox::indicator:unchecked, QRadioButton::indicator:unchecked {{ width: 15px; height: 15px; border: 1px solid {theme.quiet}; background: {theme.surface}; }}
    QCheckBox::indicator:unchecked {{ border-radius: 3px; }}
    QRadioButton::indicator:unchecked {{ border-radius: 8px; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0 8px; }}
    QListWidget {{ background: transparent; outline: none; }}
    QListWidget::item {{ padding: 7px 10px; border-radius: {ROUND - 4}px; }}
    QListWidget::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.line}; border-radius: 4px; min-height: 36px; margin: 0 1px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QMenu {{ background: {theme.surface}; border: 1px solid {theme.line}; padding: 6px; }}
    QMenu::item {{ padding: 7px 22px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {theme.raised}; color: {theme.text}; }}
    QMenu::item:disabled {{ color: {theme.quiet}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 6px 8px; }}
    """
