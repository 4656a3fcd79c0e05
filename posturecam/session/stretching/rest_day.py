"""Keeps in a file on which day the user wants no stretching, so that it holds after a restart and in every running program."""

from __future__ import annotations

import contextlib
from datetime import date

from posturecam.config.files import put, rest_path
from posturecam.config.reading import TooLarge, read_limited
from posturecam.errors import SettingsError

_MOST_BYTES = 100


def rest_day() -> date | None:
    """The local day on which the user wants no stretching; None if there is none, or if the file cannot be used."""
    with contextlib.suppress(OSError, TooLarge, ValueError):
        return date.fromisoformat(read_limited(rest_path(), _MOST_BYTES).decode("ascii").strip())
    return None


def keep_rest_day(day: date | None) -> None:
    """Keep the day, or with None that the user stretches after all. Where nothing can be written, only this program knows."""
    with contextlib.suppress(SettingsError, OSError):
        if day is None:
            rest_path().unlink(missing_ok=True)
        else:
            put(rest_path(), day.isoformat())
