"""The benchmark on held bursts of real people, run on people made of a stick figure and the canonical face."""

from dataclasses import replace

import figures
import numpy as np
import pytest
import real_people
from faces import face_points

from posturecam.vision.pose import Landmark

SIZE = (640, 480)
SHOULDERS = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]


def picture(neck_height, distance):
    """Landmarks of one picture: shoulders this many centimeters below a head at this distance."""
    points = face_points(z=distance, size=SIZE)
    focal = SIZE[0] / 2 / np.tan(np.radians(65 / 2))
    pose = figures.person(width=SIZE[0], height=SIZE[1])
    placed = pose.points.copy()
    placed[SHOULDERS, 1] = SIZE[1] / 2 + neck_height * focal / distance
    return replace(pose, points=placed), points


@pytest.fixture(scope="module")
def landmarks(tmp_path_factory):
    """Two upright bursts and a slouched one, six pictures each."""
    random = np.random.default_rng(1)
    bursts = [("upright", 0, 20.0, 60.0), ("upright", 1, 20.2, 61.0), ("slouched", 2, 15.0, 52.0)]
    rows = [
        (label, number, *picture(height + random.normal(0, 0.2), distance))
        for label, number, height, distance in bursts
        for _ in range(6)
    ]
    poses = [pose for _, _, pose, _ in rows]
    file = tmp_path_factory.mktemp("landmarks") / "people.npz"
    np.savez(
        file,
        person=np.array(["A"] * len(rows)),
        label=np.array([label for label, *_ in rows]),
        burst=np.array([number for _, number, *_ in rows]),
        width=np.full(len(rows), SIZE[0]),
        height=np.full(len(rows), SIZE[1]),
        lite_found=np.full(len(rows), True),
        lite_points=np.stack([pose.points for pose in poses]),
        lite_visibility=np.stack([pose.visibility for pose in poses]),
        lite_world=np.stack([pose.world for pose in poses]),
        face_cropped=np.stack([np.column_stack((points, np.zeros(len(points)))) for *_, points in rows]),
    )
    return file


@pytest.mark.parametrize("judge", ["program", "no baseline"])
def test_a_held_slouch_is_detected_and_sitting_upright_is_not(landmarks, judge, capsys):
    assert real_people.main(["--landmarks", str(landmarks), "--seeds", "1", "--judges", judge]) == 0
    said = capsys.readouterr().out
    assert f"| {judge} | 1 of 1 | 0 of 2 | 100.0% | 1.000 |" in said


def test_only_the_requested_judges_are_run(landmarks, tmp_path):
    file = tmp_path / "told.json"
    real_people.main(["--landmarks", str(landmarks), "--seeds", "1", "--judges", "geometry", "--json", str(file)])
    assert '"geometry"' in file.read_text()
