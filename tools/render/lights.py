"""Lights by name: the light from window, ceiling, walls and screen that falls on a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

Color = tuple[float, float, float]
"""Linear RGB, 1 is white; a light's color may exceed 1."""
Point = tuple[float, float, float]
"""Meters."""


@dataclass(frozen=True)
class Light:
    """All the light in a room."""

    key_position: Point = (2.2, -1.1, 1.75)
    """Position of the strongest light (the window), meters: it models the face and casts the visible shadow."""
    key_color: Color = (1.20, 1.11, 0.98)
    key_softness: float = 0.010
    """Blur of its shadow as a fraction of 4.4 m, the width of the shadow map: a large window is soft, a bulb sharp."""
    ceiling_color: Color = (0.66, 0.62, 0.57)
    """Light falling straight down."""
    fill_color: Color = (0.44, 0.42, 0.40)
    """Light that the walls in front of the person reflect onto the face."""
    fill_position: Point = (-0.5, -3.0, 2.0)
    screen_color: Color = (0.035, 0.042, 0.05)
    """Light from the screen at the desk; there is none without a desk."""
    sky_color: Color = (0.27, 0.28, 0.29)
    """Light from everywhere above …"""
    ground_color: Color = (0.27, 0.235, 0.20)
    """… and from below."""
    window_glow: float = 3.0
    """Brightness of the window's panes, 1 is white."""
    lamp_glow: float = 1.0
    """Brightness of lamps."""
    screen_glow: float = 1.0
    """Brightness of screens."""
    exposure: float = 0.63
    """Multiplies everything before the tone curve; the camera's automatic exposure."""
    from_behind: bool = False
    """Whether the key is a window in the wall behind the person, which the room then needs."""

    def mirrored(self) -> Light:
        """The same light with the window at the person's right."""
        x, y, z = self.key_position
        fill_x, fill_y, fill_z = self.fill_position
        return replace(self, key_position=(-x, y, z), fill_position=(-fill_x, fill_y, fill_z))


LIGHTS: Mapping[str, Light] = MappingProxyType(
    {
        "day": Light(),
        "overcast": Light(
            key_color=(0.50, 0.55, 0.60),
            key_softness=0.030,
            ceiling_color=(0.55, 0.58, 0.60),
            fill_color=(0.62, 0.64, 0.66),
            sky_color=(0.42, 0.45, 0.48),
            ground_color=(0.26, 0.25, 0.24),
            window_glow=1.6,
            lamp_glow=0.25,
            exposure=0.95,
        ),
        "evening": Light(
            key_position=(0.5, -1.0, 2.6),
            key_color=(0.82, 0.69, 0.53),
            key_softness=0.014,
            ceiling_color=(0.95, 0.79, 0.60),
            fill_color=(0.46, 0.385, 0.30),
            screen_color=(0.045, 0.055, 0.070),
            sky_color=(0.24, 0.20, 0.155),
            ground_color=(0.24, 0.19, 0.14),
            window_glow=0.035,
            lamp_glow=1.6,
            exposure=0.80,
        ),
        "dim lamp": Light(
            key_position=(1.35, -0.75, 1.45),
            key_color=(0.24, 0.17, 0.105),
            key_softness=0.012,
            ceiling_color=(0.07, 0.053, 0.036),
            fill_color=(0.10, 0.078, 0.055),
            screen_color=(0.020, 0.025, 0.033),
            sky_color=(0.055, 0.045, 0.035),
            ground_color=(0.048, 0.037, 0.027),
            window_glow=0.02,
            lamp_glow=1.8,
            screen_glow=0.9,
            exposure=0.62,
        ),
        "window behind": Light(
            key_position=(0.35, 2.1, 1.75),
            key_color=(1.5, 1.55, 1.6),
            key_softness=0.020,
            ceiling_color=(0.30, 0.31, 0.32),
            fill_color=(0.20, 0.20, 0.20),
            sky_color=(0.26, 0.28, 0.30),
            ground_color=(0.16, 0.15, 0.13),
            window_glow=6.0,
            lamp_glow=0.25,
            exposure=0.62,
            from_behind=True,
        ),
        "screen only": Light(
            key_position=(1.8, -1.5, 2.2),
            key_color=(0.020, 0.022, 0.028),
            key_softness=0.020,
            ceiling_color=(0.015, 0.016, 0.020),
            fill_color=(0.020, 0.023, 0.030),
            screen_color=(0.15, 0.185, 0.24),
            sky_color=(0.026, 0.028, 0.034),
            ground_color=(0.020, 0.021, 0.025),
            window_glow=0.012,
            lamp_glow=0.02,
            exposure=1.1,
        ),
    }
)
"""By name: bright day, overcast day, ceiling lamp in the evening, one dim lamp, a window behind, only the screen."""
