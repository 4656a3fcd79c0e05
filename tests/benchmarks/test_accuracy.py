"""The accuracy benchmark itself, on people made of a few points: does it measure what it claims to?"""

import dataclasses
import itertools
import json
import math
import random
import sys

import numpy as np
import program
import pytest
from places import ROOT
from report import RESULTS

sys.path.insert(0, str(ROOT / "benchmarks"))

import accuracy
import domain_gap
import popular
import tables
from activities import AWAY, SLOUCHES
from decisions import decide, deviations
from estimates import LEARNED, OURS, against_upright, column, ours
from rules import DeskCoachLike, DorsoLike, PoselyLike, cues
from scores import rank_correlation, score, score_all, separation, true_views
from scripts_of_work import Slouch, calibration_looks, looks_at, write_script
from stills import Detections, Stills, family, load
from working_hours import GRACE, false_alerts, tally, wait_for, watch_hour, watch_hours

from posturecam.config.settings import Settings, SideSettings
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.measures import Name
from posturecam.vision.head import NoHead
from posturecam.vision.pose import LANDMARK_COUNT, Landmark, Pose
from tools.render.landmarks import stacked, stacked_heads

WIDTH, HEIGHT = 640, 480
UNBIASED = Settings(side=SideSettings(neck_bias=0, trunk_bias=0))
"""Landmarks at their anatomical positions need no correction for the model's bias."""
NAMES = ("neck_inclination", "trunk_inclination", "neck_flexion", "head_tilt", "body_yaw")


def towards(start, length, degrees):
    """The point at this distance from `start`, leaning this many degrees to the picture's right from straight up."""
    return np.array(start) + length * np.array([math.sin(math.radians(degrees)), -math.cos(math.radians(degrees))])


def profile(neck, trunk=0.0, tilt=0.0, visibility=1.0, width=WIDTH):
    """Somebody seen from the right side, facing the picture's right, with landmarks exactly where these angles put them."""
    points = np.full((LANDMARK_COUNT, 2), (width / 2, 300.0))
    hip = np.array([width / 2, 430.0])
    shoulder = towards(hip, 180, trunk)
    ear = towards(shoulder, 80, neck)
    eye = towards(ear, 30, 90 - tilt)
    nose = towards(ear, 40, 100 - tilt)
    for landmark, point in (("HIP", hip), ("SHOULDER", shoulder), ("EAR", ear), ("EYE_OUTER", eye)):
        points[Landmark[f"LEFT_{landmark}"]] = points[Landmark[f"RIGHT_{landmark}"]] = point
    points[Landmark.NOSE] = nose
    world = np.zeros((LANDMARK_COUNT, 3))
    world[Landmark.LEFT_SHOULDER, 2], world[Landmark.RIGHT_SHOULDER, 2] = 0.18, -0.18
    seen = np.full(LANDMARK_COUNT, visibility)
    return Pose(0.0, width, HEIGHT, points.astype(np.float32), seen.astype(np.float32), world.astype(np.float32))


def facing(ear_height=90.0, sunk=0.0, larger=1.0, nose_drop=10.0):
    """Somebody facing the camera; lengths in pixels."""
    points = np.full((LANDMARK_COUNT, 2), (320.0, 300.0))
    for side, sign in (("LEFT", 1), ("RIGHT", -1)):
        points[Landmark[f"{side}_SHOULDER"]] = 320 + sign * 80, 320 + sunk
        points[Landmark[f"{side}_ELBOW"]] = 320 + sign * 100, 430 + sunk
        points[Landmark[f"{side}_EAR"]] = 320 + sign * 32 * larger, 320 + sunk - ear_height
        points[Landmark[f"{side}_EYE_OUTER"]] = 320 + sign * 24 * larger, 310 + sunk - ear_height
    points[Landmark.NOSE] = 320, 320 + sunk - ear_height + nose_drop
    world = np.zeros((LANDMARK_COUNT, 3))
    world[Landmark.LEFT_SHOULDER, 0], world[Landmark.RIGHT_SHOULDER, 0] = 0.18, -0.18
    seen = np.ones(LANDMARK_COUNT, np.float32)
    return Pose(0.0, WIDTH, HEIGHT, points.astype(np.float32), seen, world.astype(np.float32))


