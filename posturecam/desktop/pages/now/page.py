"""The page "Now": how the user sits, one sentence, the picture and the last hour, with the measures under "Details"."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from posturecam.desktop.pages.now.banner import Banner, Resting, say
from posturecam.desktop.pages.now.sensitivity import SensitivityChoice
from posturecam.desktop.pictures.figure import Figure, figure_of_tick
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.pictures.gauges import DeviationGauge, Gauges, deviation_text
from posturecam.desktop.pictures.timeline import Timeline
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.actions import MenuAction, Navigation, pauses, perform
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.icons import NAMES, SignMark
from posturecam.desktop.widgets.layouts import LOWEST_INNER, FlowLayout, FollowingArea, PageStack, SideBySide
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.parts import LineLabel, WrappingCheckBox, as_sentence, button, text
from posturecam.desktop.widgets.problems import Notes, NotesBanner
from posturecam.desktop.widgets.status_line import (
    Unhurried,
    lasting,
    next_break,
    planned_today,
    state_words,
    status_line,
    unknown_words,
)
from posturecam.errors import PosturecamError
from posturecam.i18n.translate import tr
from posturecam.posture.loop import Tick
from posturecam.posture.reasons import Why
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, BreakOffered, Happened, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.vision.frame import Frame

_COLUMN, _NARROWEST_COLUMN, _NARROWEST_FIGURE, _NARROWEST_HEAD = 330, 260, 160, 240
"""Width of the gauges, and the least of gauges, figure and headline when next to something, device-independent
pixels."""
_ANY = 16_777_215
"""Qt's own greatest width, for no limit."""
_LOWEST_FIGURE = 140
"""Least height of the figure, so that a message, an alert and the figure fit into the smallest window."""
_A_MINUTE = 60.0
"""Seconds from which it is said how long a state has lasted."""
_LONG_SITTING = 600.0
"""Seconds of sitting from which it is mentioned."""

_MONDAY = 0
_A_WEEKEND = timedelta(days=2)
"""A calibration older than this on a Monday is from an earlier week."""

_SAID_ABOVE = (Sign.UNKNOWN, Sign.CAMERA_LOST)
"""The states whose reason is shown under the title."""


_ANEW = (Why.OTHER_VIEW, Why.CAMERA_MOVED, Why.NO_BASELINE)
"""The reasons of an unknown posture that a new calibration removes."""


