"""When to hold back alerts and when to release the camera, from the system's state, the settings and the time. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from posturecam.alerts.policy import within
from posturecam.config.settings import DAYS, QuietSettings
from posturecam.history.models import PAUSES
from posturecam.i18n.words import mark
from posturecam.system.state import SystemState

LOCKED = mark("the screen is locked")
ASLEEP = mark("the computer is going to sleep")
LID = mark("the lid is closed")
SCHEDULE = PAUSES["schedule"]
IDLE = mark("nobody is there")
MEETING = mark("in a meeting")
DO_NOT_DISTURB = mark("do not disturb")

_LID_SECONDS = 60.0
"""Seconds with a closed lid and nobody seen that count as absence; a docked laptop is used with its lid closed."""


def held(system: SystemState, settings: QuietSettings) -> str | None:
    """Why no alert may be given now, to complete "silent: …", or None. An unknown state holds nothing back."""
    if settings.meeting and any(not _ignored(name, settings) for name in _holders(system)):
        return MEETING
    if settings.do_not_disturb and system.do_not_disturb:
        return DO_NOT_DISTURB
    return None


def typing(system: SystemState, pause: float) -> bool:
    """Whether keyboard or pointer were used within the last `pause` seconds; False if unknown or `pause` is 0."""
    return pause > 0 and system.idle_seconds is not None and system.idle_seconds < pause


def off(system: SystemState, settings: QuietSettings, wall: datetime, nobody_for: float) -> str | None:
    """Why the camera must not be used now, to complete "off: …", or None.

    Args:
        system: The state of the system.
        settings: The current settings.
        wall: Local time.
        nobody_for: Seconds since somebody was last seen, including time without a camera.
    """
    shut = closed(system, settings, nobody_for)
    if shut is not None:
        return shut
    if not _in_schedule(wall, settings):
        return SCHEDULE
    return IDLE if settings.idle_after and _nobody(system, settings.idle_after, nobody_for) else None


def closed(system: SystemState, settings: QuietSettings, nobody_for: float) -> str | None:
    """Why nobody can be at the computer now, regardless of other requests, to complete "off: …", or None."""
    if not settings.when_locked:
        return None
    if system.asleep:
        return ASLEEP
    if system.locked:
        return LOCKED
    return LID if system.lid_closed and _nobody(system, _LID_SECONDS, nobody_for) else None


def _holders(system: SystemState) -> tuple[str, ...]:
    return (*(system.camera_held_by or ()), *(system.microphone_held_by or ()))


def _ignored(name: str, settings: QuietSettings) -> bool:
    return any(part.lower() in name.lower() for part in settings.ignored_programs if part)


def _nobody(system: SystemState, seconds: float, nobody_for: float) -> bool:
    """Camera and keyboard must agree: somebody reading is seen, and somebody out of view uses the keyboard."""
    idle = system.idle_seconds
    return idle is not None and min(idle, nobody_for) >= seconds


def _in_schedule(wall: datetime, settings: QuietSettings) -> bool:
    """Whether this is a time to watch. Hours past midnight belong to the day on which they began."""
    start, end = settings.watch_from or time.min, settings.watch_until or time.min
    if start != end and not within(wall.time(), start, end):
        return False
    past_midnight = end < start and wall.time() < end
    day = wall - timedelta(days=1) if past_midnight else wall
    return DAYS[day.weekday()] in settings.days
