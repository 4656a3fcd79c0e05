"""How far from upright somebody is in front of a camera, and in which way: an explainable judge based on a few figures. Pure.

Four kinds of bad posture are measured, each in thresholds (0 upright, 1 where it begins, 2 severe):

- the head sinks: the neck height falls by more than bending the head down explains; nearness adds to it, since people
  come nearer to the screen when they slouch. Nearer than before it is called head forward, otherwise slid down;
- the head leans to a side: head roll and offset of the head from the shoulders;
- the head is too near the screen;
- the body is twisted away from where the face looks.

The first two are independent directions away from upright, so the total is their Euclidean length: halfway in both of
them is farther than halfway in one. But when somebody leans the whole trunk to a side, the neck looks shorter or longer
by chance, so in front of a camera only the larger one of the two counts then. Moving the chair and turning to a second
screen are not such directions: being too near and twisted count only by themselves. What cannot be measured adds
nothing; only if neither neck height nor head position is known is there no answer. Every part carries the noise of its
figures, from which the probability of exceeding the threshold follows.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from types import MappingProxyType

from posturecam.posture.front.measures import NECK_HEIGHT_SCATTER, FrontMeasures, Quantity
from posturecam.posture.front.thresholds import FrontThresholds


class Kind(StrEnum):
    """The kinds of bad posture that are distinguished."""

    FORWARD = "head_forward"
    DOWN = "slid_down"
    SIDEWAYS = "leaning"
    NEAR = "too_near"
    TWISTED = "twisted"


_FURTHEST = 10_000.0
"""Centimeters and degrees beyond which a number of an upright posture makes no sense."""


@dataclass(frozen=True, slots=True)
class FrontUpright:
    """One person's upright posture in front of one camera: the median of every quantity that was mostly known.

    Raises:
        ValueError: if a number makes no sense, for example because the file was edited by hand.
    """

    neck_height: float | None
    distance: float | None
    head_low: float | None
    head_pitch: float | None
    head_roll: float | None
    head_offset: float | None
    shoulder_low: float | None
    body_yaw: float | None
    neck_height_spread: float = NECK_HEIGHT_SCATTER
    """Standard deviation of the neck height between checks, centimeters."""
    shoulder_tilt: float | None = None

    def __post_init__(self) -> None:
        sound = all(abs(value) <= _FURTHEST for value in astuple(self) if value is not None)  # neither infinite nor NaN
        if not sound or self.neck_height_spread < 0 or not (self.distance is None or self.distance > 0):
            raise ValueError(f"an upright posture by the face makes no sense: {self}")


def upright_of(looks: Sequence[FrontMeasures]) -> FrontUpright:
    """The upright posture from the checks of a calibration; quantities known in fewer than half of them are None."""

    def known(name: str) -> list[float]:
        values = [getattr(look, name).value for look in looks]
        return [value for value in values if value is not None]

    def median(name: str) -> float | None:
        values = known(name)
        return statistics.median(values) if values and len(values) >= 0.5 * len(looks) else None

    heights = known("neck_height")
    spread = statistics.pstdev(heights) if len(heights) > 1 else 0.0
    return FrontUpright(
        neck_height=median("neck_height"),
        distance=median("distance"),
        head_low=median("head_low"),
        head_pitch=median("head_pitch"),
        head_roll=median("head_roll"),
        head_offset=median("head_offset"),
        shoulder_low=median("shoulder_low"),
        body_yaw=median("body_yaw"),
        neck_height_spread=max(spread, NECK_HEIGHT_SCATTER),
        shoulder_tilt=median("shoulder_tilt"),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """The posture of somebody seen sitting tall: neck height in centimeters, and head pitch in degrees."""

    neck_height: float
    head_pitch: float


@dataclass(frozen=True, slots=True)
class Departure:
    """One kind of bad posture: how far it goes, in thresholds, and one standard deviation of that."""

    kind: Kind
    value: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's result for one check: how far from upright, or None if that cannot be told."""

    value: float | None
    """In thresholds: 0 is upright, 1 where a slouch begins, 2 a severe one; at most 0 sitting taller than usual."""
    probability: float | None = None
    """Probability of exceeding the threshold, 0 to 1."""
    kind: Kind | None = None
    """The kind that contributes most; None if nothing does."""
    parts: tuple[Departure, ...] = ()
    changes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """In plain figures, if known: "sunk" (cm of neck height), "lower" and "nearer" (cm of the head in space), "bent"
    and "rolled" (°), "aside" (cm), "turned" (°); relative to the baseline, or without one "neck_height" itself."""


