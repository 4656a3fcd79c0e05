"""`python -m tools.render`: fetch the body, make one picture, film the sample videos, make the benchmark's stills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import typer

from tools.render import assets

if TYPE_CHECKING:
    from tools.render.stills import Group

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

WORK = Path("build/render")
"""For half-finished work; not committed, and safe to delete."""
Pictures = Annotated[
    Path | None,
    typer.Option(
        help="Folder that keeps the pictures; those in it are not rendered again. "
        "Default: $POSTURECAM_RENDER_CACHE, or in the user's cache."
    ),
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group", help="Only this group (one person with one camera), such as tune_raj_monitor; repeat it for more."
    ),
]
Work = Annotated[Path, typer.Option(help="Folder for unfinished work; a run that was interrupted goes on from it.")]


@app.command()
def fetch() -> None:
    """Download the CC0 body (48 MB, once)."""
    print(f"The body's data is in {assets.fetch()}")


@app.command()
def names() -> None:
    """List people, postures, cameras, rooms, lights, sensors and clips."""
    from tools.render import cameras, clips, lights, people, posture, rooms, sensor

    for what, named in (
        ("people", people.PEOPLE), ("postures", posture.POSTURES), ("cameras", cameras.PLACEMENTS), ("rooms", rooms.ROOMS),
        ("lights", lights.LIGHTS), ("sensors", sensor.SENSORS), ("clips", clips.CLIPS),
    ):  # fmt: skip
        print(f"{what}: {', '.join(named)}\n")


@app.command()
def still(
    out: Annotated[Path, typer.Argument(help="The picture; its truth goes beside it, as .json.")],
    person: str = "max",
    posture: str = "upright",
    camera: str = "monitor",
    room: Annotated[
        str, typer.Option(help="Default: a room with a desk, or with a mat for a camera on the floor.")
    ] = "",
    light: str = "day",
    sensor: str = "good webcam",
    size: Annotated[tuple[int, int], typer.Option(help="Width and height of the picture, pixels.")] = (640, 480),
    seed: int = 0,
) -> None:
    """One body, one posture, one camera: the picture and its exact truth."""
    from tools.render.single import UnknownName, photograph

    if out.suffix.lower() not in (".png", ".jpg", ".jpeg") or min(size) < 16:
        raise typer.BadParameter("the picture's name must end in .png or .jpg, and it needs at least 16×16 pixels")
    try:
        picture, truth = photograph(person, posture, camera, room, light, sensor, size, seed)
    except UnknownName as error:
        raise typer.BadParameter(str(error)) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), picture[..., ::-1])
    out.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    print(f"{out} and {out.with_suffix('.json')}")


@app.command()
def film(
    clips: Annotated[list[str] | None, typer.Argument(help="Names of clips; default all.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for videos and truth.")] = Path("sample_videos"),
    work: Work = WORK / "clips",
    only: Annotated[
        str, typer.Option(help="Only the frames at these times, such as 3,8.4,25 (seconds); no video.")
    ] = "",
) -> None:
    """Film sample videos: frames first, then the video and its truth."""
    from tools.render import film as filming
    from tools.render.clips import CLIPS

    unknown = [name for name in clips or () if name not in CLIPS]
    if unknown:
        raise typer.BadParameter(f"there is no clip {unknown[0]!r}; there are: {', '.join(CLIPS)}")
    try:
        times = [float(t) for t in only.split(",") if t]
    except ValueError as error:
        raise typer.BadParameter("--only takes seconds, such as 3,8.4,25") from error
    for name in clips or CLIPS:
        frames = filming.render(name, CLIPS[name], work / name, times)
        if times:
            print("\n".join(map(str, frames)))
            continue
        filming.encode(frames, out / f"{name}.mp4", CLIPS[name].quality)
        filming.write_truth(CLIPS[name], out / f"{name}.truth.csv")
        print(f"{out / name}.mp4: {len(frames)} frames, {(out / f'{name}.mp4').stat().st_size / 1e6:.2f} MB")


@app.command()
def stills(
    split: Annotated[str, typer.Argument(help="tune, validation, covered, test or train")],
    work: Work = WORK / "stills",
    part: Annotated[str, typer.Option(help="k/n makes each n-th group from the k-th, for several processes.")] = "0/1",
    pictures: Pictures = None,
    out: Annotated[Path, typer.Option(help="Folder for the joined file.")] = Path("benchmarks/data"),
    collect: Annotated[bool, typer.Option(help="Join what is there when done.")] = True,
) -> None:
    """Render the accuracy benchmark's stills of a split, and find the landmarks in them."""
    from tools.render import stills as making

    groups = _groups(split)
    try:
        first, every = (int(number) for number in part.split("/"))
    except ValueError as error:
        raise typer.BadParameter(f"{error}; --part is k/n, such as 0/2") from error
    making.make_groups(groups, work, pictures or making.cache(), (first, every))
    if collect:
        file = out / f"stills_{split}.npz"
        print(f"{file}: {making.collect(groups, work, file)} stills")


@app.command()
def pictures(
    split: Annotated[str, typer.Argument(help="tune, validation, covered, test or train")],
    camera: Annotated[list[str] | None, typer.Option(help="Only with these cameras; default all.")] = None,
    group: Groups = None,
    pictures: Pictures = None,
) -> None:
    """Render the pictures of a split into the cache, without detecting landmarks."""
    from tools.render import stills as making

    groups = _groups(split, group)
    placements = sorted({one.placement for one in groups})
    unknown = sorted({*(camera or ())} - {*placements})
    if unknown:
        raise typer.BadParameter(f"there is no camera {unknown[0]!r} here; there are: {', '.join(placements)}")
    for chosen in groups:
        if not camera or chosen.placement in camera:
            making.photograph(chosen, pictures or making.cache())
            print(chosen.name, flush=True)


@app.command()
def landmarks(
    split: Annotated[str, typer.Argument(help="tune, validation, covered, test or train")],
    group: Groups = None,
    pictures: Pictures = None,
    out: Annotated[Path, typer.Option(help="Folder of the joined file.")] = Path("benchmarks/data"),
) -> None:
    """Find landmarks and faces again in the saved pictures, and put them into the file of stills; groups without pictures stay as they are."""
    from tools.render import stills as making

    file = out / f"stills_{split}.npz"
    count = making.take_again(_groups(split, group), pictures or making.cache(), file)
    print(f"{file}: looked again at {count} stills")


def _groups(split: str, names: Sequence[str] | None = None) -> Sequence[Group]:
    from tools.render import stills as making
    from tools.render import training

    try:
        chosen = making.split_named(split)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    groups = training.plan() if chosen == "train" else making.plan(chosen)
    unknown = sorted({*(names or ())} - {group.name for group in groups})
    if unknown:
        raise typer.BadParameter(f"{split} has no group {unknown[0]!r}; it has, for example, {groups[0].name!r}")
    return [group for group in groups if not names or group.name in names]


if __name__ == "__main__":
    app()