class LivePage(QWidget):
    """The page "Now"."""

    def __init__(
        self,
        client: SessionClient,
        navigation: Navigation,
        *,
        notes: Notes | None = None,
    ) -> None:
        """Create an empty page.

        Args:
            client: Receives the commands.
            navigation: Opens windows.
            notes: Problems shown at the top; None shows none.
        """
        super().__init__()
        self._client, self._navigation = client, navigation
        self._snapshot: Snapshot | None = None
        self._words, self._words_elsewhere = Unhurried(), False
        self._way = navigation.calibrate
        """What would make an unknown posture known again."""
        self.shown_elsewhere = False
        """Whether a notification or the card shows the open alert or suggestion, which is not shown twice."""
        self.resting = Resting(client, navigation)
        self.notes = NotesBanner(notes or Notes(self))
        self.banner = Banner(self._perform)
        self._watching = self._make_watching()
        self._stack = PageStack()
        self._stack.addWidget(self.resting)
        self._stack.addWidget(self._watching)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.notes.setContentsMargins(theme.MARGIN, theme.GAP, theme.MARGIN, 0)
        whole.addWidget(self.notes)
        whole.addWidget(self._stack, 1)

    def take(self, snapshot: Snapshot) -> None:
        """Show a snapshot; does nothing while the page is hidden."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        moved, self._words_elsewhere = self.shown_elsewhere is not self._words_elsewhere, self.shown_elsewhere
        watched = self._stack.currentWidget() is self._watching and snapshot.tick is not None
        if self._words.due(snapshot) or moved or not watched:
            self._show(snapshot)
        else:
            self._show_figure(snapshot)

    def offer(self, offered: BreakOffered | None) -> None:
        """Show the suggested break, or none, and read it out if it is shown nowhere else."""
        if offered is not self.banner.offered:
            self.banner.offered = offered
            if self.isVisible():
                if offered is not None and not self.shown_elsewhere:
                    announce(self, f"{tr(offered.words.title)} {tr(offered.words.body)}")
                if self._snapshot is not None:
                    self._show(self._snapshot)

    def happened(self, what: Happened) -> None:
        """Announce an alert to screen readers."""
        if isinstance(what, AlertRaised) and self.isVisible() and not self.shown_elsewhere:
            announce(self, f"{tr(what.words.title)} {tr(what.words.body)}")

    def showEvent(self, event: QShowEvent) -> None:
        """Check the camera more often while the page is visible."""
        super().showEvent(event)
        self._client.preview(True)
        if self._snapshot is not None:
            self._show(self._snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        """Check the camera less often again."""
        super().hideEvent(event)
        self._client.preview(False)

    # The parts.

    def _make_watching(self) -> QWidget:
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        whole.setSpacing(theme.GAP)
        whole.addLayout(self._make_head())
        whole.addWidget(self.banner)
        self._middle = SideBySide(theme.MARGIN)
        self.column = self._make_column()
        self.figure = FigureView(centered=True, lowest=_LOWEST_FIGURE)
        self.picture = WrappingCheckBox(tr("Show the camera's picture"))
        self.picture.setAccessibleName(tr("Show the camera's picture"))
        self.picture.setToolTip(tr("Without it, only your skeleton is drawn. No picture is kept either way."))
        self.picture.setChecked(self._client.settings.desktop.picture)
        self.picture.clicked.connect(self._show_picture)
        self._middle.add_part(self.figure, _NARROWEST_FIGURE, 1)
        self._middle.add_part(self.column, _NARROWEST_COLUMN)
        theme.fit_text(self.column, self._fit_column)
        whole.addLayout(self._middle, 1)
        whole.addLayout(self._make_below())
        self.timeline = Timeline()
        whole.addWidget(self.timeline)
        return page

    def _make_below(self) -> FlowLayout:
        """The occasional choices: the picture, the sensitivity, the details."""
        row = FlowLayout(theme.GAP)
        row.addWidget(self.picture)
        choice = QWidget()
        line = FlowLayout(6)
        choice.setLayout(line)
        line.addWidget(LineLabel(tr("Sensitivity"), "quiet"))
        self.sensitivity = SensitivityChoice(self._client, self._navigation.complain)
        line.addWidget(self.sensitivity)
        row.addWidget(choice)
        self.details = button(tr("Details"), self._show_details, said=tr("Show what your posture is judged by"))
        self.details.setCheckable(True)
        row.addWidget(self.details)
        return row

    def _make_head(self) -> SideBySide:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        self.mark = SignMark(40)
        self.title, self.detail = text("", "title"), text("", "quiet")
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.next = text("", "quiet")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        words.addWidget(self.next)
        self.review = button(tr("See how last week went"), self._navigation.review)
        self.review.hide()
        words.addWidget(self.review, 0, Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        self.mend = button("", lambda: self._way())
        self.mend.hide()
        words.addWidget(self.mend, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        holder = QWidget()
        holder.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        theme.fit_text(holder, lambda: holder.setMinimumHeight(_two_lines(self.title, self.detail)))
        row.addWidget(holder, 1)
        self.pause = QPushButton(tr("Pause"))
        self.pause.setAccessibleName(tr("Pause"))
        self.pause.setMenu(QMenu(self.pause))
        self.pause.menu().aboutToShow.connect(self._fill_pauses)
        self.stretch = button(tr("Stretch now"), lambda: self._perform(MenuAction.STRETCH), "primary")
        buttons = FlowLayout(theme.GAP)
        for one in (self.pause, self.stretch):
            buttons.addWidget(one)
        head = SideBySide(theme.GAP)
        head.add_part(row, _NARROWEST_HEAD, 1)
        head.add_part(buttons)
        return head

    def _make_column(self) -> FollowingArea:
        column = QWidget()
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(6)
        self.deviation, self.deviation_words = DeviationGauge(), text("", "quiet")
        self.gauges = Gauges()
        inside.addWidget(text(tr("How far from upright"), "heading"))
        inside.addWidget(self.deviation)
        inside.addWidget(self.deviation_words)
        inside.addSpacing(theme.GAP)
        inside.addWidget(self.gauges, 1)
        self.calibrate = button(tr("Recalibrate"), self._navigation.calibrate)
        inside.addWidget(self.calibrate, 0, Qt.AlignmentFlag.AlignLeft)
        area = FollowingArea()  # for small windows
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the measures scroll with the arrow keys
        area.setWidget(column)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Measures"))
        area.viewport().setAutoFillBackground(False)
        column.setAutoFillBackground(False)
        area.hide()
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Size the measures so that the picture keeps enough room."""
        super().resizeEvent(event)
        self._fit_column()

    def _fit_column(self) -> None:
        room = (self.parentWidget() or self).width()  # it may itself be wider than its viewport
        self.column.setMinimumWidth(0)
        if self._middle.beside(room - 2 * theme.MARGIN):
            self.column.setFixedWidth(min(theme.scaled(_COLUMN), max(room // 2, _NARROWEST_COLUMN)))
            self.column.setMinimumHeight(LOWEST_INNER)
        else:  # below the picture, at their full height
            self.column.setMaximumWidth(_ANY)
            inside = self.column.widget()
            self.column.setMinimumHeight(LOWEST_INNER if inside is None else inside.sizeHint().height())

    def _show_details(self) -> None:
        self.column.setVisible(self.details.isChecked())
        if self._snapshot is not None:
            self._show(self._snapshot)

    # What is pressed.

    def _perform(self, act: MenuAction) -> None:
        if self._snapshot is not None:
            perform(act, self._client, self._navigation, self._snapshot.alert, self.banner.offered)

    def _offer_to_mend(self, snapshot: Snapshot, tick: Tick) -> None:
        """Offer what would make the posture known again, unless it is offered below already."""
        reason = tick.reading.deviation.reason or tick.state.reason
        words, self._way = "", self._navigation.calibrate
        if snapshot.sign is Sign.CAMERA_LOST:
            words, self._way = tr("Choose camera…"), self._navigation.choose_camera
        elif snapshot.sign is Sign.UNKNOWN and reason is not None and reason.code is Why.TURNED:
            words, self._way = tr("Turn the picture"), lambda: self._navigation.choose("camera.rotate")
        elif snapshot.sign is Sign.UNKNOWN and reason is not None and reason.code in _ANEW:
            words = tr("Recalibrate") if snapshot.uncalibrated is None else ""
        if words and self.mend.text() != words:
            self.mend.setText(words)
            self.mend.setAccessibleName(words)
        self.mend.setVisible(bool(words))

    def _fill_pauses(self) -> None:
        menu = self.pause.menu()
        menu.clear()
        for act, label in pauses():
            menu.addAction(label).triggered.connect(lambda _=False, act=act: self._perform(act))

    def _show_picture(self) -> None:
        try:
            self._client.change_settings({"desktop.picture": "true" if self.picture.isChecked() else "false"})
        except PosturecamError as error:
            self._navigation.complain(error.text)
        self.picture.setChecked(self._client.settings.desktop.picture)

    # What is shown.

    def _show(self, snapshot: Snapshot) -> None:
        before = self.window().focusWidget()
        self._show_all(snapshot)
        if before is not None and (before is self or (self.isAncestorOf(before) and not before.isVisible())):
            self._lead_on()

    def _lead_on(self) -> None:
        """Focus what leads on from here, since Qt would go to the column at the left when the focused control disappears."""
        resting = self._stack.currentWidget() is self.resting
        wanted = self.resting.leading if resting else self.pause
        (wanted or self).setFocus()  # the page itself, until the camera's picture is there

    def _show_all(self, snapshot: Snapshot) -> None:
        tick, first = snapshot.tick, snapshot.picture
        if first is not None and self._client.settings.desktop.picture:
            self._show_first(first)
            return
        was_resting = self._stack.currentWidget() is self.resting
        if snapshot.mode is not Mode.WATCHING or tick is None:
            before = self.resting.said if was_resting else ""
            self.resting.show_snapshot(snapshot)
            self._stack.setCurrentWidget(self.resting)
            if self.resting.said != before and snapshot.mode not in (Mode.STARTING, Mode.WATCHING):
                announce(self, self.resting.said)  # where the picture was, something else appears
            return
        self._stack.setCurrentWidget(self._watching)
        if was_resting:
            announce(self, status_line(snapshot))
        settings = self._client.settings
        sign = snapshot.sign
        self.mark.show_sign(sign, state_words(snapshot))
        say(self.title, state_words(snapshot))
        say(self.detail, sentence(snapshot, tick))
        say(self.next, beneath(snapshot))
        self.next.setVisible(bool(self.next.text()))
        self.review.setVisible(
            snapshot.at.weekday() == _MONDAY and snapshot.alert is None and _since(snapshot) >= _A_WEEKEND
        )
        self._offer_to_mend(snapshot, tick)
        self.banner.show_snapshot(snapshot, settings, answered_elsewhere=self.shown_elsewhere)
        self.sensitivity.refresh()
        self.stretch.setVisible(not self.banner.offers_stretch)  # one primary action at a time
        self.calibrate.setVisible(snapshot.alert is not None or snapshot.uncalibrated is None)
        if self.picture.isChecked() != settings.desktop.picture:
            self.picture.setChecked(settings.desktop.picture)
        self.timeline.show_hour(snapshot.hour, snapshot.at)
        self._show_figure(snapshot)

    def _show_figure(self, snapshot: Snapshot) -> None:
        """Show what changes with each check: the picture, and the measures if they are open."""
        tick = snapshot.tick
        assert tick is not None
        settings, sign, reading = self._client.settings, snapshot.sign, tick.reading
        figure = figure_of_tick(tick, picture=settings.desktop.picture, boundary=snapshot.boundary, sign=sign)
        self.figure.show_figure(figure, settings, tr(NAMES[sign]))
        if self.column.isHidden():
            return
        reason = reading.deviation.reason
        self.deviation.show_deviation(reading.deviation.value, reason.text if reason else None, settings.monitor)
        words = deviation_text(reading.deviation.value, reason.text if reason else None)
        say(self.deviation_words, "" if sign in _SAID_ABOVE else words)
        self.gauges.show_reading(reading, snapshot.baseline, settings)

    def _show_first(self, picture: Frame) -> None:
        """Show the first picture, which is not judged yet."""
        self._stack.setCurrentWidget(self._watching)
        self.mark.show_sign(Sign.BUSY, tr("Starting"))
        say(self.title, tr("Starting"))
        say(self.detail, "")
        for part in (self.next, self.review, self.mend, self.banner):
            part.hide()
        self.figure.show_figure(Figure(image=picture.image), self._client.settings, tr("Starting"))


def _since(snapshot: Snapshot) -> timedelta:
    """Age of the calibration, which decides whether there is a week to look back on."""
    if snapshot.baseline is None:
        return timedelta()
    try:
        made = datetime.fromisoformat(snapshot.baseline.made)
    except ValueError:  # a file edited by hand
        return timedelta()
    return snapshot.at.replace(tzinfo=None) - made.replace(tzinfo=None)


def _two_lines(title: QLabel, detail: QLabel) -> int:
    """Height of the title with two lines below it: with one or two, the picture then stays where it is."""
    for label in (title, detail):
        label.ensurePolished()
    return title.fontMetrics().height() + 2 * detail.fontMetrics().height() + 4


def sentence(snapshot: Snapshot, tick: Tick) -> str:
    """The most important sentence now: why the posture is unknown, what comes next, or how long it has been good."""
    sign, outlook = snapshot.sign, snapshot.outlook
    if sign in _SAID_ABOVE:
        return unknown_words(snapshot)
    if snapshot.alert is not None:  # the alert says how long
        return tr("Sit up for a few seconds, and the reminder goes away.")
    if outlook.silent is not None:
        return as_sentence(tr("No reminders: {why}").format(why=tr(outlook.silent)))
    if outlook.seconds is not None:
        return tr("Reminder in {time} unless you sit up.").format(time=_short(outlook.seconds))
    clock = _clock_of(snapshot, tick)
    if tick.state.phase_seconds < _A_MINUTE:
        return tr("Since {clock}.").format(clock=clock)
    return tr("For {time}, since {clock}.").format(time=lasting(tick.state.phase_seconds), clock=clock)


def _clock_of(snapshot: Snapshot, tick: Tick) -> str:
    since = snapshot.at - timedelta(seconds=tick.state.phase_seconds)
    return clock_time(since.astimezone())  # the clocks may have changed since


def beneath(snapshot: Snapshot) -> str:
    """How long the user has been sitting, and when the next break comes."""
    if snapshot.sign in (Sign.AWAY, *_SAID_ABOVE):
        return ""
    said = []
    if snapshot.sitting >= _LONG_SITTING:
        said.append(tr("{time} of sitting without a break").format(time=lasting(snapshot.sitting)))
    return " · ".join([*said, *filter(None, [next_break(snapshot), planned_today(snapshot)])])


def _short(seconds: float) -> str:
    """A wait, rounded to ten seconds under two minutes, so that it does not flicker."""
    if seconds >= 115:
        return lasting(seconds + 30)
    return tr("{seconds} s").format(seconds=max(10 * round(seconds / 10), 5))