def judge(
    now: FrontMeasures,
    upright: FrontUpright | None,
    thresholds: FrontThresholds | None = None,
    *,
    moved: bool | None = None,
    tallest: Held | None = None,
    undone: bool = False,
    seat: float | None = None,
) -> Verdict:
    """How far from upright one check is.

    `upright` is the person's own, if it was learned. `moved` says whether the camera was moved since then, None if
    unknown: the head's position in the picture counts only if it was not. `undone` says that it was tilted, and that
    these are the measures without that tilt. `seat` is the distance, centimeters, at which they have sat upright lately
    (`posturecam.posture.front.seat`); None is that of `upright`. `tallest` is the greatest neck height held
    lately (`posturecam.posture.front.tallest`); it is used if there is no own upright posture.
    """
    limits = thresholds or FrontThresholds()
    if upright is None:
        sinking, changes = _sinking_absolute(now, limits, tallest), _absolute_changes(now)
        alone: list[Departure | None] = []
    else:
        sinking, changes = _sinking(now, upright, limits, moved, undone, seat), _changes(now, upright, limits, moved)
        alone = [_near(now, upright, limits), _twisted(now, upright, limits)]
    if sinking is None:
        return Verdict(None, changes=changes)
    leaning = _leaning(now, upright, limits, moved)
    parts = [sinking] if leaning is None else [sinking, leaning]
    value, scatter = _length(parts)
    most = max(parts, key=lambda part: part.value)
    if upright is not None and not moved:  # if it was moved, the head's position does not count, and the lean is needed
        leans = _leans(now, upright, limits)
        value = leans * most.value + (1 - leans) * value
    for part in alone:
        if part is not None:
            parts.append(part)
            if part.value > max(value, 1.0):
                value, scatter, most = part.value, part.deviation, part
    kind = most.kind if most.value > 0 else None
    return Verdict(value, _over(value, scatter), kind, tuple(parts), changes)


def _length(parts: Sequence[Departure]) -> tuple[float, float]:
    """How far from upright all of them together are, and one standard deviation of that, in thresholds."""
    away = [part for part in parts if part.value > 1e-6]
    if not away:
        part = max(parts, key=lambda part: part.value)
        return part.value, part.deviation
    length = math.sqrt(sum(part.value**2 for part in away))
    return length, math.sqrt(sum((part.value / length * part.deviation) ** 2 for part in away))


def _over(value: float, scatter: float) -> float:
    """The probability of being over the threshold, assuming normally distributed noise."""
    return 0.5 * (1 + math.erf((value - 1) / max(scatter, 1e-6) / math.sqrt(2)))


def _in_thresholds(sinking: float, begins: float, limits: FrontThresholds) -> float:
    """Centimeters of sinking in thresholds: 1 where it begins, 2 where it is severe."""
    if sinking <= begins:
        return sinking / begins
    return 1 + (sinking - begins) / (limits.severe_sinking - limits.sinking)


def _sinking(
    now: FrontMeasures,
    upright: FrontUpright,
    limits: FrontThresholds,
    moved: bool | None,
    undone: bool,
    seat: float | None,
) -> Departure | None:
    nearer = _nearer(now, seat or upright.distance)
    bent = max((_bent(now, upright, moved) or 0.0) - limits.glance_free, 0.0)
    neck = _by_neck(now, upright, bent, limits, moved)
    place = None if moved else _by_place(now, upright, bent, limits, moved)
    if undone and place is not None and neck is not None and neck[2] <= limits.neck_known:
        most = place[1] * (neck[0] / neck[1] + limits.beyond_neck)
        place = min(place[0], most), place[1], place[2]
    known = [one for one in (neck, place) if one is not None]
    if not known:
        return None
    found = [_with_nearness(*one, nearer or 0.0, limits) for one in known]
    return max(found, key=lambda one: one.value)


def _with_nearness(sunk: float, begins: float, scatter: float, nearer: float, limits: FrontThresholds) -> Departure:
    """Centimeters of sinking, where it becomes a slouch, and one standard deviation of it, with nearness added, in thresholds."""
    most = min(limits.near_most, limits.near_by_sinking * max(sunk, 0.0))
    came_near = max(-limits.far_most, min(limits.near_share * nearer, most))
    kind = Kind.FORWARD if nearer >= limits.forward_from else Kind.DOWN
    return Departure(kind, _in_thresholds(sunk + came_near, begins, limits), scatter / begins)


