"""How the user sits, or why that is not known, in one line: for the tray, the windows and other programs that ask."""

from __future__ import annotations

from datetime import datetime, timedelta

from posturecam.desktop.widgets.icons import NAMES
from posturecam.desktop.widgets.numbers import clock_time, spoken_date
from posturecam.desktop.widgets.parts import as_sentence, begun_large
from posturecam.history.models import PAUSES
from posturecam.i18n.translate import hours_and_minutes, mark, tr
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign

_SOON = 60.0
"""Within this many seconds before a break, the remaining time is not shown."""
_READ = timedelta(seconds=2)
"""What the words say changes in steps of five seconds or more, and what changes at once is shown at once (`_state`)."""


class Unhurried:
    """Decides when to update words: at once if the state changed, otherwise every two seconds.

    A live view brings ten snapshots a second, and most of what is shown beside the picture changes within minutes.
    """

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._shown: tuple[object, ...] = ()

    def due(self, snapshot: Snapshot) -> bool:
        """Whether this snapshot's words are to be shown; if so, the next two seconds begin."""
        state = _state(snapshot)
        if self._at is not None and timedelta() < snapshot.at - self._at < _READ and state == self._shown:
            return False
        self._at, self._shown = snapshot.at, state
        return True


def _state(snapshot: Snapshot) -> tuple[object, ...]:
    """Whatever must be shown at once when it changes."""
    alert = None if snapshot.alert is None else snapshot.alert.at
    return (
        *(snapshot.mode, snapshot.why, snapshot.until, snapshot.sign, alert, snapshot.planned),
        *(snapshot.uncalibrated, snapshot.elsewhere, snapshot.upright_offered, snapshot.outlook.silent),
    )


def status_line(snapshot: Snapshot) -> str:
    """How the user sits, or why that is not known, in one line."""
    match snapshot.mode:
        case Mode.PAUSED | Mode.OFF:
            return _paused(snapshot)
        case Mode.ENDED:
            return tr("Ended: {why}").format(why=tr(snapshot.why)) if snapshot.why else tr("Ended")
        case Mode.CALIBRATING:
            return tr("Calibrating…")
        case Mode.STRETCHING:
            title = snapshot.coaching.title if snapshot.coaching is not None else ""
            return tr("Stretching: {title}").format(title=tr(title)) if title else tr("Stretching")
        case Mode.CAMERA_LOST if snapshot.camera_works:
            return tr("Not watching: {why}").format(why=tr(snapshot.why or ""))
        case Mode.CAMERA_LOST:
            return begun_large(tr(snapshot.why)) if snapshot.why else tr("No camera")
    if snapshot.mode is Mode.STARTING or snapshot.tick is None:
        return tr("Starting the camera…")
    return _posture(snapshot)


_WORDS = {
    Mode.STARTING: mark("Starting"),
    Mode.CALIBRATING: mark("Calibrating"),
    Mode.STRETCHING: mark("Stretching"),
    Mode.ENDED: mark("Ended"),
}


def state_words(snapshot: Snapshot) -> str:
    """The state in a word or two; more exact than the name of its mark, which several states share."""
    if snapshot.mode is Mode.CAMERA_LOST and snapshot.camera_works:
        return tr("Not watching")
    if snapshot.sign is Sign.CAMERA_LOST and snapshot.mode is Mode.WATCHING:
        return tr("No picture")
    if snapshot.sign is Sign.BUSY and snapshot.mode is Mode.WATCHING:
        return tr("Starting")
    return tr(_WORDS.get(snapshot.mode, NAMES[snapshot.sign]))


def unknown_words(snapshot: Snapshot) -> str:
    """Why there is no picture, or why the posture is unknown, as a sentence; empty if neither is so."""
    tick = snapshot.tick
    if tick is None or snapshot.sign not in (Sign.UNKNOWN, Sign.CAMERA_LOST):
        return ""
    reason = tick.reading.deviation.reason or tick.state.reason
    why = tick.frame.problem if snapshot.sign is Sign.CAMERA_LOST else reason and reason.text
    return as_sentence(tr(why or ""))


def _posture(snapshot: Snapshot) -> str:
    tick, sign = snapshot.tick, snapshot.sign
    assert tick is not None
    reason = tick.reading.deviation.reason or tick.state.reason
    if sign is Sign.CAMERA_LOST:
        return tr("No picture: {why}").format(why=tr(tick.frame.problem or ""))
    if sign is Sign.UNKNOWN:
        return tr("Unknown, because {why}").format(why=tr(reason.text)) if reason else tr("Unknown")
    return tr("{state} for {time}").format(state=tr(NAMES[sign]), time=lasting(tick.state.phase_seconds))


def _paused(snapshot: Snapshot) -> str:
    until = snapshot.until
    if until is not None and until.date() == snapshot.at.date():
        return tr("Paused until {time}").format(time=clock_time(until))
    if until is not None and until.date() == snapshot.at.date() + timedelta(days=1):
        return tr("Paused until tomorrow, {time}").format(time=clock_time(until))
    if until is not None:
        return tr("Paused until {date}, {time}").format(date=spoken_date(until.date()), time=clock_time(until))
    if snapshot.mode is Mode.PAUSED and snapshot.why != PAUSES["setup"]:
        return tr("Paused until you resume")
    return tr("Paused: {why}").format(why=tr(snapshot.why)) if snapshot.why else tr("Paused")


def lasting(seconds: float) -> str:
    """A duration in whole minutes, so that it does not change all the time: "under 1 min", "12 min", "1 h 05 min"."""
    minutes = max(int(seconds), 0) // 60
    if minutes < 1:
        return tr("under 1 min")
    return hours_and_minutes(minutes)


def next_break(snapshot: Snapshot) -> str:
    """When the next break is suggested, in words; empty if none is, if nobody sits there, or if it is due and held back."""
    if snapshot.break_in is None or snapshot.mode is not Mode.WATCHING or snapshot.sign is Sign.AWAY:
        return ""
    if snapshot.break_in < _SOON:
        return tr("Break coming up") if snapshot.outlook.silent is None else ""
    return tr("Next break in {time}").format(time=lasting(snapshot.break_in + _SOON / 2))


def planned_today(snapshot: Snapshot) -> str:
    """What the weekly plan has for today and is not done yet, in words; empty if there is nothing, or if nobody sits there."""
    if not snapshot.planned or snapshot.mode is not Mode.WATCHING or snapshot.sign is Sign.AWAY:
        return ""
    return tr("Planned today: {routine}").format(routine=tr(snapshot.planned))
