"""Which other programs hold a camera: open /dev/video* of the user's processes, and PipeWire's links.

The driver's count of openings is checked first, because the camera is nearly always closed; only otherwise is every process examined.
PipeWire opens cameras on behalf of others, and some of its parts keep one open for nobody, so it is asked for its links.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from posturecam.system.linux.pipewire import SERVERS, camera_users
from posturecam.system.linux.processes import Processes
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value
from posturecam.system.tools import Run, run_tool

_DEVICE = "/dev/video"


class CameraReader(Reader):
    """Looks at the devices of video4linux."""

    fields = ("camera_held_by",)
    every = 4.0

    def __init__(
        self,
        processes: Processes | None = None,
        devices: Path = Path("/sys/class/video4linux"),
        run: Run = run_tool,
    ) -> None:
        """Create a reader of these processes and devices; `run` runs tools."""
        self._processes = processes or Processes()
        self._devices = devices
        self._run = run

    def read(self) -> Mapping[str, Value]:
        """The names of the programs.

        Raises:
            Unreadable: if only PipeWire knows and does not tell.
        """
        if self._only_ours():
            return {"camera_held_by": ()}
        holders = [one for one in self._processes.others() if self._processes.opened(one, _DEVICE)]
        names = {self._processes.name(one) for one in holders if not self._processes.is_ours(one)}
        if names & SERVERS:
            names = (names - SERVERS) | self._through_pipewire(certain=bool(names - SERVERS))
        return {"camera_held_by": tuple(sorted(names))}

    def _through_pipewire(self, *, certain: bool) -> set[str]:
        try:
            return set(camera_users(self._run(("pw-dump",)), self._processes.is_ours))
        except Unreadable:
            if certain:  # one program is enough; others do not matter
                return set()
            raise

    def _only_ours(self) -> bool:
        """Whether there is no camera, or its drivers count no openings but our own."""
        try:
            devices = list(self._devices.iterdir())
        except OSError:
            return self._devices.parent.is_dir()  # no driver of any camera is loaded, or nothing is known
        drivers = {(device / "device/driver/module/refcnt").resolve() for device in devices}
        try:
            counted = sum(int(driver.read_text()) for driver in drivers)
        except (OSError, ValueError):
            return False
        return counted <= len(self._processes.own_opened(_DEVICE))
