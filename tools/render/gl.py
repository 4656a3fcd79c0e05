"""Draws parts into a picture with OpenGL, without a screen (EGL; software Mesa is enough).

The shaders in `shaders/` provide two soft shadow maps, grain from a noise texture, and filmic tone mapping. Edges are
smoothed by averaging pictures shifted by part of a pixel: on software Mesa two of them take less time than
multisampling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from tools.render.camera import Camera
from tools.render.lights import Light
from tools.render.makehuman import Floats, Indices
from tools.render.rotation import unit

Picture = NDArray[np.float32]
"""RGB, shape (height, width, 3), 0 to 255."""

SOURCES = {"": 0, "window": 1, "ceiling": 2, "screen": 3}
"""What determines a glowing surface's brightness, numbered as in surface.frag."""
NOT_GLOWING = -1
SHIFTS: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((0.0, 0.0),),
    2: ((-0.25, -0.25), (0.25, 0.25)),
    3: ((-0.33, -0.11), (0.11, 0.33), (0.22, -0.22)),
    4: ((-0.375, -0.125), (-0.125, 0.375), (0.125, -0.375), (0.375, 0.125)),
}
"""Pixel offsets of the pictures that are averaged into one."""
SHADOW_PIXELS = 1024
"""Width and height of each shadow map."""
NOISE_TEXELS = 64
"""Along each side of the noise texture."""
NOISE_CELLS = 16
"""Cells of the coarsest noise along the texture, after which it repeats."""
NEAR, FAR = 0.05, 20.0
"""Near and far clipping distance, meters."""
KEY_MIDDLE = (0.0, -0.3, 0.7)
"""The center of the key's shadow map: the person."""
KEY_REACH = 2.2
"""Half the width of the key's shadow map, meters."""
CEILING_HEIGHT = 3.2
"""Viewpoint height of the light from above, meters."""
CEILING_REACH = 2.4
SCREEN_POSITION = (0.0, -0.78, 0.9)
"""The middle of the screen at the desk, meters."""


@dataclass(frozen=True)
class Surface:
    """What a part is made of."""

    color: tuple[float, float, float]
    """Linear RGB, 0 to 1: skin about (.45, .26, .18), a white wall about .6."""
    roughness: float = 0.7
    """0 polished, 1 matt."""
    grain: float = 0.0
    """How much noise darkens and lightens the color, 0 to 1."""
    grain_scale: float = 30.0
    """Cells of the noise per meter: cloth 100 to 150, wood 8, a wall 3."""
    bump: float = 0.0
    """How much the same noise tilts the surface; cloth 0.3 to 0.5. Needs `grain`."""
    gloss: float = 0.3
    """Strength of highlights."""
    glows: bool = False
    """A screen, lamp or window: shows its color regardless of the light falling on it."""
    source: str = ""
    """For a glowing surface: what its brightness follows, one of `SOURCES`."""
    translucency: float = 0.0
    """0 to 1: light bleeds into the shadow side, reddened. For skin."""
    grain_stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Multiplies the grain's scale along x, y and z: wood has long grain along one axis."""


@dataclass(eq=False)
class Part:
    """A mesh in a canvas; made by `Canvas.add`."""

    triangles: Indices
    """Shape (n, 3)."""
    looks: NDArray[np.float32]
    """Static data, a row per vertex: color, position of the grain, material, extra; see surface.vert."""
    shape: NDArray[np.float32]
    """Moving data, a row per vertex: position and normal."""
    smooth: bool
    moving: bool
    casts_shadow: bool
    visible: bool = True
    """Set to False to leave the part out of pictures."""
    drawn: list[Any] = field(default_factory=list, repr=False)
    """Buffers and vertex arrays on the GPU, for a moving part."""


