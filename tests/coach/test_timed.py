"""Timed exercises, which no camera judges."""

from itertools import pairwise

import pytest
from fakes.frames import FramesInMemory, no_model
from stretch_figures import CASES, FACING, LOST, events_of, frames, run

from posturecam.coach import events as on
from posturecam.coach.breaks.choice import choose
from posturecam.coach.exercise import Exercise, Side, Sides
from posturecam.coach.judging.by_time import lasting, lead_in
from posturecam.coach.judging.speaking_time import BREATH, speaking_seconds
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import exercise_names, load_exercise
from posturecam.coach.loop import coach
from posturecam.coach.presentation.coach_view import ShowState, show
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.descriptions import rep_line, set_lines
from posturecam.posture.view import View

EYES = [(40, FACING)]


def words(ticks):
    return [tick.say.text for tick in ticks if tick.say is not None and not tick.say.text.isdigit()]


def test_it_says_what_to_do_counts_the_seconds_and_is_done():
    ticks = run("eye_rest", *EYES)
    assert words(ticks) == ["Eye rest", "Look far away, and blink", "And back to the screen", "Well done"]
    assert [event.n for event in events_of(ticks, on.HoldSecond)] == list(range(1, 21))
    assert ticks[-1].state.summary.counted == 1


def test_nobody_has_to_be_in_the_picture():
    seen, empty = run("eye_rest", *EYES), run("eye_rest", (0.1, FACING), (40, LOST))
    assert words(empty) == words(seen)


def test_nothing_is_claimed_to_have_been_seen():
    summary = run("eye_rest", *EYES)[-1].state.summary
    assert (summary.seen, summary.unseen, summary.clean) == (0, 0, 0)
    assert set_lines(summary) == ["1 of 1 done, timed only"]
    assert rep_line(summary.exercise, summary.results[0]) == "rep 1: done, timed only"


def test_somebody_who_ends_it_early_is_not_told_to_hold_longer():
    ended = run("eye_rest", (12, FACING))[-1].state.summary
    assert ended.ended_early
    assert ended.results
    assert ended.to_fix is None


def test_the_sides_are_named_and_each_gets_its_time():
    ticks = run("wrist_rest", (120, FACING))
    results = ticks[-1].state.summary.results
    assert [one.side for one in results] == [Side.LEFT, Side.LEFT, Side.RIGHT, Side.RIGHT]
    assert [one for one in words(ticks) if "side" in one] == [
        "Your left side first",
        "Your left side again",
        "Now your right side",
        "Your right side again",
    ]


def test_the_title_and_the_side_are_said_to_their_end_and_nobody_waits_after_them():
    title, side, begin = [tick.say for tick in run("wrist_rest", (10, FACING)) if tick.say is not None][:3]
    assert (title.text, begin.text) == (load_exercise("wrist_rest").title, load_exercise("wrist_rest").enter.cue)
    assert (side.t - title.t, begin.t - side.t) == pytest.approx((2.5, 2.0), abs=0.01)
    (eyes, first, *_) = [tick.say.t for tick in run("eye_rest", (5, FACING)) if tick.say is not None]
    assert first - eyes == pytest.approx(2.5, abs=0.01)


def test_what_to_do_after_a_hold_is_said_to_its_end():
    """ "Let go and shake it out" was cut off after half a second."""
    said = [tick.say for tick in run("wrist_rest", (120, FACING)) if tick.say is not None]
    release = load_exercise("wrist_rest").release_cue
    waited = [after.t - now.t for now, after in pairwise(said) if now.text == release]
    assert len(waited) == 4
    assert min(waited) >= speaking_seconds(release) - BREATH


def test_a_pause_stops_the_count_and_a_skip_keeps_what_was_done():
    class Pausing(Controls):
        """Pauses after ten checks of the hold, resumes ten seconds later, and then skips."""

        looks = 0

        def take(self):
            self.looks += 1
            return {150: ["toggle"], 250: ["toggle"], 300: ["skip"]}.get(self.looks, [])

    ticks = run("eye_rest", (60, FACING), controls=Pausing())
    (result,) = ticks[-1].state.summary.results
    assert not result.counted
    assert result.unseen == pytest.approx(14.5, abs=0.5)


def test_an_exercise_that_judges_something_cannot_be_timed_only():
    eyes, judged = load_exercise("eye_rest").model_dump(), load_exercise("cobra").model_dump()
    with pytest.raises(ValueError, match="judges nothing, but it has depth"):
        Exercise.model_validate({**eyes, "depth": judged["depth"]})
    with pytest.raises(ValueError, match="enter needs conditions"):
        Exercise.model_validate({**judged, "enter": eyes["enter"]})
    with pytest.raises(ValueError, match="anywhere"):
        Exercise.model_validate({**judged, "placement": eyes["placement"]})


@pytest.mark.parametrize("name", ["eye_rest", "wrist_rest"])
@pytest.mark.parametrize("pose", [FACING, LOST], ids=["seen", "unseen"])
def test_in_a_break_at_the_desk_it_is_announced_and_keeps_its_time(name, pose):
    one = load_exercise(name).at_desk()
    ticks = list(
        coach(FramesInMemory(frames((0.1, FACING), (6, pose), (60, FACING)), live=True), no_model, [one], paced=True)
    )
    told = words(ticks)
    assert told[:2] == [one.title, one.desk.say]
    assert told[2] == (one.enter.cue if one.sides is Sides.NONE else "Your left side first")
    assert {tick.state.phase for tick in ticks if tick.frame.t < lead_in(one) - 0.2} == {CoachPhase.LEAD_IN}
    assert ticks[-1].frame.t == pytest.approx(lasting(one), abs=1)
    holding = next(tick for tick in ticks if tick.state.phase is CoachPhase.HOLDING)
    assert show(ShowState(), holding)[1].help == "Timed only; the camera judges nothing."
    summary = ticks[-1].state.summary
    assert (summary.counted, summary.seen) == (one.holds, 0)
    assert set_lines(summary) == [f"{one.holds} of {one.holds} done, timed only"]
    assert events_of(ticks, on.SetupHint) == events_of(ticks, on.Lost) == events_of(ticks, on.LedByTime) == []


def test_a_break_takes_it_last_where_time_is_left():
    everything = [load_exercise(name) for name in exercise_names()]
    assert not any(one.is_timed for one in choose(everything, View.FRONT, 1))
    assert any(one.is_timed for one in choose(everything, View.FRONT, 8))
    only = [one for one in everything if one.is_timed]
    assert [one.id for one in choose(only, View.FRONT, 3)] == ["wrist_rest", "eye_rest"]


def test_somebody_who_turns_around_for_the_other_side_is_seen_again():
    case = CASES["hip_flexor_lunge"]
    once = load_exercise(case.name).with_dose(reps=1, hold=5)
    turned = {name: {**pose, "yaw": -90.0} for name, pose in (("start", case.start), ("pose", case.pose))}
    there = (2, case.start), (case.move, case.pose), (7, case.pose), (case.move, case.start), (1, case.start)
    back = (9, turned["start"]), (case.move, turned["pose"]), (7, turned["pose"]), (3, turned["start"])
    results = run(once, *there, (0.1, turned["start"]), *back)[-1].state.summary.results
    assert [(one.side, one.counted, one.view.value) for one in results] == [
        (Side.LEFT, True, "side right"),
        (Side.RIGHT, True, "side left"),
    ]
