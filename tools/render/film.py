"""Renders the sample videos: frame by frame into a folder, so that an interruption costs one frame, then into a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np

from tools.render.body import Body, Posed
from tools.render.cameras import SIZES, place
from tools.render.clips import Clip, walking_past
from tools.render.motion import blinks, closed
from tools.render.people import PEOPLE
from tools.render.posture import eye_height
from tools.render.scene import Scene
from tools.render.sensor import SENSORS, Pixels
from tools.render.truth import angles, head_rotation, points

FRAME_RATE = 10
"""Pictures per second: enough to look smooth, and twice what the program checks."""
SUPERSAMPLING = 3
"""Samples per pixel in each direction: people watch films, so their edges are smoother than the stills'."""
MOST_BYTES = 2_000_000
"""Largest size of a sample video."""


def render(name: str, clip: Clip, work: Path, only: Sequence[float] = ()) -> list[Path]:
    """Render a clip's frames into `work`, as PNG files; existing ones are kept.

    `only` gives times in seconds, to preview a few frames before all are rendered.
    """
    stage = _Stage(clip)
    work.mkdir(parents=True, exist_ok=True)
    made = []
    with stage.scene:
        for index in range(round(clip.seconds * FRAME_RATE)):
            t = index / FRAME_RATE
            if only and not any(abs(t - one) < 0.5 / FRAME_RATE for one in only):
                continue
            file = work / f"{name}-{index:05d}.png"
            made.append(file)
            if not file.exists():
                _write(file, stage.picture(index, t))
    return made


def _write(file: Path, picture: Pixels) -> None:
    """Write under another name first, so that an existing file is always complete."""
    half = file.with_suffix(".part.png")
    cv2.imwrite(str(half), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    half.rename(file)


class _Stage:
    """The scene of a clip with its actors."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        cast = [PEOPLE[name] for name in (clip.person, clip.passer) if name]
        self.scene = Scene(clip.room, clip.light, cast, *SIZES[0], clip.barefoot, SUPERSAMPLING)
        main, *others = self.scene.bodies
        self.camera = place(clip.placement, eye_height(main))  # exactly as its placement says
        self.acts = [clip.act(main), *(walking_past(body) for body in others)]
        self.blinks = [blinks(clip.seconds, seed=5 + index) for index in range(len(cast))]

    def picture(self, index: int, t: float) -> Pixels:
        posed = [act(t) for act in self.acts]
        eyes = [closed(t, times) for times in self.blinks]
        return self.scene.picture(posed, self.camera, SENSORS[self.clip.sensor], seed=1000 + index, blinks=eyes)


def encode(frames: Sequence[Path], out: Path, quality: int) -> None:
    """Encode frames into an H.264 file that every player and OpenCV can open.

    Raises:
        RuntimeError: if a frame cannot be read, or the result is larger than a sample video may be.
    """
    height, width = _read(frames[0]).shape[:2]
    writer = imageio_ffmpeg.write_frames(
        str(out), (width, height), fps=FRAME_RATE, codec="libx264", quality=None, pix_fmt_out="yuv420p",
        output_params=["-crf", str(quality), "-preset", "veryslow", "-movflags", "+faststart", "-map_metadata", "-1"],
    )  # fmt: skip
    writer.send(None)
    for frame in frames:
        writer.send(_read(frame))
    writer.close()
    if out.stat().st_size > MOST_BYTES:
        raise RuntimeError(f"{out} has {out.stat().st_size} bytes, more than the {MOST_BYTES} a sample video may have")


def _read(frame: Path) -> Pixels:
    picture = cv2.imread(str(frame))
    if picture is None:
        raise RuntimeError(f"the frame {frame} cannot be read; delete it and film again")
    return np.ascontiguousarray(np.asarray(picture, np.uint8)[..., ::-1])


def write_truth(clip: Clip, out: Path) -> None:
    """One row per frame: the time, whether the person is there, and all angles of the body (degrees, two decimals)."""
    body = Body(PEOPLE[clip.person].shape)
    act = clip.act(body)
    rows = [_row(index / FRAME_RATE, act(index / FRAME_RATE)) for index in range(round(clip.seconds * FRAME_RATE))]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _row(t: float, posed: Posed | None) -> dict[str, str]:
    row = {"t": f"{t:.2f}", "present": str(int(posed is not None))}
    if posed is not None:
        found = angles(points(posed), head_rotation(posed))
        row |= {name: "" if angle is None else f"{angle + 0.0:.2f}" for name, angle in found.items()}
    return row
