"""The baselines file: JSON with every learned baseline. A damaged file is renamed, never deleted. Also the names of places."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from posturecam.config.files import home, kept_file, one_at_a_time, put, set_aside
from posturecam.config.reading import TooLarge, read_limited, reason, remedy
from posturecam.i18n.message import Message
from posturecam.posture.baseline import Baseline
from posturecam.posture.reasons import Reason
from posturecam.posture.view import View

_BASELINES = TypeAdapter(list[Baseline])
_NAMES = TypeAdapter(dict[str, str])
LONGEST_NAME = 40
"""Letters of a place's name."""
_KEY_LETTERS = 12
"""Letters of a place's key: enough to distinguish all the desks of a lifetime, but not to identify anybody, as serial
numbers would."""
_MOST_BYTES = 10_000_000
"""Largest file that is read, bytes: room for thousands of baselines, where a user has a handful."""


@dataclass(frozen=True, slots=True)
class Baselines:
    """All saved baselines, and any problem with their file."""

    kept: tuple[Baseline, ...] = ()
    complaint: Message | None = None
    """The file was damaged and set aside; one line for the user."""

    def of(self, *camera: str, place: str = "") -> dict[View, Baseline]:
        """The usable baselines of one camera, by view.

        Args:
            camera: Keys of the camera; the first that has a baseline for a view counts.
            place: The desk: a baseline of that desk is preferred, then one without a desk, then one of another desk. Empty: the
                newest of any desk.
        """
        newest_last = [one for key in reversed(camera) for one in self.kept if one.camera == key]
        if place:
            newest_last.sort(key=lambda one: (one.place == place, not one.place))
        found = {one.view: one for one in newest_last}
        return {view: one for view, one in found.items() if not one.outdated}

    def outdated(self, *camera: str) -> Baseline | None:
        """A baseline of this camera that no longer fits, so that the user can be told."""
        return next((one for key in camera for one in self.kept if one.camera == key and one.outdated), None)


def baselines_path() -> Path:
    """The file of baselines; it need not exist."""
    return kept_file("baselines.json")


def load_baselines() -> Baselines:
    """Load every saved baseline; a damaged file is renamed and reported, so that nothing is lost silently."""
    path = baselines_path()
    try:
        return Baselines(tuple(_BASELINES.validate_json(read_limited(path, _MOST_BYTES).removeprefix(codecs.BOM_UTF8))))
    except (FileNotFoundError, NotADirectoryError):  # the latter in no home
        return Baselines()
    except OSError as error:
        return Baselines(
            complaint=Message(
                "The baselines in {path} cannot be read ({problem}); {remedy}",
                path=path,
                problem=reason(error),
                remedy=remedy(error),
            )
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
    """Save a baseline, replacing the one for the same camera, view and place, and an older one without a place.

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


# The places.


def place_key(screens: str) -> str:
    """The key of a place, a hash of its screens, which cannot be read from it."""
    return hashlib.sha256(screens.encode()).hexdigest()[:_KEY_LETTERS]


def places_path() -> Path:
    """The file of the places' names; it need not exist."""
    return kept_file("places.json")


def place_names() -> Mapping[str, str]:
    """What the user calls the places ("Office", "At home"), by their keys. Where that cannot be read, no place has a name."""
    try:
        return _NAMES.validate_json(read_limited(places_path(), _MOST_BYTES))
    except (OSError, ValidationError, TooLarge, RecursionError):
        return {}


def name_place(key: str, name: str) -> str:
    """Name a place; an empty name removes it. Returns the name as it was saved.

    Raises:
        SettingsError: if it cannot be written.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    others = {one: called for one, called in place_names().items() if one != key}
    put(places_path(), _NAMES.dump_json({**others, **({key: name} if name else {})}, indent=2).decode())
    return name


def place_called(name: str) -> str | None:
    """The key of the place with this name, ignoring case; None if there is none."""
    wanted = " ".join(name.split()).casefold()
    return next((key for key, called in place_names().items() if called.casefold() == wanted), None)
