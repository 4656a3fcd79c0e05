"""Records what happens at the desk in the history: the engine's values in, rows out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from posturecam.alerts.policy import Response
from posturecam.errors import HistoryError
from posturecam.history.models import PAUSES, Detail, EventKind, TimeCategory
from posturecam.history.sitting import SittingHistory
from posturecam.i18n.message import Message
from posturecam.posture.monitor import BaselineOutdated, CameBack, LeftDesk, SlouchEnded
from posturecam.posture.reasons import kept_reason
from posturecam.session.protocol.messages import (
    AlertRaised,
    BreakOffered,
    Calibrated,
    Happened,
    ModeChanged,
    MonitorEvent,
)
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

_SPENT = {
    Sign.UPRIGHT: TimeCategory.UPRIGHT,
    Sign.DRIFTING: TimeCategory.DRIFTING,
    Sign.SLOUCHING: TimeCategory.SLOUCHING,
    Sign.RECOVERING: TimeCategory.RECOVERING,
    Sign.AWAY: TimeCategory.AWAY,
    Sign.UNKNOWN: TimeCategory.UNKNOWN,
    Sign.CAMERA_LOST: TimeCategory.UNKNOWN,
}


_PAUSES = {words: code for code, words in PAUSES.items()}


class HistoryRecorder:
    """Writes the history for the engine. Until it can be opened, records are kept in memory, with one complaint.

    If a newer posturecam made the history, records are accepted and dropped.
    """

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._history: SittingHistory | None = None
        self._sign = Sign.BUSY
        try:
            self._history = SittingHistory(patient=True)
        except HistoryError as problem:  # made by a newer posturecam
            self._complaints.append(
                Message("{problem}. Watching continues, but nothing is saved.", problem=problem.text)
            )

    def spend(self, at: datetime, mode: Mode, sign: Sign, seconds: float) -> None:
        """Record how the last seconds were spent, and when the camera came and went."""
        if self._history is None:
            return
        if mode in (Mode.WATCHING, Mode.CAMERA_LOST):
            lost, was_lost = sign is Sign.CAMERA_LOST, self._sign is Sign.CAMERA_LOST
            if lost is not was_lost:
                self._event(at, EventKind.CAMERA_LOST if lost else EventKind.CAMERA_BACK)
            self._sign = sign
        what = {Mode.PAUSED: TimeCategory.PAUSED, Mode.OFF: TimeCategory.OFF}.get(mode) or _SPENT.get(sign)
        if what is not None and seconds > 0:
            self._history.add(at.timestamp(), what, seconds)

    def happened(self, what: Happened) -> None:
        """Record an event, if it belongs in the history."""
        match what:
            case AlertRaised(trial=False, alert=alert, evidence=evidence):
                if self._history is not None:
                    self._history.alerted(what.at.timestamp(), alert, evidence)
            case MonitorEvent(event=SlouchEnded() as ended):
                self._event(what.at, EventKind.SLOUCH_ENDED, seconds=ended.t - ended.since)
            case MonitorEvent(event=LeftDesk()):
                self._event(what.at, EventKind.LEFT_DESK)
            case MonitorEvent(event=CameBack()):
                self._event(what.at, EventKind.CAME_BACK)
            case MonitorEvent(event=BaselineOutdated() as outdated):
                self._event(
                    what.at, EventKind.BASELINE_OUTDATED, view=outdated.view.value, reason=kept_reason(outdated.reason)
                )
            case Calibrated(baseline=baseline):
                self._event(what.at, EventKind.CALIBRATED, view=baseline.view.value, quality=baseline.quality)
            case BreakOffered(offer=offer) if offer.because.stretches:
                amount = {"seconds": offer.sitting, "slouches": float(offer.slouches)}
                self._event(what.at, EventKind.BREAK_OFFERED, reason=offer.because.value, **amount)
            case ModeChanged(before=before, after=after, why=why):
                resting = (Mode.PAUSED, Mode.OFF)
                if after in resting:
                    self._event(what.at, EventKind.PAUSED, reason=_PAUSES.get(why or ""))
                elif before in resting and after is not Mode.ENDED:
                    self._event(what.at, EventKind.RESUMED)
            case _:
                pass

    def answered(self, at: datetime, response: Response) -> None:
        """Record the user's answer to an alert."""
        self._event(at, EventKind.ANSWER, answer=response.value)

    def break_taken(self, at: datetime) -> None:
        """Record that the user began a suggested stretch."""
        self._event(at, EventKind.BREAK_TAKEN)

    def complaints(self) -> Iterator[str]:
        """What the user should know, each once."""
        complaints, self._complaints = self._complaints, []
        yield from complaints
        if self._history is not None:
            yield from self._history.complaints()

    def close(self) -> None:
        """Write everything that is still pending."""
        if self._history is not None:
            with contextlib.suppress(HistoryError):
                self._history.close()

    def _event(self, at: datetime, kind: EventKind, **details: Detail) -> None:
        if self._history is not None:
            self._history.event(at.timestamp(), kind, evidence=None, **details)
