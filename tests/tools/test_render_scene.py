"""Rooms, cameras, sensors and the renderer. Tests that need OpenGL are skipped if moderngl or EGL is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl: pip install -e '.[render]'")

from tools.render import assets, shapes
from tools.render.camera import Camera
from tools.render.cameras import PLACEMENTS, SIZES, place
from tools.render.furniture import PIECES
from tools.render.gl import SHIFTS, Canvas, Surface, triangulated, vertex_normals
from tools.render.lights import LIGHTS
from tools.render.rooms import BACK, CEILING, DESK_ROOMS, FLOOR_ROOMS, FRONT, LEFT, RIGHT, ROOMS, build
from tools.render.sensor import SENSORS, Sensor, expose
from tools.render.workplace import DESK_BACK, DESK_EDGE, DESK_HEIGHT, DESK_WIDTH, SEAT_HEIGHT
from tools.render.workstation import MONITOR, MONITOR_TOP

EYE_HEIGHTS = (1.08, 1.20, 1.32)
SQUARE = np.array([(-0.5, 0, 0), (0.5, 0, 0), (0.5, 0, 1.0), (-0.5, 0, 1.0)])
LOOKING = Camera((0, -2.0, 0.5), (0, 0, 0.5), 60, 160, 120)
PLAIN = LIGHTS["overcast"]


class Recorder:
    """Replaces a canvas if only what is built matters."""

    def __init__(self) -> None:
        self.vertices: list[np.ndarray] = []
        self.has_screen = False

    def add(self, vertices: np.ndarray, faces: Any, surface: Surface, **_: Any) -> SimpleNamespace:
        assert np.max(np.asarray(faces)) < len(vertices)
        self.vertices.append(np.asarray(vertices))
        return SimpleNamespace(casts_shadow=True)


def built(room: str, **options: bool) -> Recorder:
    recorder = Recorder()
    build(recorder, ROOMS[room], **options)  # type: ignore[arg-type]
    return recorder


# --- shapes ---------------------------------------------------------------------------------------------------------

SOLIDS = {
    "box": shapes.box((0, 0, 0), (1, 2, 3)),
    "rounded box": shapes.rounded_box((0, 0, 0), (1, 2, 3), 0.1),
    "cushion": shapes.cushion((0, 0, 0), (1, 2, 3)),
    "turned": shapes.turned([(0.0, 0), (0.5, 0), (0.5, 2), (0.0, 2)], (1, 1, 0)),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_face_outwards(name: str) -> None:
    vertices, faces = SOLIDS[name]
    a, b, c = (vertices[corner] for corner in triangulated(faces).T)
    volume = np.einsum("ij,ij->", a, np.cross(b, c)) / 6
    assert volume > 0.5 * np.prod(np.ptp(vertices, axis=0))


def test_rounded_box_keeps_its_size() -> None:
    vertices, _ = SOLIDS["rounded box"]
    assert vertices.min(axis=0) == pytest.approx([0, 0, 0])
    assert vertices.max(axis=0) == pytest.approx([1, 2, 3])


def test_triangulated_splits_quads() -> None:
    assert triangulated([(0, 1, 2, 3), (4, 5, 6)]).tolist() == [[0, 1, 2], [0, 2, 3], [4, 5, 6]]
    assert triangulated(np.array([(0, 1, 2, 3)])).tolist() == [[0, 1, 2], [0, 2, 3]]


def test_normals_of_a_square_are_its_perpendicular() -> None:
    assert vertex_normals(SQUARE, triangulated([(0, 1, 2, 3)])) == pytest.approx(np.tile([0, -1, 0], (4, 1)))


# --- rooms ----------------------------------------------------------------------------------------------------------


def test_there_are_rooms_for_desk_and_floor() -> None:
    assert len(DESK_ROOMS) >= 8
    assert len(FLOOR_ROOMS) >= 2
    assert len({room.wall for room in ROOMS.values()}) == len(ROOMS)
    assert {room.chair for room in DESK_ROOMS.values()} == {"low", "high", "headrest", "kitchen"}
    assert {room.desk for room in DESK_ROOMS.values()} == {"laptop", "monitor"}
    named = {name for room in ROOMS.values() for name, _ in room.behind + room.left + room.right}
    assert named == set(PIECES)


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_the_same_every_time(name: str) -> None:
    first, again = built(name), built(name)
    assert all(np.array_equal(a, b) for a, b in zip(first.vertices, again.vertices, strict=True))


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("name", ROOMS)
def test_a_room_leaves_the_person_free_and_stays_within_its_walls(name: str, behind: bool) -> None:
    recorder = built(name, window_behind=behind)
    assert recorder.has_screen is (ROOMS[name].desk != "none")
    points = np.concatenate(recorder.vertices)
    x, y, z = points.T
    low, high = (RIGHT - 0.11, FRONT - 0.11, -0.11), (LEFT + 0.11, BACK + 0.11, CEILING + 0.11)
    assert (points >= low).all()
    assert (points <= high).all()
    over_the_seat = (np.abs(x) < 0.24) & (y > -0.2) & (y < 0.10) & (z > SEAT_HEIGHT + 1e-6)
    assert not over_the_seat.any()
    over_the_forearms = (np.abs(x) < 0.25) & (y < DESK_EDGE) & (y > -0.43) & (z > DESK_HEIGHT + 0.02)
    assert not over_the_forearms.any()


def test_desk_and_seat_are_where_workplace_says() -> None:
    points = np.concatenate(built("study").vertices)
    on_desk = points[np.isclose(points[:, 2], DESK_HEIGHT)]
    for x, y in ((DESK_WIDTH / 2, DESK_EDGE), (-DESK_WIDTH / 2, DESK_BACK)):
        assert np.hypot(*(on_desk[:, :2] - (x, y)).T).min() < 0.01
    assert np.isclose(points[:, 2], SEAT_HEIGHT).any()


# --- cameras --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACEMENTS)
def test_cameras_see_the_person_from_within_the_room(name: str) -> None:
    told = PLACEMENTS[name]
    for seed in range(30):
        random = np.random.default_rng(seed)
        eye_height = EYE_HEIGHTS[seed % 3]
        camera = place(name, eye_height, random, SIZES[seed % 2])
        assert 54 <= camera.field_of_view <= 90
        assert RIGHT < camera.position[0] < LEFT
        assert FRONT < camera.position[1] < BACK
        head = [0, -0.1, eye_height] if told.kind == "desk" else [0, -0.1, 0.3]
        across, down = camera.project(np.array(head))
        assert 0.15 * camera.width < across < 0.85 * camera.width
        assert 0.02 * camera.height < down < 0.90 * camera.height
        x, y, z = camera.position
        if told.kind == "floor":
            continue
        behind_the_monitor = abs(x) < 0.29 and y < MONITOR and z < MONITOR_TOP
        assert not behind_the_monitor
        in_the_desk = abs(x) < DESK_WIDTH / 2 and DESK_BACK < y < DESK_EDGE and z < DESK_HEIGHT + 0.02
        assert not in_the_desk


def test_placements_keep_to_their_side() -> None:
    for seed in range(20):
        for side, sign in (("left", 1), ("right", -1)):
            for name, low, high in (("side", 82, 98), ("oblique", 30, 60)):
                told = PLACEMENTS[f"{name} {side}"]
                x, y, _ = place(told, 1.2, np.random.default_rng(seed)).position
                azimuth = sign * np.degrees(np.arctan2(x - told.around[0], -(y - told.around[1])))
                assert low <= azimuth <= high


def test_the_laptop_looks_up_and_the_high_webcam_down() -> None:
    assert place("laptop", 1.2).pitch < -5
    assert place("high webcam", 1.2).pitch > 15


def test_placing_depends_on_the_seed_alone() -> None:
    one, same, other = (place("oblique left", 1.2, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert place("oblique left", 1.2) == place("oblique left", 1.2)
    assert place("oblique left", 1.2).name == "oblique left"


# --- sensor ---------------------------------------------------------------------------------------------------------

GRAY = np.full((120, 160, 3), 120, np.float32)


def random() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_perfect_sensor_changes_nothing() -> None:
    picture = np.random.default_rng(1).uniform(0, 255, (48, 64, 3)).astype(np.float32)
    assert np.abs(expose(picture, SENSORS["perfect"], random()) - picture).max() <= 0.51


@pytest.mark.parametrize("name", SENSORS)
def test_the_same_seed_gives_the_same_noise(name: str) -> None:
    taken = expose(GRAY, SENSORS[name], random())
    assert taken.dtype == np.uint8
    assert taken.shape == GRAY.shape
    assert np.array_equal(taken, expose(GRAY, SENSORS[name], random()))


def test_noise_is_as_specified_and_stronger_in_the_dark() -> None:
    sensor = Sensor(noise=4, color_noise=0, dark_noise=1, lens_blur=0, vignette=0)
    assert expose(GRAY, sensor, random())[..., 1].std() == pytest.approx(1.4 * 4 * (1 + 7.5 / 127.5), rel=0.05)
    assert expose(GRAY / 4, sensor, random())[..., 1].std() > 1.4 * expose(GRAY, sensor, random())[..., 1].std()


def test_motion_smears_along_its_direction_only() -> None:
    picture = np.zeros((120, 160, 3), np.float32)
    picture[60, 80] = 255
    across = replace(SENSORS["perfect"], motion_blur=40.0)  # at 160 pixels a fourth of that
    taken = expose(picture, across, random())[..., 0] > 0
    assert np.flatnonzero(taken.any(axis=0)).tolist() == list(range(75, 86))
    assert np.flatnonzero(taken.any(axis=1)).tolist() == [60]
    upright = expose(picture, replace(across, motion_direction=90.0), random())[..., 0] > 0
    assert np.array_equal(np.argwhere(upright)[:, 1], np.full(11, 80))


def test_exposure_cast_and_vignette() -> None:
    clean = SENSORS["perfect"]
    assert expose(GRAY, replace(clean, exposure=0.5), random()).mean() < 95
    r, g, b = expose(GRAY, replace(clean, cast=(1.1, 1.0, 0.9)), random()).mean(axis=(0, 1))
    assert r > g > b
    shaded = expose(GRAY, replace(clean, vignette=0.3), random())
    assert shaded[0, 0, 0] < shaded[60, 80, 0]


# --- OpenGL ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=False)
def egl() -> None:
    try:
        Canvas(8, 8).close()
    except Exception as error:  # moderngl raises Exception itself where there is no EGL
        pytest.skip(f"needs OpenGL through EGL: {error}")


@pytest.fixture
def canvas(egl: None) -> Iterator[Canvas]:
    with Canvas(160, 120) as made:
        yield made


def test_a_picture_has_the_size_and_color_asked_for(canvas: Canvas) -> None:
    canvas.add(SQUARE, [(0, 1, 2, 3)], Surface((0.6, 0.02, 0.02)))
    picture = canvas.draw(LOOKING, PLAIN)
    assert picture.shape == (120, 160, 3)
    assert picture.dtype == np.float32
    r, g, b = picture[60, 80]
    assert r > 100 > max(g, b) + 30
    assert picture[60, 5] == pytest.approx([128] * 3, abs=1)  # nothing there
    with pytest.raises(ValueError, match="camera takes"):
        canvas.draw(replace(LOOKING, width=320, height=240), PLAIN)


@pytest.mark.parametrize("supersampling", SHIFTS)
def test_parts_fall_where_the_camera_projects_them(egl: None, supersampling: int) -> None:
    camera = Camera((0.9, -1.8, 1.3), (0.1, 0, 0.4), 62, 160, 120, roll=7)
    with Canvas(160, 120, supersampling) as canvas:
        canvas.add(SQUARE, [(0, 1, 2, 3)], Surface((1, 1, 1), glows=True))
        seen = canvas.draw(camera, PLAIN)[..., 0] - 128
    weight = np.clip(seen, 0, None)
    y, x = np.indices(weight.shape) + 0.5
    fine = np.stack(np.meshgrid(np.linspace(-0.5, 0.5, 101), [0.0], np.linspace(0, 1, 101)), axis=-1).reshape(-1, 3)
    # Points are weighted by the area they cover in the picture, which falls with distance and slant.
    away = camera.into(fine)[:, 2]
    middle = np.average(camera.project(fine), axis=0, weights=away**-3.0)
    found = np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()
    assert found == pytest.approx(middle, abs=0.15)


def test_the_nearer_part_hides_the_farther(canvas: Canvas) -> None:
    glowing = [Surface(color, glows=True) for color in ((1.0, 0, 0), (0, 1.0, 0))]
    near = canvas.add(SQUARE, [(0, 1, 2, 3)], glowing[0], moving=True)
    canvas.add(SQUARE + [0, 0.5, 0], [(0, 1, 2, 3)], glowing[1])
    assert canvas.draw(LOOKING, PLAIN)[60, 80].argmax() == 0
    canvas.move(near, SQUARE + [0, 1.0, 0])
    assert canvas.draw(LOOKING, PLAIN)[60, 80].argmax() == 1
    canvas.move(near, SQUARE)
    near.visible = False
    assert canvas.draw(LOOKING, PLAIN)[60, 80].argmax() == 1
    near.visible = True
    assert canvas.draw(LOOKING, PLAIN)[60, 80].argmax() == 0


def test_what_is_cut_away_shows_what_is_behind(canvas: Canvas) -> None:
    cut = np.array([1.0, 1.0, -1.0, -1.0])  # keeps the lower half
    canvas.add(SQUARE, [(0, 1, 2, 3)], Surface((1.0, 0, 0), glows=True), cut=cut)
    picture = canvas.draw(LOOKING, PLAIN)
    assert picture[70, 80].argmax() == 0
    assert picture[70, 80, 0] > 200
    assert picture[50, 80] == pytest.approx([128] * 3, abs=1)


def test_static_parts_may_be_hidden_and_added_later_but_not_moved(canvas: Canvas) -> None:
    wall = canvas.add(SQUARE, [(0, 1, 2, 3)], Surface((1.0, 0, 0), glows=True))
    assert canvas.draw(LOOKING, PLAIN)[60, 80, 0] > 200
    wall.visible = False
    assert canvas.draw(LOOKING, PLAIN)[60, 80, 0] == pytest.approx(128, abs=1)
    canvas.add(SQUARE, [(0, 1, 2, 3)], Surface((0, 1.0, 0), glows=True))
    assert canvas.draw(LOOKING, PLAIN)[60, 80].argmax() == 1
    with pytest.raises(ValueError, match="moving=False"):
        canvas.move(wall, SQUARE)


def test_a_part_throws_its_shadow_on_the_floor(canvas: Canvas) -> None:
    floor = np.array([(-2, -2, 0), (2, -2, 0), (2, 2, 0), (-2, 2, 0.0)])
    canvas.add(floor, [(0, 1, 2, 3)], Surface((0.2, 0.2, 0.2)), casts_shadow=False)
    roof = canvas.add(0.6 * floor + [0, -0.3, 0.9], [(0, 1, 2, 3)], Surface((0.5, 0.5, 0.5)), moving=True)
    camera = Camera((0, -3.0, 0.4), (0, -0.3, 0.0), 50, 160, 120)
    shaded = canvas.draw(camera, LIGHTS["day"])[60, 80].mean()
    roof.visible = False
    assert shaded < 0.85 * canvas.draw(camera, LIGHTS["day"])[60, 80].mean()


def test_lights_differ_as_specified(egl: None) -> None:
    camera = place("monitor", 1.2, None, (160, 120))
    mean = {}
    for name in ("day", "dim lamp", "screen only"):
        with Canvas(160, 120) as canvas:
            build(canvas, ROOMS["study"])
            mean[name] = canvas.draw(camera, LIGHTS[name]).mean()
    assert mean["day"] > 2 * mean["dim lamp"] > 2 * mean["screen only"] > 10


def test_two_canvases_do_not_disturb_each_other(egl: None) -> None:
    with Canvas(160, 120) as one, Canvas(160, 120) as other:
        one.add(SQUARE, [(0, 1, 2, 3)], Surface((1.0, 0, 0), glows=True))
        other.add(SQUARE, [(0, 1, 2, 3)], Surface((0, 1.0, 0), glows=True))
        assert one.draw(LOOKING, PLAIN)[60, 80].argmax() == 0
        assert other.draw(LOOKING, PLAIN)[60, 80].argmax() == 1
        assert one.draw(LOOKING, PLAIN)[60, 80].argmax() == 0


def test_a_scene_shows_people_where_they_are_posed(egl: None) -> None:
    if not assets.available():
        pytest.skip("needs the body's data: python -m tools.render fetch")
    from tools.render.people import PEOPLE
    from tools.render.posture import POSTURES
    from tools.render.posture import build as pose
    from tools.render.scene import Scene

    camera = place("monitor", 1.2, None, (160, 120))
    with Scene("white wall", "day", [next(iter(PEOPLE.values()))], 160, 120) as scene:
        body = scene.bodies[0]
        upright, slouched = (pose(body, POSTURES[name]) for name in ("upright", "slouch_deep"))
        sensor = SENSORS["laptop webcam"]
        first = scene.picture([upright], camera, sensor, seed=3)
        assert first.shape == (120, 160, 3)
        assert first.dtype == np.uint8
        assert np.array_equal(first, scene.picture([upright], camera, sensor, seed=3))
        assert not np.array_equal(first, scene.picture([upright], camera, sensor, seed=4))
        clean = SENSORS["perfect"]
        before, after, empty = (
            scene.picture([posed], camera, clean).astype(float) for posed in (upright, slouched, None)
        )
        assert np.abs(before - after).mean() > 3
        across, down = camera.project((upright.joint("eye.L") + upright.joint("eye.R")) / 2).round().astype(int)
        assert np.abs(before - empty)[down, across].mean() > 15
        with pytest.raises(ValueError, match="shorter"):
            scene.picture([], camera, clean)
