"""Remembers that the first-run setup was finished, so that it does not come back to somebody who skipped the calibration."""

from __future__ import annotations

from posturecam.config.files import is_noted, note
from posturecam.history.baselines import load_baselines
from posturecam.i18n.message import Message

_FINISHED = "setup-finished"
"""An empty file in the user's folder."""


def setup_state() -> tuple[bool, Message | None]:
    """Whether the setup was finished, or somebody calibrated without it; and any problem with the file of calibrations."""
    baselines = load_baselines()
    return bool(baselines.kept) or is_noted(_FINISHED), baselines.complaint


def remember_setup() -> None:
    """Save that the setup is finished; where that fails, it opens again at the next start."""
    note(_FINISHED)
