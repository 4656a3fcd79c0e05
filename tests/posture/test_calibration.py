"""Learning the upright posture, and refusing to."""

import dataclasses

import numpy as np
import pytest
from faces import look as face
from figures import from_side, person

from posturecam.alerts.learning import between
from posturecam.config.settings import SensitivitySettings, Settings, SideSettings
from posturecam.errors import CalibrationRefused
from posturecam.posture.baseline import FRONT_NEEDED
from posturecam.posture.calibration import learn, sample
from posturecam.posture.geometric.judge import judge_by_geometry
from posturecam.posture.measures import Measure, Name, Reason, Why, measure
from posturecam.posture.view import View
from posturecam.session.guided_calibration import verdict

SETTINGS = Settings(side=SideSettings(neck_bias=0, trunk_bias=0))


def look(pose, view=View.FRONT):
    return sample(pose, view, measure(pose, view, SETTINGS))


def looks(count=60, view=View.FRONT, make=person, jitter=0.0, seed=0, **posture):
    noise = np.random.default_rng(seed)
    neck = posture.pop("neck", 10)
    return [look(make(index / 5, neck=neck + noise.normal(0, jitter), **posture), view) for index in range(count)]


def sitting_aside(t=0.0, **posture):
    return from_side(t, right=False, **posture)


def calibrated(upright, **options):
    return learn(upright, "cam-1", "Desk camera", "2026-11-22T10:00:00+00:00", SETTINGS, **options)


@pytest.mark.smoke
def test_sitting_still_is_learned():
    baseline = calibrated(looks(jitter=0.5))
    assert baseline.view is View.FRONT
    assert baseline.camera == "cam-1"
    assert baseline.samples == 60
    assert baseline.quality == "good"
    assert set(baseline.values) >= {Name.SLUMP_INDEX, Name.HEAD_FORWARD_INDEX, Name.NOSE_DROP}


def test_from_the_side_the_neck_is_learned_in_degrees():
    baseline = calibrated(looks(view=View.SIDE_LEFT, make=lambda t, **p: from_side(t, right=False, **p), neck=12))
    assert baseline.values[Name.NECK_INCLINATION] == pytest.approx(12, abs=0.7)


def test_too_few_looks_are_refused_with_the_number():
    with pytest.raises(
        CalibrationRefused, match=r"12 of 12 checks.*calibration\.seconds, or --seconds"
    ):  # the app has no options
        calibrated(looks(12))


def test_nobody_there_is_refused_with_the_reason():
    with pytest.raises(CalibrationRefused, match="I saw nobody: sit so that the camera sees"):
        calibrated([None] * 60)


def test_a_turned_head_is_the_reason_though_its_angle_is_another_in_each_check():
    turned = [look(person(index / 5, head_yaw=30 + 0.4 * index)) for index in range(50)]
    with pytest.raises(CalibrationRefused, match="Most of the time, your head is turned by about"):
        calibrated([*turned, None, None, None, None])


def test_unseen_shoulders_are_refused_with_the_reason():
    hidden = looks(60, visibility=0.2)
    with pytest.raises(CalibrationRefused, match=r"I cannot see your"):
        calibrated(hidden)


@pytest.mark.parametrize("absurd", [{"distance": 50_000.0}, {"neck_height": -1e30}, {"head_roll": 1e5}])
def test_a_face_that_nobody_has_is_refused_as_in_a_damaged_recording(absurd):
    with pytest.raises(CalibrationRefused, match="nobody sits like that"):
        calibrated(with_face(looks(), **absurd))


@pytest.mark.parametrize("name", [Name.SLUMP_INDEX, Name.SHOULDER_TILT])
def test_a_number_that_could_not_be_read_again_once_it_is_saved_is_refused(name):
    absurd = [dataclasses.replace(one, measures={**one.measures, name: Measure(name, 1e7)}) for one in looks()]
    with pytest.raises(CalibrationRefused, match="nobody sits like that"):
        calibrated(absurd)


def test_too_much_movement_is_refused():
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(looks(jitter=15))


def test_in_front_landmarks_that_waver_are_still_learned():
    """Behind a mask, under a veil or in the dark; from the side as much movement shows in the angles."""
    learned = calibrated(looks(jitter=13))
    assert SETTINGS.calibration.largest_spread < learned.spread <= SETTINGS.calibration.front_spread
    assert learned.quality == "fair"
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(looks(jitter=13, view=View.SIDE_LEFT, make=from_side))


def test_a_slouch_in_a_fifth_of_the_checks_is_refused():
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(looks(48, jitter=0.5) + looks(12, neck=40, trunk=12, jitter=0.5))


