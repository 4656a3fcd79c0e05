"""Why an alert was told: the skeleton and the figures of that moment, as no picture is kept; and a way to say it was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from posturecam.alerts.policy import Response
from posturecam.config.settings import MonitorSettings
from posturecam.desktop.pictures.figure import FigureView, figure_of_evidence
from posturecam.desktop.pictures.gauges import DeviationGauge, Gauges, deviation_text
from posturecam.desktop.widgets.icons import app_icon
from posturecam.desktop.widgets.parts import button, card, text
from posturecam.desktop.widgets.status_line import lasting
from posturecam.desktop.widgets.theme import GAP, MARGIN
from posturecam.i18n.translate import mark, tr
from posturecam.posture.assess import Reading
from posturecam.posture.baseline import Baseline
from posturecam.posture.evidence import Evidence
from posturecam.posture.measures import Measure, Name
from posturecam.posture.monitor import Grade
from posturecam.posture.reasons import Reason, Why
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised

_SEVERITIES: Mapping[Grade, str] = {
    Grade.MILD: mark("You get a reminder after {time} of slight slouching."),
    Grade.MODERATE: mark("You get a reminder after {time} of clear slouching."),
    Grade.SEVERE: mark("You get a reminder after {time} of deep slouching."),
}
_NOT_KEPT = Reason(Why.NOT_SEEN, "not_kept")


def reading_of(evidence: Evidence, baseline: Baseline | None) -> Reading:
    """What was kept of a moment as a reading, for the gauges; its time is 0."""
    measures = {name: evidence.measure(name) or Measure(name, None, _NOT_KEPT) for name in Name}
    view = baseline.view if baseline is not None and evidence.compared else None
    return Reading(0.0, evidence.view, measures, evidence.deviation, view)


def reasons(told: AlertRaised, settings: MonitorSettings) -> list[str]:
    """Why it was told, in sentences."""
    if told.trial:
        return [tr("This was a test. It shows what a reminder looks like and says nothing about you.")]
    slouch = told.alert.slouch
    said = [tr(told.words.body)]
    waits = {
        Grade.MILD: settings.mild_seconds,
        Grade.MODERATE: settings.moderate_seconds,
        Grade.SEVERE: settings.severe_seconds,
    }
    if slouch.severity in waits:
        said.append(tr(_SEVERITIES[slouch.severity]).format(time=_wait(waits[slouch.severity])))
    if not slouch.compared:
        said.append(tr("It could not be compared with your own upright posture, because there was none yet."))
    return said


def _wait(seconds: float) -> str:
    return lasting(seconds) if seconds >= 60 else tr("{seconds} s").format(seconds=f"{seconds:g}")


class _MomentDialog(QDialog):
    """A moment, with sentences about it; it deletes itself when it is closed."""

    def __init__(
        self,
        engine: SessionClient,
        evidence: Evidence | None,
        baseline: Baseline | None,
        sentences: Sequence[str],
        at: datetime,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Why this reminder?"))
        self.setWindowIcon(app_icon())
        self._engine = engine
        self.wrong: QPushButton | None = None
        """Says that the alert was wrong; None where there is nothing to answer."""
        columns = QHBoxLayout()
        columns.setSpacing(MARGIN)
        drawn = evidence is not None and bool(evidence.points)
        if evidence is not None and drawn:
            columns.addWidget(self._figure(evidence), 1)
        columns.addLayout(self._words(sentences, at, evidence, baseline), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        whole.setSpacing(GAP)
        whole.addLayout(columns, 1)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(GAP)
        self.foot.addStretch(1)
        done = button(tr("Close"), self.close, "primary")
        done.setDefault(True)
        self.foot.addWidget(done)
        whole.addLayout(self.foot)
        self.resize(780 if drawn else 460, 420 if drawn else 220)

    def _figure(self, evidence: Evidence) -> QWidget:
        view = FigureView()
        said = tr("Your skeleton at that moment, seen from {view}").format(view=tr(evidence.view.spoken))
        view.show_figure(figure_of_evidence(evidence), self._engine.settings, said)
        return view

    def _words(
        self, sentences: Sequence[str], at: datetime, evidence: Evidence | None, baseline: Baseline | None
    ) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addWidget(text(tr("Why this reminder?"), "title"))
        when = f"{at:%H:%M}" if at.date() == datetime.now(at.tzinfo).date() else f"{at:%Y-%m-%d %H:%M}"
        column.addWidget(text(tr("At {time}").format(time=when), "quiet"))
        for sentence in sentences:
            column.addWidget(text(sentence))
        if evidence is not None:
            column.addWidget(self._figures(evidence, baseline))
        column.addWidget(text(tr("No picture was kept."), "quiet"))
        column.addStretch(1)
        return column

    def _figures(self, evidence: Evidence, baseline: Baseline | None) -> QWidget:
        settings, found = self._engine.settings, evidence.deviation
        frame, inside = card()
        whole, each = DeviationGauge(), Gauges()
        whole.show_deviation(found.value, found.reason.text if found.reason else None, settings.monitor)
        each.show_reading(reading_of(evidence, baseline), baseline, settings)
        inside.addWidget(whole)
        inside.addWidget(each)
        return frame


class WhyDialog(_MomentDialog):
    """Why an alert was told just now, and the way to say that it was wrong."""

    def __init__(
        self,
        told: AlertRaised,
        engine: SessionClient,
        baseline: Baseline | None = None,
        parent: QWidget | None = None,
        *,
        is_last: Callable[[], bool] = lambda: True,
    ) -> None:
        """Not shown yet.

        Args:
            told: The alert.
            engine: Told "I'm fine" where the user says that it was wrong; its settings give the limits.
            baseline: What the posture was compared with, to say where its limits are.
            parent: The Qt object that owns it.
            is_last: Whether no other alert was told since: only the last one can be answered.
        """
        evidence = None if told.trial else told.evidence
        sentences = reasons(told, engine.settings.monitor)
        super().__init__(engine, evidence, baseline, sentences, told.at, parent)
        self._told, self._is_last = told, is_last
        if told.trial:
            return
        self.wrong = button(tr("This was wrong"), self._say_wrong)
        self.wrong.setAutoDefault(False)
        self.foot.insertWidget(0, self.wrong)
        self._thanks = text("", "quiet")
        self.foot.insertWidget(1, self._thanks, 100)

    def _say_wrong(self) -> None:
        if self.wrong is not None:
            self.wrong.setEnabled(False)
        if self._is_last():
            self._engine.answer(Response.FINE, self._told)
            self._thanks.setText(tr("Thank you. The next reminder may take longer to come."))
        else:
            self._thanks.setText(tr("There has been another reminder since. Only the latest one can be answered."))


class EvidenceDialog(_MomentDialog):
    """What was kept of an alert in the history; it was answered then, or is too old to be."""

    def __init__(
        self,
        evidence: Evidence,
        at: datetime,
        engine: SessionClient,
        baseline: Baseline | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Not shown yet.

        Args:
            evidence: What was kept.
            at: When it was told, local time.
            engine: Its settings give the limits, as they are now.
            baseline: What the posture was compared with; None where it is no longer known.
            parent: The Qt object that owns it.
        """
        found = evidence.deviation
        said = deviation_text(found.value, found.reason.text if found.reason else None)
        super().__init__(engine, evidence, baseline, [said], at, parent)
