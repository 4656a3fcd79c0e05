"""The baselines file: JSON, every baseline that was learned. A damaged file is set aside, never deleted."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from posturecam.config.files import home, one_at_a_time, put, set_aside, short
from posturecam.config.reading import TooLarge, read_limited
from posturecam.i18n.message import Message
from posturecam.posture.baseline import Baseline
from posturecam.posture.reasons import Reason
from posturecam.posture.view import View

_BASELINES = TypeAdapter(list[Baseline])
_MOST_BYTES = 10_000_000
"""Of the file: thousands of baselines, of which a user has a handful."""


@dataclass(frozen=True, slots=True)
class Baselines:
    """All baselines kept, and what had to be said about their file."""

    kept: tuple[Baseline, ...] = ()
    complaint: Message | None = None
    """The file was damaged and set aside; one line for the user."""

    def of(self, *camera: str, place: str = "") -> dict[View, Baseline]:
        """The usable baselines of one camera, by view.

        Args:
            camera: Its keys; the first that has any of a view counts.
            place: Where it stands: a baseline of that place goes before one of no place, and that before one of another. Empty: the
                newest of any place.
        """
        newest_last = [one for key in reversed(camera) for one in self.kept if one.camera == key]
        if place:
            newest_last.sort(key=lambda one: (one.place == place, not one.place))
        found = {one.view: one for one in newest_last}
        return {view: one for view, one in found.items() if not one.outdated}

    def outdated(self, *camera: str) -> Baseline | None:
        """A baseline of this camera that no longer fits, for saying so."""
        return next((one for key in camera for one in self.kept if one.camera == key and one.outdated), None)


def baselines_path() -> Path:
    """The file of baselines; it need not exist."""
    return home() / "baselines.json"


def load_baselines() -> Baselines:
    """Every baseline that was learned; a damaged file is set aside and said, so that nothing is lost silently."""
    path = baselines_path()
    try:
        return Baselines(tuple(_BASELINES.validate_json(read_limited(path, _MOST_BYTES).removeprefix(codecs.BOM_UTF8))))
    except (FileNotFoundError, NotADirectoryError):  # the latter in no home
        return Baselines()
    except OSError as error:
        return Baselines(
            complaint=Message("The baselines in {path} cannot be read ({problem})", path=path, problem=short(error))
        )
    except (ValidationError, TooLarge, RecursionError):
        aside = set_aside(path, "damaged")
        return Baselines(
            complaint=Message(
                "The baselines file was damaged and was renamed to {path}; calibrate again: posturecam calibrate",
                path=aside,
            )
        )


def save_baseline(baseline: Baseline) -> None:
    """Keep a baseline instead of the one for the same camera, view and place, and of one of no place, which is older.

    Raises:
        SettingsError: if it cannot be written.
    """
    same, places = (baseline.camera, baseline.view), ("", baseline.place)
    with one_at_a_time(home()):
        others = [
            kept for kept in load_baselines().kept if (kept.camera, kept.view) != same or kept.place not in places
        ]
        put(baselines_path(), _BASELINES.dump_json([*others, baseline], indent=2).decode())


def mark_outdated(baseline: Baseline, reason: Reason) -> None:
    """Note that a baseline no longer fits, so that the next run asks for a new one.

    Raises:
        SettingsError: if it cannot be written.
    """
    save_baseline(replace(baseline, outdated=reason))
