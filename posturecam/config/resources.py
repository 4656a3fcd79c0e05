"""Where the models, the demo clip and the modules are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from posturecam.errors import ModelError, PosturecamError, SourceError

_PACKAGE = Path(__file__).parents[1]
PLACES = (_PACKAGE / "_data", _PACKAGE.parent)
"""Folders that hold what is shipped beside the code: of an installed package, and of the repository."""


def _shipped(relative: str, missing: PosturecamError) -> Path:
    """A file that is shipped beside the code; raises `missing` if it is not there."""
    for place in PLACES:
        if (place / relative).is_file():
            return place / relative
    raise missing


def model_path(size: str) -> Path:
    """The pose model bundle of that size ("lite", "full" or "heavy").

    Raises:
        ModelError: if it is missing.
    """
    missing = ModelError("The pose model '{size}' is not installed; install posturecam again", size=size)
    if size == "heavy":  # it is built, not shipped
        build = "python models/build.py heavy"
        missing = ModelError("The pose model '{size}' is not installed; run: {command}", size=size, command=build)
    return _shipped(f"models/pose_landmarker_{size}.task", missing)


def face_model_path() -> Path:
    """The face landmarker's bundle.

    Raises:
        ModelError: if it is missing.
    """
    missing = ModelError("The face model is not installed; install posturecam again")
    return _shipped("models/face_landmarker.task", missing)


def posture_estimator() -> Path:
    """The weights of the learned posture estimator.

    Raises:
        ModelError: if they are missing.
    """
    missing = ModelError("The learned estimator is not installed; install posturecam again")
    return _shipped("models/posture_estimator.npz", missing)


def demo_video() -> Path:
    """The clip that `posturecam demo` plays.

    Raises:
        SourceError: if it is missing.
    """
    missing = SourceError("The demo clip desk_front.mp4 is not installed; install posturecam again")
    return _shipped("sample_videos/desk_front.mp4", missing)


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
