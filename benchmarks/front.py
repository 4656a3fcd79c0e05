"""What the face shows on rendered people in front of frontal and oblique cameras, and how the face judge rates it.

    python benchmarks/front.py [--split test|tune] [--model lite|full]

Four tables for each kind of camera: the errors of head pitch and distance; how the measures change in each posture,
against the upright stills of the same person at the same camera; which postures are judged slouches, with those stills
as the baseline, once if the camera may have moved and once if it is known not to have, and without any baseline; and a
summary in five lines.

An upright still is judged against the others, never against itself. Nothing is fitted on the `test` people.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import program
from activities import SLOUCHES
from scores import separation
from stills import MODELS, SPLITS, UPRIGHT, Floats, Integers, Mask, Stills, data_path, load
from tables import percent

from posturecam.config.settings import Settings
from posturecam.posture.front.judge import Verdict, judge, upright_of
from posturecam.posture.front.measures import FrontMeasures, front_measures
from posturecam.posture.front.tallest import HELD_SECONDS, Tallest, follow_tallest
from posturecam.vision.head import Head, HeadLook, NoHead

KINDS = {
    "eye level": ("monitor",),
    "high webcam": ("high_webcam",),
    "low": ("laptop", "phone_on_a_stand"),
    "oblique": ("oblique_left", "oblique_right"),
}
"""Placements of each kind of camera; a high webcam shows the neck shortened, so it has its own group."""
ORIGIN_BEFORE_EARS = 0.024
"""Meters from the point between the ears to the origin of the canonical face."""

SUMMARY: Mapping[str, tuple[str, ...]] = {
    "sits upright": (UPRIGHT, "using_mouse", "head_turn", "trunk_turn", "recline", "recline_typing"),
    "shrugs, drinks, reaches": ("shrug", "drinking", "reach_ahead", "reach_aside", "look_up"),
    "leans in, chin in hand": ("lean_in", "chin_in_hand"),
    "leans the trunk aside": ("trunk_lean",),
    "tilts the head by 15–20°": ("head_tilt",),
    "looks at keys or phone": ("look_at_keys", "look_at_phone"),
    "mild slouch": SLOUCHES["mild"],
    "middle slouch": SLOUCHES["middle"],
    "deep slouch": SLOUCHES["deep"],
    "slouches looking down": ("slouch_looking_down",),
    "head forward": SLOUCHES["head forward"],
    "slid down": SLOUCHES["slid down"],
    "upright, relaxed; head somewhat forward": ("upright_relaxed", "forward_head_mild", "forward_head_mid"),
}
"""Groups of postures; the last is counted neither way."""


Way = Callable[[FrontMeasures, Sequence[FrontMeasures]], Verdict]
"""Takes a check and the same person's upright checks; returns the verdict."""


def _compared(moved: bool | None) -> Way:
    return lambda now, upright: judge(now, upright_of(upright), moved=moved)


def _alone(now: FrontMeasures, upright: Sequence[FrontMeasures]) -> Verdict:
    return judge(now, None)


def _after_upright(now: FrontMeasures, upright: Sequence[FrontMeasures]) -> Verdict:
    """Without a baseline, after the person has been seen sitting upright for some seconds."""
    state = Tallest()
    for number in range(round(2 * HELD_SECONDS) if upright else 0):
        look = upright[number % len(upright)]
        state = follow_tallest(state, number / 2, look.neck_height.value, look.head_pitch.value)
    return judge(now, None, tallest=state.held)


WAYS: Mapping[str, Way] = {
    "moved or not": _compared(None),
    "camera stayed": _compared(False),
    "camera moved": _compared(True),
    "no baseline": _alone,
    "no baseline, seen upright": _after_upright,
}
"""How a check is judged: with a baseline and knowledge about the camera, or without a baseline."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The face measures of every still of a set."""

    stills: Stills
    heads: Sequence[HeadLook]
    measures: Sequence[FrontMeasures | None]
    """None if the pose model found nobody."""

    @staticmethod
    def of(stills: Stills, model: str, settings: Settings) -> Looks:
        """Measure every still as the program would."""
        heads = [stills.head(index, model) for index in range(len(stills))]
        poses = stills.poses(model)
        return Looks(
            stills,
            heads,
            [
                None if pose is None else front_measures(pose, head, settings)
                for pose, head in zip(poses, heads, strict=True)
            ],
        )

    def values(self, name: str) -> Floats:
        """One quantity of every still, shape (n,); NaN if it is unknown."""
        found = [None if look is None else getattr(look, name).value for look in self.measures]
        return np.array([np.nan if value is None else value for value in found], np.float64)

    def changes(self, values: Floats) -> Floats:
        """The change of each value from the median of its group's upright stills, for an upright one from the others."""
        change = np.full(len(values), np.nan)
        for group in self.stills.groups():
            for index in group:
                others = values[_uprights(self.stills, group, but=index)]
                if np.isfinite(others).any():
                    change[index] = values[index] - np.nanmedian(others)
        return change

    def verdicts(self, way: Way) -> Floats:
        """The judge's value for every still, in thresholds; NaN for no answer."""
        values = np.full(len(self.measures), np.nan)
        for group in self.stills.groups():
            for index in group:
                now = self.measures[index]
                base = [look for i in _uprights(self.stills, group, index) if (look := self.measures[i]) is not None]
                if now is not None:
                    found = way(now, base).value
                    values[index] = np.nan if found is None else found
        return values


