"""`posturecam cameras`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from posturecam.commands.shared import kept_baselines, left_beside, narrow_list
from posturecam.history.baselines import Baselines
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import THINGS
from posturecam.vision.sources.camera import Camera, list_cameras


def list_all(*, as_json: bool) -> None:
    """List the cameras, and for which of them a baseline is saved."""
    kept = kept_baselines()
    found = list_cameras()
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "index": camera.index,
                        "name": camera.name,
                        "key": camera.key,
                        "calibrated": [view.value for view in kept.of(*camera.keys)],
                    }
                    for camera in found
                ]
            )
        )
        return
    console = Console()
    if not found:
        console.print(tr("No camera found. Plug one in, or run `posturecam doctor`; `posturecam demo` needs none."))
        return
    console.print(_shown([_cells(camera, kept) for camera in found], console))


def _cells(camera: Camera, kept: Baselines) -> Mapping[str, str]:
    """What is shown of a camera, by heading; its number and name first."""
    return {
        tr("index"): str(camera.index),
        tr("name"): camera.name,
        tr("key"): camera.key,
        tr("calibrated from"): joined(THINGS, [tr(view.spoken) for view in kept.of(*camera.keys)]) or "—",
    }


def _shown(rows: Sequence[Mapping[str, str]], console: Console) -> RenderableType:
    """A table, or two lines for each camera where the terminal is too narrow: names and keys are there to be typed, and never cut off."""
    table = Table(*rows[0])
    for cells in rows:
        table.add_row(*map(Text, cells.values()))
    if left_beside(table, console) >= 0:
        return table
    return Group(*narrow_list(rows))
