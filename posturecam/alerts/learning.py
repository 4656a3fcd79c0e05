"""Adapts the personal sensitivity to the user's answers. Pure.

The factor moves a little with each answer, between bounds that no sequence of answers can leave, and it never learns from a severe
slouch: "I'm fine" then means "leave me alone", and says nothing about where the threshold should be.
"""

from __future__ import annotations

from posturecam.alerts.policy import Response
from posturecam.config.settings import PERSONAL_LIMITS
from posturecam.posture.monitor import Grade

LOWEST, HIGHEST = PERSONAL_LIMITS
LEAST_APART = 60.0
"""Least seconds between two answers that change the factor."""
_TOWARDS_FINE = 0.15
"""Fraction of the remaining distance to `HIGHEST` for one "I'm fine". Choice: five of them cover about half of it."""
_TOWARDS_USUAL = 0.05
"""Fraction of the distance back to 1 (the default) by which an accepted alert lowers a factor above 1, since the alert was right. It
leaves a factor below 1 as it is: raising that would make reminders rarer for somebody who welcomes them."""


def taught(factor: float, response: Response, severity: Grade, since_last: float | None) -> float:
    """The factor after an answer to an alert.

    Args:
        factor: The current multiplier of the thresholds.
        response: The answer.
        severity: Severity of the slouch that raised the alert.
        since_last: Seconds since the last answer that changed the factor; None if there was none.
    """
    if severity >= Grade.SEVERE or (since_last is not None and since_last < LEAST_APART):
        return factor
    if response is Response.FINE:
        factor += _TOWARDS_FINE * (HIGHEST - factor)
    elif response is Response.STRETCH:
        factor -= _TOWARDS_USUAL * max(factor - 1, 0.0)
    return min(max(factor, LOWEST), HIGHEST)


def between(slouch: float, harmless: float = 0.0) -> float:
    """The factor suggested by a deliberate slouch: halfway between the harmless posture and the slouch, averaged with the default.

    Args:
        slouch: Deviation of the deliberate slouch, in default thresholds.
        harmless: Deviation of the look down or lean-in shown with it; 0 is sitting upright.
    """
    line = (max(harmless, 0.0) + slouch) / 2
    return min(max((1 + line) / 2, LOWEST), HIGHEST)
