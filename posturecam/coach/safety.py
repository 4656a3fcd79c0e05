"""The questions before and after a session, and what follows from the answers. Not medical advice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posturecam.coach.exercise import Exercise
from posturecam.config.settings import StretchSettings
from posturecam.i18n.words import mark

BEFORE = mark("Any pain, numbness or dizziness?")
AFTER = mark("How does it feel now, from 0 (no pain) to 10 (the worst)?")
STOP = mark("Stop if anything hurts, goes numb or makes you dizzy. This is not medical advice.")
LEAVE_OUT = mark(
    "Skip stretching today, and ask a doctor or physiotherapist if it does not go away. Never stretch into pain, numbness or "
    "dizziness."
)
MORE_PAIN = mark(
    "That is more than before. Your targets stay the same next time. Skip what hurts, and see a doctor if it does not go away."
)
STILL_PAIN = mark("Your targets stay the same next time. Skip what hurts, and see a doctor if it does not go away.")
"""The same to somebody who did not say how strong the pain was before."""
STILL_POSSIBLE = mark("You can still do exercises that clearly do not affect it")
NOT_TODAY = mark("No stretching today, then. Take care of yourself.")
WORST = 10


@dataclass(frozen=True, slots=True)
class Answers:
    """The user's answers about one session."""

    troubled: bool
    """Pain, numbness or dizziness before."""
    before: int | None = None
    """Pain before, 0 to 10, if it was asked."""
    after: int | None = None
    """Pain afterwards, 0 to 10; None if it was not answered."""

    def __post_init__(self) -> None:
        for name in ("before", "after"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= WORST:
                raise ValueError(f"{name} must be from 0 to {WORST}, got {value}")


def cautions(exercises: Iterable[Exercise]) -> list[str]:
    """The cautions of these exercises, in order, without duplicates."""
    return list(dict.fromkeys(text for exercise in exercises for text in exercise.cautions))


def who_should_skip(exercises: Iterable[Exercise]) -> list[str]:
    """Who should skip these exercises, in order, without duplicates."""
    return list(dict.fromkeys(text for exercise in exercises for text in exercise.skip_if))


def answer_to(answers: Answers, settings: StretchSettings) -> str | None:
    """What to say in response to how the user feels afterwards; None if nothing."""
    if not is_frozen([answers], settings):
        return None
    return STILL_PAIN if answers.before is None else MORE_PAIN


def is_frozen(sessions: Sequence[Answers], settings: StretchSettings) -> bool:
    """Whether targets stay unchanged after these sessions, newest last.

    A rise in pain (of `stretch.pain_rise`) freezes them: within a session, or from the session before.
    A later session that ends without such a rise, and with about as little pain as before it, unfreezes them.
    """
    level: int | None = None
    frozen_above: int | None = None
    for session in sessions:
        if session.after is None:
            continue
        earlier = [one for one in (session.before, level) if one is not None]
        if earlier and session.after - min(earlier) >= settings.pain_rise:
            frozen_above = min(earlier) if frozen_above is None else min(frozen_above, *earlier)
        elif not earlier and session.after >= settings.pain_rise and session.troubled:
            frozen_above = 0
        elif frozen_above is not None and session.after <= frozen_above + 1:
            frozen_above = None
        level = session.after
    return frozen_above is not None