def triangulated(faces: Iterable[Sequence[int]] | Indices) -> Indices:
    """Triangles of faces with three or four corners, shape (n, 3)."""
    if isinstance(faces, np.ndarray):
        split = [faces[:, [0, 1, 2]]] + ([faces[:, [0, 2, 3]]] if faces.shape[1] == 4 else [])
        return np.concatenate(split).astype(np.int64)
    corners = [(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)]
    return np.array(corners, np.int64).reshape(-1, 3)


def vertex_normals(vertices: Floats, triangles: Indices) -> Floats:
    """The direction each vertex faces, weighted by the area of its triangles, shape (n, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(triangles[:, k], across[:, axis], len(vertices))
    return np.asarray(total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-12))


class Canvas:
    """Parts, and pictures of them. Use one for many pictures: parts stay on the GPU in between.

    A context manager; `close` releases the graphics context.
    """

    def __init__(self, width: int, height: int, supersampling: int = 2) -> None:
        """Make an empty canvas.

        Args:
            width: of the pictures, pixels.
            height: of the pictures, pixels.
            supersampling: number of pictures, each shifted by part of a pixel, averaged into one, 1 to 4: smooths
                edges, grain and shadow blur, and takes proportionally longer.
        """
        self.width, self.height = width, height
        self.room_low: tuple[float, float, float] = (-100.0, -100.0, 0.0)
        self.room_high: tuple[float, float, float] = (100.0, 100.0, 100.0)
        """The room's corners, meters: surfaces near them are darker. Set by the builder of a room."""
        self.has_screen = False
        """Whether a screen at the desk lights the person. Set by the builder of a room."""
        self.parts: list[Part] = []
        self._shifts = SHIFTS[supersampling]
        options: dict[str, Any] = {"backend": "egl"}
        self._context = moderngl.create_context(standalone=True, require=400, **options)
        self._static: dict[bool, list[Any]] = {}
        self._static_parts: list[Part] = []
        with self._context:
            self._program = _program(self._context, "surface")
            self._shadow_program = _program(self._context, "shadow")
            size = (width, height)
            self._drawn = self._context.framebuffer(
                [self._context.renderbuffer(size, 4)], self._context.depth_renderbuffer(size)
            )
            self._shadows = [self._shadow_map() for _ in range(2)]
        self._has_grain = False

    def __enter__(self) -> Canvas:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the graphics context; the canvas cannot be used afterwards."""
        self._context.release()

    def add(
        self,
        vertices: Floats,
        faces: Iterable[Sequence[int]] | Indices,
        surface: Surface,
        *,
        colors: Floats | None = None,
        smooth: bool = True,
        moving: bool = False,
        casts_shadow: bool = True,
        cut: Floats | None = None,
    ) -> Part:
        """Add a mesh to all later pictures.

        Args:
            vertices: shape (n, 3), meters.
            faces: indices of vertices, three or four per face.
            surface: what it is made of.
            colors: per-vertex colors instead of the surface's, shape (n, 3), linear RGB.
            smooth: whether faces blend into each other; furniture has edges.
            moving: whether it will be moved; static parts are merged, which draws faster.
            casts_shadow: False for walls, which stand between the lights and the room.
            cut: per-vertex field, shape (n,): the surface is cut away where its interpolation is negative.

        Returns:
            The part, for use with `move`, or to hide with `part.visible = False`.
        """
        points = np.asarray(vertices, float)
        triangles = triangulated(faces)
        count = len(points)
        source = SOURCES[surface.source] if surface.glows else NOT_GLOWING
        periods = np.multiply(surface.grain_stretch, surface.grain_scale / NOISE_CELLS)
        looks = np.concatenate(
            [
                np.broadcast_to(surface.color, (count, 3)) if colors is None else colors,
                points * periods,
                np.broadcast_to((surface.grain, surface.bump, surface.gloss, surface.roughness), (count, 4)),
                (np.ones(count) if cut is None else np.asarray(cut, float))[:, None],
                np.broadcast_to((source, surface.translucency), (count, 2)),
            ],
            axis=1,
        ).astype(np.float32)
        if not smooth:
            looks = looks[triangles.ravel()]
        part = Part(triangles, looks, _shaped(points, triangles, smooth), smooth, moving, casts_shadow)
        self.parts.append(part)
        self._has_grain = self._has_grain or surface.grain > 0
        return part

    def move(self, part: Part, vertices: Floats) -> None:
        """Set the vertex positions of a moving part, shape (n, 3), meters.

        Raises:
            ValueError: if the part was not added with `moving`.
        """
        if not part.moving:
            raise ValueError("This part was added with moving=False")
        part.shape = _shaped(np.asarray(vertices, float), part.triangles, part.smooth)
        if part.drawn:
            with self._context:
                part.drawn[0].write(part.shape.tobytes())

    def draw(self, camera: Camera, light: Light) -> Picture:
        """The picture a camera takes.

        Args:
            camera: its width and height must be this canvas's.
            light: the light in the room.

        Returns:
            RGB, float32, shape (height, width, 3), 0 to 255.

        Raises:
            ValueError: if the camera's picture has a different size than the canvas.
        """
        if (camera.width, camera.height) != (self.width, self.height):
            raise ValueError(f"The camera takes {camera.width}×{camera.height}, not {self.width}×{self.height}")
        with self._context as context:
            self._upload()
            context.enable_only(moderngl.DEPTH_TEST)
            views = _light_views(light)
            for (_, frame), view in zip(self._shadows, views, strict=True):
                frame.use()
                frame.clear(depth=1.0)
                self._shadow_program["to_picture"].write(_gpu(view))
                for array in self._arrays(shadow=True):
                    array.render()
            self._set_lights(light, views)
            arrays = self._arrays(shadow=False)
            self._drawn.use()
            total = np.zeros((self.height, self.width, 3), np.float32)
            for i, shift in enumerate(self._shifts):
                self._drawn.clear(0.5, 0.5, 0.5, depth=1.0)
                self._set_camera(camera, shift, i / len(self._shifts))
                for array in arrays:
                    array.render()
                pixels = np.frombuffer(self._drawn.read(components=3, alignment=1), np.uint8)
                total += pixels.reshape(total.shape)
        return np.ascontiguousarray(total[::-1]) / np.float32(len(self._shifts))

    def _arrays(self, *, shadow: bool) -> list[Any]:
        """Vertex arrays of the visible parts: moving ones first, since they hide much of the room."""
        which = 3 if shadow else 2
        parts = [part for part in self.parts if part.moving and part.visible and (part.casts_shadow or not shadow)]
        return [part.drawn[which] for part in parts] + [
            drawn[which] for casts, drawn in self._static.items() if casts or not shadow
        ]

    def _upload(self) -> None:
        """Upload to the GPU what is not there yet."""
        for part in self.parts:
            if part.moving and part.visible and not part.drawn:
                part.drawn = self._buffers([part])
        static = [part for part in self.parts if part.visible and not part.moving]
        if static != self._static_parts:
            for drawn in self._static.values():
                for one in drawn:
                    one.release()
            self._static = {}
            for casts in (True, False):
                chosen = [part for part in static if part.casts_shadow is casts]
                if chosen:
                    self._static[casts] = self._buffers(chosen)
            self._static_parts = static

    def _buffers(self, parts: Sequence[Part]) -> list[Any]:
        """Buffers of shapes, looks and indices, and the vertex arrays to draw them in the picture and as shadow."""
        indices, first = [], 0
        for part in parts:
            corners = part.triangles.ravel() if part.smooth else np.arange(part.triangles.size)
            indices.append(corners + first)
            first += len(part.shape)
        shapes = self._context.buffer(np.concatenate([part.shape for part in parts]).tobytes())
        looks = self._context.buffer(np.concatenate([part.looks for part in parts]).tobytes())
        order = self._context.buffer(np.concatenate(indices).astype(np.uint32).tobytes())
        seen = [(shapes, "3f 3f", "position", "normal"), (looks, "3f 3f 4f 3f", *_LOOKS)]
        shadow = [(shapes, "3f 12x", "position"), (looks, "40x 3f", "extra")]
        picture_array = self._context.vertex_array(self._program, seen, order)
        shadow_array = self._context.vertex_array(self._shadow_program, shadow, order)
        return [shapes, looks, picture_array, shadow_array, order]

    def _set_camera(self, camera: Camera, shift: tuple[float, float], turn: float) -> None:
        """Set a camera whose picture is shifted by part of a pixel; shadows are sampled with a different rotation."""
        program = self._program
        shifted = np.eye(4)
        # OpenGL's picture is 2 wide and 2 high; the last column is multiplied by w, which the perspective division
        # undoes.
        shifted[:2, 3] = 2 * shift[0] / self.width, 2 * shift[1] / self.height
        program["to_picture"].write(_gpu(shifted @ _perspective(camera) @ _camera_view(camera)))
        program["eye"].value = camera.position
        program["turn"].value = turn

    def _set_lights(self, light: Light, views: Sequence[Floats]) -> None:
        program = self._program
        program["to_key"].write(_gpu(views[0]))
        program["to_ceiling"].write(_gpu(views[1]))
        values: dict[str, Any] = {
            "key_position": light.key_position,
            "key_color": light.key_color,
            "key_softness": light.key_softness,
            "ceiling_color": light.ceiling_color,
            "fill_color": light.fill_color,
            "fill_position": light.fill_position,
            "screen_color": light.screen_color if self.has_screen else (0, 0, 0),
            "screen_position": SCREEN_POSITION,
            "sky_color": light.sky_color,
            "ground_color": light.ground_color,
            "glow": (1.0, light.window_glow, light.lamp_glow, light.screen_glow),
            "exposure": light.exposure,
            "room_low": self.room_low,
            "room_high": self.room_high,
            "key_shadow": 0,
            "ceiling_shadow": 1,
            "noise": 2,
        }
        for name, value in values.items():
            program[name].value = value
        noise = [self._noise] if self._has_grain else []
        for i, texture in enumerate([*(shadow[0] for shadow in self._shadows), *noise]):
            texture.use(i)

    def _shadow_map(self) -> tuple[Any, Any]:
        texture = self._context.depth_texture((SHADOW_PIXELS, SHADOW_PIXELS))
        texture.compare_func = "<="
        texture.repeat_x = texture.repeat_y = False
        return texture, self._context.framebuffer(depth_attachment=texture)

    @cached_property
    def _noise(self) -> Any:
        """The texture of the grain, made for the first surface that has some: without a graphics card it takes a tenth of a second."""
        texture = self._context.texture3d((NOISE_TEXELS,) * 3, 4, _noise().tobytes())
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        return texture


_LOOKS = ("color", "grain_place", "material", "extra")


def _shaped(vertices: Floats, triangles: Indices, smooth: bool) -> NDArray[np.float32]:
    """Position and normal of each vertex, or of each corner if faces have edges."""
    if smooth:
        return np.concatenate([vertices, vertex_normals(vertices, triangles)], axis=1).astype(np.float32)
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-12
    return np.concatenate([vertices[triangles.ravel()], np.repeat(across, 3, axis=0)], axis=1).astype(np.float32)


def _program(context: Any, name: str) -> Any:
    sources = [(Path(__file__).parent / "shaders" / f"{name}.{kind}").read_text("utf-8") for kind in ("vert", "frag")]
    # GLSL wants its version first; the files begin with a comment on their purpose.
    vertex, fragment = (source[source.index("#version") :] for source in sources)
    return context.program(vertex_shader=vertex, fragment_shader=fragment)


def _gpu(matrix: Floats) -> bytes:
    """A matrix as OpenGL expects it: column-major, single precision."""
    return matrix.T.astype(np.float32).tobytes()


def _camera_view(camera: Camera) -> Floats:
    right, down, forward = camera.axes
    return _view(np.stack([right, -down, -forward]), np.asarray(camera.position, float))


def _view(rows: Floats, position: Floats) -> Floats:
    """World to the axes given by `rows`, with the origin at `position`."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rows, -rows @ position
    return matrix


