"""Every threshold a user may want to change, declared once: default, unit, limits, what it does, where it comes from.

The settings file, `posturecam settings`, `docs/settings.md` and the checks on load are all made from this declaration.
Sources: "measured" says on what, and `docs/measurement.md` how; "proposal" is a figure proposed before anything was measured, "choice"
is ours without evidence (both may change with better evidence); all others name the published source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from posturecam.i18n.message import Message
from posturecam.i18n.weekdays import WEEKDAYS


def _setting(
    default: Any, unit: str, text: str, source: str, low: float | None = None, high: float | None = None
) -> Any:
    return Field(default, ge=low, le=high, description=text, json_schema_extra={"unit": unit, "source": source})


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    gone: ClassVar[frozenset[str]] = frozenset()
    """Settings of earlier versions; they are ignored, so that files with them still load."""

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_gone(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: cls._without_boolean(name, value) for name, value in given.items() if name not in cls.gone}

    @classmethod
    def _without_boolean(cls, name: str, value: Any) -> Any:
        """The value, but `true` and `false` as texts where a number is expected, so that they are refused: pydantic takes them for 1 and 0."""
        kind = cls.model_fields[name].annotation if name in cls.model_fields else None
        is_number = not {int, float}.isdisjoint((kind, *get_args(kind)))
        return str(value).lower() if is_number and isinstance(value, bool) else value


_CLOCK = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?")


def _as_on_the_wall(given: Any) -> Any:
    """A time as the clock on the wall shows it.

    Pydantic takes a number for the seconds since midnight, so that 22 would be 22 seconds past it; and a time with an offset from
    Greenwich cannot be compared with the wall clock's.
    """
    is_time = isinstance(given, time) and given.tzinfo is None
    if given is None or is_time or (isinstance(given, str) and _CLOCK.fullmatch(given)):
        return given
    raise PydanticCustomError("time_of_day", "Input should be a time of day such as 22:00")


class SettingsMisfit(ValueError):
    """Settings that are valid each by itself but not together."""

    def __init__(self, why: Message, *keys: str) -> None:
        """Create it.

        Args:
            why: What they must be, with their names as they are typed, `group.name`.
            keys: Their names: within the group that refuses them, or as `group.name`.
        """
        super().__init__(why)
        self.why, self.keys = why, keys


def _require_both(group: str, first: str, start: time | None, second: str, end: time | None) -> None:
    """Refuse a span of the day with only one end, or with no length."""
    if (start is None) == (end is None) and (start is None or start != end):
        return
    one, other = f"{group}.{first}", f"{group}.{second}"
    why = Message("{first} and {second} must be given together", first=one, second=other)
    if start is not None and start == end:
        why = Message("{first} and {second} must differ, got {time} twice", first=one, second=other, time=str(start))
    raise SettingsMisfit(why, first, second)


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""In the order of a week."""


def _each_day_once(given: Any) -> Any:
    """Days as people write them, "Monday" or "MON", in the order of the week and without duplicates; other words stay, to be refused."""
    if not isinstance(given, list | tuple):
        return given
    days = [_day(one) for one in given]
    unknown = [one for one in days if one not in DAYS]
    return tuple(unknown or (day for day in DAYS if day in days))


