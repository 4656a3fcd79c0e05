"""Offering a new baseline, from the ticks of a session."""

from dataclasses import replace

import faces
import figures
import numpy as np
import pytest

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused
from posturecam.posture.assess import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import Tick
from posturecam.posture.measures import measure
from posturecam.posture.monitor import MonitorState
from posturecam.posture.view import View
from posturecam.session.upright_offer import UprightOffer
from posturecam.vision.face import head_pose
from posturecam.vision.frame import Frame, SourceInfo
from posturecam.vision.scene import CELLS, Glance

SETTINGS = Settings()
SOURCE = SourceInfo("Desk camera", "cam-1", live=True)


def tick(t, moved):
    pose = figures.person(t)
    nose = pose.points[0]
    points = faces.face_points(z=55.0, size=(pose.width, pose.height)) + (nose - (pose.width / 2, pose.height / 2))
    pose = replace(pose, t=t, head=head_pose(points, (pose.width, pose.height), 65.0))
    return Tick(Frame(t), pose, assess(pose, View.FRONT, None, SETTINGS), MonitorState(), (), moved)


def learned_at(ticks):
    looks = [
        sample(one.pose, View.FRONT, measure(one.pose, View.FRONT, SETTINGS), SETTINGS) for one in ticks if one.pose
    ]
    return learn(looks, SOURCE.key, SOURCE.name, "2026-11-22T10:00:00+00:00", SETTINGS)


def test_a_new_upright_posture_is_offered_once_and_learned_only_when_it_is_taken():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    offer = UprightOffer()
    told = [offer.follow(tick(1.5 * i, True), baseline, SETTINGS) for i in range(160)]
    assert sum(told) == 1
    assert offer.stands
    new = offer.learn(SOURCE, "2026-11-23T10:00:00+00:00", SETTINGS)
    assert (new.camera, new.made, new.view) == ("cam-1", "2026-11-23T10:00:00+00:00", View.FRONT)
    assert not offer.stands


def test_a_posture_learned_from_an_offer_knows_what_lies_behind_the_user():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    offer, cells = UprightOffer(), np.random.default_rng(1).uniform(0, 255, CELLS).astype(np.float32)
    for seen in (tick(1.5 * i, True) for i in range(160)):
        frame = replace(seen.frame, glance=Glance(seen.frame.t, cells, 250.0, 1))
        offer.follow(replace(seen, frame=frame), baseline, SETTINGS)
    assert offer.learn(SOURCE, "2026-11-23T10:00:00+00:00", SETTINGS).background is not None


def test_an_offer_is_made_whatever_the_clock_of_the_source_showed_before():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    offer = UprightOffer()
    assert not offer.follow(tick(5000.0, True), baseline, SETTINGS)
    assert any(offer.follow(tick(1.5 * i, True), baseline, SETTINGS) for i in range(160))


def test_nothing_is_offered_in_place_of_what_was_learned_from_another_view():
    elsewhere = replace(learned_at([tick(0.2 * i, None) for i in range(60)]), view=View.OBLIQUE_LEFT)
    offer = UprightOffer()
    assert not any(offer.follow(tick(1.5 * i, True), elsewhere, SETTINGS) for i in range(160))


def test_nothing_is_offered_while_the_camera_stays_or_without_a_baseline():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    offer = UprightOffer()
    assert not any(offer.follow(tick(1.5 * i, False), baseline, SETTINGS) for i in range(160))
    assert not any(offer.follow(tick(1.5 * i, True), None, SETTINGS) for i in range(160))
    with pytest.raises(CalibrationRefused):
        offer.learn(SOURCE, "2026-11-23T10:00:00+00:00", SETTINGS)
