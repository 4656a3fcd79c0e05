"""The coach's loop: several exercises on one source, and the user's requests during them."""

import pytest
from fakes.frames import FramesInMemory, no_model
from stretch_figures import CHILD, FOLD, FOREARMS, KNEEL, LONG_SIT, events_of, frames, run

from posturecam.coach import events as on
from posturecam.coach.cues import DONE
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.judging.viewpoint import near_left
from posturecam.coach.library import load_exercise, load_routine, resolve, routine_names
from posturecam.coach.loop import coach, for_stretching, stop, summarize
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.routine import Routine
from posturecam.coach.session_summary import SessionSummary
from posturecam.config.settings import Settings
from posturecam.posture.view import View

ONE = load_exercise("thoracic_stretch").with_dose(reps=1)
REP = [(2, LONG_SIT), (2.5, FOLD), (17, FOLD), (2.5, LONG_SIT), (2, LONG_SIT)]


def during(parts, controls, asked, exercises=(ONE,), **options):
    """All ticks, with controls used at their times: {seconds: "skip"}."""
    left = dict(asked)
    found = []
    for tick in coach(FramesInMemory(frames(*parts)), no_model, exercises, controls=controls, **options):
        found.append(tick)
        for t in [t for t in left if tick.frame.t >= t]:
            getattr(controls, left.pop(t))()
    return found


@pytest.mark.smoke
def test_several_exercises_follow_each_other_on_one_source():
    two = [ONE, load_exercise("childs_pose").with_dose(reps=1)]
    parts = [*REP, (3, KNEEL), (1, KNEEL), (2.5, CHILD), (17, CHILD), (2.5, KNEEL), (2, KNEEL)]
    ticks = list(coach(FramesInMemory(frames(*parts)), no_model, two))
    done = summarize(ticks)
    assert [one.exercise.id for one in done.sets] == ["thoracic_stretch", "childs_pose"]
    assert [one.counted for one in done.sets] == [1, 1]
    assert {(tick.index, tick.of) for tick in ticks} == {(0, 2), (1, 2)}
    assert done.counted == 2
    assert [tick.index for tick in ticks if tick.say and tick.say.text == DONE] == [1], "the next title says it"
    assert done.to_fix is None


def test_the_side_that_is_drawn_is_the_one_that_is_measured_also_from_the_front():
    ticks = during([(1, FOREARMS)], Controls(), {}, [load_exercise("scapular_squeeze")])
    assert {(tick.view, tick.near, near_left(tick.view)) for tick in ticks} == {(View.FRONT, 0, True)}


def test_a_pause_counts_nothing_and_loses_nothing():
    controls = Controls()
    parts = [(2, LONG_SIT), (2.5, FOLD), (40, FOLD), (2.5, LONG_SIT), (2, LONG_SIT)]
    ticks = during(parts, controls, {10: "toggle_pause", 30: "toggle_pause"})
    assert any(tick.state.phase is CoachPhase.PAUSED for tick in ticks)
    held = [tick.state.seen for tick in ticks if 10.5 < tick.frame.t < 29.9]
    assert max(held) == min(held) > 4
    (result,) = ticks[-1].state.summary.results
    assert result.counted
    assert result.seen == pytest.approx(40 - 20 + 2, abs=1.5)


def test_a_pause_in_the_middle_of_recognizing_a_pose_is_not_held():
    controls, exercise = Controls(), load_exercise("childs_pose")
    ticks = during([(70, CHILD)], controls, {0.7: "toggle_pause", 60: "toggle_pause"}, [exercise])
    assert max(tick.state.seen for tick in ticks) == pytest.approx(10, abs=1)


def test_one_key_pauses_and_continues():
    controls = Controls()
    ticks = during(REP, controls, {5: "toggle_pause", 6: "toggle_pause"})
    assert [type(event) for event in events_of(ticks) if isinstance(event, on.PausedByUser | on.ResumedByUser)] == [
        on.PausedByUser,
        on.ResumedByUser,
    ]


