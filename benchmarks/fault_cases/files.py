"""Every reader of files, fuzzed, and files larger than they seem."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fault_cases import case, part, reads
from fault_cases.damage import damaged, edited

ROOT = Path(__file__).parents[2]
_RECORDING = ROOT / "tests" / "data" / "recordings" / "leaves.npz"
_PICTURE = ROOT / "benchmarks" / "data" / "pictures" / "test_greta_monitor-upright-0.jpg"


def _recording(path: Path) -> object:
    with part("RecordingSource", "vision.sources.recording", "sources.recording")(path) as source:
        return [(frame.t, frame.pose, frame.problem) for frame in source]


@case("files", "recordings, fuzzed by the byte", fuzzed=True)
def recordings_by_byte(folder: Path, seed: int) -> str | None:
    path = folder / "fuzzed.npz"
    path.write_bytes(damaged(_RECORDING.read_bytes(), seed))
    return reads(lambda: _recording(path))


def _changes(kept: Any, random_: random.Random) -> list[Callable[[], Any]]:
    """Ways in which an array may be changed."""
    return [
        lambda: np.zeros(random_.choice((0, 1, 7, 100_000)), random_.choice("bBhHiIqQfdFD?")),
        lambda: np.array(random_.choice(("", "x" * 100_000, "\x1b[2J", "2"))),
        lambda: kept[:0] if kept.ndim else kept,
        lambda: np.asfortranarray(kept),
        lambda: kept.astype(kept.dtype.newbyteorder(">")),
        lambda: np.full(kept.shape, np.nan) if kept.ndim else np.array(np.nan),
        lambda: (
            np.full_like(kept, -(2**31)) if kept.dtype.kind == "i" else kept * 0 if kept.dtype.kind == "f" else kept
        ),
        lambda: np.zeros((2, 3, 4)),
        lambda: np.zeros(3, [("a", "i4"), ("b", "f8")]),
        lambda: np.array(2**62),
        lambda: np.array([{"an": "object"}], object),
    ]


@case("files", "recordings, fuzzed by the array", fuzzed=True)
def recordings_by_array(folder: Path, seed: int) -> str | None:
    random_ = random.Random(seed)
    with np.load(_RECORDING) as loaded:
        arrays: dict[str, Any] = {name: loaded[name] for name in loaded.files}
    for _ in range(random_.choice((1, 1, 2))):
        name = random_.choice(sorted(arrays))
        kept = arrays[name]
        arrays[name] = random_.choice(_changes(kept, random_))()
    if random_.random() < 0.3:
        arrays[random_.choice(("extra", "../outside", "t.npy", ""))] = np.zeros(1000)
    if random_.random() < 0.2:
        del arrays[random_.choice(sorted(arrays))]
    path = folder / "fuzzed.npz"
    with zipfile.ZipFile(path, "w", random_.choice((0, 8, 8, 8, 12, 14))) as archive:
        for name, array in arrays.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, np.asanyarray(array), allow_pickle=True)
            archive.writestr(f"{name}.npy", held.getvalue())
    return reads(lambda: _recording(path))


def _bomb(path: Path, name: str, shape: str, kind: str, size: int, compression: int = zipfile.ZIP_DEFLATED) -> None:
    """A recording with one array of endless zeros."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    with np.load(_RECORDING) as loaded, zipfile.ZipFile(path, "w", compression, compresslevel=1) as archive:
        for other in loaded.files:
            if other != name:
                held = io.BytesIO()
                np.lib.format.write_array(held, loaded[other])
                archive.writestr(f"{other}.npy", held.getvalue())
        with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
            for _ in range(size >> 20):
                file.write(bytes(1 << 20))


@case("files", "recordings larger than they seem", seeds=5)
def bombs(folder: Path, seed: int) -> str | None:
    path = folder / "bomb.npz"
    size = 3 << 30
    match seed:
        case 0:
            _bomb(path, "t", f"({size // 8},)", "<f8", size)
        case 1:
            _bomb(path, "unknown", f"({size},)", "|u1", size)
        case 2:
            _bomb(path, "problems", "(1,)", f"<U{size // 4}", size)
        case 3:
            _bomb(path, "landmarks", f"({(1 << 28) // 792}, 33, 6)", "<f4", 1 << 28, zipfile.ZIP_LZMA)
        case _:  # a directory of a million names
            with zipfile.ZipFile(path, "w") as archive:
                for number in range(200_000):
                    archive.writestr(f"{number}", b"")
    return reads(lambda: _recording(path))


@case("files", "learned weights, fuzzed", fuzzed=True)
def weights(folder: Path, seed: int) -> str | None:
    load_model = part("load_model", "posture.learned.weights", "learned.weights")
    load_model.cache_clear()
    path = folder / "fuzzed.npz"
    path.write_bytes(damaged((ROOT / "models" / "posture_estimator.npz").read_bytes(), seed))
    return reads(lambda: load_model(path))


