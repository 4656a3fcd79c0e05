"""The steps of the first run that are its own: the welcome, the camera, how to be told, and the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from posturecam.desktop.pictures.figure import Figure, FigureView, figure_of_tick
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.icons import SignMark
from posturecam.desktop.widgets.parts import button, text
from posturecam.desktop.widgets.status_line import status_line
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import mark, tr
from posturecam.posture.assess import Reading
from posturecam.posture.reasons import Why
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Sign, Snapshot
from posturecam.session.protocol.mode import Mode

if TYPE_CHECKING:
    from posturecam.vision.sources.camera import Camera

_ROW = 36
"""Height of a camera's line, device-independent pixels."""
_KEY = Qt.ItemDataRole.UserRole

_WAYS: Mapping[str, tuple[str, str]] = {
    "notification": (mark("A notification"), mark("with buttons: Stretch now, Snooze, I'm fine")),
    "sound": (mark("A soft sound"), mark("one chime")),
    "glow": (mark("A glow at the edge of the screen"), mark("it grows while you slouch and fades as you sit up")),
    "dim": (mark("A dimmed screen"), mark("it gets brighter as you sit up")),
}
"""How a slouch may be told: the setting's word, its name, and what it is like."""


class _Step(QWidget):
    """A step with a title and a sentence at its top."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * theme.MARGIN, 2 * theme.MARGIN, 2 * theme.MARGIN, theme.MARGIN)
        self.column.setSpacing(theme.GAP)
        self.column.addWidget(text(title, "title"))
        self.column.addWidget(text(sentence, "quiet"))
        self.column.addSpacing(theme.GAP)


class WelcomeStep(_Step):
    """What it sees, and what it does not keep."""

    def __init__(self) -> None:
        super().__init__(
            tr("Better posture, without the effort"),
            tr(
                "posturecam watches how you sit, reminds you kindly when you have been slouching for a while, and stays quiet otherwise."
            ),
        )
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
            self.column.addLayout(row)
            self.column.addSpacing(theme.GAP)
        self.column.addStretch(1)
        self.column.addWidget(text(tr("Setting up takes about a minute."), "quiet"))


class PointIcon(QWidget):
    """A drawn mark of one of the welcome's points: seen, kept or here."""

    _SIZE = 64

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedSize(self._SIZE, self._SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it with the theme's accent on a soft ground."""
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("accent", 0.14))
        painter.drawRoundedRect(QRectF(self.rect()), 16, 16)
        pen = QPen(now.colour("accent"), 3.4)
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
    """The cameras by name, and what the chosen one sees."""

    def __init__(self, engine: SessionClient, cameras: Callable[[], Sequence[Camera]]) -> None:
        """Cameras are looked for when it is shown.

        Args:
            engine: Who is told which one was chosen.
            cameras: Lists them; may raise a `PosturecamError`.
        """
        super().__init__(
            tr("Which camera sees you?"),
            tr("At your side, the camera sees most. In front of you at eye level works well too."),
        )
        self._engine, self._cameras = engine, cameras
        self._nothing = ""
        """Why no camera can be chosen, or nothing."""
        self._names: list[str] = []
        """Of all cameras, as they are listed."""
        self._snapshot: Snapshot | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Cameras"))
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.setMaximumHeight(5 * _ROW + 8)
        self.again = button(tr("Look again"), self.refresh)
        self.turn = button(tr("Turn the picture"), self._turn)
        self.note = text("", "quiet")
        self.note.hide()
        self.figure, self.mark, self.words = FigureView(), SignMark(24), text("", "quiet")
        left = QVBoxLayout()
        left.setSpacing(theme.GAP)
        left.addWidget(self.list)
        left.addWidget(self.note)
        left.addWidget(self.again, alignment=Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.turn, alignment=Qt.AlignmentFlag.AlignLeft)
        left.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        right = QVBoxLayout()
        right.setSpacing(theme.GAP)
        right.addWidget(self.figure, 1)
        right.addLayout(row)
        both = QHBoxLayout()
        both.setSpacing(theme.MARGIN)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        self.column.addLayout(both, 1)

    def refresh(self) -> None:
        """Look which cameras there are; the one in use stays chosen, and none is where that one is not there."""
        trouble = ""
        try:
            found = list(self._cameras())
        except PosturecamError as error:
            found, trouble = [], tr(error.text)
        self.list.blockSignals(True)
        self.list.clear()
        names = Counter(camera.name for camera in found)
        wanted = self._engine.settings.camera.device
        for camera in found:
            item = QListWidgetItem(camera.name)
            # Two of one name can only be told apart by where they are plugged in.
            item.setData(_KEY, camera.name if names[camera.name] == 1 else camera.key)
            if names[camera.name] > 1:
                item.setText(f"{camera.name} ({camera.index})")
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
            if wanted in (camera.name, *camera.keys, str(camera.index)):
                self.list.setCurrentItem(item)
        if found and not wanted:
            self.list.setCurrentRow(0)  # the one that is taken where none was chosen
        self.list.blockSignals(False)
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
        """Look for cameras, and look more often through the chosen one."""
        super().showEvent(event)
        self._engine.preview(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """The picture is no longer looked at."""
        super().hideEvent(event)
        self._engine.preview(False)

    def _choose(self) -> None:
        trouble = ""
        try:
            for item in self.list.selectedItems():
                self._engine.choose_camera(item.data(_KEY))
        except PosturecamError as error:
            trouble = tr(error.text)
            self.refresh()
        self.note.setText(trouble)
        self.note.setVisible(bool(trouble))

    def _show(self) -> None:
        snapshot, settings = self._snapshot, self._engine.settings
        tick = None if snapshot is None else snapshot.tick
        if self._nothing or snapshot is None or tick is None or snapshot.mode is not Mode.WATCHING:
            self.figure.show_figure(Figure(), settings, "")
            lost = bool(self._nothing) or (snapshot is not None and snapshot.sign is Sign.CAMERA_LOST)
            said = self._nothing or (tr("Starting the camera …") if snapshot is None else status_line(snapshot))
            other = snapshot is not None and snapshot.camera_works
            hint = "" if other else tr("Is another program using it? Close it there, or choose another one.")
            self._say(
                Sign.CAMERA_LOST if lost else Sign.BUSY,
                f"{said}\n{hint}".strip() if lost and not self._nothing else said,
            )
            return
        self.figure.show_figure(
            figure_of_tick(tick, picture=settings.desktop.picture, sign=Sign.BUSY), settings, tr("What the camera sees")
        )
        if tick.frame.problem is not None:
            told = tr("No picture: {why}").format(why=tr(tick.frame.problem))
            self._say(Sign.CAMERA_LOST, "\n".join([told, *self._others()]))
        elif tick.pose is None:
            self._say(Sign.UNKNOWN, "\n".join([tr("I see nobody yet. Sit down the way you work."), *self._others()]))
        elif _is_turned(tick.reading):
            self._say(Sign.UNKNOWN, tr("Your picture is turned. Turn it with the button at the left."))
        else:
            self._say(Sign.UPRIGHT, tr("I see you, from {where}.").format(where=tr(tick.reading.view.spoken)))

    def _others(self) -> list[str]:
        """That another camera may show the user, where there is one."""
        row = self.list.currentRow()
        others = [name for number, name in enumerate(self._names) if number != row]
        return (
            [tr("Or does another camera see you? There is {names}.").format(names=", ".join(others))] if others else []
        )

    def _turn(self) -> None:
        """Turn the picture clockwise by a quarter, for good."""
        rotate = (self._engine.settings.camera.rotate + 90) % 360
        try:
            self._engine.change_settings({"camera.rotate": str(rotate)})
            self.note.hide()
        except PosturecamError as error:
            self.note.setText(tr(error.text))
            self.note.show()

    def _say(self, sign: Sign, words: str) -> None:
        self.mark.show_sign(sign)
        if self.words.text() != words:
            self.words.setText(words)


def _is_turned(reading: Reading) -> bool:
    reason = reading.deviation.reason
    return reason is not None and reason.code is Why.TURNED


class TellingStep(_Step):
    """How the user wants to be told."""

    def __init__(self, engine: SessionClient) -> None:
        super().__init__(
            tr("How should we remind you?"),
            tr("Only once, after a minute or two of slouching. Choose several ways, or none."),
        )
        self._engine = engine
        self.boxes: dict[str, QCheckBox] = {}
        for way, (name, words) in _WAYS.items():
            box = QCheckBox(tr(name))
            box.setAccessibleName(tr(name))
            box.setAccessibleDescription(tr(words))
            box.clicked.connect(lambda _=False: self._change())
            self.boxes[way] = box
            what = text(tr(words), "quiet")
            what.setContentsMargins(26, 0, 0, 0)
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(box, alignment=Qt.AlignmentFlag.AlignLeft)
            pair.addWidget(what)
            self.column.addLayout(pair)
            self.column.addSpacing(4)
        self.note = text("", "quiet")
        self.try_it = button(tr("Try it"), engine.try_alert)
        self.column.addWidget(self.try_it, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.note)
        self.column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is chosen."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        chosen = self._engine.settings.desktop.alerts
        for way, box in self.boxes.items():
            box.setChecked(way in chosen)
        self.try_it.setEnabled(bool(chosen))

    def _change(self) -> None:
        chosen = ",".join(way for way, box in self.boxes.items() if box.isChecked())
        try:
            self._engine.change_settings({"desktop.alerts": chosen or "[]"})  # empty would be the default again
            self.note.setText("")
        except PosturecamError as error:
            self.note.setText(tr(error.text))
        self._read()


class DoneStep(_Step):
    """Says where posturecam is from now on."""

    def __init__(self, tray: bool) -> None:
        where = (
            tr("It stays in the tray. Its icon shows how you sit, by shape as well as colour.")
            if tray
            else tr("A small window shows how you sit, by shape as well as colour. You can move it out of the way.")
        )
        super().__init__(tr("That's all"), where)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.MARGIN)
        for sign, words in (
            (Sign.UPRIGHT, tr("upright")),
            (Sign.DRIFTING, tr("drifting")),
            (Sign.SLOUCHING, tr("slouching")),
            (Sign.UNKNOWN, tr("cannot tell")),
            (Sign.PAUSED, tr("paused")),
        ):
            mark_, column, label = SignMark(40), QVBoxLayout(), text(words, "quiet")
            mark_.show_sign(sign)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(False)
            column.setSpacing(6)
            column.addWidget(mark_, alignment=Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
            column.addStretch(1)
            row.addLayout(column)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addSpacing(theme.MARGIN)
        for words in (
            tr("Stays quiet until you've slouched for a minute or two. A glance at your phone does not count."),
            tr("Pause it, recalibrate or stretch at any time from its menu."),
        ):
            self.column.addWidget(text(words))
        self.column.addStretch(1)
