"""The guided calibration: instructions, the countdown, and the result with the slouch line drawn in, or why it failed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posturecam.desktop.pictures.figure import Figure, beyond, figure_of_tick
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.icons import SignMark
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import LineLabel, WrappingCheckBox, as_sentence, button, in_the_middle, text
from posturecam.desktop.widgets.status_line import status_line
from posturecam.desktop.widgets.theme import sized
from posturecam.i18n.message import Message
from posturecam.i18n.translate import joined, mark, tr
from posturecam.i18n.words import HEADED, SHORT_SENTENCES
from posturecam.session.guided_calibration import HOW, verdict
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import Calibrated, Calibrating, CalibrationFailed, Happened, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

_COLUMN = 780
"""Greatest width of the page, device-independent pixels."""
_LOWEST_FIGURE = 96
"""Height with which the page fits the smallest screen (1366×768 at 200 %) and need not scroll to its button, past what it asks for."""
_ROOM_FOR_RING = 2.5
"""Height of the picture, in heights of the ring, from which there is room for it below the face."""


class CalibrationStep(Enum):
    """The stage of the calibration page."""

    BEFORE = "before"
    RUNNING = "running"
    LEARNED = "learned"
    FAILED = "failed"


class CalibrationPage(QWidget):
    """Guides through the calibration; also shows one that was started elsewhere."""

    kept = Signal()
    """The user continues with the new baseline, which is already saved."""
    left = Signal()
    """The user leaves without calibrating; the old baseline is kept."""
    unseen = Signal(object)
    """A calibration has failed while another page was shown: what to say there, in English."""

    def __init__(
        self,
        client: SessionClient,
        *,
        leavable: bool = True,
    ) -> None:
        """Create the page before the start.

        Args:
            client: Receives the commands.
            leavable: Whether it has a button to leave; not if the page is a step of something that has its own.
        """
        super().__init__()
        self._client, self._leavable = client, leavable
        self._snapshot: Snapshot | None = None
        self._running = False
        """Whether the engine was seen calibrating."""
        self._over: datetime | None = None
        """When the last calibration ended; an older snapshot may arrive after that event."""
        self.stage = CalibrationStep.BEFORE
        self.figure = FigureView(centered=True, lowest=_LOWEST_FIGURE)
        self.ring = ProgressRing()
        self.heading, self.body, self.hint = text("", "title"), text(""), text("", "quiet")
        self.tried = TryOut()
        self.mark, self.feedback = SignMark(28), text("")
        self.slouch = WrappingCheckBox(tr("Then check with a slouch"))
        self.slouch.setAccessibleName(tr("Then check with a slouch"))
        self.slouch.setToolTip(
            tr(
                "Takes half a minute more: you slouch, look down and lean in, and I check whether this camera can tell them apart."
            )
        )
        self.start = button(tr("Start"), self.begin, "primary")
        self.stop = button(tr("Stop"), self._stop)
        self.keep = button(tr("Continue"), self.kept.emit, "primary")
        self.again = button(tr("Again"), self.begin)
        self.leave = button(tr("Not now"), self.left.emit, "plain")
        self._lay_out()
        self._enter(CalibrationStep.BEFORE)

    def begin(self) -> None:
        """Start, as on the user's "Start" or at once after "Recalibrate" in the tray."""
        self._client.calibrate(slouch=self.slouch.isChecked())
        self._running = False
        self._enter(CalibrationStep.RUNNING)

    def take(self, snapshot: Snapshot) -> None:
        """Show a snapshot; does nothing while the page is hidden."""
        self._snapshot = snapshot
        # One from before the end of the last calibration may still arrive.
        late = self._over is not None and snapshot.comes_late_after(self._over)
        if snapshot.calibration is not None and not late:
            self._running = True
            if self.stage is not CalibrationStep.RUNNING:
                self._enter(CalibrationStep.RUNNING)
        elif self._running and snapshot.mode is not Mode.CALIBRATING:
            self._running = False
            if self.stage is CalibrationStep.RUNNING:  # it was stopped, or the camera was lost
                self._enter(CalibrationStep.BEFORE)
        if self.isVisible():
            self._show(snapshot)

    def happened(self, what: Happened) -> None:
        """Show how the calibration ended."""
        if isinstance(what, Calibrated | CalibrationFailed):
            self._running, self._over = False, what.at
        if isinstance(what, Calibrated):
            self._enter(CalibrationStep.LEARNED)
            self._tell(" ".join(filter(None, (tr(verdict(what.baseline)), tr(what.caution or "")))))
        elif isinstance(what, CalibrationFailed):
            self._enter(CalibrationStep.FAILED)
            self._tell(as_sentence(tr(what.reason)))
            if not self.isVisible():
                self.unseen.emit(Message(HEADED, heading=mark("Calibration"), told=what.reason))

    def showEvent(self, event: QShowEvent) -> None:
        """Check more often while somebody is watching."""
        super().showEvent(event)
        self._client.preview(True)
        if self.stage is CalibrationStep.BEFORE:
            self.start.setFocus()
        if self._snapshot is not None:
            self._show(self._snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the result of the last calibration, unless its window is only minimized."""
        super().hideEvent(event)
        self._client.preview(False)
        if self.stage is not CalibrationStep.RUNNING and not event.spontaneous():
            self._enter(CalibrationStep.BEFORE)

    def leave_off(self) -> None:
        """Stop the calibration, if it is running; the old baseline is kept."""
        if self.stage is CalibrationStep.RUNNING:
            self._stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape acts like the matching button: stop, not now, or continue once it is learned."""
        chosen = (
            self.stop
            if self.stage is CalibrationStep.RUNNING
            else self.keep
            if self.stage is CalibrationStep.LEARNED
            else self.leave
        )
        if event.key() == Qt.Key.Key_Escape and (self._leavable or chosen is self.stop):
            chosen.click()
        else:
            super().keyPressEvent(event)

    # What is pressed.

    def _stop(self) -> None:
        self._client.stop_calibrating()
        self._enter(CalibrationStep.BEFORE)

    # What is shown.

    def _lay_out(self) -> None:
        column = QWidget()
        theme.fit_text(column, lambda: column.setMaximumWidth(theme.scaled(_COLUMN)))
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.GAP)
        for label in (self.heading, self.body, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addWidget(self.figure, 1)
        self._on_picture = over = QVBoxLayout(self.figure)  # the ring is drawn over the picture
        over.addStretch(1)
        over.addWidget(self.ring)
        self._ring_at: Qt.AlignmentFlag | None = None
        said = QHBoxLayout()
        said.setSpacing(theme.GAP)
        said.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.feedback, 1)
        inside.addLayout(said)
        inside.addWidget(self.tried)
        buttons = FlowLayout(8, centered=True)
        for one in (self.start, self.keep, self.again, self.stop, self.leave, self.slouch):
            buttons.addWidget(one)
        inside.addLayout(buttons)
        whole = in_the_middle(column)
        whole.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.GAP)
        self.setLayout(whole)

    def _enter(self, stage: CalibrationStep) -> None:
        self.stage = stage
        before, running, learned, failed = (stage is one for one in CalibrationStep)
        self.start.setVisible(before or failed)
        self.start.setText(tr("Start") if before else tr("Try again"))
        self.start.setAccessibleName(self.start.text())
        self.slouch.setVisible(before or failed)
        self.ring.setVisible(running)
        self.stop.setVisible(running)
        self.keep.setVisible(learned)
        self.again.setVisible(learned)
        self.leave.setVisible(self._leavable and (before or failed))
        self.hint.setVisible(before or learned)
        self.body.setVisible(not running)
        self.tried.setVisible(learned)
        self.tried.begin()
        self._show_feedback(None, "")
        if before:
            self.heading.setText(tr("How do you sit upright?"))
            self.body.setText(tr(HOW))
            self.hint.setText(
                tr("Look at the screen the way you do when you work. It takes {seconds} seconds.").format(
                    seconds=round(self._client.settings.calibration.seconds)
                )
            )
        elif running:
            self.heading.setText(tr("Get ready"))
            self.body.setText("")
            self.ring.show_share(0.0, "")
        elif learned:
            self.heading.setText(tr("Now I know how you sit upright"))
            self.hint.setText(tr("Try it out: slouch until you cross the line, then sit up again."))
        else:
            self.heading.setText(tr("That did not work yet"))
        if self.isVisible():  # the focused button may be gone
            (self.stop if running else self.keep if learned else self.start).setFocus()

    def _tell(self, words: str) -> None:
        self.body.setText(words)
        if self.isVisible():
            announce(self, joined(SHORT_SENTENCES, (self.heading.text(), words)))

    def _show(self, snapshot: Snapshot) -> None:
        if self.stage is CalibrationStep.RUNNING:
            self._show_running(snapshot)
            return
        settings, tick, paused = self._client.settings, snapshot.tick, snapshot.mode is Mode.PAUSED
        if self.stage is CalibrationStep.LEARNED:  # a pause goes on after the calibration, and nothing can be tried out
            self.hint.setVisible(not paused)
            self.tried.setVisible(not paused)
        if tick is None or snapshot.mode is not Mode.WATCHING:
            line = as_sentence(status_line(snapshot))
            self.figure.show_figure(Figure(), settings, line)
            told = self.stage is CalibrationStep.FAILED and self.body.text() == line
            self._show_feedback(None if told else snapshot.sign, "" if told else line)
            return
        learned = self.stage is CalibrationStep.LEARNED
        value, reason = tick.reading.deviation.value, tick.reading.deviation.reason
        picture = settings.desktop.picture
        if not learned:
            self.figure.show_figure(figure_of_tick(tick, picture=picture, sign=Sign.BUSY), settings, "")
            if tick.frame.problem is not None:
                self._show_feedback(
                    Sign.CAMERA_LOST, as_sentence(tr("No picture: {why}").format(why=tr(tick.frame.problem)))
                )
            else:
                seen = tick.pose is not None
                self._show_feedback(None if seen else Sign.UNKNOWN, "" if seen else tr("I see nobody yet."))
            return
        sign = Sign.UNKNOWN if value is None else Sign.SLOUCHING if beyond(value) else Sign.UPRIGHT
        words = {
            Sign.UPRIGHT: tr("Upright: you are on the good side of the line."),
            Sign.SLOUCHING: tr("Crossed: this counts as slouching."),
        }.get(sign) or as_sentence(tr("Unknown, because {why}").format(why=tr(reason.text) if reason else ""))
        self.figure.show_figure(
            figure_of_tick(tick, picture=picture, boundary=snapshot.boundary, sign=sign), settings, words
        )
        self._show_feedback(sign, words)
        self.tried.see(sign)

    def _show_running(self, snapshot: Snapshot) -> None:
        now = snapshot.calibration
        if now is None:
            self._show_feedback(Sign.BUSY, status_line(snapshot))
            return
        settings = self._client.settings
        sign = Sign.UPRIGHT if now.trouble is None else Sign.UNKNOWN
        good = tr("Good. Hold still.") if now.counts else tr("Good. It starts in a moment.")
        words = good if now.trouble is None else _trouble(now)
        picture = settings.desktop.picture
        self.figure.show_figure(figure_of_tick(now.tick, picture=picture, sign=sign), settings, words)
        if self.heading.text() != tr(now.ask):
            self.heading.setText(tr(now.ask))
            announce(self, tr(now.ask))
        self._place_ring()
        self.ring.show_share(now.share if now.counts else 0.0, f"{max(round(now.seconds_left), 0)}", sign)
        self._show_feedback(sign, words)

    def _place_ring(self) -> None:
        """Below the face, or in the corner of a picture so low that it would hide the user."""
        low = self.figure.height() < _ROOM_FOR_RING * self.ring.height()
        place = Qt.AlignmentFlag.AlignRight if low else Qt.AlignmentFlag.AlignHCenter
        if self._ring_at is not place:
            self._ring_at = place
            self._on_picture.setAlignment(self.ring, place)

    def _show_feedback(self, sign: Sign | None, words: str) -> None:
        self.mark.setVisible(sign is not None)
        if sign is not None:
            self.mark.show_sign(sign, words if sign is Sign.BUSY else "")
        if self.feedback.text() != words:
            self.feedback.setText(words)
        self.feedback.setVisible(bool(words))


