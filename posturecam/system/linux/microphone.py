"""Which other programs record from a microphone: the sound server's streams, and ALSA's own devices.

PulseAudio and PipeWire both answer `pactl`. It runs only if a server is running, because it might start one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from posturecam.system.linux.pipewire import FILTERS, SERVERS, microphone_users
from posturecam.system.linux.processes import Processes
from posturecam.system.reader import Reader, Unreadable
from posturecam.system.state import Value
from posturecam.system.tools import Run, run_tool

_METERS = frozenset({"org.PulseAudio.pavucontrol", "org.gnome.VolumeControl", "org.kde.kmix_dbus", "org.kde.plasma-pa"})
"""`application.id` of mixers, which show the level of a microphone."""

_NO_SOURCE = 2**32 - 1
"""PA_INVALID_INDEX: the stream is not connected yet."""


def recording_streams(text: str) -> list[Mapping[str, Any]]:
    """The streams that record now, from `pactl -f json list source-outputs`.

    Without those that are corked (paused), that only measure a level, or that belong to the server's own modules.

    Raises:
        Unreadable: if it is not such a list.
    """
    try:
        streams: list[Mapping[str, Any]] = json.loads(text or "[]")
        return [one for one in streams if not one["corked"] and _is_program(one, one["properties"])]
    except Exception as problem:
        raise Unreadable(f"pactl gave something unexpected ({type(problem).__name__})") from problem


def monitors(text: str) -> frozenset[int]:
    """The sources that are the sound of a loudspeaker, by index, from `pactl -f json list short sources`.

    Raises:
        Unreadable: if it is not such a list.
    """
    try:
        return frozenset(one["index"] for one in json.loads(text or "[]") if one["name"].endswith(".monitor"))
    except Exception as problem:
        raise Unreadable(f"pactl gave something unexpected ({type(problem).__name__})") from problem


def _is_program(stream: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    measures = (
        stream.get("resample_method") == "peaks"
        or properties.get("media.name") == "Peak detect"
        or properties.get("stream.monitor") == "true"
        or properties.get("application.id") in _METERS
    )
    of_server = str(stream.get("client", "n/a")) == "n/a"
    unlinked = stream.get("source") == _NO_SOURCE
    return (
        not measures and not of_server and not unlinked and properties.get("application.process.binary") not in FILTERS
    )


def owner_of(status: str) -> int | None:
    """The thread that records, from ALSA's `status` of a device; None where nobody does.

    Format: https://docs.kernel.org/sound/designs/procfs.html
    """
    found = dict(line.partition(":")[::2] for line in status.splitlines())
    values = {key.strip(): value.strip() for key, value in found.items()}
    if values.get("state") not in ("RUNNING", "PREPARED", "DRAINING", "XRUN"):
        return None
    owner = values.get("owner_pid", "")
    return int(owner) if owner.isascii() and owner.isdigit() else 0


class MicrophoneReader(Reader):
    """Asks the sound server where there is one, and looks at ALSA."""

    fields = ("microphone_held_by",)
    every = 4.0

    def __init__(
        self,
        processes: Processes | None = None,
        cards: Path = Path("/proc/asound"),
        run: Run = run_tool,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Look at these devices and processes, with this way to run tools; the environment tells of a server."""
        self._processes = processes or Processes()
        self._cards = cards
        self._run = run
        self._environment = environment

    def read(self) -> Mapping[str, Value]:
        """The names of the programs.

        Raises:
            Unreadable: if there is neither a sound server nor ALSA, or nobody is known and the server does not tell.
        """
        direct = self._direct()
        try:
            served = self._served()
        except Unreadable:
            if not direct:
                raise
            served = None
        if direct is None and served is None:
            raise Unreadable("there is no sound server in this session, and no ALSA")
        return {"microphone_held_by": tuple(sorted((direct or set()) | (served or set())))}

    def _direct(self) -> set[str] | None:
        """Who records without a sound server; None without ALSA."""
        if not self._cards.is_dir():
            return None
        owners = [owner_of(path.read_text(errors="replace")) for path in self._cards.glob("card*/pcm*c/sub*/status")]
        names = {self._processes.name(one) for one in owners if one and not self._processes.is_ours(one)}
        return names - SERVERS - {"pulseaudio"}

    def _served(self) -> set[str] | None:
        """Who records through the sound server; None without one."""
        if not self._has_server():
            return None
        try:
            streams = recording_streams(self._run(("pactl", "-f", "json", "list", "source-outputs")))
        except Unreadable as problem:
            if not self._has_pipewire():
                raise
            try:
                return set(microphone_users(self._run(("pw-dump",)), self._processes.is_ours))
            except Unreadable:
                raise problem from None
        if not streams:
            return set()
        speakers = monitors(self._run(("pactl", "-f", "json", "list", "short", "sources")))
        return {
            _name(one["properties"])
            for one in streams
            if one.get("source") not in speakers and not self._is_ours(one["properties"])
        }

    def _is_ours(self, properties: Mapping[str, Any]) -> bool:
        process = str(properties.get("application.process.id", ""))
        return process.isascii() and process.isdigit() and self._processes.is_ours(int(process))

    def _has_server(self) -> bool:
        environment = self._environment
        if environment.get("PULSE_SERVER"):
            return True
        folder = environment.get("PULSE_RUNTIME_PATH") or f"{environment.get('XDG_RUNTIME_DIR', '/nowhere')}/pulse"
        return Path(folder, "native").exists() or self._has_pipewire()

    def _has_pipewire(self) -> bool:
        return Path(self._environment.get("XDG_RUNTIME_DIR", "/nowhere"), "pipewire-0").exists()


def _name(properties: Mapping[str, Any]) -> str:
    named = properties.get("application.name") or properties.get("application.process.binary")
    return str(named or properties.get("media.name") or "a program")
