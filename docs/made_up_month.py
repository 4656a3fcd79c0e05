"""A month at a desk, made up, for the picture of the history: nobody's figures, but of the shape that real ones have."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from posturecam.alerts.policy import Alert, Response
from posturecam.coach.exercise import Exercise, Sides
from posturecam.coach.library import load_exercise
from posturecam.coach.session_summary import RepResult, Side
from posturecam.history.models import EventKind, TimeCategory
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import StretchHistory
from posturecam.posture.measures import Name
from posturecam.posture.monitor import Grade, SlouchSustained
from posturecam.posture.records.evidence import Evidence
from posturecam.posture.view import View

_SEED = 4
_DAYS = 30
_LENGTHS = {
    TimeCategory.SLOUCHING: (120, 500),
    TimeCategory.DRIFTING: (60, 240),
    TimeCategory.UNKNOWN: (40, 240),
    TimeCategory.AWAY: (200, 900),
    TimeCategory.UPRIGHT: (300, 1700),
}
"""Shortest and longest spell of each kind, seconds."""


def write_month(today: datetime, evidence: Evidence | None = None) -> None:
    """Write thirty days up to now into the user's history."""
    numbers = random.Random(_SEED)
    clock = [0.0]
    sitting, stretches = SittingHistory(), StretchHistory(now=lambda: clock[0])
    for back in range(_DAYS, -1, -1):
        day = (today - timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
        if day.weekday() >= 5:
            continue
        _work(sitting, day, today, numbers, evidence)
        if back and numbers.random() < 0.75:
            clock[0] = day.timestamp() + 3600 * numbers.uniform(10, 16)
            _stretch(stretches, clock, _DAYS - back, numbers)
    sitting.close()
    stretches.close()


def _work(
    sitting: SittingHistory, day: datetime, today: datetime, numbers: random.Random, seen: Evidence | None
) -> None:
    at = day.timestamp() + 3600 * numbers.uniform(8.2, 9.3)
    end = min(day.timestamp() + 3600 * numbers.uniform(16.5, 18.2), today.timestamp())
    while at < end:
        tired = 0.06 + 0.02 * ((at - day.timestamp()) / 3600 - 8)
        weights = (tired, 0.16, 0.08, 0.06, 0.7 - tired)
        kind = numbers.choices(list(_LENGTHS), weights)[0]
        lasting = min(numbers.uniform(*_LENGTHS[kind]), end - at)
        at += lasting
        sitting.add(at, kind, lasting)
        if kind is TimeCategory.SLOUCHING and lasting > 180:
            grade = numbers.choice([Grade.MILD, Grade.MILD, Grade.MODERATE, Grade.SEVERE])
            cause = numbers.choice([Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX])
            slouch = SlouchSustained(0.0, -125.0, grade, 125.0, cause, -0.2, True)
            sitting.alerted(at - lasting + 125, Alert(0.0, slouch), seen)
            if numbers.random() < 0.7:
                sitting.event(at - lasting + 145, EventKind.ANSWER, answer=numbers.choice(list(Response)).value)


def _stretch(stretches: StretchHistory, clock: list[float], day: int, numbers: random.Random) -> None:
    exercise = load_exercise(numbers.choice(["thoracic_stretch", "upper_trapezius"]))
    session = stretches.begin(exercise.title, "Webcam")
    for side in (None,) if exercise.sides is Sides.NONE else (Side.LEFT, Side.RIGHT):
        for rep in (1, 2):
            clock[0] += 20
            stretches.add(session, exercise, _repetition(exercise, rep, side, day, numbers))
    stretches.end(session)


def _repetition(exercise: Exercise, rep: int, side: Side | None, day: int, numbers: random.Random) -> RepResult:
    better = -1 if exercise.depth is not None and exercise.depth.better == "lower" else 1
    reached = {None: 28.0, Side.LEFT: 34.0, Side.RIGHT: 30.0}[side] + better * 0.35 * day + numbers.gauss(0, 2)
    depth = reached if exercise.depth else None
    return RepResult(rep, side, View.SIDE_LEFT, 20.0 * rep, 15.0, 0.0, True, depth, None)
