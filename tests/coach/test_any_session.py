"""Whatever people do in front of the camera and with the keys: nothing breaks, no count goes backwards, and every session ends."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fakes.frames import FramesInMemory
from figures import mirrored
from stretch_figures import CASES, FACING, blend, pose_of

from posturecam.coach import events as on
from posturecam.coach.breaks.choice import choose
from posturecam.coach.cues import AWAY, PAUSED, SayKind
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import exercise_names, load_exercise
from posturecam.coach.loop import CoachTick, coach, summarize
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.descriptions import set_lines
from posturecam.config.settings import StretchSettings
from posturecam.posture.view import View
from posturecam.vision.frame import Frame

ALL = [load_exercise(name) for name in exercise_names()]
JUDGED = [one for one in ALL if one.id in CASES]
SECONDS = 60
TROUBLES = (
    "none",
    "none",
    "none",
    "lost",
    "flickering",
    "no picture",
    "asleep",
    "hidden",
    "beside the picture",
    "broken",
)
KEYS = ("toggle_pause", "toggle_pause", "skip", "repeat", "toggle_mute", "end")


def restless(rng: random.Random, exercises: list[Exercise], rate: float) -> Iterator[Frame]:
    """Somebody who moves between the poses of these exercises, and whom the camera sees badly at times."""
    cases = [CASES[one.id] for one in exercises if one.id in CASES]
    poses = [FACING, *(one for case in cases for one in (case.start, case.pose, case.pose, case.shallow, case.bounce, case.other_pose))]  # fmt: skip
    t, now, turned = 0.0, rng.choice(poses), False
    while t < SECONDS:
        trouble, seconds, after = (
            rng.choice(TROUBLES),
            rng.choice((0.3, 1, 2, 5, 12)),
            rng.choice((now, rng.choice(poses))),
        )
        turned ^= rng.random() < 0.1
        t += rng.choice((1.2, 40.0, 400.0)) if trouble == "asleep" else 0.0
        hidden = rng.sample(range(33), 20)
        for number in range(max(int(seconds * rate), 1)):
            if trouble == "no picture":
                yield Frame(t, problem="the camera was unplugged")
            elif trouble == "lost" or (trouble == "flickering" and rng.random() < 0.5):
                yield Frame(t, recorded=True)
            else:
                pose = pose_of(blend(now, after, min(2 * number / (seconds * rate), 1.0)), t, noise=0.5)
                pose = mirrored(pose) if turned else pose
                if trouble == "hidden":
                    pose.visibility[hidden] = 0.1
                elif trouble == "beside the picture":
                    pose = replace(pose, points=pose.points + (500, 0))
                elif trouble == "broken":
                    pose.points[hidden] = float("nan")
                yield Frame(t, recorded=True, pose=pose)
            t += 1 / rate
        now = after


def session(seed: int) -> list[CoachTick]:
    rng = random.Random(seed)
    in_a_break = rng.random() < 0.3
    exercises = list(choose(ALL, rng.choice(list(View)), 3)) if in_a_break else rng.sample(JUDGED, 2)
    if not in_a_break:
        exercises = [one.with_dose(hold=rng.choice((1, 3, 8)), reps=2) for one in exercises]
    frames, controls = restless(rng, exercises, rng.choice((2.0, 5.0, 15.0))), Controls()
    ticks = []
    for tick in coach(FramesInMemory(frames, live=rng.random() < 0.7), lambda _: None, exercises, None, controls, pain=rng.random() < 0.2, paced=in_a_break):  # fmt: skip
        ticks.append(tick)
        if rng.random() < 0.02:
            getattr(controls, rng.choice(KEYS))()
    return ticks


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_a_session_keeps_its_counts_and_its_words_in_order_and_ends(seed):
    ticks = session(seed)
    said: dict[str, float] = {}
    before = None
    for tick in ticks:
        state, t = tick.state, tick.frame.t
        if before is not None and before.turn == tick.turn:
            done = before.state.results
            assert state.results[: len(done)] == done, "no repetition is lost or changed"
            if len(state.results) == len(done):
                assert state.hold.spoken <= tick.exercise.dose.hold
                assert state.seen >= before.state.seen or state.visit is None, "no second of a hold is lost"
        assert len([event for event in tick.events if isinstance(event, on.HoldSecond)]) <= 1
        say = tick.say
        if say is not None:
            if say.kind < SayKind.GUIDE or say.kind in (SayKind.FORM, SayKind.DEPTH):
                assert t - said.get(say.text, -99.0) >= StretchSettings().same_cue - 1e-6, say
            assert state.phase is not CoachPhase.PAUSED or say.text in (PAUSED, AWAY)
            said[say.text] = t
        before = tick
    assert ticks[-1].state.phase is CoachPhase.DONE
    for one in summarize(ticks).sets:
        assert set_lines(one)
        assert all(
            result.seen + result.unseen >= one.exercise.dose.hold - 1e-6 for result in one.results if result.counted
        )
