"""What the user's answers teach: how far from upright this person's slouch begins. Pure.

The factor moves a little with each answer, between bounds that no sequence of answers can leave, and it never learns from a severe
slouch: who says "I'm fine" to that wants peace, and has not shown where the line is.
"""

from __future__ import annotations

from posturecam.alerts.policy import Response
from posturecam.posture.monitor import Grade

LOWEST, HIGHEST = 0.75, 1.25
"""Bounds of the factor, as `sensitivity.personal` declares them."""
LEAST_APART = 60.0
"""Seconds between two answers that teach."""
_TOWARDS_FINE = 0.15
"""Share of the way to `HIGHEST` that one "I'm fine" goes. Choice: five of them go half of the way."""
_TOWARDS_USUAL = 0.05
"""Share of the way back to 1 that an accepted alert goes: it was right, and that is the prior."""


def taught(factor: float, response: Response, severity: Grade, since_last: float | None) -> float:
    """The factor after an answer to an alert.

    Args:
        factor: What thresholds are multiplied by now.
        response: The answer.
        severity: Of the slouch that was told.
        since_last: Seconds since the last answer that taught, None where there was none.
    """
    if severity >= Grade.SEVERE or (since_last is not None and since_last < LEAST_APART):
        return factor
    if response is Response.FINE:
        factor += _TOWARDS_FINE * (HIGHEST - factor)
    elif response is Response.STRETCH:
        factor += _TOWARDS_USUAL * (1 - factor)
    return min(max(factor, LOWEST), HIGHEST)


def between(slouch: float, harmless: float = 0.0) -> float:
    """The factor that a deliberate slouch suggests: the line halfway to it from what is harmless, halfway to the usual line.

    Args:
        slouch: How far from upright it was, in usual thresholds.
        harmless: The same of a look down or a lean-in that was shown beside it; sitting upright itself is 0.
    """
    line = (max(harmless, 0.0) + slouch) / 2
    return min(max((1 + line) / 2, LOWEST), HIGHEST)
