"""Parts of the page "Now": the banner that asks for an answer, and the view shown while nothing is watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from posturecam.alerts.policy import Response
from posturecam.alerts.text import BUTTONS
from posturecam.config.settings import Settings
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.actions import POSTPONE, SKIP, MenuAction, Navigation
from posturecam.desktop.widgets.icons import SignMark
from posturecam.desktop.widgets.layouts import FlowLayout
from posturecam.desktop.widgets.parts import as_sentence, button, card, text
from posturecam.desktop.widgets.status_line import state_words, status_line
from posturecam.history.baselines import place_names
from posturecam.history.models import PAUSES
from posturecam.i18n.translate import joined, mark, tr
from posturecam.i18n.words import SENTENCES
from posturecam.posture.baseline import Baseline
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, BreakOffered, Snapshot
from posturecam.session.protocol.mode import Mode

_RESTING: Mapping[Mode, tuple[str, str]] = {
    Mode.STARTING: (mark("Starting the camera…"), ""),
    Mode.PAUSED: (mark("Paused"), mark("The camera is off.")),
    Mode.OFF: (mark("Paused"), mark("The camera is off. It turns back on automatically.")),
    Mode.CAMERA_LOST: (mark("No camera"), mark("Trying to reconnect…")),
    Mode.CALIBRATING: (mark("Calibrating…"), mark("Learning your upright posture.")),
    Mode.STRETCHING: (
        mark("Stretching"),
        mark("The coach is guiding you. Afterwards, posturecam picks up where it left off."),
    ),
    Mode.ENDED: (mark("Ended"), mark("Quit and start posturecam again")),
}
"""For each mode except watching: a title, and a sentence about what happens next."""
_NOT_WATCHING = mark("Not watching"), mark("posturecam keeps trying.")
"""The same if the camera works and something else has failed."""


def say(label: QLabel, words: str) -> None:
    """Set a label's text only if it changed, to avoid a new layout."""
    if label.text() != words:
        label.setText(words)


