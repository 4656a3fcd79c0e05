"""When a stretch is offered without a slouch to tell: a pure step, from what the camera saw and not from keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

from posturecam.alerts.text import Because
from posturecam.config.settings import BreakSettings


@dataclass(frozen=True, slots=True)
class BreakState:
    """What is remembered; begin with `BreakState()`. Times are seconds by the clock of the readings."""

    sitting: float = 0.0
    """Seconds somebody was seen since the last break."""
    away: float = 0.0
    """Seconds nobody has been there by now."""
    told: tuple[float, ...] = ()
    """When slouches were told lately."""
    offered: float | None = None
    lately: int = 0
    """How many slouches had been told when a break was last offered for them."""


def step(
    state: BreakState,
    t: float,
    elapsed: float,
    present: bool | None,
    settings: BreakSettings,
    *,
    told: bool = False,
    silent: bool = False,
) -> tuple[BreakState, Because | None]:
    """One sample.

    Args:
        state: What the last call returned.
        t: Its time in seconds.
        elapsed: Seconds it stands for.
        present: Whether somebody was seen; None where it cannot be told, which is neither sitting nor a break.
        settings: The user's.
        told: Whether a slouch was told with it.
        silent: Whether nothing may be offered now; it is offered afterwards if it still holds.

    Returns:
        The new state, and why a break is to be offered now, if it is.
    """
    if present is False:
        away = state.away + elapsed
        over = away >= settings.away
        return replace(state, away=away, sitting=0.0 if over else state.sitting, told=() if over else state.told), None
    if present:
        state = replace(state, sitting=state.sitting + elapsed, away=0.0)
    recent = tuple(one for one in state.told if 0 <= t - one < settings.within)
    state = replace(state, told=(*recent, t) if told else recent)
    soon = state.offered is not None and 0 <= t - state.offered < settings.again
    if not settings.offer or silent or soon or told or not present:
        return state, None
    if len(state.told) >= settings.slouches:
        return replace(state, offered=t, told=(), lately=len(state.told)), Because.SLOUCHES
    if state.sitting >= settings.sitting:
        return replace(state, offered=t), Because.SITTING
    return state, None


def taken(state: BreakState) -> BreakState:
    """The user stretched or paused for a break: sitting counts from zero."""
    return BreakState(offered=state.offered)
