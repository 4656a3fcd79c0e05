"""Offering a new baseline, from the ticks of a session."""

from dataclasses import replace

import faces
import figures
import numpy as np
import pytest
from session_world import BEGAN

from posturecam.config.settings import CalibrationSettings, CameraSettings, Settings
from posturecam.desktop.pictures.gauge_values import dials
from posturecam.errors import CalibrationRefused
from posturecam.history.baselines import Baselines, load_baselines
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

    def __init__(self, *, recorded=False):
        self.info = replace(SOURCE, recorded=recorded)

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
    uprights.open(Desk(), SETTINGS)
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
    uprights.open(Desk(), SETTINGS)
    shown = [uprights.follow(one, baseline, SETTINGS)["baseline"] for one in (tick(0.0, None), upside(tick(1.5, None)))]
    distances = [
        next(dial for dial in dials(tick(0.0, None).reading, one, SETTINGS) if dial.name is Name.HEAD_DISTANCE)
        for one in shown
    ]
    assert [bool(dial.beyond) for dial in distances] == [True, False]
    assert uprights.all == {View.FRONT: baseline}


def test_a_field_of_view_that_was_changed_since_the_calibration_does_not_make_anybody_look_nearer():
    """It changed every distance but the one that was learned, so that everybody sat too near the screen from then on."""
    baseline = learned_at([tick(0.2 * i, None) for i in range(60)])
    publisher = Publisher(Mailbox(), None, lambda: BEGAN, lambda: 0.0, lambda: 5.0)
    uprights = UprightPostures(lambda: Baselines((baseline,)), publisher, lambda: BEGAN)
    uprights.open(Desk(), Settings(camera=CameraSettings(field_of_view=90.0)))
    assert uprights.all[View.FRONT].values[Name.HEAD_DISTANCE] == pytest.approx(35.0, abs=0.5)
    uprights.open(Desk(), SETTINGS)
    assert uprights.all == {View.FRONT: baseline}
    uprights.open(Desk(recorded=True), Settings(camera=CameraSettings(field_of_view=90.0)))
    assert uprights.all == {View.FRONT: baseline}  # recorded faces were measured before


DESK, SOFA = (np.random.default_rng(seed).uniform(0, 255, CELLS).astype(np.float32) for seed in (1, 2))
"""What is seen behind the user in two places."""


def behind(one, room):
    """The same check with a room behind the user, as a sensor sees it."""
    noise = np.random.default_rng(round(10 * one.frame.t)).normal(0, 0.3, CELLS).astype(np.float32)
    return replace(one, frame=replace(one.frame, glance=Glance(one.frame.t, room + noise, 250.0, round(one.frame.t))))


@pytest.fixture
def on_the_sofa():
    """A session's baselines after a suggestion was accepted on the sofa, and the baseline of the desk before."""
    ticks = [behind(tick(0.2 * i, None), DESK) for i in range(60)]
    looks = [
        sample(one.pose, View.FRONT, one.reading.measures, SETTINGS, replace(one.frame.glance, t=one.frame.t))
        for one in ticks
    ]
    desk = learn(looks, SOURCE.key, SOURCE.name, "2026-11-22T10:00:00+00:00", SETTINGS)
    publisher = Publisher(Mailbox(), None, lambda: BEGAN, lambda: 0.0, lambda: 5.0)
    uprights = UprightPostures(lambda: Baselines((desk,)), publisher, lambda: BEGAN)
    uprights.open(Desk(), SETTINGS)
    for i in range(130):
        uprights.follow(behind(tick(1.5 * i, True), SOFA), desk, SETTINGS)
    uprights.learn_offered(SETTINGS)
    assert uprights.all[View.FRONT].made != desk.made
    return uprights, desk


def sit(uprights, room, moved, seconds=60):
    for i in range(round(seconds / 1.5)):
        uprights.follow(behind(tick(1000 + 1.5 * i, moved), room), uprights.all[View.FRONT], SETTINGS)
    return uprights.all[View.FRONT]


def test_back_at_the_desk_the_upright_posture_of_the_desk_counts_again(on_the_sofa):
    """It had been replaced on the sofa for good, and comparing the desk with the sofa made reminders."""
    uprights, desk = on_the_sofa
    sofa = uprights.all[View.FRONT]
    assert sit(uprights, SOFA, moved=False) == sofa
    assert sit(uprights, DESK, moved=True) == desk
    assert load_baselines().kept == (desk,)
    assert sit(uprights, SOFA, moved=True) == sofa


@pytest.mark.parametrize("moved", [False, None])
def test_what_a_suggestion_replaced_stays_replaced_unless_the_camera_was_surely_moved_since(on_the_sofa, moved):
    uprights, _ = on_the_sofa
    sofa = uprights.all[View.FRONT]
    assert sit(uprights, DESK, moved) == sofa


def test_a_calibration_that_the_user_made_is_never_taken_back(on_the_sofa):
    uprights, _ = on_the_sofa
    mine = replace(uprights.all[View.FRONT], made="2026-11-24T10:00:00+00:00")
    uprights.learn(mine, SETTINGS)
    assert sit(uprights, DESK, moved=True) == mine