def _uprights(stills: Stills, group: Integers, but: int) -> list[int]:
    return [index for index in group if stills.posture[index] == UPRIGHT and index != but]


def true_pitch(stills: Stills) -> Floats:
    """How far each head looks down relative to the lens axis, shape (n,), degrees."""
    pitch, yaw = np.radians(stills.angle("head_pitch")), np.radians(stills.angle("head_yaw_to_camera"))
    camera = np.radians(stills.camera_pitch)
    down = np.cos(camera) * np.sin(pitch) + np.sin(camera) * np.cos(pitch) * np.cos(yaw)
    return np.asarray(np.degrees(np.arcsin(np.clip(down, -1, 1))))


def true_distance(stills: Stills) -> Floats:
    """Centimeters along the lens axis to the head's origin, shape (n,)."""
    ears, eyes = stills.point("mid_tragus")[1], stills.point("mid_outer_eye")[1]
    ahead = (eyes - ears) / np.linalg.norm(eyes - ears, axis=1, keepdims=True)
    origin = ears + ORIGIN_BEFORE_EARS * ahead
    away = np.full(len(stills), np.nan)
    for group in stills.groups():
        turn, place = _camera(stills, group)
        away[group] = 100 * (origin[group] @ turn.T + place)[:, 2]
    return away


def _camera(stills: Stills, group: Integers) -> tuple[Floats, Floats]:
    """The camera of a group, from where its true points fall in the picture: rotation, and translation in meters."""
    first = group[0]
    focal = _focal(stills)[first]
    lens = np.array([[focal, 0, stills.width[first] / 2], [0, focal, stills.height[first] / 2], [0, 0, 1]])
    seen, space = (
        points[group].reshape(-1, points.shape[-1]) for points in (stills.points_picture, stills.points_space)
    )
    known = np.isfinite(seen).all(axis=1)
    found = cv2.solvePnP(space[known], seen[known], lens, None, flags=cv2.SOLVEPNP_SQPNP)
    return np.array(cv2.Rodrigues(found[1])[0], np.float64), np.array(found[2], np.float64).ravel()


def _focal(stills: Stills) -> Floats:
    """Focal length of each still, pixels."""
    return np.asarray(stills.width / 2 / np.tan(np.radians(stills.field_of_view) / 2))


def sensor_errors(looks: Looks, offset: float | None) -> tuple[list[str], float]:
    """A table line of the sensor's errors, and the measured offset of the canonical face's pitch, degrees.

    Pitch relative to the lens, minus the constant by which the canonical face looks up or down: `offset`, or the median
    error of these very stills; minus each group's own, which is the person's constant; its change from upright; and the
    relative error of the distance, assuming a known field of view.
    """
    stills = looks.stills
    pitch, truth = looks.values("head_pitch"), true_pitch(stills)
    error = pitch - truth
    found = float(np.nanmedian(error))
    absolute = np.abs(error - (found if offset is None else offset))
    own = error.copy()
    for group in stills.groups():
        if np.isfinite(error[group]).any():
            own[group] -= np.nanmedian(error[group])
    change, true_change = looks.changes(pitch), looks.changes(truth)
    moved = np.abs(change - true_change)
    known = np.isfinite(change) & np.isfinite(true_change)
    slope = np.polyfit(true_change[known], change[known], 1)[0] if known.sum() > 2 else np.nan
    focal = np.array([head.z / head.scale if isinstance(head, Head) else np.nan for head in looks.heads])
    away = looks.values("distance") * _focal(stills) / focal
    ratio = away / true_distance(stills)
    size = float(np.nanmedian(ratio))
    nearer = np.exp(looks.changes(np.log(away)) - looks.changes(np.log(true_distance(stills))))
    seen = np.array([isinstance(head, Head) for head in looks.heads])
    cells = [
        f"{len(stills)}", f"{seen.mean():.0%}", f"{found:+.1f}", f"{np.nanmean(absolute):.1f}", f"{np.nanmean(np.abs(own)):.1f}",
        f"{np.nanmean(moved):.1f}",
        f"{slope:.2f}", f"{size:.3f}", f"{np.nanmean(np.abs(ratio / size - 1)):.1%}", f"{np.nanmean(np.abs(nearer - 1)):.1%}",
    ]  # fmt: skip
    return cells, found


def sensor_table(kinds: Mapping[str, Looks]) -> list[str]:
    """Errors of head pitch and distance for each kind of camera."""
    lines = [
        "| camera | stills | face found | pitch: the canonical face's offset ° | MAE ° less it | less the person's own | "
        "MAE of the change ° | its slope | distance ÷ true | MAE less that | MAE of the change |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {kind} | " + " | ".join(sensor_errors(looks, None)[0]) + " |" for kind, looks in kinds.items()]
    return lines


