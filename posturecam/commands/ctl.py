"""`posturecam ctl`: controls the running app from outside."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from posturecam.config.files import chosen_home, home, put
from posturecam.config.limits import install_desktop_command
from posturecam.config.reading import read_limited
from posturecam.errors import NotRunning, SettingsError
from posturecam.i18n.words import mark

_MOST_BYTES = 10_000
"""Largest size of the note with a folder's path, bytes."""


def control(request: str, *, as_json: bool) -> None:
    """Send a request to the running app, and print its answer.

    Raises:
        NotRunning: if none is running, or it refuses.
    """
    try:
        from posturecam.desktop.shell.single_instance import NO_ANSWER, ask, runs_unheard
    except ImportError as missing:
        raise NotRunning(
            "The desktop app is not installed ({name}); run: {command}",
            name=missing.name,
            command=install_desktop_command(),
        ) from missing
    answer = ask(request)
    if answer is None and chosen_home() is None and (trial := _home_of_trial()) is not None:
        with _at_home(trial):
            answer = ask(request)
    if answer is None and runs_unheard():
        raise NotRunning(NO_ANSWER)
    if answer is None:
        raise NotRunning("The desktop app is not running; start it with: posturecam")
    if as_json:
        print(json.dumps(answer))
    if not answer.get("ok"):
        error = answer.get("error", mark("The app could not do that"))
        raise NotRunning(error if isinstance(error, str) else str(error))
    if not as_json:
        print(answer.get("said", "Done"))


@contextlib.contextmanager
def on_trial(folder: Path) -> Iterator[None]:
    """Let `ctl` find the app while it plays a video, with its files in this folder instead of the user's own.

    If the user's own folder cannot be written, `ctl` does not find it.
    """
    note = _note()
    with contextlib.suppress(SettingsError):
        put(note, f"{folder}\n")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()


def _note() -> Path:
    """The file that names the folder of the app on trial, while there is one."""
    return home() / "trial"


def _home_of_trial() -> Path | None:
    try:
        folder = Path(read_limited(_note(), _MOST_BYTES).decode().strip())
        return folder if folder.is_dir() else None  # an app that was killed leaves its note behind
    except (OSError, ValueError):
        return None


@contextlib.contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    os.environ["POSTURECAM_HOME"] = str(folder)
    try:
        yield
    finally:
        del os.environ["POSTURECAM_HOME"]
