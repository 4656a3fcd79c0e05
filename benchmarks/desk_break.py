"""A break at the desk through the real model: rendered people do what the coach says, seen by a camera in front of them.

    python benchmarks/desk_break.py                        # three minutes, the six test people one after the other
    python benchmarks/desk_break.py --minutes 5 --people karl

The pictures are the stills of `benchmarks/coach.py` (`tools/render/coaching.py`), rendered if they are missing; the way into a
pose goes through its depths, and every picture has new noise and sways with the breath. `tools.cues` writes down the same from landmarks alone; here the coach's
own estimator looks at each picture. It prints every word with its time; what was counted, only timed and corrected; words that were cut off; the longest
silence; and how long a check took. Exercises without stills from the front are sat through, and have to be only timed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import program

from posturecam.coach import events as on
from posturecam.coach.cues import SayKind
from posturecam.coach.exercise import Side
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import pick
from posturecam.coach.loop import CoachTick, coach, for_stretching, summarize
from posturecam.config.settings import BreakMinutes, Settings, VoiceSettings
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View
from posturecam.vision.frame import Frame, Image, Source, SourceInfo
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.voice.speaking_time import speaking_time
from tools.obeying import SITTING
from tools.render import coaching

RATE = 5.0
"""Checks per second."""
HEARING = 1.0
"""Seconds until somebody begins to do what was said."""
DEPTHS_A_SECOND = 2.5
"""Depths per second at which they move: through the four depths of a pose in 1.6 s."""
NOISE = 1.5
"""Standard deviation of the noise, gray levels."""
SWAY, BREATH = 0.002, 4.0
"""How far they sway and breathe to either side, in picture widths (about 4 mm), and seconds per breath. Nobody sits as
still as a photograph, which the estimator rightly does not take for a person."""
IN = (CoachPhase.ENTERING, CoachPhase.HOLDING)
Pictures = Mapping[tuple[str, str], Path]
Wanted = tuple[str, float, bool]
"""Which exercise, how deep (0 is the start pose, 4 the whole way), and whether to the other side."""


def pictures_of(person: str) -> Pictures:
    """The stills of one person with the camera in front, by exercise and role."""
    mine = [
        group
        for split in ("tune", "test")
        for group in coaching.groups(split)
        if group.person == person and group.camera.endswith("in_front")
    ]
    return {
        (one.exercise, one.role): file for group in mine for one, file in coaching.photograph(group, coaching.cache())
    }


def noisy(image: Image, random: np.random.Generator) -> Image:
    """The picture with new noise."""
    return np.clip(image + random.normal(0, NOISE, image.shape).astype(np.float32), 0, 255).astype(np.uint8)


def breathing(image: Image, t: float) -> Image:
    """The picture at this time, moved a little by breath."""
    height, width = image.shape[:2]
    phase = 2 * math.pi * t / BREATH
    way = SWAY * width * math.sin(phase), SWAY * width / 2 * math.sin(phase + 1)
    shift = np.array([[1, 0, way[0]], [0, 1, way[1]]], np.float32)
    return np.asarray(cv2.warpAffine(image, shift, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


class ObeyingPictures(Source):
    """Somebody who follows the coach: goes into the pose, holds it and comes back on request. Pass every tick to `hear`."""

    def __init__(self, pictures: Pictures) -> None:
        self.info = SourceInfo("rendered", "rendered", live=True)
        self._pictures, self._random = pictures, np.random.default_rng(0)
        self._asked: tuple[float, Wanted] | None = None
        self._goal: Wanted = (SITTING, 0.0, False)
        self._loaded: dict[Path, Image] = {}

    def hear(self, tick: CoachTick) -> None:
        """Take in what the coach wants now."""
        exercise = tick.exercise.id
        depth = 4.0 if tick.state.phase in IN else 0.0
        if (exercise, "start") not in self._pictures:
            exercise, depth = SITTING, 0.0
        wanted = exercise, depth, tick.state.side is Side.RIGHT
        if self._asked is None or self._asked[1] != wanted:
            self._asked = (tick.frame.t + HEARING, wanted)

    def __iter__(self) -> Iterator[Frame]:
        depth = 0.0
        exercise, _, other_side = self._goal
        for index in range(round(600 * RATE)):
            t = index / RATE
            if self._asked is not None and t >= self._asked[0]:
                self._goal = self._asked[1]
            same = self._goal[0] == exercise and self._goal[2] == other_side
            target = self._goal[1] if same else 0.0
            depth += max(min(target - depth, DEPTHS_A_SECOND / RATE), -DEPTHS_A_SECOND / RATE)
            if depth <= 0.0:
                exercise, _, other_side = self._goal
            picture = breathing(self._picture(exercise, round(depth), other_side), t)
            yield Frame(t, noisy(picture, self._random))

    def _picture(self, exercise: str, depth: int, other_side: bool) -> Image:
        file = self._pictures[exercise, str(depth) if depth else "start"]
        if file not in self._loaded:
            self._loaded[file] = np.asarray(cv2.imread(str(file)), np.uint8)
        return np.ascontiguousarray(self._loaded[file][:, ::-1]) if other_side and depth else self._loaded[file]


def lead(person: str, minutes: float, language: str) -> None:
    """Run one break and print it."""
    choose_language(language)
    speaking = speaking_time(VoiceSettings(), language, tr)
    user = ObeyingPictures(pictures_of(person))
    exercises = pick(View.FRONT, minutes, speaking=speaking)
    settings = for_stretching(Settings(), exercises)
    print(f"\n## {person}: {', '.join(one.id for one in exercises)}\n")
    ticks, looks, counted = list[CoachTick](), list[float](), list[str]()
    busy = heard = silence = 0.0
    cut = 0
    with LazyEstimator(settings) as estimator:
        began = time.perf_counter()
        for tick in coach(user, estimator, exercises, settings, paced=True, speaking=speaking):
            looks.append(time.perf_counter() - began)
            user.hear(tick)
            ticks.append(tick)
            t, say = tick.frame.t, tick.say
            for line in filter(None, map(_told, tick.events)):
                print(f"{t:6.1f} {'':10} <{line}>")
            if say is not None and say.kind is SayKind.COUNT:
                counted.append(say.text)
                heard = t
            elif say is not None:
                if counted:
                    print(f"{'':17} {' '.join(counted)}")
                    counted.clear()
                cuts_off = say.interrupts and t < busy - 0.05
                print(f"{t:6.1f} {tick.state.phase.value:10} {tr(say.text)}{' (cuts words off)' if cuts_off else ''}")
                cut += cuts_off
                silence = max(silence, t - max(busy, heard))
                busy = heard = t + speaking(say.text)
            began = time.perf_counter()
    _summarize(ticks, looks, cut, silence)


def _told(event: on.Event) -> str | None:
    match event:
        case on.RepCounted(result=result):
            return f"counted{'' if result.clean else ', not clean'}"
        case on.RepTimed():
            return "done by time"
        case on.RepPartial():
            return "partial"
        case on.LedByTime():
            return "from here by time"
        case on.FaultSeen(fault=fault):
            return f"mistake: {fault}"
        case _:
            return None


def _summarize(ticks: Sequence[CoachTick], looks: Sequence[float], cut: int, silence: float) -> None:
    sets = summarize(ticks).sets
    print("\n| exercise | counted | by time | of | mistakes heard |\n|---|---|---|---|---|")
    for one in sets:
        faults = sorted({fault for result in one.results for fault in result.faults})
        print(
            f"| {one.exercise.id} | {one.counted} | {one.timed} | {one.exercise.holds} | {', '.join(faults) or '–'} |"
        )
    slowest = statistics.quantiles(looks, n=20)[-1]
    print(
        f"\n{ticks[-1].frame.t:.0f} s; words cut off {cut} times; longest silence {silence:.0f} s; "
        f"a look {1000 * statistics.median(looks):.0f} ms, 95 % within {1000 * slowest:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, choices=get_args(BreakMinutes), default=3)
    parser.add_argument("--language", choices=tuple(LANGUAGES), default="en")
    people = {
        split: [group.person for group in coaching.groups(split) if group.camera == "mat"] for split in ("test", "tune")
    }
    parser.add_argument(
        "--people", nargs="+", choices=[*people["test"], *people["tune"]], default=people["test"], metavar="NAME"
    )
    options = parser.parse_args()
    for person in options.people:
        lead(person, options.minutes, options.language)


if __name__ == "__main__":
    program.run(main)
