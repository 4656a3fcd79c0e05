"""What is said and when: the rules for cues as behavior."""

import itertools
import re

import pytest
from fakes.frames import FramesInMemory, no_model
from stretch_figures import CASES, FACING, FOLD, LONG_SIT, LOST, bounced, events_of, frames, posture, run

from posturecam.coach import cues
from posturecam.coach import events as on
from posturecam.coach.cues import ChimeKind, CueState, SayKind, arbitrate, phrases
from posturecam.coach.exercise import Side
from posturecam.coach.judging.setup import NOT_YET
from posturecam.coach.judging.speaking_time import speaking_seconds
from posturecam.coach.library import load_exercise, load_library
from posturecam.coach.loop import coach
from posturecam.coach.presentation.coach_view import ShowState, show
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.descriptions import rep_line, set_lines
from posturecam.config.settings import StretchSettings
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark

NAME = "thoracic_stretch"
EXERCISE = load_exercise(NAME)
CORRECTIONS = (SayKind.SAFETY, SayKind.FORM, SayKind.DEPTH)


def play(*script, seconds=60, rate=10, exercise=EXERCISE, speaking=speaking_seconds):
    """Everything said, from (time, event maker) pairs, with ten checks a second."""
    state, said, chimes, settings = CueState(), [], [], StretchSettings()
    pending = sorted(((t, make(t)) for t, make in script), key=lambda one: one[0])
    for index in range(seconds * rate):
        t = index / rate
        now = [event for at, event in pending if abs(at - t) < 1e-6]
        state, say, played = arbitrate(state, now, t, exercise, settings, speaking=speaking)
        said += [say] if say else []
        chimes += played
    return said, chimes


def seen(fault):
    return lambda t: on.FaultSeen(t, fault)


def gone(fault):
    return lambda t: on.FaultCleared(t, fault)


def entered(t):
    return on.Entered(t, 1, None, 0.0)


def number(n):
    return lambda t: on.HoldSecond(t, n, 15)


@pytest.mark.parametrize("name", ["hip_flexor_lunge", "seated_hamstring"])
def test_a_side_that_the_camera_cannot_tell_is_not_named(name):
    """Somebody who began with the right leg heard "Your left side again"."""
    case, exercise = CASES[name], load_exercise(name).with_dose(hold=5.0, reps=2, rest=2.0)
    once = [(2.5, case.pose), (6, case.pose), (2.5, case.start), (3, case.start)]
    state, shown, said = ShowState(), [], []
    for tick in run(exercise, (5, case.start), *once, *once, (9, case.start), *once, *once, live=True):
        state, view = show(state, tick)
        shown.append(view.progress)
        said += [tick.say.text] if tick.say is not None else []
    told = {words for words in said if "side" in words.split()}
    assert told == {"The same side again", "Now the other side"}
    assert {line.split(" · ")[1] for line in shown} == {"first side", "second side"}
    summary = tick.state.summary
    assert [one.side for one in summary.results] == [Side.LEFT, Side.LEFT, Side.RIGHT, Side.RIGHT]
    lines = [*set_lines(summary), *(rep_line(summary.exercise, one) for one in summary.results)]
    assert not any(re.search(r"\b(left|right)\b", line) for line in map(str, lines))


def test_every_cue_of_every_exercise_is_short_and_names_no_degrees():
    for exercise in load_library().exercises:
        for one in (exercise, *(exercise.as_variant(name) for name in exercise.variants)):
            # The instruction of a desk break comes before the exercise, leaving time to hear it out.
            announced = one.desk.say if one.desk else None
            for text in phrases(one):
                if not text.isdigit():
                    assert len(text.split()) <= (20 if text == announced else 7), text
                    assert not re.search(r"\d|°|degree", text), text


def test_what_was_asked_is_not_said_to_somebody_who_has_done_it_meanwhile():
    """ "Counting starts a little further in" came during the count, once the title or the cue before it was over."""
    said, _ = play(
        (1.0, lambda t: on.Ready(t, None, View.SIDE_LEFT)), (1.2, lambda t: on.PoseAwaited(t, NOT_YET)), (1.6, entered)
    )
    assert [say.text for say in said] == [EXERCISE.enter.cue]


def test_what_was_asked_is_not_shown_to_somebody_who_has_done_it():
    """ "Count paused, go back in" stood there for seconds while the count went on."""
    case = CASES["upper_trapezius"]
    wobble = [(0.6, FACING), (0.7, FACING), (0.4, case.pose)]
    state, shown = ShowState(), {}
    for tick in run("upper_trapezius", (2, FACING), (2, case.pose), (4, case.pose), *wobble, (8, case.pose)):
        state, view = show(state, tick)
        shown.setdefault(view.cue, []).append(tick.state.held)
    assert len(shown[cues.BACK_IN]) > 2
    assert len(set(shown[cues.BACK_IN])) == 1


