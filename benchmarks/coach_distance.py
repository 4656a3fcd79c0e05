"""How well the coach finds rendered people across a room: every floor pose, from the side, 1.2 to 3.5 m away, anywhere in the picture.

    python benchmarks/coach_distance.py [--split test|tune] [--people 4] [--only stills|films|sessions|cost]
    python benchmarks/coach_distance.py --only films --who nia --outcomes films.jsonl      # one person at a time

Needs the renderer (`pip install -e '.[render]'`, `python -m tools.render fetch`); pictures are rendered once (ten minutes
on two cores) and kept outside the repository (`~/.cache/posturecam-render-coach`, or `$POSTURECAM_RENDER_COACH_CACHE`).
If half an hour at a time is too long, `--who` measures only some of the people; `--outcomes` adds the results to a file,
and the tables then cover everything in it.

`stills`: each still is shown for a second and a half at ten pictures a second, with new noise in each, to a fresh
estimator. `films`: from the start pose into the stretch, and held, as the coach sees it; results are shares of the
hold. "Found" means that the landmarks lie where the person is; "right" that the near side's shoulder, hip, knee and
ankle are all within 0.3 trunk lengths of the truth. `before` is the estimator that processes whole pictures, as at a
desk, `after` the one that searches the room. `sessions`: films from 2.5 m into the pose and back, with the whole hold, judged by
the coach: what is counted, which mistakes are named although nothing is wrong, and for how long nobody was found during a hold. `cost`: processor time per picture on three sample videos, against
MediaPipe alone on the same pictures, in turns; and the time from a picture to the coach's words.

Nothing is chosen based on the `test` people.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import program
from bare import BareMediaPipe
from desk_break import breathing, noisy
from numpy.typing import NDArray

from posturecam.coach import events as on
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach, for_stretching
from posturecam.config.settings import Settings
from posturecam.vision.estimator import PoseEstimator
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.pose import Landmark, Pose
from posturecam.vision.search.room_estimator import RoomEstimator
from posturecam.vision.sources.video import VideoSource

RATE, SECONDS = 10, 1.5
"""Pictures per second, and seconds for which a still is shown."""
RIGHT_WITHIN = 0.3
"""Largest distance of a right landmark from the truth, in trunk lengths, as in results/coach.md."""
THERE_WITHIN = 1.0
"""Largest average distance, in trunk lengths, at which somebody counts as found at all, and not a chair."""
NEAR_JOINTS: Mapping[str, Landmark] = {
    "shoulder": Landmark.LEFT_SHOULDER,
    "hip": Landmark.LEFT_HIP,
    "knee": Landmark.LEFT_KNEE,
    "ankle": Landmark.LEFT_ANKLE,
}
AIM = 1.3
"""The coach's estimator may cost this many times as much as MediaPipe alone."""
TURNS = 3
Floats = NDArray[np.float64]
Estimator = PoseEstimator | RoomEstimator


@dataclass(frozen=True)
class Still:
    """One picture, and where the joints really are in it."""

    person: str
    pose: str
    distance: float
    file: Path
    joints: Floats
    """Shape (2, 4, 2): of the left and the right side, pixels."""
    near: int
    """0 if the left side is nearer to the camera, 1 if the right one is."""
    trunk: float
    """Length it would have if square to the camera, pixels."""
    inside: bool
    """Whether all joints of the near side are in the picture."""

    def image(self) -> Image:
        """Read the picture."""
        return np.asarray(cv2.imread(str(self.file)), np.uint8)


def stills_of(folder: Path, person: str) -> Iterator[Still]:
    """The rendered stills of one group."""
    from tools.render.across_room import TRUTH

    for name, truth in json.loads((folder / TRUTH).read_text(encoding="utf-8")).items():
        yield still(folder / name, person, truth["pose"], truth["distance"], truth)