def _by_neck(
    now: FrontMeasures, upright: FrontUpright, bent: float, limits: FrontThresholds, moved: bool | None
) -> tuple[float, float, float] | None:
    """How far the neck height fell, where it becomes a slouch, and one standard deviation, centimeters."""
    if now.neck_height.value is None or upright.neck_height is None:
        return None
    wavered = max(upright.neck_height_spread**2 - NECK_HEIGHT_SCATTER**2, 0.0)
    own = _towards(_usual_from_there(upright, limits), upright.neck_height, _share_of_the_usual(wavered, limits))
    leaning = limits.lean_scatter * (_change(now.head_offset, upright.head_offset) or 0.0)
    unsure = max(wavered, limits.sitting_scatter**2) + _elsewhere(now, upright, limits, moved) ** 2 + leaning**2
    usual = _share_of_the_usual(unsure, limits)
    # A baseline without visible wavering may still have been too tall; it was learned as upright, so nobody is compared
    # with an even taller one. Nor is it lowered for a camera above the head: a steady neck was seen from there.
    own = min(own, _towards(limits.absolute_upright, upright.neck_height, usual))
    begins = (1 - usual) * limits.sinking + usual * limits.below_tallest
    scatter = math.hypot(now.neck_height.deviation, upright.neck_height_spread)
    sunk = own - now.neck_height.value - limits.glance_share * bent
    if sunk > 0 and not moved:
        sunk -= limits.lean_sinking * max(_leans(now, upright, limits), _leans_ahead(now, upright, limits))
    return sunk, begins, scatter


def _by_place(
    now: FrontMeasures, upright: FrontUpright, bent: float, limits: FrontThresholds, moved: bool | None
) -> tuple[float, float, float] | None:
    """The same from the head's position, for when the shoulders are out of the picture and the head alone has to do."""
    lower = _lower(now, upright, limits, unsure=moved is None)
    if lower is None:
        return None
    away = _change(now.distance, upright.distance)
    if away is not None and abs(upright.body_yaw or 0.0) <= limits.frontal:
        lower -= limits.tilt_error * max(away, 0.0)
    share = limits.sinking / (limits.lowered_unsure if moved is None else limits.lowered)
    return share * (lower - limits.lower_by_glance * bent), limits.sinking, share * limits.lower_scatter


def _lower(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds, *, unsure: bool = False) -> float | None:
    """How many centimeters lower the head is in space, if the camera stayed where it was.

    A tilted camera shows a head that only moves towards or away from it as rising or falling; its tilt follows from the
    pitch of the upright head. A camera that is tilted up lowers everything it sees and makes faces seem to look up by
    as much: if that is `unsure`, a head that seems to look up is attributed to it.
    """
    low, away = now.head_low.value, now.distance.value
    if (
        low is None
        or away is None
        or upright.head_low is None
        or upright.distance is None
        or upright.head_pitch is None
    ):
        return None
    looks_up = max(-(_change(now.head_pitch, upright.head_pitch) or 0.0), 0.0) if unsure else 0.0
    turned = math.radians(looks_up)
    low, away = low * math.cos(turned) - away * math.sin(turned), away * math.cos(turned) + low * math.sin(turned)
    tilt = math.radians(upright.head_pitch - limits.level_pitch)
    return (low - upright.head_low) * math.cos(tilt) + (away - upright.distance) * math.sin(tilt)


def _share_of_the_usual(variance: float, limits: FrontThresholds) -> float:
    """How much the default upright neck height, and its threshold, count next to the person's own with this variance, cm²: 0 to 1.

    The two are estimates of one figure, weighted by their variances. The person's own is uncertain because the baseline
    wavered, as when the camera was moved while it was learned (the jitter of a still person is removed by the median),
    or else because of variation between sittings, and because of the camera's present position.
    """
    return variance / (variance + limits.absolute_scatter**2)


def _towards(usual: float, own: float, share: float) -> float:
    return (1 - share) * own + share * usual