def save(path, stills):
    """Save stills in a file as the renderer does."""
    arrays = {field.name: getattr(stills, field.name) for field in dataclasses.fields(stills)}
    for model, seen in arrays.pop("detections").items():
        arrays |= {f"{model}_{field.name}": getattr(seen, field.name) for field in dataclasses.fields(seen)}
    np.savez_compressed(path, **arrays)


def stills_of(*people, camera="side_right", yaw=90.0, group="one"):
    """Stills from (posture, pose, neck, trunk, tilt); a pose of None means nobody was found."""
    n = len(people)
    angles = [(neck, trunk, neck - trunk, tilt, yaw) for _, _, neck, trunk, tilt in people]
    said = {name: np.full(n, name) for name in ("person", "room", "light")}
    return Stills(
        **said,
        camera=np.full(n, camera),
        group=np.full(n, group),
        posture=np.array([posture for posture, *_ in people]),
        width=np.full(n, WIDTH),
        height=np.full(n, HEIGHT),
        variant=np.arange(n),
        camera_pitch=np.zeros(n),
        field_of_view=np.full(n, 62.0),
        angle_names=NAMES,
        angles=np.array(angles, float),
        point_names=("tragus_left",),
        points_picture=np.zeros((n, 1, 2)),
        points_space=np.zeros((n, 1, 3)),
        detections={
            "lite": Detections(**stacked([pose for _, pose, *_ in people]), **stacked_heads([NoHead.NOT_LOOKED] * n))
        },
    )


def sitting(posture, neck, trunk=0.0, tilt=0.0, wrong=0.0):
    """One still in profile, as seen by a model that reads the neck `wrong` degrees too large."""
    return posture, profile(neck + wrong, trunk, tilt), neck, trunk, tilt


UPRIGHT = [sitting("upright", 8 + step) for step in (-1.0, 0.0, 1.0)]
SLOUCHED = [sitting("slouch_deep", 45 + step, 15) for step in (-1.0, 0.0, 1.0)]


def scores_of(stills, settings=UNBIASED):
    found = score_all(stills, "lite", ours(stills, "lite", settings))
    return {(one.measure, one.view, one.against): one for one in found}


def test_landmarks_at_the_truth_have_no_error():
    scores = scores_of(
        stills_of(*(sitting("upright", neck, trunk, -10) for neck, trunk in ((5, 0), (20, 10), (40, 25))))
    )
    for name in ("neck_inclination", "trunk_inclination", "neck_flexion", "head_tilt"):
        one = scores[name, "side", "truth"]
        assert (one.n, one.answered) == (3, 1.0)
        assert one.mae == pytest.approx(0, abs=0.1)
    assert scores["body_yaw", "side", "truth"].mae == pytest.approx(0, abs=0.1)


def test_the_bias_is_positive_where_too_much_is_read():
    stills = stills_of(*(sitting("upright", neck, wrong=6) for neck in (5, 10, 15)), sitting("lean_in", 30, wrong=6))
    scores = scores_of(stills)
    absolute = scores["neck_inclination", "side", "truth"]
    assert absolute.bias == pytest.approx(6, abs=0.1)
    assert (absolute.within_one, absolute.within_two) == (1.0, 1.0)  # the stated uncertainty is 6.5°
    change = scores["neck_inclination", "side", "upright"]
    assert (change.n, change.bias) == (1, pytest.approx(0, abs=0.1))  # the same error when upright cancels out


