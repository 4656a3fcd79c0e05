"""Offering a new baseline, from the ticks of a session."""

from dataclasses import replace

import faces
import figures
import numpy as np
import pytest
from session_world import BEGAN

from posturecam.config.settings import CalibrationSettings, Settings
from posturecam.desktop.pictures.gauge_values import dials
from posturecam.errors import CalibrationRefused
from posturecam.history.baselines import Baselines
from posturecam.posture.assess import assess
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Name, measure
from posturecam.posture.monitor import MonitorState
from posturecam.posture.reading import Circumstances
from posturecam.posture.view import View
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Calibrated, Complaint
from posturecam.session.publisher import Publisher
from posturecam.session.upright_offer import UprightOffer
from posturecam.session.upright_postures import UprightPostures
from posturecam.vision.face.finder import head_pose
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.scene import CELLS, Glance


class Desk(Source):
    """A camera of which only the name is needed."""

    def __init__(self):
        self.info = SOURCE

    def __iter__(self):
        return iter(())


SETTINGS = Settings()
SOURCE = SourceInfo("Desk camera", "cam-1", live=True)


def tick(t, moved, neck=0.0):
    pose = figures.person(t, neck=neck) if neck else figures.person(t)
    nose = pose.points[0]
    points = faces.face_points(z=55.0, size=(pose.width, pose.height)) + (nose - (pose.width / 2, pose.height / 2))
    pose = replace(pose, t=t, head=head_pose(points, (pose.width, pose.height), 65.0))
    return Tick(Frame(t), pose, assess(pose, View.FRONT, None, SETTINGS), MonitorState(), (), Circumstances(moved))


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


def test_a_posture_learned_from_an_offer_says_whether_a_camera_was_watched_or_a_file():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    for live in (True, False):
        offer = UprightOffer()
        for i in range(160):
            offer.follow(tick(1.5 * i, True), baseline, SETTINGS)
        source = replace(SOURCE, live=live)
        assert offer.learn(source, "2026-11-23T10:00:00+00:00", SETTINGS).live is live


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


@pytest.fixture
def offered():
    """A session's baselines while a new upright posture is offered, to somebody who has slouched since."""
    baseline, mailbox = learned_at([tick(0.2 * i, None) for i in range(60)]), Mailbox()
    publisher = Publisher(mailbox, None, lambda: BEGAN, lambda: 0.0, lambda: 5.0)
    uprights = UprightPostures(lambda: Baselines((baseline,)), publisher, lambda: BEGAN)
    uprights.open(Desk())
    for i in range(130):
        uprights.follow(tick(1.5 * i, True), baseline, SETTINGS)
    for i in range(130, 270):
        shown = uprights.follow(tick(1.5 * i, True, neck=40.0), baseline, SETTINGS)
    assert shown["upright_offered"]
    mailbox.take()
    return uprights, baseline, mailbox


def test_an_offer_that_is_taken_late_is_learned_as_it_was_offered(offered):
    uprights, baseline, mailbox = offered
    uprights.learn_offered(SETTINGS)
    (told,) = mailbox.take()[1]
    assert isinstance(told, Calibrated)
    assert told.baseline.values[Name.SLUMP_INDEX] == pytest.approx(baseline.values[Name.SLUMP_INDEX])


def test_an_offer_that_cannot_be_learned_says_why_where_it_was_taken(offered):
    """No calibration page is open then."""
    uprights, baseline, mailbox = offered
    uprights.learn_offered(Settings(calibration=CalibrationSettings(least_samples=1000)))
    (told,) = mailbox.take()[1]
    assert isinstance(told, Complaint)
    assert uprights.all == {View.FRONT: baseline}


def upside(one):
    """This check as seen by a phone that was turned from landscape to portrait: the same scene in a picture of another shape."""
    pose = replace(one.pose, width=one.pose.height, height=one.pose.width)
    return replace(one, pose=pose, reading=assess(pose, View.FRONT, None, SETTINGS))


def test_an_offer_is_learned_from_pictures_of_one_shape():
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    offer = UprightOffer()
    turned = [offer.follow(upside(tick(1.5 * i, True)), baseline, SETTINGS) for i in range(60)]
    back = [offer.follow(tick(1.5 * i, True), baseline, SETTINGS) for i in range(60, 180)]
    assert not any(turned)
    assert back.index(True) * 1.5 > 160
    new = offer.learn(SOURCE, "2026-11-23T10:00:00+00:00", SETTINGS)
    assert (new.width, new.height) == (baseline.width, baseline.height)


def test_what_is_shown_of_the_calibration_in_a_picture_of_another_shape_is_what_counts_there():
    """*Details* marked a distance as too near that the verdict did not compare."""
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    uprights = UprightPostures(
        lambda: Baselines((baseline,)),
        Publisher(Mailbox(), None, lambda: BEGAN, lambda: 0.0, lambda: 5.0),
        lambda: BEGAN,
    )
    uprights.open(Desk())
    shown = [uprights.follow(one, baseline, SETTINGS)["baseline"] for one in (tick(0.0, None), upside(tick(1.5, None)))]
    distances = [
        next(dial for dial in dials(tick(0.0, None).reading, one, SETTINGS) if dial.name is Name.HEAD_DISTANCE)
        for one in shown
    ]
    assert [bool(dial.beyond) for dial in distances] == [True, False]
    assert uprights.all == {View.FRONT: baseline}