def test_skipping_keeps_what_was_held_and_goes_to_the_next_exercise():
    two = [ONE, load_exercise("childs_pose").with_dose(reps=1)]
    ticks = during([(2, LONG_SIT), (2.5, FOLD), (10, FOLD)], Controls(), {10: "skip"}, two)
    first = summarize(ticks).sets[0]
    assert first.skipped
    assert first.counted == 0
    assert first.results[0].seen > 5
    assert ticks[-1].exercise.id == "childs_pose"


def test_an_exercise_that_was_skipped_is_not_said_to_be_done():
    twice = load_exercise("thoracic_stretch").with_dose(reps=2)
    ticks = during([*REP, (5, LONG_SIT)], Controls(), {27: "skip"}, [twice])
    assert summarize(ticks).counted == 1
    assert DONE not in {tick.say.text for tick in ticks if tick.say}


def test_ending_early_keeps_what_was_held():
    ticks = during(REP, Controls(), {12: "end"})
    assert ticks[-1].frame.t < 13
    done = summarize(ticks)
    assert done.sets[0].ended_early
    assert done.seen > 6
    assert len(events_of(ticks, on.RepPartial)) == 1


def test_a_source_that_ends_keeps_what_was_held():
    ticks = run(ONE, (2, LONG_SIT), (2.5, FOLD), (8, FOLD))
    assert ticks[-1].state.summary.ended_early
    assert ticks[-1].state.summary.seen > 7


def test_ctrl_c_keeps_what_was_held():
    ticks = []
    for tick in coach(FramesInMemory(frames(*REP)), no_model, [ONE]):
        ticks.append(tick)
        if tick.frame.t > 12:
            break
    last = stop(ticks[-1], Settings())
    assert last.state.summary.seen > 6
    assert stop(last, Settings()) is last


def test_muting_changes_nothing_but_the_voice():
    controls = Controls()
    muted = during(REP, controls, {3: "toggle_mute"})
    plain = during(REP, Controls(), {})
    assert [tick.muted for tick in muted][-1]
    assert [tick.say for tick in muted] == [tick.say for tick in plain]
    assert [tick.events for tick in muted][:-1] == [tick.events for tick in plain][:-1]


@pytest.mark.parametrize(("parts", "counted", "seen"), [(REP, 1, 18.5), (REP[:1], 0, 0), (REP[:3], 0, 18.5)])
def test_the_last_tick_always_has_the_summary_of_what_was_done(parts, counted, seen):
    *before, last = run(ONE, *parts)
    assert (last.state.summary.counted, last.state.summary.seen) == (counted, pytest.approx(seen, abs=1.5))
    assert all(tick.state.summary in (None, last.state.summary) for tick in before)


def test_no_exercise_is_refused():
    with pytest.raises(ValueError, match="at least one exercise"):
        list(coach(FramesInMemory(frames(*REP)), no_model, []))


def test_the_coach_has_an_estimator_of_its_own_that_lets_go_later():
    plain = Settings()
    own = for_stretching(plain)
    assert own.estimator.model == plain.stretch.model
    assert own.estimator.tracking_confidence <= plain.estimator.tracking_confidence
    assert own.follow.seat_radius > plain.follow.seat_radius
    assert own.monitor == plain.monitor


@pytest.mark.parametrize("name", routine_names())
def test_every_routine_of_the_package_resolves(name):
    routine = load_routine(name)
    assert isinstance(routine, Routine)
    exercises = resolve(routine)
    seconds = sum(one.holds * (one.dose.hold + one.dose.rest + 4) + 8 for one in exercises)
    assert routine.pick or routine.minutes == pytest.approx(seconds / 60, rel=0.35)


def test_an_empty_session_has_an_empty_summary():
    nothing = SessionSummary(())
    assert (nothing.counted, nothing.seen, nothing.unseen, nothing.to_fix) == (0, 0, 0, None)
