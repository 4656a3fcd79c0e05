"""The steps of the first-run setup besides the calibration: the welcome, the camera, the reminders, and the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posturecam.desktop.pages.settings.choices import value_for
from posturecam.desktop.pages.settings.everyday import LEVEL_HELP, WAYS
from posturecam.desktop.pages.settings.words import choice
from posturecam.desktop.pages.welcome.ways import WayCard
from posturecam.desktop.pictures.figure import Figure, beyond, figure_of_tick
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.background import Background
from posturecam.desktop.widgets.controls import ChoiceList, Segments
from posturecam.desktop.widgets.icons import AppMark, SignMark
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import as_sentence, button, in_the_middle, text
from posturecam.desktop.widgets.status_line import status_line
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import THINGS
from posturecam.posture.reading import Reading
from posturecam.posture.reasons import Why
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.system import less_motion

if TYPE_CHECKING:
    from posturecam.vision.sources.camera import Camera

_COLUMN = 780
"""Greatest width of a step, device-independent pixels."""
_POINTS = 480
"""The same for the points of the welcome."""


class _Step(QWidget):
    """A step with a title and a sentence at its top."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        inside = QWidget()
        theme.fit_text(inside, lambda: inside.setMaximumWidth(theme.scaled(_COLUMN)))
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.GAP)
        self.title, self.sentence = text(title, "title"), text(sentence, "quiet")
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.column.addWidget(label)
        self.column.addSpacing(theme.GAP)
        whole = in_the_middle(inside)
        whole.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.GAP)
        self.setLayout(whole)