def _day(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    name = given.strip().rstrip(".").casefold()
    return next((day for day in DAYS if name in (day, WEEKDAYS[day][1].casefold())), given)


class CameraSettings(_Group):
    """Which camera is opened, and how."""

    device: str = _setting(
        "",
        "name",
        "Camera by name, stable path, index or network address; empty for the first one found",
        "choice",
    )
    width: int = _setting(
        640,
        "pixels",
        "Picture width requested from the camera",
        "BlazePose works on 256 pixels; more only costs time",
        160,
        7680,
    )
    height: int = _setting(480, "pixels", "Picture height requested from the camera", "as width", 120, 4320)
    frame_rate: float = _setting(
        5.0,
        "frames per second",
        "Frame rate requested from the camera; many send 30 whatever is requested",
        "proposal: 2–5 per second is ample at a desk",
        1,
        60,
    )
    field_of_view: float = _setting(
        65.0,
        "°",
        "Horizontal field of view of the camera; distances in centimeters are right only if this is",
        "webcams have 50 to 95; a wrong value changes every distance by the same share, but no judgment",
        30,
        130,
    )
    first_frame_timeout: float = _setting(
        8.0,
        "s",
        "A camera that opens but shows nothing for this long has failed",
        "choice; slow USB cameras take 3–5 s",
        1,
        60,
    )
    frame_timeout: float = _setting(
        3.0, "s", "A running camera that sends nothing for this long counts as lost and is reopened", "choice", 0.5, 60
    )
    reopen_after: float = _setting(
        2.0, "s", "First pause before a lost camera is tried again; doubles up to 30 s", "choice", 0.1, 30
    )
    black_below: float = _setting(
        6.0,
        "gray level",
        "A picture whose brightest percent stays below this (0 to 255) is black: a closed shutter, or a "
        "camera in use by another program",
        "choice; a dark room still has noise and a screen's light above this",
        0,
        64,
    )
    still_after: float = _setting(
        10.0,
        "s",
        "A picture that has stayed identical for this long, to the last bit, is not live: frozen by its "
        "driver, or a still image from another program",
        "choice: a sensor's noise differs in every picture; cameras that compress may repeat one until their next key picture, for 1–4 s, and nobody sits for 10 s without a breath",
        2,
        600,
    )
    rotate: Literal[0, 90, 180, 270] = _setting(
        0,
        "°",
        "Turn the picture clockwise by this much, for a camera that stands on its side or hangs upside down",
        "choice",
    )
    flip: bool = _setting(
        False,
        "yes/no",
        "Mirror the camera's picture after turning it, for a camera that sends it mirrored",
        "choice",
    )


class EstimatorSettings(_Group):
    """The pose model."""

    model: Literal["lite", "full", "heavy"] = _setting(
        "lite",
        "size",
        "Pose model; full costs about 1.4 times as much and was no more accurate on our photographs",
        "measured: 26 instead of 19 ms per picture on two shared cores",
    )
    detection_confidence: float = _setting(
        0.5, "0–1", "Minimum confidence to find a person", "MediaPipe's default", 0, 1
    )
    tracking_confidence: float = _setting(
        0.75,
        "0–1",
        "Minimum confidence that a person is really there, and to keep following them",
        "measured: at MediaPipe's 0.5 it takes a plant pot for the person who left (in 6 of 74 checks), at 0.75 never; 1 of 81 real people missed",
        0,
        1,
    )
    face: bool = _setting(
        True,
        "yes/no",
        "Find the head by the face as well, where the camera sees it; without it the front view judges far worse",
        "measured: benchmarks/real_people.py",
    )
    face_interval: float = _setting(
        0.4,
        "s",
        "Shortest time between two searches for the face; in between, the head stays where it was",
        "choice: postures change within seconds, and the front judge was measured at two checks per second",
        0,
        5,
    )
    face_hold: float = _setting(
        10.0,
        "s",
        "While the pose model's points of the head stay in place, search for the face again after this "
        "long; 0 searches every time",
        "choice: a head that stays in place can miss a bend of less than 5°; while upright, the camera is checked a few times a minute",
        0,
        60,
    )
    hold: float = _setting(
        5.0,
        "s",
        "While nothing that belongs to the user moves, the last landmarks are reused for at most this "
        "long; 0 runs the model every time",
        "measured on the sample clips: the same events, alerts at the same moments, and no model run in 34 to 38 of 100 checks of a working day with slouches",
        0,
        30,
    )


PERSONAL_LIMITS = (0.75, 1.25)
"""Lowest and highest personal factor of the thresholds; what is learned from the user stays within them."""
LEVELS: Mapping[str, float] = {"relaxed": 1.3, "normal": 1.0, "strict": 0.8}
"""The factor for every threshold of slouching. Choice: relaxed lets a mild slouch pass and still catches a medium one
(rendered people, `docs/accuracy.md`), strict catches what most people call sitting a little relaxed."""


class SensitivitySettings(_Group):
    """How far from upright counts as slouching: one choice for every view and measure."""

    level: Literal["relaxed", "normal", "strict"] = _setting(
        "normal",
        "choice",
        "How readily a posture counts as slouching",
        "choice; the other thresholds are scaled by it: relaxed 1.3, normal 1, strict 0.8",
    )
    personal: float = _setting(
        1.0,
        "share",
        'Learned from you: above 1 after "I\'m fine", below 1 after slouches shown in the calibration; set '
        "to 1 to forget it",
        "clamped so that a severe slouch is never missed; openpilot's driver monitor adapts the same way",
        *PERSONAL_LIMITS,
    )

    @property
    def scale(self) -> float:
        """The factor for thresholds."""
        return LEVELS[self.level] * self.personal


class LearnedSettings(_Group):
    """The learned estimator of angles. It judges together with geometry when no face is visible and there is a baseline; see `docs/measurement.md`."""

    gone: ClassVar = frozenset({"head_bent", "bent_probability", "widest", "agreement", "contradiction"})

    enabled: bool = _setting(
        True,
        "yes/no",
        "Judge with the learned estimator; if off, with geometry only",
        "measured: benchmarks/accuracy.py",
    )
    neck_change: float = _setting(
        4.0,
        "°",
        "Neck inclination over the baseline, beyond what bending the head explains, that counts as slouching (of neck flexion: twice)",
        "measured on the tune people of docs/accuracy.md as they work, without their faces: at 4° 78–91% of slouches found and at most 0.3 false alerts an hour; at 5° 4–10% fewer checks of slouches are over it",
        3,
        40,
    )
    severe_change: float = _setting(
        16.0,
        "°",
        "Estimated change of the neck inclination that counts as twice the threshold, a severe slouch",
        "measured on the tune people: middle slouches are estimated at 14–17°, deep ones at 20–24°",
        5,
        60,
    )
    probability: float = _setting(
        0.5,
        "0–1",
        "Probability of being over the threshold that counts as slouching",
        "choice: more likely than not; on the tune people 0.4 finds up to 6% more slouches and doubles the false alerts",
        0.02,
        0.98,
    )

    @model_validator(mode="after")
    def _in_order(self) -> LearnedSettings:
        if self.severe_change <= self.neck_change:
            why = Message(
                "learned.severe_change ({severe:g}°) must be more than learned.neck_change ({neck:g}°)",
                severe=self.severe_change,
                neck=self.neck_change,
            )
            raise SettingsMisfit(why, "severe_change", "neck_change")
        return self


class FollowSettings(_Group):
    """Which of several people is the user."""

    search_interval: float = _setting(
        2.0,
        "s",
        "How often to look for everybody in the picture while it is unclear who the user is",
        "choice; a search costs about three frames",
        0.5,
        60,
    )
    settle_after: float = _setting(
        8.0,
        "s",
        "Somebody who stays at one place this long is taken for the seated user",
        "choice; walking past a desk takes 2–4 s",
        1,
        120,
    )
    seat_radius: float = _setting(
        1.5,
        "shoulder widths",
        "The user may move this far from where they were last seen",
        "choice: leaning, rolling the chair",
        0.5,
        5,
    )
    size_factor: float = _setting(
        1.7,
        "ratio",
        "The user may appear this much larger or smaller than last seen",
        "simulated: leaning in and a moved chair give 1.4",
        1.1,
        4,
    )
    memory: float = _setting(
        10.0,
        "s",
        "Time constant at which the remembered seat follows the user",
        "choice: longer than anybody takes to walk past",
        0.5,
        120,
    )
    still: float = _setting(
        0.5, "shoulder widths", "Moving by less than this counts as staying in place", "choice", 0.05, 3
    )
    nearer: float = _setting(
        1.3, "ratio", "Somebody this much larger replaces a user who is not settled yet", "choice", 1, 3
    )
    forget_after: float = _setting(
        600.0, "s", "After this long away, the seat is free for anybody again", "choice", 10, 86400
    )
    smallest: float = _setting(
        0.08,
        "of the picture's width",
        "People narrower than this count as background: their head and shoulders are too small to measure",
        "choice",
        0,
        0.5,
    )


class MeasureSettings(_Group):
    """When a landmark, and so a measure, can be trusted."""

    head_visibility: float = _setting(
        0.6, "0–1", "Minimum visibility of an ear, eye, nose or shoulder", "proposal", 0, 1
    )
    hip_visibility: float = _setting(0.5, "0–1", "Minimum visibility of a hip, knee or ankle", "proposal", 0, 1)
    head_yaw_limit: float = _setting(
        25.0,
        "°",
        "Seen from the front, a head turned further than this cannot be compared with the baseline",
        "proposal",
        5,
        60,
    )
    edge_margin: float = _setting(
        0.01, "of the picture's size", "A shoulder nearer to the picture's edge than this is clipped", "choice", 0, 0.2
    )


class ViewSettings(_Group):
    """Camera angle."""

    front_within: float = _setting(
        25.0,
        "° of body yaw",
        "Front: the body is turned no further than this from the camera",
        "proposal (20°) widened by the measured error of the shoulder yaw",
        5,
        45,
    )
    side_within: float = _setting(
        25.0, "° off profile", "Side: the body is turned no further than this from profile", "as above", 5, 45
    )
    least_yaw: float = _setting(
        35.0,
        "° of body yaw",
        "From an oblique view the neck inclination is measured from this yaw on; below, foreshortening hides it",
        "measured on renders: its change is right at 45–75°; at 35° the foreshortening multiplies errors by 1.7",
        20,
        60,
    )
    settle: float = _setting(
        3.0, "s", "A new camera angle must last this long before it is accepted", "proposal", 0, 30
    )
    margin: float = _setting(
        4.0,
        "°",
        "The camera angle changes only this far beyond its limit, so that it does not flicker",
        "choice",
        0,
        15,
    )


class SideSettings(_Group):
    """Bands of the side view, in degrees."""

    neck_bias: float = _setting(
        4.5,
        "°",
        "Subtracted from every neck inclination: BlazePose places the ear in front of the tragus and the "
        "shoulder behind and above the joint",
        "measured on rendered people with exact angles, lite and full, 60–90° off front: +3.7 to +8.8°; checked on photographs: +3.1 and +3.8°",
        -15,
        15,
    )
    trunk_bias: float = _setting(
        -1.3,
        "°",
        "Subtracted from every trunk inclination, for the same reason",
        "midway between what was measured on rendered people (−1.7°) and on photographs (−0.9°)",
        -15,
        15,
    )
    trunk_off_profile: float = _setting(
        25.0,
        "°",
        "Turned further from profile than this, the trunk is unknown: the desk hides the hips, and BlazePose invents them and reports them as fully visible",
        "measured on the tune people of docs/accuracy.md: mean absolute error 2.5° up to 15° off and 2.6° up to 25°, but 9° seen obliquely",
        0,
        45,
    )
    neck_upright: float = _setting(
        10.0,
        "°",
        "Neck inclination assumed to be upright when there is no baseline",
        "measured: photographs of one man sitting straight, clicked by eye, 7.5–8.8°; rendered people 10–13°",
        0,
        30,
    )
    neck_absolute: float = _setting(
        25.0,
        "°",
        "Neck inclination that counts as slouching without a baseline",
        "ISO 11226: above 25° only for a limited time",
        15,
        60,
    )
    neck_change: float = _setting(
        10.0,
        "°",
        "Neck inclination over the baseline that counts as slouching",
        "proposal; neck-pain patients drift 4.4° in 10 min (Falla 2007)",
        3,
        40,
    )
    trunk_absolute: float = _setting(
        20.0,
        "°",
        "Forward trunk inclination that counts as slouching, with or without a baseline",
        "ISO 11226, RULA: 20°",
        10,
        60,
    )
    trunk_change: float = _setting(
        12.0,
        "°",
        "Forward trunk inclination over the baseline that counts as slouching",
        "choice: over three times the spread of a calibration, below RULA's 20°",
        3,
        45,
    )
    flexion_absolute: float = _setting(
        50.0,
        "°",
        "Neck flexion (neck against trunk) that counts as slouching without a baseline: slid down in the chair",
        "ISO 11226 accepts 25°; reclining with support measured 24–37° on photographs",
        20,
        90,
    )
    flexion_change: float = _setting(
        14.0,
        "°",
        "Neck flexion over the baseline that counts as slouching, where the head did not go back with the trunk",
        "measured on the tune people of docs/accuracy.md: sliding down adds 18–26°",
        5,
        60,
    )
    recline: float = _setting(
        3.0,
        "°",
        "A neck inclined this much less than in the baseline moved back with the trunk: leaning back, not sliding down",
        "measured: leaning back −6 to −14° on the tune people and −9° on photographs, sliding down +2 to +5°",
        0,
        20,
    )
    neck_uncertainty: float = _setting(
        6.5,
        "°",
        "One standard deviation of a neck inclination in one picture, side view",
        "measured: 6.5° on the tune people of docs/accuracy.md, 3.8–5.0° on photographs of one man",
        0,
        20,
    )
    trunk_uncertainty: float = _setting(
        4.5,
        "°",
        "One standard deviation of a trunk inclination in one picture, side view",
        "measured: 2.0° on renders, 4.1–4.5° on photographs",
        0,
        20,
    )
    oblique_uncertainty: float = _setting(
        10.0,
        "°",
        "One standard deviation of either angle from an oblique view",
        "proposal: ±10°, changes only",
        0,
        30,
    )
    near_side_within: float = _setting(
        10.0,
        "° off profile",
        "Up to this angle, a side view is measured on the near side",
        "measured: the yaw itself scatters by 10° in profile, where the near side is better (photographs: SD 3.8° against 5.5°)",
        0,
        45,
    )
    midline_beyond: float = _setting(
        25.0,
        "° off profile",
        "From this angle on, it is measured on the midline; in between, on a blend of both",
        "measured on renders: 15–30° off profile the near shoulder reads 6–10° too far forward",
        1,
        60,
    )
    cva_uncertainty: float = _setting(
        8.0,
        "°",
        "One standard deviation of the craniovertebral angle estimated from ear and shoulder",
        "measured on rendered people: 4.7° of fit and 1.25 times the error of the neck inclination",
        0,
        20,
    )


class FrontSettings(_Group):
    """Bands of the front and oblique views: changes against the user's own baseline.

    Two things count, and the worse of them is judged: an estimate of how much further the neck is inclined, and evidence of
    having sunk: how far the ear line came down to the shoulders, plus how far the shoulders sank in the picture, plus
    half of how much the head grew against the shoulders. `docs/measurement.md` explains how both were found.
    """

    gone: ClassVar = frozenset({"approach_low", "approach_high"})

    neck_by_fall: float = _setting(
        23.0,
        "° per share",
        "Neck inclination added for each share by which the ear line fell",
        "measured: ridge regression on the tune people of docs/accuracy.md, with the chair moved up to 25% nearer or further",
        0,
        200,
    )
    neck_by_approach: float = _setting(
        18.0,
        "° per share",
        "Neck inclination added for each share by which the eyes moved apart in the picture",
        "as above",
        0,
        200,
    )
    neck_by_nose: float = _setting(
        30.0,
        "° per ear distance",
        "Neck inclination added for each ear distance by which the nose dropped",
        "as above",
        0,
        200,
    )
    neck_change: float = _setting(
        5.0,
        "°",
        "Estimated change of the neck inclination that counts as slouching",
        "measured on the tune people: true changes of 10–13° read 7–15° at eye level and 0–9° on a low laptop; upright at most 3°; no false alert in their scripted hours",
        2,
        45,
    )

    slump: float = _setting(
        0.12,
        "shoulder widths",
        "Evidence that counts as slouching",
        "measured: 65 webcam pictures of one man, upright ≤ 0.06, slouched ≥ 0.15; renders: slouches 0.12 (low camera) to 0.99, a head slightly forward ≤ 0.10",
        0.03,
        0.5,
    )
    deep_slump: float = _setting(
        0.45,
        "shoulder widths",
        "Evidence that counts as twice the threshold, a severe slouch",
        "measured on renders: a deep slouch 0.40–0.48 (low camera), 0.8–1.0 (eye level)",
        0.1,
        2,
    )
    sink_share: float = _setting(
        2.0,
        "ratio",
        "Sunken shoulders count at most this many times as much as the fall of the ear line",
        "choice: a lowered chair or a tilted screen moves the shoulders but not the ear line",
        0,
        10,
    )
    forward_share: float = _setting(
        0.5,
        "ratio",
        "How much of the head's apparent growth relative to the shoulders is counted",
        "measured on photographs: it scatters by 2–9% while upright",
        0,
        2,
    )
    head_bent: float = _setting(
        0.2,
        "ear distances",
        "A nose this much lower, relative to the ears, than in the baseline means a bent head, which geometry counts only as far as the shoulders sank",
        "measured on renders: looking at keys 0.13–0.26, at a phone 0.31–0.47; photographs of slouching: at most 0.17",
        0.05,
        1,
    )
    bent_sink: float = _setting(
        0.06,
        "shoulder widths",
        "A bent head counts as slouching if the shoulders sank by this much, and as a glance down otherwise",
        "measured on renders: looking down −0.01 to 0.04, slouching with a bent head 0.18 and more",
        0,
        0.5,
    )
    lateral: float = _setting(
        15.0,
        "°",
        "Head or shoulders tilted sideways by more than this against the baseline count as leaning",
        "ISO 11226 accepts ±10°; photographs of one man sitting upright scatter by up to 10°",
        3,
        45,
    )


class FitSettings(_Group):
    """When the picture no longer fits the baseline: the camera was moved."""

    tilted_together: float = _setting(
        4.0,
        "°",
        "If head and shoulders tilt sideways by the same angle, to within this, the camera may have been "
        "turned instead",
        "choice: twice the scatter of either while upright",
        0,
        20,
    )
    sunk: float = _setting(
        0.3,
        "shoulder widths",
        "Shoulders higher or lower by more than this, while the ear line did not fall, were not moved by a slouch",
        "measured: a slouch sinks them by 0.09–0.41 and lowers the ear line too",
        0.05,
        3,
    )
    sunk_fall: float = _setting(
        0.03,
        "share",
        "The ear line counts as not having fallen if it fell by less than this",
        "measured: it scatters by 0.03 while upright",
        0,
        0.5,
    )


class CalibrationSettings(_Group):
    """Learning the upright posture."""

    seconds: float = _setting(12.0, "s", "How long the upright posture is watched", "proposal: 10–15 s", 5, 60)
    least_samples: int = _setting(30, "samples", "Fewest usable samples", "proposal", 5, 1000)
    least_share: float = _setting(
        0.6, "share", "Minimum share of samples that could be measured", "choice, as coverage", 0.1, 1
    )
    largest_spread: float = _setting(
        0.34,
        "of the threshold",
        "Widest spread (one standard deviation) of a measure while upright",
        "proposal: below a third",
        0.05,
        1,
    )
    front_spread: float = _setting(
        0.45,
        "of the threshold",
        "The same from the front, where landmarks waver in the dark, behind a mask or under a veil even without movement",
        "measured on renders: 0.05–0.15 holding still, up to 0.42 covered or in the dark; from 0.55 when slouching in a fifth of the checks",
        0.05,
        1,
    )
    least_separation: float = _setting(
        3.0,
        "standard deviations",
        "Minimum distance between the upright posture and the deliberate slouch",
        "proposal",
        1,
        10,
    )
    one_view: float = _setting(0.9, "share", "Share of the usable samples that must be from one view", "choice", 0.5, 1)
    mostly: float = _setting(
        0.95,
        "share",
        "From an oblique view the neck inclination is judged where this share of checks could measure it",
        "choice: nearly all, so that a slightly turned body does not make it unknown later",
        0.5,
        1,
    )
    good_spread: float = _setting(
        0.17, "of the threshold", "Largest spread of a good baseline", "choice: half of what is allowed", 0, 1
    )


class MonitorSettings(_Group):
    """How long until a reminder. A deviation of 1 is the slouching threshold of the view's measure."""

    mild_seconds: float = _setting(120.0, "s", "Remind after this long in a mild slouch", "proposal", 5, 3600)
    moderate_seconds: float = _setting(
        90.0,
        "s",
        "Remind after this long in a moderate slouch",
        "proposal (60 s) lengthened: in scripted working hours, leaning in to read for a minute raised an "
        "alert; now it does not",
        5,
        3600,
    )
    severe_seconds: float = _setting(
        60.0, "s", "Remind after this long in a severe slouch", "proposal (30 s) lengthened, as above", 5, 3600
    )
    moderate: float = _setting(
        1.5, "thresholds", "Deviation from which a slouch is moderate", "choice between mild and severe", 1, 5
    )
    severe: float = _setting(
        2.0,
        "thresholds",
        "Deviation from which a slouch is severe",
        "proposal: baseline + 20° is twice the 10° threshold",
        1,
        10,
    )
    smoothing: float = _setting(
        1.0,
        "s",
        "Time constant of the smoothing of the deviation; MediaPipe itself smooths a still person over 3 s",
        "choice: short compared with every duration here",
        0,
        10,
    )
    exit: float = _setting(
        0.6, "thresholds", "Deviation below which one is upright again", "proposal: 60% of the threshold", 0.1, 1
    )
    majority: float = _setting(
        0.8, "share", "Share of the measured time that must be over the threshold", "proposal", 0.5, 1
    )
    around: float = _setting(
        0.95,
        "thresholds",
        "Average deviation (no moment counts more than 1) from which hovering around the threshold also counts as a mild slouch",
        "measured on rendered people as they work (tune and validation sets): 1,900 → 1,928 of 2,071 slouches found, "
        "16 false alerts in 147 h as before; at 0.93 1,938 and 18",
        0.5,
        1,
    )
    around_times: float = _setting(
        1.5,
        "times",
        "How many times longer than for a mild slouch it takes until a reminder while you hover around the threshold",
        "as above; with 1.25 1,934 slouches found and 19 false alerts",
        1,
        10,
    )
    eased: float = _setting(
        0.9,
        "thresholds",
        "A slouch ends before you are quite upright only below this average deviation",
        "choice: below the average that makes a slouch, so that it does not keep ending and beginning again",
        0.1,
        1,
    )
    coverage: float = _setting(0.6, "share", "Share of the time that must have been measured", "proposal", 0.1, 1)
    recover_seconds: float = _setting(8.0, "s", "Staying upright for this long ends a slouch", "proposal", 1, 120)
    ease_seconds: float = _setting(
        30.0,
        "s",
        "Staying below the threshold for this long also ends a slouch, even if you are not quite upright",
        "choice: an alert must not stick",
        2,
        600,
    )
    unknown_seconds: float = _setting(
        20.0, "s", "Being unmeasurable for longer than this restarts the count", "proposal", 1, 600
    )
    unknown_shown: float = _setting(
        3.0, "s", "Being unmeasurable for this long is shown as unknown", "choice: anything shorter is a flicker", 0, 60
    )
    away_seconds: float = _setting(
        5.0, "s", "You count as away once nobody has been seen for this long", "choice", 0.5, 600
    )
    longest_gap: float = _setting(
        5.0,
        "s",
        "A longer gap between two samples counts as unmeasured (suspend, a stalled camera); a shorter unknown moment "
        "counts as what is seen next",
        "choice: over three times the slowest usual pause",
        0.5,
        60,
    )
    longest_look_down: float = _setting(
        300.0,
        "s",
        "Looking down hides a slouch: for up to this long it counts as neither good nor bad, unless a slouch shows",
        "choice: at two minutes, more upright people are reported after a long look at a phone",
        0,
        3600,
    )
    outdated_after: float = _setting(
        60.0,
        "s",
        "A picture that has not matched the baseline for this long means that the camera was moved, not "
        "that you turned",
        "choice",
        5,
        3600,
    )

    @model_validator(mode="after")
    def _in_order(self) -> MonitorSettings:
        if not self.mild_seconds >= self.moderate_seconds >= self.severe_seconds:
            why = Message(
                "monitor.mild_seconds ({mild:g} s) must be at least monitor.moderate_seconds ({moderate:g} s), and that at "
                "least monitor.severe_seconds ({severe:g} s)",
                mild=self.mild_seconds,
                moderate=self.moderate_seconds,
                severe=self.severe_seconds,
            )
            raise SettingsMisfit(why, "mild_seconds", "moderate_seconds", "severe_seconds")
        if self.severe < self.moderate:
            why = Message(
                "monitor.severe ({severe:g}) must be at least monitor.moderate ({moderate:g})",
                severe=self.severe,
                moderate=self.moderate,
            )
            raise SettingsMisfit(why, "severe", "moderate")
        if self.around < self.eased:
            why = Message(
                "monitor.around ({around:g}) must be at least monitor.eased ({eased:g})",
                around=self.around,
                eased=self.eased,
            )
            raise SettingsMisfit(why, "around", "eased")
        return self

    @property
    def around_seconds(self) -> float:
        """How long an average around the threshold has to last for a reminder, seconds."""
        return self.around_times * self.mild_seconds


class PaceSettings(_Group):
    """How often the camera is checked: less often while nothing changes."""

    steady: float = _setting(
        1.5,
        "s",
        "Check interval while upright, away or already reminded",
        "benchmarks/loop.py: keeps one core below 3%; adds at most this to an alert",
        0.1,
        10,
    )
    give_up: float = _setting(60.0, "s", "After this long unknown, check only as often as usual", "choice", 1, 3600)
    alert: float = _setting(
        0.5,
        "s",
        "Check interval while the posture drifts, recovers or is unknown",
        "proposal: 2 per second",
        0.05,
        10,
    )


class AlertSettings(_Group):
    """When and how you are reminded of a slouch."""

    delivery: tuple[Literal["notification", "sound", "terminal"], ...] = _setting(
        ("notification", "terminal"), "list", "How reminders are shown", "choice"
    )
    cool_down: float = _setting(600.0, "s", "Shortest time between two reminders", "proposal: 10 min", 0, 86400)
    dismissed_factor: float = _setting(
        2.0,
        "ratio",
        'Each "I\'m fine" makes the cool-down this much longer',
        "DeskCoach backs off when dismissed",
        1,
        10,
    )
    longest_cool_down: float = _setting(7200.0, "s", "The cool-down never grows beyond this", "choice", 0, 86400)
    dismissed_forgotten: float = _setting(
        14400.0,
        "s",
        "After this long without a reminder, the pause between reminders is back to its usual length",
        "choice: half a working day",
        0,
        86400,
    )
    snooze: float = _setting(900.0, "s", "How long a snooze lasts", "DeskCoach: 15 min", 60, 86400)
    quiet_from: time | None = _setting(None, "time of day", "Start of the quiet hours; empty for none", "choice")
    quiet_until: time | None = _setting(None, "time of day", "End of the quiet hours; may be past midnight", "choice")
    typing_pause: float = _setting(
        0.0,
        "s",
        "Wait for a pause in typing this long before a reminder, for two minutes at most; 0 does not wait",
        "choice; only where the system tells when a key was last pressed",
        0,
        30,
    )
    catch_up: bool = _setting(
        True,
        "yes/no",
        "After a quiet time, remind you of a slouch that began during it and still lasts",
        "requested by Stretchly users",
    )

    _clock_times = field_validator("quiet_from", "quiet_until", mode="before")(_as_on_the_wall)

    @model_validator(mode="after")
    def _both_or_none(self) -> AlertSettings:
        _require_both("alerts", "quiet_from", self.quiet_from, "quiet_until", self.quiet_until)
        return self


class VoiceSettings(_Group):
    """The coach's voice: in most stretches you cannot see the screen."""

    speech: bool = _setting(
        True, "yes/no", "Speak with the system's own voice", "choice: with your head down, you have only the words"
    )
    chimes: bool = _setting(True, "yes/no", "Chimes at the start, when a hold is reached, and at the end", "choice")
    volume: float = _setting(
        0.8, "0–1", "Volume of voice and chimes, as a share of the system's volume", "choice: 0 is silent", 0, 1
    )
    words_a_minute: float = _setting(
        160.0,
        "words/min",
        "Speaking speed",
        "choice: below pyttsx3's 200, which is hard to follow head down; a number then takes half a second",
        80,
        300,
    )
    name: str = _setting(
        "",
        "name",
        "Part of the voice's name; empty for a voice in the app's language, or else in English",
        "choice: the system's own voice where it speaks that language",
    )
    patience: float = _setting(
        8.0, "s", "Speech that does not answer for this long is given up", "choice: a first word takes up to 3 s", 1, 60
    )
    lateness: float = _setting(
        2.5,
        "s",
        "Words delayed by more than this are skipped, because they no longer fit what you are doing",
        "choice: shorter than the 4 s between two cues",
        0,
        10,
    )
    count_lateness: float = _setting(
        0.45, "s", "The same for the numbers of a count", "choice: under half of the second that a number names", 0, 1
    )


class StretchSettings(_Group):
    """The stretch coach: what it trusts, how patient it is, and when it speaks. The limits of an exercise are in its own file."""

    model: Literal["lite", "full", "heavy"] = _setting(
        "full", "size", "Pose model while stretching", "measured: benchmarks/results/coach.md"
    )
    detection_confidence: float = _setting(
        0.3,
        "0–1",
        "Minimum confidence to find a person while stretching",
        "measured: benchmarks/results/coach.md",
        0,
        1,
    )
    tracking_confidence: float = _setting(
        0.5,
        "0–1",
        "Minimum confidence to keep following them while stretching",
        "measured: benchmarks/results/coach.md",
        0,
        1,
    )
    seat_radius: float = _setting(
        5.0,
        "shoulder widths",
        "While stretching, the user may move this far from where they were last seen",
        "choice: a fold moves the shoulders by up to 0.7 m",
        0.5,
        5,
    )
    size_factor: float = _setting(
        4.0,
        "ratio",
        "While stretching, the user may appear this much larger or smaller",
        "choice: a hidden head makes a person seem small",
        1.1,
        4,
    )
    period: float = _setting(
        0.1,
        "s",
        "Check interval",
        "choice: to see bouncing once a second, each bounce needs several pictures",
        0,
        1,
    )
    visibility: float = _setting(
        0.3,
        "0–1",
        "Minimum visibility of a landmark that is measured",
        "measured: near-side joints of 20 side photographs score 0.6 and more, and hiding does not show in it",
        0,
        1,
    )
    smallest: float = _setting(
        0.08,
        "of the picture's height",
        "Somebody whose trunk is shorter than this is asked to come closer",
        "choice",
        0.01,
        0.5,
    )
    setup: float = _setting(0.5, "s", "View and framing must be right for this long", "proposal", 0, 5)
    count_in: float = _setting(
        3.0, "s", "Count-in before a live exercise; recorded videos have none", "proposal", 0, 30
    )
    hint_every: float = _setting(
        10.0,
        "s",
        "Repeat a setup hint after this long while its reason remains, then less and less often",
        "choice",
        2,
        60,
    )
    hint_after: float = _setting(1.5, "s", "Show a setup hint once its reason has lasted this long", "choice", 0, 10)
    longest_gap: float = _setting(
        1.0,
        "s",
        "A longer gap between two pictures is not counted",
        "choice: five pictures at 5 per second; never less than twice stretch.period",
        0.2,
        5,
    )
    pause_after: float = _setting(0.5, "s", "Being out of the pose for this long pauses the hold", "proposal", 0.1, 5)
    end_after: float = _setting(
        3.0, "s", "Being out of the pose for this long ends the attempt; its seconds are kept", "proposal", 0.5, 30
    )
    least_visit: float = _setting(
        2.0,
        "s",
        "A pose left sooner than this does not count as an attempt; half the hold, where that is shorter",
        "proposal",
        0,
        10,
    )
    unseen_share: float = _setting(0.4, "share", "At most this share of a hold may be unseen", "proposal", 0, 1)
    still_window: float = _setting(
        1.5, "s", "How long the pose must have been still before it was lost", "choice", 0.3, 5
    )
    still_degrees: float = _setting(
        8.0,
        "°",
        "An angle that changes by no more than this is still",
        "measured: a still pose has a standard deviation of 0.7°",
        1,
        45,
    )
    still_ratio: float = _setting(
        0.15, "ratio", "Any other measure that changes by no more than this is still", "choice", 0.01, 1
    )
    lost_after: float = _setting(
        1.0, "s", "The coach says so when you have been out of sight for this long", "choice", 0.2, 10
    )
    restart_after: float = _setting(
        10.0,
        "s",
        "Being out of sight for this long outside a hold starts the exercise over from the setup",
        "choice",
        2,
        600,
    )
    depth_kept: float = _setting(
        0.5,
        "s",
        "A depth counts as your best once you have held it for this long",
        "choice: outlasts a wrong landmark",
        0.1,
        5,
    )
    fault_lasting: float = _setting(
        1.0, "s", "A mistake must last this long before the coach mentions it", "proposal", 0.2, 10
    )
    fault_clearing: float = _setting(
        0.5, "s", "A mistake is over once it has been gone for this long", "choice", 0.1, 10
    )
    deeper_after: float = _setting(3.0, "s", "Seconds of a hold before a cue about depth", "choice", 0, 60)
    last_part: float = _setting(1 / 3, "share", "No cue about depth in this last share of a hold", "proposal", 0, 1)
    same_cue: float = _setting(10.0, "s", "Minimum time between two identical cues", "proposal", 0, 120)
    any_cue: float = _setting(4.0, "s", "Minimum time between two corrections", "proposal", 0, 60)
    pain_rise: int = _setting(
        2,
        "of 10",
        "A rise in pain by this much freezes the targets",
        "Farrar et al. 2001: changes of 1.7–2 points are noticed as such",
        1,
        10,
    )
    most_corrections: int = _setting(2, "number", "Corrections in one hold", "proposal", 0, 20)


class QuietSettings(_Group):
    """When the desktop app stays silent, and when it releases the camera."""

    meeting: bool = _setting(
        True,
        "yes/no",
        "No reminders while another program uses a camera or a microphone; for afterwards, see alerts.catch_up",
        "requested by Stretchly users: names of programs are not enough",
    )
    ignored_programs: tuple[str, ...] = _setting(
        (),
        "list",
        "Apps that use the camera or microphone all day without a meeting, such as a voice assistant",
        "choice: matched by part of the name",
    )
    do_not_disturb: bool = _setting(
        True, "yes/no", "No reminders while the system's do-not-disturb is on, where it can be read", "choice"
    )
    when_locked: bool = _setting(
        True, "yes/no", "Release the camera while the screen is locked, the lid closed or the computer asleep", "choice"
    )
    idle_after: float = _setting(
        600.0,
        "s",
        "Release the camera when nobody has been seen and no key or mouse used for this long, until one is "
        "used; 0: never",
        "choice: no key pressed does not mean away, so both must agree",
        0,
        86400,
    )
    days: tuple[Day, ...] = _setting(DAYS, "list", "Days on which to watch", "choice")
    _each_once = field_validator("days", mode="before")(_each_day_once)
    watch_from: time | None = _setting(None, "time of day", "Start of the watching hours; empty for all day", "choice")
    watch_until: time | None = _setting(
        None, "time of day", "End of the watching hours; may be past midnight", "choice"
    )
    battery_pace: float = _setting(
        3.0,
        "s",
        "Check interval on battery, at least",
        "choice: half the usual cost while upright; never more than nine tenths of monitor.longest_gap",
        0.1,
        10,
    )

    _clock_times = field_validator("watch_from", "watch_until", mode="before")(_as_on_the_wall)

    @model_validator(mode="after")
    def _both_or_none(self) -> QuietSettings:
        _require_both("quiet", "watch_from", self.watch_from, "watch_until", self.watch_until)
        return self


BreakMinutes = Literal[1, 3, 5]
"""How long a desk break may take."""


class BreakSettings(_Group):
    """When the desktop app suggests a stretch."""

    offer: bool = _setting(True, "yes/no", "Suggest a stretch after long sitting or several slouches", "choice")
    sitting: float = _setting(
        3000.0,
        "s",
        "Suggest a break after sitting for this long, as measured by the camera",
        "choice: 50 min; guidelines ask for a change of posture every 30–60 min",
        300,
        86400,
    )
    away: float = _setting(
        180.0, "s", "Time away from the desk that counts as a break and resets the sitting time", "choice", 30, 3600
    )
    slouches: int = _setting(3, "number", "Suggest a break after this many reminders", "choice", 1, 50)
    within: float = _setting(5400.0, "s", "… within this time", "choice: 1.5 h", 60, 86400)
    again: float = _setting(1800.0, "s", "Minimum time between two suggestions", "choice", 60, 86400)
    heads_up: float = _setting(
        60.0, "s", "Announce a break this long before it; 0: no announcement", "Stretchly: 30 s", 0, 600
    )
    postpone: float = _setting(300.0, "s", "How long a break is postponed", "Stretchly: 5 min", 60, 3600)
    eyes: bool = _setting(
        False,
        "yes/no",
        "Remind you to rest your eyes: look at something 6 m (20 ft) away for 20 seconds",
        "the 20-20-20 rule of the American Optometric Association",
    )
    eyes_every: float = _setting(1200.0, "s", "Rest the eyes after this long at the screen", "20-20-20", 300, 86400)
    stand: bool = _setting(
        False,
        "yes/no",
        "Remind you to stand up for a while, based on how long you have actually been sitting",
        "choice",
    )
    stand_every: float = _setting(
        1800.0,
        "s",
        "Stand up after sitting for this long",
        "Buckley et al. 2015 (expert statement): 2 to 4 hours of standing per working day, alternating with sitting",
        300,
        86400,
    )
    routine: str = _setting("desk_break", "name", "The routine that is suggested", "choice: what can be done at a desk")
    minutes: BreakMinutes = _setting(
        3,
        "min",
        "How long a desk break takes",
        "choice: short enough to be taken; 1 and 5 can be chosen at its start too",
    )


class PlanSettings(_Group):
    """A routine for chosen days of the week, with at most one reminder on each."""

    days: tuple[Day, ...] = _setting((), "list", "Days on which the routine is planned; empty for none", "choice")
    _each_once = field_validator("days", mode="before")(_each_day_once)
    routine: str = _setting("hips_and_legs", "name", "The routine that is planned", "choice")
    remind_from: int = _setting(
        14,
        "h",
        "Earliest hour of the day to remind you, at a good moment, if you have not done it that day",
        "choice: after lunch, so that a morning's stretch comes first",
        0,
        23,
    )


class GoalSettings(_Group):
    """What you want to achieve."""

    upright: float = _setting(
        0.7,
        "share",
        "Share of the measured time that you want to sit upright each day",
        "choice: a share rather than hours, because sitting longer is not a goal",
        0.1,
        1,
    )
    least_minutes: float = _setting(
        30.0, "min", "A day with less measured time counts as a day off and does not break a streak", "choice", 5, 480
    )


class DesktopSettings(_Group):
    """How the desktop app looks and reminds you."""

    alerts: tuple[Literal["notification", "sound", "glow", "dim", "blur"], ...] = _setting(
        ("notification",),
        "list",
        "How you are reminded: a notification, a soft sound, a glow at the edges of every screen, dimmed screens, blurred screens (KDE Plasma on X11; elsewhere dimmed); nothing when empty",
        "choice",
    )
    glow: float = _setting(0.7, "0–1", "Greatest strength of the glow, the dimming and the blur", "choice", 0.1, 1)
    autostart: bool = _setting(False, "yes/no", "Start when you log in, without a window", "choice")
    language: Literal["", "en", "de", "es", "zh"] = _setting(
        "", "language", "Language of the windows; empty for the system's", "choice"
    )
    theme: Literal["system", "light", "dark"] = _setting("system", "look", "Light or dark windows", "choice")
    picture: bool = _setting(
        True, "yes/no", "Show the camera's picture under the skeleton; otherwise a plain background", "choice"
    )
    reduced_motion: bool = _setting(
        False,
        "yes/no",
        "No fading or movement where it is not needed",
        "choice; the system's own setting is respected too",
    )
    tray: bool = _setting(
        True, "yes/no", "Use the system's tray where there is one; otherwise a small window", "choice"
    )


class Settings(_Group):
    """All settings, frozen; every group has working defaults.

    Raises:
        ValueError: if a name is unknown or a value is outside its limits (pydantic's ValidationError).

    Example:
        >>> from posturecam import Settings
        >>> settings = Settings.model_validate({"monitor": {"mild_seconds": 300}})
        >>> settings.monitor.mild_seconds
        300.0
        >>> Settings.model_validate({"monitor": {"mild_seconds": -1}})
        Traceback (most recent call last):
        ...
        pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
        ...
    """

    camera: CameraSettings = CameraSettings()
    estimator: EstimatorSettings = EstimatorSettings()
    sensitivity: SensitivitySettings = SensitivitySettings()
    learned: LearnedSettings = LearnedSettings()
    follow: FollowSettings = FollowSettings()
    measures: MeasureSettings = MeasureSettings()
    view: ViewSettings = ViewSettings()
    side: SideSettings = SideSettings()
    front: FrontSettings = FrontSettings()
    fit: FitSettings = FitSettings()
    calibration: CalibrationSettings = CalibrationSettings()
    monitor: MonitorSettings = MonitorSettings()
    pace: PaceSettings = PaceSettings()
    alerts: AlertSettings = AlertSettings()
    stretch: StretchSettings = StretchSettings()
    voice: VoiceSettings = VoiceSettings()
    quiet: QuietSettings = QuietSettings()
    breaks: BreakSettings = BreakSettings()
    plan: PlanSettings = PlanSettings()
    goal: GoalSettings = GoalSettings()
    desktop: DesktopSettings = DesktopSettings()

    @model_validator(mode="after")
    def _looks_often_enough(self) -> Settings:
        slowest = max(self.pace.steady, self.pace.alert)
        if slowest >= self.monitor.longest_gap:
            why = Message(
                "monitor.longest_gap ({gap:g} s) must be longer than pace.steady and pace.alert ({slowest:g} s), "
                "or every check would follow a gap",
                gap=self.monitor.longest_gap,
                slowest=slowest,
            )
            raise SettingsMisfit(why, "monitor.longest_gap", "pace.steady", "pace.alert")
        return self
