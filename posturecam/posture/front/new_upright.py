"""Whether somebody has sat upright for minutes in a place where the baseline was not learned: a new baseline to offer. Pure.

After the camera or the chair was moved, a person is judged by whatever does not depend on the position, which is less
precise. So once they have sat upright and steadily for some minutes in the new position, those checks are as good as a
calibration. The user has to accept it: a drifting posture must never become its own baseline.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from posturecam.config.settings import Settings
from posturecam.posture.baseline import same_shape
from posturecam.posture.calibration import Sample
from posturecam.posture.front.judge import FrontUpright, judge, seen_level
from posturecam.posture.front.measures import FrontMeasures
from posturecam.posture.front.thresholds import thresholds

HELD_SECONDS = 180.0
"""How long it has to be held. Choice: somebody looking for a comfortable position has found it by then."""
UPRIGHT_SHARE = 0.8
"""Fraction of the checks in that time that must be upright: glances at keys and phone are part of sitting upright."""
OTHER_DISTANCE = 0.15
"""Natural logarithm of the distance from the camera, relative to the baseline's, from which the chair was moved;
leaning for minutes changes it less, and a slouch that comes so near has sunk as well."""
OTHER_HEIGHT = 4.0
"""Centimeters that the head is higher or lower, in front of a camera that stayed, from which the chair was raised or lowered: as
`FrontThresholds.lowered`, from where the place of the head counts as a slouch for as long as the chair stays there."""
BACK_SECONDS = 45.0
"""How long somebody has to be back in the old position for the new one to be forgotten. Choice: longer than leaning in to
read, after which a posture that was declined would be offered again."""
_LEAST_LOOKS, _SPANNED = 30, 0.95
"""How many upright checks there must be in that time, and the fraction of it between the first and the last check."""
_STEADY = 0.8
"""Centimeters of neck height within which half of the upright checks must be of their median: people sitting still vary
by 0.4."""


@dataclass(frozen=True, slots=True, eq=False)
class NewUpright:
    """The last minutes in another position; begin with `NewUpright()`."""

    looks: tuple[tuple[Sample, bool], ...] = ()
    """Each check with whether it was upright."""
    samples: tuple[Sample, ...] = ()
    """The upright checks of the minutes that were held last, for `posturecam.posture.calibration.learn`; the user may have slouched since."""
    offered: bool = False
    """Whether it was offered since the position was found to be different; it is offered once."""
    camera: bool = False
    """Whether it was the camera that was moved; otherwise the chair."""
    back: float | None = None
    """Time since when they have been back in the old position; None if they are not."""


def follow_new_upright(
    state: NewUpright, look: Sample | None, upright: FrontUpright | None, moved: bool | None, settings: Settings
) -> tuple[NewUpright, bool]:
    """The state after one more check, and whether to offer a new baseline now.

    Args:
        state: The state after the previous check.
        look: This check; None if nobody was found.
        upright: The face measures of the baseline; without them there is nothing to replace.
        moved: Whether the camera was moved since the calibration; None if unknown.
        settings: The user's settings.
    """
    if look is None or look.front is None or upright is None or not look.shows_face:
        return state, False
    if not in_new_place(look, upright, moved):
        if moved is None and state.camera:  # nobody knows whether it was put back
            return state, False
        back = look.t if state.back is None else min(state.back, look.t)
        return (NewUpright() if look.t - back >= BACK_SECONDS else replace(state, back=back)), False
    kept = tuple(one for one in state.looks if look.t - HELD_SECONDS <= one[0].t < look.t and _seen_alike(one[0], look))
    looks = (*kept, (look, _is_upright(look.front, upright, moved, settings)))
    state = replace(state, looks=looks, camera=state.camera or bool(moved), back=None)
    samples = tuple(one for one, is_upright in looks if is_upright)
    if not _held(looks, samples):
        return state, False
    return replace(state, samples=samples, offered=True), not state.offered


def in_new_place(look: Sample, upright: FrontUpright | None, moved: bool | None) -> bool:
    """Whether a check counts for a new baseline, as far as the place is concerned: the camera was moved, or the chair.

    A camera that may have been tilted says nothing about the chair's height.
    """
    if look.front is None or upright is None:
        return False
    at_other_height = moved is False and _at_other_height(look.front, upright)
    return bool(moved) or at_other_height or _elsewhere(look.front, upright)


def _seen_alike(one: Sample, other: Sample) -> bool:
    return same_shape((one.width, one.height), (other.width, other.height))


def _elsewhere(now: FrontMeasures, upright: FrontUpright) -> bool:
    if now.distance.value is None or upright.distance is None:
        return False
    return abs(math.log(now.distance.value / upright.distance)) >= OTHER_DISTANCE


def _at_other_height(now: FrontMeasures, upright: FrontUpright) -> bool:
    return abs(judge(now, upright, moved=False).changes.get("lower", 0.0)) >= OTHER_HEIGHT


def _is_upright(now: FrontMeasures, upright: FrontUpright, moved: bool | None, settings: Settings) -> bool:
    """Whether the neck is as long as when upright, within half a threshold, allowing for a camera that may be higher now.

    If the camera stayed, only a head that came down is seen more from above. One that looks down is bent: counted as a higher camera, that
    would make 26 of 61 stills of *tune* people who slid down upright ones in a lower chair, instead of 2.
    If the camera was moved, a head that seems bent by more than a slouch bends it is seen from higher up, as when a laptop was put on a
    stand: that makes 177 of 213 upright stills of *tune* and *validation* people in front of a higher camera upright ones, instead of 42, with
    16 of 98 mild and medium slouches instead of none, and 28 of 50 who slid down instead of 6.
    """
    height, pitch = now.neck_height.value, now.head_pitch.value
    if height is None or pitch is None or upright.neck_height is None:
        return False
    limits, own, own_pitch = thresholds(settings), upright.neck_height, upright.head_pitch or 0.0
    if moved is False:
        height += limits.elevation_share * _more_from_above(now, upright)
    elif moved and pitch - own_pitch > limits.glance_free:
        height += limits.elevation_share * (pitch - own_pitch)
    else:
        height, own = seen_level(height, pitch, limits), seen_level(own, own_pitch, limits)
    return height >= own - 0.5 * limits.sinking


def _more_from_above(now: FrontMeasures, upright: FrontUpright) -> float:
    """By how many degrees a camera that stayed looks down on the head more steeply than when upright; 0 for less, or if unknown."""
    low, away = now.head_low.value, now.distance.value
    if low is None or away is None or upright.head_low is None or upright.distance is None:
        return 0.0
    steeper = math.atan2(low, away) - math.atan2(upright.head_low, upright.distance)
    return max(math.degrees(steeper), 0.0)


def _held(looks: Sequence[tuple[Sample, bool]], samples: Sequence[Sample]) -> bool:
    if len(samples) < max(_LEAST_LOOKS, UPRIGHT_SHARE * len(looks)):
        return False
    if looks[-1][0].t - looks[0][0].t < _SPANNED * HELD_SECONDS:
        return False
    heights = [look.front.neck_height.value for look in samples if look.front is not None]
    known = [height for height in heights if height is not None]
    middle = statistics.median(known)
    return statistics.median(abs(height - middle) for height in known) <= _STEADY