def still(file: Path, person: str, pose: str, distance: float, truth: Mapping[str, Any]) -> Still:
    """A picture with its ground truth."""
    camera, points = truth["camera"], truth["points"]
    joints = np.array(
        [[points[f"{side}_{name}"]["picture"] or (np.nan,) * 2 for name in NEAR_JOINTS] for side in ("left", "right")]
    )
    space = {name: np.array(point["space"]) for name, point in points.items()}
    lens = np.array(camera["position"])
    near = int(np.linalg.norm(space["right_hip"] - lens) < np.linalg.norm(space["left_hip"] - lens))
    focal = camera["width"] / 2 / np.tan(np.radians(camera["field_of_view"]) / 2)
    away = float(np.linalg.norm((space["mid_hip"] + space["mid_shoulder"]) / 2 - lens))
    trunk = float(np.linalg.norm(space["mid_hip"] - space["mid_shoulder"])) * focal / away
    own = joints[near]
    inside = bool(((own >= 0) & (own < (camera["width"], camera["height"]))).all())
    return Still(person, pose, distance, file, joints, near, trunk, inside)


@dataclass(frozen=True)
class Outcome:
    """The result of an estimator on one still."""

    still: Still
    found: bool
    right: bool
    error: float
    """Mean over the near side's joints, in trunk lengths; infinite if nobody was found."""
    after: float
    """Seconds until somebody was found for good; infinite if nobody was."""
    slowest: float
    """Seconds that the slowest picture took."""


def error_of(pose: Pose, seen: Still) -> Floats:
    """How far the near side's joints are from the truth, in trunk lengths; left and right may be swapped."""
    errors = [
        np.linalg.norm(pose.points[[one + side for one in NEAR_JOINTS.values()]] - seen.joints[seen.near], axis=1)
        for side in (0, 1)
    ]
    return np.asarray(min(errors, key=lambda one: float(one.mean())) / seen.trunk)


def look(estimator: Estimator, seen: Still) -> Outcome:
    """Show a still for some seconds."""
    random, image = np.random.default_rng(1), seen.image()
    poses: list[Pose | None] = []
    slowest = 0.0
    for index in range(round(RATE * SECONDS)):
        frame = Frame(index / RATE, noisy(image, random))
        began = time.perf_counter()
        poses.append(estimator(frame))
        slowest = max(slowest, time.perf_counter() - began)
    there = [pose is not None and float(error_of(pose, seen).mean()) <= THERE_WITHIN for pose in poses]
    last = poses[-1]
    if last is None or not there[-1]:
        return Outcome(seen, False, False, float("inf"), float("inf"), slowest)
    errors = error_of(last, seen)
    since = len(there) - there[::-1].index(False) if False in there else 0
    return Outcome(seen, True, bool((errors <= RIGHT_WITHIN).all()), float(errors.mean()), since / RATE, slowest)


@dataclass(frozen=True)
class Film:
    """A movement from one pose into another, in front of one camera."""

    start: str
    pose: str
    distance: float
    stills: tuple[Still, ...]


def films_of(folder: Path, person: str, whole: bool = False) -> Iterator[Film]:
    """The rendered films of one group, or those of its whole sessions."""
    from tools.render.across_room import FILM_TRUTH, SESSION_TRUTH, films, sessions

    truths = json.loads((folder / (SESSION_TRUTH if whole else FILM_TRUTH)).read_text(encoding="utf-8"))
    for film in sessions() if whole else films():
        stills = tuple(still(folder / name, person, film.pose, film.distance, truths[name]) for name in film.files)
        if all(one.inside for one in stills):
            yield Film(film.start, film.pose, film.distance, stills)


STARTS, HOLDS = 2, 4
"""Seconds in the first pose, and in the last."""
EACH = 3
"""How often each picture in between is shown: the movement takes a second and a half."""


@dataclass(frozen=True)
class Hold:
    """The result of an estimator on the hold of a film."""

    film: Film
    found: float
    """Fraction of its pictures in which somebody is found."""
    right: float