class Resting(QWidget):
    """A calm page that says why nothing is watched."""

    def __init__(self, client: SessionClient, navigation: Navigation) -> None:
        super().__init__()
        self.mark = SignMark(72)
        self.title, self.why, self.so = text("", "title"), text(""), text("", "quiet")
        self.resume = button(tr("Resume"), client.resume, "primary")
        self.retry = button(tr("Try again"), client.retry, "primary")
        self.choose_camera = button(tr("Choose camera…"), navigation.choose_camera)
        self.hours = button(tr("Change the hours…"), lambda: navigation.choose("quiet.watch_from"))
        self.go_back = button(
            tr("Back to it"), navigation.go_back, "primary", tr("Back to the calibration or the stretch")
        )
        self.quit = button(tr("Quit"), navigation.quit, "primary")
        answers = FlowLayout(8, centered=True)
        self._answers = (self.resume, self.retry, self.choose_camera, self.hours, self.go_back, self.quit)
        for one in self._answers:
            answers.addWidget(one)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * theme.MARGIN, theme.MARGIN, 2 * theme.MARGIN, theme.MARGIN)
        whole.setSpacing(theme.GAP)
        whole.addStretch(2)
        whole.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.why, self.so):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            whole.addWidget(label)
        whole.addSpacing(theme.GAP)
        whole.addLayout(answers)
        whole.addStretch(3)

    @property
    def leading(self) -> QPushButton | None:
        """The first button shown; None if there is nothing to do."""
        return next((one for one in self._answers if not one.isHidden()), None)

    @property
    def said(self) -> str:
        """What it says, for screen readers."""
        told = [label.text() for label in (self.title, self.why, self.so) if label.text()]
        return joined(SENTENCES, [as_sentence(one) for one in told])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what this snapshot calls for."""
        # Whether the camera is being opened or its first picture is awaited makes no difference to the user.
        mode = Mode.STARTING if snapshot.mode is Mode.WATCHING else snapshot.mode
        title, so = _NOT_WATCHING if mode is Mode.CAMERA_LOST and snapshot.camera_works else _RESTING[mode]
        self.mark.show_sign(snapshot.sign, state_words(snapshot))
        say(self.title, status_line(snapshot) if mode in (Mode.PAUSED, Mode.OFF) else tr(title))
        say(self.why, as_sentence(tr(snapshot.why or "")) if mode in (Mode.CAMERA_LOST, Mode.ENDED) else "")
        say(self.so, as_sentence(tr(so)))
        self.why.setVisible(bool(self.why.text()))
        self.retry.setVisible(mode is Mode.CAMERA_LOST)
        self.choose_camera.setVisible(mode is Mode.CAMERA_LOST and not snapshot.camera_works)
        self.resume.setVisible(mode is Mode.PAUSED)  # a pause by the system or the schedule is not resumed by the user
        self.hours.setVisible(mode is Mode.OFF and snapshot.why == PAUSES["schedule"])
        guided = mode in (Mode.CALIBRATING, Mode.STRETCHING)
        self.go_back.setVisible(guided)  # the calibration is not listed at the left
        self.quit.setVisible(mode is Mode.ENDED)


class Banner(QFrame):
    """Asks for an answer: to an open alert, a suggested break or upright posture, or a missing calibration."""

    def __init__(self, perform_: Callable[[MenuAction], None]) -> None:
        super().__init__()
        self.offered: BreakOffered | None = None
        """The suggested break, shown with the next snapshot."""
        frame, inside = card()
        self.heading, self.body = text("", "heading"), text("")
        inside.addWidget(self.heading)
        inside.addWidget(self.body)
        row = FlowLayout(8)
        self.answers = [
            button(tr(BUTTONS[Response.STRETCH]), lambda: perform_(MenuAction.ALERT_STRETCH), "primary"),
            button(tr(BUTTONS[Response.SNOOZE]), lambda: perform_(MenuAction.SNOOZE)),
            button(tr(BUTTONS[Response.FINE]), lambda: perform_(MenuAction.FINE)),
            button(tr("Why?"), lambda: perform_(MenuAction.WHY), "plain"),
        ]
        self.break_answers = [
            button(tr("Stretch now"), lambda: perform_(MenuAction.STRETCH), "primary"),
            button(tr("Done"), lambda: perform_(MenuAction.RESTED), "primary"),
            button(tr(POSTPONE), lambda: perform_(MenuAction.LATER)),
            button(tr(SKIP), lambda: perform_(MenuAction.SKIP)),
        ]
        self.fits_here = button(tr("It still fits"), lambda: perform_(MenuAction.FITS_HERE))
        self.take_upright = button(tr("Use it"), lambda: perform_(MenuAction.TAKE_UPRIGHT), "primary")
        self.not_now = button(tr("Not now"), self._decline)
        self._declined = False
        """Whether the suggested upright posture was declined; reset by the next suggestion."""
        self._made_elsewhere: str | None = None
        """The question about a calibration from another desk, while it is open; cached, because snapshots come ten
        times a second and the names of desks are in a file."""
        self.calibrate = button(tr("Calibrate"), lambda: perform_(MenuAction.CALIBRATE), "primary")
        for one in (
            *self.answers, *self.break_answers, self.take_upright, self.not_now, self.calibrate, self.fits_here,
        ):  # fmt: skip
            row.addWidget(one)
        inside.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self.hide()

    def _decline(self) -> None:
        self._declined = True
        self.hide()

    @property
    def offers_stretch(self) -> bool:
        """Whether it has a button to stretch."""
        return not (self.answers[0].isHidden() and self.break_answers[0].isHidden())

    def show_snapshot(self, snapshot: Snapshot, settings: Settings, *, answered_elsewhere: bool) -> None:
        """Show what needs an answer, if anything; alerts and suggestions only if no notification or card shows them."""
        alert = None if answered_elsewhere else snapshot.alert
        offered = self.offered if snapshot.alert is None and not answered_elsewhere else None
        self._declined = self._declined and snapshot.upright_offered
        if not snapshot.elsewhere:
            self._made_elsewhere = None
        asks_to_calibrate = snapshot.uncalibrated is not None or snapshot.elsewhere
        other = alert is not None or offered is not None or asks_to_calibrate
        upright = snapshot.upright_offered and not self._declined and not other
        self.setVisible(other or upright)
        for one in self.answers:
            one.setVisible(alert is not None)
        if alert is not None and alert.alert.no_stretching:
            self.answers[0].hide()
        stretches = offered is not None and offered.offer.because.stretches
        for one, fits in zip(self.break_answers, (stretches, not stretches, True, True), strict=True):
            one.setVisible(offered is not None and fits)
        self.take_upright.setVisible(upright)
        self.not_now.setVisible(upright)
        self.calibrate.setVisible(alert is None and offered is None and not upright)
        self.fits_here.setVisible(alert is None and offered is None and not upright and snapshot.uncalibrated is None)
        if other or upright:
            heading, body = self._words(snapshot, settings, alert, offered, upright=upright)
            say(self.heading, heading)
            say(self.body, body)

    def _words(
        self,
        snapshot: Snapshot,
        settings: Settings,
        alert: AlertRaised | None,
        offered: BreakOffered | None,
        *,
        upright: bool,
    ) -> tuple[str, str]:
        """Heading and text for the most urgent of what needs an answer."""
        if alert is not None:
            trial = tr("(Test reminder)") if alert.trial else ""
            return tr(alert.words.title), f"{tr(alert.words.body)} {trial}".strip()
        if offered is not None:
            return tr(offered.words.title), tr(offered.words.body)
        if upright:
            return tr("You're sitting upright in a new place"), tr(
                "The camera or your chair was moved. I can use your posture of the last few minutes as your upright "
                "posture from now on."
            )
        if snapshot.uncalibrated is not None:
            takes = tr("It takes {seconds} seconds. Then I can tell more reliably when you slouch.").format(
                seconds=round(settings.calibration.seconds)
            )
            words = joined(SENTENCES, [as_sentence(tr(snapshot.uncalibrated)), takes])
            return tr("Show me once how you sit upright"), words
        if self._made_elsewhere is None:
            self._made_elsewhere = _made_elsewhere(snapshot.baseline)
        return tr("Are you still calibrated here?"), self._made_elsewhere


def _made_elsewhere(baseline: Baseline | None) -> str:
    """The desk at which the calibration used here was made."""
    name = "" if baseline is None else place_names().get(baseline.place, "")
    if not name:
        return tr(
            "Your calibration was made at another desk. If the camera or your chair is different here, calibrate once."
        )
    return tr(
        "Your calibration was made at “{desk}”. If the camera or your chair is different here, calibrate once."
    ).format(desk=name)
