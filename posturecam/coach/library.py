"""Loads exercises and routines from the package's TOML files and the user's settings folder.

When loading all of them, a user's file that cannot be used is reported and skipped.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from posturecam.coach.breaks.choice import choose
from posturecam.coach.condition import IDENTIFIER
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.coach.routine import Routine
from posturecam.config.files import home
from posturecam.config.reading import (
    LONGEST_QUOTE,
    SAVE_AS_UTF_8,
    explained,
    quoted,
    read_limited,
    reason,
    remedy,
    why_not_toml,
)
from posturecam.config.settings_file import wanted
from posturecam.errors import PosturecamError, SettingsError, UnknownExercise
from posturecam.i18n.message import Message, Verbatim
from posturecam.i18n.words import mark
from posturecam.posture.view import View

Model = TypeVar("Model", bound=BaseModel)
Files = Mapping[str, Traversable | Path]
"""Files by the ids of what they contain."""

_MOST_BYTES = 200_000
"""Largest size of an exercise's file, bytes; the package's longest has 8 000."""
_MOST_KEPT = 2000
"""Most files whose parsed content is cached: more than anybody has, since reading one file too many in turn would evict
every entry."""


@dataclass(frozen=True, slots=True)
class Library:
    """All usable exercises and routines, and the problems of the others."""

    exercises: tuple[Exercise, ...]
    routines: tuple[Routine, ...]
    problems: tuple[str, ...]
    """One line for each of the user's files that cannot be used."""


def exercise_folder() -> Path:
    """The folder of the user's own exercises; it need not exist."""
    return home() / "exercises"


def routine_folder() -> Path:
    """The folder of the user's own routines; it need not exist."""
    return home() / "routines"


def exercise_names() -> list[str]:
    """The ids of all exercises: the package's in its own order, then the user's."""
    return list(exercise_files())


def routine_names() -> list[str]:
    """The ids of all routines."""
    return list(routine_files())


def exercise_files() -> Files:
    """The files of all exercises by id: the package's in its own order, then the user's.

    Raises:
        SettingsError: if the user's folder cannot be read.
    """
    return _files("exercises", exercise_folder())


def routine_files() -> Files:
    """The files of all routines by id."""
    return _files("routines", routine_folder())


def load_exercise(name: str, known: Files | None = None) -> Exercise:
    """One exercise by its id, or "id/variant"; the user's own replaces the package's with the same id.

    Args:
        name: The id, with the variant after a slash.
        known: The exercises' files, if already listed; saves listing them again.

    Raises:
        UnknownExercise: if there is none with that name, or it has no such variant.
        SettingsError: if its file cannot be read or used.
    """
    known = exercise_files() if known is None else known
    id_, _, variant = name.partition("/")
    if id_ not in known:
        raise _unknown(mark("There is no exercise '{name}'; {hint}"), id_, known, "posturecam stretch list")
    exercise = _load(known[id_], Exercise, id_)
    if not variant:
        return exercise
    if variant not in exercise.variants:
        template = mark("There is no variant of {exercise} '{name}'; {hint}")
        raise _unknown(template, variant, exercise.variants, f"posturecam stretch show {id_}", exercise=Verbatim(id_))
    return exercise.as_variant(variant)


def load_library() -> Library:
    """All usable exercises and routines, with the problems of the others."""
    problems: list[str] = []
    exercises = tuple(usable_exercises(problems))
    routines = tuple(routine for routine, _ in usable_routines(problems))
    return Library(exercises, routines, tuple(dict.fromkeys(problems)))


def usable_exercises(problems: list[str], first: Sequence[str] = ()) -> Iterator[Exercise]:
    """All usable exercises, one after the other, those in `first` before the rest; problems of unusable ones are added to `problems`."""
    with _noted(problems):
        known = exercise_files()
        for name in _with_first(known, first):
            with _noted(problems):
                yield load_exercise(name, known)


def usable_routines(problems: list[str], first: Sequence[str] = ()) -> Iterator[tuple[Routine, Sequence[Exercise]]]:
    """All usable routines, each with its exercises, in the manner of `usable_exercises`."""
    with _noted(problems):
        known, exercises = routine_files(), exercise_files()
        for name in _with_first(known, first):
            with _noted(problems):
                yield _routine(name, known, exercises)


