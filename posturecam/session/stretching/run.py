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
from posturecam.session.stretching.rest_day import keep_rest_day
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.voice.speaking_time import speaking_time
from posturecam.voice.speech import Silence, Voice

OpenVoice = Callable[[], Voice]


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
    those of the beginning, except those of the voice and the language: with another one, another voice speaks at once.

    Yields:
        Seconds to wait before the next check; 0 if the camera does the waiting.
    """
    settings = current()
    with contextlib.ExitStack() as stack:
        live = source.info.live
        if live:  # the user stretches after all
            keep_rest_day(None)
        history = open_history(publisher.complain) if live else None
        if history is not None:
            stack.enter_context(history)
        past, frozen = earlier(history, request.exercises, settings.stretch)
        recorder = SessionRecorder(history, request.title, source.info.name, request.answers, request.skipped)
        stack.callback(recorder.close)
        voice = _voice(open_voice, publisher) if live else None
        opened_for = settings.voice, chosen_language()

        def close_voice(kind: type[BaseException] | None, *_: object) -> None:
            if voice is not None:
                voice.close(finish=kind is None)

        stack.push(close_voice)
        estimator = stack.enter_context(
            LazyEstimator(for_stretching(settings, request.exercises), across_room=not request.paced)
        )
        led = GuidedSession(settings, voice, recorder)
        troubled = bool(request.answers and request.answers.troubled)

        def show(tick: CoachTick) -> None:
            nonlocal voice, opened_for
            wanted = current().voice, chosen_language()
            if voice is not None and wanted != opened_for:
                voice.close()
                voice, opened_for = _voice(open_voice, publisher), wanted
                led.use_voice(voice, current().voice)
            shown, problems = led.take(tick)
            for line in problems:
                publisher.complain(line)
            publisher.show(coaching=Coaching(request.title, tick, shown, frozen))

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
                speaking=lambda text: speaking_time(current().voice, chosen_language(), tr)(text),
            ):
                show(tick)
                yield source.wait
                if left():
                    break
        finally:  # however it ends, publish the summary
            last = led.stopped()
            if last is not None:
                show(last)
            publisher.tell(StretchEnded(publisher.now(), request.title, led.summary, recorder.saved))


def _voice(open_voice: OpenVoice, publisher: Publisher) -> Voice:
    """Open the voice; if that fails, report it and continue without."""
    try:
        return open_voice()
    except Exception as problem:
        publisher.complain(without_voice(problem))
        return Silence()
