"""The coach on people: what it counts when an exercise is done right or wrong, and which mistakes it hears.

    python benchmarks/coach.py                      # the test people, and the real photographs if present
    python benchmarks/coach.py --people tune        # the people on whom bounds are chosen
    python benchmarks/coach.py --make               # render the stills and detect landmarks again (half an hour)

Landmarks of stills (`tools/render/coaching.py`: twelve rendered people in all exercises, at four depths, done well and
badly; and the photographs of `../shared/footage/stretch`) are assembled into sessions: the start pose, the way into the
pose, the pose held, and back, at five checks a second, each with the jitter of a real tracker. Holds are shortened to
six seconds, which changes no rule. How the tracker copes with the movement is not covered here:
`tests/coach/test_stretch_clips.py` tests that.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import program

from posturecam.coach import events as on
from posturecam.coach.exercise import Exercise
from posturecam.coach.library import exercise_names, load_exercise
from posturecam.coach.loop import coach
from posturecam.config.settings import Settings
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.pose import Pose

DATA = Path(__file__).parent / "data" / "coach_stills.npz"
PHOTOGRAPHS = Path(os.environ.get("POSTURECAM_FOOTAGE", "../shared/footage")) / "stretch"
RATE = 5.0
"""Checks per second."""
LONGEST_HOLD = 6.0
"""Longest hold, seconds."""
MOVE, BEFORE, AFTER = 2.5, 2.0, 2.5
"""Seconds for the way into the pose and out of it, for the start pose before, and after."""
SLOWLY = 4.0
"""Seconds for the longest way, from standing until the head hangs."""
JITTER = 0.002
"""Standard deviation of a landmark between checks, as a fraction of the body's size in the picture: half a degree of
the angles in a still pose."""
DEPTHS = ("1", "2", "3", "4")
LOOK_ALIKES = ("puppy", "squat", "arm up", "arms down", "both knees", "knee bent", "childs pose", "all fours")
"""Postures shown with an exercise that are not that exercise."""
OTHER_WAYS = ("other leg", "other side")
"""Postures that are the exercise, done with the other side."""
FOLDS = ("childs_pose", "thoracic_stretch")
"""Exercises recognized without a start pose; every other still is a control for them."""
PAIRS = (
    ("childs_pose", "All_Fours_Quad_Stretch_0", "Childs_Pose_0"),
    ("childs_pose", "All_Fours_Quad_Stretch_0", "Childs_Pose_1"),
    ("childs_pose", "", "Childs_Pose_0"),
    ("childs_pose", "", "Childs_Pose_1"),
    ("thoracic_stretch", "Upper_Back-Leg_Grab_0", "Upper_Back-Leg_Grab_1"),
    ("thoracic_stretch", "", "Upper_Back-Leg_Grab_1"),
    ("standing_forward_fold", "Standing_Toe_Touches_0", "Standing_Toe_Touches_1"),
    ("standing_forward_fold", "Runners_Stretch_0", "Runners_Stretch_1"),
    ("cat_cow", "Cat_Stretch_0", "Cat_Stretch_1"),
    ("overhead_reach", "Upward_Stretch_0", "Upward_Stretch_1"),
)
"""Exercise, start and pose on photographs; without a start the session begins in the pose."""


@dataclass(frozen=True, eq=False)
class CoachStill:
    """One still: what it shows, and the pose found in it."""

    person: str
    camera: str
    exercise: str
    role: str
    name: str
    pose: Pose | None


@dataclass(frozen=True)
class Outcome:
    """The result of a session."""

    counted: bool
    faults: frozenset[str]
    """The faults the coach mentioned."""


class _Session(Source):
    def __init__(self, frames: Sequence[Frame]) -> None:
        self.info = SourceInfo("stills", "stills", live=False)
        self._frames = frames

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)


def read(split: str, file: Path = DATA) -> list[CoachStill]:
    """The stills of the `tune` or `test` people."""
    with np.load(file) as kept:
        a = dict(kept)
    stills = []
    for row in np.flatnonzero(a["split"] == split):
        found = (a[name][row].astype(np.float32) for name in ("points", "visibility", "world"))
        pose = Pose(0.0, int(a["width"][row]), int(a["height"][row]), *found) if a["found"][row] else None
        person, camera, exercise, role, name = (
            str(a[column][row]) for column in ("person", "camera", "exercise", "role", "name")
        )
        stills.append(CoachStill(person, camera, exercise, role, name, pose))
    return stills


def session(exercise: Exercise, parts: Sequence[tuple[float, Pose | None]], seed: int = 0) -> Outcome:
    """A session of the coach with these poses, each reached by linear movement from the previous one within its seconds."""
    ticks = list(coach(_Session(list(_frames(parts, seed))), _no_model, [exercise], Settings()))
    heard = {event.fault for tick in ticks for event in tick.events if isinstance(event, on.FaultSeen)}
    summary = ticks[-1].state.summary
    return Outcome(summary is not None and summary.counted > 0, frozenset(heard))


def _no_model(frame: Frame) -> Pose | None:
    raise AssertionError("landmarks need no model")


def _frames(parts: Sequence[tuple[float, Pose | None]], seed: int) -> Iterator[Frame]:
    random = np.random.default_rng(seed)
    begun, before = 0.0, parts[0][1]
    for seconds, after in parts:
        for index in range(round(seconds * RATE)):
            t = begun + index / RATE
            pose = _between(before, after, (index + 1) / (seconds * RATE), t)
            yield Frame(t, recorded=True, pose=None if pose is None else _jittered(pose, random))
        begun, before = begun + seconds, after


def _between(a: Pose | None, b: Pose | None, share: float, t: float) -> Pose | None:
    if a is None or b is None:
        return None if b is None or share < 1 else dataclasses.replace(b, t=t)
    points, visibility, world = (
        ((1 - share) * one + share * other).astype(np.float32)
        for one, other in ((a.points, b.points), (a.visibility, b.visibility), (a.world, b.world))
    )
    return Pose(t, b.width, b.height, points, visibility, world)


def _jittered(pose: Pose, random: np.random.Generator) -> Pose:
    size = float(np.ptp(pose.points, axis=0).max())
    return dataclasses.replace(
        pose, points=(pose.points + random.normal(0, JITTER * size, pose.points.shape)).astype(np.float32)
    )


def held(exercise: Exercise, start: Pose | None, pose: Pose | None, back: Pose | None = None) -> Outcome:
    """One repetition; without a start, it begins in the pose and ends with the person leaving the picture."""
    hold = exercise.dose.hold + 1.5
    if start is None:
        return session(exercise, [(BEFORE + hold, pose), (MOVE, back or pose), (AFTER, back)])
    move = SLOWLY if exercise.id == "standing_forward_fold" else MOVE
    back = back or start
    return session(exercise, [(BEFORE, start), (move, pose), (hold, pose), (move, back), (AFTER, back)])


def short(name: str) -> Exercise:
    """One repetition of an exercise with a shortened hold."""
    exercise = load_exercise(name)
    return exercise.with_dose(hold=min(exercise.dose.hold, LONGEST_HOLD), reps=1)


Table = dict[tuple[str, str], list[bool]]


def judge(stills: Sequence[CoachStill]) -> tuple[Table, Table, Table]:
    """By exercise: counted when right (by depth) and not counted when wrong; faults mentioned when present; and when absent."""
    counted: Table = defaultdict(list)
    heard: Table = defaultdict(list)
    wrongly: Table = defaultdict(list)
    by_person: Mapping[str, list[CoachStill]] = {
        person: [one for one in stills if one.person == person] for person in dict.fromkeys(s.person for s in stills)
    }
    for mine in by_person.values():
        for name in (one for one in exercise_names() if not load_exercise(one).is_timed):
            _judge_one(name, mine, counted, heard, wrongly)
        for name in FOLDS:
            _judge_straight(name, mine, counted)
    return counted, heard, wrongly


def _judge_one(name: str, mine: Sequence[CoachStill], counted: Table, heard: Table, wrongly: Table) -> None:
    exercise = short(name)
    known = {fault.id for fault in exercise.faults}
    for camera in dict.fromkeys(one.camera for one in mine if one.exercise == name and one.role == "start"):
        seen = [one for one in mine if one.camera == camera]
        own = [one for one in seen if one.exercise == name]
        start = next(one for one in own if one.role == "start").pose
        cow = next((one.pose for one in own if one.name == "cow"), None)
        label = name if camera != "at_desk" else f"{name} at a desk"
        for one in own:
            if one.role in DEPTHS:
                outcome = held(exercise, start, one.pose, cow)
                counted[label, one.role].append(outcome.counted)
                for fault in sorted(known):
                    wrongly[name, fault].append(fault in outcome.faults)
            elif one.role == "fault":
                heard[name, one.name].append(one.name in held(exercise, start, one.pose, cow).faults)
            elif one.name in OTHER_WAYS:
                counted[name, one.name].append(held(exercise, start, one.pose, cow).counted)
        others = [one for one in seen if one.exercise != name and one.role in ("4", "other")]
        for one in [*others, *(one for one in own if one.role == "other" and one.name in LOOK_ALIKES)]:
            counted[label, "other pose"].append(held(exercise, start, one.pose).counted)


def _judge_straight(name: str, mine: Sequence[CoachStill], counted: Table) -> None:
    """Straight into the pose, done in other ways, seen from the front, and everything that is neither."""
    exercise = short(name)
    at = {(one.camera, one.exercise, one.role, one.name): one.pose for one in mine}
    start = at["mat", name, "start", ""]
    deep = [at["mat", name, role, ""] for role in ("3", "4")]
    variants = [pose for key, pose in at.items() if key[0] == "mat" and key[1] == name and key[2] == "other"]
    for pose in [*deep, *variants]:
        counted[name, "already there"].append(held(exercise, None, pose, start).counted)
    if name == "childs_pose":
        for way, pose in (("all fours", at["mat", "cat_cow", "start", ""]), ("lying", at["mat", "cobra", "start", ""])):
            counted[name, f"from {way}"].append(held(exercise, pose, deep[1]).counted)
    oblique = {
        "childs_pose": ("kneeling", "childs_pose"),
        "thoracic_stretch": ("long_sit", "thoracic_stretch_full"),
    }[name]
    up, down = (at["oblique", "oblique", "other", one] for one in oblique)
    counted[name, "from 46° off the side"].append(held(exercise, up, down).counted)
    for one in mine:
        if one.camera in ("mat", "standing_aside", "sitting_aside") and one.exercise != name and one.role != "fault":
            counted[name, "straight: neither"].append(held(exercise, None, one.pose, start).counted)


def share(found: Sequence[bool]) -> str:
    return f"{sum(found)}/{len(found)}" if found else "–"


def print_tables(counted: Table, heard: Table, wrongly: Table) -> None:
    """Print the results of `judge`."""
    print("| exercise | counted at depth 1 | 2 | 3 | 4 | other poses counted |")
    print("|---|---|---|---|---|---|")
    for name in dict.fromkeys(label for label, _ in counted):
        columns = [share(counted[name, column]) for column in (*DEPTHS, "other pose")]
        print(f"| {name} | {' | '.join(columns)} |")
    print()
    for name in dict.fromkeys(label for label, _ in counted):
        ways = [key for key in counted if key[0] == name and key[1] not in (*DEPTHS, "other pose")]
        if not ways:
            continue
        print(f"{name}: " + ", ".join(f"{way} {share(counted[name, way])}" for _, way in ways))
    print("\n| exercise | mistake | heard when there | heard when not |\n|---|---|---|---|")
    for name, fault in sorted(heard.keys() | wrongly.keys()):
        print(f"| {name} | {fault} | {share(heard[name, fault])} | {share(wrongly[name, fault])} |")


def photographs(folder: Path) -> dict[str, Pose | None]:
    """What the coach's model finds in each photograph, by name."""
    from posturecam.config.settings import EstimatorSettings
    from posturecam.vision.sources.stills import pictures_of, read_picture
    from tools.still_estimator import StillEstimator

    settings = EstimatorSettings(model="full", detection_confidence=0.3)
    with StillEstimator(settings) as estimator:
        return {file.stem: estimator(read_picture(file)) for file in pictures_of(folder).pictures}