def test_nobody_found_is_not_answered_and_not_good():
    lost = ("slouch_deep", None, 45.0, 15.0, 0.0)
    stills = stills_of(*UPRIGHT, lost, sitting("slouch_deep", 45, 15), sitting("recline", -5, -15))
    assert scores_of(stills)["neck_inclination", "side", "truth"].answered == pytest.approx(5 / 6)
    assert math.isnan(deviations(stills, "lite", UNBIASED)[3])
    decisions, verdicts = decide(stills, "lite", UNBIASED)
    mine = next(one for one in decisions if one.method == OURS)
    assert (mine.n, mine.found, mine.false) == (3, 0.5, 0.0)
    assert next(one for one in verdicts if one.posture == "slouch_deep").unknown == 0.5


def test_what_a_view_cannot_show_counts_as_not_answered():
    stills = stills_of(("upright", facing(), 10.0, 0.0, 0.0), camera="laptop", yaw=0.0)
    one = scores_of(stills)["neck_inclination", "front", "truth"]
    assert (one.n, one.answered, one.mae) == (1, 0.0, None)
    assert any("neck inclination" in line and "0%" in line for line in tables.errors([one], "truth"))


def test_the_view_of_a_row_is_the_true_one():
    stills = stills_of(*UPRIGHT, yaw=-170)
    assert not any(mask.any() for mask in true_views(stills).values())  # seen from behind: in no row
    assert true_views(stills_of(*UPRIGHT, yaw=-40))["oblique"].all()


def test_stretches_on_the_mat_are_in_no_row_of_the_desk():
    stills = stills_of(*UPRIGHT, camera="floor_side_left")
    assert [view for view, mask in true_views(stills).items() if mask.any()] == ["mat"]
    assert list(watch_hours(stills, "lite", UNBIASED)) == []
    assert decide(stills, "lite", UNBIASED) == ([], [])


def test_visibility_that_falls_with_the_error_ranks_below_zero():
    stills = stills_of(*(("upright", profile(10 + wrong, visibility=1 - wrong / 100), 10, 0, 0) for wrong in range(12)))
    one = scores_of(stills)["neck_inclination", "side", "truth"]
    assert one.visibility_rank == pytest.approx(-1)
    assert one.mae_least_visible > one.mae_most_visible
    assert rank_correlation(np.ones(20), np.arange(20.0)) is None


def test_an_unstated_value_is_not_an_answer():
    stills = stills_of(*UPRIGHT)
    found = column("guess", Name.NECK_INCLINATION, [8.0, None, 8.0])
    one = score(found, "lite", "side", "truth", found.values, stills.angle("neck_inclination"), np.ones(3, bool))
    assert one.answered == pytest.approx(2 / 3)
    assert one.visibility_rank is None
    assert np.isnan(against_upright(stills, found.values)).all()


def test_stills_come_back_as_they_were_kept(tmp_path):
    stills = stills_of(*UPRIGHT, ("slouch_deep", None, 45.0, 15.0, 0.0))
    save(tmp_path / "stills.npz", stills)
    again = load(tmp_path / "stills.npz")
    assert again.posture.tolist() == stills.posture.tolist()
    assert again.angle_names == NAMES
    assert again.pose(3, "lite") is None
    before, after = stills.pose(0, "lite"), again.pose(0, "lite")
    np.testing.assert_allclose(after.points, before.points, atol=1 / 32)
    np.testing.assert_allclose(after.world, before.world, atol=1e-3)
    np.testing.assert_allclose(again.angles, stills.angles, atol=1e-4)
    assert len(again.where(again.posture == "upright").poses("lite")) == 3


def test_stills_that_do_not_fit_each_other_are_refused():
    stills = stills_of(*UPRIGHT)
    with pytest.raises(ValueError, match="angles"):
        Stills(**{**{name: getattr(stills, name) for name in Stills.__slots__}, "angle_names": ("one",)})


@pytest.mark.parametrize(
    ("camera", "place"),
    [("high_webcam", "front, eye level"), ("phone_on_a_stand", "front, low"), ("floor_side_left", "mat")],
)
def test_cameras_are_distinguished_by_where_they_stand(camera, place):
    assert family(camera) == place


