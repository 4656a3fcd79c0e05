"""Scripted working hours: who does what and when, generated from a seed, and the checks that a camera makes of it."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from activities import (
    AS_PEOPLE_WORK,
    AWAY,
    CHAIR,
    CHIN_DOWN,
    GLANCES,
    HARMLESS,
    LID,
    PHONE,
    SLOUCHES,
    Activity,
    shows,
)
from stills import UPRIGHT

LOOKS_A_SECOND = 2
CALIBRATION_SECONDS = 15.0
CALIBRATION_LOOKS_A_SECOND = 5
"""The rate at which the program itself checks while calibrating."""
_SITS = (15.0, 60.0)
"""Seconds of upright typing between two activities."""
_BETWEEN_SLOUCHES = (120.0, 300.0)
_SLOUCHES = (150.0, 480.0)
"""Seconds. The shortest leaves room for the two minutes after which a mild slouch raises an alert, and for glances in
it."""
_STAYS = (40.0, 120.0)
"""Seconds of slouching between two glances."""
_GLANCE = (3.0, 8.0)
_HELD = (1.0, 4.0)
"""Seconds for which one still stays, before another of the same posture takes its place."""
_CHAIR_SCALE = 0.1
"""A moved chair scales everything by up to this much about the picture's center."""
_CHAIR_ACROSS, _CHAIR_HEIGHT = 0.10, 0.03
"""And shifts it by up to this fraction of the picture's width and height."""
_CHIN_DROPS = 0.5
"""Fraction of the interruptions of a slouch in which the chin sinks."""
_LONG = 0.3
"""How likely the long look at the phone follows a slouch, until it has happened."""
_CHAIR_SCALE_FAR = 0.3
"""The same with `as_people_work`, and in long hours."""
_LID = 15.0
"""Most degrees by which a lid is tilted, up or down."""
NOISE_COPIES = 3
"""Number of slightly different copies of a still's landmarks that simulate jitter while a posture is held."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: float
    """Seconds."""
    end: float


@dataclass(frozen=True, slots=True)
class Part(_Stretch):
    """Somebody doing one thing."""

    activity: str
    postures: tuple[str, ...]
    """The postures that may be shown; empty if nobody is there."""


@dataclass(frozen=True, slots=True)
class Slouch(_Stretch):
    """A real slouch, with the glances in it."""

    depth: str


@dataclass(frozen=True, slots=True)
class Script:
    """What happens during some working time."""

    parts: tuple[Part, ...]
    slouches: tuple[Slouch, ...]

    @property
    def seconds(self) -> float:
        """Its duration."""
        return self.parts[-1].end


class Chair(NamedTuple):
    """The chair's position, as it appears in the picture."""

    scale: float = 1.0
    across: float = 0.0
    """Picture widths."""
    height: float = 0.0
    """Picture heights."""
    lid: float = 0.0
    """How far the camera was tilted up, degrees."""


class Shot(NamedTuple):
    """What is in front of the camera at one check: a still, moved with the chair, in one copy of its jitter."""

    still: int
    """Its row among the group's stills."""
    chair: Chair
    copy: int
    """Which jittered copy."""


@dataclass(frozen=True, slots=True)
class Look:
    """One check of the camera."""

    t: float
    shot: Shot | None
    """None if nobody is there."""


