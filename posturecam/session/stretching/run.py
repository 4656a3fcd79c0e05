"""A stretch session as the engine leads it: the coach's loop, its voice and its history."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from posturecam.coach.loop import CoachTick, Controls, coach, for_stretching
from posturecam.config.settings import Settings
from posturecam.session.protocol.messages import Coaching, StretchEnded
from posturecam.session.protocol.wishes import StretchWish
from posturecam.session.publisher import Publisher
from posturecam.session.stretching.guided import GuidedSession
from posturecam.session.stretching.recorder import SessionRecorder, earlier, open_history
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.voice import Silence, Voice

OpenVoice = Callable[[], Voice | Silence]


def lead(
    wish: StretchWish,
    source: Source,
    settings: Settings,
    controls: Controls,
    outlet: Publisher,
    open_voice: OpenVoice,
    left: Callable[[], bool],
) -> None:
    """Lead through a session, to its end or until it is left; nothing done is lost."""
    with contextlib.ExitStack() as stack:
        history = open_history(outlet.complain)
        if history is not None:
            stack.enter_context(history)
        past, _ = earlier(history, wish.exercises)
        kept = SessionRecorder(history, wish.title, source.info.name, wish.answers, wish.skipped)
        stack.callback(kept.close)
        voice = stack.enter_context(open_voice())
        estimator = stack.enter_context(LazyEstimator(for_stretching(settings), across_room=True))
        led = GuidedSession(settings, voice, kept)
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
            outlet.tell(StretchEnded(outlet.now(), wish.title, led.summary, kept.session))


def _show(tick: CoachTick, led: GuidedSession, title: str, outlet: Publisher) -> None:
    shown, told = led.take(tick)
    for line in told:
        outlet.complain(line)
    outlet.show(coaching=Coaching(title, tick, shown))
