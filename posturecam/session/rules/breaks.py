"""When to suggest a break: a pure step, based on what the camera saw and not on keyboard use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from posturecam.alerts.text import Because
from posturecam.config.settings import BreakSettings

EYES_RESTED = 20.0
"""Seconds without anybody at the screen that rest the eyes: the last 20 of 20-20-20."""
_APART = 180.0
"""Least seconds between a smaller reminder, to stand up or rest the eyes, and another suggestion: two in a row would annoy, and the second
would replace the first."""


class BreakAnswer(StrEnum):
    """The user's answer to a break that was suggested or announced."""

    POSTPONE = "postpone"
    """Suggest it again in a few minutes."""
    SKIP = "skip"
    """Skip this one: the next one comes after the full time again."""
    DONE = "done"
    """The eyes were rested, or the user stood up."""


@dataclass(frozen=True, slots=True)
class BreakState:
    """State of the break rules; start with `BreakState()`. Times are seconds by the clock of the readings."""

    sitting: float = 0.0
    """Seconds the user was seen since the last break."""
    away: float = 0.0
    """Seconds nobody has been there."""
    alerts: tuple[float, ...] = ()
    """Times of recent alerts."""
    offered: float | None = None
    lately: int = 0
    """Number of recent alerts when a break was last suggested because of them."""
    skipped: float = 0.0
    """Value of `sitting` when a break was last skipped: the next one counts from there."""
    later: float | None = None
    """When a postponed break is suggested again."""
    postponed: Because = Because.SITTING
    """Why the postponed break was suggested first, and is again."""
    announced: bool = False
    """Whether the next break was announced."""
    eyes: float = 0.0
    """Seconds at the screen since the eyes were last rested."""
    standing: float = 0.0
    """Seconds of sitting since the user was last reminded to stand up, or stood up."""
    reminded: float | None = None
    """Time of the last smaller reminder, to stand up or rest the eyes."""


def step(
    state: BreakState,
    t: float,
    elapsed: float,
    present: bool | None,
    settings: BreakSettings,
    *,
    alerted: bool = False,
    silent: bool = False,
) -> tuple[BreakState, Because | None]:
    """Process one sample.

    Args:
        state: The state returned by the last call.
        t: Its time in seconds.
        elapsed: Seconds that it stands for.
        present: Whether somebody was seen; None if unknown, which counts neither as sitting nor as a break.
        settings: The user's settings.
        alerted: Whether this sample raised an alert.
        silent: Whether nothing may be suggested now; the suggestion comes later if it is still due.

    Returns:
        The new state, and the reason to suggest a break now, or None.
    """
    if not present:
        return state if present is None else _away(state, elapsed, settings), None
    recent = tuple(one for one in state.alerts if 0 <= t - one < settings.within)
    state = replace(
        state,
        sitting=state.sitting + elapsed,
        away=0.0,
        alerts=(*recent, t) if alerted else recent,
        eyes=state.eyes + elapsed,
        standing=state.standing + elapsed,
    )
    if silent or alerted:
        return state, None
    if settings.offer and _wait(state, t, settings) <= 0:
        if state.later is not None:
            return _offered(state, t), state.postponed
        if len(state.alerts) >= settings.slouches:
            return _offered(state, t, alerts=(), lately=len(state.alerts)), Because.SLOUCHES
        if state.sitting - state.skipped >= settings.sitting:
            return _offered(state, t), Because.SITTING
    return _smaller(state, t, settings)


def due(state: BreakState, t: float, settings: BreakSettings) -> float | None:
    """Seconds until a break is suggested if the user stays seated; None if breaks are switched off."""
    if not settings.offer:
        return None
    sitting = 0.0 if state.later is not None else settings.sitting - (state.sitting - state.skipped)
    return max(sitting, _wait(state, t, settings), 0.0)


def announce(state: BreakState, t: float, settings: BreakSettings) -> tuple[BreakState, float | None]:
    """The new state, and the seconds until a break if it must be announced now."""
    seconds = due(state, t, settings)
    if seconds is None or state.announced or not 0 < seconds <= settings.heads_up:
        return state, None
    return replace(state, announced=True), seconds


