"""The rendered people: that each can be built, that they differ, and that clothes and hair are where they should be."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from tools.render import assets

if importlib.util.find_spec("moderngl") is None:
    pytest.skip("moderngl is not installed: pip install -e '.[render]'", allow_module_level=True)
if not assets.available():
    pytest.skip("the body's data is not here: python -m tools.render fetch", allow_module_level=True)

from tools.render import garments, hair
from tools.render.body import Body
from tools.render.gl import Canvas
from tools.render.makehuman import SKIN_VERTICES
from tools.render.parts import Patch, Subdivision, vertex_normals
from tools.render.people import PEOPLE, TEST_PEOPLE, TUNE_PEOPLE
from tools.render.posture import POSTURES, build
from tools.render.regions import Regions
from tools.render.skin import UNDER_CLOTHES
from tools.render.wardrobe import Figure


@cache
def body_of(name: str) -> Body:
    return Body(PEOPLE[name].shape)


@pytest.fixture(scope="module")
def canvas() -> Iterator[Canvas]:
    try:
        made = Canvas(64, 48, supersampling=1)
    except Exception as problem:
        pytest.skip(f"no OpenGL here: {problem}")
    yield made
    made.close()


def girth(body: Body) -> float:
    """Depth and width at the waist, meters."""
    regions = Regions(body)
    near = np.abs(regions.z - body.joint("spine04")[2]) < 0.025
    waist = body.rest[near & regions.is_skin & (regions.along_arm < 0) & regions.moved_by(("spine",))]
    return float(np.ptp(waist[:, 0]) + np.ptp(waist[:, 1]))


def test_everyone_is_someone_else() -> None:
    heights = np.array([np.ptp(body_of(name).rest[:SKIN_VERTICES, 2]) for name in PEOPLE])
    girths = np.array([girth(body_of(name)) for name in PEOPLE])
    assert len(PEOPLE) >= 24
    assert len({(round(h, 3), round(g, 3)) for h, g in zip(heights, girths, strict=True)}) == len(PEOPLE)
    assert heights.min() > 1.5
    assert heights.max() < 2.0
    assert np.ptp(heights) > 0.3
    assert girths.max() / girths.min() > 1.3


@pytest.mark.parametrize(
    ("what", "at_least"),
    [
        (lambda p: p.shape.gender < 0.5, 5),
        (lambda p: p.shape.gender > 0.5, 5),
        (lambda p: p.shape.age > 0.65, 2),
        (lambda p: p.shape.age < 0.38, 2),
        (lambda p: p.shape.weight > 0.8, 2),
        (lambda p: p.shape.weight < 0.45, 3),
        (lambda p: np.mean(p.look.skin) < 0.15, 3),
        (lambda p: np.mean(p.look.skin) > 0.3, 3),
        (lambda p: p.look.hides_ears, 4),
        (lambda p: p.look.style in ("bald", "rim", "receding"), 2),
        (lambda p: p.look.style in ("bun", "ponytail"), 2),
        (lambda p: p.look.glasses != "none", 3),
        (lambda p: p.look.beard == "full", 1),
        (lambda p: p.look.headphones, 1),
        (lambda p: p.look.top == "hoodie", 1),
        (lambda p: p.look.top == "loose shirt", 1),
        (lambda p: p.look.top in ("tight top", "vest"), 1),
        (lambda p: p.look.pattern != "plain", 2),
    ],
)
def test_both_splits_have_all_kinds_of_people(what: Any, at_least: int) -> None:
    for split in (TUNE_PEOPLE, TEST_PEOPLE):
        assert sum(bool(what(person)) for person in split.values()) >= at_least


def test_splits_share_nobody_and_leave_nobody_out() -> None:
    assert not set(TUNE_PEOPLE) & set(TEST_PEOPLE)
    assert dict(PEOPLE) == {**TUNE_PEOPLE, **TEST_PEOPLE}
    assert len(TUNE_PEOPLE) == len(TEST_PEOPLE)


def test_names_in_looks_exist() -> None:
    for person in PEOPLE.values():
        assert person.look.style in hair.STYLES
        assert person.look.top in garments.CUTS


def test_subdivision_keeps_a_plane_and_its_corners_numbers() -> None:
    quads = np.array([[0, 1, 4, 3], [1, 2, 5, 4]])
    grid = np.array([[x, y, 0.0] for y in (0, 1) for x in (0, 1, 2)])
    finer = Subdivision(quads, 6)
    points = finer(grid)
    assert len(points) == finer.count == 6 + 7 + 2
    assert finer.quads.shape == (8, 4)
    assert np.abs(points[:, 2]).max() == 0
    normals = vertex_normals(points, finer.quads)
    np.testing.assert_allclose(normals, np.tile([0, 0, 1.0], (len(points), 1)), atol=1e-9)


@pytest.mark.parametrize("name", ["max", "mei", "lena", "omar"])
def test_clothes_lie_outside_the_skin(name: str) -> None:
    person, body = PEOPLE[name], body_of(name)
    regions = Regions(body)
    top = garments.Top(regions, person.look.top, person.look.sleeves)
    patch, cut = garments.top_patch(regions, top)
    skin = Patch(body, regions.faces("body"), subdivided=0)
    between_arms = np.abs(patch.rest[:, 0]) < 0.75 * body.joint("upperarm01.L")[0]  # beside them the arm is nearest
    covered = top.covered(patch.rest, patch.values(regions.along_arm))
    over_skin = np.flatnonzero((cut > 0.004) & (covered < UNDER_CLOTHES))[::5]
    elsewhere = np.flatnonzero((cut > 0.03) & between_arms)[::25]
    for posture in ("upright", "slouch_deep"):
        posed = build(body, POSTURES[posture])
        cloth, bare = patch.placed(posed.vertices), skin.placed(posed.vertices)
        normals = vertex_normals(bare, skin.quads)
        for chosen, share in ((over_skin, 0.97), (elsewhere, 0.92)):
            nearest = [int(np.argmin(((bare - point) ** 2).sum(axis=1))) for point in cloth[chosen]]
            outside = ((cloth[chosen] - bare[nearest]) * normals[nearest]).sum(axis=1)
            assert np.mean(outside > 0) >= share


MILLIMETERS = 1000


def ear_share_covered(figure: Figure, pieces: tuple[str, ...]) -> float:
    """The fraction of the left ear that faces of `pieces` hide from a camera at the side."""
    regions = Regions(figure.body)
    body = figure.body
    rest = build(body, POSTURES["upright"])
    ears = rest.vertices[np.flatnonzero(regions.ears & regions.is_skin & (regions.x > 0))]
    corner = ears[:, 1:].min(axis=0) - 0.05
    picture = np.zeros((250, 250), np.uint8)
    for piece in pieces:
        points = figure.pieces[piece].placed(rest, rest.vertices)
        triangles = figure.pieces[piece].part.triangles
        outer = points[triangles, 0].mean(axis=1) > np.median(ears[:, 0])
        pixels = ((points[:, 1:] - corner) * MILLIMETERS).round().astype(np.int32)
        for triangle in pixels[triangles[outer]]:
            cv2.fillConvexPoly(picture, triangle, 1)
    seen = ((ears[:, 1:] - corner) * MILLIMETERS).round().astype(int)
    return float(picture[seen[:, 1], seen[:, 0]].mean())


@pytest.mark.parametrize(
    ("name", "pieces", "least", "most"),
    [
        ("mei", ("hair",), 0.95, 1.0),
        ("yuki", ("hair",), 0.95, 1.0),
        ("tim", ("headphones", "cushions"), 0.95, 1.0),
        ("max", ("hair",), 0.0, 0.35),
        ("nia", ("hair",), 0.0, 0.35),
    ],
)
def test_ears_are_covered_where_the_look_says(
    canvas: Canvas, name: str, pieces: tuple[str, ...], least: float, most: float
) -> None:
    figure = Figure(canvas, body_of(name), PEOPLE[name].look)
    assert PEOPLE[name].look.hides_ears == (least > 0.5)
    assert least <= ear_share_covered(figure, pieces) <= most
    figure.hide()


def test_a_bald_head_has_no_hair(canvas: Canvas) -> None:
    figure = Figure(canvas, body_of("omar"), PEOPLE["omar"].look)
    assert not {"hair", "scalp", "knot"} & set(figure.pieces)
    figure.hide()


def test_a_figure_moves_hides_and_blinks(canvas: Canvas) -> None:
    body = body_of("max")
    figure = Figure(canvas, body, PEOPLE["max"].look)
    posed = build(body, POSTURES["slouch_deep"])
    figure.update(posed)
    open_eyes = figure.pieces["skin"].part.shape.copy()
    figure.update(posed, blink=1.0)
    moved = np.abs(figure.pieces["skin"].part.shape[:, :3] - open_eyes[:, :3]).max(axis=1)
    assert 0.005 < moved.max() < 0.03
    assert np.mean(moved > 0.001) < 0.05
    figure.hide()
    assert not any(piece.part.visible for piece in figure.pieces.values())
    figure.update(posed)
    assert all(piece.part.visible for piece in figure.pieces.values())
    with pytest.raises(ValueError, match="another body"):
        figure.update(build(body_of("omar"), POSTURES["upright"]))
