"""The baselines file: JSON with every learned baseline. What is damaged is kept beside it, never deleted. Also the names of places."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from posturecam.config.files import copy_aside, home, kept_file, one_at_a_time, put, set_aside
from posturecam.config.reading import quoted, read_limited, reason, remedy
from posturecam.errors import SettingsError
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.words import mark
from posturecam.posture.baseline import Baseline
from posturecam.posture.view import View

_DAMAGED = (ValueError, RecursionError)
"""What reading a damaged file raises."""
_BASELINE = TypeAdapter(Baseline)
_NAMES = TypeAdapter(dict[str, object])
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
    """What of the file was damaged and is kept beside it; one line for the user."""
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
    """Load every saved baseline; a damaged one loses only itself, and is reported and kept in a copy of the file, so that nothing is lost silently."""
    path = baselines_path()
    readable: _Saved | None = None
    try:
        with contextlib.suppress(*_DAMAGED):
            readable = _content_of(path)
        if readable is not None and not readable.damaged:
            return Baselines(readable.baselines)
        with one_at_a_time(home()):
            saved, complaint = _undamaged(path)
    except SettingsError as problem:
        return Baselines(() if readable is None else readable.baselines, problem.text)
    return Baselines(saved.baselines, complaint)


def read_baselines() -> Baselines:
    """Every saved baseline, for a program that already has some in use: a damaged file is left as it is.

    Raises:
        SettingsError: if the file cannot be read, or nothing of it.
    """
    path = baselines_path()
    try:
        saved = _content_of(path)
    except _DAMAGED as error:
        raise SettingsError(
            "The baselines file {path} is damaged; fix it, or calibrate again: posturecam calibrate", path=path
        ) from error
    if not saved.damaged:
        return Baselines(saved.baselines)
    return Baselines(saved.baselines, Message("{damage}; calibrate again: posturecam calibrate", damage=saved.damage))


@dataclass(frozen=True, slots=True)
class _Saved:
    """What is in the file."""

    kept: tuple[tuple[Baseline, object], ...] = ()
    """Each baseline, and the same as the file has it: a newer version may have saved more with it, which must not be lost."""
    damaged: tuple[object, ...] = ()

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        return tuple(one for one, _ in self.kept)

    @property
    def damage(self) -> Message:
        """What was damaged, for the user."""
        cameras = {
            str(quoted(one["camera_name"])): None
            for one in self.damaged
            if isinstance(one, dict) and isinstance(one.get("camera_name"), str)
        }
        return Message.counted(
            "A calibration was damaged and is not used (camera: {cameras})",
            "{number} calibrations were damaged and are not used (camera: {cameras})",
            number=len(self.damaged),
            cameras=Verbatim(", ".join(cameras)) if cameras else mark("unknown"),
        )


def _content_of(path: Path) -> _Saved:
    """What is in the file; nothing without a file.

    Raises:
        SettingsError: if the file cannot be read though it may be whole.
        ValueError, RecursionError: if it is damaged so that nothing in it can be read.
    """
    try:
        found = from_json(_content(path))
    except (FileNotFoundError, NotADirectoryError):  # the latter without a home folder
        return _Saved()
    except OSError as error:
        text = mark("The baselines in {path} cannot be read ({problem}); {remedy}")
        raise _unreadable(text, path, error) from error
    if not isinstance(found, list):
        raise ValueError("no list")
    kept: list[tuple[Baseline, object]] = []
    damaged: list[object] = []
    for one in found:
        try:
            kept.append((_BASELINE.validate_python(one), one))
        except ValidationError:
            damaged.append(one)
    return _Saved(tuple(kept), tuple(damaged))


def _undamaged(path: Path) -> tuple[_Saved, Message | None]:
    """What is in the file, without what was damaged, which is kept beside it; and what to tell the user about that.

    Raises:
        SettingsError: if the file cannot be read though it may be whole, or cannot be kept, so that nobody writes over it.
    """
    try:
        saved = _content_of(path)
    except _DAMAGED:
        return _Saved(), Message(
            "The baselines file was damaged and was renamed to {path}; calibrate again: posturecam calibrate",
            path=_set_damaged_aside(path),
        )
    if not saved.damaged:
        return saved, None
    try:
        aside = copy_aside(path, "damaged")
        try:
            _write(path, (as_saved for _, as_saved in saved.kept))
        except SettingsError:  # or every attempt would leave another copy
            with contextlib.suppress(OSError):
                aside.unlink()
            raise
    except SettingsError as second:
        raise SettingsError("{problem}. {second}.", problem=saved.damage, second=second.text) from second
    return saved, Message(
        "{damage}; a copy of the file is kept as {path}. Calibrate again: posturecam calibrate",
        damage=saved.damage,
        path=aside,
    )


def _write(path: Path, baselines: Iterable[object]) -> None:
    put(path, to_json([*baselines], indent=2).decode())


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
    path, instead_of = baselines_path(), (slot_of(baseline), slot_of(replace(baseline, place="")))
    with one_at_a_time(home()):
        saved, _ = _undamaged(path)
        others = [as_saved for one, as_saved in saved.kept if slot_of(one) not in instead_of]
        _write(path, [*others, _BASELINE.dump_python(baseline, mode="json")])


BaselineSlot = tuple[str, View, str]


def slot_of(baseline: Baseline) -> BaselineSlot:
    """The key by which baselines are unique: camera, view and desk."""
    return baseline.camera, baseline.view, baseline.place


# The places.


def place_key(screens: str) -> str:
    """The key of a place, a hash of its screens, which cannot be read from it."""
    return hashlib.sha256(screens.encode()).hexdigest()[:_KEY_LETTERS]


def places_path() -> Path:
    """The file of the places' names; it need not exist."""
    return kept_file("places.json")


def place_names() -> Mapping[str, str]:
    """What the user calls the places ("Office", "At home"), by their keys. What of that cannot be read is left out."""
    try:
        return _texts(_NAMES.validate_json(_content(places_path())))
    except (OSError, *_DAMAGED):
        return {}


def _texts(names: Mapping[str, object]) -> Mapping[str, str]:
    return {key: called for key, called in names.items() if isinstance(called, str)}


def _require_place_names() -> Mapping[str, object]:
    """The same, for callers that write the names or need one, with the damaged ones, which stay in the file.

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
    found = [key for key, called in _texts(_require_place_names()).items() if called.casefold() == wanted]
    if len(found) > 1:
        raise SettingsError(
            "{number} desks are called {name}; give each its own name in the app: Settings, Camera, This desk",
            number=len(found),
            name=quoted(name),
        )
    return found[0] if found else None