def test_turning_during_it_is_refused():
    turned = [look(person(yaw=45), View.OBLIQUE_RIGHT)] * 30
    with pytest.raises(CalibrationRefused, match="turned"):
        calibrated(looks(40) + turned)


def test_somebody_who_sits_still_where_one_view_ends_is_learned():
    """The shoulders' yaw is read a few degrees differently in each check."""
    obliquely = [look(person(yaw=62, neck=index % 3), View.OBLIQUE_RIGHT) for index in range(45)]
    from_aside = [look(from_side(yaw=68, neck=index % 3), View.SIDE_RIGHT) for index in range(25)]
    assert calibrated(obliquely + from_aside).view is View.OBLIQUE_RIGHT


def test_an_upright_that_is_a_slouch_is_refused_from_the_side():
    with pytest.raises(CalibrationRefused, match="33° forward"):
        calibrated(looks(view=View.SIDE_RIGHT, make=from_side, neck=33))


def test_a_deliberate_slouch_far_off_is_kept_as_quality():
    baseline = calibrated(looks(jitter=0.5), slouched=looks(neck=35, trunk=10, jitter=0.5, seed=1))
    assert baseline.separation > 6


def test_separation_is_the_distance_in_standard_deviations_of_both():
    """Half of the slouch checks are slouched and half upright: their mean is d, and so is their deviation, over two of d/√2."""
    upright, slouched = looks(), looks(neck=35, trunk=10)
    half = [pair for both in zip(upright[:30], slouched[:30], strict=True) for pair in both]
    with pytest.raises(CalibrationRefused, match=r"they are 1\.4 standard deviations apart, 3 are needed"):
        calibrated(upright, slouched=half)


def test_a_spread_that_is_allowed_but_not_small_makes_a_fair_baseline():
    wavering = calibrated(looks(jitter=10))
    assert SETTINGS.calibration.good_spread < wavering.spread < SETTINGS.calibration.largest_spread
    assert wavering.quality == "fair"


def test_checks_from_another_view_are_not_learned():
    aside = [look(person(yaw=45, neck=30), View.OBLIQUE_RIGHT)] * 3
    assert calibrated(looks(57) + aside).samples == 57


def in_a_picture_of(width, height, checks):
    return [dataclasses.replace(one, width=width, height=height) for one in checks]


def test_a_picture_of_another_shape_halfway_is_refused_with_both_sizes():
    both = in_a_picture_of(640, 480, looks(30)) + in_a_picture_of(1280, 720, looks(30))
    with pytest.raises(CalibrationRefused, match="from 640×480 to 1280×720"):
        calibrated(both)


def test_a_slouch_shown_in_a_picture_of_another_shape_is_refused_for_that_reason():
    upright, slouched = in_a_picture_of(640, 480, looks()), in_a_picture_of(480, 640, looks(neck=35, trunk=10))
    with pytest.raises(CalibrationRefused, match="from 640×480 to 480×640"):
        calibrated(upright, slouched=slouched)


def test_a_harmless_posture_in_a_picture_of_another_shape_teaches_nothing():
    upright, slouched = looks(), looks(neck=35, trunk=10)
    bent = in_a_picture_of(480, 640, looks(neck=20))
    assert calibrated(upright, slouched=slouched, harmless=[bent]).harmless is None


def test_a_few_pictures_of_another_shape_are_not_learned():
    learned = calibrated(in_a_picture_of(480, 640, looks(3, neck=30)) + in_a_picture_of(640, 480, looks(57)))
    assert (learned.samples, learned.width, learned.height) == (57, 640, 480)


def test_another_resolution_of_the_same_shape_is_learned_from():
    assert calibrated(in_a_picture_of(640, 480, looks(30)) + in_a_picture_of(320, 240, looks(30))).samples == 60


def test_a_measure_known_in_few_checks_is_not_learned():
    unseen = Measure(Name.SHOULDER_TILT, None, Reason(Why.NOT_SEEN, what="your left shoulder"))

    def lacking(number):
        return [
            dataclasses.replace(one, measures={**one.measures, Name.SHOULDER_TILT: unseen}) if index < number else one
            for index, one in enumerate(looks())
        ]

    assert Name.SHOULDER_TILT in calibrated(lacking(30)).values
    assert Name.SHOULDER_TILT not in calibrated(lacking(31)).values


def with_face(looked, **figures):
    return [dataclasses.replace(one, front=face(**figures)) for one in looked]


