"""Runs a stretch session for every shell: the coach's loop, its voice and its history."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from posturecam.coach.loop import CoachTick, coach, for_stretching
from posturecam.coach.presentation.controls import Controls
from posturecam.config.settings import Settings
from posturecam.i18n.translate import chosen_language, tr
from posturecam.session.protocol.commands import StartStretch
from posturecam.session.protocol.messages import Coaching, StretchEnded
from posturecam.session.publisher import Publisher
from posturecam.session.stretching.guided import GuidedSession, without_voice
from posturecam.session.stretching.recorder import SessionRecorder, earlier, open_history
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.voice import Silence, Voice
from posturecam.voice.speaking_time import speaking_time

OpenVoice = Callable[[], Voice | Silence]


def lead(
    request: StartStretch,
    source: Source,
    current: Callable[[], Settings],
    controls: Controls,
    publisher: Publisher,
    open_voice: OpenVoice,
    left: Callable[[], bool],
) -> Iterator[float]:
    """Run a session, one check at a time, to its end or until it is stopped; finished repetitions are never lost.

    For a file, nothing is saved or spoken: it is judged on its own timeline, and nobody is exercising now. The settings are
    those of the beginning, except that of the voice, where a change can be heard at once.

    Yields:
        Seconds to wait before the next check; 0 if the camera does the waiting.
    """
    settings = current()
    with contextlib.ExitStack() as stack:
        live = source.info.live
        history = open_history(publisher.complain) if live else None
        if history is not None:
            stack.enter_context(history)
        past, frozen = earlier(history, request.exercises, settings.stretch)
        kept = SessionRecorder(history, request.title, source.info.name, request.answers, request.skipped)
        stack.callback(kept.close)
        voices = stack.enter_context(contextlib.ExitStack())
        voice = voices.enter_context(_voice(open_voice, publisher)) if live else None
        spoken_with = settings.voice
        estimator = stack.enter_context(
            LazyEstimator(for_stretching(settings, request.exercises), across_room=not request.paced)
        )
        led = GuidedSession(settings, voice, kept)
        troubled = bool(request.answers and request.answers.troubled)

        def show(tick: CoachTick) -> None:
            nonlocal voice, spoken_with
            if voice is not None and current().voice != spoken_with:
                spoken_with = current().voice
                voices.pop_all()
                voice.close()
                voice = voices.enter_context(_voice(open_voice, publisher))
                led.use_voice(voice)
            shown, problems = led.take(tick)
            for line in problems:
                publisher.complain(line)
            publisher.show(coaching=Coaching(request.title, tick, shown, frozen))

        def speaking(text: str) -> float:
            return speaking_time(current().voice, chosen_language(), tr)(text)

        try:
            for tick in coach(
                source,
                estimator,
                request.exercises,
                settings,
                controls,
                past,
                pain=troubled,
                paced=request.paced,
                speaking=speaking,
            ):
                show(tick)
                yield source.wait
                if left():
                    break
        finally:  # however it ends, publish the summary
            last = led.stopped()
            if last is not None:
                show(last)
            publisher.tell(StretchEnded(publisher.now(), request.title, led.summary, kept.saved))


def _voice(open_voice: OpenVoice, publisher: Publisher) -> Voice | Silence:
    """Open the voice; if that fails, report it and continue without."""
    try:
        return open_voice()
    except Exception as problem:
        publisher.complain(without_voice(problem))
        return Silence()
