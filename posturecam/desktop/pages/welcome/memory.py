"""Whether the first-run setup was finished once: it must not come back to somebody who skipped the calibration."""

from __future__ import annotations

import contextlib

from posturecam.config.files import home, put
from posturecam.config.reading import is_missing
from posturecam.errors import SettingsError
from posturecam.history.baselines import load_baselines
from posturecam.i18n.message import Message

_FINISHED = "setup-finished"
"""An empty file in the user's folder."""


def setup_state() -> tuple[bool, Message | None]:
    """Whether the setup was finished, or somebody calibrated without it; and any problem with the file of calibrations."""
    baselines = load_baselines()
    return bool(baselines.kept) or not is_missing(home() / _FINISHED), baselines.complaint


def remember_setup() -> None:
    """The setup is finished. If that cannot be saved, it opens once more at the next start."""
    with contextlib.suppress(SettingsError):
        put(home() / _FINISHED, "")
