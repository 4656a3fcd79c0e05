"""What the user is in the middle of: windows that are recreated in another language continue there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from posturecam.posture.view import View

if TYPE_CHECKING:  # the app creates this before it needs any page
    from posturecam.coach.exercise import Exercise
    from posturecam.coach.safety import Answers
    from posturecam.desktop.pages.stretch.words import StretchChoice
    from posturecam.session.protocol.messages import StretchEnded


class StretchStep(Enum):
    """How far the user has come on the page "Stretch"."""

    CHOOSING = "choosing"
    ASKED = "asked"
    """The question about pain is open."""
    RUNNING = "running"
    OVER = "over"
    """The summary is shown, with the question about how it feels now."""


@dataclass
class Unfinished:
    """Changed by the pages as the user goes on."""

    undo: list[Mapping[str, str]] = field(default_factory=list)
    """For each change of settings that can be undone, the newest last, what restores them."""
    place: str = ""
    """The group of settings shown; empty before the first."""
    setting: str = ""
    """The setting changed last, as `group.name`; empty if there is none."""
    step: StretchStep = StretchStep.CHOOSING
    choice: StretchChoice | None = None
    """What was chosen to stretch."""
    view: View = View.UNKNOWN
    """The camera angle for which it was chosen."""
    without_camera: bool = False
    """Whether there was no camera when the session was requested: a break at the desk needs none."""
    answers: Answers | None = None
    """How the user felt before the session that is running."""
    skipped: Sequence[Exercise] = ()
    """The exercises left out of it because of that."""
    ended: tuple[StretchEnded, Answers | None, Sequence[Exercise]] | None = None
    """The summary that is shown, with the answers and the exercises left out."""