@pytest.mark.parametrize("name", CASES)
def test_what_is_really_said_is_among_the_phrases(name):
    case = CASES[name]
    exercise = load_exercise(name).with_dose(reps=1)
    hold = exercise.dose.hold
    parts = [(2, case.start), (case.move, case.pose), (0.5 * hold + 1, case.pose), (2, LOST), (0.5 * hold + 1, case.pose), (case.move, case.start), (3, case.start)]  # fmt: skip
    said = [tick.say for tick in run(exercise, *parts) if tick.say]
    assert said
    for say in said:
        assert say.text in phrases(exercise) or say.text.startswith(("Let the camera see", "Move back")), say.text
        assert len(say.text.split()) <= 7


def test_a_correction_takes_the_place_of_a_number():
    said, _ = play((1, entered), *((1 + n, number(n)) for n in range(1, 15)), (5, seen("knees_up")))
    numbers = [say.text for say in said if say.kind is SayKind.COUNT]
    correction = next(say for say in said if say.kind is SayKind.FORM)
    assert correction.interrupts
    assert correction.t == 5
    assert "4" not in numbers, "said at the same moment"
    assert "3" in numbers
    assert "8" in numbers, "and the count goes on as if nothing had been left out"


def test_numbers_never_cut_off_words():
    said, _ = play((1, lambda t: on.HoldReached(t, 1)), (1.2, number(1)), (1.4, number(2)), (4, number(3)))
    assert [say.text for say in said] == [EXERCISE.release_cue, "3"]
    assert not said[-1].interrupts


def test_a_number_waits_for_as_long_as_the_users_own_voice_needs_for_the_words():
    def counted(seconds):
        said, _ = play(
            (1, lambda t: on.HoldReached(t, 1)), *((1 + n, number(n)) for n in range(1, 6)), speaking=lambda _: seconds
        )
        return [say.text for say in said if say.kind is SayKind.COUNT]

    assert counted(1.2) == ["1", "2", "3", "4", "5"], "the pause after words is no part of them"
    assert counted(3.2) == ["3", "4", "5"]


def test_the_last_words_wait_until_others_are_said():
    ticks = run(load_exercise(NAME).with_dose(reps=1), (2, LONG_SIT), (2.5, FOLD), (16, FOLD), (2.5, LONG_SIT))
    said = [tick.say for tick in ticks if tick.say and tick.say.kind is SayKind.GUIDE]
    assert [(say.text, say.interrupts) for say in said[-2:]] == [(EXERCISE.release_cue, True), (cues.DONE, False)]


def test_a_rest_too_short_for_the_words_is_not_announced():
    def said(seconds):
        return [say.text for say in play((1, lambda t: on.RestStarted(t, seconds)), seconds=3)[0]]

    assert said(1.0) == []
    assert said(2.0) == [cues.REST]


def test_the_same_cue_comes_seldom():
    said, _ = play((1, entered), (1, seen("knees_up")), seconds=40)
    times = [say.t for say in said]
    assert len(times) == 2, "at most two corrections in a hold"
    assert times[1] - times[0] >= 10
    again = [(20 * n, entered) for n in range(1, 5)]
    said, _ = play((1, seen("knees_up")), *again, seconds=100)
    gaps = [b.t - a.t for a, b in itertools.pairwise(said)]
    assert min(gaps) >= 10


def test_any_two_corrections_are_four_seconds_apart_and_two_a_hold():
    said, _ = play((1, entered), (2, seen("knees_up")), (2.5, seen("hands_off")), (3, seen("head_up")), seconds=12)
    assert [say.kind for say in said] == [SayKind.FORM] * 2
    assert said[1].t - said[0].t >= 4


@pytest.mark.parametrize("faults", [("turned", "head_up"), ("head_up", "turned")])
def test_of_two_mistakes_the_more_important_one_is_said_first(faults):
    said, _ = play((1, entered), *((2, seen(fault)) for fault in faults), seconds=4)
    assert [say.text for say in said] == ["Turn sideways to the camera"]


def test_a_new_hold_has_corrections_of_its_own():
    said, _ = play((1, entered), (2, seen("knees_up")), (7, seen("hands_off")), (20, entered), (21, seen("head_up")))
    assert len([say for say in said if say.t >= 20]) >= 1


