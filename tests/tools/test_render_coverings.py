"""Masks, scarves, veils and hats of rendered people: what they hide, and what they leave bare."""

from __future__ import annotations

import importlib.util
from typing import get_args

import cv2
import numpy as np
import pytest

from tools.render import assets

if importlib.util.find_spec("moderngl") is None:
    pytest.skip("moderngl is not installed: pip install -e '.[render]'", allow_module_level=True)
if not assets.available():
    pytest.skip("the body's data is not here: python -m tools.render fetch", allow_module_level=True)

from tools.render import stills
from tools.render.body import Body
from tools.render.coverings import Covering, Kind, covering, hides_hair
from tools.render.makehuman import SKIN_VERTICES, Floats
from tools.render.people import PEOPLE
from tools.render.regions import Regions
from tools.render.skin import painted_mask
from tools.render.wardrobe import Look

MILLIMETERS = 1000
KINDS = [kind for kind in get_args(Kind) if kind != "none"]
HIDDEN = {
    "mask": {"mouth"},
    "headscarf": {"ears"},
    "veil": {"mouth", "ears"},
    "cap": set(),
    "woolly hat": {"ears"},
}


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions(Body(PEOPLE["nia"].shape))


def share_hidden(worn: Covering, points: Floats, towards: int) -> float:
    """The fraction of points hidden from a distant camera in front (`towards` axis 1) or at the left (axis 0)."""
    vertices, quads = worn.mesh
    across = [axis for axis in (0, 1, 2) if axis != towards]
    nearer = -vertices[:, 1] if towards == 1 else vertices[:, 0]
    own = -points[:, 1] if towards == 1 else points[:, 0]
    shown = quads[(worn.cut[quads] >= 0).all(axis=1) & (nearer[quads].mean(axis=1) > np.median(own) - 0.01)]
    corner = vertices[:, across].min(axis=0) - 0.05
    pixels = ((vertices[:, across] - corner) * MILLIMETERS).round().astype(np.int32)
    picture = np.zeros((900, 900), np.uint8)
    for quad in pixels[shown]:
        cv2.fillConvexPoly(picture, quad, 1)
    seen = ((points[:, across] - corner) * MILLIMETERS).round().astype(int).clip(0, 899)
    return float(picture[seen[:, 1], seen[:, 0]].mean())


@pytest.mark.parametrize("kind", KINDS)
def test_a_covering_hides_what_it_covers_and_leaves_the_rest_bare(regions: Regions, kind: Kind) -> None:
    worn = covering(regions, kind)
    skin = regions.body.rest[:SKIN_VERTICES]
    lips = skin[painted_mask("mpfb_lips.jpg")[:SKIN_VERTICES] > 0.5]
    ears = skin[regions.ears[:SKIN_VERTICES] & (skin[:, 0] > 0)]
    eyes = np.array([regions.body.joint("eye.L"), regions.body.joint("eye.R")]) - [0, 0.02, 0]
    shares = {
        "mouth": share_hidden(worn, lips, towards=1),
        "ears": share_hidden(worn, ears, towards=0),
        "eyes": share_hidden(worn, eyes, towards=1),
    }
    for part, share in shares.items():
        assert share > 0.6 if part in HIDDEN[kind] else share < 0.4, (part, share)


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_with_a_covering_has_the_ears_and_the_hair_hidden_that_it_hides(kind: Kind) -> None:
    assert Look(covering=kind).hides_ears == ("ears" in HIDDEN[kind])
    assert Look(covering=kind).hair_style.locks == 0 or not hides_hair(kind)


def test_covered_people_sit_as_they_do_uncovered() -> None:
    plain = {(group.person, group.placement): group for group in stills.plan("validation")}
    covered = stills.plan("covered")
    assert {group.covering for group in covered} == set(KINDS)
    assert len({group.name for group in covered}) == len(covered)
    for group in covered:
        twin = plain[group.person, group.placement]
        assert (group.seed, group.room, group.light, group.sensor) == (twin.seed, twin.room, twin.light, twin.sensor)
        assert group.cast[0].shape == twin.cast[0].shape
        assert group.cast[0].look.covering == group.covering
        assert twin.cast[0].look.covering == "none"
