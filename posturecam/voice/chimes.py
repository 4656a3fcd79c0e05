"""The chimes, synthesized: short, soft, and different enough to be distinguished without looking. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from posturecam.coach.cues import ChimeKind
from posturecam.voice.sound import RATE, Samples, Sound

_G4, _C5, _E5, _G5, _C6 = 392.00, 523.25, 659.26, 783.99, 1046.50
"""Notes of C major, Hz, equally tempered at A4 = 440."""

_NOTES: Mapping[ChimeKind, tuple[tuple[float, float], ...]] = {
    ChimeKind.START: ((0.0, _G4), (0.14, _C5)),
    ChimeKind.REACHED: ((0.0, _C6), (0.0, _E5)),
    ChimeKind.RELEASED: ((0.0, _C5),),
    ChimeKind.END: ((0.0, _G5), (0.16, _E5), (0.32, _C5)),
    ChimeKind.LOST: ((0.0, _G4), (0.22, _G4)),
    ChimeKind.TICK: ((0.0, _E5),),
}
"""(begins at, s; pitch, Hz): two rising, a bell, one, three falling, one low note twice: they differ in number and direction."""

_DECAYS: Mapping[ChimeKind, float] = {ChimeKind.TICK: 0.03, ChimeKind.LOST: 0.09}
"""How fast a note dies away, s, where it is not the usual bell."""
_RING_SECONDS, _DECAY_SECONDS, _ATTACK_SECONDS = 0.9, 0.22, 0.008
_PARTIALS = ((1.0, 1.0), (2.0, 0.28), (3.0, 0.08))
"""(times the pitch, loudness): nearly a sine, warm rather than shrill."""
_LOUDNESS = 0.35
"""Peak level as a fraction of full scale, which is about as loud as the speech."""


@cache
def chime_sound(chime: ChimeKind) -> Sound:
    """The chime as a sound; made once and kept."""
    notes = _NOTES[chime]
    total = np.zeros(round((max(start for start, _ in notes) + _RING_SECONDS) * RATE), np.float32)
    for start, pitch in notes:
        note = _note(pitch, _DECAYS.get(chime, _DECAY_SECONDS))
        begin = round(start * RATE)
        total[begin : begin + len(note)] += note
    total *= _LOUDNESS / float(np.abs(total).max())
    return Sound(total)


def _note(pitch: float, decay: float) -> Samples:
    t = np.arange(round(_RING_SECONDS * RATE)) / RATE
    wave = sum(loud * np.sin(2 * np.pi * times * pitch * t) for times, loud in _PARTIALS)
    shape = np.minimum(t / _ATTACK_SECONDS, 1) * np.exp(-t / decay) * np.minimum((_RING_SECONDS - t) / 0.05, 1)
    return np.asarray(wave * shape, np.float32)
