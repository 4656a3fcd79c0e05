"""The settings that people come for: six groups, one line a row, in their words. Everything else is under "Advanced".

The declarations in `posturecam.config.settings` remain authoritative: a row only names the settings it changes, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import get_args

from posturecam.config.declarations import value_of
from posturecam.config.settings import PERSONAL_LIMITS, BreakMinutes, Settings
from posturecam.desktop.widgets.numbers import clock_time, duration, figure
from posturecam.i18n.translate import hours_and_minutes, in_percent, mark, tr

ADVANCED = "advanced"
"""Name of the place for all other settings."""

PLACES: Mapping[str, str] = {
    "reminders": mark("Reminders"),
    "sensitivity": mark("Sensitivity"),
    "quiet": mark("Quiet times"),
    "breaks": mark("Breaks and stretches"),
    "camera": mark("Camera"),
    "general": mark("General"),
    ADVANCED: mark("Advanced"),
}
"""Where settings are, in this order: the place's name, and what it is called."""

_MINUTE = 60.0


def _minutes(*minutes: float) -> tuple[float, ...]:
    return tuple(_MINUTE * one for one in minutes)


def _percent(value: float) -> str:
    return in_percent(figure(100 * value))


def _or_never(seconds: float) -> str:
    return duration(seconds) if seconds else tr("never")


def _as_learned(share: float) -> str:
    """Describe a personal factor of the thresholds."""
    by = round(100 * abs(share - 1))
    if by == 0:
        return tr("no change")
    text = tr("{share} more relaxed") if share > 1 else tr("{share} stricter")
    return text.format(share=in_percent(by))


def _break_minutes(number: float) -> str:
    return duration(_MINUTE * number)


def _hour(number: float) -> str:
    return clock_time(time(int(number)))


@dataclass(frozen=True, slots=True)
class EverydayRow:
    """One line of the everyday settings."""

    place: str
    """The name of its group in `PLACES`."""
    keys: tuple[str, ...]
    """The settings it changes, as `group.name`."""
    label: str
    """Its label, in English, like the help below."""
    help: str = ""
    """One line on what it does for the user; `{length}` in it is the time of the setting `length`."""
    member: str = ""
    """For a setting with several values, the one that the row switches on and off."""
    steps: tuple[float, ...] = ()
    """The values of a slider."""
    spoken: Callable[[float], str] = duration
    """A slider's value in words."""
    shares: tuple[float, ...] = (1.0,)
    """For each key, the factor applied to the slider's value."""
    length: str = ""
    """The setting, as `group.name`, whose time the help names."""


WAYS: Mapping[str, tuple[str, str]] = {
    "notification": (mark("Notification"), mark("With buttons to stretch or snooze.")),
    "sound": (mark("Soft sound"), mark("One quiet chime.")),
    "glow": (mark("Glow"), mark("The edge of the screen glows until you sit up.")),
    "dim": (mark("Dimmed screen"), mark("The screen darkens until you sit up.")),
    "blur": (mark("Blurred screen"), mark("The screen blurs until you sit up.")),
}
"""The kinds of reminders, here and on the welcome page: the setting's value, its name, and a description."""

_ALERTS = "desktop.alerts"
_WAIT = (30.0, *_minutes(1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20))