class WelcomeStep(_Step):
    """What the camera sees, and what is not stored."""

    def __init__(self) -> None:
        super().__init__(
            tr("Better posture, without the effort"),
            tr(
                "posturecam watches how you sit, reminds you kindly when you have been slouching for a while, and stays quiet otherwise."
            ),
        )
        self.column.insertWidget(0, AppMark(64), alignment=Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(1)
        points = QVBoxLayout()
        points.setSpacing(theme.GAP)
        for icon, heading, words in (
            (
                "seen",
                tr("It sees your posture"),
                tr("It measures your head, neck, shoulders and trunk, as a skeleton."),
            ),
            ("kept", tr("No pictures are kept"), tr("Every picture is measured and discarded at once.")),
            ("here", tr("It stays on this computer"), tr("Nothing is sent anywhere. There is no account.")),
        ):
            row = QHBoxLayout()
            row.setSpacing(theme.MARGIN)
            row.addWidget(PointIcon(icon))
            words_column = QVBoxLayout()
            words_column.setSpacing(2)
            words_column.addStretch(1)
            words_column.addWidget(text(heading, "heading"))
            words_column.addWidget(text(words, "quiet"))
            words_column.addStretch(1)
            row.addLayout(words_column, 1)
            points.addLayout(row)
        holder = QWidget()
        theme.fit_text(holder, lambda: holder.setMaximumWidth(theme.scaled(_POINTS)))
        holder.setLayout(points)
        points.setContentsMargins(0, 0, 0, 0)
        self.column.addLayout(in_the_middle(holder))
        self.column.addStretch(2)
        takes = text(tr("Setting up takes about a minute."), "quiet")
        takes.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(takes)


class PointIcon(QWidget):
    """A drawn mark of one of the welcome's points: seen, kept or here."""

    _SIZE = 64

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(self._SIZE, self._SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it with the theme's accent on a soft ground."""
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("accent", 0.14))
        painter.drawRoundedRect(QRectF(self.rect()), 16, 16)
        pen = QPen(now.color("accent"), 3.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        {"seen": _paint_person, "kept": _paint_no_picture, "here": _paint_computer}[self._name](painter)
        painter.end()


def _paint_person(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(32, 20), 7, 8)
    painter.drawLine(QPointF(32, 28), QPointF(32, 50))
    painter.drawPolyline([QPointF(18, 48), QPointF(20, 36), QPointF(44, 36), QPointF(46, 48)])


def _paint_no_picture(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(14, 18, 36, 28), 4, 4)
    painter.drawPolyline([QPointF(18, 42), QPointF(27, 31), QPointF(33, 37), QPointF(38, 33), QPointF(46, 42)])
    painter.drawLine(QPointF(14, 52), QPointF(50, 12))


def _paint_computer(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(16, 16, 32, 23), 3, 3)
    painter.drawLine(QPointF(10, 47), QPointF(54, 47))
    painter.drawPolyline([QPointF(26, 28), QPointF(30.5, 32.5), QPointF(38.5, 23.5)])


class CameraStep(_Step):
    """What the chosen camera sees, large, and a first impression of it."""

    def __init__(self, client: SessionClient, cameras: Callable[[], Sequence[Camera]]) -> None:
        """Create it; cameras are listed when it is shown.

        Args:
            client: Receives the chosen camera.
            cameras: Lists them; may raise a `PosturecamError`.
        """
        super().__init__(
            tr("Which camera sees you?"),
            tr("At your side, the camera sees the most. In front of you at eye level works well too."),
        )
        self._client, self._cameras, self._looking = client, cameras, Background(self)
        self._nothing = ""
        """Why no camera can be chosen, or empty; a network camera may still send pictures."""
        self._names: list[str] = []
        """Names of all cameras, as listed."""
        self._snapshot: Snapshot | None = None
        self.list = ChoiceList(letters=22)
        self.list.setAccessibleName(tr("Cameras"))
        self.list.setPlaceholderText(tr("Choose a camera"))
        self.list.activated.connect(lambda _: self._choose())
        self.again = button(tr("Look again"), self.refresh)
        self.turn = button(tr("Turn the picture"), self._turn)
        self.note = text("", "quiet")
        self.note.hide()
        self.figure, self.mark, self.words = FigureView(centered=True), SignMark(24), text("", "quiet")
        tools = FlowLayout(8, centered=True)
        for tool in (self.list, self.again, self.turn):
            tools.addWidget(tool)
        self.column.addLayout(tools)
        self.column.addWidget(self.note)
        self.column.addWidget(self.figure, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.column.addLayout(row)

    def refresh(self) -> None:
        """List the cameras; the one in use stays chosen, and none is chosen if that one is missing."""
        self._looking.ask(lambda: list(self._cameras()), self._list, lambda problem: self._list([], tr(problem.text)))

    def _list(self, found: Sequence[Camera], trouble: str = "") -> None:
        self.list.clear()
        names = Counter(camera.name for camera in found)
        wanted, chosen = self._client.settings.camera.device, -1
        for row, camera in enumerate(found):
            # Two with the same name differ only in where they are plugged in.
            alone, value = names[camera.name] == 1, value_for(camera, found, wanted)
            self.list.addItem(camera.name if alone else f"{camera.name} ({camera.index})", value)
            if value == wanted:
                chosen = row
        if found and not wanted:
            chosen = 0  # the one used if none was chosen
        self.list.setCurrentIndex(chosen)
        self.list.setEnabled(bool(found))
        self._names = [camera.name for camera in found]
        self._nothing = trouble or ("" if found else tr("No camera was found. Plug one in, and look again."))
        self._show()

    def take(self, snapshot: Snapshot) -> None:
        """Show what the camera sees."""
        self._snapshot = snapshot
        if self.isVisible():
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """List the cameras, and check the chosen one more often."""
        super().showEvent(event)
        self._client.preview(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the preview when the step is hidden."""
        super().hideEvent(event)
        self._client.preview(False)

    def _choose(self) -> None:
        trouble = ""
        try:
            self._client.choose_camera(self.list.currentData())
        except PosturecamError as error:
            trouble = tr(error.text)
            self.refresh()
        self.note.setText(trouble)
        self.note.setVisible(bool(trouble))

    def _show(self) -> None:
        snapshot, settings = self._snapshot, self._client.settings
        tick = None if snapshot is None else snapshot.tick
        if snapshot is None or tick is None or snapshot.mode is not Mode.WATCHING:
            self.figure.show_figure(Figure(), settings, "")
            lost = bool(self._nothing) or (snapshot is not None and snapshot.sign is Sign.CAMERA_LOST)
            said = self._nothing or (tr("Starting the camera…") if snapshot is None else status_line(snapshot))
            self._say(Sign.CAMERA_LOST if lost else Sign.BUSY, as_sentence(said))
            return
        self.figure.show_figure(
            figure_of_tick(tick, picture=settings.desktop.picture, sign=Sign.BUSY), settings, tr("What the camera sees")
        )
        if tick.frame.problem is not None:
            told = as_sentence(tr("No picture: {why}").format(why=tr(tick.frame.problem)))
            self._say(Sign.CAMERA_LOST, "\n".join([told, *self._others()]))
        elif tick.pose is None:
            self._say(Sign.UNKNOWN, "\n".join([tr("I see nobody yet. Sit down the way you work."), *self._others()]))
        elif _is_turned(tick.reading):
            self._say(Sign.UNKNOWN, tr("Your picture is turned. Turn it with the button above."))
        else:
            seen = tr("I see you from {where}.").format(where=tr(tick.reading.view.spoken))
            sign, impression = first_impression(tick.reading)
            self._say(sign, "\n".join(filter(None, (seen, impression))))

    def _others(self) -> list[str]:
        """Suggest another camera, if there is one."""
        row = self.list.currentIndex()
        others = [name for number, name in enumerate(self._names) if number != row]
        return (
            [tr("Or can another camera see you? Also connected: {names}.").format(names=joined(THINGS, others))]
            if others
            else []
        )

    def _turn(self) -> None:
        """Rotate the picture clockwise by a quarter turn, permanently."""
        rotate = (self._client.settings.camera.rotate + 90) % 360
        try:
            self._client.change_settings({"camera.rotate": str(rotate)})
            self.note.hide()
        except PosturecamError as error:
            self.note.setText(tr(error.text))
            self.note.show()

    def _say(self, sign: Sign, words: str) -> None:
        self.mark.show_sign(sign, words if sign is Sign.BUSY else "")
        if self.words.text() != words:
            self.words.setText(words)


def _is_turned(reading: Reading) -> bool:
    reason = reading.deviation.reason
    return reason is not None and reason.code is Why.TURNED


def first_impression(reading: Reading) -> tuple[Sign, str]:
    """A first impression of the posture before any calibration: the mark, and a sentence; empty if unknown."""
    value = reading.deviation.value
    if value is None:
        return Sign.UPRIGHT, ""
    if beyond(value):
        return Sign.DRIFTING, tr(
            "At first glance you are slouching a little. Next you can teach it what upright is for you."
        )
    return Sign.UPRIGHT, tr("At first glance you sit upright. Next you can teach it what upright is for you.")


class TellingStep(_Step):
    """How, and how readily, the user wants to be reminded."""

    def __init__(self, client: SessionClient, lacking: Callable[[str], str | None]) -> None:
        """Create it; nothing is read before it is shown.

        Args:
            client: Holds and changes the settings.
            lacking: Why a way cannot be shown on this system now; None if it can.
        """
        super().__init__(
            tr("How should we remind you?"),
            tr("Only once, after a minute or two of slouching. Choose several ways, or none."),
        )
        self._client, self._lacking = client, lacking
        still = less_motion(client.settings.desktop)
        self.cards = {way: WayCard(way, still=still) for way in WAYS}
        row = FlowLayout(theme.GAP, centered=True)
        for card in self.cards.values():
            card.clicked.connect(lambda _=False: self._change())
            row.addWidget(card)
        self.column.addLayout(row)
        self.cannot = text("", "quiet")
        self.cannot.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.cannot)
        self.try_it = button(tr("Try it"), client.try_alert)
        self.column.addWidget(self.try_it, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.column.addSpacing(theme.GAP)
        heading = text(tr("How sensitive should it be?"), "heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(heading)
        self.levels = Segments([(level, choice("sensitivity.level", level).text) for level in LEVEL_HELP])
        for chip in self.levels.chips.values():
            chip.setAccessibleName(tr("Sensitivity: {level}").format(level=chip.text()))
        self.levels.chosen.connect(lambda level: self._set({"sensitivity.level": level}))
        chips = QHBoxLayout()
        chips.addStretch(1)
        chips.addWidget(self.levels)
        chips.addStretch(1)
        self.column.addLayout(chips)
        self.meaning = text("", "quiet")
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.meaning)
        self.note = text("", "quiet")
        self.note.hide()
        self.column.addWidget(self.note)
        self.column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is chosen now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the current choices."""
        settings = self._client.settings
        reasons: list[str] = []
        for way, card in self.cards.items():
            chosen, why = way in settings.desktop.alerts, self._lacking(way)
            card.setChecked(chosen)
            card.setVisible(why is None or chosen)
            if why is not None:
                reasons.append(tr(why))
        self.cannot.setText(" ".join(dict.fromkeys(reasons)))
        self.cannot.setVisible(bool(reasons))
        self.try_it.setEnabled(bool(settings.desktop.alerts))
        self.levels.show_value(settings.sensitivity.level)
        self.meaning.setText(tr(LEVEL_HELP[settings.sensitivity.level]))

    def _change(self) -> None:
        others = [way for way in self._client.settings.desktop.alerts if way not in self.cards]
        chosen = ",".join([*(way for way, card in self.cards.items() if card.isChecked()), *others])
        self._set({"desktop.alerts": chosen or "[]"})  # an empty value would restore the default

    def _set(self, changes: Mapping[str, str]) -> None:
        trouble = ""
        try:
            self._client.change_settings(changes)
        except PosturecamError as error:
            trouble = tr(error.text)
        self.note.setText(trouble)
        self.note.setVisible(bool(trouble))
        self.refresh()


class DoneStep(_Step):
    """Says where to find posturecam from now on."""

    def __init__(self, tray: Callable[[], bool]) -> None:
        super().__init__(tr("That's all"), "")
        self._tray = tray
        row = FlowLayout(theme.MARGIN, centered=True)
        for sign, words in (
            (Sign.UPRIGHT, tr("upright")),
            (Sign.DRIFTING, tr("drifting")),
            (Sign.SLOUCHING, tr("slouching")),
            (Sign.UNKNOWN, tr("cannot tell")),
            (Sign.PAUSED, tr("paused")),
        ):
            both = QWidget()
            mark_, column, label = SignMark(40), QVBoxLayout(both), text(words, "quiet")
            mark_.show_sign(sign)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(False)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            column.addWidget(mark_, alignment=Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
            row.addWidget(both)
        self.column.addStretch(1)
        self.column.addLayout(row)
        self.column.addSpacing(theme.MARGIN)
        for heading, words in (
            (
                tr("It stays quiet"),
                tr("Until you've slouched for a minute or two. A glance at your phone does not count."),
            ),
            (tr("It is always at hand"), tr("Pause it, recalibrate or stretch at any time from its menu.")),
        ):
            for one in (text(heading, "heading"), text(words, "quiet")):
                one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                self.column.addWidget(one)
            self.column.addSpacing(theme.GAP)
        self.column.addStretch(2)

    def showEvent(self, event: QShowEvent) -> None:
        """Name the tray if there is one by now: at login, it may come after posturecam."""
        super().showEvent(event)
        self.sentence.setText(
            tr("It stays in the tray. Its icon shows how you sit, by shape as well as color.")
            if self._tray()
            else tr("A small window shows how you sit, by shape as well as color. You can move it out of the way.")
        )