def _trouble(now: Calibrating) -> str:
    return tr("Not yet: {why}.").format(why=tr(now.trouble or ""))


class TryOut(QWidget):
    """Two things to try once the boundary is known, each ticked when done."""

    def __init__(self) -> None:
        super().__init__()
        self.slouched = self.sat_up = False
        row = FlowLayout(2 * theme.MARGIN, centered=True)
        self.setLayout(row)
        self._lines = (LineLabel(), LineLabel())
        for line in self._lines:
            row.addWidget(line)
        self.begin()

    def begin(self) -> None:
        """Reset: nothing was tried yet."""
        self.slouched = self.sat_up = False
        self._show()

    def see(self, sign: Sign) -> None:
        """Tick what the current state shows: a slouch, and sitting upright after it."""
        if sign is Sign.SLOUCHING and not self.slouched:
            self.slouched = True
            self._show()
        elif sign is Sign.UPRIGHT and self.slouched and not self.sat_up:
            self.sat_up = True
            self._show()

    def _show(self) -> None:
        words = tr("Slouch: cross the line"), tr("Sit up again")
        for line, done, said in zip(self._lines, (self.slouched, self.sat_up), words, strict=True):
            shown = f"{'✓' if done else '○'}  {said}"
            if line.text() != shown:
                line.setText(shown)
                line.setAccessibleName(tr("{step}: done").format(step=said) if done else said)
                if done and self.isVisible():
                    announce(self, line.accessibleName())


