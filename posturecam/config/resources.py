"""Where the models, the demo clip and the modules are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from posturecam.errors import ModelError, SourceError

_PACKAGE = Path(__file__).parents[1]
PLACES = (_PACKAGE / "_data", _PACKAGE.parent)
"""Folders that hold what is shipped beside the code: of an installed package, and of the repository."""


def _find(relative: str) -> Path | None:
    return next((place / relative for place in PLACES if (place / relative).is_file()), None)


def model_path(size: str) -> Path:
    """The pose model bundle of that size ("lite", "full" or "heavy").

    Raises:
        ModelError: if it is missing.
    """
    found = _find(f"models/pose_landmarker_{size}.task")
    if found is None:
        if size == "heavy":  # it is built, not shipped
            build = "python models/build.py heavy"
            raise ModelError("The pose model '{size}' is not installed; run: {command}", size=size, command=build)
        raise ModelError("The pose model '{size}' is not installed; install posturecam again", size=size)
    return found


def face_model_path() -> Path:
    """The face landmarker's bundle.

    Raises:
        ModelError: if it is missing.
    """
    found = _find("models/face_landmarker.task")
    if found is None:
        raise ModelError("The face model is not installed; install posturecam again")
    return found


def posture_estimator() -> Path:
    """The weights of the learned posture estimator.

    Raises:
        ModelError: if they are missing.
    """
    found = _find("models/posture_estimator.npz")
    if found is None:
        raise ModelError("The learned estimator is not installed; install posturecam again")
    return found


def demo_video() -> Path:
    """The clip that `posturecam demo` plays.

    Raises:
        SourceError: if it is missing.
    """
    found = _find("sample_videos/desk_front.mp4")
    if found is None:
        raise SourceError("The demo clip desk_front.mp4 is not installed; install posturecam again")
    return found


def python_command(module: str) -> tuple[str, ...]:
    """The command that runs one of posturecam's modules in a Python process of its own.

    It imports nothing from the current folder, where the user's files may have the names of modules, such as `select.py`
    or `numpy.py`.
    """
    run = f"import sys, runpy; sys.path.append({str(_PACKAGE.parent)!r}); runpy.run_module({module!r}, run_name='__main__')"
    return (sys.executable, "-P", "-c", run)


@contextlib.contextmanager
def importing_only_what_is_installed() -> Iterator[None]:
    """While this lasts, the Python processes that `multiprocessing` starts import nothing from the current folder either."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before