def _usual_from_there(upright: FrontUpright, limits: FrontThresholds) -> float:
    """The default upright neck height, centimeters, as it looks to a camera in front that sees the head from as far above."""
    in_front = abs(upright.body_yaw or 0.0) <= limits.frontal
    return limits.absolute_upright - (_looks_shorter(upright.head_pitch or 0.0, limits) if in_front else 0.0)


def _elsewhere(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds, moved: bool | None) -> float:
    """One standard deviation of the effect of a different camera position on the neck height, centimeters.

    A tilted camera shows head and shoulders rotated by as much in opposite vertical directions, as no posture does: in
    a slouch people look down while the shoulders come down. Someone who tilted it may also have raised or lowered it by
    that angle.
    """
    pitch = _change(now.head_pitch, upright.head_pitch)
    shoulders = _change(now.shoulder_low, upright.shoulder_low)
    if moved is False or pitch is None or shoulders is None:
        return 0.0
    tilted = max(min(-pitch, shoulders), min(pitch, -shoulders))
    return limits.elevation_share * max(tilted - limits.tilt_unnoticed, 0.0)


def _sinking_absolute(now: FrontMeasures, limits: FrontThresholds, tallest: Held | None) -> Departure | None:
    height = now.neck_height.value
    if height is None:
        return None
    pitch = now.head_pitch.value or 0.0
    span = limits.below_tallest
    scatter = math.hypot(now.neck_height.deviation, limits.absolute_scatter)
    value = (limits.absolute + span - seen_level(height, pitch, limits)) / span
    if tallest is not None:
        # As against a baseline; but nobody's neck is longer than that: a greater value means a misplaced shoulder.
        longest = limits.absolute_upright + 3 * limits.absolute_scatter
        bent = max(pitch - tallest.head_pitch - limits.glance_free, 0.0)
        value = max(value, (min(tallest.neck_height, longest) - height - limits.glance_share * bent) / span)
    return Departure(Kind.FORWARD, value, scatter / span)


def seen_level(neck_height: float, head_pitch: float, limits: FrontThresholds) -> float:
    """The neck height, centimeters, as it would look with the head seen level instead of at this pitch."""
    return neck_height + _looks_shorter(head_pitch, limits)


def _looks_shorter(head_pitch: float, limits: FrontThresholds) -> float:
    """By how many centimeters a neck looks shorter at this head pitch, as from a high camera, than with the head seen level."""
    return limits.absolute_by_pitch * max(head_pitch - limits.absolute_pitch, 0.0)


SHOULDERS_SINK = 2.0
"""Degrees by which the shoulders appear lower in a slouch, so that the head seems more bent relative to them by as
much: sliding down 2–3, a mild slouch 1–3, a medium one 2–7, looks at keys or phone 0–1 (*tune* people)."""


def _bent(now: FrontMeasures, upright: FrontUpright, moved: bool | None) -> float | None:
    """How far the head is bent down, degrees.

    A camera that is tilted down changes the pitch as bending does; the shoulders then move up in the picture by as
    much. So if the camera's state is unknown, the smaller one of two changes counts: of the pitch, and of the pitch
    relative to the shoulders' direction. Somebody slouching must not be taken for somebody looking down.
    """
    pitch = _change(now.head_pitch, upright.head_pitch)
    shoulders = _change(now.shoulder_low, upright.shoulder_low)
    if pitch is None:
        return None
    if shoulders is None:
        return None if moved else pitch
    if moved is None:
        return min(pitch, pitch + shoulders)
    return pitch + shoulders - SHOULDERS_SINK if moved else pitch


def _leaning(
    now: FrontMeasures, upright: FrontUpright | None, limits: FrontThresholds, moved: bool | None
) -> Departure | None:
    rolled = _change(now.head_roll, upright.head_roll if upright else 0.0)
    aside = _change(now.head_offset, upright.head_offset if upright else 0.0)
    if moved and upright is not None and rolled is not None:
        turned = _turned_along(now, upright, rolled)
        rolled -= turned
        if aside is not None and now.neck_height.value is not None:
            aside += now.neck_height.value * math.sin(math.radians(turned))
    found = [
        Departure(Kind.SIDEWAYS, abs(change) / limit, quantity.deviation / limit)
        for change, quantity, limit in (
            (rolled, now.head_roll, limits.roll),
            (aside, now.head_offset, limits.offset),
        )
        if change is not None
    ]
    return max(found, key=lambda part: part.value, default=None)