def there(film: Film, rate: int, each: int, hold: float) -> list[Still]:
    """What a film shows at this rate: the first pose, each picture of the way `each` times, and the last pose for `hold` seconds."""
    first, *way, last = film.stills
    return [*[first] * (STARTS * rate), *(one for one in way for _ in range(each)), *[last] * round(hold * rate)]


def play(estimator: Estimator, film: Film) -> Hold:
    """Show a film to an estimator."""
    random = np.random.default_rng(1)
    shown = there(film, RATE, EACH, HOLDS)
    images = {one.file: one.image() for one in film.stills}
    found, right = [], []
    for index, seen in enumerate(shown):
        pose = estimator(Frame(index / RATE, noisy(images[seen.file], random)))
        errors = None if pose is None else error_of(pose, seen)
        found.append(errors is not None and bool(errors.mean() <= THERE_WITHIN))
        right.append(errors is not None and bool((errors <= RIGHT_WITHIN).all()))
    hold = HOLDS * RATE
    return Hold(film, sum(found[-hold:]) / hold, sum(right[-hold:]) / hold)


def play_all(films: Sequence[Film], make: Callable[[], Estimator]) -> list[Hold]:
    """Show every film to a fresh estimator."""
    holds = []
    for film in films:
        with make() as estimator:
            holds.append(play(estimator, film))
    return holds


def report_films(holds: Mapping[str, Sequence[Hold]]) -> None:
    """Shares of the holds, before and after, by movement and distance."""
    columns = [f"{what} {name}" for what in ("found", "right") for name in holds]
    print(
        f"\n| into the stretch | meters | films | {' | '.join(columns)} |\n|---|---|---" + "|---" * len(columns) + "|"
    )
    some = next(iter(holds.values()))
    by_distance = [("all", distance) for distance in dict.fromkeys(_movement(one.film)[1] for one in some)]
    for key in [*dict.fromkeys(_movement(one.film) for one in some), *by_distance, ("all", "")]:
        rows = [
            [one for one in one_way if all(a in (b, "all", "") for a, b in zip(key, _movement(one.film), strict=True))]
            for one_way in holds.values()
        ]
        cells = [
            f"{100 * statistics.mean(shares):.0f}%"
            for shares in [[one.found for one in row] for row in rows] + [[one.right for one in row] for row in rows]
        ]
        print(f"| {key[0]} | {key[1]} | {len(rows[0])} | " + " | ".join(cells) + " |")


def _movement(film: Film) -> tuple[str, str]:
    return f"{film.start} → {film.pose}", f"{film.distance:g}"


EXERCISES: Mapping[str, str] = {
    "thoracic_stretch_full": "thoracic_stretch", "childs_pose": "childs_pose", "cat": "cat_cow", "cobra": "cobra",
    "standing_fold": "standing_forward_fold",
}  # fmt: skip
"""The exercise of each film's last pose."""
SESSION_RATE = 5
"""Pictures per second of a session."""
WAY, LONGER = 3.0, 2.0
"""Seconds that getting into the pose takes in a session, and for which the pose is held beyond what the exercise asks for."""


class Acted(Source):
    """A film into the pose and back, with the whole hold, of somebody who breathes, taken by a camera with noise."""

    def __init__(self, film: Film, hold: float) -> None:
        self.info = SourceInfo("film", "film", live=False)
        each = round(WAY * SESSION_RATE / (len(film.stills) - 2))
        self._shown = there(film, SESSION_RATE, each, hold + LONGER)
        around = len(self._shown) - round((hold + LONGER) * SESSION_RATE)
        self._shown += self._shown[around - 1 :: -1]
        self._images = {one.file: one.image() for one in film.stills}
        self.held = around / SESSION_RATE, (len(self._shown) - around) / SESSION_RATE
        """From when to when the pose is held, seconds."""

    def __iter__(self) -> Iterator[Frame]:
        random = np.random.default_rng(1)
        for index, seen in enumerate(self._shown):
            t = index / SESSION_RATE
            yield Frame(t, noisy(breathing(self._images[seen.file], t), random))