def print_photographs(found: Mapping[str, Pose | None]) -> None:
    """The sessions of photographs, with all others as controls for the two folds."""
    released = {exercise: start for exercise, start, _ in PAIRS if start}
    for name, start, pose in PAIRS:
        outcome = held(short(name), found[start] if start else None, found[pose], found[released[name]])
        verdict = "counted" if outcome.counted else "not counted"
        print(
            f"{name}: {start or 'already there'} → {pose}: {verdict}, heard: {', '.join(sorted(outcome.faults)) or 'nothing'}"
        )
    for name in FOLDS:
        own = [pose for exercise, _, pose in PAIRS if exercise == name]
        others = [one for one in found if one not in own]
        wrong = [one for one in others if held(short(name), None, found[one]).counted]
        print(f"{name}: {len(wrong)} of {len(others)} other photographs counted {', '.join(wrong)}")


def make(out: Path) -> None:
    """Render whatever is missing, detect landmarks, and save those."""
    from tools.render import coaching

    pieces = [
        coaching.landmarks(group, coaching.cache()) for split in ("tune", "test") for group in coaching.groups(split)
    ]
    np.savez_compressed(
        out, allow_pickle=False, **{name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", choices=("tune", "test"), default="test")
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--only", choices=("rendered", "photographs"))
    options = parser.parse_args()
    if options.make:
        make(DATA)
    if options.only != "photographs":
        print_tables(*judge(read(options.people)))
    if options.only == "photographs" and not PHOTOGRAPHS.is_dir():
        parser.error(f"there are no photographs at {PHOTOGRAPHS}")
    if options.only != "rendered" and PHOTOGRAPHS.is_dir():
        print()
        print_photographs(photographs(PHOTOGRAPHS))


if __name__ == "__main__":
    program.run(main)
