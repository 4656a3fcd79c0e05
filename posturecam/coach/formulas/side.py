"""Formulas of measures taken from the side: for the near side of the body, in pixels, with lengths in T0 or parts of the leg.

T0 is the length of the trunk in the start pose, pixels (`posturecam.coach.pose_geometry.Reference`). Each formula raises `Unmeasurable`
where something that it needs is not seen, or points coincide.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

from posturecam.coach.pose_geometry import PoseGeometry, Unmeasurable, angle_at, apart, elevation, to_segment
from posturecam.i18n.words import mark
from posturecam.posture.reasons import Why
from posturecam.vision.geometry import distance, from_vertical
from posturecam.vision.pose import Landmark as L


def joint(a: L, vertex: L, b: L) -> Callable[[PoseGeometry], float]:
    """The angle at a joint of the near side, degrees."""
    return lambda seen: angle_at(seen.close(vertex), seen.close(a), seen.close(b))


def ear_shoulder_hip(seen: PoseGeometry) -> float:
    """The angle from ear to shoulder to hip, degrees, 0 to 360.

    Measured on the front of the body, so that a head thrown back reads beyond 180 instead of folding back below it.
    """
    shoulder, ear, hip = seen.close(L.LEFT_SHOULDER), seen.close(L.LEFT_EAR), seen.close(L.LEFT_HIP)
    apart(ear, shoulder, mark("your neck"))
    apart(hip, shoulder, mark("your trunk"))
    ear, hip = ((end[0] - shoulder[0], end[1] - shoulder[1]) for end in (ear, hip))
    cross = hip[0] * ear[1] - hip[1] * ear[0]
    return -seen.forward * math.degrees(math.atan2(cross, hip[0] * ear[0] + hip[1] * ear[1])) % 360


def trunk_elevation(seen: PoseGeometry) -> float:
    """From hip to shoulder above the horizontal, degrees."""
    return elevation(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER), mark("your trunk"))


def thigh_elevation(seen: PoseGeometry) -> float:
    """From hip to knee above the horizontal, degrees."""
    return elevation(seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE), mark("your thigh"))


def trunk_back(seen: PoseGeometry) -> float:
    """Lean of the trunk backwards from the vertical, degrees."""
    back = from_vertical(seen.close(L.LEFT_HIP), seen.close(L.LEFT_SHOULDER))
    if back is None:
        raise Unmeasurable(Why.COINCIDENT, "hip_and_shoulder")
    return -seen.forward * back


def heel_ratio(seen: PoseGeometry) -> float:
    """Distance from hip to ankle, in lower-leg lengths."""
    ankle = seen.close(L.LEFT_ANKLE)
    return distance(seen.close(L.LEFT_HIP), ankle) / apart(seen.close(L.LEFT_KNEE), ankle, mark("your lower leg"))


def hand_to_leg(seen: PoseGeometry) -> float:
    """Distance of the wrist from the nearest part of the leg, in thigh lengths.

    The foot counts as part of the leg if it is seen: somebody who folds far holds it.
    """
    wrist, hip, knee = seen.close(L.LEFT_WRIST), seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE)
    ankle = seen.close(L.LEFT_ANKLE)
    distances = [to_segment(wrist, hip, knee), to_segment(wrist, knee, ankle)]
    with contextlib.suppress(Unmeasurable):
        distances.append(to_segment(wrist, ankle, seen.close(L.LEFT_FOOT_INDEX)))
    return min(distances) / apart(hip, knee, mark("your thigh"))


def reach(seen: PoseGeometry) -> float:
    """How far down the leg the fingertips are: 0 the hip, 1 the knee, 2 the ankle.

    Along the leg where it lay in the start pose: deep in a fold the model puts the ankle on the hand.
    """
    tip = seen.close(L.LEFT_INDEX)
    if seen.reference is None:
        hip, knee, ankle = seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE), seen.close(L.LEFT_ANKLE)
    else:
        then = seen.reference.points
        hip, knee, ankle = (then[one + seen.near].tolist() for one in (L.LEFT_HIP, L.LEFT_KNEE, L.LEFT_ANKLE))
    lower = apart(knee, ankle, mark("your lower leg"))
    x, y = tip[0] - knee[0], tip[1] - knee[1]
    beyond = (x * (ankle[0] - knee[0]) + y * (ankle[1] - knee[1])) / lower**2
    if beyond >= 0:
        return 1 + beyond
    before = x * (knee[0] - hip[0]) + y * (knee[1] - hip[1])
    return max(1 + before / apart(hip, knee, mark("your thigh")) ** 2, 0.0)


def hand_ahead(seen: PoseGeometry) -> float:
    """Horizontal distance of the wrist from the ankle, T0."""
    return abs(seen.close(L.LEFT_WRIST)[0] - seen.close(L.LEFT_ANKLE)[0]) / seen.trunk


def hand_before_shoulder(seen: PoseGeometry) -> float:
    """Horizontal distance of the wrist in front of the shoulder, T0."""
    return seen.forward * (seen.close(L.LEFT_WRIST)[0] - seen.close(L.LEFT_SHOULDER)[0]) / seen.trunk


def hip_height(seen: PoseGeometry) -> float:
    """Height of the hip above the lower one of knee and ankle, along the picture's vertical, T0."""
    floor = max(seen.close(L.LEFT_KNEE)[1], seen.close(L.LEFT_ANKLE)[1])
    return (floor - seen.close(L.LEFT_HIP)[1]) / seen.trunk


