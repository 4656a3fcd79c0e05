"""Rules of other posture monitors, rewritten from their published source, and run on the same landmarks.

Each is an interpretation of how that program decides, not a copy of it, with its default settings. What the programs do
after the decision (blurring the screen, a notification at most every 20 minutes) is left out for all alike: here an
alert is the moment at which a rule begins to report slouching. Where an interpretation had to choose, it chose what
spares the program false alerts.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from popular import face_size, normalized_neck, normalized_trunk, nose_height

from posturecam.posture.measures import NOSE_PROTRUSION
from posturecam.vision.geometry import distance, middle
from posturecam.vision.pose import WIDTH_OVER_EAR_HEIGHT, Landmark, Pose

_BOTH = (Landmark.LEFT_EAR, Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP)
_SHOULDER_BREADTH = 0.36
"""Meters between an adult's shoulder joints."""


@dataclass(frozen=True, slots=True)
class Cues:
    """The quantities that the rules use of one pose."""

    nose: float
    """How low the nose is, picture heights."""
    picture_meter: float
    """A meter at the person's distance, in picture heights: from the height of the ears above the shoulders."""
    face: float
    """Distance between the outer eye corners, picture widths."""
    neck: float
    """Normalized neck angle from any view, degrees."""
    trunk: float
    confidence: float
    """Mean visibility of ears, shoulders and hips, 0 to 1."""
    pitch: float
    """How far the face looks down, from nose relative to ears, degrees."""
    head_yaw: float
    head_roll: float
    """Both unsigned, degrees."""
    ear_height: float
    """Height of the ears above the shoulders, shoulder widths."""


def cues(pose: Pose) -> Cues:
    """Everything that a rule may use of a pose, unfiltered, since the rules filter by themselves."""
    ears = pose.at(Landmark.LEFT_EAR), pose.at(Landmark.RIGHT_EAR)
    shoulders = pose.at(Landmark.LEFT_SHOULDER), pose.at(Landmark.RIGHT_SHOULDER)
    nose, ear, shoulder = pose.at(Landmark.NOSE), middle(*ears), middle(*shoulders)
    half, width = max(distance(*ears) / 2, 1e-6), max(distance(*shoulders), 1e-6)
    visibility = [float(pose.visibility[left + side]) for left in _BOTH for side in (0, 1)]
    return Cues(
        nose=nose_height(pose) or 0.0,
        picture_meter=distance(ear, shoulder) * WIDTH_OVER_EAR_HEIGHT / _SHOULDER_BREADTH / pose.height,
        face=face_size(pose) or 0.0,
        neck=normalized_neck(pose) or 0.0,
        trunk=normalized_trunk(pose) or 0.0,
        confidence=statistics.fmean(visibility),
        pitch=math.degrees(math.atan2(nose[1] - ear[1], NOSE_PROTRUSION * half)),
        head_yaw=math.degrees(math.atan2(abs(nose[0] - ear[0]), NOSE_PROTRUSION * half)),
        head_roll=abs(math.degrees(math.atan2(ears[0][1] - ears[1][1], abs(ears[0][0] - ears[1][0])))),
        ear_height=float(shoulder[1] - ear[1]) / width,
    )


class Rule(Protocol):
    """A rule is given the person's upright posture, and then check after check."""

    def __init__(self, upright: Sequence[Cues]) -> None: ...

    def look(self, t: float, seen: Cues | None) -> bool | None:
        """Whether it reports slouching at this time, seconds; None if it has no answer. `seen` is None for nobody."""


class DorsoLike:
    """Nose height against the lowest calibrated one, as Dorso decides from its camera (tldev/dorso 1f7ec62, 2026-07).

    Interpretation: while calibrating, the user looks at the four corners of the screen, and the range of the nose's
        height is stored; a mean of five heights that is below the lowest by more than 3 % of the range is bad, good
        again at 0.7 of that; eight bad frames in a row begin a slouch, five good ones end it; without a detection
        nothing changes. The face width is used only if its body detection fails and its face detection does not, which
        a recording cannot show, so it is left out. Nobody looks at corners in these stills, so a range of 5 cm is
        assumed: the movement of a nose 10.5 cm in front of the ears when the head pitches 14° up and down, towards the
        edges of a screen 30 cm high.
    """

    HALF_RANGE = 0.025
    """Meters."""
    DEAD_ZONE = 0.03
    EXIT = 0.7
    SMOOTHED = 5
    BAD_LOOKS, GOOD_LOOKS = 8, 5

    def __init__(self, upright: Sequence[Cues]) -> None:
        half = self.HALF_RANGE * statistics.median(look.picture_meter for look in upright)
        self._lowest = statistics.median(look.nose for look in upright) + half
        self._dead_zone = self.DEAD_ZONE * 2 * half
        self._noses = deque[float](maxlen=self.SMOOTHED)
        self._was_bad, self._slouching = False, False
        self._bad, self._good = 0, 0

    def look(self, t: float, seen: Cues | None) -> bool | None:
        """Whether it reports slouching, as the class describes."""
        if seen is None:
            return None
        self._noses.append(seen.nose)
        limit = self._dead_zone * (self.EXIT if self._was_bad else 1.0)
        self._was_bad = statistics.fmean(self._noses) - self._lowest > limit
        self._bad, self._good = (self._bad + 1, 0) if self._was_bad else (0, self._good + 1)
        if self._bad >= self.BAD_LOOKS:
            self._slouching = True
        elif self._good >= self.GOOD_LOOKS:
            self._slouching = False
        return self._slouching