class ProgressRing(QWidget):
    """A ring of the elapsed time, with the remaining seconds inside."""

    _SIZE, _LARGEST, _THICK = 100, 140, 8.0

    def __init__(self) -> None:
        super().__init__()
        theme.fit_text(self, self._fit)
        self.setAccessibleName(tr("Progress"))
        self._share, self._words, self._sign = 0.0, "", Sign.UPRIGHT

    def _fit(self) -> None:
        size = min(theme.scaled(self._SIZE), self._LARGEST)
        self.setFixedSize(size, size)

    @property
    def share(self) -> float:
        """Share of the time that has passed, 0 to 1."""
        return self._share

    def show_share(self, share: float, words: str, sign: Sign = Sign.UPRIGHT) -> None:
        """Show this progress.

        Args:
            share: Fraction that has passed, 0 to 1.
            words: Inside the ring: the seconds left.
            sign: Determines its color: upright while all is well, unknown while nothing can be learned.
        """
        if (share, words, sign) == (self._share, self._words, self._sign):
            return
        if words != self._words:
            self.setAccessibleDescription(tr("{seconds} seconds left").format(seconds=words) if words else "")
        self._share, self._words, self._sign = share, words, sign
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it on a dark disc, since it lies over a picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.DARK.color("ground", 0.78))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        ring = QRectF(self.rect()).adjusted(self._THICK, self._THICK, -self._THICK, -self._THICK)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.DARK.color("edge", 0.6), self._THICK))
        painter.drawEllipse(ring)
        pen = QPen(theme.DARK.sign(self._sign), self._THICK)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if self._share > 0:
            painter.drawArc(ring, 90 * 16, round(-min(self._share, 1.0) * 360 * 16))
        painter.setPen(theme.DARK.color("text"))
        painter.setFont(sized(painter.font(), 0.3 * self.width(), 600))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