@pytest.mark.parametrize("by_face", [False, True])
def test_what_the_slouch_teaches_does_not_depend_on_the_sensitivity_in_use(by_face):
    """The factor learned from it multiplies the default thresholds, so both are kept in these."""
    upright, slouched, leaning = looks(), looks(neck=35, trunk=10), looks(neck=15)
    if by_face:
        upright = with_face(upright)
        slouched = with_face(slouched, neck_height=15.0, distance=50.0)
        leaning = with_face(leaning, neck_height=17.5)

    def shown(level):
        settings = SETTINGS.model_copy(update={"sensitivity": SensitivitySettings(level=level)})
        options = {"slouched": slouched, "harmless": [leaning]}
        found = learn(upright, "cam-1", "Desk camera", "2026-11-22T10:00:00+00:00", settings, **options)
        return found.slouch, found.harmless

    assert shown("strict") == pytest.approx(shown("normal"), rel=1e-6)
    assert shown("relaxed") == pytest.approx(shown("normal"), rel=1e-6)


@pytest.mark.parametrize("neck", [15, 16, 17, 18, 20, 30])
def test_a_slouch_that_was_shown_is_called_too_slight_where_it_would_not_count(neck):
    def aside(neck):
        return looks(view=View.SIDE_LEFT, make=sitting_aside, neck=neck)

    baseline = calibrated(aside(10), slouched=aside(neck))
    taught = SensitivitySettings(personal=between(baseline.slouch, 0.0))
    shown = aside(neck)[0]
    value = judge_by_geometry(
        shown.measures, shown.view, baseline, SETTINGS.model_copy(update={"sensitivity": taught})
    ).value
    assert ("too slight to count" in verdict(baseline)) is (value < 1)
    assert ("this camera can tell" in verdict(baseline)) is (value >= 1)


def test_somebody_who_sits_perfectly_still_still_has_some_scatter():
    upright, slouched = looks(), looks(neck=35, trunk=10)
    baseline = calibrated(upright, slouched=slouched)
    apart = judge_by_geometry(slouched[0].measures, View.FRONT, baseline, SETTINGS).value
    assert baseline.separation == pytest.approx(apart / 0.02)


def test_half_the_looks_that_are_needed_upright_are_enough_slouched():
    slouched = looks(neck=35, trunk=10)
    with pytest.raises(CalibrationRefused, match="only 14 checks"):
        calibrated(looks(), slouched=slouched[:14])
    assert calibrated(looks(), slouched=slouched[:15]).separation > 3


def test_a_pose_that_is_not_complete_never_enters_the_landmarks():
    whole, lame = looks(), looks()
    for index in (7, 30, 51):  # three of sixty: just not too many
        pose = lame[index].pose
        torn = dataclasses.replace(pose, world=np.full_like(pose.world, np.nan), points=pose.points + 40)
        lame[index] = dataclasses.replace(lame[index], pose=torn)
    assert (
        calibrated(lame).landmarks == calibrated([one for i, one in enumerate(whole) if i not in (7, 30, 51)]).landmarks
    )
    lame[8] = dataclasses.replace(lame[8], pose=None)
    assert calibrated(lame).landmarks is None


def obliquely(yaw, count, **options):
    return [look(person(index / 5, yaw=yaw, **options), View.OBLIQUE_RIGHT) for index in range(count)]


def test_an_oblique_baseline_with_few_angled_looks_is_judged_by_the_indices():
    looked = obliquely(36, 45) + obliquely(34, 15)  # the neck's angle is measured from 35° of yaw on
    baseline = calibrated(looked)
    assert baseline.samples == 60
    assert not baseline.by_angle
    assert calibrated(obliquely(36, 58) + obliquely(34, 2)).by_angle