def _picture(path: Path) -> object:
    return part("read_picture", "vision.sources.stills", "sources.stills")(path)


@case("files", "pictures, fuzzed", fuzzed=True)
def pictures(folder: Path, seed: int) -> str | None:
    import cv2

    suffix = (".jpg", ".png", ".bmp", ".webp", ".tiff")[seed % 5]
    whole = cv2.imread(str(_PICTURE))
    assert whole is not None
    picture = cv2.resize(whole, (160, 120))
    path = folder / f"fuzzed{suffix}"
    path.write_bytes(damaged(cv2.imencode(suffix, picture)[1].tobytes(), seed))
    return reads(lambda: _picture(path))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@case("files", "pictures larger than they seem", seeds=5)
def large_pictures(folder: Path, seed: int) -> str | None:
    sides = ((30_000, 30_000), (2**31 - 1, 1), (8001, 8000), (100_000, 100_000), (8000, 8000))[seed]
    path = folder / "large.png"
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(sides[0] + 1)) for _ in range(sides[1])) if seed in (0, 2, 4) else b""
    head = struct.pack(">IIBBBBB", *sides, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed + packer.flush()) + _chunk(b"IEND", b"")
    )
    return reads(lambda: _picture(path))


@case("files", "pipes and devices in place of files", seeds=3)
def no_files(folder: Path, seed: int) -> str | None:
    if not hasattr(os, "mkfifo"):
        return None
    path = folder / ("pipe.npz", "pipe.png", "mine.toml")[seed]
    os.mkfifo(path)
    reader = (_recording, _picture, part("read_exercise", "coach.library", "stretch.library"))[seed]
    return reads(lambda: reader(path))


@case("files", "exercises, fuzzed", fuzzed=True)
def exercises(folder: Path, seed: int) -> str | None:
    packed = sorted((ROOT / "posturecam" / "coach" / "exercises").glob("*.toml"))
    path = folder / "mine.toml"
    path.write_bytes(edited(packed[seed % len(packed)].read_text(encoding="utf-8"), seed))
    return reads(lambda: part("read_exercise", "coach.library", "stretch.library")(path))


@case("files", "routines, fuzzed", fuzzed=True)
def routines(folder: Path, seed: int) -> str | None:
    packed = sorted((ROOT / "posturecam" / "coach" / "routines").glob("*.toml"))
    os.environ["POSTURECAM_HOME"] = str(folder)
    path = folder / "routines" / "mine.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(edited(packed[seed % len(packed)].read_text(encoding="utf-8"), seed))
    return reads(lambda: part("load_routine", "coach.library", "stretch.library")("mine"))


@case("files", "settings, fuzzed", fuzzed=True)
def settings(folder: Path, seed: int) -> str | None:
    os.environ["POSTURECAM_HOME"] = str(folder)
    text = '[camera]\ndevice = "Logitech"\nwidth = 640\n[monitor]\nlongest_gap = 5.0\nexit = 0.7\n[desktop]\ntray = true\nlanguage = "de"\n'
    (folder / "settings.toml").write_bytes(edited(text, seed))
    return reads(part("load_settings", "config.settings_file", "store"))


@case("files", "baselines, fuzzed", fuzzed=True)
def baselines(folder: Path, seed: int) -> str | None:
    os.environ["POSTURECAM_HOME"] = str(folder)
    text = (
        '[{"view": "side right", "camera": "usb-1", "camera_name": "Logi", "made": "2026-11-23T10:00:00+01:00", "width": 640, '
        '"height": 480, "samples": 60, "spread": 0.1, "values": {"neck_inclination": 31.5, "trunk_inclination": 4.0}}]'
    )
    (folder / "baselines.json").write_bytes(edited(text, seed))
    return reads(part("load_baselines", "history.baselines", "store"))


@case("files", "catalogs of texts, fuzzed", fuzzed=True)
def catalogs(folder: Path, seed: int) -> str | None:
    import posturecam.i18n.translate as translate

    german = folder / "de" / "LC_MESSAGES" / "posturecam.mo"
    german.parent.mkdir(parents=True, exist_ok=True)
    kept, folder_before = (ROOT / "posturecam/i18n/locale/de/LC_MESSAGES/posturecam.mo").read_bytes(), translate.FOLDER
    german.write_bytes(damaged(kept, seed))
    translate.FOLDER = folder
    try:
        return reads(lambda: (translate.choose_language("de"), translate.tr("Paused")))
    finally:
        translate.FOLDER = folder_before
        translate.choose_language("en")
