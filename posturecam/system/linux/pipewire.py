"""Who uses cameras and microphones through PipeWire, from what `pw-dump` prints of its graph."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from posturecam.system.reader import Unreadable

SERVERS = frozenset({"pipewire", "wireplumber", "pipewire-media-session", "pipewire-pulse", "pipewire-media-"})
"""Programs that hold devices on behalf of others, as the kernel shortens their names."""
FILTERS = frozenset({"easyeffects", "noisetorch", "cava", "pavucontrol", "pavucontrol-qt", "pulseaudio", *SERVERS})
"""Programs that listen without a meeting: effects that stand between a microphone and others, level meters."""


def camera_users(dump: str, is_ours: Callable[[int], bool]) -> tuple[str, ...]:
    """The programs that a camera is linked to, by name; a shared screen is no camera.

    Raises:
        Unreadable: if the dump is not one.
    """
    return _users(dump, is_ours, lambda node: node.get("media.class") == "Video/Source" and _is_camera(node))


def microphone_users(dump: str, is_ours: Callable[[int], bool]) -> tuple[str, ...]:
    """The programs that a microphone is linked to, by name; the sound of a loudspeaker is none.

    Raises:
        Unreadable: if the dump is not one.
    """
    return _users(dump, is_ours, lambda node: str(node.get("media.class", "")).startswith("Audio/Source"))


def _is_camera(node: Mapping[str, Any]) -> bool:
    return node.get("media.role") == "Camera" or node.get("device.api") in ("v4l2", "libcamera")


def _users(
    dump: str, is_ours: Callable[[int], bool], is_device: Callable[[Mapping[str, Any]], bool]
) -> tuple[str, ...]:
    try:
        # Keys of one identifier come again where a newer state was printed; the last one counts.
        objects = {one["id"]: one for one in json.loads(dump)}
        infos = {number: one["info"] for number, one in objects.items() if isinstance(one.get("info"), dict)}
        nodes = {number: dict(info.get("props") or {}) for number, info in infos.items()}
        links = [info for number, info in infos.items() if str(objects[number]["type"]).endswith(":Link")]
        names = set()
        for link in links:
            source, sink = nodes.get(link["output-node-id"], {}), nodes.get(link["input-node-id"], {})
            if link.get("state") != "active" or not is_device(source):
                continue
            client = nodes.get(sink.get("client.id"), {})
            process = client.get("pipewire.sec.pid") or client.get("application.process.id")
            if _is_wanted(sink, client) and not (isinstance(process, int) and is_ours(process)):
                names.add(_name(sink, client))
        return tuple(sorted(names))
    except Exception as problem:
        raise Unreadable(f"pw-dump gave something unexpected ({type(problem).__name__})") from problem


def _is_wanted(sink: Mapping[str, Any], client: Mapping[str, Any]) -> bool:
    if not str(sink.get("media.class", "")).startswith("Stream/Input") or sink.get("stream.monitor") in (True, "true"):
        return False
    return str(client.get("application.process.binary", "")) not in FILTERS


def _name(sink: Mapping[str, Any], client: Mapping[str, Any]) -> str:
    named = sink.get("application.name") or client.get("application.name") or sink.get("node.name")
    return str(named or "a program")