def _turned_along(now: FrontMeasures, upright: FrontUpright, rolled: float) -> float:
    """Degrees that head and shoulders are both tilted to one side: in front of a camera that was moved, that is how crooked it stands now."""
    tilted = _change(now.shoulder_tilt, upright.shoulder_tilt)
    if tilted is None or tilted * rolled <= 0:
        return 0.0
    return math.copysign(min(abs(tilted), abs(rolled)), rolled)


def _leans(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds) -> float:
    """How clearly somebody in front of the camera leans the trunk to a side: 0 not at all, 1 beyond doubt.

    The head then rolls, and moves off the middle of the shoulders, both to the same side (with opposite signs); a head that is
    only tilted shows one of the two. Seen obliquely, a head that comes forward looks like a lean to the side that the body
    faces, so only a lean to the other side can be distinguished from it.
    """
    rolled, aside = _change(now.head_roll, upright.head_roll), _change(now.head_offset, upright.head_offset)
    if rolled is None or aside is None or rolled * aside >= 0:
        return 0.0
    yaw = upright.body_yaw or 0.0
    if abs(yaw) > limits.frontal and yaw * aside > 0:
        return 0.0
    both = min(abs(rolled) / limits.roll, abs(aside) / limits.offset)
    return _clearly(both, limits.lean_from, limits.lean_whole)


def _leans_ahead(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds) -> float:
    """How clearly somebody seen obliquely leans to the side that the body faces: 0 not at all, 1 beyond doubt.

    A head that comes forward moves to that side too, so only its roll shows a lean: a slouch rolls it by less.
    """
    rolled, aside = _change(now.head_roll, upright.head_roll), _change(now.head_offset, upright.head_offset)
    yaw = upright.body_yaw or 0.0
    if rolled is None or aside is None or abs(yaw) <= limits.frontal or yaw * aside <= 0 or rolled * aside >= 0:
        return 0.0
    return _clearly(abs(rolled), limits.lean_ahead_from, limits.lean_ahead_whole)


def _clearly(value: float, begins: float, whole: float) -> float:
    """How far a value is between where something is first noticed and where it is beyond doubt, 0 to 1."""
    return min(max((value - begins) / (whole - begins), 0.0), 1.0)


def _near(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds) -> Departure | None:
    nearer, away = _nearer(now, upright.distance), now.distance.value
    if nearer is None or away is None:
        return None
    return Departure(Kind.NEAR, nearer / limits.near, now.distance.deviation / away / limits.near)


def _twisted(now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds) -> Departure | None:
    """How far the body is twisted away from where the face looks: in a chair that was turned, the head turns along with it.

    Upright people look where their body faces: *tune* and *validation* people within 8°.
    """
    turned = _change(now.body_yaw, upright.body_yaw)
    if turned is None:
        return None
    along = (_change(now.head_yaw, upright.body_yaw) or 0.0) * math.copysign(1.0, turned)
    twist = abs(turned) - min(max(along, 0.0), abs(turned))
    return Departure(Kind.TWISTED, twist / limits.twist, now.body_yaw.deviation / limits.twist)


def _nearer(now: FrontMeasures, then: float | None) -> float | None:
    """Natural logarithm of the factor by which the head is nearer than at that distance, centimeters."""
    away = now.distance.value
    return None if away is None or then is None else math.log(then / away)


def _change(now: Quantity, then: float | None) -> float | None:
    return None if now.value is None or then is None else now.value - then


def _changes(
    now: FrontMeasures, upright: FrontUpright, limits: FrontThresholds, moved: bool | None
) -> Mapping[str, float]:
    fallen, away = _change(now.neck_height, upright.neck_height), _change(now.distance, upright.distance)
    found = {
        "sunk": None if fallen is None else -fallen,
        "lower": None if moved else _lower(now, upright, limits),
        "nearer": None if away is None else -away,
        "bent": _bent(now, upright, moved=None),
        "rolled": _change(now.head_roll, upright.head_roll),
        "aside": _change(now.head_offset, upright.head_offset),
        "turned": _change(now.body_yaw, upright.body_yaw),
    }
    return MappingProxyType({name: value for name, value in found.items() if value is not None})


def _absolute_changes(now: FrontMeasures) -> Mapping[str, float]:
    found = {"neck_height": now.neck_height.value, "rolled": now.head_roll.value, "aside": now.head_offset.value}
    return MappingProxyType({name: value for name, value in found.items() if value is not None})
