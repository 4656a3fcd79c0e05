"""The labels of settings and their values in the window; everything else comes from the declaration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal, get_args, get_origin

from posturecam.config.declarations import SettingDeclaration
from posturecam.config.settings import Settings
from posturecam.desktop.widgets.numbers import clock_time, duration, figure
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.translate import joined, mark, tr
from posturecam.i18n.weekdays import WEEKDAYS
from posturecam.i18n.words import THINGS

GROUPS: Mapping[str, str] = {
    "monitor": mark("How long until a reminder"),
    "alerts": mark("When you are reminded"),
    "quiet": mark("Quiet times"),
    "breaks": mark("Breaks"),
    "plan": mark("Weekly plan"),
    "goal": mark("Goal"),
    "side": mark("Seen from the side"),
    "front": mark("Seen from the front"),
    "sensitivity": mark("Sensitivity"),
    "calibration": mark("Calibration"),
    "learned": mark("Learned estimator"),
    "camera": mark("Camera"),
    "pace": mark("Check interval"),
    "view": mark("Camera angle"),
    "measures": mark("What counts as visible"),
    "fit": mark("A moved camera"),
    "follow": mark("Who you are in the picture"),
    "estimator": mark("Pose model"),
    "stretch": mark("Stretch coach"),
    "voice": mark("Voice"),
    "desktop": mark("Desktop app"),
}
"""The groups of the declaration under "Advanced", in this order; a group that is not in the table comes last, by its name."""

_LABELS: Mapping[str, str] = {
    "desktop.alerts": mark("How you are reminded"),
    "desktop.autostart": mark("Start with the session"),
    "quiet.ignored_programs": mark("Apps to ignore when detecting meetings"),
    "desktop.glow": mark("Strength of the glow"),
    "desktop.picture": mark("Show the camera's picture"),
    "desktop.reduced_motion": mark("Reduce motion"),
    "desktop.tray": mark("Use the system's tray"),
    "alerts.delivery": mark("Reminders of posturecam watch"),
    "alerts.cool_down": mark("Pause between two reminders"),
    "alerts.dismissed_factor": mark("Back off by"),
    "alerts.longest_cool_down": mark("Longest pause between two reminders"),
    "alerts.dismissed_forgotten": mark("Back to usual after"),
    "alerts.snooze": mark("Length of a snooze"),
    "alerts.quiet_from": mark("Quiet hours"),
    "alerts.catch_up": mark("Catch up after quiet times"),
    "quiet.meeting": mark("Silent in meetings"),
    "quiet.do_not_disturb": mark("Silent on do-not-disturb"),
    "quiet.when_locked": mark("Camera off while locked"),
    "quiet.idle_after": mark("Camera off when nobody is there for"),
    "quiet.days": mark("Days"),
    "quiet.watch_from": mark("Watching hours"),
    "quiet.battery_pace": mark("Check interval on battery"),
    "breaks.offer": mark("Suggest breaks"),
    "breaks.sitting": mark("After sitting for"),
    "breaks.away": mark("What counts as a break"),
    "breaks.slouches": mark("After this many slouches"),
    "breaks.within": mark("Slouches counted within"),
    "breaks.again": mark("Pause between two suggestions"),
    "breaks.routine": mark("Routine"),
    "breaks.heads_up": mark("Heads-up before a break"),
    "breaks.postpone": mark("Postpone a break by"),
    "breaks.eyes": mark("Rest the eyes"),
    "breaks.eyes_every": mark("Rest the eyes after"),
    "breaks.stand": mark("Stand up now and then"),
    "breaks.stand_every": mark("Stand up after sitting for"),
    "plan.days": mark("Planned days"),
    "plan.routine": mark("Planned routine"),
    "plan.remind_from": mark("Remind from"),
    "goal.upright": mark("Daily goal"),
    "goal.least_minutes": mark("What counts as a day off"),
    "alerts.typing_pause": mark("Wait for a pause in typing"),
    "camera.device": mark("Camera"),
    "camera.black_below": mark("Black below"),
    "camera.still_after": mark("Counts as frozen after"),
    "camera.rotate": mark("Turn the picture"),
    "camera.flip": mark("Mirror the picture"),
    "estimator.hold": mark("Landmarks hold for"),
    "voice.speech": mark("Speak"),
    "voice.words_a_minute": mark("Speed"),
    "voice.name": mark("Name of the voice"),
    "monitor.exit": mark("Upright below"),
    "monitor.moderate": mark("Moderate from"),
    "monitor.severe": mark("Severe from"),
    "monitor.mild_seconds": mark("Mild slouch"),
    "monitor.moderate_seconds": mark("Moderate slouch"),
    "monitor.severe_seconds": mark("Severe slouch"),
    "monitor.recover_seconds": mark("Upright again after"),
    "monitor.around": mark("Around the threshold from"),
    "monitor.around_times": mark("Wait around the threshold"),
    "monitor.eased": mark("Eased below"),
    "monitor.ease_seconds": mark("Eased after"),
    "monitor.unknown_seconds": mark("Restart the count after"),
    "monitor.unknown_shown": mark("Shown as unknown after"),
    "monitor.away_seconds": mark("Away after"),
}
"""Labels for settings whose name with spaces would not do; a span of the day is listed under its beginning."""

_CHOICES: Mapping[str, str] = {
    "notification": mark("Notification with buttons"),
    "sound": mark("Soft sound"),
    "glow": mark("Glow at the edge of every screen"),
    "dim": mark("Dimmed screens"),
    "blur": mark("Blurred screens"),
    "terminal": mark("A line in the terminal"),
    "system": mark("Same as system"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "lite": mark("Lite"),
    "full": mark("Full"),
    "heavy": mark("Heavy"),
    **{day: short for day, (short, _) in WEEKDAYS.items()},
    "relaxed": mark("Relaxed"),
    "normal": mark("Normal"),
    "strict": mark("Strict"),
    "": mark("Same as system"),
}

_LONG_SECONDS = 600.0
"""Durations that may be as long as this are shown in minutes and hours."""


@dataclass(frozen=True, slots=True)
class SettingChoice:
    """One of several values."""

    value: str
    """The value in the settings file."""
    text: str
    """The label for the user."""


def plain_label(key: str) -> str:
    """The label of a setting (`group.name`), in English."""
    name = key.partition(".")[2].replace("_", " ")
    return _LABELS.get(key, name[:1].upper() + name[1:])


def label(key: str) -> str:
    """The label of a setting (`group.name`)."""
    return tr(plain_label(key))


def title(group: str) -> str:
    """The label of a group."""
    return tr(GROUPS.get(group, group.replace("_", " ").capitalize()))


def choice(key: str, value: str) -> SettingChoice:
    """One of a setting's possible values; a language is called by its own name."""
    if key == "desktop.language" and value:
        return SettingChoice(value, LANGUAGES[value].name if value in LANGUAGES else value)
    if key == "camera.rotate":
        return SettingChoice(value, f"{value}°")
    return SettingChoice(value, tr(_CHOICES.get(value, value)))


