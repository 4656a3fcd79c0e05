"""Whether somebody has sat upright for minutes where the baseline was not learned: a new baseline to offer. Pure.

After the camera or the chair was moved a person is judged by what does not depend on the place, which is coarser. So once they have
sat upright and steadily for some minutes in the new place, what was seen of it is as good as a calibration. It is for the
user to take: a posture that drifts must never become what it is compared with.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace

from posturecam.config.settings import Settings
from posturecam.posture.calibration import Sample
from posturecam.posture.front.judge import FrontUpright, seen_level, thresholds
from posturecam.posture.front.measures import FrontMeasures

HELD_SECONDS = 180.0
"""How long it has to be held. Choice: who looks for a comfortable place has found it by then."""
UPRIGHT_SHARE = 0.8
"""Of the looks in that time that must be upright: glances at keys and phone are part of sitting upright."""
OTHER_DISTANCE = 0.15
"""Natural logarithm of the distance from the camera, against the baseline's, from which on the chair was moved; leaning is less for
minutes, and a slouch that comes so near has sunk as well."""
_LEAST_LOOKS = 30
_STEADY = 0.8
"""Centimetres of neck height by which half of the upright looks may be off their median: people who sit still scatter by 0.4."""


@dataclass(frozen=True, slots=True, eq=False)
class NewUpright:
    """What is remembered of the last minutes in another place; begin with `NewUpright()`."""

    looks: tuple[tuple[Sample, bool], ...] = ()
    """Each with whether it was upright."""
    offered: bool = False
    """Whether it was offered since the place was found to be another; it is offered once."""

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The upright looks, for `posturecam.posture.calibration.learn`."""
        return tuple(look for look, upright in self.looks if upright)


def follow_new_upright(
    state: NewUpright, look: Sample | None, upright: FrontUpright | None, moved: bool | None, settings: Settings
) -> tuple[NewUpright, bool]:
    """The state after one more look, and whether a new baseline is to be offered now.

    Args:
        state: What was remembered.
        look: Of somebody; None where nobody was found.
        upright: What the baseline keeps of the face; without one there is nothing to replace.
        moved: Whether the camera was moved since the baseline was learned; None where nobody knows.
        settings: The user's.
    """
    if look is None or look.front is None or upright is None or not look.shows_face:
        return state, False
    if not (moved or _elsewhere(look.front, upright)):
        # Back in the old place, but for a look or two.
        return (NewUpright(), False) if moved is False else (state, False)
    kept = tuple(one for one in state.looks if look.t - HELD_SECONDS <= one[0].t < look.t)
    state = replace(state, looks=(*kept, (look, _is_upright(look.front, upright, settings))))
    if state.offered or not _held(state):
        return state, False
    return replace(state, offered=True), True


def _elsewhere(now: FrontMeasures, upright: FrontUpright) -> bool:
    if now.distance.value is None or upright.distance is None:
        return False
    return abs(math.log(now.distance.value / upright.distance)) >= OTHER_DISTANCE


def _is_upright(now: FrontMeasures, upright: FrontUpright, settings: Settings) -> bool:
    """Whether the neck is as long as it was when upright, but for half a threshold, as seen by a camera that may be higher now."""
    height, pitch = now.neck_height.value, now.head_pitch.value
    if height is None or pitch is None or upright.neck_height is None:
        return False
    limits = thresholds(settings)
    own = seen_level(upright.neck_height, upright.head_pitch or 0.0, limits)
    return seen_level(height, pitch, limits) >= own - 0.5 * limits.sinking


def _held(state: NewUpright) -> bool:
    samples = state.samples
    if len(samples) < max(_LEAST_LOOKS, UPRIGHT_SHARE * len(state.looks)):
        return False
    if state.looks[-1][0].t - state.looks[0][0].t < 0.95 * HELD_SECONDS:
        return False
    heights = [look.front.neck_height.value for look in samples if look.front is not None]
    known = [height for height in heights if height is not None]
    middle = statistics.median(known)
    return statistics.median(abs(height - middle) for height in known) <= _STEADY