def test_popular_code_is_wrong_in_the_way_that_is_known():
    wide = profile(20, width=854)  # 16:9
    assert popular.normalized_neck(wide) == pytest.approx(11.6, abs=0.1)
    assert popular.any_view_neck(profile(-20)) == pytest.approx(20)  # backward or forward
    assert popular.any_view_neck(facing()) > 20  # half the breadth of the shoulders, read as an angle
    up_and_forward = profile(0)
    up_and_forward.world[Landmark.LEFT_EAR] = up_and_forward.world[Landmark.RIGHT_EAR] = 0.1, -0.1, 0
    assert popular.world_neck(up_and_forward) == pytest.approx(45)
    before_the_camera = facing()
    before_the_camera.world[Landmark.LEFT_EAR] = before_the_camera.world[Landmark.RIGHT_EAR] = 0, -0.1, -0.1
    assert popular.world_neck(before_the_camera) == pytest.approx(45)
    assert popular.nose_height(facing(sunk=40)) > popular.nose_height(facing())
    assert popular.nose_over_shoulders(facing(ear_height=70)) > popular.nose_over_shoulders(facing())
    assert popular.face_size(facing(larger=1.2)) == pytest.approx(1.2 * popular.face_size(facing()))


def test_separation_is_one_where_all_slouches_score_higher_and_a_half_by_chance():
    assert separation(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1.0
    assert separation(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 0.5
    assert separation(np.array([]), np.array([1.0])) is None


EVERYTHING = ["upright", "look_at_keys", "drinking", *(name for names in SLOUCHES.values() for name in names)]


def test_a_script_has_the_slouches_it_says():
    script = write_script(EVERYTHING, 7200, random.Random(1))
    assert {slouch.depth for slouch in script.slouches} == set(SLOUCHES)
    assert all(before.end == after.start for before, after in itertools.pairwise(script.parts))
    assert (script.parts[0].start, script.seconds) == (0, 7200)
    for slouch in script.slouches:
        assert 150 <= slouch.end - slouch.start <= 480
        inside = [part for part in script.parts if slouch.start <= part.start < slouch.end]
        kept = [part for part in inside if part.postures == SLOUCHES[slouch.depth]]
        assert sum(part.end - part.start for part in kept) > 0.7 * (slouch.end - slouch.start)
    assert script == write_script(EVERYTHING, 7200, random.Random(1))


def test_what_there_are_no_stills_of_does_not_happen():
    script = write_script(["upright", "slouch_mild"], 3600, random.Random(1))
    assert {slouch.depth for slouch in script.slouches} == {"mild"}
    assert not any(part.activity == "drinks" for part in script.parts)
    with pytest.raises(ValueError, match="upright"):
        write_script(["slouch_mild"], 3600, random.Random(1))


def test_looks_show_what_the_script_says():
    which = {"upright": [0, 1], "look_at_keys": [2], "drinking": [3], "slouch_mild": [4, 5]}
    script = write_script(which, 3600, random.Random(2))
    looks = list(looks_at(script, which, random.Random(3)))
    assert len(looks) == 7200
    for part in script.parts:
        allowed = {still for posture, stills in which.items() if posture in part.postures for still in stills}
        inside = [look for look in looks if part.start <= look.t < part.end]
        shown = {look.shot.still for look in inside if look.shot}
        assert shown <= allowed
        assert bool(shown) is (part.activity != AWAY.name) or not inside
    assert len({look.shot.chair for look in looks if look.shot}) > 1
    assert len({look.shot.still for look in calibration_looks([0, 1], random.Random(1))}) == 2


def test_the_learned_judge_works_the_same_hour():
    hour = watch_hour(stills_of(*UPRIGHT, *SLOUCHED), "lite", UNBIASED, judge=load_judge(UNBIASED))
    by_method = {row.method: row for row in tally([hour]) if row.depth == "all"}
    assert by_method[LEARNED].slouches == by_method[OURS].slouches
    assert {OURS, LEARNED, "Dorso-like"} <= set(by_method)


def test_an_hour_with_plain_slouches_is_watched_without_a_mistake():
    hour = watch_hour(stills_of(*UPRIGHT, *SLOUCHED), "lite", UNBIASED)
    assert hour.refused is None
    row = next(one for one in tally([hour]) if one.method == OURS and one.depth == "all")
    assert row.slouches == len(hour.script.slouches) > 3
    assert (row.found, row.false_alerts, row.unknown) == (row.slouches, 0, 0)
    assert 58 <= row.seconds_to_alert < 65  # a severe slouch raises an alert after a minute
    rows = {one.method: one for one in tally([hour]) if one.depth == "deep"}
    assert rows["DeskCoach-like"].found == row.slouches
    assert rows["Dorso-like"].found == row.slouches


def test_a_person_who_is_not_found_is_unknown_for_everybody():
    lost = [(posture, None, neck, trunk, tilt) for posture, _, neck, trunk, tilt in (*UPRIGHT, *SLOUCHED)]
    hour = watch_hour(stills_of(*lost), "lite", UNBIASED, hours=0.5)
    assert hour.refused
    for result in hour.results.values():
        assert (result.alerts, result.unknown) == ((), hour.present)
    assert all(row.found == 0 and row.unknown == 1 for row in tally([hour]))


def test_an_alert_just_after_a_slouch_is_late_and_not_false():
    script = write_script(["upright", "slouch_mild"], 1800, random.Random(1))
    slouch = script.slouches[0]
    assert wait_for(slouch, [slouch.start - 1, slouch.start + 40, slouch.start + 50]) == 40
    assert wait_for(slouch, [slouch.end + 1]) is None
    assert false_alerts(script, [slouch.end + GRACE - 1, slouch.start + 1]) == []
    assert false_alerts(script, [slouch.start - 1]) == [slouch.start - 1]
    assert Slouch(1, 2, "mild").end == 2


def first_alarm(rule, pose, upright, seconds=120.0):
    """Seconds until a rule calibrated on `upright` reports that pose as slouching; None for never."""
    trained = rule([cues(upright)] * 10)
    times = [number / 2 for number in range(round(seconds * 2))]
    return next((t for t in times if trained.look(t, cues(pose))), None)


def test_a_nose_height_rule_alarms_on_whatever_lowers_the_nose():
    slumped, keys, chair = facing(ear_height=70, sunk=30), facing(nose_drop=30), facing(sunk=40)
    assert first_alarm(DorsoLike, slumped, facing()) <= 6
    assert first_alarm(DorsoLike, keys, facing()) is not None  # merely a glance
    assert first_alarm(DorsoLike, chair, facing()) is not None  # merely a lower chair
    assert first_alarm(DorsoLike, facing(), facing()) is None
    assert first_alarm(DorsoLike, facing(sunk=-30), facing()) is None


def test_a_neck_angle_rule_alarms_from_the_side_and_misses_it_from_the_front():
    assert first_alarm(DeskCoachLike, profile(40), profile(8)) <= 12  # severe
    assert 12 < first_alarm(DeskCoachLike, profile(22), profile(8)) <= 30
    assert first_alarm(DeskCoachLike, profile(14), profile(8)) is None
    assert first_alarm(DeskCoachLike, facing(ear_height=60, sunk=30), facing()) is None


def test_a_neck_angle_rule_recovers_and_alarms_again():
    rule = DeskCoachLike([cues(profile(8))] * 10)
    said = [rule.look(t / 2, cues(profile(40 if (t // 120) % 2 else 8))) for t in range(480)]
    begins = [now and not before for before, now in itertools.pairwise(said)]
    assert sum(begins) == 2


def test_a_pitch_rule_needs_a_bent_head_as_well():
    bent = facing(ear_height=55, nose_drop=40)
    assert 60 <= first_alarm(PoselyLike, bent, facing()) <= 61
    assert first_alarm(PoselyLike, facing(ear_height=55), facing()) is None


@pytest.mark.parametrize("rule", [DorsoLike, DeskCoachLike, PoselyLike])
def test_a_rule_has_no_answer_for_nobody(rule):
    trained = rule([cues(facing())])
    assert trained.look(0.0, None) is None


def test_the_pictures_are_drawn(tmp_path):
    stills = stills_of(*UPRIGHT, *SLOUCHED, camera="monitor")
    hour = watch_hour(stills, "lite", UNBIASED, hours=0.25)
    import plots

    drawn = plots.draw_all(stills, ["lite"], [hour], UNBIASED, tmp_path)
    assert [path.name for path in drawn] == ["accuracy_yaw.png", "accuracy_hour.png"]
    assert all(path.stat().st_size > 5000 for path in drawn)


def test_rendered_and_photographed_people_are_summed_up_alike():
    poses = [facing(), facing(ear_height=80), None]
    one = domain_gap.look("rendered", "lite", poses)
    assert one.found == pytest.approx(2 / 3)
    assert one.head_visibility == 1
    assert one.shapes[0] == (pytest.approx(0.4), pytest.approx(0))
    assert "67%" in domain_gap.looks_table([one])[2]


def test_a_jittered_picture_is_hardly_smaller():
    image = np.full((200, 300, 3), 100, np.uint8)
    jittered = domain_gap.jitter(image, random.Random(1))
    assert jittered.dtype == np.uint8
    assert 0.93 * 200 <= jittered.shape[0] <= 200
    assert 85 <= jittered.mean() <= 115


@pytest.fixture
def kept(tmp_path):
    """A file of stills of one group, as both models saw it."""
    stills = stills_of(*UPRIGHT, *SLOUCHED, sitting("recline", -5, -15))
    both = dict.fromkeys(("lite", "full"), stills.detections["lite"])
    save(tmp_path / "stills.npz", dataclasses.replace(stills, detections=both))
    return tmp_path / "stills.npz"


def test_the_command_says_the_same_to_people_and_programs(kept, tmp_path, monkeypatch, capsys):
    out, page, kept_report = tmp_path / "out.json", tmp_path / "report.md", RESULTS / "accuracy.md"
    before = kept_report.read_text(encoding="utf-8")
    asked = ["--data", str(kept), "--hours", "0.25", "--json", str(out), "--report", str(page)]
    monkeypatch.setattr("sys.argv", ["accuracy.py", *asked])
    assert accuracy.main() == 0
    printed, records = capsys.readouterr().out, json.loads(out.read_text())
    assert printed.startswith(page.read_text(encoding="utf-8"))
    assert kept_report.read_text(encoding="utf-8") == before, "other people are not the last run on the test people"
    assert {row["model"] for row in records["scores"]} == {"lite", "full"}
    assert "neck inclination" in printed
    assert "Dorso-like" in printed
    assert {row["method"] for row in records["tallies"]} >= {OURS, "Dorso-like", "DeskCoach-like", "Posely-like"}


def test_the_command_says_where_the_stills_are_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(accuracy, "data_path", lambda split: tmp_path / "none.npz")
    monkeypatch.setattr("sys.argv", ["accuracy.py"])
    with pytest.raises(SystemExit) as ended:
        program.run(accuracy.main)
    assert ended.value.code == 3
    assert "benchmarks/README.md" in capsys.readouterr().err


def test_the_comparison_says_that_there_are_no_photographs(kept, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(domain_gap, "PICTURES", tmp_path / "none")
    monkeypatch.setattr("sys.argv", ["domain_gap.py", "--data", str(kept), "--footage", str(tmp_path / "none")])
    assert domain_gap.main() == 0
    printed = capsys.readouterr()
    assert "No real photographs" in printed.err
    assert "rendered: side" in printed.out
