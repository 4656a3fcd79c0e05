"""An upright posture as it would have been measured with another field of view. Pure.

The field of view is a setting. Distances are computed with it, and angles relative to the lens axis depend on it, so after a change
everything that was learned before would look nearer or farther, and more or less bent.
"""

from __future__ import annotations

import math
from dataclasses import replace

from posturecam.posture.front.judge import FrontUpright


def seen_through(upright: FrontUpright, before: float, now: float) -> FrontUpright:
    """The measures of an upright posture learned with a field of view of `before` degrees, as they are with one of `now` degrees.

    On real people this is right within 5 % of the distance and 3° of head pitch from 65° to 50° or 90°. Lengths beside the distance are
    kept: a neck looks up to 1 cm longer with 90°, as the perspective of the face is explained by its distance.
    """
    nearer = math.tan(math.radians(now / 2)) / math.tan(math.radians(before / 2))
    away, low, pitch, shoulders = upright.distance, upright.head_low, upright.head_pitch, upright.shoulder_low
    if shoulders is not None:
        shoulders = math.degrees(math.atan(math.tan(math.radians(shoulders)) * nearer))
    if away is None:
        return replace(upright, shoulder_low=shoulders)
    if pitch is not None and low is not None:
        # The head is bent as far from the line of sight as before; but that is steeper if the head is nearer.
        pitch -= math.degrees(math.atan2(low, away / nearer) - math.atan2(low, away))
    return replace(upright, distance=away / nearer, head_pitch=pitch, shoulder_low=shoulders)