def test_a_hold_that_was_left_for_a_moment_has_no_corrections_of_its_own():
    back = (20, lambda t: on.Entered(t, 1, None, 5.0))
    said, _ = play((1, entered), (2, seen("knees_up")), (7, seen("hands_off")), back, (21, seen("head_up")), seconds=30)
    assert [say.kind for say in said] == [SayKind.FORM] * 2


def test_a_mistake_that_is_over_is_not_said_later():
    said, _ = play((1, entered), (2, seen("knees_up")), (3, seen("hands_off")), (4, gone("hands_off")), seconds=9)
    assert [say.text for say in said] == ["Let your knees sink toward the floor"]


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([seen("knees_up"), seen("bouncing")], SayKind.SAFETY),
        ([seen("bouncing"), lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), False)], SayKind.SAFETY),
        ([seen("knees_up"), lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), False)], SayKind.LOST),
        (
            [lambda t: on.SetupHint(t, "Sit up tall"), lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), False)],
            SayKind.LOST,
        ),
        ([seen("knees_up"), lambda t: on.HoldPaused(t, 3.0)], SayKind.START),
        ([seen("knees_up"), lambda t: on.CouldGoDeeper(t)], SayKind.FORM),
        ([lambda t: on.NewBest(t, 40.0), lambda t: on.CouldGoDeeper(t)], SayKind.DEPTH),
    ],
)
def test_the_more_urgent_goes_first(events, kind):
    for order in (events, events[::-1]):
        _state, say, _ = arbitrate(CueState(), [make(1.0) for make in order], 1.0, EXERCISE, StretchSettings())
        assert say.kind is kind


def test_of_two_equally_urgent_the_newest_wins():
    hints = [on.SetupHint(1.0, "Sit up tall"), on.SetupHint(1.0, "Stretch your legs out")]
    assert arbitrate(CueState(), hints, 1.0, EXERCISE, StretchSettings())[1].text == "Stretch your legs out"
    said, _ = play(
        (1, lambda t: on.SetupHint(t, "Sit up tall")), (1.5, lambda t: on.SetupHint(t, "Stretch your legs out"))
    )
    assert [say.interrupts for say in said] == [True, True], "one voice: the newer cuts off the older"


def test_what_comes_next_waits_for_something_more_urgent():
    said, _ = play(
        (1, lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), False)),
        (1.1, lambda t: on.SwitchSide(t, Side.LEFT)),
        exercise=load_exercise("seated_twist"),
    )
    assert [say.text for say in said] == ["I cannot see you, step into view", "Now your left side"]
    assert said[1].t >= 2.5


def after_somebody_was_lost(*events, seconds):
    """What is said besides that the coach cannot see, which takes this many seconds to say."""
    lost = (1, lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), False))
    said, _ = play(lost, *((1, event) for event in events), seconds=15, speaking=lambda _: seconds)
    return [(say.text, say.t) for say in said if say.kind is not SayKind.LOST]


def test_what_waited_for_more_than_four_seconds_is_not_said_any_more():
    assert after_somebody_was_lost(lambda t: on.HoldReached(t, 1), seconds=3.0) == [(EXERCISE.release_cue, 4.0)]
    assert after_somebody_was_lost(lambda t: on.HoldReached(t, 1), seconds=5.0) == []


def test_of_two_instructions_that_must_wait_the_newer_is_said():
    both = (lambda t: on.HoldReached(t, 1), on.ResumedByUser)
    assert after_somebody_was_lost(*both, seconds=2.0) == [(cues.RESUMED, 3.0)]
    assert after_somebody_was_lost(*both[::-1], seconds=2.0) == [(EXERCISE.release_cue, 3.0)]


def test_the_same_side_again_is_named_since_most_people_change_sides_by_themselves():
    exercise = load_exercise("upper_trapezius").with_dose(reps=2, hold=3, rest=2)
    case = CASES["upper_trapezius"]
    once = [(2, FACING), (2, case.pose), (4, case.pose), (2, FACING), (3, FACING)]
    ticks = run(exercise, *once, *once[1:], (12, case.other_pose), (2, FACING))
    said = [tick.say.text for tick in ticks if tick.say and tick.say.kind is SayKind.GUIDE]
    assert said.count("Your left side again") == 1
    changes = run(exercise, *once, (2, case.other_pose), (14, case.other_pose))
    later = [tick.say.text for tick in changes if tick.say and tick.say.kind is SayKind.GUIDE and tick.frame.t > 9]
    followed = ["Rest and breathe", "Your left side again", "Now your right side", exercise.release_cue]
    assert later == followed, "one thing to do, not two"


