"""Short sounds as samples. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 44100
"""Samples a second of everything that is played."""

Samples = NDArray[np.float32]
"""Shape (n,), one channel, -1 to 1."""
_QUIET = 0.004
"""Amplitude up to which the ends of a sound count as silence."""
_KEPT_SECONDS = 0.01
"""Seconds of silence kept at each end, so that no sound begins or ends with a click."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A short sound in memory, one channel.

    Raises:
        ValueError: if the samples have another shape than (n,) or the rate is not positive.
    """

    samples: Samples
    rate: int = RATE
    """Samples a second."""

    def __post_init__(self) -> None:
        if self.samples.ndim != 1:
            raise ValueError(f"samples must have shape (n,), got {self.samples.shape}")
        if self.rate < 1:
            raise ValueError(f"rate must be positive, got {self.rate}")

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    def at(self, rate: int) -> Sound:
        """The same sound with another number of samples a second, by straight lines between them: enough for speech."""
        if rate == self.rate or not len(self.samples):
            return Sound(self.samples, rate)
        wanted = np.arange(round(len(self.samples) * rate / self.rate)) * (self.rate / rate)
        return Sound(np.interp(wanted, np.arange(len(self.samples)), self.samples).astype(np.float32), rate)

    def trimmed(self) -> Sound:
        """Without the silence at both ends, so that a spoken number falls on its second."""
        loud = np.flatnonzero(np.abs(self.samples) > _QUIET)
        if not len(loud):
            return self
        keep = round(_KEPT_SECONDS * self.rate)
        return Sound(self.samples[max(loud[0] - keep, 0) : loud[-1] + 1 + keep], self.rate)