def _looking(position: Iterable[float], target: Iterable[float], up: tuple[float, float, float]) -> Floats:
    start = np.array(list(position), float)
    forward = unit(np.array(list(target), float) - start)
    right = unit(np.cross(forward, up))
    return _view(np.stack([right, np.cross(right, forward), -forward]), start)


def _perspective(camera: Camera) -> Floats:
    matrix = np.zeros((4, 4))
    matrix[0, 0] = 2 * camera.focal_length / camera.width
    matrix[1, 1] = 2 * camera.focal_length / camera.height
    matrix[2, 2], matrix[2, 3] = (FAR + NEAR) / (NEAR - FAR), 2 * FAR * NEAR / (NEAR - FAR)
    matrix[3, 2] = -1
    return matrix


def _orthographic(reach: float, near: float, far: float) -> Floats:
    matrix = np.eye(4)
    matrix[0, 0] = matrix[1, 1] = 1 / reach
    matrix[2, 2], matrix[2, 3] = -2 / (far - near), -(far + near) / (far - near)
    return matrix


def _light_views(light: Light) -> list[Floats]:
    """World to shadow map, for the key and for the light from above."""
    key = _looking(light.key_position, KEY_MIDDLE, (0, 0, 1))
    x, y, _ = KEY_MIDDLE
    above = _looking((x, y, CEILING_HEIGHT), (x, y, 0), (0, 1, 0))
    return [_orthographic(KEY_REACH, 0.3, 6.0) @ key, _orthographic(CEILING_REACH, 0.1, 4.0) @ above]


