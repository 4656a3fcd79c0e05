"""What a camera's lens, sensor and compression do to a picture: blur, vignette, noise, color cast, JPEG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.render.gl import Picture

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""

DISPLAY_GAMMA = 2.2
"""Exponent between displayed values and the light itself."""
BLOTCH = 4
"""Pixels across one blotch of color noise: sensors mix color from their neighbors, and compression coarsens it."""
REFERENCE_WIDTH = 640
"""Blurs are given for a picture this wide, pixels; wider pictures are blurred more, since the lens is the same."""


@dataclass(frozen=True)
class Sensor:
    """A webcam's imperfections."""

    noise: float = 2.0
    """Standard deviation in mid gray, of 255."""
    color_noise: float = 0.5
    """Standard deviation of blotches of color, of 255."""
    dark_noise: float = 0.5
    """How much stronger both are in black than in mid gray, as a fraction: sensors are noisier in the dark."""
    lens_blur: float = 0.5
    """Standard deviation, pixels of a picture 640 wide."""
    sharpening: float = 0.0
    """How much the camera oversharpens edges to make up for the lens, 0 to 1."""
    vignette: float = 0.10
    """Fraction of light lost in the corners."""
    motion_blur: float = 0.0
    """Distance the picture moves during the exposure, pixels of a picture 640 wide."""
    motion_direction: float = 0.0
    """Degrees from the picture's right towards its top."""
    exposure: float = 1.0
    """Multiplies the light."""
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Multiplies red, green and blue light: an unsteady white balance."""
    jpeg_quality: int | None = None
    """1 to 100; None for no compression."""


def expose(picture: Picture, sensor: Sensor, random: np.random.Generator) -> Pixels:
    """The picture as the camera outputs it.

    Args:
        picture: from `Canvas.draw`, 0 to 255.
        sensor: the camera's sensor.
        random: the source of the noise.

    Returns:
        RGB, uint8, of the picture's shape.
    """
    height, width = picture.shape[:2]
    scale = width / REFERENCE_WIDTH
    seen: Picture = np.ascontiguousarray(picture, np.float32)
    if sensor.motion_blur > 0:
        seen = np.asarray(
            cv2.filter2D(seen, -1, _streak(sensor.motion_blur * scale, sensor.motion_direction)), np.float32
        )
    if sensor.lens_blur > 0:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), sensor.lens_blur * scale), np.float32)
    gain = np.float32(sensor.exposure) * np.asarray(sensor.cast, np.float32) * _vignette(height, width, sensor.vignette)
    seen = seen * gain ** np.float32(1 / DISPLAY_GAMMA)
    seen = seen + _noise(seen, sensor, random)
    if sensor.sharpening > 0:
        seen = seen + sensor.sharpening * (seen - cv2.GaussianBlur(seen, (0, 0), 1.2 * scale))
    taken = np.clip(seen + 0.5, 0, 255).astype(np.uint8)
    return taken if sensor.jpeg_quality is None else compressed(taken, sensor.jpeg_quality)


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """A picture after a round trip through JPEG."""
    done, written = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("OpenCV could not write a JPEG")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _streak(length: float, direction: float) -> NDArray[np.float32]:
    """The kernel that smears a point along a straight line."""
    half = int(np.ceil(length / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    steps = np.linspace(-length / 2, length / 2, 8 * half + 1)
    angle = np.radians(direction)
    for x, y in zip(steps * np.cos(angle), -steps * np.sin(angle), strict=True):
        kernel[half + round(y), half + round(x)] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def _vignette(height: int, width: int, lost: float) -> NDArray[np.float32]:
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(1 - lost * (x**2 + y**2) / 2, np.float32)[..., None]


def _noise(picture: NDArray[np.float32], sensor: Sensor, random: np.random.Generator) -> NDArray[np.float32]:
    """Grain of brightness, pixel by pixel, and blotches of color, both stronger in the dark."""
    height, width = picture.shape[:2]
    grain = random.standard_normal((height, width, 3), np.float32)
    noise = sensor.noise * (0.8 * grain[..., 1:2] + 0.6 * grain)  # neighboring colors share most of it
    if sensor.color_noise > 0:
        small = random.standard_normal((-(-height // BLOTCH), -(-width // BLOTCH), 3), np.float32)
        noise = noise + 2 * sensor.color_noise * cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    darkness = np.clip(1 - picture[..., 1:2] / 127.5, 0, 1)
    return np.asarray(noise * (1 + sensor.dark_noise * darkness), np.float32)


SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {
        "perfect": Sensor(noise=0, color_noise=0, lens_blur=0, vignette=0),
        "good webcam": Sensor(noise=1.5, color_noise=0.3, lens_blur=0.4, sharpening=0.3, vignette=0.06),
        "laptop webcam": Sensor(
            noise=3.0, color_noise=1.0, lens_blur=0.7, sharpening=0.4, vignette=0.14, jpeg_quality=80
        ),
        "low light": Sensor(
            noise=5.5,
            color_noise=2.2,
            dark_noise=0.4,
            lens_blur=0.9,
            vignette=0.18,
            cast=(1.04, 1.0, 0.95),
            jpeg_quality=75,
        ),
        "old 480p": Sensor(
            noise=3.2,
            color_noise=1.4,
            dark_noise=0.6,
            lens_blur=1.1,
            sharpening=0.5,
            vignette=0.22,
            exposure=1.08,
            cast=(0.95, 1.0, 1.07),
            jpeg_quality=55,
        ),
    }
)
"""By name; "perfect" changes nothing."""
