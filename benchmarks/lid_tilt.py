"""How exactly the tilt of a camera's lid is measured from the background, in rendered rooms.

    python benchmarks/lid_tilt.py --pictures FOLDER [--split tune|test] [--groups N] [--no-rendering]

Renders somebody in front of each camera (see `tools/render`), then the camera tilted about its hinge by up to 15°, with
the person in another posture each time, and measures the tilt between them as the program does: from glances, with the
user's place taken from the pose model, with a light change of up to a third. Two pictures of each show a camera that
was put 8–10 cm higher, and one a camera that was turned by 6° and shifted by 6 cm: what the program takes these for.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import program

from posturecam.config.settings import EstimatorSettings
from posturecam.vision.camera_place import Backdrop, measured
from posturecam.vision.frame import Image
from posturecam.vision.sources.opencv import glance_at
from tools.render.camera import Camera
from tools.render.rotation import about
from tools.render.stills import Group, Studio, plan, split_named
from tools.still_estimator import Before, StillEstimator

HINGES = {"laptop": 0.21, "monitor": 0.05, "high webcam": 0.05, "phone on a stand": 0.10}
"""Meters from the lens to what it turns about, by placement; oblique cameras are laptops."""
OBLIQUE_HINGE = 0.21
TILTS = (0, 1.5, -1.5, 4, -4, 7, -7, 11, -11, 15, -15)
"""Degrees up."""
ELSEWHERE = ((0, 0.08, 0.0, 0.0), (-6, 0.10, 0.0, 0.0), (5, 0.0, 0.06, 6.0))
"""Degrees up, meters higher and to the side, and degrees of turning."""
POSTURES = (
    "upright", "slouch_mild", "slouch_mid", "slouch_deep", "sliding_down", "forward_head_deep", "look_at_keys", "lean_in",
    "recline", "using_mouse", "look_up", "trunk_lean", "head_turn",
)  # fmt: skip
LIGHTS = (0.67, 1.33)
"""How much darker or lighter the later pictures are."""


@dataclass(frozen=True, slots=True)
class Result:
    """One picture of a camera that was tilted."""

    group: str
    room: str
    up: float
    elsewhere: bool
    found: float | None
    """Degrees, as measured; None if nothing was."""


def moved(camera: Camera, hinge: float, up: float, higher: float, aside: float, turned: float) -> Camera:
    """The camera tilted up about its hinge by these degrees, raised, shifted to its right (meters) and turned."""
    right, down, forward = camera.axes
    lens = np.asarray(camera.position)
    rotation = about(right, up)
    if up * float((rotation @ forward - forward)[2]) < 0:
        rotation = about(right, -up)
    place = lens + hinge * down - rotation @ (hinge * down) + np.array([0, 0, higher]) + aside * right
    ahead = place + about(np.array([0.0, 0.0, 1.0]), turned) @ rotation @ forward
    x, y, z = place.tolist()
    return replace(camera, position=(x, y, z), target=tuple(ahead.tolist()))


def render(group: Group, folder: Path) -> None:
    """Take a group's pictures, unless they are there: three upright ones, one of each tilt, and those elsewhere."""
    if (folder / "meta.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    chance, studio = np.random.default_rng([group.seed, 77]), Studio(group)
    stills = [still for still in group.stills() if still.name.startswith(POSTURES)]
    upright = [still for still in stills if still.name == "upright"]
    shots: list[tuple[Any, float, float, float, float]] = [(still, 0, 0, 0, 0) for still in upright[:3]]
    shots += [(stills[chance.integers(len(stills))], up, 0, 0, 0) for up in TILTS]
    shots += [(still, *elsewhere) for still, elsewhere in zip(upright[3:], ELSEWHERE, strict=True)]
    camera, meta = studio.camera, []
    try:
        for number, (still, up, higher, aside, turned) in enumerate(shots):
            studio.camera = moved(camera, HINGES.get(group.placement, OBLIQUE_HINGE), up, higher, aside, turned)
            rgb = studio.take(still)[1]
            cv2.imwrite(str(folder / f"{number:02}.jpg"), rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
            meta.append({"up": up, "raised": higher, "turn": turned, "fov": camera.field_of_view, "room": group.room})
    finally:
        studio.close()
    (folder / "meta.json").write_text(json.dumps(meta))


def measure(name: str, folder: Path, estimator: StillEstimator) -> list[Result]:
    """What the program measures in a group's pictures; those in which the model finds nobody are left out."""
    meta = json.loads((folder / "meta.json").read_text())
    images = [np.asarray(cv2.imread(str(folder / f"{number:02}.jpg")), np.uint8) for number in range(len(meta))]
    before: Backdrop | None = None
    results = []
    for number, (told, image) in enumerate(zip(meta, images, strict=True)):
        pose = estimator(image, before=Before(images[0]))
        if pose is None:
            continue
        glance = glance_at(float(number), image if number < 3 else _in_other_light(image, number))
        now = Backdrop.of(glance, pose, told["fov"])
        if number < 3:
            before = now if before is None else before.joined(now)
        elif before is not None:
            elsewhere = bool(told["raised"] or told["turn"])
            results.append(Result(name, told["room"], told["up"], elsewhere, measured(before, now)))
    return results


def _in_other_light(image: Image, number: int) -> Image:
    return np.asarray(np.clip(image * np.random.default_rng(number).uniform(*LIGHTS), 0, 255), np.uint8)


def report(results: Sequence[Result]) -> list[str]:
    """The errors by size of the tilt, and what cameras that were put elsewhere are taken for."""
    lines = ["| tilt | pictures | measured | error (rms) | within 1° | largest |", "|---|---|---|---|---|---|"]
    for low, high in ((0, 2), (2, 5), (5, 9), (9, 13), (13, 16), (0, 16)):
        these = [one for one in results if not one.elsewhere and low <= abs(one.up) < high]
        errors = np.array([one.found - one.up for one in these if one.found is not None])
        if len(errors):
            rms, worst = float(np.sqrt(np.square(errors).mean())), float(np.abs(errors).max())
            within = float((np.abs(errors) < 1).mean())
            share = f"{len(errors)} ({len(errors) / len(these):.0%})"
            lines.append(f"| {low}–{high}° | {len(these)} | {share} | {rms:.2f}° | {within:.0%} | {worst:.1f}° |")
    lines.append("")
    for up, higher, _, turned in ELSEWHERE:
        these = [one for one in results if one.elsewhere and one.up == up]
        found = [one.found for one in these if one.found is not None]
        kind = f"{100 * higher:.0f} cm higher" if higher else f"turned by {turned:.0f}° and shifted"
        taken = (
            f"taken for a tilt of {np.median(found):+.1f}° in {len(found)}" if found else "never taken for a tilt, 0"
        )
        lines.append(f"Tilted by {up}°, {kind}: {taken} of {len(these)}.")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=program.new_folder, required=True, help="folder for the pictures")
    parser.add_argument("--split", default="test", choices=("tune", "test"))
    parser.add_argument("--groups", type=program.at_least_one, help="only as many cameras")
    parser.add_argument("--no-rendering", action="store_true", help="only pictures that are there")
    arguments = parser.parse_args()
    front = (*HINGES, "oblique left", "oblique right")
    groups = [group for group in plan(split_named(arguments.split)) if group.placement in front]
    results: list[Result] = []
    with StillEstimator(EstimatorSettings(model="lite")) as estimator:
        for group in groups[: arguments.groups]:
            folder = arguments.pictures / group.name
            if not arguments.no_rendering:
                render(group, folder)
            if (folder / "meta.json").exists():
                results += measure(group.name, folder, estimator)
    rooms = {one.room for one in results}
    print(f"{arguments.split}: {len({one.group for one in results})} cameras in {len(rooms)} rooms", "", sep="\n")
    print(*report(results), sep="\n")
    return 0


if __name__ == "__main__":
    program.run(main)