def leaves_room(state: BreakState, t: float, settings: BreakSettings) -> bool:
    """Whether something else may be suggested now: nothing was suggested recently, and no break is postponed or due soon."""
    alone = _wait(state, t, settings) <= 0 and not _is_next(state, t, settings)
    return alone and not _is_recent(state.reminded, t, settings)


def just_suggested(state: BreakState, t: float, settings: BreakSettings) -> bool:
    """Whether something was suggested so recently that neither a smaller reminder nor what was postponed may be suggested yet."""
    return _is_recent(state.offered, t, settings) or _is_recent(state.reminded, t, settings)


def make_room(state: BreakState, t: float) -> BreakState:
    """Note that something else was suggested, so that no break follows right after it."""
    return replace(state, offered=t, announced=False)


def answer(state: BreakState, given: BreakAnswer, t: float, settings: BreakSettings, because: Because) -> BreakState:
    """Take the user's answer to a break that was suggested for this reason, or announced."""
    match given:
        case BreakAnswer.POSTPONE if because is Because.EYES:
            return replace(state, eyes=settings.eyes_every - settings.postpone)
        case BreakAnswer.POSTPONE if because is Because.STAND:
            return replace(state, standing=settings.stand_every - settings.postpone)
        case BreakAnswer.POSTPONE:
            return replace(state, later=t + settings.postpone, postponed=because, announced=True)
        case BreakAnswer.SKIP if because.stretches:
            return replace(state, skipped=state.sitting, alerts=(), later=None, announced=False)
        case BreakAnswer.DONE if because is Because.STAND:
            return taken(state)
        case _:
            return state


def taken(state: BreakState) -> BreakState:
    """The user stretched or paused for a break: sitting time starts again from zero."""
    return BreakState(offered=state.offered)


def _away(state: BreakState, elapsed: float, settings: BreakSettings) -> BreakState:
    away = state.away + elapsed
    state = replace(state, away=away, eyes=0.0 if away >= EYES_RESTED else state.eyes)
    if away < settings.away:
        return state
    return replace(state, sitting=0.0, skipped=0.0, standing=0.0, alerts=(), later=None, announced=False)


def _wait(state: BreakState, t: float, settings: BreakSettings) -> float:
    """Seconds until a break may be suggested again after a recent or postponed one."""
    if state.later is not None:  # when the user asked for it, however soon after the last suggestion
        return max(min(state.later - t, settings.postpone), 0.0)
    since = None if state.offered is None else t - state.offered
    return 0.0 if since is None or since < 0 else max(settings.again - since, 0.0)


def _offered(
    state: BreakState, t: float, alerts: tuple[float, ...] | None = None, lately: int | None = None
) -> BreakState:
    return replace(
        state,
        offered=t,
        alerts=state.alerts if alerts is None else alerts,
        lately=state.lately if lately is None else lately,
        later=None,
        announced=False,
        eyes=0.0,
        standing=0.0,
    )


def _smaller(state: BreakState, t: float, settings: BreakSettings) -> tuple[BreakState, Because | None]:
    """The smaller reminders, to stand up or rest the eyes, unless something was just suggested or a break is due soon."""
    if _is_next(state, t, settings) or just_suggested(state, t, settings):
        return state, None
    if settings.stand and state.standing >= settings.stand_every:
        return replace(state, standing=0.0, eyes=0.0, reminded=t), Because.STAND
    if settings.eyes and state.eyes >= settings.eyes_every:
        return replace(state, eyes=0.0, reminded=t), Because.EYES
    return state, None


def _is_next(state: BreakState, t: float, settings: BreakSettings) -> bool:
    """Whether a break is announced, or will be so soon that nothing else may be suggested before it."""
    seconds = due(state, t, settings)
    return seconds is not None and seconds < _APART + settings.heads_up


def _is_recent(suggested: float | None, t: float, settings: BreakSettings) -> bool:
    """Whether something was suggested too recently for another suggestion; not if the clock was set back since.

    What the user postponed by less than `_APART` still returns when they asked for it.
    """
    return suggested is not None and 0 <= t - suggested < min(_APART, settings.postpone)
