"""Remembers the first-run setup: that the user knows of the camera, and that the setup was finished without a calibration, so that it does not come back."""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.config.files import is_noted, note, settings_path
from posturecam.config.reading import is_missing
from posturecam.history.baselines import load_baselines
from posturecam.history.database import history_path
from posturecam.i18n.message import Message

_AGREED, _FINISHED = "camera-agreed", "setup-finished"
"""Empty files in the user's folder."""


@dataclass(frozen=True, slots=True)
class SetupState:
    """How far the setup came in earlier runs."""

    finished: bool
    """Whether it was finished, or somebody calibrated without it, in front of a camera."""
    agreed: bool
    """Whether it mentioned the camera, and the user went on, or it was finished."""
    used: bool
    """Whether there is what older versions left of somebody who agreed: settings, calibrations or a history."""
    complaint: Message | None
    """Any problem with the file of calibrations."""


def setup_state() -> SetupState:
    """Read it from the user's files."""
    baselines = load_baselines()
    finished = any(one.live for one in baselines.kept) or is_noted(_FINISHED)
    used = baselines.complaint is not None or not (is_missing(settings_path()) and is_missing(history_path()))
    return SetupState(finished, finished or has_agreed(), used, baselines.complaint)


def has_agreed() -> bool:
    """Whether the setup has mentioned the camera, in this run or an earlier one, and the user went on."""
    return is_noted(_AGREED)


def remember_agreement() -> None:
    """Save that the setup has mentioned the camera; where that fails, the camera waits for it again at the next start."""
    note(_AGREED)


def remember_setup() -> None:
    """Save that the setup is finished; where that fails, it opens again at the next start."""
    note(_FINISHED)