def choices(key: str) -> Sequence[SettingChoice]:
    """The values of a setting (`group.name`) that is one, or several, of a few; none for any other."""
    kind = kind_of(key)
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return [choice(key, str(value)) for value in get_args(kind)] if get_origin(kind) is Literal else []


def kind_of(key: str) -> Any:
    """The declared type of a setting, given as `group.name`."""
    group, _, name = key.partition(".")
    declared = Settings.model_fields[group].annotation
    assert declared is not None
    return declared.model_fields[name].annotation


def rows(entries: Iterable[SettingDeclaration]) -> Iterator[tuple[SettingDeclaration, ...]]:
    """The settings that are edited together: the two ends of a span of the day, any other one by itself."""
    listed = list(entries)
    by_key = {entry.key: entry for entry in listed}
    for entry in listed:
        stem, _, end = entry.key.rpartition("_")
        other = by_key.get(f"{stem}_{'until' if end == 'from' else 'from'}")
        if kind_of(entry.key) != time | None or other is None or end not in ("from", "until"):
            yield (entry,)
        elif end == "from":
            yield (entry, other)


def as_text(value: Any) -> str:
    """A value as `change_settings` takes it; empty stands for the default."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)  # which TOML reads too, quotes and backslashes included
    if isinstance(value, time):
        return value.isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def unit_of(entry: SettingDeclaration) -> str:
    """The unit as said after a number; empty if there is none."""
    return tr(entry.unit_for_people) if entry.unit_for_people else ""


def spoken(entry: SettingDeclaration, value: Any) -> str:
    """A value for people, with its unit."""
    if value is None or value == ():
        return tr("none")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, tuple):
        return joined(THINGS, [choice(entry.key, part).text for part in value])
    if isinstance(value, time):
        return clock_time(value)
    if isinstance(value, str):
        named = get_origin(kind_of(entry.key)) is Literal
        return choice(entry.key, value).text if named else value or "—"
    if is_long(entry):
        return duration(value)
    unit = unit_of(entry)
    return f"{figure(value)}{unit}" if unit.startswith("°") else f"{figure(value)} {unit}".rstrip()


def is_long(entry: SettingDeclaration) -> bool:
    """Whether it is a duration that is shown in minutes and hours."""
    return entry.unit == "s" and entry.high is not None and entry.high >= _LONG_SECONDS


def limits(entry: SettingDeclaration) -> str:
    """The allowed range, as a sentence; empty if there are no limits."""
    if entry.low is None or entry.high is None:
        return ""
    low = duration(entry.low) if is_long(entry) else figure(entry.low)
    return tr("From {low} to {high}.").format(low=low, high=spoken(entry, entry.high))