@cache
def _noise() -> NDArray[np.uint8]:
    """Smooth periodic noise, shape (z, y, x, 4): its slope over 0.6 of a cell (128 is level) and its value."""
    random = np.random.default_rng(0)
    total = np.zeros((NOISE_TEXELS,) * 3)
    for cells, share in ((NOISE_CELLS, 0.5), (2 * NOISE_CELLS, 0.3), (4 * NOISE_CELLS, 0.2)):
        values = random.random((cells,) * 3)
        for axis in range(3):
            values = _interpolated(values, NOISE_TEXELS, axis)
        total += share * values
    reach = 0.6 * NOISE_TEXELS / NOISE_CELLS
    slopes = [_ahead(total, reach, axis) - total for axis in (2, 1, 0)]
    stacked = np.stack([*(0.5 + 0.5 * slope for slope in slopes), total], axis=-1)
    return np.asarray(np.clip(stacked * 255 + 0.5, 0, 255), np.uint8)


def _interpolated(values: Floats, count: int, axis: int) -> Floats:
    """Values resampled to `count` along a periodic axis, with a smooth step between neighbors."""
    at = np.arange(count) * values.shape[axis] / count
    low = at.astype(int)
    share = at - low
    share = share**2 * (3 - 2 * share)
    shape = [1, 1, 1]
    shape[axis] = count
    high = (low + 1) % values.shape[axis]
    weights = share.reshape(shape)
    return np.asarray(values.take(low, axis) * (1 - weights) + values.take(high, axis) * weights)


def _ahead(values: Floats, by: float, axis: int) -> Floats:
    """Values shifted by some texels along a periodic axis, interpolated."""
    whole = int(by)
    share = by - whole
    near, far = np.roll(values, -whole, axis), np.roll(values, -whole - 1, axis)
    return np.asarray(near * (1 - share) + far * share)