class _Sustained:
    """One angle of DeskCoach: over its threshold for most of a window, or far over it for a moment."""

    WINDOW, MAJORITY, LONGEST_GAP, CUMULATIVE = 30.0, 0.60, 3.0, 18.0
    SEVERE_SECONDS = 8.0

    def __init__(self, threshold: float, severe: float) -> None:
        self._threshold, self._severe = threshold, severe
        self._window = deque[tuple[float, bool]]()
        self._severe_since: float | None = None

    def clear(self) -> None:
        self._window.clear()
        self._severe_since = None

    def met(self, t: float, angle: float) -> bool:
        self._window.append((t, angle > self._threshold))
        while self._window[0][0] < t - self.WINDOW:
            self._window.popleft()
        if angle <= self._severe:
            self._severe_since = None
        elif self._severe_since is None:
            self._severe_since = t
        severe = self._severe_since is not None and t - self._severe_since >= self.SEVERE_SECONDS
        return severe or self._for_most_of_the_window()

    def _for_most_of_the_window(self) -> bool:
        looks = list(self._window)
        over = gap = longest_gap = 0.0
        for (t, above), (after, _) in itertools.pairwise(looks):
            over, gap = (over + after - t, 0.0) if above else (over, gap + after - t)
            longest_gap = max(longest_gap, gap)
        full = looks[-1][0] - looks[0][0] >= self.WINDOW / 2
        most = sum(above for _, above in looks) >= self.MAJORITY * len(looks) and longest_gap <= self.LONGEST_GAP
        return (full and most) or over >= self.CUMULATIVE


class DeskCoachLike:
    """Neck and trunk angle over a baseline for most of half a minute (robofox96/deskcoach 3833815).

    Interpretation, with its default preset: angles of the midpoints of ears, shoulders and hips in normalized
    coordinates, unsigned, from any view; smoothed by 0.3 per frame; slouching when the neck is 8° over its baseline, or
    the trunk is, in 60 % of 30 s without a gap of over 3 s, or for 18 s in total, or 20° (trunk 18°) for 8 s; good
    again after 12 s without any of it, and the windows restart; paused while the mean visibility of the six landmarks
    is below 0.5. More lenient than its code: a window counts only once it is half full, and its lateral lean (from 3°)
    is left out.
    """

    OVER, NECK_SEVERE, TRUNK_SEVERE = 8.0, 20.0, 18.0
    RECOVERY = 12.0
    CONFIDENCE = 0.5
    SMOOTHING = 0.3

    def __init__(self, upright: Sequence[Cues]) -> None:
        neck = statistics.median(look.neck for look in upright)
        trunk = statistics.median(look.trunk for look in upright)
        self._smooth = neck, trunk
        self._neck = _Sustained(neck + self.OVER, neck + self.NECK_SEVERE)
        self._trunk = _Sustained(trunk + self.OVER, trunk + self.TRUNK_SEVERE)
        self._slouching, self._fine_since = False, 0.0

    def look(self, t: float, seen: Cues | None) -> bool | None:
        """Whether it reports slouching, as the class describes."""
        if seen is None or seen.confidence < self.CONFIDENCE:
            self._neck.clear()
            self._trunk.clear()
            self._slouching = False
            return None
        share = self.SMOOTHING
        neck, trunk = self._smooth
        self._smooth = neck, trunk = (1 - share) * neck + share * seen.neck, (1 - share) * trunk + share * seen.trunk
        met = [self._neck.met(t, neck), self._trunk.met(t, trunk)]
        if any(met):
            self._slouching, self._fine_since = True, t
        elif self._slouching and t - self._fine_since >= self.RECOVERY:
            self._slouching = False
            self._neck.clear()
            self._trunk.clear()
        return self._slouching


class PoselyLike:
    """Face pitch together with ear height or face size, for a minute, following a published description of Posely.

    Pitch 12° over the baseline, and the ears lower by 0.18 shoulder widths or the face 12 % larger, for 60 s; good
    again after 30 s below 80 % of that. Unreliable, and without an answer, while the head is turned by over 30° or
    tilted by over 20°. Posely takes the pitch from MediaPipe's face mesh; here it comes from nose and ears. Its check
    for dim light cannot be derived from landmarks and is left out.
    """

    PITCH, EARS, FACE = 12.0, 0.18, 0.12
    HYSTERESIS = 0.8
    SECONDS, RECOVERY = 60.0, 30.0
    MOST_YAW, MOST_ROLL = 30.0, 20.0

    def __init__(self, upright: Sequence[Cues]) -> None:
        self._pitch = statistics.median(look.pitch for look in upright)
        self._ears = statistics.median(look.ear_height for look in upright)
        self._face = statistics.median(look.face for look in upright)
        self._slouching = False
        self._since: float | None = None
        """Since when the opposite state has been seen."""

    def look(self, t: float, seen: Cues | None) -> bool | None:
        """Whether it reports slouching, as the class describes."""
        if seen is None or seen.head_yaw > self.MOST_YAW or seen.head_roll > self.MOST_ROLL:
            self._since = None
            return None
        if self._is_bad(seen) is self._slouching:
            self._since = None
        elif self._since is None:
            self._since = t
        elif t - self._since >= (self.RECOVERY if self._slouching else self.SECONDS):
            self._slouching, self._since = not self._slouching, None
        return self._slouching

    def _is_bad(self, seen: Cues) -> bool:
        share = self.HYSTERESIS if self._slouching else 1.0
        sunk = self._ears - seen.ear_height >= share * self.EARS
        larger = seen.face >= self._face * (1 + share * self.FACE)
        return seen.pitch - self._pitch >= share * self.PITCH and (sunk or larger)


RULES: dict[str, type[Rule]] = {
    "Dorso-like": DorsoLike,
    "DeskCoach-like": DeskCoachLike,
    "Posely-like": PoselyLike,
}
