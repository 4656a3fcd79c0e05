"""Why an alert was given: the moment next to the upright posture, one figure, how long, and a tip; and a way to say it was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from PySide6.QtCore import QDate, QEvent, QLocale, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from posturecam.alerts.explanation import Explanation, explain
from posturecam.alerts.policy import Response
from posturecam.config.settings import MonitorSettings
from posturecam.desktop.pictures.figure import Figure, figure_of_comparison
from posturecam.desktop.pictures.figure_view import FigureView
from posturecam.desktop.pictures.gauges import Gauges
from posturecam.desktop.pictures.lasting_bar import LastingBar
from posturecam.desktop.widgets.icons import app_icon
from posturecam.desktop.widgets.layouts import FlowLayout, FollowingArea, SideBySide, bring_up
from posturecam.desktop.widgets.numbers import clock_time
from posturecam.desktop.widgets.parts import LineLabel, button, card, text
from posturecam.desktop.widgets.theme import GAP, MARGIN
from posturecam.history.models import KeptEvent
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import CLAUSES
from posturecam.posture.baseline import Baseline
from posturecam.posture.measures import Measure, Name
from posturecam.posture.monitor import Grade
from posturecam.posture.reading import Reading
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.evidence import Evidence
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised

_NOT_KEPT = Reason(Why.NOT_SEEN, "not_kept")
_SIZE, _SMALL = QSize(800, 500), QSize(480, 320)
"""With a drawing, and without one; device-independent pixels."""
_NARROWEST, _NARROWEST_THANKS, _LOWEST = 250, 160, 180
"""Least width of the drawing and of the words next to each other, of the thanks beside their button, and least height of the
drawing; device-independent pixels."""


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """The data of an alert, live or from the history."""

    at: datetime
    """Local time, with the offset in force then."""
    evidence: Evidence | None
    explanation: Explanation
    seconds: float | None
    """How long the slouch had lasted."""
    severity: Grade | None


def facts_of(raised: AlertRaised) -> ReminderFacts:
    """The data of an alert that was just given."""
    slouch, seen = raised.alert.slouch, raised.evidence
    cause, change, compared = slouch.cause, slouch.change, slouch.compared
    if seen is not None and seen.deviation.cause is not None:  # that of the moment shown
        cause, change, compared = seen.deviation.cause, seen.deviation.change, seen.compared
    explained = explain(cause, change, compared=compared)
    return ReminderFacts(raised.at, seen, explained, raised.alert.seconds, slouch.severity)


def facts_kept(event: KeptEvent) -> ReminderFacts:
    """The data of an alert in the history, as far as it was saved."""
    details, seen = event.details, event.evidence
    at = datetime.fromtimestamp(event.at, timezone(timedelta(seconds=event.utc_offset)))
    cause = next((name for name in Name if name.value == details.get("cause")), None)
    change, seconds = _number(details.get("change")), _number(details.get("seconds"))
    if seen is not None and seen.deviation.cause is not None:
        cause, change = seen.deviation.cause, seen.deviation.change
    severity = next((one for one in Grade if one.name.lower() == details.get("severity")), None)
    compared = seen is None or seen.compared
    return ReminderFacts(at, seen, explain(cause, change, compared=compared), seconds, severity)


def _number(detail: object) -> float | None:
    return float(detail) if isinstance(detail, int | float) else None


def reading_of(evidence: Evidence) -> Reading:
    """The saved evidence of a moment as a reading, for the gauges; its time is 0."""
    measures = {name: evidence.measure(name) or Measure(name, None, _NOT_KEPT) for name in Name}
    view = evidence.view if evidence.compared else None
    return Reading(0.0, evidence.view, measures, evidence.deviation, view)


def limit_of(severity: Grade | None, settings: MonitorSettings) -> float | None:
    """After how many seconds of a slouch this deep a reminder comes; None if unknown."""
    limits: Mapping[Grade, float] = {
        Grade.MILD: settings.mild_seconds,
        Grade.MODERATE: settings.moderate_seconds,
        Grade.SEVERE: settings.severe_seconds,
    }
    return None if severity is None else limits.get(severity)


class _MomentDialog(QDialog):
    """A dialog about one moment; it deletes itself when it is closed."""

    def __init__(
        self, client: SessionClient, facts: ReminderFacts | None, baseline: Baseline | None, parent: QWidget | None
    ) -> None:
        """Create it; without facts it is only a test of reminders."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Why this reminder?"))
        self.setWindowIcon(app_icon())
        self._client = client
        self._at = None if facts is None else facts.at
        self._when: QLabel | None = None
        self.wrong: QPushButton | None = None
        """Says that the alert was wrong; None if there is nothing to answer."""
        self.details: QFrame | None = None
        """The gauges, hidden until requested; None if nothing was saved."""
        evidence = None if facts is None else facts.evidence
        inside = QWidget()
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, GAP)
        whole.setSpacing(GAP)
        self._fill(whole, facts)
        ways, at_end = SideBySide(GAP), FlowLayout(GAP, at_end=True)
        answers = () if facts is None else self._answers()
        for one in answers:
            least, share = (None, 0) if isinstance(one, QPushButton) else (_NARROWEST_THANKS, 100)
            ways.add_part(one, least, share)
        if evidence is not None:
            self.details = self._figures(evidence, baseline)
            self.details.hide()
            whole.addWidget(self.details)
            self.more = button(tr("Details"), self._show_details, said=tr("Show the measures of this moment"))
            self.more.setCheckable(True)
            self.more.setAutoDefault(False)
            if answers:
                at_end.addWidget(self.more)
            else:
                ways.add_part(self.more)
        self.leave = button(tr("Close"), self.close, "primary")
        self.leave.setDefault(True)
        at_end.addWidget(self.leave)
        ways.add_part(at_end, stretch=1)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        foot.addLayout(ways)
        self._area = FollowingArea()
        self._area.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area, 1)
        around.addLayout(foot)
        free = (QGuiApplication.primaryScreen() if parent is None else parent.screen()).availableGeometry().size()
        wanted = _SIZE if evidence is not None and evidence.points else _SMALL
        self.resize(wanted.boundedTo(free - QSize(2 * GAP, 2 * MARGIN)))
        self.leave.setFocus()

    def _answers(self) -> Sequence[QWidget]:
        """The controls at the bottom that answer the reminder; none here."""
        return ()

    def changeEvent(self, event: QEvent) -> None:
        """Say when it was as of now: the dialog may have been open overnight."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self._when is not None and self._at is not None:
            self._when.setText(_when(self._at))

    def come_up(self) -> None:
        """Show it in front; if one about the same moment is open, as after a double click, bring up that one instead."""
        dialog = next((one for one in open_moments() if one._at == self._at), self)
        if dialog is not self:
            self.deleteLater()
        bring_up(dialog)

    def _fill(self, whole: QVBoxLayout, facts: ReminderFacts | None) -> None:
        title = LineLabel(tr("Why this reminder?"), "title")
        if facts is None:
            whole.addWidget(title)
            words = tr("This was a test. It shows what a reminder looks like and says nothing about you.")
            whole.addWidget(text(words))
            whole.addStretch(1)
            return
        when = self._when = LineLabel(_when(facts.at), "quiet")
        when.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        head = SideBySide(2)
        head.add_part(title, stretch=1)
        head.add_part(when)
        whole.addLayout(head)
        columns = SideBySide(MARGIN)
        if facts.evidence is not None and facts.evidence.points:
            columns.add_part(self._drawing(facts.evidence, facts.explanation), _NARROWEST, 5)
        columns.add_part(self._words(facts), _NARROWEST, 4)
        whole.addLayout(columns, 1)

    def _drawing(self, evidence: Evidence, explained: Explanation) -> QWidget:
        label = tr(explained.figure) if explained.figure else ""
        figure = figure_of_comparison(evidence, label)
        view = FigureView(lowest=_LOWEST)
        # It takes the height that the words leave free.
        view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        view.show_figure(figure, self._client.settings, self._said(figure, evidence, label))
        if figure.beside is None:
            return view
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(view, 1)
        column.addWidget(text(tr("Dashed green: your upright posture. No picture was kept."), "quiet"))
        return holder

    def _said(self, figure: Figure, evidence: Evidence, label: str) -> str:
        seen = tr("Your skeleton at that moment, seen from {view}").format(view=tr(evidence.view.spoken))
        if figure.beside is None:
            return seen
        return tr("{seen}, beside your upright posture: {difference}").format(seen=seen, difference=label)

    def _words(self, facts: ReminderFacts) -> QVBoxLayout:
        explained, evidence = facts.explanation, facts.evidence
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addWidget(text(tr(explained.sentence), "heading"))
        if facts.evidence is None and explained.figure:
            column.addWidget(text(tr(explained.figure)))
        if facts.seconds is not None:
            limit = limit_of(facts.severity, self._client.settings.monitor)
            column.addWidget(LastingBar(facts.seconds, limit))
        if evidence is not None and not evidence.compared:
            words = tr("It could not be compared with your own upright posture, because there was none yet.")
            column.addWidget(text(words, "quiet"))
        elif evidence is not None and evidence.upright is None:
            words = tr("Your upright posture at that time was not kept, so it cannot be shown beside this one.")
            column.addWidget(text(words, "quiet"))
        frame, inside = card()
        inside.addWidget(text(tr("Try this"), "heading"))
        inside.addWidget(text(tr(explained.tip)))
        column.addWidget(frame)
        if evidence is not None and (evidence.upright is None or not evidence.points):
            column.addWidget(text(tr("No picture was kept."), "quiet"))
        column.addStretch(1)
        return column

    def _figures(self, evidence: Evidence, baseline: Baseline | None) -> QFrame:
        frame, inside = card()
        each = Gauges(only_known=evidence.compared and baseline is None)
        each.show_reading(reading_of(evidence), baseline, self._client.settings)
        inside.addWidget(each)
        return frame

    def _show_details(self) -> None:
        if self.details is not None:
            shown = self.more.isChecked()
            self.details.setVisible(shown)
            if shown:  # once it has been laid out
                details = self.details
                QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(details))


def open_moments() -> list[_MomentDialog]:
    """The dialogs that are open."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, _MomentDialog) and one.isVisible()]


