"""The current value that a threshold is compared with, so that users see where they are before changing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from posturecam.config.settings import Settings
from posturecam.desktop.widgets.numbers import duration, fixed
from posturecam.errors import Explained
from posturecam.i18n.translate import in_percent, mark, tr
from posturecam.posture.baseline import Baseline
from posturecam.posture.measures import DEGREES, Name
from posturecam.posture.monitor import MonitorState
from posturecam.posture.reading import Reading
from posturecam.posture.view import body_yaw
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.vision.pose import Pose


class _NoLiveValue(Explained):
    """There is no live value; the message says why, in English."""


@dataclass(frozen=True, slots=True)
class _LiveReading:
    """The inputs of a comparison."""

    reading: Reading
    state: MonitorState
    pose: Pose | None
    baseline: Baseline | None
    uncalibrated: str
    settings: Settings

    def value(self, name: Name) -> float:
        measure = self.reading.measures[name]
        if measure.value is None:
            raise _NoLiveValue(measure.reason.text if measure.reason else "")
        return measure.value

    def then(self, name: Name) -> float:
        if self.baseline is None:
            raise _NoLiveValue(self.uncalibrated)
        if name not in self.baseline.values:
            raise _NoLiveValue(mark("it is not in your calibration"))
        return self.baseline.values[name]

    def change(self, name: Name) -> float:
        now = self.value(name)
        return now - self.then(name)

    def most_tilted(self) -> float:
        changes = []
        for name in (Name.HEAD_ROLL, Name.SHOULDER_TILT):
            try:
                changes.append(abs(self.change(name)))
            except _NoLiveValue as unknown:
                why = unknown
        if not changes:
            raise why
        return max(changes)

    def deviation(self) -> float:
        found = self.reading.deviation
        if found.value is None:
            raise _NoLiveValue(found.reason.text if found.reason else "")
        return found.value if self.state.deviation is None else self.state.deviation

    def yaw(self) -> float:
        yaw = None if self.pose is None else body_yaw(self.pose, self.settings)
        if yaw is None:
            raise _NoLiveValue(mark("I cannot see your shoulders"))
        return abs(yaw)


Compared = Callable[[_LiveReading], float]


def _now(name: Name) -> Compared:
    return lambda seen: seen.value(name)


def _more(name: Name) -> Compared:
    return lambda seen: seen.change(name)


def _less(name: Name) -> Compared:
    return lambda seen: -seen.change(name)


_COMPARED: Mapping[str, Compared] = {
    "side.neck_upright": _now(Name.NECK_INCLINATION),
    "side.neck_absolute": _now(Name.NECK_INCLINATION),
    "side.neck_change": _more(Name.NECK_INCLINATION),
    "side.trunk_absolute": _now(Name.TRUNK_INCLINATION),
    "side.trunk_change": _more(Name.TRUNK_INCLINATION),
    "side.flexion_absolute": _now(Name.NECK_FLEXION),
    "side.flexion_change": _more(Name.NECK_FLEXION),
    "side.recline": _less(Name.NECK_INCLINATION),
    "front.head_bent": _more(Name.NOSE_DROP),
    "front.bent_sink": _less(Name.SHOULDER_HEIGHT),
    "front.lateral": _LiveReading.most_tilted,
    "fit.sunk": lambda seen: abs(seen.change(Name.SHOULDER_HEIGHT)),
    "measures.head_yaw_limit": lambda seen: abs(seen.value(Name.HEAD_YAW)),
    "view.front_within": _LiveReading.yaw,
    "view.side_within": lambda seen: abs(90 - seen.yaw()),
    "view.least_yaw": _LiveReading.yaw,
    "monitor.exit": _LiveReading.deviation,
    "monitor.moderate": _LiveReading.deviation,
    "monitor.severe": _LiveReading.deviation,
}
"""By setting: the current value to compare with it, in the setting's own unit.

The front's `neck_change` and `slump` are judged together, and only the worse of the two is shown: see `_WORSE`.
"""
_WORSE = ("front.neck_change", "front.slump")
_SITTING = "breaks.sitting"
_OFF: Mapping[Mode, str] = {
    Mode.PAUSED: mark("watching is paused"),
    Mode.OFF: mark("the camera is off"),
    Mode.CAMERA_LOST: mark("there is no camera"),
    Mode.STRETCHING: mark("you are stretching"),
    Mode.CALIBRATING: mark("you are calibrating"),
}


def is_live(key: str) -> bool:
    """Whether there is a current value to compare with this setting (`group.name`)."""
    return key in _COMPARED or key in _WORSE or key == _SITTING


def now(key: str, snapshot: Snapshot, settings: Settings) -> str:
    """The current value compared with a setting, in words: "now 14°, below it", or "now unknown, because …"."""
    group, _, name = key.partition(".")
    if key == _SITTING:
        shown, over = duration(snapshot.sitting // 60 * 60), snapshot.sitting >= settings.breaks.sitting
        return _held(shown, over)
    try:
        seen = _seen(snapshot, settings)
        if key in _WORSE:
            return _worse(seen)
        value = _COMPARED[key](seen)
    except _NoLiveValue as unknown:
        return tr("now unknown, because {why}").format(why=tr(unknown.text))
    field = type(getattr(settings, group)).model_fields[name]
    extra = field.json_schema_extra
    unit = extra["unit"] if isinstance(extra, dict) else ""
    shown = f"{fixed(value, 0)}°".replace("-0°", "0°") if str(unit).startswith(DEGREES) else fixed(value, 2)
    over = value >= getattr(getattr(settings, group), name)
    return _held(shown, over)


def _held(shown: str, over: bool) -> str:
    return (tr("now {value}, over it") if over else tr("now {value}, below it")).format(value=shown)


def _seen(snapshot: Snapshot, settings: Settings) -> _LiveReading:
    tick = snapshot.tick
    if snapshot.mode is not Mode.WATCHING or tick is None:
        raise _NoLiveValue(_OFF.get(snapshot.mode, mark("nothing was seen yet")))
    uncalibrated = snapshot.uncalibrated or mark("there is no baseline yet")
    return _LiveReading(tick.reading, tick.state, tick.pose, snapshot.baseline, uncalibrated, settings)


def _worse(seen: _LiveReading) -> str:
    """How near the worse of the two values judged together from the front is to its threshold."""
    if seen.baseline is not None and seen.baseline.by_angle:
        raise _NoLiveValue(mark("from here you are judged by your angles"))
    share = max(seen.deviation(), 0.0)
    text = tr("now {share} of whichever threshold of the front view is nearest")
    return text.format(share=in_percent(f"{100 * share:.0f}"))
