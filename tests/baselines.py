"""Baselines of stick figures that held one pose for a while."""

from posturecam.config.settings import Settings, SideSettings
from posturecam.posture.baseline import Baseline
from posturecam.posture.calibration import learn, sample
from posturecam.posture.measures import measure
from posturecam.posture.view import View

SETTINGS = Settings(side=SideSettings(neck_bias=0, trunk_bias=0))
"""Without the corrections for the real model's bias: the stick figure has none."""


def baseline_of(pose, view=View.FRONT) -> Baseline:
    looks = [sample(pose, view, measure(pose, view, SETTINGS))] * 40
    return learn(looks, "cam", "Camera", "2026-11-22T10:00:00+00:00", SETTINGS)
