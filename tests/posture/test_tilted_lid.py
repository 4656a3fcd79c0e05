"""The whole loop while a lid is tilted: what lies behind the user tells by how much."""

from dataclasses import replace

import pytest
from fakes.frames import FramesInMemory
from fakes.walls import LENS, wall
from figures import person
from scripts import events_of

from posturecam.config.settings import Settings
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import watch
from posturecam.posture.measures import measure
from posturecam.posture.monitor import SlouchSustained
from posturecam.posture.view import View
from posturecam.vision.camera_place import as_before
from posturecam.vision.frame import Frame
from posturecam.vision.head import Head
from posturecam.vision.pose import Landmark

SETTINGS = Settings.model_validate({"camera": {"field_of_view": LENS}})
PIXEL = 0.2
"""Centimeters."""


def sitting(neck_height=20.0):
    pose = person(distance=1.5)
    x, y = (pose.at(Landmark.LEFT_SHOULDER) + pose.at(Landmark.RIGHT_SHOULDER)) / 2 - (0, neck_height / PIXEL)
    away = PIXEL * pose.width
    head = Head(0, (y - 240) * PIXEL, away, 5, 0, 0, float(x), float(y), float(x), float(y) + 40, PIXEL, 0.3, LENS)
    return replace(pose, head=head)


def seen(t, pose, up):
    """A moment's landmarks and background, with the lid tilted up by this."""
    tilted = replace(as_before(pose, -up, LENS), beyond=False, t=t) if up else replace(pose, t=t)
    return Frame(t, recorded=True, pose=tilted, glance=wall(up, t=t))


@pytest.fixture(scope="module")
def baseline():
    looks = [
        sample(pose, View.FRONT, measure(pose, View.FRONT, SETTINGS), SETTINGS, wall(t=t))
        for t in range(40)
        for pose in (sitting(),)
    ]
    return learn(looks, "cam", "Camera", "2026-11-28T10:00:00+00:00", SETTINGS)


@pytest.mark.parametrize("up", [-9, 9])
def test_a_lid_tilted_over_somebody_upright_raises_no_alert_and_over_somebody_slouching_it_does(baseline, up):
    def alerts(posture):
        before = [seen(t, sitting(), 0) for t in range(15)]
        after = [seen(t, posture, up) for t in range(15, 165)]
        ticks = watch(FramesInMemory([*before, *after]), None, {View.FRONT: baseline}, SETTINGS)
        return [event for event in events_of(ticks) if isinstance(event, SlouchSustained)]

    assert not alerts(sitting())
    assert len(alerts(sitting(neck_height=14.0))) == 1
