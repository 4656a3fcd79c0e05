"""Rows of the stretch history for tests: two exercises, repetitions, and a clock that is set by hand."""

from datetime import UTC, datetime

from posturecam.coach.exercise import Exercise
from posturecam.coach.session_summary import RepResult
from posturecam.posture.view import View

DAY = 86400.0
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp()


class Clock:
    def __init__(self, now=MONDAY):
        self.now = now

    def __call__(self):
        return self.now


def exercise(name, measure, better):
    condition = {"measure": measure, "at_most": 90.0, "exit_at_most": 100.0}
    return Exercise.model_validate({
        "id": name, "title": name, "why": "why", "how": ["do it"], "position": "floor", "cautions": ["care"],
        "placement": {"facing": "side", "text": "there", "needs": ["hips"]},
        "trust": {"level": "high", "judges": "this", "cannot": "that"},
        "dose": {"hold": 15.0, "reps": 3},
        "start": {"seconds": 0.5, "conditions": [condition]},
        "enter": {"seconds": 0.5, "conditions": [condition]},
        "depth": {"measure": measure, "better": better, "step": 5.0, "cue": "A little further"},
        "variants": {"easy": {"title": "Easy", "about": "when stiff", "how": ["gently"]}},
    })  # fmt: skip


FOLD = exercise("thoracic_stretch", "hip_angle", "lower")
BEND = exercise("side_bend", "hip_angle", "higher")


def rep(number=1, depth=60.0, side=None, view=View.SIDE_RIGHT, **more):
    facts = {"t": 12.5, "seen": 15.0, "unseen": 0.0, "counted": True, "level": 1, **more}
    return RepResult(number, side, view, depth=depth, **facts)
