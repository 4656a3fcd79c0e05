"""What can be measured on one pose from one view: each measure is a value, or None with the reason.

Signs: neck, trunk and head angles are positive forward (head tilt: positive looking up); head roll and shoulder tilt are
positive when the person's left side is higher, lateral trunk lean when the trunk leans to the person's right (which raises
the left); head yaw is positive when the head turns to the person's left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from posturecam.config.settings import MeasureSettings, Settings
from posturecam.i18n.words import mark
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View, body_yaw
from posturecam.vision.geometry import Place, above_horizontal, between, distance, fold, from_vertical
from posturecam.vision.pose import LANDMARKS, Landmark, Pose


class Name(StrEnum):
    """The measures, named by the field's terms."""

    NECK_INCLINATION = "neck_inclination"
    TRUNK_INCLINATION = "trunk_inclination"
    NECK_FLEXION = "neck_flexion"
    HEAD_TILT = "head_tilt"
    CRANIOVERTEBRAL_ANGLE = "craniovertebral_angle"
    HEAD_ROLL = "head_roll"
    SHOULDER_TILT = "shoulder_tilt"
    LATERAL_TRUNK_LEAN = "lateral_trunk_lean"
    HEAD_YAW = "head_yaw"
    HEAD_FORWARD_INDEX = "head_forward_index"
    SLUMP_INDEX = "slump_index"
    SHOULDER_HEIGHT = "shoulder_height"
    NOSE_DROP = "nose_drop"
    APPROACH = "approach"
    NECK_HEIGHT = "neck_height"
    HEAD_DISTANCE = "head_distance"
    HEAD_PITCH = "head_pitch"
    HEAD_OFFSET = "head_offset"
    BODY_YAW = "body_yaw"

    @property
    def spoken(self) -> str:
        """The measure's name as used in a sentence."""
        return _SPOKEN.get(self, self.value.replace("_", " "))


_SPOKEN: Mapping[Name, str] = {
    Name.HEAD_FORWARD_INDEX: mark("head against shoulders"),
    Name.SLUMP_INDEX: mark("ears above shoulders"),
    Name.APPROACH: mark("nearness"),
    Name.HEAD_DISTANCE: mark("distance from the screen"),
    Name.HEAD_PITCH: mark("head bent down"),
    Name.HEAD_OFFSET: mark("head off the middle"),
    Name.BODY_YAW: mark("turned away"),
}


DEGREES = "°"
CENTIMETERS = "cm"
SHOULDER_WIDTHS = mark("shoulder widths")
EAR_DISTANCES = mark("ear distances")
OF_PICTURE_WIDTH = mark("of the picture's width")