class _Writer:
    """Writes the parts one after another, never beyond the end."""

    def __init__(self, postures: Collection[str], seconds: float, numbers: random.Random, as_people_work: bool) -> None:
        self.parts: list[Part] = []
        self.slouches: list[Slouch] = []
        self.t, self.end = 0.0, seconds
        self._numbers = numbers
        self._harmless = [
            activity
            for activity in (*HARMLESS, *(AS_PEOPLE_WORK if as_people_work else ()))
            if activity is AWAY or any(shows(posture, activity.postures) for posture in postures)
        ]
        self._chin_drops = as_people_work and any(shows(posture, CHIN_DOWN.postures) for posture in postures)
        self._long = [PHONE] if as_people_work and any(shows(posture, PHONE.postures) for posture in postures) else []
        self._glances = [activity for activity in self._harmless if activity.name in GLANCES]
        self._depths = [
            depth for depth, names in SLOUCHES.items() if any(shows(posture, names) for posture in postures)
        ]

    def write(self) -> Script:
        depths: list[str] = []
        while self.t < self.end:
            self._work(until=min(self.t + self._numbers.uniform(*_BETWEEN_SLOUCHES), self.end))
            length = self._numbers.uniform(*_SLOUCHES)
            if not self._depths or self.t + length > self.end:
                self._work(until=self.end)
                break
            depths = depths or self._numbers.sample(self._depths, len(self._depths))
            self._slouch(depths.pop(), until=self.t + length)
            if self._long and self._numbers.random() < _LONG:
                activity = self._long.pop()
                self._do(activity, activity.longest, self.end)
        return Script(tuple(self.parts), tuple(self.slouches))

    def _work(self, until: float) -> None:
        while self.t < until:
            self._add("types", (UPRIGHT,), self._numbers.uniform(*_SITS), until)
            activity = self._numbers.choice(self._harmless)
            self._do(activity, self._numbers.uniform(activity.shortest, activity.longest), until)

    def _slouch(self, depth: str, until: float) -> None:
        self.slouches.append(Slouch(self.t, until, depth))
        while self.t < until:
            self._add(f"slouches: {depth}", SLOUCHES[depth], self._numbers.uniform(*_STAYS), until)
            if self._chin_drops and self._numbers.random() < _CHIN_DROPS:
                self._do(CHIN_DOWN, self._numbers.uniform(CHIN_DOWN.shortest, CHIN_DOWN.longest), until)
            elif self._glances:
                self._do(self._numbers.choice(self._glances), self._numbers.uniform(*_GLANCE), until)

    def _do(self, activity: Activity, seconds: float, until: float) -> None:
        self._add(activity.name, activity.postures, seconds, until)

    def _add(self, activity: str, postures: tuple[str, ...], seconds: float, until: float) -> None:
        end = min(self.t + seconds, until)
        if end > self.t:
            self.parts.append(Part(self.t, end, activity, postures))
            self.t = end


def write_script(
    postures: Collection[str], seconds: float, numbers: random.Random, as_people_work: bool = False
) -> Script:
    """Write a script for somebody with stills in these postures.

    Upright typing with harmless activities in between, and every few minutes a slouch of each depth in turn; postures
    without stills do not occur. `as_people_work` adds what happens in long hours: lids tilted by up to 15°, chairs
    moved by up to 30 %, the chin dropped within a slouch, leaning sideways for minutes, twenty minutes on the phone.

    Raises:
        ValueError: if none of them is upright.
    """
    if UPRIGHT not in postures:
        raise ValueError(f"a working hour needs stills of {UPRIGHT!r}, got {sorted(postures)}")
    return _Writer(postures, seconds, numbers, as_people_work).write()


def looks_at(
    script: Script, stills: Mapping[str, Sequence[int]], numbers: random.Random, as_people_work: bool = False
) -> Iterator[Look]:
    """The checks of a camera watching the script performed: two a second, a fresh still every few seconds.

    `stills` are those of one group, by posture.
    """
    chair, still, held_until = Chair(), 0, -1.0
    parts = iter(script.parts)
    part = next(parts)
    choices = _choices(part, stills)
    for number in range(round(script.seconds * LOOKS_A_SECOND)):
        t = number / LOOKS_A_SECOND
        while t >= part.end:
            part, held_until = next(parts), -1.0
            choices = _choices(part, stills)
            if part.activity == CHAIR.name:
                chair = _moved(numbers, _CHAIR_SCALE_FAR if as_people_work else _CHAIR_SCALE, chair.lid)
            elif part.activity == LID.name:
                chair = chair._replace(lid=numbers.uniform(-_LID, _LID))
        if not choices:
            yield Look(t, None)
            continue
        if t >= held_until:
            still, held_until = numbers.choice(choices), t + numbers.uniform(*_HELD)
        yield Look(t, Shot(still, chair, numbers.randrange(NOISE_COPIES)))


def calibration_looks(upright: Sequence[int], numbers: random.Random) -> Iterator[Look]:
    """The checks while the upright posture is learned."""
    still, held_until = 0, -1.0
    for number in range(round(CALIBRATION_SECONDS * CALIBRATION_LOOKS_A_SECOND)):
        t = number / CALIBRATION_LOOKS_A_SECOND
        if t >= held_until:
            still, held_until = numbers.choice(upright), t + numbers.uniform(*_HELD)
        yield Look(t, Shot(still, Chair(), numbers.randrange(NOISE_COPIES)))


def _choices(part: Part, stills: Mapping[str, Sequence[int]]) -> list[int]:
    return [still for posture, which in stills.items() if shows(posture, part.postures) for still in which]


def _moved(numbers: random.Random, most: float, lid: float) -> Chair:
    return Chair(
        1 + numbers.uniform(-most, most),
        numbers.uniform(-_CHAIR_ACROSS, _CHAIR_ACROSS),
        numbers.uniform(-_CHAIR_HEIGHT, _CHAIR_HEIGHT),
        lid,
    )
