"""Everything else that is read: videos, models, the log, and the output of other programs. Fuzzed like the files of `fault_cases.files`."""

from __future__ import annotations

import json
import os
import plistlib
import random
import wave
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import numpy as np

from fault_cases import case, part, reads
from fault_cases.damage import damaged, edited

ROOT = Path(__file__).parents[2]
_made: dict[str, bytes] = {}
"""Intact files made for the first try and damaged again and again."""


def _video(folder: Path, ending: str, codec: str) -> bytes:
    import cv2

    if ending not in _made:
        path = folder / f"whole{ending}"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10, (64, 48))
        for number in range(20):
            writer.write(np.full((48, 64, 3), 10 * number, np.uint8))
        writer.release()
        _made[ending] = path.read_bytes()
    return _made[ending]


@case("files", "videos, fuzzed", fuzzed=True)
def videos(folder: Path, seed: int) -> str | None:
    settings = part("Settings", "config.settings", "settings")()
    open_source = part("open_source", "vision.sources", "sources")
    ending, codec = ((".mp4", "mp4v"), (".avi", "MJPG"), (".mkv", "mp4v"), (".webm", "VP80"))[seed % 4]
    path = folder / f"fuzzed{ending}"
    path.write_bytes(damaged(_video(folder, ending, codec), seed))

    def read() -> None:
        with open_source(path, settings) as source:
            for frame in source:
                assert frame.t == frame.t

    return reads(read)


@case("files", "models, fuzzed", fuzzed=True)
def models(folder: Path, seed: int) -> str | None:
    """Damaged byte by byte, each must be refused before it reaches the library, which would crash or compute something else."""
    from posturecam.config import resources
    from posturecam.errors import ModelError
    from posturecam.vision.landmarkers import FaceLandmarks

    whole = _made.setdefault("face", (ROOT / "models" / "face_landmarker.task").read_bytes())
    content = damaged(whole, seed)
    path = folder / "face_landmarker.task"
    path.write_bytes(content)

    def load() -> None:
        FaceLandmarks().close()

    with patch.object(resources, "face_model_path", lambda: path):
        if content == whole:
            return reads(load)
        try:
            load()
        except ModelError:
            return reads(load)
    return None if _same_weights(path) else "it was used though it was changed"


def _same_weights(path: Path) -> bool:
    """Whether only irrelevant bytes were changed: between, before or after the members of the archive."""
    import zipfile

    with zipfile.ZipFile(path) as found, zipfile.ZipFile(ROOT / "models" / "face_landmarker.task") as whole:
        return {one: found.read(one) for one in found.namelist()} == {one: whole.read(one) for one in whole.namelist()}


@case("files", "the log, fuzzed", fuzzed=True)
def logs(folder: Path, seed: int) -> str | None:
    """A log with arbitrary contents is cut to its limit and continued."""
    shorten, open_log = (
        part("shorten", "config.log_file", "config.stderr", "stderr"),
        os.O_RDWR | os.O_APPEND | os.O_CREAT,
    )
    path = folder / "posturecam.log"
    path.write_bytes(damaged(b"2026-11-28 10:00:00 ERROR a line\n" * 300, seed))
    log = os.open(path, open_log)
    try:
        shorten(log, 2000, 1000)
        os.write(log, b"the next line\n")
    finally:
        os.close(log)
    content = path.read_bytes()
    return None if content.endswith(b"the next line\n") and len(content) <= 2020 else f"{len(content)} bytes"


_NODE = {
    "id": 41,
    "type": "PipeWire:Interface:Node",
    "info": {
        "props": {"media.class": "Video/Source", "media.role": "Camera", "client.id": 7, "application.name": "Cheese"}
    },
}
_LINK = {
    "id": 9,
    "type": "PipeWire:Interface:Link",
    "info": {"state": "active", "output-node-id": 41, "input-node-id": 41},
}
_STREAM = {
    "index": 3,
    "corked": False,
    "client": "55",
    "source": 1,
    "name": "x.monitor",
    "properties": {"application.name": "Zoom"},
}


