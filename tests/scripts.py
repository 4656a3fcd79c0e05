"""Scripted postures in time: readings for the monitor from a few words, and poses for the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from posturecam.config.settings import MonitorSettings
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Event, MonitorState, step
from posturecam.posture.reading import Deviation, Reading, no_person, no_picture
from posturecam.posture.reasons import SAID, Reason, Why
from posturecam.posture.view import View

AWAY, DARK, BENT, MOVED, TURNED = "away", "dark", "bent", "moved", "turned"
"""Instead of a deviation: nobody there, no picture, a bent head, a moved camera, a person turned aside."""
LOOKING_DOWN = "looking down"
"""Instead of a deviation: one that looks upright, of somebody who looks down."""


def reading(t: float, what: float | str) -> Reading:
    """One reading of a deviation in thresholds, or of one of the words above."""
    if what == AWAY:
        return no_person(t)
    if what == DARK:
        return no_picture(t, "the camera's picture is black")
    if what == LOOKING_DOWN:
        return Reading(t, View.FRONT, {}, Deviation(0.1, looking_down=True), baseline_view=View.FRONT)
    if isinstance(what, str):
        code = {MOVED: Why.CAMERA_MOVED, TURNED: Why.OTHER_VIEW, BENT: Why.HEAD_TURNED}[what]
        return Reading(t, View.FRONT, {}, Deviation(None, Reason(code, SAID, text=what)), baseline_view=View.FRONT)
    return Reading(t, View.FRONT, {}, Deviation(what, None, Name.SLUMP_INDEX, -0.12 * what), baseline_view=View.FRONT)


def script(*parts: tuple[float, float | str], rate: float = 5.0, start: float = 0.0) -> Iterator[Reading]:
    """Readings at a rate (per second) through parts of (seconds, what)."""
    ends, total = [], 0.0
    for seconds, what in parts:
        total += seconds
        ends.append((total, what))
    for index in range(round(total * rate) + 1):
        t = index / rate
        what = next((what for end, what in ends if t <= end + 1e-9), ends[-1][1])
        yield reading(start + t, what)


def run(
    readings, settings: MonitorSettings | None = None, each: Callable[[MonitorState], None] | None = None
) -> tuple[MonitorState, list[Event]]:
    """Process readings; returns the final state and all events."""
    state, events, settings = MonitorState(), [], settings or MonitorSettings()
    for one in readings:
        state, new = step(state, one, settings)
        events += new
        if each:
            each(state)
    return state, events


def events_of(ticks: Iterable[Tick]) -> list[Event]:
    """All events of a run, in order."""
    return [event for tick in ticks for event in tick.events]
