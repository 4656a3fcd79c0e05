"""The baselines file: JSON with every learned baseline. A damaged file is renamed, never deleted. Also the names of places."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from posturecam.config.files import home, kept_file, one_at_a_time, put, set_aside
from posturecam.config.reading import TooLarge, quoted, read_limited, reason, remedy
from posturecam.errors import SettingsError
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.baseline import Baseline
from posturecam.posture.view import View

_DAMAGED = (ValidationError, TooLarge, RecursionError)
"""What reading a damaged file raises."""
_BASELINES = TypeAdapter(list[Baseline])
_NAMES = TypeAdapter(dict[str, str])
LONGEST_NAME = 40
"""Letters of a place's name."""
_KEY_LETTERS = 12
"""Letters of a place's key: enough to distinguish one user's desks, but not to identify anybody, as serial
numbers would."""
_MOST_BYTES = 10_000_000
"""Largest file that is read, bytes: room for thousands of baselines, where a user has a handful."""


@dataclass(frozen=True, slots=True)
class Baselines:
    """All saved baselines, and any problem with their file."""

    kept: tuple[Baseline, ...] = ()
    complaint: Message | None = None
    """The file was damaged and set aside; one line for the user."""
    unsaved: tuple[Baseline, ...] = ()
    """Those that were just learned and could not be saved; they are among the others too."""

    def of(self, *camera: str, place: str = "") -> dict[View, Baseline]:
        """The usable baselines of one camera, by view.

        Args:
            camera: Keys of the camera; the first that has a baseline for a view counts.
            place: The desk: a baseline of that desk is preferred, then one without a desk, then one of another desk. One of
                that desk that no longer fits gives way to one without a desk, which was learned after it, but not to another
                desk's. Empty: the newest of any desk.
        """
        newest_last = [one for key in reversed(camera) for one in self.kept if one.camera == key]
        if place:
            newest_last.sort(
                key=lambda one: (one.place == place and not one.outdated, not one.place, one.place == place)
            )
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
    try:
        return _load_baselines()
    except SettingsError as problem:
        return Baselines(complaint=problem.text)


def _load_baselines() -> Baselines:
    """The same.

    Raises:
        SettingsError: if the file cannot be read though it may be whole, so that nobody writes over it.
    """
    path = baselines_path()
    try:
        return Baselines(_content_of(path))
    except _DAMAGED:
        return Baselines(
            complaint=Message(
                "The baselines file was damaged and was renamed to {path}; calibrate again: posturecam calibrate",
                path=_set_damaged_aside(path),
            )
        )


def read_baselines() -> tuple[Baseline, ...]:
    """Every saved baseline, for a program that already has some in use: a damaged file is left as it is.

    Raises:
        SettingsError: if the file cannot be read, or is damaged.
    """
    path = baselines_path()
    try:
        return _content_of(path)
    except _DAMAGED as error:
        raise SettingsError(
            "The baselines file {path} is damaged; fix it, or calibrate again: posturecam calibrate", path=path
        ) from error


def _content_of(path: Path) -> tuple[Baseline, ...]:
    """The baselines in the file; none without a file.

    Raises:
        SettingsError: if the file cannot be read though it may be whole.
        ValidationError, TooLarge, RecursionError: if it is damaged.
    """
    try:
        return tuple(_BASELINES.validate_json(_content(path)))
    except (FileNotFoundError, NotADirectoryError):  # the latter without a home folder
        return ()
    except OSError as error:
        text = mark("The baselines in {path} cannot be read ({problem}); {remedy}")
        raise _unreadable(text, path, error) from error


def _content(path: Path) -> bytes:
    """What is in a file of ours, without the byte-order mark that Windows' editors begin a file with."""
    return read_limited(path, _MOST_BYTES).removeprefix(codecs.BOM_UTF8)


def _unreadable(text: str, path: Path, error: OSError) -> SettingsError:
    """That a file cannot be read though it may be whole, from a template with {path}, {problem} and {remedy}."""
    return SettingsError(text, path=path, problem=reason(error), remedy=remedy(error))


def _set_damaged_aside(path: Path) -> Path | None:
    """Rename a damaged file; if even that fails, the error says both."""
    try:
        return set_aside(path, "damaged")
    except SettingsError as second:
        damage = Message("{path} is damaged", path=path)
        raise SettingsError("{problem}. {second}.", problem=damage, second=second.text) from second


def save_baseline(baseline: Baseline) -> None:
    """Save a baseline, replacing the one for the same camera, view and place, and an older one without a place.

    Raises:
        SettingsError: if it cannot be written, or the others cannot be read and would be lost.
    """
    with one_at_a_time(home()):
        _put(baseline, _load_baselines().kept, instead_of=(slot_of(baseline), slot_of(replace(baseline, place=""))))


BaselineSlot = tuple[str, View, str]


def slot_of(baseline: Baseline) -> BaselineSlot:
    """The key by which baselines are unique: camera, view and desk."""
    return baseline.camera, baseline.view, baseline.place


def _put(baseline: Baseline, kept: Iterable[Baseline], instead_of: Collection[BaselineSlot]) -> None:
    others = [one for one in kept if slot_of(one) not in instead_of]
    put(baselines_path(), _BASELINES.dump_json([*others, baseline], indent=2).decode())


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
        return _NAMES.validate_json(_content(places_path()))
    except (OSError, *_DAMAGED):
        return {}


def _require_place_names() -> Mapping[str, str]:
    """The same, for callers that write the names or need one.

    Raises:
        SettingsError: if they cannot be read; a damaged file was renamed.
    """
    path = places_path()
    try:
        return _NAMES.validate_json(_content(path))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unreadable(
            mark("The names of desks in {path} cannot be read ({problem}); {remedy}"), path, error
        ) from error
    except _DAMAGED as error:
        raise SettingsError(
            "The file with the names of desks was damaged and was renamed to {path}; name this desk again in the "
            "app: Settings, Camera, This desk",
            path=_set_damaged_aside(path),
        ) from error


def name_place(key: str, name: str) -> str:
    """Name a place; an empty name removes it. Returns the name as it was saved.

    Raises:
        SettingsError: if it cannot be written, or the others cannot be read and would be lost.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    with one_at_a_time(home()):
        others = {one: called for one, called in _require_place_names().items() if one != key}
        put(places_path(), _NAMES.dump_json({**others, **({key: name} if name else {})}, indent=2).decode())
    return name


def place_called(name: str) -> str | None:
    """The key of the place with this name, ignoring case; None if there is none.

    Raises:
        SettingsError: if the names cannot be read, or several places have this one.
    """
    wanted = " ".join(name.split()).casefold()
    found = [key for key, called in _require_place_names().items() if called.casefold() == wanted]
    if len(found) > 1:
        raise SettingsError(
            "{number} desks are called {name}; give each its own name in the app: Settings, Camera, This desk",
            number=len(found),
            name=quoted(name),
        )
    return found[0] if found else None
