"""What a camera sees of a wall of pictures and shelves, tilted and turned as one likes."""

import numpy as np

from posturecam.vision.scene import CELLS, Glance

LENS = 53.13
"""Degrees: the field of view of the figures' camera."""


def wall(up=0.0, turned=0.0, seed=1, light=1.0, t=0.0, seen_through=LENS):
    """The glance of a wall of pictures and shelves, by a camera tilted up and turned right by these degrees."""
    rows, columns = np.mgrid[0 : 4 * CELLS[0], 0 : 4 * CELLS[1]] / 4 + 0.125
    half = np.tan(np.radians(seen_through) / 2)
    across, down = (columns / CELLS[1] * 2 - 1) * half, (rows / CELLS[0] * 2 - 1) * half * 0.75
    a, b = np.radians([up, turned])
    away, down = np.cos(a) + down * np.sin(a), down * np.cos(a) - np.sin(a)
    away, across = away * np.cos(b) - across * np.sin(b), across * np.cos(b) + away * np.sin(b)
    shades = np.random.default_rng(seed).uniform(40, 200, (40, 40))
    looked_at = shades[(down / away * 9 + 20).astype(int), (across / away * 7 + 20).astype(int)]
    cells = looked_at.reshape(CELLS[0], 4, CELLS[1], 4).mean(axis=(1, 3)) * light
    noise = np.random.default_rng(int(1000 * t) + 7).normal(0, 0.5, CELLS)
    return Glance(t, (cells + noise).astype(np.float32), 255.0, int(10 * t))