def _with_first(known: Files, first: Sequence[str]) -> list[str]:
    """The ids, those in `first` before the rest."""
    return sorted(known, key=lambda name: first.index(name) if name in first else len(first))


@contextlib.contextmanager
def _noted(problems: list[str]) -> Iterator[None]:
    try:
        yield
    except PosturecamError as problem:
        problems.append(problem.text)


def find(name: str) -> Exercise | Routine:
    """The exercise, "exercise/variant", or else routine of that name. The files of a routine's exercises are not read.

    Raises:
        UnknownExercise: if there is nothing with that name.
        SettingsError: if its file cannot be read or used, or names an exercise that does not exist.
    """
    exercises, routines = exercise_files(), routine_files()
    if name.partition("/")[0] in exercises:
        return load_exercise(name, exercises)
    if name not in routines:
        template = mark("There is no exercise or routine '{name}'; {hint}")
        raise _unknown(template, name, [*exercises, *routines], "posturecam stretch list")
    routine = _load(routines[name], Routine, name)
    if any(step.exercise not in exercises for step in routine.steps):
        _routine(name, routines, exercises)  # raises the error that says what is missing
    return routine


def load_routine(name: str) -> Routine:
    """One routine by its id.

    Raises:
        UnknownExercise: if there is none with that name.
        SettingsError: if its file cannot be read or used, or names an exercise that does not exist.
    """
    return _routine(name, routine_files(), exercise_files())[0]


def _routine(name: str, known: Files, exercises: Files) -> tuple[Routine, Sequence[Exercise]]:
    if name not in known:
        raise _unknown(mark("There is no routine '{name}'; {hint}"), name, known, "posturecam stretch list")
    routine = _load(known[name], Routine, name)
    try:
        return routine, resolve(routine, exercises)
    except UnknownExercise as missing:
        raise SettingsError("{path}: steps: {problem}", path=str(known[name]), problem=missing.text) from missing


def resolve(routine: Routine, known: Files | None = None) -> list[Exercise]:
    """The exercises of a routine, each in its variant and with its dose; for one that is picked anew each time, as for a laptop.

    Args:
        routine: A loaded routine.
        known: The exercises' files, if already listed.

    Raises:
        UnknownExercise: if it names an exercise or variant that does not exist.
        SettingsError: if an exercise's file cannot be read or used.
    """
    if routine.is_break:
        return list(pick(View.UNKNOWN, routine.minutes))
    known = exercise_files() if known is None else known
    steps = []
    for step in routine.steps:
        name = step.exercise if step.variant is None else f"{step.exercise}/{step.variant}"
        steps.append(load_exercise(name, known).with_dose(step.hold, step.reps, step.rest))
    return steps


def pick(
    view: View, minutes: float, last: Sequence[str] = (), speaking: SpeakingTime = speaking_seconds
) -> tuple[Exercise, ...]:
    """The exercises of a break at the desk, from all usable ones; see `posturecam.coach.breaks.choice.choose`."""
    return choose(tuple(usable_exercises([])), view, minutes, last, speaking)


def read_exercise(path: Path) -> Exercise:
    """Read one exercise from any file, for authors of exercises.

    Raises:
        SettingsError: if it cannot be read or used.
    """
    return _load(path, Exercise, path.stem)


def _files(kind: str, own: Path) -> Files:
    """The files of a kind by name without suffix; the user's come last and replace the package's."""
    packed = sorted((one for one in (files("posturecam.coach") / kind).iterdir()), key=lambda one: one.name)
    found = {one.name.removesuffix(".toml"): one for one in packed if one.name.endswith(".toml")}
    try:
        mine = sorted(one for one in own.iterdir() if one.suffix.lower() == ".toml")
    except (FileNotFoundError, NotADirectoryError):
        mine = []
    except OSError as error:
        raise SettingsError(
            "The folder {path} cannot be read ({problem}); {remedy}",
            path=own,
            problem=reason(error),
            remedy=remedy(error),
        ) from error
    return {**found, **{path.stem: path for path in mine}}


