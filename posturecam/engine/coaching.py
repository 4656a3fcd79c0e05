"""A stretch session as the engine leads it: the coach's loop, its voice and its history."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from posturecam.engine.messages import Coached, Coaching
from posturecam.engine.outlet import Outlet
from posturecam.engine.wishes import StretchWish
from posturecam.frame import Source
from posturecam.lazy import LazyEstimator
from posturecam.settings import Settings
from posturecam.stretch.keeping import Kept, earlier, open_history
from posturecam.stretch.leading import Led
from posturecam.stretch.session import CoachTick, Controls, coach, for_stretching
from posturecam.voice import Silence, Voice

OpenVoice = Callable[[], Voice | Silence]


def lead(
    wish: StretchWish,
    source: Source,
    settings: Settings,
    controls: Controls,
    outlet: Outlet,
    open_voice: OpenVoice,
    left: Callable[[], bool],
) -> None:
    """Lead through a session, to its end or until it is left; nothing done is lost."""
    with contextlib.ExitStack() as stack:
        history = open_history(outlet.complain)
        if history is not None:
            stack.enter_context(history)
        past, _ = earlier(history, wish.exercises)
        kept = Kept(history, wish.title, source.info.name, wish.answers, wish.skipped)
        stack.callback(kept.close)
        voice = stack.enter_context(open_voice())
        estimator = stack.enter_context(LazyEstimator(for_stretching(settings)))
        led = Led(settings, voice, kept)
        troubled = bool(wish.answers and wish.answers.troubled)
        try:
            for tick in coach(source, estimator, wish.exercises, settings, controls, past, pain=troubled):
                _show(tick, led, wish.title, outlet)
                if left():
                    break
        finally:  # whatever ends it, what was done is summed up
            last = led.stopped()
            if last is not None:
                _show(last, led, wish.title, outlet)
            outlet.tell(Coached(outlet.now(), wish.title, led.summary, kept.session))


def _show(tick: CoachTick, led: Led, title: str, outlet: Outlet) -> None:
    shown, told = led.take(tick)
    for line in told:
        outlet.complain(line)
    outlet.show(coaching=Coaching(title, tick, shown))