ROWS: tuple[EverydayRow, ...] = (
    *(EverydayRow("reminders", (_ALERTS,), name, help_, way) for way, (name, help_) in WAYS.items()),
    EverydayRow(
        "reminders",
        ("desktop.glow",),
        mark("Strength of glow, dimming and blur"),
        mark("How strong they get at most."),
        steps=tuple(round(0.1 * number, 1) for number in range(1, 11)),
        spoken=_percent,
    ),
    EverydayRow(
        "reminders",
        ("monitor.mild_seconds", "monitor.moderate_seconds", "monitor.severe_seconds"),
        mark("Remind me after"),
        mark("How long a slight slouch may last; a deep one half as long."),
        steps=_WAIT,
        shares=(1.0, 0.75, 0.5),
    ),
    EverydayRow(
        "reminders",
        ("alerts.cool_down",),
        mark("Time between reminders"),
        mark("You are never reminded more often than this."),
        steps=_minutes(0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120),
    ),
    EverydayRow(
        "reminders",
        ("alerts.snooze",),
        mark("Snooze for"),
        mark("How long it stays quiet after you press Snooze."),
        steps=_minutes(5, 10, 15, 20, 30, 45, 60, 90, 120),
    ),
    EverydayRow(
        "reminders",
        ("alerts.catch_up",),
        mark("Catch up after quiet times"),
        mark("If you are still slouching when a meeting ends, you get the reminder then."),
    ),
    EverydayRow(
        "reminders",
        ("alerts.typing_pause",),
        mark("Wait for a pause in typing"),
        mark("Until keyboard and mouse have been idle this long, but two minutes at most."),
        steps=(0.0, 1.0, 2.0, 3.0, 5.0, 10.0),
        spoken=_or_never,
    ),
    EverydayRow("sensitivity", ("sensitivity.level",), mark("What counts as slouching"), ""),
    EverydayRow(
        "sensitivity",
        ("sensitivity.personal",),
        mark("Learned from your answers"),
        mark("Adapts a little each time you press “I'm fine”."),
        steps=tuple(round(PERSONAL_LIMITS[0] + 0.05 * number, 2) for number in range(11)),
        spoken=_as_learned,
    ),
    EverydayRow(
        "quiet",
        ("quiet.meeting",),
        mark("Silent in meetings"),
        mark("While another app uses a camera or a microphone."),
    ),
    EverydayRow(
        "quiet",
        ("quiet.ignored_programs",),
        mark("Apps to ignore when detecting meetings"),
        mark("Such as a voice assistant that always listens; separate them with commas."),
    ),
    EverydayRow(
        "quiet",
        ("quiet.do_not_disturb",),
        mark("Silent on do-not-disturb"),
        mark("Follows the system's own setting where it can be read."),
    ),
    EverydayRow(
        "quiet",
        ("alerts.quiet_from", "alerts.quiet_until"),
        mark("Quiet hours"),
        mark("It watches, but does not remind you."),
    ),
    EverydayRow("quiet", ("quiet.days",), mark("Days"), mark("On other days the camera stays off.")),
    EverydayRow(
        "quiet",
        ("quiet.watch_from", "quiet.watch_until"),
        mark("Watching hours"),
        mark("Outside of them the camera stays off."),
    ),
    EverydayRow(
        "quiet",
        ("quiet.when_locked",),
        mark("Camera off while locked"),
        mark("Also with the lid closed and while the computer sleeps."),
    ),
    EverydayRow(
        "quiet",
        ("quiet.idle_after",),
        mark("Camera off when you are away"),
        mark("When nobody has been seen and no key pressed for this long."),
        steps=_minutes(0, 2, 5, 10, 15, 20, 30, 60),
        spoken=_or_never,
    ),
    EverydayRow("breaks", ("breaks.offer",), mark("Suggest breaks"), mark("A short stretch after long sitting.")),
    EverydayRow(
        "breaks",
        ("breaks.sitting",),
        mark("After sitting for"),
        mark("Counted by the camera, not by the clock."),
        steps=_minutes(15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120),
    ),
    EverydayRow(
        "breaks",
        ("breaks.away",),
        mark("What counts as a break"),
        mark("Time away from the desk after which sitting counts from zero."),
        steps=(30.0, *_minutes(1, 2, 3, 4, 5, 10, 15)),
    ),
    EverydayRow(
        "breaks",
        ("breaks.slouches",),
        mark("Or after this many reminders"),
        mark("Several slouches in a row suggest a break too."),
        steps=(1, 2, 3, 4, 5, 6, 8, 10),
        spoken=figure,
    ),
    EverydayRow("breaks", ("breaks.routine",), mark("Routine"), mark("Which routine a break suggests.")),
    EverydayRow(
        "breaks",
        ("breaks.minutes",),
        mark("Length of a desk break"),
        mark("You can choose another one when it begins."),
        steps=get_args(BreakMinutes),
        spoken=_break_minutes,
    ),
    EverydayRow(
        "breaks",
        ("breaks.heads_up",),
        mark("Tell me before a break"),
        mark("Gives you time to finish what you are doing."),
        steps=(0.0, 30.0, *_minutes(1, 2, 3, 5, 10)),
        spoken=_or_never,
    ),
    EverydayRow(
        "breaks",
        ("breaks.eyes",),
        mark("Rest my eyes"),
        mark("Every {length} at the screen, look 6 m (20 ft) away for 20 seconds."),
        length="breaks.eyes_every",
    ),
    EverydayRow(
        "breaks",
        ("breaks.stand",),
        mark("Stand up now and then"),
        mark("After {length} of sitting in front of the camera."),
        length="breaks.stand_every",
    ),
    EverydayRow(
        "breaks", ("plan.days",), mark("Planned stretches"), mark("On these days you are reminded once, gently.")
    ),
    EverydayRow("breaks", ("plan.routine",), mark("Planned routine"), mark("Which routine is planned on these days.")),
    EverydayRow(
        "breaks",
        ("plan.remind_from",),
        mark("Remind me from"),
        mark("At a good moment after this time, unless you did it already."),
        steps=tuple(range(6, 23)),
        spoken=_hour,
    ),
    EverydayRow(
        "breaks",
        ("goal.upright",),
        mark("Daily goal"),
        mark("How much of your time at the desk you want to sit upright."),
        steps=tuple(round(0.05 * number, 2) for number in range(6, 20)),
        spoken=_percent,
    ),
    EverydayRow(
        "breaks", ("voice.speech",), mark("Spoken guidance"), mark("In most stretches you cannot see the screen.")
    ),
    EverydayRow(
        "breaks", ("voice.chimes",), mark("Chimes"), mark("At the start, when a hold is reached, and at the end.")
    ),
    EverydayRow(
        "breaks",
        ("voice.volume",),
        mark("Volume"),
        mark("Of voice and chimes, as a share of the system's own volume."),
        steps=tuple(round(0.1 * number, 1) for number in range(11)),
        spoken=_percent,
    ),
    EverydayRow(
        "breaks",
        ("voice.words_a_minute",),
        mark("Speed of the voice"),
        mark("Words a minute."),
        steps=(80, 100, 120, 140, 160, 180, 200, 220, 250, 300),
        spoken=figure,
    ),
    EverydayRow("camera", ("camera.device",), mark("Camera"), mark("Which camera to use.")),
    EverydayRow(
        "camera",
        ("desktop.picture",),
        mark("Show the camera's picture"),
        mark("Off: only your skeleton is drawn. No picture is kept either way."),
    ),
    EverydayRow(
        "camera",
        ("camera.rotate",),
        mark("Turn the picture"),
        mark("For a camera that stands on its side or hangs upside down."),
    ),
    EverydayRow(
        "camera",
        ("camera.flip",),
        mark("Mirror the picture"),
        mark("For a camera that mirrors its picture itself."),
    ),
    EverydayRow("general", ("desktop.language",), mark("Language"), ""),
    EverydayRow("general", ("desktop.theme",), mark("Appearance"), mark("Light or dark windows.")),
    EverydayRow(
        "general",
        ("desktop.autostart",),
        mark("Start when you log in"),
        mark("Without a window."),
    ),
    EverydayRow(
        "general",
        ("desktop.tray",),
        mark("Icon in the system tray"),
        mark("Otherwise, and where there is no tray, a small window shows how you sit."),
    ),
    EverydayRow(
        "general",
        ("desktop.reduced_motion",),
        mark("Reduce motion"),
        mark("No fading or movement where it is not needed."),
    ),
)
"""All of them, in order."""

EVERYDAY_KEYS = frozenset(key for row in ROWS if len(row.shares) == 1 for key in row.keys)
"""Settings that are changed only there; settings that a row changes together can be changed separately under "Advanced"."""

LEVEL_HELP: Mapping[str, str] = {
    "relaxed": mark("Lets small slouches pass and reminds you of clear ones."),
    "normal": mark("Reminds you of what most people would call slouching."),
    "strict": mark("Reminds you of small changes too. Expect more reminders."),
}
"""What each level of sensitivity means for the user."""


def help_of(row: EverydayRow, settings: Settings) -> str:
    """A row's help in the user's language, with the time that is set now if it names one."""
    if not row.length:
        return tr(row.help)
    seconds = float(value_of(settings, row.length))  # type: ignore[arg-type]
    return tr(row.help).format(length=hours_and_minutes(round(seconds / _MINUTE)))


def place_of(key: str) -> str:
    """The name of the place where a setting (`group.name`) is changed alone."""
    return next((row.place for row in ROWS if key in row.keys and key in EVERYDAY_KEYS), ADVANCED)


def rows_at(place: str) -> tuple[EverydayRow, ...]:
    """The lines of a place, in order."""
    return tuple(row for row in ROWS if row.place == place)
