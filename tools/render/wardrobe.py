"""People's appearance: what a look is, and a figure that wears it and follows a posture in a canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tools.render import accessories, coverings, garments, hair, skin
from tools.render.body import SIDES, Body, Posed
from tools.render.gl import Canvas, Part, Surface
from tools.render.hair import Style
from tools.render.makehuman import Floats, Indices
from tools.render.parts import Attached, Patch, noise
from tools.render.regions import Regions

Color = tuple[float, float, float]
"""Linear RGB, 0 to 1."""

BARE_ANKLE = 0.09
"""How far above the ankle joint skin is kept when barefoot, meters."""
BEARD_LENGTH = 0.016
"""Length of a full beard's hairs, meters."""


@dataclass(frozen=True)
class Look:
    """What a person looks like, except for the shape of the body."""

    skin: Color = (0.45, 0.26, 0.175)
    hair: Color = (0.030, 0.018, 0.011)
    style: str = "short"
    """One of `hair.STYLES`."""
    eyes: Color = (0.06, 0.035, 0.018)
    beard: Literal["none", "stubble", "full"] = "none"
    glasses: Literal["none", "thin", "thick"] = "none"
    headphones: bool = False
    covering: coverings.Kind = "none"
    covering_color: Color = (0.02, 0.02, 0.025)
    top: str = "jumper"
    """One of `garments.CUTS`."""
    sleeves: garments.Sleeves = "long"
    top_color: Color = (0.045, 0.095, 0.19)
    second_color: Color = (0.5, 0.5, 0.48)
    """Color of the top's pattern, if it has one."""
    pattern: garments.Pattern = "plain"
    trousers: Color = (0.03, 0.032, 0.04)
    loose_trousers: bool = True
    shoes: Color = (0.04, 0.04, 0.045)
    soles: Color = (0.45, 0.45, 0.43)
    brows: float = 1.0
    """How thick the eyebrows are, 1 average."""
    lips: float = 0.5
    """How much redder the lips are than the skin."""
    lashes: bool = False
    """Whether the eyelashes show."""

    @property
    def hides_ears(self) -> bool:
        """Whether hair, headphones or a covering hide the ears: a known difficulty for measuring posture."""
        return self.headphones or coverings.hides_ears(self.covering) or self.hair_style.over_ears

    @property
    def hair_style(self) -> Style:
        """The hair that shows."""
        return hair.STYLES["bald" if coverings.hides_hair(self.covering) else self.style]


@dataclass(frozen=True)
class Piece:
    """A named part of a figure, and how its vertices are placed in a posture."""

    name: str
    part: Part
    placed: Callable[[Posed, Floats], Floats]
    """Takes the posture, and its vertices with the eyelids moved."""


