"""Where each kind of bad posture begins for a camera in front, and how much people vary: the constants of `judge.py`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from posturecam.config.settings import Settings


@dataclass(frozen=True, slots=True)
class FrontThresholds:
    """Where each kind begins, and how much people vary. Sources: rendered people of `docs/accuracy.md`, unless stated otherwise."""

    sinking: float = 2.0
    """Centimeters of neck height, including the contribution of nearness, below one's own upright. A mild slouch in
    front of the worst (a low) camera is −2.2 and 14% nearer, which is 3.0; upright varies by 0.4."""
    severe_sinking: float = 6.0
    """The same for a severe slouch: a deep one is −7.2 and 31% nearer in front of a low camera, a medium one −4.3 and
    22%."""
    glance_free: float = 12.0
    """Degrees of head pitch that are part of slouching itself: 4 to 13 in all slouches without looking down (*tune*
    people)."""
    glance_share: float = 0.4
    """Centimeters by which the neck height falls for each further degree: looks at keys (31–42°) and phone (35–51°)
    lower it by 5.5–9.5 (*tune* people, 18 cameras: 3 of 40 such looks raise a false alarm, with the face misread; 6 of
    40 with 0.34; one slouch in a hundred more is missed)."""
    near_share: float = 6.0
    """Centimeters of sinking per unit of the natural logarithm of the nearness: a chair a fifth nearer counts as half a
    slouch. *Tune* people: with 8, three more of 235 slouches are found, but also more people who only lean sideways or
    relax."""
    near_most: float = 1.5
    """Most centimeters from nearness: moving the chair is not a slouch."""
    near_by_sinking: float = 1.0
    """Also at most this many for each centimeter that the head has sunk: only coming nearer is not slouching. A mild
    slouch in front of the worst (a low) camera is −2.2 cm and 14% nearer."""
    far_most: float = 0.5
    """Most centimeters subtracted for being farther away: somebody leaning back is less likely to slouch, but may also
    be sliding down."""
    forward_from: float = 0.05
    """Logarithm of the nearness from which sinking is called head forward."""
    lowered: float = 4.0
    """Centimeters that the head has come down in space, if the camera stayed: relaxed 2–3, a mild slouch 4–5, sliding
    down 6, a medium slouch 9–10, leaning back 0–1."""
    lower_by_glance: float = 0.34
    """Centimeters of these for each further degree that the head is bent: 5–6 at the keys, 7–10 at the phone (*tune*
    people)."""
    lower_scatter: float = 1.0
    """Standard deviation of that, centimeters: the tilt of the camera is only estimated."""
    lowered_unsure: float = 6.0
    """The same as `lowered` if it is unknown whether the camera was moved, for the part that tilting the camera does
    not explain: half as much again, since a stand or a chair of a different height cannot be distinguished from it."""
    beyond_neck: float = 0.6
    """If the tilt of the camera was undone: most thresholds by which the head's position may exceed a neck height that is
    well known. A camera put elsewhere looks tilted too (8 cm higher: by 2°). *Tune* people: 6 more of 588 without it."""
    neck_known: float = 0.7
    """Standard deviation, centimeters, up to which it is well known: both shoulders are seen."""
    lean_scatter: float = 0.2
    """Centimeters, one standard deviation, by which the neck height is less certain for each centimeter that the head
    is off the midpoint of the shoulders: the neck heights of *tune* people leaning by 4–5 cm scatter by 0.8–1.2, as
    one shoulder is nearer."""
    tilt_error: float = 0.12
    """Centimeters by which a head in front of the camera may only seem lower for each that it is farther away: the camera's
    tilt is guessed from the pitch of the upright head, and 7° too much show somebody who leans or rolls back as sunk.
    *Validation* people in front, with the camera known to have stayed: 4 of 8 false alerts fewer, 6 of 786 slouches more."""
    lean_sinking: float = 0.8
    """Centimeters by which leaning beyond doubt may shorten a neck without a slouch, one standard deviation (`lean_scatter`).
    *Validation* people in front: 4 of 12 false alerts fewer, one slouch of 786 more."""
    level_pitch: float = 0.0
    """Head pitch of an upright person in front of a level camera, degrees: people look ahead."""
    near: float = 0.33
    """Logarithm of the nearness that is too near by itself: 1.4 times nearer; chairs are moved by up to 30%."""
    roll: float = 15.0
    """Degrees; ISO 11226 accepts ±10°, photographs of a man sitting upright vary by up to 10°."""
    offset: float = 9.0
    """Centimeters of the head from the midpoint of the shoulders: leaning the trunk by 10° adds 3–5, turning the head
    3."""
    lean_from: float = 0.2
    """Share of their thresholds that head roll and offset have to reach, both on one side, for a lean of the trunk: *tune* people
    leaning by 9° are at 0.3 to 0.6, slouching ones in front of the camera at most at 0.2."""
    lean_whole: float = 0.4
    """The same where a lean is beyond doubt, so that it does not add to how far the head sank."""
    lean_ahead_from: float = 6.0
    """Degrees by which the head of somebody seen obliquely rolls as they lean to the side that the body faces, from which that
    is distinguished from a head that comes forward: leaning *validation* people by 8–11, slouching ones by 0–6."""
    lean_ahead_whole: float = 9.0
    """The same where such a lean is beyond doubt."""
    frontal: float = 25.0
    """Degrees of body yaw while upright up to which such a lean is distinguished from a head that comes forward, as the front view ends
    there: with 29–49°, the heads of slouching *tune* people move by 2–12 cm to a side, and below it by at most 3."""
    twist: float = 40.0
    """Degrees of body yaw beyond those by which the face turns along: upright people turn their shoulders by up to 25° towards a second
    screen."""
    absolute: float = 16.5
    """Neck height without a baseline, centimeters, below which everybody slouches: two standard deviations between
    people below the lowest upright median of nine real people (18.8–22.5; slouched 12.7–17.4), allowing for what a
    camera above the eyes adds."""
    below_tallest: float = 3.0
    """Centimeters below the greatest neck height held lately that also count as a slouch: more than `sinking`,
    since nobody has confirmed that this was upright."""
    absolute_upright: float = 21.0
    """Neck height of an upright person if no baseline gives it, centimeters."""
    absolute_pitch: float = 5.0
    """Degrees of head pitch from which the neck looks shorter because it is seen from above, whether the camera is
    higher or the head is bent."""
    absolute_by_pitch: float = 0.3
    """Centimeters by which it looks shorter for each further degree. *Tune* people without a baseline: 7 of 211 upright
    checks and 1 of 40 at keys or phone raise a false alarm, in front of high webcams 3 of 47 (without it nearly all).
    The head's position in the picture, which is the direction from which it is seen, does not help: it falls with every
    slouch."""
    absolute_scatter: float = 1.3
    """Standard deviation of the upright neck height between people, centimeters: 1.1–1.6."""
    sitting_scatter: float = 0.5
    """Standard deviation of one person's upright neck height from one sitting to another, centimeters, which a
    calibration of some seconds cannot show: upright rendered people who use a mouse, turn, or lean back vary by 0.67,
    of which 0.4 is that of single checks (*tune* people)."""
    tilt_unnoticed: float = 3.0
    """Degrees of camera tilt that are within the error of the head pitch: its change is wrong by 2.5–3.5."""
    elevation_share: float = 0.25
    """Centimeters by which an upright neck looks shorter for each degree by which the camera looks down more steeply:
    0.22 to 0.30 for six out of seven *tune* people with two frontal cameras."""


def thresholds(settings: Settings) -> FrontThresholds:
    """The thresholds, scaled by the user's sensitivity."""
    usual, scale = FrontThresholds(), settings.sensitivity.scale
    if scale == 1:
        return usual
    return replace(
        usual,
        sinking=scale * usual.sinking,
        severe_sinking=scale * usual.severe_sinking,
        lowered=scale * usual.lowered,
        lowered_unsure=scale * usual.lowered_unsure,
        near=scale * usual.near,
        roll=scale * usual.roll,
        offset=scale * usual.offset,
        twist=scale * usual.twist,
        absolute=usual.absolute_upright - scale * (usual.absolute_upright - usual.absolute),
        below_tallest=scale * usual.below_tallest,
    )