def _middle(values: Floats, form: str) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "–"
    low, mid, high = np.quantile(known, (0.1, 0.5, 0.9))
    return f"{mid:{form}} [{low:{form}}, {high:{form}}]"


def measures_table(looks: Looks) -> list[str]:
    """How the measures change in each posture: median, and 10th to 90th percentile."""
    height = looks.changes(looks.values("neck_height"))
    nearer = 1 - np.exp(looks.changes(np.log(looks.values("distance"))))
    pitch = looks.changes(looks.values("head_pitch"))
    lower = looks.changes(looks.values("head_low"))
    lines = [
        "| posture | n | face | neck height cm | nearer | pitch ° | head lower cm |",
        "|---|---|---|---|---|---|---|",
    ]
    for posture, mask in _by_posture(looks.stills):
        seen = np.mean([isinstance(looks.heads[int(i)], Head) for i in np.flatnonzero(mask)])
        cells = (
            posture, str(mask.sum()), percent(float(seen)), _middle(height[mask], "+.1f"), _middle(nearer[mask], "+.0%"),
            _middle(pitch[mask], "+.0f"), _middle(lower[mask], "+.1f"),
        )  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _by_posture(stills: Stills) -> list[tuple[str, Mask]]:
    """Which stills show each posture of the plan, left and right combined."""
    names = dict.fromkeys(str(p).removesuffix("_left").removesuffix("_right") for p in stills.posture)
    plain = np.array([str(p).removesuffix("_left").removesuffix("_right") for p in stills.posture])
    return [(name, plain == name) for name in names]


def in_lines(stills: Stills) -> list[tuple[str, Mask]]:
    """Which stills belong to each line of `SUMMARY`."""
    plain = dict(_by_posture(stills))
    nobody = np.zeros(len(stills), np.bool_)
    return [
        (line, np.logical_or.reduce([nobody, *(plain.get(n, nobody) for n in names)]))
        for line, names in SUMMARY.items()
    ]


def alarms_table(looks: Looks, rows: Sequence[tuple[str, Mask]]) -> list[str]:
    """Which share of the checks is judged a slouch, and which share is answered, of all stills with somebody found."""
    found = np.array([look is not None for look in looks.measures])
    ways = {name: looks.verdicts(way) for name, way in WAYS.items()}
    lines = [
        "| posture | n | " + " | ".join(f"{way}: slouch | answered" for way in ways) + " |",
        "|---|---|" + "---|---|" * len(WAYS),
    ]
    for posture, mask in rows:
        here = mask & found
        cells = [posture, str(here.sum())]
        for values in ways.values():
            cells += [percent(float((values[here] >= 1).mean())), percent(float(np.isfinite(values[here]).mean()))]
        lines.append("| " + " | ".join(cells) + " |")
    names = {line: mask & found for line, mask in in_lines(looks.stills)}
    slouched = np.logical_or.reduce(
        [names[line] for line in ("mild slouch", "middle slouch", "deep slouch", "head forward", "slid down")]
    )
    upright = names["sits upright"]
    areas = [separation(v[slouched & np.isfinite(v)], v[upright & np.isfinite(v)]) for v in ways.values()]
    lines.append("")
    lines.append(
        "Slouched against sitting upright, area under the curve of what is answered: "
        + ", ".join(f"{way} {area:.3f}" for way, area in zip(ways, areas, strict=True) if area is not None)
    )
    return lines


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="test", choices=SPLITS, help="which people (default %(default)s)")
    parser.add_argument("--model", default="lite", choices=MODELS, help="pose model (default %(default)s)")
    parser.add_argument("--data", type=program.existing_file, help="another file of stills instead of the split's")
    parser.add_argument("--postures", action="store_true", help="every posture by itself instead of few lines")
    options = parser.parse_args()
    stills = load(options.data or data_path(options.split))
    looked = stills.detections[options.model].no_head != str(NoHead.NOT_LOOKED)
    kinds = {}
    for kind, cameras in KINDS.items():
        # If a group has pictures, faces were searched for in all its stills in which somebody was found.
        groups = np.unique(stills.group[np.isin(stills.camera, cameras) & looked])
        chosen = stills.where(np.isin(stills.group, groups))
        if len(chosen):
            kinds[kind] = Looks.of(chosen, options.model, Settings())
    print(
        f"{options.split}, model {options.model}: "
        + ", ".join(f"{len(set(k.stills.group))} groups {n}" for n, k in kinds.items())
    )
    print("\n## The sensor\n", *sensor_table(kinds), sep="\n")
    for kind, looks in kinds.items():
        print(f"\n## {kind}: change from upright\n", *measures_table(looks), sep="\n")
        rows = _by_posture(looks.stills) if options.postures else in_lines(looks.stills)
        print(f"\n## {kind}: judged a slouch by the face alone\n", *alarms_table(looks, rows), sep="\n")
    return 0


if __name__ == "__main__":
    program.run(main)