def test_whoever_was_asked_for_the_same_side_again_and_does_the_other_is_not_told_twice_at_once():
    """ "Your left side again" was cut off by "Now your left side"."""
    case, exercise = CASES["upper_trapezius"], load_exercise("upper_trapezius").with_dose(hold=8)
    once, other = ([(1.5, pose), (10, pose), (1.5, FACING), (4, FACING)] for pose in (case.pose, case.other_pose))
    ticks = run(exercise, (2, FACING), *other, *other, *once, (1.5, case.other_pose), (15, case.other_pose))
    again, now = cues.again_text(exercise, Side.LEFT), cues.switch_text(exercise, Side.LEFT, True)
    said = [tick.say for tick in ticks if tick.say is not None and tick.say.text in (again, now)]
    assert [say.text for say in said] == [now, again, now], "first the right side was done"
    assert said[2].t - said[1].t >= StretchSettings().same_cue


def test_somebody_who_continues_with_the_finished_side_is_reminded_ten_seconds_after_being_asked_to_switch():
    case, exercise = CASES["upper_trapezius"], load_exercise("upper_trapezius").with_dose(reps=1, hold=3, rest=2)
    ticks = run(exercise, (2, FACING), (2, case.pose), (4, case.pose), (2, FACING), (2, case.pose), (20, case.pose))
    switches = [event for event in events_of(ticks, on.SwitchSide) if event.asked]
    assert [event.reminder for event in switches[:2]] == [False, True]
    assert switches[1].t - switches[0].t >= StretchSettings().same_cue


def test_while_the_pose_is_held_unseen_it_says_so():
    said, chimes = play(
        (1, lambda t: on.Lost(t, Reason(Why.NO_PERSON, "coach"), True)),
        (8, lambda t: on.Lost(t, Reason(Why.NOT_SEEN, "too_long"), False)),
    )
    assert [say.text for say in said] == [cues.KEEP_HOLDING, cues.TOO_LONG]
    assert chimes == [ChimeKind.LOST] * 2


def test_where_the_camera_sends_nothing_nobody_is_asked_to_show_themselves():
    unplugged = Reason(Why.NO_PICTURE, problem="the camera was unplugged")
    said, _ = play((1, lambda t: on.Lost(t, unplugged, holding=False)))
    assert [say.text for say in said] == ["I cannot see anything, check the camera"]


@pytest.mark.parametrize("then", ["paused", "lost"])
def test_a_mistake_is_not_corrected_while_nobody_stretches_or_is_seen(then):
    """ "Stay still and breathe" was said every ten seconds to somebody who had paused, and to an empty room."""
    case, controls, said = CASES[NAME], Controls(), []
    bounce = [(2, LONG_SIT), (2.5, FOLD), (2, FOLD), *bounced(FOLD, case.bounce, 5)]
    source = FramesInMemory(frames(*bounce, (60, FOLD if then == "paused" else LOST)))
    for tick in coach(source, no_model, [EXERCISE], controls=controls):
        said += [tick.say] if tick.say else []
        if then == "paused" and tick.frame.t == 11.5:
            controls.toggle_pause()
    corrections = [say.t for say in said if say.kind in CORRECTIONS]
    assert corrections
    assert max(corrections) < 14


def test_a_mistake_that_can_no_longer_be_seen_is_not_corrected_again():
    """They had let their head hang, where nothing sees it, and were asked to do it again ten seconds later."""
    up, hanging = posture(FOLD, trunk=48, neck=62), posture(FOLD, trunk=48)
    looks = list(frames((2, LONG_SIT), (2.5, up), (4, up), (1, hanging), (12, hanging)))
    for look in looks:
        if look.t > 9.2:
            look.pose.visibility[: Landmark.LEFT_SHOULDER] = 0.1
    ticks = list(coach(FramesInMemory(looks), no_model, [EXERCISE]))
    assert [tick.say.text for tick in ticks if tick.say and tick.say.kind in CORRECTIONS] == [
        "Let your head hang toward your stomach"
    ]
    (cleared,) = events_of(ticks, on.FaultCleared)
    assert 10 <= cleared.t <= 11


def test_somebody_who_pauses_hears_that_at_once_whatever_else_happens():
    """The voice broke off as it should, but then said what else was due at that moment."""
    hint = [(2, lambda t: on.SetupHint(t, "Sit up tall")), (2.1, on.PausedByUser)]
    said, _ = play(*hint, (5, lambda t: on.HoldPaused(t, 3.0)), (5, on.PausedByUser), seconds=9)
    assert [(say.t, say.text) for say in said] == [(2, "Sit up tall"), (2.1, cues.PAUSED), (5, cues.PAUSED)]


