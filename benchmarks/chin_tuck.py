"""Chin tucks in a break at the desk, judged from the front by the face: counted when done, and not otherwise.

    python benchmarks/chin_tuck.py                     # the test people, a laptop's camera and one on a monitor
    python benchmarks/chin_tuck.py --split tune

Rendered people sit, do what is named, hold it and come back; stills with new noise go through the coach's own estimator. Missing pictures are
rendered (four minutes for each split) and kept beside those of `benchmarks/coach.py`.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import program
from desk_break import RATE, noisy

from posturecam.coach import events as on
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.by_time import lead_in
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach, for_stretching, summarize
from posturecam.config.settings import Settings
from posturecam.posture.view import View
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.lazy_estimator import LazyEstimator
from tools.render import coaching
from tools.render.cameras import PLACEMENTS, place
from tools.render.motion import Life
from tools.render.parameters import Place
from tools.render.people import PEOPLE, Split
from tools.render.posture import POSTURES, Posture, build, eye_height
from tools.render.rooms import ROOMS
from tools.render.scene import Scene
from tools.render.sensor import SENSORS

CAMERAS = ("laptop", "monitor")
_ROOM = {"tune": "yoga room", "test": "living room floor"}
_LIGHTS = ("day", "overcast", "evening")
_SIT = POSTURES["upright_hands_on_legs"]
_TUCK = replace(POSTURES["chin_tuck"], left_hand={Place.LEG: 1.0}, right_hand={Place.LEG: 1.0})
_SHARES = (0.5, 0.68, 0.84, 1.0, 1.0)
"""How much of the tuck each of its stills shows."""
STILLS: Mapping[str, Posture] = {
    **{f"start{number}": _SIT for number in range(4)},
    **{f"tuck{number}": _SIT.towards(_TUCK, share) for number, share in enumerate(_SHARES)},
    "nodding": _TUCK.plus(high_neck=26),
    "leaning back": _TUCK.plus(pelvis=-12),
    "leaning back by 6°": _SIT.plus(pelvis=-6),
}
WAYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a whole tuck": (("tuck0", "tuck1", "tuck2"), ("tuck3", "tuck4")),
    "half a tuck": ((), ("tuck0",)),
    "sitting still": ((), ("start1", "start2")),
    "nodding": ((), ("nodding",)),
    "leaning back": ((), ("leaning back",)),
    "leaning back by 6°": ((), ("leaning back by 6°",)),
}
"""What is done: the stills on the way, and those in between which it is held."""

Pictures = Mapping[str, Image]


class Film(Source):
    """Stills one after another, each with new noise."""

    info = SourceInfo("rendered", "rendered", live=True)

    def __init__(self, pictures: Sequence[Image]) -> None:
        self._pictures, self._random = pictures, np.random.default_rng(0)

    def __iter__(self) -> Iterator[Frame]:
        for number, picture in enumerate(self._pictures):
            yield Frame(number / RATE, noisy(picture, self._random))


def pictures_of(split: Split, person: str, camera: str, folder: Path) -> Pictures:
    """The stills of one person with one camera, by name; rendered where they are missing."""
    seed = zlib.crc32(f"{split}{person}{camera}tuck".encode())
    random = np.random.default_rng(seed)
    files = {name: folder / f"{split}_{person}_{camera}_{name.replace(' ', '_')}.jpg" for name in STILLS}
    if not all(file.exists() for file in files.values()):
        folder.mkdir(parents=True, exist_ok=True)
        room = replace(ROOMS[_ROOM[split]], chair="kitchen", desk="none", mat=False)
        with Scene(room, _LIGHTS[seed % len(_LIGHTS)], [PEOPLE[person]], 640, 480) as scene:
            (body,) = scene.bodies
            lens = place(PLACEMENTS[camera], eye_height(body), random, (640, 480))
            for number, (name, posture) in enumerate(STILLS.items()):
                life = Life(seed=int(random.integers(1 << 30)), sway=0.5)
                posed = build(body, life.added_to(posture, t=float(random.uniform(0, 60)), typing=0.0))
                picture = scene.picture([posed], lens, SENSORS["good webcam"], seed=number)
                cv2.imwrite(str(files[name]), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return {name: np.asarray(cv2.imread(str(file)), np.uint8) for name, file in files.items()}


def film(pictures: Pictures, way: str, exercise: Exercise) -> Film:
    """Somebody sits through the announcement, goes into it, holds it for five seconds and comes back."""
    on_the_way, held = WAYS[way]
    shown = ["start0"] * round((lead_in(exercise) + 2) * RATE)
    shown += [name for name in on_the_way for _ in range(3)]
    shown += [held[number // 12 % len(held)] for number in range(27)]
    shown += [name for name in reversed(on_the_way) for _ in range(2)]
    return Film([pictures[name] for name in shown + ["start3"] * 30])


def judged(pictures: Pictures, way: str) -> tuple[bool, set[str]]:
    """Whether it was counted, and the mistakes that were named."""
    exercise = load_exercise("chin_tuck").at_desk(View.FRONT).with_dose(hold=4, reps=1)
    settings = for_stretching(Settings(), [exercise])
    with LazyEstimator(settings) as estimator:
        ticks = list(coach(film(pictures, way, exercise), estimator, [exercise], Settings(), paced=True))
    faults = {event.fault for tick in ticks for event in tick.events if isinstance(event, on.FaultSeen)}
    return summarize(ticks).sets[0].counted > 0, faults


def main() -> None:
    """Print, for each way, how often it was counted and how often a mistake was named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("tune", "test"), default="test")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), metavar="WAY")
    options = parser.parse_args()
    people = dict.fromkeys(group.person for group in coaching.groups(options.split))
    folder = coaching.cache().parent / "chin_tuck"
    print(f"| {options.split} people | counted | of | a mistake named |\n|---|---|---|---|")
    for way in options.ways:
        found = [
            judged(pictures_of(options.split, person, camera, folder), way) for person in people for camera in CAMERAS
        ]
        named = sum(bool(faults) for _, faults in found)
        print(f"| {way} | {sum(counted for counted, _ in found)} | {len(found)} | {named} |", flush=True)


if __name__ == "__main__":
    program.run(main)