@dataclass(frozen=True)
class Judged:
    """What the coach made of a session."""

    film: Film
    counted: bool
    unseen: float
    """Seconds of the hold that were counted without being seen."""
    faults: tuple[str, ...]
    longest_loss: float
    """The longest time during the hold in which nobody was found, seconds."""


def judge(film: Film) -> Judged:
    """Show a session to the coach."""
    exercise = load_exercise(EXERCISES[film.pose]).with_dose(reps=1)
    settings = for_stretching(Settings(), [exercise])
    source = Acted(film, exercise.dose.hold)
    faults: list[str] = []
    lost = longest = 0.0
    summary = None
    with RoomEstimator(settings.estimator, settings.follow) as estimator:
        for tick in coach(source, estimator, [exercise], settings):
            faults += [event.fault for event in tick.events if isinstance(event, on.FaultSeen)]
            lost = (
                lost + 1 / SESSION_RATE
                if tick.pose is None and source.held[0] <= tick.frame.t < source.held[1]
                else 0.0
            )
            longest, summary = max(longest, lost), tick.state.summary
    unseen = 0.0 if summary is None else summary.unseen
    judged = Judged(film, summary is not None and summary.counted > 0, unseen, tuple(dict.fromkeys(faults)), longest)
    person, told = film.stills[0].person, ", ".join(judged.faults) or "no mistake"
    print(f"{person}, {_movement(film)[0]}: {'counted' if judged.counted else 'NOT counted'}, {told}", flush=True)
    return judged


def report_sessions(judged: Sequence[Judged]) -> None:
    """What was counted and which mistakes were named, by movement."""
    print("\n| session | of | counted | mistakes named | longest loss in a hold, s | counted unseen, s |")
    print("|---|---|---|---|---|---|")
    for key in [*dict.fromkeys(_movement(one.film)[0] for one in judged), "all"]:
        row = [one for one in judged if key in ("all", _movement(one.film)[0])]
        named = ", ".join(fault for one in row for fault in one.faults)
        print(
            f"| {key} | {len(row)} | {sum(one.counted for one in row)} | {named or '–'} | "
            f"{max(one.longest_loss for one in row):.1f} | {max(one.unseen for one in row):.1f} |"
        )


def makers() -> Mapping[str, Callable[[], Estimator]]:
    """Factories of the estimators being compared."""
    settings = for_stretching(Settings())
    return {
        "before": lambda: PoseEstimator(settings.estimator, settings.follow),
        "after": lambda: RoomEstimator(settings.estimator, settings.follow),
    }


def measure(stills: Sequence[Still], make: Callable[[], Estimator]) -> list[Outcome]:
    """Show every still to a fresh estimator."""
    outcomes = []
    for seen in stills:
        with make() as estimator:
            outcomes.append(look(estimator, seen))
    return outcomes


Result = Hold | Outcome


def together(new: Mapping[str, list[Any]], file: Path | None) -> Mapping[str, list[Any]]:
    """The results with those of the same kind in the file, to which they are added; without a file, only they."""
    if file is None:
        return new
    with file.open("a", encoding="utf-8") as kept:
        kept.writelines(f"{json.dumps(_record(name, one))}\n" for name, found in new.items() for one in found)
    kind = next((type(one).__name__ for found in new.values() for one in found), "")
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {name: [_result(one) for one in records if (one["kind"], one["by"]) == (kind, name)] for name in new}


def _record(name: str, one: Result) -> dict[str, Any]:
    about = {"kind": type(one).__name__, "by": name, "found": one.found, "right": one.right}
    if isinstance(one, Hold):
        return {**about, "start": one.film.start, "pose": one.film.pose, "distance": one.film.distance}
    shown = {"person": one.still.person, "pose": one.still.pose, "distance": one.still.distance}
    return {**about, **shown, "error": one.error, "after": one.after, "slowest": one.slowest}