def with_scattering_faces(looked):
    heights = [17.0, 20.0] * (len(looked) // 2)
    return [
        dataclasses.replace(one, front=face(neck_height=height)) for one, height in zip(looked, heights, strict=True)
    ]


def test_somebody_sitting_still_obliquely_whose_face_is_misread_is_learned_without_the_face():
    assert calibrated(with_scattering_faces(obliquely(50, 60))).front is None
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(with_scattering_faces(looks()))


def test_movement_seen_obliquely_is_refused_where_only_the_face_is_seen():
    unseen = Reason(Why.CLIPPED, "shoulders")
    hidden = {name: Measure(name, None, unseen) for name in (*FRONT_NEEDED, Name.NECK_INCLINATION)}
    moving = [dataclasses.replace(one, measures={**one.measures, **hidden}) for one in obliquely(50, 60)]
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(with_scattering_faces(moving))


def test_movement_seen_obliquely_is_refused_with_a_face_too():
    moving = [look(person(index / 5, yaw=50, neck=25.0 * (index % 2)), View.OBLIQUE_RIGHT) for index in range(60)]
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(with_scattering_faces(moving))


def test_a_body_misread_in_a_few_checks_is_no_movement():
    assert calibrated(looks(54) + looks(6, neck=70)).values == pytest.approx(calibrated(looks(54)).values)
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(looks(45) + looks(15, neck=70))


def with_scattering_angles(looked):
    return [
        dataclasses.replace(
            one, measures={**one.measures, Name.NECK_INCLINATION: Measure(Name.NECK_INCLINATION, angle)}
        )
        for one, angle in zip(looked, [5.0, 45.0] * (len(looked) // 2), strict=True)
    ]


def test_somebody_sitting_still_obliquely_whose_angles_are_misread_is_learned_by_the_landmarks():
    baseline = calibrated(with_scattering_angles(obliquely(50, 60)))
    assert baseline.landmarks is not None
    assert baseline.quality == "fair"
    leaning = obliquely(50, 60, neck=10) + obliquely(50, 60, neck=60)
    with pytest.raises(CalibrationRefused, match="moved too much"):
        calibrated(with_scattering_angles(leaning))


def test_an_oblique_look_needs_no_indices_where_it_has_the_angle():
    found = obliquely(50, 1)[0]
    unseen = Reason(Why.NOT_SEEN, what="your left ear")
    without = {**found.measures, **{name: Measure(name, None, unseen) for name in FRONT_NEEDED}}
    assert dataclasses.replace(found, measures=without).missing is None
    assert dataclasses.replace(found, measures=without, view=View.FRONT).missing == unseen.text
    assert dataclasses.replace(found, view=View.UNKNOWN).missing is not None


def test_a_slouch_that_the_camera_cannot_distinguish_is_refused():
    with pytest.raises(CalibrationRefused, match="cannot tell your slouch"):
        calibrated(looks(jitter=1), slouched=looks(neck=10.5, jitter=1, seed=1))


def test_a_slouch_that_could_not_be_measured_is_reported():
    with pytest.raises(CalibrationRefused, match="I could measure your slouch in only 0 checks"):
        calibrated(looks(), slouched=[None] * 60)


def test_a_slouch_that_was_asked_for_and_never_seen_is_refused():
    with pytest.raises(CalibrationRefused, match="0 checks"):
        calibrated(looks(), slouched=[])


@pytest.mark.parametrize(("trunk", "refused"), [(18, False), (22, True)])
def test_a_trunk_may_lean_less_than_a_neck(trunk, refused):
    leaning = looks(view=View.SIDE_RIGHT, make=from_side, neck=15, trunk=trunk)
    if refused:
        with pytest.raises(CalibrationRefused, match="trunk leaned"):
            calibrated(leaning)
    else:
        assert calibrated(leaning).values[Name.TRUNK_INCLINATION] == pytest.approx(trunk, abs=1)


def test_leaning_forward_is_refused_as_an_upright_posture():
    with pytest.raises(CalibrationRefused, match=r"trunk leaned 2[45]° forward"):
        calibrated(looks(view=View.SIDE_RIGHT, make=from_side, neck=15, trunk=25))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 0}, "positive"),
        ({"values": {}}, "needs slump_index"),
        ({"values": "zero"}, "slump_index must be positive"),
    ],
)
def test_a_baseline_that_cannot_be_compared_with_is_refused(change, said):
    good = calibrated(looks())
    if change.get("values") == "zero":
        change = {"values": {**good.values, Name.SLUMP_INDEX: 0.0}}
    with pytest.raises(ValueError, match=said):
        dataclasses.replace(good, **change)


def test_a_head_as_low_as_the_shoulders_is_refused_as_an_upright_posture():
    with pytest.raises(CalibrationRefused, match="Your head was no higher than your shoulders"):
        calibrated(looks(neck=80, trunk=10))


def test_refusals_are_one_line():
    for bad in ([None] * 60, looks(12), looks(jitter=15), looks(neck=80, trunk=10)):
        with pytest.raises(CalibrationRefused) as refused:
            calibrated(bad)
        assert "\n" not in str(refused.value)
        assert "again" in str(refused.value)


def test_what_is_harmless_is_saved_beside_the_slouch_it_can_be_distinguished_from():
    upright, slouched = looks(), looks(neck=35, trunk=10)
    lean, nearly = looks(neck=15), looks(neck=34, trunk=10)
    assert calibrated(upright, slouched=slouched).harmless is None
    kept = calibrated(upright, slouched=slouched, harmless=[lean, nearly, [None] * 60])
    assert kept.harmless == pytest.approx(
        judge_by_geometry(lean[0].measures, View.FRONT, kept, SETTINGS).value, abs=0.01
    )
    assert 0 < kept.harmless < kept.slouch
    further = calibrated(upright, slouched=slouched, harmless=[looks(neck=20), lean])
    assert kept.harmless < further.harmless < further.slouch