UNITS: Mapping[Name, str] = {
    Name.NECK_INCLINATION: DEGREES,
    Name.TRUNK_INCLINATION: DEGREES,
    Name.NECK_FLEXION: DEGREES,
    Name.HEAD_TILT: DEGREES,
    Name.CRANIOVERTEBRAL_ANGLE: DEGREES,
    Name.HEAD_ROLL: DEGREES,
    Name.SHOULDER_TILT: DEGREES,
    Name.LATERAL_TRUNK_LEAN: DEGREES,
    Name.HEAD_YAW: DEGREES,
    Name.HEAD_FORWARD_INDEX: SHOULDER_WIDTHS,
    Name.SLUMP_INDEX: SHOULDER_WIDTHS,
    Name.SHOULDER_HEIGHT: SHOULDER_WIDTHS,
    Name.NOSE_DROP: EAR_DISTANCES,
    Name.APPROACH: OF_PICTURE_WIDTH,
    Name.NECK_HEIGHT: CENTIMETERS,
    Name.HEAD_DISTANCE: CENTIMETERS,
    Name.HEAD_PITCH: DEGREES,
    Name.HEAD_OFFSET: CENTIMETERS,
    Name.BODY_YAW: DEGREES,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: a value with its unit, or None with the reason.

    Raises:
        ValueError: if it has neither a value nor a reason, both, or a value that is not finite.
    """

    name: Name
    value: float | None
    reason: Reason | None = None
    uncertainty: float | None = None
    """One standard deviation in the unit of the value, if it was measured or published."""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"{self.name} needs either a value or a reason, got {self.value!r} and {self.reason!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.name} must be finite, got {self.value!r}")

    @property
    def unit(self) -> str:
        """The unit of the value: degrees, or the length it is a multiple of."""
        return UNITS[self.name]


Measures = Mapping[Name, Measure]

PLAUSIBLE: Mapping[Name, tuple[float, float]] = {
    Name.NECK_INCLINATION: (-40.0, 90.0),
    Name.TRUNK_INCLINATION: (-60.0, 90.0),
    Name.NECK_FLEXION: (-60.0, 90.0),
    Name.HEAD_ROLL: (-60.0, 60.0),
    Name.SHOULDER_TILT: (-60.0, 60.0),
    Name.LATERAL_TRUNK_LEAN: (-70.0, 70.0),
    Name.HEAD_FORWARD_INDEX: (0.05, 5.0),
    Name.SLUMP_INDEX: (-2.0, 5.0),
    Name.APPROACH: (0.0, 0.6),
}
"""Plausible range of each measure: outside it, the landmarks or the picture are wrong. Each range leaves room around
the extremes of 7900 rendered stills and of the photographs: neck −10 to 77° (recliners −9°), trunk −37 to 70°, neck
flexion −21 to 50°, head and shoulders tilted by up to 49°, trunk leaning sideways by up to 57°; forward index 0.2 to
2.1, slump index −1.4 to 4 (obliquely, where the shoulders look narrow), approach 0.01 to 0.17."""

_CVA_AT_ZERO, _CVA_SLOPE, _CVA_FITTED = 63.9, -1.25, (-6.0, 50.0)
"""Craniovertebral angle against neck inclination, degrees, and the range of the fit. BlazePose has no C7, so this is the
line through the exact angles of two rendered bodies in 14 postures; it leaves a scatter of 4.7°."""
NOSE_PROTRUSION = 1.4
"""How far the nose tip lies in front of the ear axis, in half ear distances: about 10.5 cm against 7.5 cm.

Farkas' craniofacial norms give tragion–pronasale and bitragal breadths close to these; measured on renders, a head
turned by 35° reads 30–32° (lite) and 38–43° (full)."""
_LEAST_COSINE = 0.2
"""Of the head yaw, as at 78°: distances are stretched by no more, as the yaw of a head turned further is uncertain."""


class _Unknown(Exception):
    def __init__(self, why: Why | Reason, case: str = "", /, **parameters: float | str) -> None:
        if isinstance(why, Reason):
            self.reason = why
        else:
            self.reason = Reason(why, case, **parameters) if parameters else _plain(why, case)


@cache
def _plain(why: Why, case: str) -> Reason:
    """A reason without parameters. Cached, since more than half of the measures are unknown in each picture."""
    return Reason(why, case)


def measure(pose: Pose, view: View, settings: Settings) -> Measures:
    """All measures of one pose from the given view.

    Every name is present; what cannot be measured from the view is None with the reason. Nothing raises for missing landmarks, NaN,
    or points that coincide.
    """
    seen = _Seen(pose, view, settings)
    return {name: seen.measure(name) for name in Name}


class MeasuresOnDemand(Mapping[Name, Measure]):
    """The same measures, each computed when it is first asked for: a judge asks for few of them."""

    def __init__(self, pose: Pose, view: View, settings: Settings, known: Measures) -> None:
        """Compute nothing yet; `known` are used in place of those that the pose tells."""
        self._seen, self._known = _Seen(pose, view, settings), dict(known)

    def __getitem__(self, name: Name) -> Measure:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._seen.measure(name)
        return found

    def __iter__(self) -> Iterator[Name]:
        return iter(Name)

    def __len__(self) -> int:
        return len(Name)


def _plausible(name: Name, value: float) -> float:
    """The value, if it is anatomically possible."""
    low, high = PLAUSIBLE.get(name, (-math.inf, math.inf))
    if low <= value <= high:
        return value
    shown = f"{value:.0f}°" if UNITS[name] == DEGREES else f"{value:.2f}"
    raise _Unknown(Why.IMPLAUSIBLE, "value", measure=name.spoken, value=shown)


def least_visibility(landmark: Landmark, settings: MeasureSettings) -> float:
    """The visibility (0 to 1) from which a landmark is trusted."""
    return settings.hip_visibility if landmark >= Landmark.LEFT_HIP else settings.head_visibility


class _Seen:
    """One pose with its visibility checks; each method returns degrees or ratios, or raises `_Unknown` with the reason."""

    def __init__(self, pose: Pose, view: View, settings: Settings) -> None:
        self.pose, self.view, self.settings = pose, view, settings
        # As plain numbers, with which Python computes several times faster than with arrays of two.
        self._points: list[Place] = pose.points.tolist()
        self.yaw = body_yaw(pose, settings)
        self._found: dict[Name, float | Reason] = {}

    def measure(self, name: Name) -> Measure:
        if name in _BY_FACE:
            return _BY_FACE[name]
        found = self._look_up(name)
        if isinstance(found, Reason):
            return Measure(name, None, found)
        return Measure(name, found, uncertainty=self._uncertainty(name))

    def _look_up(self, name: Name) -> float | Reason:
        """The value, if it is plausible, or the reason; computed once, because other measures are derived from some of them."""
        found = self._found.get(name)
        if found is None:
            try:
                found = _plausible(name, _FORMULAS[name](self))
            except _Unknown as unknown:
                # The exception itself refers to this object by its traceback, so both would stay until the next garbage collection.
                found = unknown.reason
            self._found[name] = found
        return found

    def _value(self, name: Name) -> float:
        """The value of a measure from which another one is derived."""
        found = self._look_up(name)
        if isinstance(found, Reason):
            raise _Unknown(found)
        return found

    def _uncertainty(self, name: Name) -> float | None:
        side = self.settings.side
        if name is Name.CRANIOVERTEBRAL_ANGLE:
            return side.cva_uncertainty
        if name is Name.NECK_FLEXION:
            return math.hypot(side.neck_uncertainty, side.trunk_uncertainty)
        if name in (Name.NECK_INCLINATION, Name.TRUNK_INCLINATION):
            if self.view.is_oblique:
                return side.oblique_uncertainty
            return side.neck_uncertainty if name is Name.NECK_INCLINATION else side.trunk_uncertainty
        return None

    # Points and visibility checks.

    def _sees(self, landmark: Landmark) -> bool:
        return self.pose.sees(landmark, least_visibility(landmark, self.settings.measures))

    def _at(self, landmark: Landmark) -> Place:
        if not self._sees(landmark):
            raise _Unknown(Why.NOT_SEEN, what=f"your {landmark.spoken}")
        return self._points[landmark]

    def _both(self, left: Landmark) -> tuple[Place, Place]:
        return self._at(left), self._at(LANDMARKS[left + 1])

    @cached_property
    def _shoulders(self) -> tuple[Place, Place, float]:
        left, right = self._both(Landmark.LEFT_SHOULDER)
        width = self._apart(left, right, mark("your shoulders"))
        margin_x, margin_y = (self.settings.measures.edge_margin * size for size in (self.pose.width, self.pose.height))
        for point, which in ((left, "left"), (right, "right")):
            if not (margin_x <= point[0] <= self.pose.width - margin_x and point[1] <= self.pose.height - margin_y):
                raise _Unknown(Why.CLIPPED, what=f"your {which} shoulder")
        return left, right, width

    @staticmethod
    def _apart(a: Place, b: Place, what: str) -> float:
        apart = distance(a, b)
        if apart < 1e-6:
            raise _Unknown(Why.COINCIDENT, what=what)
        return apart

    def _need_front(self) -> None:
        if self.view is View.UNKNOWN:
            raise _Unknown(Why.VIEW_UNKNOWN)
        if self.view.is_side:
            raise _Unknown(Why.WRONG_VIEW, "side")

    def _need_profile(self) -> float:
        """Body yaw in degrees, 90 in exact profile, if sagittal angles can be measured at all."""
        if self.view is View.UNKNOWN or self.yaw is None:
            raise _Unknown(Why.VIEW_UNKNOWN)
        if self.view is View.FRONT:
            raise _Unknown(Why.WRONG_VIEW, "front")
        turned = min(abs(self.yaw), 180 - abs(self.yaw))
        if turned < self.settings.view.least_yaw:
            raise _Unknown(Why.WRONG_VIEW, "nearly_front")
        return turned

    # The sagittal plane, from the side.

    def _sagittal(self, left_low: Landmark, left_high: Landmark) -> float:
        """Forward inclination of the line from a low to a high landmark, degrees.

        In profile the near side is what the camera sees. Off profile the near shoulder is displaced by half the
        shoulder breadth × cos(yaw), which reads as 13–18° of neck inclination at 60–75° (measured on renders), while
        the midline points stay in the sagittal plane. Hence the near side is used in profile, blending into the midline
        farther off.
        """
        turned = self._need_profile()
        assert self.yaw is not None
        near = 0 if self.yaw < 0 else 1
        low = self._sagittal_point(left_low, near, turned)
        high = self._sagittal_point(left_high, near, turned)
        apparent = from_vertical(low, high)
        if apparent is None:
            raise _Unknown(Why.COINCIDENT, "pair", what=f"your {left_low.spoken}", other=f"your {left_high.spoken}")
        forward = apparent if near else -apparent  # a person showing the left side faces the picture's left
        if abs(forward) >= 90:  # on the tune people the model turned somebody upside down, with full visibility
            raise _Unknown(Why.IMPLAUSIBLE, what=f"your {left_high.spoken}", other=f"your {left_low.spoken}")
        # Foreshortening: seen from `turned` degrees, the forward part of the line is shortened by sin(turned).
        return math.degrees(math.atan(math.tan(math.radians(forward)) / math.sin(math.radians(turned))))

    def _sagittal_point(self, left: Landmark, near: int, turned: float) -> Place:
        side = self.settings.side
        near_point = self._at(LANDMARKS[left + near])
        off_profile = 90 - turned
        far = LANDMARKS[left + 1 - near]
        if not self._sees(far):
            if off_profile > side.near_side_within:
                raise _Unknown(Why.NOT_SEEN, what=f"your {far.spoken}")
            return near_point
        fading = max(side.midline_beyond - side.near_side_within, 1.0)
        weight = min(max((off_profile - side.near_side_within) / fading, 0.0), 1.0)
        if weight == 0:
            return near_point
        midline = between(near_point, self._points[far])
        x, y = ((1 - weight) * one + weight * other for one, other in zip(near_point, midline, strict=True))
        return x, y

    def _neck_inclination(self) -> float:
        return fold(self._sagittal(Landmark.LEFT_SHOULDER, Landmark.LEFT_EAR) - self.settings.side.neck_bias)

    def _trunk_inclination(self) -> float:
        if 90 - self._need_profile() > self.settings.side.trunk_off_profile:
            raise _Unknown(Why.WRONG_VIEW, "off_profile")
        return fold(self._sagittal(Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER) - self.settings.side.trunk_bias)

    def _neck_flexion(self) -> float:
        """ISO 11226: neck inclination minus trunk inclination."""
        return fold(self._value(Name.NECK_INCLINATION) - self._value(Name.TRUNK_INCLINATION))

    def _head_tilt(self) -> float:
        self._need_profile()
        if self.view.is_oblique:
            raise _Unknown(Why.WRONG_VIEW, "oblique_head")
        assert self.yaw is not None
        near = 0 if self.yaw < 0 else 1
        eye = (Landmark.LEFT_EYE_OUTER, Landmark.RIGHT_EYE_OUTER)[near]
        tilt = above_horizontal(self._at(LANDMARKS[Landmark.LEFT_EAR + near]), self._at(eye))
        if tilt is None:
            raise _Unknown(Why.COINCIDENT, "eye_and_ear")
        return tilt

    def _craniovertebral_angle(self) -> float:
        if self.view.is_oblique:
            raise _Unknown(Why.WRONG_VIEW, "not_exact")
        neck = self._value(Name.NECK_INCLINATION)
        low, high = _CVA_FITTED
        if not low <= neck <= high:
            raise _Unknown(Why.WRONG_VIEW, "beyond_fit", low=low, high=high)
        return _CVA_AT_ZERO + _CVA_SLOPE * neck

    # The frontal plane.

    def _level(self, left: Landmark) -> float:
        self._need_front()
        if self.view.is_oblique:
            raise _Unknown(Why.WRONG_VIEW, "oblique_level")
        tilt = above_horizontal(self._at(LANDMARKS[left + 1]), self._at(left))
        if tilt is None:
            raise _Unknown(Why.COINCIDENT, "both_sides", what=f"your {left.spoken}")
        return tilt

    def _head_roll(self) -> float:
        return self._level(Landmark.LEFT_EAR)

    def _shoulder_tilt(self) -> float:
        return self._level(Landmark.LEFT_SHOULDER)

    def _lateral_trunk_lean(self) -> float:
        self._need_front()
        if self.view.is_oblique:
            raise _Unknown(Why.WRONG_VIEW, "oblique_lean")
        self._both(Landmark.LEFT_KNEE)  # hips without knees are hips behind a desk, which the model invents
        lean = from_vertical(between(*self._both(Landmark.LEFT_HIP)), between(*self._both(Landmark.LEFT_SHOULDER)))
        if lean is None:
            raise _Unknown(Why.COINCIDENT, "hips_and_shoulders")
        # The person's right is the picture's left, unless the model itself saw a mirrored person.
        mirrored = self._points[Landmark.LEFT_SHOULDER][0] < self._points[Landmark.RIGHT_SHOULDER][0]
        return lean if mirrored else -lean

    def _head_yaw(self) -> float:
        if self.view.is_side:
            raise _Unknown(Why.WRONG_VIEW, "side")
        left, right = self._both(Landmark.LEFT_EAR)
        half = (left[0] - right[0]) / 2
        nose = self._at(Landmark.NOSE)
        if abs(half) < 1e-6:
            raise _Unknown(Why.COINCIDENT, "ears")
        return math.degrees(
            math.atan2((nose[0] - between(left, right)[0]) / NOSE_PROTRUSION * math.copysign(1, half), abs(half))
        )

    @cached_property
    def _frontal_head(self) -> float:
        """Cosine of the head yaw, if the head faces the camera well enough to be compared; at least `_LEAST_COSINE`."""
        self._need_front()
        yaw = self._head_yaw()
        body = abs(self.yaw or 0.0)  # the head goes with the body: to a camera at an angle both are turned
        if abs(yaw) > self.settings.measures.head_yaw_limit + body:
            raise _Unknown(Why.HEAD_TURNED, angle=abs(yaw))
        return max(math.cos(math.radians(yaw)), _LEAST_COSINE)

    def _need_frontal_head(self) -> None:
        _ = self._frontal_head  # raises if the head is turned too far, or not seen

    def _head_forward_index(self) -> float:
        """Ear distance, corrected for head yaw, ÷ shoulder width: grows as the head comes forward of the shoulders."""
        cosine = self._frontal_head
        _, _, shoulders = self._shoulders
        return distance(*self._both(Landmark.LEFT_EAR)) / cosine / shoulders

    def _slump_index(self) -> float:
        """Height of the ear line above the shoulder line ÷ shoulder width, along the normal of the shoulder line."""
        self._need_frontal_head()
        left, right, width = self._shoulders
        return _above(left, right, between(*self._both(Landmark.LEFT_EAR))) / width

    def _shoulder_height(self) -> float:
        """Height of the shoulders above the center of the picture ÷ shoulder width: constant while the chair rolls."""
        self._need_front()
        left, right, width = self._shoulders
        return (self.pose.height / 2 - between(left, right)[1]) / width

    def _nose_drop(self) -> float:
        """How far the nose lies below the ear line ÷ ear distance: grows as the head bends down."""
        self._need_frontal_head()
        left, right = self._both(Landmark.LEFT_EAR)
        width = self._apart(left, right, mark("your ears"))
        return -_above(left, right, self._at(Landmark.NOSE)) / width

    def _approach(self) -> float:
        """Distance between the outer eye corners, corrected for head yaw, ÷ the picture's width: grows as the face comes nearer."""
        cosine = self._frontal_head
        eyes = distance(self._at(Landmark.LEFT_EYE_OUTER), self._at(Landmark.RIGHT_EYE_OUTER))
        return eyes / cosine / self.pose.width


def _above(left: Place, right: Place, point: Place) -> float:
    """How far a point lies above the line through two others, along its normal, pixels."""
    low, high = (right, left) if left[0] >= right[0] else (left, right)
    middle = between(left, right)
    across = (high[1] - low[1]) * (point[0] - middle[0]) - (high[0] - low[0]) * (point[1] - middle[1])
    return across / distance(left, right)


_FORMULAS: Mapping[Name, Callable[[_Seen], float]] = {
    Name.NECK_INCLINATION: _Seen._neck_inclination,
    Name.TRUNK_INCLINATION: _Seen._trunk_inclination,
    Name.NECK_FLEXION: _Seen._neck_flexion,
    Name.HEAD_TILT: _Seen._head_tilt,
    Name.CRANIOVERTEBRAL_ANGLE: _Seen._craniovertebral_angle,
    Name.HEAD_ROLL: _Seen._head_roll,
    Name.SHOULDER_TILT: _Seen._shoulder_tilt,
    Name.LATERAL_TRUNK_LEAN: _Seen._lateral_trunk_lean,
    Name.HEAD_YAW: _Seen._head_yaw,
    Name.HEAD_FORWARD_INDEX: _Seen._head_forward_index,
    Name.SLUMP_INDEX: _Seen._slump_index,
    Name.SHOULDER_HEIGHT: _Seen._shoulder_height,
    Name.NOSE_DROP: _Seen._nose_drop,
    Name.APPROACH: _Seen._approach,
}

_BY_FACE: Mapping[Name, Measure] = {
    name: Measure(name, None, Reason(Why.NOT_SEEN, "face_from_front"))
    for name in (Name.NECK_HEIGHT, Name.HEAD_DISTANCE, Name.HEAD_PITCH, Name.HEAD_OFFSET, Name.BODY_YAW)
}
"""Measures that are unknown here: `posturecam.posture.front.measures` fills them in when a face is seen."""
