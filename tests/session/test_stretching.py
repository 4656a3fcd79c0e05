"""A guided session apart from cameras and loudspeakers: what the voice prepares, what is saved, and what its end closes."""

from dataclasses import replace

import pytest
from fakes.frames import FramesInMemory, no_model
from fakes.voice import FakeVoice
from stretch_figures import FOLD, LONG_SIT, frames

from posturecam.coach import events as on
from posturecam.coach.cues import phrases
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.safety import Answers
from posturecam.config.settings import Settings
from posturecam.history.stretches import StretchHistory
from posturecam.session.stretching.guided import GuidedSession
from posturecam.session.stretching.recorder import SessionRecorder

FIRST, SECOND = (load_exercise(name).with_dose(hold=3, reps=1) for name in ("thoracic_stretch", "childs_pose"))
HELD = [(1, LONG_SIT), (1.5, FOLD), (4.5, FOLD), (1.5, LONG_SIT), (1, LONG_SIT)]


def led(session, parts, asked=(), exercises=(FIRST,)):
    """The session through these parts, with requests at their times; returns its ticks and the problems that were told."""
    controls, left, ticks, told = Controls(), dict(asked), [], []
    for tick in coach(FramesInMemory(frames(*parts)), no_model, exercises, controls=controls):
        ticks.append(tick)
        told += session.take(tick)[1]
        for t in [t for t in left if tick.frame.t >= t]:
            getattr(controls, left.pop(t))()
    return ticks, told


def test_the_words_of_each_exercise_are_prepared_once_and_again_when_it_is_repeated():
    voice = FakeVoice()
    led(GuidedSession(Settings(), voice), [(4, LONG_SIT)], {1: "repeat", 2: "skip"}, (FIRST, SECOND))
    assert voice.prepared == [*phrases(FIRST), *phrases(FIRST), *phrases(SECOND)]


def test_a_pause_cuts_short_what_is_being_said_and_nothing_else_does():
    voice, hushed = FakeVoice(), []
    voice.hush = lambda: hushed.append(True)
    ticks, _ = led(GuidedSession(Settings(), voice), HELD, {3: "toggle_pause", 3.5: "toggle_pause"})
    assert [type(event) for tick in ticks for event in tick.events].count(on.PausedByUser) == len(hushed) == 1


def test_the_voice_is_silent_while_it_is_muted_and_speaks_again_afterwards():
    def said(asked):
        voice = FakeVoice()
        led(GuidedSession(Settings(), voice), HELD, asked)
        return voice.said, voice.rung

    (words, chimes), (after, chimes_after) = said({}), said({1: "toggle_mute", 6: "toggle_mute"})
    assert 0 < len(after) < len(words)
    assert 0 < len(chimes_after) < len(chimes)
    assert after[-1] == words[-1]


def test_what_breaks_the_voice_or_the_history_is_told_once_and_the_session_goes_on():
    class Broken:
        def tick(self, tick):
            raise OSError("no disk")

    voice = FakeVoice()
    voice.news = lambda: 1 / 0
    session = GuidedSession(Settings(), voice, Broken())
    _, told = led(session, HELD)
    assert ["no voice" in str(one) for one in told] == [True, False]
    assert "nothing is saved" in str(told[1])
    assert session.summary.counted == 1


def test_an_unfinished_exercise_is_closed_and_a_finished_one_is_not_closed_again():
    session = GuidedSession(Settings())
    assert session.stopped() is None
    for tick in coach(FramesInMemory(frames(*HELD)), no_model, [FIRST]):
        session.take(tick)
        if tick.state.held > 2:
            break
    last = session.stopped()
    assert last.state.summary.ended_early
    session.take(last)
    assert session.stopped() is None
    (only,) = session.summary.sets
    assert only.seen == pytest.approx(tick.state.held)


@pytest.fixture
def counted():
    """The check in which a repetition is counted."""
    ticks = coach(FramesInMemory(frames(*HELD)), no_model, [FIRST])
    return next(tick for tick in ticks if any(isinstance(event, on.RepCounted) for event in tick.events))


def test_a_session_is_saved_from_its_first_repetition_on_with_the_answers_given_before(counted):
    with StretchHistory() as history:
        recorder = SessionRecorder(history, "Mine", "a camera", Answers(True, before=3), ["cobra"])
        assert list(recorder.tick(replace(counted, events=()))) == []
        assert (recorder.session, recorder.saved) == (None, None)
        list(recorder.tick(counted))
        (kept,) = history.sessions()
        assert recorder.saved == recorder.session is not None
        assert (kept.title, kept.source, kept.answers) == ("Mine", "a camera", Answers(True, before=3))
        assert (kept.skipped, kept.ended) == (("cobra",), None)
        recorder.close()
        (kept,) = history.sessions()
        assert len(kept.reps) == 1
        assert kept.ended is not None
        recorder.close()  # it is over: nothing more to end
        assert len(history.sessions()) == 1


def test_without_a_history_a_session_is_accepted_and_not_saved(counted):
    recorder = SessionRecorder(None, "Mine", "a camera", None, ())
    assert list(recorder.tick(counted)) == []
    recorder.close()
    assert recorder.saved is None
