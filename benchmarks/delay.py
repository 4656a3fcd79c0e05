"""How much later alerts come because a live source is checked only now and then."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clips import UPRIGHT_UNTIL, learn_upright, load, look_at, ping_pong

from posturecam.config.settings import Settings
from posturecam.posture.measures import Name
from posturecam.posture.monitor import MonitorState, SlouchSustained, step
from posturecam.posture.pace import pace
from posturecam.posture.reading import Deviation, Reading
from posturecam.posture.view import View

AIM = 2.0
"""Most seconds by which an alert may be late."""

Story = Callable[[float], Reading]
"""The reading at any time."""

_ONSET = 30.0
"""Seconds of upright sitting before the slouch begins."""
_FAST = 1 / 30
"""Seconds between two checks of the reference."""
_GIVE_UP = 600.0
_SEED = 1
_CLIP_SLUMPS, _CLIP_SLUMPED, _CLIP_RISES = 15.5, 20.0, 31.0
"""Times in the sample clips, seconds: end of sitting upright, fully slumped, and sitting up again."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Extra seconds until the alert, for one story, over all phases of the checks."""

    story: str
    fast: float
    """Seconds from the onset to the alert at 30 checks a second."""
    worst: float
    mean: float
    least: float
    looks: float
    """Checks per second on average at the program's pace."""


def delays(clips: Iterable[Path], settings: Settings, phases: int) -> list[Delay]:
    """Scripted slouches of each severity, then those of the clips as the model saw them."""
    monitor = settings.monitor
    scripted = {
        "sudden mild slouch": sudden((1 + monitor.moderate) / 2),
        "sudden moderate slouch": sudden((monitor.moderate + monitor.severe) / 2),
        "sudden severe slouch": sudden(monitor.severe + 0.5),
        "creeping mild slouch": creeping((1 + monitor.moderate) / 2, seconds=20.0),
    }
    recorded = {f"landmarks of {clip.stem}": replayed(clip, settings) for clip in clips}
    return [delay(name, story, settings, phases) for name, story in (scripted | recorded).items()]


def delay(name: str, story: Story, settings: Settings, phases: int) -> Delay:
    """Compare paced checks, begun at random moments, with checking every picture."""
    numbers = random.Random(_SEED)
    fast, _ = alert(story, settings, every=_FAST)
    paced = [alert(story, settings, start=numbers.uniform(0, settings.pace.steady)) for _ in range(phases)]
    extra = [t - fast for t, _ in paced]
    rate = statistics.fmean(looks / t for t, looks in paced)
    return Delay(name, fast - _ONSET, max(extra), statistics.fmean(extra), min(extra), rate)


def alert(story: Story, settings: Settings, start: float = 0.0, every: float | None = None) -> tuple[float, int]:
    """When the alert comes, and after how many checks; at the monitor's own pace, or with one check per `every` seconds."""
    state, t, looks = MonitorState(), start, 0
    while t < _GIVE_UP:
        state, events = step(state, story(t), settings.monitor)
        looks += 1
        if any(isinstance(event, SlouchSustained) for event in events):
            return t, looks
        t += pace(state, settings.pace) if every is None else every
    raise RuntimeError("the slouch raised no alert")


def sudden(deviation: float) -> Story:
    """Upright, then suddenly slouched."""
    return lambda t: _reading(t, deviation if t >= _ONSET else 0.0)


def creeping(deviation: float, seconds: float) -> Story:
    """Upright, then sinking into a slouch over this many seconds."""
    return lambda t: _reading(t, deviation * min(max((t - _ONSET) / seconds, 0.0), 1.0))


def _reading(t: float, deviation: float) -> Reading:
    return Reading(t, View.FRONT, {}, Deviation(deviation, None, Name.SLUMP_INDEX, 0.0), View.FRONT)


def replayed(clip: Path, settings: Settings) -> Story:
    """A sample clip at its own speed, with longer upright and slumped parts, played back and forth."""
    frames = load(clip)
    readings = [tick.reading for tick in look_at(frames, settings, learn_upright(frames, settings))]
    return lambda t: replace(_nearest(readings, _clip_time(t)), t=t)


def _clip_time(t: float) -> float:
    if t < _ONSET:
        return ping_pong(t, UPRIGHT_UNTIL)
    t += _CLIP_SLUMPS - _ONSET
    return t if t < _CLIP_SLUMPED else _CLIP_SLUMPED + ping_pong(t - _CLIP_SLUMPED, _CLIP_RISES - _CLIP_SLUMPED)


def _nearest(readings: Sequence[Reading], t: float) -> Reading:
    return min(readings, key=lambda reading: abs(reading.t - t))
