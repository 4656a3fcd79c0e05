"""Movement: key postures joined by eased movement, and the small movements of anybody sitting still."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tools.render.parameters import Posture

Fingers = tuple[float, float, float, float]
"""Index, middle, ring and little finger."""
BREATH = 3.6
"""Seconds of one breath at rest: about 17 a minute."""
BLINK = 0.18
"""Seconds of one blink."""


def eased(share: float) -> float:
    """0 to 1 with a gentle start and end (smoothstep); clipped outside."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


@dataclass(frozen=True)
class Key:
    """A posture and the time at which it is reached."""

    t: float
    """Seconds."""
    posture: Posture


@dataclass(frozen=True)
class Glance:
    """A short look aside: the head turns and comes back."""

    t: float
    """Time of its middle, seconds."""
    turn: float
    """Degrees to the person's left."""
    seconds: float = 0.4

    def at(self, t: float) -> float:
        """The head's rotation at a time, degrees."""
        return self.turn * float(np.exp(-1.2 * ((t - self.t) / self.seconds) ** 2))


class Noise:
    """Smooth wandering between about −1 and 1: three sines with incommensurable periods, drawn for each name."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sines: dict[str, list[tuple[float, float, float]]] = {}

    def at(self, name: str, t: float, speed: float = 1.0) -> float:
        """The named value at a time in seconds."""
        if name not in self._sines:
            random = np.random.default_rng([self._seed, *name.encode()])
            rates, phases = random.uniform(0.5, 2.2, 3).tolist(), random.uniform(0, 2 * np.pi, 3).tolist()
            self._sines[name] = list(zip(rates, phases, (0.5, 0.35, 0.25), strict=True))
        return sum(size * math.sin(t * speed * rate + phase) for rate, phase, size in self._sines[name])


@dataclass(frozen=True)
class Life:
    """Breathing, sway and typing, added to a posture; the same seed gives the same movement."""

    seed: int = 7
    sway: float = 1.0
    """Amount of sway: 1 is a person at work, 0.4 somebody holding a stretch."""
    noise: Noise = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise", Noise(self.seed))

    def added_to(self, posture: Posture, t: float, typing: float = 1.0) -> Posture:
        """The posture at a time in seconds; `typing` from 0 to 1 moves the fingers and wrists."""

        def drift(name: str, speed: float = 1.0) -> float:
            return self.sway * self.noise.at(name, t, speed)

        breath = float(np.sin(2 * np.pi * t / BREATH))
        return posture.plus(
            thorax=0.5 * breath + 0.6 * drift("thorax", 0.7),
            left_elevation=0.9 * breath,
            right_elevation=0.9 * breath,
            pelvis=0.5 * drift("pelvis", 0.5),
            trunk_lean=0.9 * drift("trunk_lean", 0.5),
            low_neck=0.9 * drift("low_neck"),
            high_neck=1.6 * drift("high_neck", 1.2),
            neck_lean=1.5 * drift("neck_lean", 0.8),
            neck_turn=1.2 * drift("neck_turn", 0.9),
            **self._typing("left", t, typing),
            **self._typing("right", t, typing),
        )

    def _typing(self, side: str, t: float, share: float) -> dict[str, float | Fingers]:
        moved: dict[str, float | Fingers] = {}
        for way, meters, speed in (("across", 0.008, 1.0), ("ahead", 0.008, 1.0), ("up", 0.003, 2.0)):
            moved[f"{side}_{way}"] = share * meters * self.noise.at(f"{side} {way}", t, speed)
        index, middle, ring, little = (share * self._tapping(f"{side} finger {finger}", t) for finger in range(4))
        moved[f"{side}_fingers"] = (index, middle, ring, little)
        return moved

    def _tapping(self, finger: str, t: float) -> float:
        """How far a typing finger is bent beyond rest, degrees per joint: taps with pauses between words."""
        pausing = self.noise.at(f"{finger} pause", t, 0.6) < -0.3
        return 0.0 if pausing else 11.0 * max(0.0, self.noise.at(finger, t, 5.0)) ** 2


@dataclass(frozen=True)
class Timeline:
    """Key postures in time, with eased movement in between."""

    keys: tuple[Key, ...]
    glances: tuple[Glance, ...] = ()
    life: Life = field(default_factory=Life)

    @property
    def seconds(self) -> float:
        """Time of the last key."""
        return self.keys[-1].t

    def key_posture(self, t: float) -> Posture:
        """The posture without the small movements."""
        after = bisect.bisect_right([key.t for key in self.keys], t)
        if after == 0:
            return self.keys[0].posture
        before = self.keys[after - 1]
        if after == len(self.keys):
            return before.posture
        ahead = self.keys[after]
        return before.posture.towards(ahead.posture, eased((t - before.t) / (ahead.t - before.t)))

    def posture(self, t: float, typing: float = 1.0) -> Posture:
        """The posture at a time in seconds."""
        turned = sum(glance.at(t) for glance in self.glances)
        return self.life.added_to(self.key_posture(t), t, typing).plus(neck_turn=turned)


def held(*steps: tuple[float, Posture]) -> tuple[Key, ...]:
    """Keys from (seconds, posture) steps; each posture is reached at the end of its seconds.

    The same posture twice in a row is held: `held((7, upright), (1, down), (2, down))`.
    """
    t, keys = 0.0, [Key(0.0, steps[0][1])]
    for seconds, posture in steps:
        t += seconds
        keys.append(Key(t, posture))
    return tuple(keys)


def blinks(seconds: float, seed: int) -> Sequence[float]:
    """Times at which the eyes blink: every two to six seconds."""
    random = np.random.default_rng([seed, 11])
    times, t = [], float(random.uniform(1, 4))
    while t < seconds:
        times.append(t)
        t += float(random.uniform(2, 6))
    return times


def closed(t: float, times: Sequence[float]) -> float:
    """How far the eyes are closed at a time, 0 to 1, for these blink times."""
    return max((max(0.0, 1 - abs(t - blink) / (BLINK / 2)) for blink in times), default=0.0)