class Figure:
    """A body with a look in a canvas."""

    def __init__(self, canvas: Canvas, body: Body, look: Look, barefoot: bool = False) -> None:
        """Create all parts; they are shown where `update` puts them.

        Args:
            canvas: receives the parts.
            body: the figure's body.
            look: what it wears.
            barefoot: without shoes and with trousers that end over the ankle, as on a mat.
        """
        self.body, self.look, self.barefoot = body, look, barefoot
        self.pieces: dict[str, Piece] = {}
        self._canvas = canvas
        self._regions = Regions(body)
        self._top = garments.Top(self._regions, look.top, look.sleeves)
        self._lids = skin.eyelid_moves(len(body.rest))
        self._skin()
        self._eyes()
        self._hair()
        if look.beard == "full":
            self._beard()
        self._clothes()
        self._accessories()

    def update(self, posed: Posed, blink: float = 0.0) -> None:
        """Show the figure in a posture; `blink` closes the eyes, 0 open to 1 shut.

        Raises:
            ValueError: if the posture is another body's.
        """
        if posed.body is not self.body:
            raise ValueError("The posture is another body's")
        vertices = posed.vertices
        if blink:
            moved, by = self._lids
            vertices = vertices.copy()
            vertices[moved] += blink * by @ posed.bones[self.body.index["head"], :3, :3].T
        for piece in self.pieces.values():
            piece.part.visible = True
            self._canvas.move(piece.part, piece.placed(posed, vertices))

    def hide(self) -> None:
        """Leave the figure out of pictures until the next `update`."""
        for piece in self.pieces.values():
            piece.part.visible = False

    def _patch(
        self, name: str, patch: Patch, surface: Surface, colors: Floats | None = None, cut: Floats | None = None
    ) -> None:
        points = patch.placed(self.body.rest)
        part = self._canvas.add(points, patch.quads, surface, colors=colors, cut=cut, moving=True)
        self.pieces[name] = Piece(name, part, lambda posed, vertices: patch.placed(vertices))

    def _attached(
        self,
        name: str,
        points: Floats,
        quads: Indices,
        surface: Surface,
        weights: dict[str, Floats | float] | None = None,
        colors: Floats | None = None,
        cut: Floats | None = None,
    ) -> None:
        attached = Attached(self.body, points, {"head": 1.0} if weights is None else dict(weights))
        part = self._canvas.add(points, quads, surface, colors=colors, cut=cut, moving=True)
        self.pieces[name] = Piece(name, part, lambda posed, vertices: attached.placed(posed))

    def _skin(self) -> None:
        """The skin that clothes leave bare; head, neck and arms are subdivided, hands and feet are fine enough."""
        regions, look = self._regions, self.look
        cut = visible_skin(regions, look, self.barefoot)
        keep = (cut > -0.02) & regions.is_skin
        coarse = regions.hands | regions.feet
        faces = [face for face in regions.faces("body") if any(keep[i] for i in face)]
        parts = {
            "skin": ([face for face in faces if not all(coarse[i] for i in face)], 1),
            "hands and feet": ([face for face in faces if any(coarse[i] for i in face)], 0),
        }
        for name, (chosen, subdivided) in parts.items():
            patch = Patch(self.body, chosen, subdivided=subdivided)
            colors = skin.paint(
                patch, regions, look.skin, look.hair, age=self.body.shape.age, brows=look.brows, lips=look.lips
            )
            if name == "skin":
                colors = self._shadowed(patch, colors)
            self._patch(name, patch, skin.SKIN, colors, patch.values(cut))

    def _shadowed(self, patch: Patch, colors: Floats) -> Floats:
        """Skin darkened where hair and beard grow."""
        look, style = self.look, self.look.hair_style
        points, on_head = patch.rest, patch.values(self._regions.head.astype(float)) > 0.5
        bare_ears = patch.values(self._regions.ears.astype(float)) < 0.3
        if style.locks:
            field = self._regions.hairline(points, style.recession)
            ragged = field + 0.003 * noise(points, 0.010, 61)
            share = 0.92 * np.clip(ragged / 0.008, 0, 1) * on_head * bare_ears
            colors = colors * (1 - share[:, None]) + 0.75 * np.array(look.hair) * share[:, None]
        if look.beard != "none":
            lips = patch.values(skin.painted_mask("mpfb_lips.jpg"))
            field = hair.beard_field(points, self._regions, lips)
            strength = 0.38 if look.beard == "stubble" else 0.75
            speckled = field + 0.002 * noise(points, 0.006, 62)
            share = (
                strength * np.clip(speckled / (0.012 if look.beard == "stubble" else 0.004), 0, 1) * on_head * bare_ears
            )
            if look.beard == "stubble":
                share = share * (0.8 + 0.2 * noise(points, 0.003, 63))
            colors = colors * (1 - share[:, None]) + np.array(look.hair) * share[:, None]
        return colors

    def _eyes(self) -> None:
        for side in SIDES:
            points, quads, colors = skin.eyeball(self._regions, side, self.look.eyes)
            self._attached(f"eye {side}", points, quads, skin.EYE, {f"eye.{side}": 1.0}, colors)
            if self.look.lashes:
                faces = self._regions.faces(f"helper-{side.lower()}-eyelashes-2")
                self._patch(f"lashes {side}", Patch(self.body, faces, subdivided=0), skin.LASH)

    def _hair(self) -> None:
        style = self.look.hair_style
        if not style.locks:
            return
        regions = self._regions
        scalp = Patch(self.body, hair.scalp_faces(regions))
        field = regions.hairline(scalp.rest, style.recession)
        color = np.array(self.look.hair)
        surface = replace(hair.HAIR, color=self.look.hair)
        shell = Patch(self.body, hair.scalp_faces(regions))
        low, high = style.volume
        height = low + (0.42 if style.comb == "out" else 0.30) * (high - low)
        if style.knot:  # combed flat: locks lie directly on it
            height = 0.5 * low
        shell.offset = height * np.clip(field / 0.030, 0.02, 1) * (1 + 0.12 * noise(shell.rest, 0.02, 71))
        dark = 0.55 * color * np.ones((len(shell.rest), 1))
        self._patch(
            "scalp", shell, replace(surface, gloss=0.15), dark, field + 0.002 * noise(shell.rest, 0.008, 72) - 0.003
        )
        locks = [hair.grow(regions, style, scalp, field, seed=3)]
        if style.knot:
            locks.append(hair.knot(regions, style))
        for name, lock in zip(("hair", "knot"), locks, strict=False):
            colors = np.clip(lock.shades[:, None] * color, 0.001, 1)
            self._attached(name, lock.vertices, lock.quads, surface, self._hanging(lock.vertices), colors)

    def _hanging(self, points: Floats) -> dict[str, Floats | float]:
        """Bone weights of hair: it follows the head, and the shoulders where it lies on them."""
        regions = self._regions
        share = np.clip((regions.ear[2] - 0.06 - points[:, 2]) / 0.16, 0, 0.75)
        return {"head": 1 - share, "spine01": share}

    def _beard(self) -> None:
        regions = self._regions
        faces = [f for f in hair.scalp_faces(regions) if regions.y[f].min() < regions.ear[1]]
        patch = Patch(self.body, faces)
        lips = patch.values(skin.painted_mask("mpfb_lips.jpg"))
        field = hair.beard_field(patch.rest, regions, lips)
        locks = hair.beard(regions, patch, field, hair.mouth_height(patch.rest, lips), BEARD_LENGTH)
        colors = np.clip(locks.shades[:, None] * np.array(self.look.hair), 0.001, 1)
        self._attached("beard", locks.vertices, locks.quads, replace(hair.HAIR, gloss=0.35), None, colors)

    def _clothes(self) -> None:
        regions, look, top = self._regions, self.look, self._top
        cloth = garments.CLOTHS.get(look.top, garments.CLOTH)
        patch, cut = garments.trousers_patch(regions, top, look.loose_trousers, self.barefoot)
        self._patch("trousers", patch, replace(garments.CLOTH, color=look.trousers), None, cut)
        patch, cut = garments.top_patch(regions, top, fine=look.pattern != "plain")
        colors = garments.top_colors(regions, top, patch, look.top_color, look.second_color, look.pattern)
        self._patch("top", patch, replace(cloth, color=look.top_color), colors, cut)
        if not self.barefoot:
            patch, colors = garments.shoes_patch(regions, look.shoes, look.soles)
            self._patch("shoes", patch, garments.LEATHER, colors)
        if look.top == "hoodie":
            points, quads = garments.hood(regions, top.cut.thickness)
            surface = replace(cloth, color=look.top_color)
            self._attached("hood", points, quads, surface, dict(garments.shoulder_weights(regions, points)))
            points, quads = garments.cords(regions, top.cut.thickness)
            surface = replace(cloth, color=look.second_color)
            self._attached("cords", points, quads, surface, {"spine01": 1.0})
        if look.top == "collared shirt":
            points, quads = garments.collar(regions, top.cut.depth)
            surface = replace(cloth, color=look.top_color)
            self._attached("collar", points, quads, surface, dict(garments.shoulder_weights(regions, points)))

    def _accessories(self) -> None:
        look, regions = self.look, self._regions
        if look.glasses != "none":
            frame = accessories.FRAMES[look.glasses]
            self._attached("glasses", *accessories.glasses(regions, frame), frame.surface)
        if look.headphones:
            style = look.hair_style
            shells, cushions = accessories.headphones(regions, style.volume[1] * 0.7 if style.locks else 0.0)
            self._attached("headphones", *shells, accessories.PLASTIC)
            self._attached("cushions", *cushions, accessories.CUSHION)
        if look.covering != "none":
            worn = coverings.covering(regions, look.covering)
            surface = replace(worn.surface, color=look.covering_color)
            self._attached("covering", *worn.mesh, surface, dict(worn.weights), cut=worn.cut)


def visible_skin(regions: Regions, look: Look, barefoot: bool) -> Floats:
    """Which of the base mesh's vertices a look leaves bare, shape (n,), meters: positive there.

    Skin continues for `skin.UNDER_CLOTHES` under the edges of clothes.
    """
    top = garments.Top(regions, look.top, look.sleeves)
    covered = top.covered(regions.body.rest, regions.along_arm)
    ankle = float(regions.body.joint("foot.L")[2])
    feet = regions.feet | (regions.moved_by(("lowerleg",)) & (regions.z < ankle + BARE_ANKLE))
    cut = np.where(feet, 1.0 if barefoot else -1.0, skin.skin_cut(regions, covered))
    return np.asarray(cut)
