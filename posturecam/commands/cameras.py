"""`posturecam cameras`."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from posturecam.commands.shared import kept_baselines
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import THINGS
from posturecam.vision.sources.camera import list_cameras


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
    table = Table(tr("index"), tr("name"), tr("key"), tr("calibrated from"))
    for camera in found:
        calibrated = joined(THINGS, [tr(view.spoken) for view in kept.of(*camera.keys)]) or "—"
        table.add_row(str(camera.index), Text(camera.name), Text(camera.key), calibrated)
    console.print(table)