def legs_behind(seen: PoseGeometry) -> float:
    """Horizontal distance of the knee behind the hip, in thigh lengths."""
    hip, knee = seen.close(L.LEFT_HIP), seen.close(L.LEFT_KNEE)
    return seen.forward * (hip[0] - knee[0]) / apart(hip, knee, mark("your thigh"))


def head_height(seen: PoseGeometry) -> float:
    """Height of the ear above the line through knee and ankle, along the picture's vertical, T0."""
    ear, knee, ankle = seen.close(L.LEFT_EAR), seen.close(L.LEFT_KNEE), seen.close(L.LEFT_ANKLE)
    apart(knee, ankle, mark("your lower leg"))
    run = ankle[0] - knee[0]
    # The floor under the head: the line of the lower leg if it is lying, its lower end if it is standing.
    if abs(run) < abs(ankle[1] - knee[1]):
        floor = max(knee[1], ankle[1])
    else:
        floor = knee[1] + (ear[0] - knee[0]) * (ankle[1] - knee[1]) / run
    return (floor - ear[1]) / seen.trunk


def neck_length(seen: PoseGeometry) -> float:
    """Distance from ear to shoulder, T0."""
    return distance(seen.close(L.LEFT_EAR), seen.close(L.LEFT_SHOULDER)) / seen.trunk


def head_offset(seen: PoseGeometry) -> float:
    """Horizontal distance of the ear in front of the shoulder, T0."""
    return seen.forward * (seen.close(L.LEFT_EAR)[0] - seen.close(L.LEFT_SHOULDER)[0]) / seen.trunk


def ear_lead(seen: PoseGeometry) -> float:
    """Horizontal distance of the near ear in front of the far one, T0; negative as the head turns to the camera."""
    left, right = seen.both(L.LEFT_EAR)
    return (right[0] - left[0]) / seen.trunk  # whoever shows the right side faces the picture's right


def nose_above_shoulder(seen: PoseGeometry) -> float:
    """Height of the nose above the shoulder, T0."""
    return (seen.close(L.LEFT_SHOULDER)[1] - seen.at(L.NOSE)[1]) / seen.trunk


def hip_shift(seen: PoseGeometry) -> float:
    """Distance of the hip from its place in the start pose, T0; if the ankle moved along, as when the camera was pushed, without that movement."""
    if seen.reference is None:
        raise Unmeasurable(Why.NO_BASELINE, "start_pose")
    hip, there = seen.close(L.LEFT_HIP), seen.reference.points[L.LEFT_HIP + seen.near].tolist()
    moved = distance(hip, there)
    try:
        ankle, ankle_there = seen.close(L.LEFT_ANKLE), seen.reference.points[L.LEFT_ANKLE + seen.near].tolist()
    except Unmeasurable:
        return moved / seen.trunk
    along = (there[0] + ankle[0] - ankle_there[0], there[1] + ankle[1] - ankle_there[1])
    # A foot that moves alone is no slide of the hips; where it was out of sight at the start, nothing is known about it.
    return min(moved, distance(hip, along) if math.isfinite(sum(along)) else moved) / seen.trunk


def shoulder_width(seen: PoseGeometry) -> float:
    """Distance between the shoulders as seen in the picture, T0."""
    return distance(*seen.both(L.LEFT_SHOULDER)) / seen.trunk