class WhyDialog(_MomentDialog):
    """Why the latest alert was given, with a button to say that it was wrong."""

    def __init__(
        self,
        raised: AlertRaised,
        client: SessionClient,
        baseline: Baseline | None = None,
        parent: QWidget | None = None,
        *,
        is_last: Callable[[], bool] = lambda: True,
        answered: bool = False,
    ) -> None:
        """Create it without showing it.

        Args:
            raised: The alert.
            client: Receives "I'm fine" if the user says that it was wrong; its settings give the limits.
            baseline: The current baseline, used if the alert did not save its own.
            parent: The Qt object that owns it.
            is_last: Whether it is the latest alert: only that one can be answered.
            answered: Whether the user said before, in another language, that it was wrong.
        """
        facts = None if raised.trial else facts_of(raised)
        kept = _baseline_kept(raised.evidence) or baseline
        super().__init__(client, facts, kept if raised.alert.slouch.compared else None, parent)
        self.raised, self._is_last, self.answered = raised, is_last, False
        if self.wrong is not None:
            order = [self.wrong, *([self.more] if self.details is not None else []), self.leave]
            for before, after in pairwise(order):
                self.setTabOrder(before, after)
        if answered:
            self._thank()

    def _answers(self) -> Sequence[QWidget]:
        """The button that says it was wrong, and where the thanks appear."""
        self.wrong = button(tr("This was wrong"), self._say_wrong)
        self.wrong.setAutoDefault(False)
        self._thanks = text("", "quiet")
        self._thanks.hide()
        return self.wrong, self._thanks

    def _say_wrong(self) -> None:
        if self._is_last():
            self._client.answer(Response.FINE, self.raised)
        self._thank()

    def _thank(self) -> None:
        self.answered = True
        if self.wrong is not None:
            self.wrong.setEnabled(False)
        self._thanks.show()
        if self._is_last():
            self._thanks.setText(tr("Thank you. The next reminder may take longer to come."))
        else:
            self._thanks.setText(tr("There has been another reminder since. Only the latest one can be answered."))


class EvidenceDialog(_MomentDialog):
    """The saved evidence of an alert in the history, which can no longer be answered."""

    def __init__(self, event: KeptEvent, client: SessionClient, parent: QWidget | None = None) -> None:
        """Create it without showing it.

        Args:
            event: The saved alert.
            client: Its current settings give the limits.
            parent: The Qt object that owns it.
        """
        super().__init__(client, facts_kept(event), _baseline_kept(event.evidence), parent)
        self.event_kept = event


def _baseline_kept(evidence: Evidence | None) -> Baseline | None:
    if evidence is None or evidence.upright is None:
        return None
    try:
        return evidence.upright.as_baseline()
    except ValueError:  # a damaged history
        return None


def _when(at: datetime) -> str:
    time = tr("At {time}").format(time=clock_time(at))
    if at.date() == datetime.now(at.tzinfo).date():
        return time
    day = QLocale().toString(QDate(at.year, at.month, at.day), QLocale.FormatType.LongFormat)
    return joined(CLAUSES, [day, clock_time(at)])
