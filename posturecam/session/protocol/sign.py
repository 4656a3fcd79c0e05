"""The states that are shown; a module of its own, so that the app's tray icon need not wait for the messages."""

from __future__ import annotations

from enum import StrEnum


class Sign(StrEnum):
    """The states that the tray icon shows, each with its own shape and color."""

    UPRIGHT = "upright"
    DRIFTING = "drifting"
    SLOUCHING = "slouching"
    RECOVERING = "recovering"
    AWAY = "away"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    """By the user, the system or the schedule: the camera is off."""
    CAMERA_LOST = "camera_lost"
    BUSY = "busy"
    """Starting, calibrating or stretching."""