def _result(one: Mapping[str, Any]) -> Result:
    if one["kind"] == Hold.__name__:
        return Hold(Film(one["start"], one["pose"], one["distance"], ()), one["found"], one["right"])
    shown = Still(one["person"], one["pose"], one["distance"], Path(), np.empty(0), 0, 0.0, inside=True)
    return Outcome(shown, one["found"], one["right"], one["error"], one["after"], one["slowest"])


def share(values: Iterable[bool]) -> str:
    """A percentage, with the number of cases if there are few."""
    cases = list(values)
    return "–" if not cases else f"{100 * sum(cases) / len(cases):.0f}%"


def table(by: str, outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    """Found and right, before and after, by distance or pose."""
    names = list(outcomes)
    print(
        f"\n| {by} | stills | " + " | ".join(f"{what} {name}" for what in ("found", "right") for name in names) + " |"
    )
    print("|---|---" + "|---" * (2 * len(names)) + "|")
    some = next(iter(outcomes.values()))
    keys = list(dict.fromkeys(getattr(one.still, by) for one in some))
    for key in [*keys, "all"]:
        chosen = {
            name: [one for one in results if key == "all" or getattr(one.still, by) == key]
            for name, results in outcomes.items()
        }
        cells = [
            share(getattr(one, what) for one in results) for what in ("found", "right") for results in chosen.values()
        ]
        print(f"| {key} | {len(chosen[names[0]])} | " + " | ".join(cells) + " |")


def report(outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    """All tables of the stills."""
    table("distance", outcomes)
    table("pose", outcomes)
    for name, results in outcomes.items():
        found = [one for one in results if one.found]
        after = sorted(one.after for one in found)
        print(
            f"\n{name}: error median {statistics.median(one.error for one in found):.2f}, "
            f"90 % {np.quantile([one.error for one in found], 0.9):.2f} trunk lengths of those found; found after "
            f"{np.quantile(after, 0.5):.1f} s (median), {np.quantile(after, 0.95):.1f} s (95 %); slowest picture of a still "
            f"{1000 * statistics.median(one.slowest for one in results):.0f} ms (median), "
            f"{1000 * max(one.slowest for one in results):.0f} ms (most)"
        )


def cost(clip: Path) -> tuple[float, float, float, float]:
    """Milliseconds of processor time per picture: the coach's estimator, MediaPipe alone, their ratio; and the share in which the former finds somebody.

    The first second, in which the models warm up, is left out.
    """
    settings = for_stretching(Settings())
    with VideoSource(clip, rate=RATE) as video:
        frames = list(video)
    pairs, found = [], 0.0
    for _ in range(TURNS):
        with RoomEstimator(settings.estimator, settings.follow) as estimator:
            ours, _ = _spent(frames, lambda frame: estimator(frame) is not None)
        with BareMediaPipe(settings.estimator.model) as bare:
            alone, found = _spent(frames, lambda frame: frame.image is not None and bare(frame.image, frame.t))
        pairs.append((ours, alone))
    ours_ms, bare_ms = (1000 * statistics.median(one) for one in zip(*pairs, strict=True))
    return ours_ms, bare_ms, statistics.median(ours / alone for ours, alone in pairs), found


def _spent(frames: Sequence[Frame], find: Callable[[Frame], bool]) -> tuple[float, float]:
    """Processor seconds per picture, and the fraction of pictures in which somebody was found."""
    began, found = 0.0, 0
    for index, frame in enumerate(frames):
        if index == RATE:
            began = time.process_time()
        found += find(frame)
    return (time.process_time() - began) / (len(frames) - RATE), found / len(frames)


class Stamped(Source):
    """Pictures in memory, with the times at which they were handed over."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.info = SourceInfo("memory", "memory", live=True)
        self._frames, self.given = frames, 0.0

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._frames:
            self.given = time.perf_counter()
            yield frame


def latency(clip: Path, exercise: str) -> list[float]:
    """Seconds from each picture of a clip to the coach's words about it; the first second, in which the models warm up, is left out."""
    settings = for_stretching(Settings())
    with VideoSource(clip, rate=RATE) as video:
        source = Stamped(list(video))
    lasted = []
    with RoomEstimator(settings.estimator, settings.follow) as estimator:
        for tick in coach(source, estimator, [load_exercise(exercise)], settings):
            lasted.append((tick.frame.t, time.perf_counter() - source.given))
    return [seconds for t, seconds in lasted if t >= 1]


CLIPS = {"childs_pose": "childs_pose", "childs_pose_far": "childs_pose", "thoracic_stretch_far": "thoracic_stretch"}
"""Sample videos, and the exercise in each."""


def report_cost() -> bool:
    """Print cost and latency; returns whether the aim was missed."""
    missed = False
    for name, exercise in CLIPS.items():
        clip = Path(__file__).parents[1] / "sample_videos" / f"{name}.mp4"
        ours, alone, ratio, found = cost(clip)
        lasted = latency(clip, exercise)
        middle, slow = 1000 * np.quantile(lasted, (0.5, 0.95))
        missed |= ratio > AIM
        print(
            f"{name}: {ours:.1f} ms of processor time a picture, MediaPipe alone {alone:.1f} ms (finds somebody in "
            f"{100 * found:.0f}%), {ratio:.2f} times; from picture to cue {middle:.0f} ms (median), {slow:.0f} ms (95 %)",
            flush=True,
        )
    return missed


def main() -> int:
    """Render what is missing, measure and print; returns 1 if the cost misses its aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("test", "tune"), default="test")
    parser.add_argument("--people", type=program.at_least_one, default=4)
    parser.add_argument("--who", nargs="*", default=[], help="only these of the people")
    parser.add_argument(
        "--outcomes", type=program.new_file, help="add what was measured to this file, and print all of it"
    )
    parser.add_argument("--only", choices=("stills", "films", "sessions", "cost"), action="append", default=[])
    arguments = parser.parse_args()
    parts = arguments.only or ["stills", "films", "sessions", "cost"]
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tools.render import across_room

    groups = across_room.plan(arguments.split, arguments.people)
    groups = [group for group in groups if not arguments.who or group.person in arguments.who]
    if not groups:
        people = ", ".join(group.person for group in across_room.plan(arguments.split, arguments.people))
        parser.error(f"--who: none of the {arguments.split} people; there are {people}")
    for group in groups:
        if "stills" in parts:
            across_room.photograph(group, across_room.cache(), list(across_room.views()))
        if "films" in parts:
            across_room.photograph(group, across_room.cache(), list(across_room.films()), across_room.FILM_TRUTH)
        if "sessions" in parts:
            across_room.photograph(group, across_room.cache(), list(across_room.sessions()), across_room.SESSION_TRUTH)
    folders = {group.person: across_room.cache() / group.name for group in groups}
    print(
        f"{len(groups)} {arguments.split} people; pictures in which the near side's joints are not all inside are left out"
    )
    if "films" in parts:
        films = [one for person, folder in folders.items() for one in films_of(folder, person)]
        report_films(together({name: play_all(films, make) for name, make in makers().items()}, arguments.outcomes))
    if "sessions" in parts:
        report_sessions(
            [judge(one) for person, folder in folders.items() for one in films_of(folder, person, whole=True)]
        )
    if "stills" in parts:
        stills = [one for person, folder in folders.items() for one in stills_of(folder, person) if one.inside]
        report(together({name: measure(stills, make) for name, make in makers().items()}, arguments.outcomes))
    return int("cost" in parts and report_cost())


if __name__ == "__main__":
    program.run(main)
