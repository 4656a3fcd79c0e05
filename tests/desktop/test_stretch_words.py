"""The words of a stretch's summary in the app: what was counted, what kept a repetition from it, and what matters most."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from stretch_rows import rep

from posturecam.coach.library import load_exercise
from posturecam.coach.session_summary import Lacking, SetSummary
from posturecam.desktop.pages.stretch.words import (
    alone,
    depth_parts,
    done_words,
    fault_words,
    minutes_text,
    not_judged_words,
    strict_words,
    time_words,
)

FOLD = load_exercise("thoracic_stretch")
CUES = {fault.id: fault.cue for fault in FOLD.faults}


def folded(*results, **more):
    return SetSummary(FOLD, results, **more)


def coaching(**shown):
    """A fold to 54°, in a hold that reached 50° before, of somebody who aims at 45°."""
    state = SimpleNamespace(depth_now=54.2, depth_best=49.8, target=45.0)
    shown = {"depth": "depth 54°", "time_left": "", **shown}
    return SimpleNamespace(tick=SimpleNamespace(exercise=FOLD, state=state), shown=SimpleNamespace(**shown))


def test_the_depth_now_and_of_the_hold_stand_beside_the_target():
    shown = coaching()
    assert depth_parts(shown) == [("now", "54°"), ("this hold", "50°"), ("target", "45°")]
    shown.tick.state.depth_best = shown.tick.state.target = None
    assert depth_parts(shown) == [("now", "54°")]
    assert depth_parts(coaching(depth="")) == []


def test_only_a_break_has_time_left():
    assert time_words(coaching(time_left="2:10")) == "2:10 left"
    assert time_words(coaching()) == ""


def test_one_exercise_takes_as_long_as_its_holds_and_rests():
    choice = alone(FOLD.with_dose(hold=45.0, rest=15.0, reps=3))
    assert (choice.id, choice.title, choice.minutes) == ("thoracic_stretch", "Thoracic stretch", 3.0)
    assert choice.on_floor is (FOLD.position == "floor")
    assert not choice.is_routine


def test_what_was_done_says_whether_it_was_skipped_or_ended_early():
    held = "15 s held and seen"
    assert done_words(folded(skipped=True)) == ["Skipped."]
    assert done_words(folded(rep(), skipped=True)) == ["1 of 3 counted", held, "Skipped before its end."]
    assert done_words(folded(rep(), ended_early=True))[-1] == "Ended early. What you did is saved."
    assert done_words(folded(rep())) == ["1 of 3 counted", held]
    assert done_words(folded(rep(unseen=2.6)))[1] == f"{held} · 3 s held but not seen"
    assert done_words(folded(rep(unseen=0.3)))[1] == held, "and not 0 s held but not seen"


def test_nothing_is_graded_where_nothing_counted_and_the_level_is_that_of_the_best():
    assert strict_words(folded(rep(counted=False, lacking=Lacking.LEFT_EARLY))) == ""
    best = 60.0
    level, levels = FOLD.depth.level(best), len(FOLD.depth.levels)
    assert strict_words(folded(rep(depth=best))) == (f"1 of 1 without a mistake · depth level {level} of {levels}")
    for depth in (None, FOLD.depth.model_copy(update={"levels": ()})):
        other = FOLD.model_copy(update={"depth": depth})
        assert strict_words(replace(folded(rep()), exercise=other)) == "1 of 1 without a mistake"


def test_mistakes_that_may_hurt_come_first_and_of_the_others_the_most_frequent():
    often = rep(1, faults=("knees_up", "head_up", "bouncing")), rep(2, faults=("head_up",))
    told = fault_words(folded(*often))
    order = [next(name for name, cue in CUES.items() if cue in words) for words in told]
    assert order == ["bouncing", "head_up", "knees_up"]
    assert "in 2 repetitions" in told[1]
    assert "in 1 repetition" in told[2]


def test_what_was_not_counted_and_unknown_depths_are_told_with_their_number():
    left = rep(2, depth=None, counted=False, lacking=Lacking.LEFT_EARLY)
    timed = rep(3, depth=None, counted=False, lacking=Lacking.BY_TIME)
    lost, unknown, cannot = not_judged_words(folded(rep(), left, timed, timed, rep(4, depth=None)))
    assert lost == "1 repetition was not counted: you left the pose before time was up"
    assert unknown.startswith("The depth of 2 repetitions is unknown")
    assert cannot == FOLD.trust.cannot
    without = FOLD.model_copy(update={"depth": None})
    assert not any("depth" in words for words in not_judged_words(replace(folded(left), exercise=without))[:-1])
    assert not_judged_words(folded()) == []


@pytest.mark.parametrize(("minutes", "said"), [(0.1, "1 minute"), (2.2, "2 minutes"), (2.3, "3 minutes")])
def test_minutes_are_rounded_up_but_not_for_some_seconds(minutes, said):
    assert minutes_text(minutes) == f"about {said}"
