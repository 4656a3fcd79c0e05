"""What to change before an exercise can start: from where it is seen, and what must be in the picture."""

from dataclasses import replace

import pytest
from stretch_figures import CHAIR, FACING, pose_of, posture

from posturecam.coach.exercise import Facing, Placement
from posturecam.coach.judging.framing import LEGS_SEEN, framing_hint
from posturecam.coach.judging.viewpoint import MARGIN, Viewpoint
from posturecam.coach.nearness import Nearness
from posturecam.coach.stretch_measures import CoachLook
from posturecam.config.settings import StretchSettings
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark

SETTINGS = StretchSettings()
BESIDE = pose_of(CHAIR)  # the right side is near
IN_FRONT = pose_of(posture(FACING, hip_u=0.2))
SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


def placement(facing=Facing.SIDE, *needs, off_side=25.0):
    return Placement(facing=facing, text="there", needs=needs, off_side=off_side)


def beside(pose=BESIDE, *needs, off=0.0, left=False, settled=False, view=View.SIDE_RIGHT, off_side=25.0):
    look = CoachLook(0.0, pose, view, {}, seen=None if off is None else Viewpoint(left, off))
    return framing_hint(look, placement(Facing.SIDE, *needs, off_side=off_side), SETTINGS, settled=settled)


def in_front(pose=IN_FRONT, *needs, view=View.FRONT, facing=Facing.FRONT):
    return framing_hint(CoachLook(0.0, pose, view, {}), placement(facing, *needs), SETTINGS)


def unseen(pose, *landmarks, visibility=0.0, at=None):
    """The pose with these landmarks seen this badly, and somewhere else."""
    seen, points = pose.visibility.copy(), pose.points.copy()
    for one in landmarks:
        seen[one] = visibility
        if at is not None:
            points[one] = at
    return replace(pose, visibility=seen, points=points)


def test_where_all_is_seen_nothing_has_to_be_changed():
    needs = ("head", "shoulders", "hips", "knees", "feet")
    assert beside(BESIDE, *needs) is None
    assert in_front(IN_FRONT, "head", "shoulders") is None


@pytest.mark.parametrize(
    ("near", "said"),
    [(Nearness.FAR, "Come closer, I cannot see you"), (Nearness.CUT_OFF, "Move back, I cannot see you")],
)
def test_somebody_who_is_not_there_is_told_where_to_go(near, said):
    look = CoachLook(0.0, None, View.UNKNOWN, {}, nearness=near)
    assert framing_hint(look, placement(Facing.SIDE, "hips"), SETTINGS) == said


def test_of_what_is_outside_the_picture_the_first_is_named():
    below = BESIDE.width / 2, BESIDE.height + 20
    pose = unseen(BESIDE, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, at=below)
    assert beside(pose, "shoulders", "hips", "knees") == "Move back, I cannot see your hips"
    assert beside(pose, "shoulders") is None


def test_from_beside_the_near_side_counts_and_from_the_front_both():
    below = BESIDE.width / 2, BESIDE.height + 20
    far_hidden = unseen(BESIDE, Landmark.LEFT_HIP, at=below)
    assert beside(far_hidden, "hips") is None
    assert beside(far_hidden, "hips", left=True) == "Move back, I cannot see your hips"
    assert beside(far_hidden, "hips", off=None) is None, "by the name of the view"
    assert beside(far_hidden, "hips", off=None, view=View.SIDE_LEFT) == "Move back, I cannot see your hips"
    for one in HIPS:
        assert in_front(unseen(IN_FRONT, one, at=below), "hips") == "Move back, I cannot see your hips"


def test_what_is_hidden_inside_the_picture_is_asked_for_without_moving_back():
    assert beside(unseen(BESIDE, Landmark.RIGHT_HIP), "hips") == "Let the camera see your hips"
    assert beside(unseen(BESIDE, Landmark.LEFT_HIP), "hips") is None
    for one in SHOULDERS:
        assert in_front(unseen(IN_FRONT, one), "head", "shoulders") == "Let the camera see your shoulders"


def test_a_head_that_leaves_the_top_of_the_picture_is_cut_off_though_its_ear_is_seen():
    points = BESIDE.points.copy()
    points[Landmark.NOSE, 1] = 0.0
    assert beside(replace(BESIDE, points=points), "head") == "Move back, I cannot see your head"
    assert beside(replace(BESIDE, points=points), "shoulders") is None


def test_without_a_camera_angle_the_shoulders_are_asked_for():
    assert beside(off=None, view=View.UNKNOWN) == "Let the camera see your shoulders"
    look = CoachLook(0.0, BESIDE, View.UNKNOWN, {}, seen=Viewpoint(False, None))
    assert framing_hint(look, placement(), SETTINGS) == "Let the camera see your shoulders"
    assert beside(off=10.0, view=View.UNKNOWN) is None, "the pose itself shows it"


@pytest.mark.parametrize(
    ("off", "settled", "asked"),
    [
        (25 + MARGIN / 2, False, False),
        (25.1 + MARGIN / 2, False, True),
        (25 + MARGIN, True, False),
        (25.1 + MARGIN, True, True),
    ],
)
def test_once_it_is_settled_the_camera_may_be_slightly_farther_off_the_side(off, settled, asked):
    assert beside(off=off, settled=settled) == ("Turn sideways to the camera" if asked else None)
    assert beside(off=off + 15, settled=settled, off_side=40.0) == ("Turn sideways to the camera" if asked else None)


@pytest.mark.parametrize(
    ("facing", "view", "said"),
    [
        (Facing.FRONT, View.SIDE_LEFT, "Turn to face the camera"),
        (Facing.FRONT, View.OBLIQUE_LEFT, None),
        (Facing.FRONT_OBLIQUE, View.SIDE_LEFT, None),
        (Facing.SIDE, View.FRONT, "Turn sideways to the camera"),
    ],
)
def test_it_asks_to_turn_to_where_the_exercise_is_judged(facing, view, said):
    assert in_front(view=view, facing=facing) == said


@pytest.mark.parametrize(("part", "near"), [("knees", Landmark.RIGHT_KNEE), ("feet", Landmark.RIGHT_ANKLE)])
def test_from_beside_legs_must_be_seen_more_certainly_than_the_rest_as_a_desk_hides_them(part, near):
    for visibility, said in ((LEGS_SEEN - 0.01, f"Let the camera see your {part}"), (LEGS_SEEN + 0.01, None)):
        assert beside(unseen(BESIDE, near, visibility=visibility), part) == said
    enough = SETTINGS.visibility
    assert beside(unseen(BESIDE, Landmark.RIGHT_HIP, visibility=enough), "hips") is None
    assert in_front(unseen(IN_FRONT, *HIPS, visibility=enough), "hips") is None


def test_somebody_far_away_is_asked_to_come_closer():
    assert beside(pose_of(CHAIR, scale=80.0)) == "Come a little closer"
