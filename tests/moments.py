"""Snapshots as the engine publishes them, for tests of windows: a person seen from the side, upright or slouching."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from figures import from_side

from posturecam.alerts.policy import Alert
from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.baseline import KEPT, Baseline
from posturecam.posture.boundary import Boundary
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import Tick
from posturecam.posture.measures import measure
from posturecam.posture.monitor import Grade, MonitorState, Phase, SlouchSustained
from posturecam.posture.reading import NOTHING_KNOWN, Reading
from posturecam.posture.reasons import Reason
from posturecam.posture.records.evidence import evidence_of
from posturecam.posture.view import View
from posturecam.session.protocol.messages import AlertRaised, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.slouch_line import SlouchLine
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Pose

NOON = datetime(2026, 3, 3, 12, 0).astimezone()
UPRIGHT, SLOUCHED = from_side(neck=10), from_side(neck=34, trunk=8)


def learned(pose: Pose, view: View) -> Baseline:
    """The baseline of somebody who sat like this."""
    found = measure(pose, view, Settings())
    values = {name: found[name].value for name in KEPT if found[name].value is not None}
    return Baseline(view, "cam", "Camera", NOON.isoformat(), pose.width, pose.height, 60, 0.1, values)


BASELINE = learned(UPRIGHT, View.SIDE_RIGHT)


@cache
def _reading(slouching: bool) -> Reading:
    return assess(SLOUCHED if slouching else UPRIGHT, View.SIDE_RIGHT, BASELINE, Settings())


def tick(
    phase: Phase = Phase.UPRIGHT, lasting: float = 725.0, reason: Reason | None = None, problem: str | None = None
) -> Tick:
    """A tick in this phase, which has lasted for this many seconds; unknown if a reason is given."""
    t, pose = 1000.0, SLOUCHED if phase is Phase.SLOUCHING else UPRIGHT
    reading = _reading(phase is Phase.SLOUCHING)
    if reason is not None:
        reading = replace(reading, deviation=replace(reading.deviation, value=None, cause=None, reason=reason))
    state = MonitorState(t=t, phase=phase, phase_since=t - lasting, reason=reason)
    return Tick(Frame(t, recorded=True, pose=pose, problem=problem), pose, reading, state, ())


def line_of(seen: Tick, baseline: Baseline | None) -> Boundary | None:
    """Where slouching begins; kept for the ticks above, since finding it takes longer than most of what windows do with them."""
    known = any(seen.reading is _reading(slouching) for slouching in (False, True))
    if known and baseline is BASELINE and seen.known == NOTHING_KNOWN:
        return _line(seen.reading is _reading(True))
    return SlouchLine(Settings(), load_judge(Settings()))(seen, baseline)


@cache
def _line(slouching: bool) -> Boundary | None:
    return SlouchLine(Settings(), load_judge(Settings()))(
        tick(Phase.SLOUCHING if slouching else Phase.UPRIGHT), BASELINE
    )


def moment(after: float = 0.0, **parts: Any) -> Snapshot:
    """A snapshot, this many seconds after noon, of somebody sitting upright; any part of it can be given."""
    given = {
        "at": NOON + timedelta(seconds=after),
        "mode": Mode.WATCHING,
        "tick": tick(),
        "baseline": BASELINE,
        **parts,
    }
    if given["tick"] is not None:
        given.setdefault("boundary", line_of(given["tick"], given["baseline"]))
    return Snapshot(**given)


def raised_alert(after: float = 0.0, *, trial: bool = False) -> AlertRaised:
    """An alert for a slouch that has lasted two minutes."""
    seen = tick(Phase.SLOUCHING, 118)
    found = seen.reading.deviation
    slouch = SlouchSustained(1000.0, 880.0, Grade.MILD, 118.0, found.cause, found.change, True)
    alert = Alert(1000.0, slouch)
    return AlertRaised(NOON + timedelta(seconds=after), alert, evidence_of(seen, BASELINE), trial)