def _load(file: Traversable | Path, model: type[Model], id_: str) -> Model:
    with explained(
        lambda error: SettingsError(
            "{path} cannot be read ({problem}); {remedy}",
            path=str(file),
            problem=reason(error),
            remedy=remedy(error, mark("fix or delete it")),
        )
    ):
        content = read_limited(file, _MOST_BYTES) if isinstance(file, Path) else file.read_bytes()
    found = _parsed(str(file), content, model, id_)
    assert isinstance(found, model)
    return found


@lru_cache(maxsize=_MOST_KEPT)
def _parsed(file: str, content: bytes, model: type[BaseModel], id_: str) -> BaseModel:
    """The parsed content of a file; cached, since the same files are requested again and again, and checking one takes 15 ms."""
    with explained(
        lambda error: SettingsError(
            "{path} cannot be read ({problem}); {remedy}", path=file, problem=reason(error), remedy=SAVE_AS_UTF_8
        )
    ):
        text = content.decode("utf-8-sig")
    with explained(
        lambda _: SettingsError(
            "{path} is not TOML ({problem}); fix or delete it", path=file, problem=why_not_toml(text)
        )
    ):
        data = tomllib.loads(text)
    with explained(
        lambda error: SettingsError("{path}: {problem}; see docs/exercises.md", path=file, problem=reason(error))
    ):
        if data.get("id", id_) != id_:
            if not re.fullmatch(IDENTIFIER, id_) and re.fullmatch(IDENTIFIER, str(data["id"])):
                raise SettingsError("{path}: rename the file to {name}", path=file, name=Verbatim(f"{data['id']}.toml"))
            raise SettingsError(
                "{path}: id is {got}, and must be {wanted} like the file's name",
                path=file,
                got=quoted(repr(data["id"])),
                wanted=quoted(repr(id_)),
            )
        try:
            return model.model_validate({"id": id_, **data})
        except ValidationError as error:
            raise SettingsError(
                "{path}: {problem}; see docs/exercises.md", path=file, problem=_first(error, data)
            ) from error


def _first(error: ValidationError, data: Mapping[str, Any]) -> Message | str:
    """The first error: the key, what was expected, and what is there."""
    first = error.errors(include_url=False)[0]
    if first["loc"] == ("id",) and "id" not in data:
        return Message(
            "the file's name must be at most 40 lowercase letters, digits and underscores, beginning with a letter"
        )
    key = quoted(_key(first["loc"], data))
    message = str(quoted(str(first["msg"]).removeprefix("Value error, ")))  # it may be one of our own texts
    got = first.get("input")
    if first["type"] == "missing":
        return Message("{key} is missing", key=key)
    if first["type"] == "extra_forbidden":
        return Message("{key} is not a valid key here", key=key)
    told = wanted(first, key) if key else None
    if told is not None:
        return told
    if not key:
        return message
    if isinstance(got, dict | list | tuple):
        return Message("{where}: {problem}", where=key, problem=message)
    return Message("{where}: {problem} (got {got})", where=key, problem=message, got=quoted(repr(got)))


def _key(where: Iterable[int | str], data: Any) -> str:
    """The location as a person would write it: faults[knees_up].when[0].measure."""
    text = ""
    for part in where:
        inner = data[part] if _has(data, part) else None
        if isinstance(part, int):
            id_ = inner.get("id") or inner.get("measure") if isinstance(inner, dict) else None
            text += f"[{id_ or part}]"
        else:
            text += f".{part}" if text else part
        data = inner
    return text


def _has(data: Any, part: int | str) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _unknown(template: str, name: str, known: Iterable[str], see: str, **parameters: str) -> UnknownExercise:
    near = difflib.get_close_matches(name[:LONGEST_QUOTE], known, 3)
    hint = Message("see them all with: {command}", command=see)
    if near:
        hint = Message("did you mean {names}?", names=_either(near))
    return UnknownExercise(template, name=quoted(name), hint=hint, **parameters)


def _either(names: Sequence[str]) -> Message | Verbatim:
    """A list such as "a or b or c"."""
    if len(names) == 1:
        return Verbatim(names[0])
    return Message("{one} or {other}", one=_either(names[:-1]), other=Verbatim(names[-1]))
