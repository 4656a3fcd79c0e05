"""A break at the desk: what is chosen for it, how its time passes, and what is timed because nothing can judge it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from fakes.frames import FramesInMemory, no_model
from stretch_figures import CASES, FACING, LOST, events_of, frames, posture

from posturecam.coach import events as on
from posturecam.coach.breaks.choice import LENGTHS, choose, is_judged_from
from posturecam.coach.breaks.pacing import AWAY_AFTER, GIVEN_UP_AFTER
from posturecam.coach.exercise import Facing, Sides
from posturecam.coach.judging.by_time import POSE_PATIENCE, lasting, lead_in
from posturecam.coach.judging.speaking_time import speaking_seconds
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import exercise_names, load_exercise
from posturecam.coach.loop import coach, for_stretching, summarize
from posturecam.coach.presentation.coach_view import BY_TIME, NOT_RECOGNIZED, ShowState, show
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.descriptions import set_lines
from posturecam.coach.presentation.session_record import tick_record
from posturecam.config.settings import Settings, VoiceSettings
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark
from posturecam.voice.speaking_time import speaking_time

ALL = [load_exercise(name) for name in exercise_names()]
AT_DESK = [one for one in ALL if one.desk is not None]
VIEWS = [View.FRONT, View.OBLIQUE_LEFT, View.SIDE_RIGHT, View.UNKNOWN]
BEND = load_exercise("upper_trapezius").at_desk()
SQUEEZE = load_exercise("scapular_squeeze").at_desk()


def seconds(exercises):
    return sum(map(lasting, exercises))


def led(exercises, *parts, controls=None, asked=(), **options):
    """A break through these parts, with requests at their times: {seconds: "skip"}."""
    controls, left, found = controls or Controls(), dict(asked), []
    for tick in coach(
        FramesInMemory(frames(*parts, **options), live=True), no_model, exercises, controls=controls, paced=True
    ):
        found.append(tick)
        for t in [t for t in left if tick.frame.t >= t]:
            getattr(controls, left.pop(t))()
    return found


def at_a_laptop(angles):
    """The figure as seen by a nearby laptop: head and shoulders, and nothing below."""
    pose = next(frames((0.1, angles), noise=0)).pose
    pose.visibility[[one for one in Landmark if one >= Landmark.LEFT_ELBOW]] = 0.0
    return pose


def moments(*parts, rate=10.0):
    """Frames from (seconds, pose or None or a problem) parts."""
    found, t = [], 0.0
    for lasting_, what in parts:
        for _ in range(round(lasting_ * rate)):
            if isinstance(what, str):
                found.append(Frame(t, problem=what))
            else:
                found.append(Frame(t, recorded=True, pose=what))
            t += 1 / rate
    return found


# What is chosen.


def several(view, minutes, speaking=speaking_seconds, count=8):
    """This many breaks, one after the other."""
    last = []
    for _ in range(count):
        chosen = choose(ALL, view, minutes, last, speaking)
        ids = [one.id for one in chosen]
        last = [*ids, *(one for one in last if one not in ids)]
        yield chosen


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("minutes", LENGTHS)
def test_every_break_takes_the_time_that_was_asked_for_and_repeats_nothing(language, minutes):
    choose_language(language)
    for words_a_minute in (90, 160, 240):
        speaking = speaking_time(VoiceSettings(words_a_minute=words_a_minute), language, tr)
        for view in VIEWS:
            for chosen in several(view, minutes, speaking):
                assert 60 * minutes - 20 <= sum(lasting(one, speaking) for one in chosen) <= 60 * minutes
                assert len({one.id for one in chosen}) == len(chosen)
                assert any(not one.is_timed for one in chosen), "no break of rests only"
                assert chosen == tuple(sorted(chosen, key=lambda one: one.desk.part == "eyes")), "the eyes come last"


def test_short_breaks_go_through_everything_that_can_be_judged():
    judged = {one.id for one in AT_DESK if is_judged_from(one, View.FRONT)}
    assert {one.id for chosen in several(View.FRONT, 1) for one in chosen} >= judged


def test_long_breaks_rest_eyes_and_wrists_in_turn_with_what_is_timed_only():
    done = [{one.id for one in chosen} for chosen in several(View.FRONT, 5, count=4)]
    assert set().union(*done) == {one.id for one in AT_DESK}


def test_from_the_front_what_it_can_judge_comes_first_and_from_the_side_what_it_can_judge_there():
    assert all(is_judged_from(one, View.FRONT) for one in choose(ALL, View.FRONT, 1))
    assert choose(ALL, View.FRONT, 3) == choose(ALL, View.UNKNOWN, 3), "an unknown camera is taken for a laptop's"
    beside = list(several(View.SIDE_LEFT, 1, count=2))
    assert all(is_judged_from(one, View.SIDE_LEFT) for chosen in beside for one in chosen)
    assert "chin_tuck" in {one.id for chosen in beside for one in chosen}


def test_a_first_break_is_of_what_the_camera_judges_best():
    assert choose(ALL, View.FRONT, 3)[0].id == "upper_trapezius"
    assert "chin_tuck" not in {one.id for one in choose(ALL, View.FRONT, 3)}


def test_a_short_break_is_another_one_the_next_time():
    first = choose(ALL, View.FRONT, 1)
    second = choose(ALL, View.FRONT, 1, [one.id for one in first])
    assert not {one.id for one in first} & {one.id for one in second}


def test_a_break_does_something_for_more_than_one_part_of_the_body():
    for view in VIEWS:
        assert len({one.desk.part for one in choose(ALL, view, 3)}) >= 3


def test_nothing_asks_to_turn_to_step_back_or_to_get_down():
    for one in AT_DESK:
        words = " ".join([one.at_desk().desk.say, *one.at_desk().how]).lower()
        assert one.position != "floor"
        assert not any(asked in words for asked in ("camera", "side to", "2 m", "3 m", "step back", "stand "))
        assert "knees" not in one.at_desk().placement.needs or one.placement.facing is Facing.SIDE


def test_there_is_time_to_hear_what_to_do_and_to_get_there():
    for one in AT_DESK:
        words = len(f"{one.title} {one.desk.say}".split())
        assert lead_in(one) >= words / 160 * 60 * 0.9 + 1.5
        assert lasting(one) > lead_in(one) + one.desk.hold


@pytest.mark.parametrize(("language", "a_second"), [("de", 14), ("es", 14), ("zh", 4.5)])
def test_an_announcement_lasts_as_long_as_it_takes_in_the_users_language(language, a_second):
    choose_language(language)
    speaking = speaking_time(VoiceSettings(), language, tr)
    for one in AT_DESK:
        spoken = [each for each in tr(one.title) + tr(one.desk.say) if each not in "，。、："]
        assert lead_in(one, speaking) >= len(spoken) / a_second + 2
        assert lasting(one, speaking) - lead_in(one, speaking) == pytest.approx(lasting(one) - lead_in(one))


def test_an_instruction_waits_for_the_title_and_the_exercise_for_both():
    def slowly(text):
        return 3.0 if text == BEND.title else 12.0

    source = FramesInMemory(moments((60, "the camera is busy")), live=True)
    ticks = list(coach(source, no_model, [BEND], paced=True, speaking=slowly))
    (instructed,) = events_of(ticks, on.Instructed)
    assert instructed.t == pytest.approx(3, abs=0.2)
    assert next(tick.frame.t for tick in ticks if tick.state.phase is not CoachPhase.LEAD_IN) == pytest.approx(
        3 + 12 + 2, abs=0.2
    )
    assert ticks[0].time_left == pytest.approx(lasting(BEND, slowly))
    assert ticks[-1].frame.t == pytest.approx(lasting(BEND, slowly), abs=2), "and 1.5 s in which nothing is seen"


# How it goes.


@pytest.mark.smoke
def test_announced_then_judged_then_the_next_one():
    case = CASES["upper_trapezius"]
    lead = lead_in(BEND)
    side = [(2.0, case.pose), (11, case.pose), (1.5, FACING), (2, FACING)]
    other = [(2.0, case.other_pose), (11, case.other_pose), (1.5, FACING), (2, FACING)]
    ticks = led([BEND, SQUEEZE], (lead + 1, FACING), *side, *other, (30, FACING))
    first = summarize(ticks).sets[0]
    assert (first.counted, first.timed) == (2, 0)
    assert {tick.state.phase for tick in ticks if tick.frame.t < lead - 0.2} == {CoachPhase.LEAD_IN}
    (instructed,) = [event.t for event in events_of(ticks, on.Instructed) if event.t < lead]
    assert 0.5 < instructed < lead - 2
    assert [tick.say.text for tick in ticks if tick.say and tick.frame.t < lead][:2] == [BEND.title, BEND.desk.say]
    assert [tick.up_next for tick in (ticks[0], ticks[-1])] == [SQUEEZE, None]


@pytest.mark.parametrize("name", ["upper_trapezius", "neck_rotation", "seated_twist"])
def test_somebody_who_follows_along_during_the_announcement_counts_from_its_end(name):
    """They were told "Bring your head upright"."""
    case, exercise = CASES[name], load_exercise(name).at_desk()
    lead = lead_in(exercise)
    ticks = led(
        [exercise], (3, case.start), (2, case.pose), (lead - 4 + exercise.dose.hold, case.pose), (3, case.start)
    )
    assert [event.t for event in events_of(ticks, on.Entered)] == [
        pytest.approx(lead + exercise.enter.seconds, abs=0.3)
    ]
    assert len(events_of(ticks, on.RepCounted)) == 1
    assert events_of(ticks, on.SetupHint) == events_of(ticks, on.LedByTime) == []


def test_what_the_camera_cannot_see_is_timed_only_and_nobody_is_asked_to_move():
    pose = at_a_laptop(FACING)
    source = FramesInMemory(moments((lasting(SQUEEZE) + 5, pose)), live=True)
    ticks = list(coach(source, no_model, [SQUEEZE], paced=True))
    (done,) = summarize(ticks).sets
    assert (done.counted, done.timed, done.seen) == (0, 3, 0)
    assert done.unseen == pytest.approx(3 * SQUEEZE.dose.hold, abs=1)
    assert done.to_fix is None
    assert events_of(ticks, on.SetupHint) == events_of(ticks, on.Lost) == []
    assert ticks[-1].frame.t == pytest.approx(lasting(SQUEEZE), abs=4)
    assert not any(result.counted for result in done.results), "it does not pretend to judge"
    assert [event.result for event in events_of(ticks, on.RepTimed)] == list(done.results), "the history takes these"


@pytest.mark.parametrize(("unseen", "by_time"), [(1.2, False), (2.0, True)])
def test_the_camera_has_a_moment_after_the_announcement_to_see_what_it_needs(unseen, by_time):
    start = next(frames((0.1, CASES["scapular_squeeze"].start), noise=0)).pose
    found = moments((lead_in(SQUEEZE) + unseen, at_a_laptop(FACING)), (2, start))
    ticks = list(coach(FramesInMemory(found, live=True), no_model, [SQUEEZE], paced=True))
    assert (len(events_of(ticks, on.LedByTime)), len(events_of(ticks, on.Ready))) == ((1, 0) if by_time else (0, 1))


def test_beside_what_is_timed_only_stands_no_angle_no_depth_and_no_mistake():
    case = CASES["upper_trapezius"]
    ticks = led(
        [BEND],
        (lead_in(BEND) + 4, FACING),
        (1, case.pose),
        (3, case.pose),
        (lasting(BEND), LOST),
        asked={40: "toggle_pause"},
    )
    state, judged, timed = ShowState(), [], []
    for tick in ticks:
        state, shown = show(state, tick)
        if tick.state.phase in (CoachPhase.ENTERING, CoachPhase.HOLDING):
            (timed if tick.state.by_time else judged).append((shown, tick_record(tick)))
    assert any(shown.judged and shown.depth and record["measures"] for shown, record in judged)
    assert timed
    for shown, record in timed:
        assert (shown.judged, shown.depth) == (None, "")
        assert (record["measures"], record["depth"], record["faults"]) == ({}, None, [])


def test_what_was_recognized_before_is_not_called_beyond_this_camera():
    def helped(ticks):
        return {show(ShowState(), tick)[1].help for tick in ticks if tick.state.by_time and not tick.state.summary}

    assert helped(led([BEND], (60, FACING))) == {NOT_RECOGNIZED}
    unseen = FramesInMemory(moments((lasting(SQUEEZE), at_a_laptop(FACING))), live=True)
    assert helped(coach(unseen, no_model, [SQUEEZE], paced=True)) == {BY_TIME}


def test_head_and_shoulders_are_enough_for_a_bend_of_the_neck():
    case = CASES["upper_trapezius"]
    up, bent = at_a_laptop(FACING), at_a_laptop(case.pose)
    source = FramesInMemory(moments((lead_in(BEND) + 1.5, up), (12, bent), (3, up)), live=True)
    ticks = list(coach(source, no_model, [BEND], paced=True))
    assert summarize(ticks).counted == 1


def test_without_a_camera_the_whole_break_is_timed_only():
    chosen = choose(ALL, View.UNKNOWN, 1)
    source = FramesInMemory(moments((90, "the camera is busy")), live=True)
    ticks = list(coach(source, no_model, chosen, paced=True))
    done = summarize(ticks)
    assert [one.timed for one in done.sets] == [one.holds for one in chosen]
    assert not any(one.ended_early or one.skipped for one in done.sets)
    assert ticks[-1].frame.t == pytest.approx(60, abs=12)
    sides = events_of(ticks, on.SwitchSide)
    assert bool(sides) == any(one.sides is not Sides.NONE for one in chosen)


def test_somebody_who_leaves_is_waited_for_and_nothing_is_lost():
    lead = lead_in(BEND)
    ticks = led([BEND], (lead + 3, FACING), (AWAY_AFTER + 20, LOST), (lasting(BEND), FACING))
    paused = [tick for tick in ticks if tick.state.away]
    assert lead + 3 + AWAY_AFTER == pytest.approx(paused[0].frame.t, abs=1)
    assert paused[-1].frame.t == pytest.approx(lead + 3 + AWAY_AFTER + 20 + 1, abs=1)
    assert len({round(tick.time_left) for tick in paused}) == 1, "time that nobody is there for is not used up"
    assert ticks[-1].state.phase is CoachPhase.DONE


def words_of(ticks):
    return [tick.say.text for tick in ticks if tick.say is not None and not tick.say.text.isdecimal()]


def test_coming_back_during_a_hold_asks_for_the_pose_again():
    """The count used to go on at once, as if they had held the stretch on their way."""
    case = CASES["upper_trapezius"]
    bend = BEND.with_dose(hold=20)
    into = lead_in(bend) + 2
    ticks = led([bend], (into, case.start), (1, case.pose), (4, case.pose), (30, LOST), (20, case.start))
    back = next(event.t for event in events_of(ticks, on.ResumedByUser))
    after = [tick for tick in ticks if tick.frame.t >= back]
    assert after[0].state.phase is CoachPhase.ENTERING
    assert words_of(after)[0] == "Your left side again"
    assert after[0].state.held > 2, "the seconds held are kept"
    assert len({round(tick.state.held, 1) for tick in after if tick.frame.t < back + 2}) == 1


def test_leaving_during_the_instructions_repeats_them():
    ticks = led([BEND], (0.5, FACING), (AWAY_AFTER + 5, LOST), (lasting(BEND), FACING))
    assert len(events_of(ticks, on.Instructed)) == 2
    said = [BEND.title, BEND.desk.say, "Paused until you are back", "Resuming", BEND.desk.say]
    assert words_of(ticks)[:5] == said


def test_the_summary_names_repetitions_that_were_only_timed():
    case, lead = CASES["upper_trapezius"], lead_in(BEND)
    bend = [(2.0, case.pose), (11, case.pose), (1.5, FACING), (2, FACING)]
    ticks = led([BEND], (lead + 1, FACING), *bend, (30, FACING))
    assert set_lines(summarize(ticks).sets[0])[0].startswith("1 of 2 counted, 1 timed only, ")
    source = FramesInMemory(moments((lead_in(SQUEEZE) + 13, at_a_laptop(FACING))), live=True)
    (ended_during_the_second,) = summarize(list(coach(source, no_model, [SQUEEZE], paced=True))).sets
    assert set_lines(ended_during_the_second) == ["1 of 3 done, timed only"]


def test_somebody_who_stays_away_has_had_a_break_and_it_ends():
    ticks = led([BEND, SQUEEZE], (5, FACING), (AWAY_AFTER + GIVEN_UP_AFTER + 20, LOST))
    assert ticks[-1].state.phase is CoachPhase.DONE
    assert ticks[-1].frame.t < 5 + GIVEN_UP_AFTER + 5
    assert summarize(ticks).sets[-1].ended_early


def test_somebody_who_continues_unseen_is_not_waited_for_again():
    ticks = led([BEND], (5, FACING), (AWAY_AFTER + 60, LOST), asked={20: "toggle_pause"})
    assert [event.away for event in events_of(ticks, on.PausedByUser)] == [True]
    assert summarize(ticks).sets[0].timed == 2


def test_the_time_left_falls_as_time_goes_by_and_a_skip_takes_its_exercise_away():
    chosen = choose(ALL, View.FRONT, 3)
    ticks = led(chosen, (30, FACING), asked={3: "skip"})
    left = {round(tick.frame.t, 1): tick.time_left for tick in ticks}
    assert left[1.0] == pytest.approx(seconds(chosen) - 1, abs=0.3)
    assert left[4.0] == pytest.approx(seconds(chosen[1:]) - 0.9, abs=0.5)
    assert summarize(ticks).sets[0].skipped


def test_repeating_begins_the_exercise_again_and_just_after_its_end_the_one_before():
    ticks = led([BEND, SQUEEZE], (60, FACING), asked={12: "repeat", 20: "skip", 22: "repeat"})
    begun = [event.exercise for event in events_of(ticks, on.ExerciseStarted)]
    assert begun[:4] == [BEND.id, BEND.id, SQUEEZE.id, BEND.id]
    assert [tick.turn for tick in ticks][-1] >= 3


def test_nobody_is_asked_into_a_pose_that_there_is_no_time_for():
    """The third squeeze used to be asked for a second before the next exercise was announced."""
    case = CASES["scapular_squeeze"]
    slow = (lead_in(SQUEEZE) + 5, case.start), (1, case.pose), (4, case.pose), (6, case.pose), (60, case.start)
    ticks = led([SQUEEZE, BEND], *slow)
    over = next(event.t for event in events_of(ticks, on.ExerciseDone))
    asked = [tick.frame.t for tick in ticks if tick.say is not None and tick.say.text == SQUEEZE.enter.cue]
    assert over - max(t for t in asked if t < over) > SQUEEZE.dose.hold


def test_from_beside_the_screen_nobody_is_asked_to_face_the_camera_in_a_break():
    twist, turned = load_exercise("seated_twist").at_desk(), posture(FACING, yaw=45)
    ticks = led([twist], (lead_in(twist) + 20, turned))
    assert events_of(ticks, on.SetupHint) == []
    assert events_of(ticks, on.LedByTime)[0].t < lead_in(twist) + 2
    alone = list(coach(FramesInMemory(frames((5, turned))), no_model, [twist]))
    assert [event.text for event in events_of(alone, on.SetupHint)] == ["Face the camera"]


@pytest.mark.parametrize(
    ("angles", "said"),
    [({"yaw": 45, "tilt": 25}, "Bring your head upright"), ({"yaw": 0, "turn": 35}, "Look straight ahead")],
    ids=["head to one side, from beside the screen", "head turned, from the front"],
)
def test_what_is_missing_from_a_start_pose_is_asked_for_where_the_camera_is_not_its_cause(angles, said):
    levator = load_exercise("levator_scapulae").at_desk()
    ticks = led([levator], (lead_in(levator) + 8, posture(FACING, **angles)))
    assert [event.text for event in events_of(ticks, on.SetupHint)] == [said]
    assert events_of(ticks, on.LedByTime)[0].t > lead_in(levator) + 3, "after a while to follow it"


def test_nobody_is_called_out_of_a_hold_but_the_time_is_kept():
    case = CASES["upper_trapezius"]
    ticks = led([BEND, SQUEEZE], (lead_in(BEND) + 4.5, FACING), (1, case.pose), (60, case.pose))
    ended = next(tick for tick in ticks if tick.state.phase is CoachPhase.DONE)
    assert lasting(BEND) + 3 < ended.frame.t <= lasting(BEND) + 7
    assert ended.state.summary.seen > 3
    assert not ended.state.summary.ended_early


def test_nobody_is_left_in_silence_who_is_not_recognized_in_the_pose():
    ticks = led([BEND, SQUEEZE], (120, FACING))
    first = next(event.t for event in events_of(ticks, on.LedByTime))
    assert first == pytest.approx(lead_in(BEND) + 0.5 + POSE_PATIENCE, abs=0.5)
    said = [tick.frame.t for tick in ticks if tick.say is not None]
    assert max(after - before for before, after in pairwise(said)) < 12
    assert [(one.counted, one.timed) for one in summarize(ticks).sets] == [(0, 2), (0, 3)]


def test_switching_to_timed_only_asks_into_the_pose_anybody_not_asked_yet():
    def asked(ticks):
        tick = next(tick for tick in ticks if events_of([tick], on.LedByTime))
        return len(events_of([tick], on.RestOver))

    unseen = FramesInMemory(moments((lead_in(SQUEEZE) + 5, at_a_laptop(FACING))), live=True)
    assert asked(coach(unseen, no_model, [SQUEEZE], paced=True)) == 1
    assert asked(led([SQUEEZE], (lead_in(SQUEEZE) + 12, CASES["scapular_squeeze"].start))) == 0, (
        "asked before, and not recognized"
    )


def views_by_time(exercise, *parts):
    ticks = list(coach(FramesInMemory(moments(*parts), live=True), no_model, [exercise], paced=True))
    assert events_of(ticks, on.Ready) == [], "the start pose did not last"
    (done,) = summarize(ticks).sets
    assert done.timed == len(done.results) > 0
    return {result.view for result in done.results}


def test_what_is_timed_only_before_its_start_pose_is_recorded_with_the_view_it_began_with():
    twist = load_exercise("seated_twist").at_desk()
    facing, left, right = (next(frames((0.1, posture(FACING, yaw=yaw)), noise=0)).pose for yaw in (0, -45, 45))
    into, rest = lead_in(twist), lasting(twist) + 20
    assert views_by_time(twist, (into + 1, right), (rest, left)) == {View.OBLIQUE_RIGHT}
    assert views_by_time(twist, (into + 0.1, facing), (rest, "the camera is busy")) == {View.FRONT}


def test_what_is_timed_only_without_having_been_seen_is_recorded_with_no_view():
    assert views_by_time(SQUEEZE, (lasting(SQUEEZE) + 5, at_a_laptop(FACING))) == {View.UNKNOWN}


def test_a_hold_that_goes_on_by_time_keeps_its_seconds():
    case = CASES["scapular_squeeze"]
    start, pose = (next(frames((0.1, one), noise=0)).pose for one in (case.start, case.pose))
    parts = moments((lead_in(SQUEEZE) + 2, start), (2, pose), (12, at_a_laptop(case.pose)))
    ticks = list(coach(FramesInMemory(parts, live=True), no_model, [SQUEEZE], paced=True))
    told = [
        event
        for event in events_of(ticks)
        if isinstance(event, on.Entered | on.LedByTime | on.HoldReached | on.RestOver)
    ]
    assert [type(event) for event in told[:3]] == [on.Entered, on.LedByTime, on.HoldReached]
    numbers = [event.n for event in events_of(ticks, on.HoldSecond) if event.t <= told[2].t]
    assert numbers == list(range(1, round(SQUEEZE.dose.hold) + 1))


def test_somebody_who_does_not_come_back_is_not_waited_for_in_silence():
    case = CASES["scapular_squeeze"]
    ticks = led([SQUEEZE], (lead_in(SQUEEZE) + 2, case.start), (1, case.pose), (60, case.pose))
    reached = next(event.t for event in events_of(ticks, on.HoldReached))
    assert next(event.t for event in events_of(ticks, on.LedByTime)) == pytest.approx(reached + POSE_PATIENCE, abs=0.3)


def test_the_title_of_the_next_one_is_not_cut_into_by_praise():
    ticks = led([BEND, SQUEEZE], (120, FACING), asked={12.0: "skip"})
    assert [tick.say.text for tick in ticks if tick.say is not None].count("Well done") == 1, "at the end"
    skipped = led([BEND], (20, FACING), asked={12.0: "skip"})
    assert not any(tick.say is not None and tick.say.text == "Well done" for tick in skipped)


def test_a_pause_keeps_the_time_of_the_break():
    ticks = led([BEND], (60, FACING), asked={4: "toggle_pause", 30: "toggle_pause"})
    left = {round(tick.frame.t, 1): tick.time_left for tick in ticks}
    assert left[29.0] == pytest.approx(left[4.2], abs=0.2)
    assert next(tick for tick in ticks if tick.frame.t > 30.2).state.phase is CoachPhase.LEAD_IN


# A chin tuck with a camera in front, judged by the face.

TUCK = load_exercise("chin_tuck").at_desk(View.FRONT)


def face(z, pitch=0.0):
    return Head(0.0, 0.0, z, pitch, 0.0, 0.0, 640.0, 200.0, 640.0, 260.0, 0.1, 0.2, 65.0)


def tucked(z, pitch=0.0, leaning=1.0, *, seconds_=4.0):
    """Sitting at a laptop, the face at 60 cm; then the chin drawn back to `z` for a hold, and back again."""
    found = []
    for frame in frames((lead_in(TUCK) + seconds_ + TUCK.dose.hold + 6, FACING), noise=0.2):
        since = frame.t - lead_in(TUCK) - seconds_
        there = 0 <= since < TUCK.dose.hold + 3
        points = frame.pose.points.copy()
        if there:
            points[11:13, 0] = 640 + leaning * (points[11:13, 0] - 640)
        look = face(z, pitch) if there else face(60.0)
        found.append(replace(frame, pose=replace(frame.pose, points=points, head=look)))
    return list(coach(FramesInMemory(found, live=True), no_model, [TUCK.with_dose(reps=1)], paced=True))


def test_a_chin_tuck_is_judged_from_the_front_by_the_face_and_from_the_side_by_the_ear():
    assert (TUCK.placement.facing, TUCK.depth) == (Facing.FRONT, None)
    assert load_exercise("chin_tuck").at_desk(View.SIDE_LEFT).placement.facing is Facing.SIDE
    assert is_judged_from(TUCK, View.FRONT)
    assert summarize(tucked(62.0)).counted == 1
    assert events_of(tucked(62.0), on.FaultSeen) == []


@pytest.mark.parametrize(
    ("z", "pitch", "leaning", "told"),
    [(60.5, 0.0, 1.0, set()), (62.0, 14.0, 1.0, {"nodding"}), (65.0, -4.0, 0.92, {"leaning_back"})],
    ids=["sitting still", "nodding", "leaning back"],
)
def test_what_is_not_a_chin_tuck_does_not_count_and_its_mistake_is_named(z, pitch, leaning, told):
    ticks = tucked(z, pitch, leaning)
    assert summarize(ticks).counted == 0
    assert {event.fault for event in events_of(ticks, on.FaultSeen)} == told


def test_without_a_face_a_chin_tuck_is_timed_only():
    ticks = led([TUCK], (lasting(TUCK) + 15, FACING))
    assert [(one.counted, one.timed) for one in summarize(ticks).sets] == [(0, 3)]


def test_the_face_is_looked_at_only_for_what_is_judged_by_it():
    assert for_stretching(Settings(), [BEND, TUCK]).estimator.face
    assert not for_stretching(Settings(), [BEND, load_exercise("chin_tuck")]).estimator.face
    off = Settings().model_copy(update={"estimator": Settings().estimator.model_copy(update={"face": False})})
    assert not for_stretching(off, [TUCK]).estimator.face


def test_reaching_up_counts_while_the_hands_leave_the_picture():
    reach = load_exercise("overhead_reach").at_desk()
    up = posture(CASES["overhead_reach"].pose)
    found = moments((lead_in(reach) + 1.5, next(frames((0.1, FACING), noise=0)).pose))
    t = found[-1].t
    for frame in frames((2, FACING), (2, up), (12, up), (2, FACING), (2, FACING), noise=0, start=t + 0.1):
        if frame.pose.at(Landmark.LEFT_WRIST)[1] < frame.pose.at(Landmark.NOSE)[1]:
            frame.pose.visibility[[Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST]] = 0.0
        found.append(frame)
    ticks = list(coach(FramesInMemory(found, live=True), no_model, [reach], paced=True))
    assert summarize(ticks).counted == 1