def test_nobody_who_is_on_the_way_out_is_asked_to_stay_still():
    """Halfway out of a full hold they heard "Stay still and breathe" in turn with "Slowly roll up"."""
    half = posture(FOLD, trunk=71.5)
    bounce = [(2, LONG_SIT), (2.5, FOLD), (8, FOLD), *bounced(FOLD, CASES[NAME].bounce, 9)]
    said = [tick.say.text for tick in run(EXERCISE, *bounce, (1, half), (25, half)) if tick.say is not None]
    assert "Stay still and breathe" in said
    come_back = said.index(EXERCISE.release_cue)
    assert set(said[come_back:]) == {EXERCISE.release_cue}


def test_somebody_who_is_lost_and_found_again_and_again_does_not_hear_it_each_time():
    lost = Reason(Why.NO_PERSON, "coach")
    flicker = [
        (t + dt, make)
        for t in range(1, 25, 3)
        for dt, make in ((0, lambda t: on.Lost(t, lost, False)), (2.5, lambda t: on.Found(t, 2.5)))
    ]
    said, _ = play(*flicker)
    found = [say.t for say in said if say.text == cues.FOUND]
    assert found
    assert all(b - a >= StretchSettings().same_cue for a, b in itertools.pairwise(found))


def test_a_reminder_waits_for_what_is_being_said():
    """ "I see you again" used to be cut off after a tenth of a second."""
    said, _ = play((1, lambda t: on.Found(t, 9.0)), (1.1, lambda t: on.PoseAwaited(t, EXERCISE.enter.cue)))
    assert [say.text for say in said] == [cues.FOUND, EXERCISE.enter.cue]
    assert said[1].t - said[0].t >= speaking_seconds(cues.FOUND) - 0.1


@pytest.mark.parametrize("put_right", [False, True], ids=["still in the way", "put right meanwhile"])
def test_a_title_is_said_to_its_end_before_what_is_in_the_way(put_right):
    """Only the first half was heard of "Thoracic extension over a chair", and of most titles in German and Spanish."""
    chair = load_exercise("thoracic_extension")
    script = [
        (0, lambda t: on.ExerciseStarted(t, chair.id)),
        (1.5, lambda t: on.SetupHint(t, "Turn sideways to the camera")),
    ]
    script += [(2, lambda t: on.CountIn(t, 3))] if put_right else []
    said, _ = play(*script, exercise=chair, seconds=8)
    assert said[0].text == chair.title
    assert [say.text for say in said[1:] if say.kind is not SayKind.COUNT] == ["Turn sideways to the camera"] * (
        not put_right
    )
    assert all(say.t >= speaking_seconds(chair.title) - 0.4 for say in said[1:])


def test_chimes_at_the_start_the_full_hold_and_the_end():
    ticks = run(
        load_exercise(NAME).with_dose(reps=1), (2, LONG_SIT), (2.5, FOLD), (17, FOLD), (2.5, LONG_SIT), (2, LONG_SIT)
    )
    kinds = [chime for tick in ticks for chime in tick.chimes]
    assert kinds == [ChimeKind.TICK, ChimeKind.START, ChimeKind.REACHED, ChimeKind.RELEASED, ChimeKind.END]


def test_no_correction_before_a_mistake_has_lasted_a_second():
    wrong = posture(FOLD, neck=26)
    ticks = run(NAME, (2, LONG_SIT), (2.5, FOLD), (5, FOLD), (0.4, wrong), (8, wrong), (2.5, LONG_SIT), (2, LONG_SIT))
    begun = 9.5
    first = next(tick.say for tick in ticks if tick.say and tick.say.kind is SayKind.FORM)
    assert 1.0 <= first.t - begun <= 2.5, "it has lasted, and the user has stopped moving"


def test_a_restless_hold_stays_bearable():
    """Everything is wrong at once for three holds: still only a few words."""
    wrong = posture(FOLD, neck=70, reach=10)
    hold = [(2.5, FOLD), *bounced(FOLD, wrong, 16, 2.0), (2.5, LONG_SIT), (8, LONG_SIT)]
    ticks = run(NAME, (2, LONG_SIT), *hold, *hold, *hold)
    said = [tick.say for tick in ticks if tick.say and tick.say.kind in CORRECTIONS]
    limited = [say for say in said if say.kind is not SayKind.SAFETY]
    assert len(limited) <= 2 * 3
    times = [say.t for say in limited]
    assert all(b - a >= 4 for a, b in itertools.pairwise(times))