@case("files", "what the system's tools say, fuzzed", fuzzed=True)
def tools(folder: Path, seed: int) -> str | None:
    pipewire, microphone = (
        part("camera_users", "system.linux.pipewire"),
        part("recording_streams", "system.linux.microphone"),
    )
    monitors, registry = part("monitors", "system.linux.microphone"), part("parse_registry", "system.macos")
    entry = part("LinuxAutostart", "system.autostart")
    dump = edited(json.dumps([_NODE, _LINK]), seed).decode(errors="replace")
    streams = edited(json.dumps([_STREAM]), seed).decode(errors="replace")
    listed = edited(plistlib.dumps({"IOConsoleUsers": [{"kCGSSessionUserIDKey": 501}]}).decode(), seed).decode(
        errors="replace"
    )
    (folder / "posturecam.desktop").write_bytes(edited("[Desktop Entry]\nExec=posturecam\nHidden=false\n", seed))
    readings = (
        lambda: pipewire(dump, lambda process: False), lambda: microphone(streams), lambda: monitors(streams),
        lambda: registry(listed, "kCGSSessionUserIDKey"), lambda: entry(folder).enabled(),
    )  # fmt: skip
    return next((why for why in map(reads, readings) if why is not None), None)


@case("files", "what the system's speech writes, fuzzed", fuzzed=True)
def speech(folder: Path, seed: int) -> str | None:
    read_wave, problem = (
        part("read_wave", "voice.synthesis", "speech"),
        part("VoiceProblem", "voice.synthesis", "speech"),
    )
    if "wave" not in _made:
        with wave.open(str(folder / "whole.wav"), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(np.full(2000, 8000, "<i2").tobytes())
        _made["wave"] = (folder / "whole.wav").read_bytes()
    path = folder / "said.wav"
    path.write_bytes(damaged(_made["wave"], seed))
    try:
        read_wave(path).at(44100)
    except problem:
        return None
    return None


@case("files", "what is kept of an alert's moment, fuzzed", fuzzed=True)
def moments(folder: Path, seed: int) -> str | None:
    from_json = part("from_json", "posture.records.evidence", "evidence")
    text = (
        '{"version": 1, "view": "front", "width": 640, "height": 480, "points": [], "visibility": [], "measures": [{"name": "neck_inclination", '
        '"value": 12.5, "reason": null, "uncertainty": 1.0}], "deviation": {"value": 0.5, "reason": null}, "compared": true}'
    )
    return reads(lambda: from_json(edited(text, seed).decode(errors="replace")))


@case("control", "requests as the app takes them, fuzzed", fuzzed=True)
def requests(folder: Path, seed: int) -> str | None:
    """Each is answered or refused in words that can be sent."""
    random_ = random.Random(seed)
    words: tuple[Any, ...] = (
        "pause", "stretch", "status", "resume", "calibrate", "show", "quit", "5", "-1", "nan", "1e999", "inf", "½", "9" * 400, "../../x",
        "\x1b[2J", "\ud800", "", " ", "{}", "{name}", "desk_break", "x" * 3000, "%s", "upper_back", "\N{ARABIC-INDIC DIGIT FIVE}", "1_0",
    )  # fmt: skip
    request = " ".join(random_.choice(words) for _ in range(random_.choice((1, 2, 2, 3))))
    windows = type(
        "Windows", (), {"welcoming": False, **dict.fromkeys(("show", "calibrate", "stretch", "quit"), lambda *_: None)}
    )()
    answer = part("Control", "desktop.shell.control")(Mock(), lambda: windows, lambda: None)(request)
    sent = json.dumps(answer)
    if not isinstance(answer.get("ok"), bool) or len(sent) > 2000:
        return f"{request[:60]!r}: {sent[:200]}"
    return None
