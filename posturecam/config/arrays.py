"""Reads untrusted NumPy archives (`.npz`): only the named arrays, and none before its size is checked.

A compressed archive may declare or hold far more than its own size. So its directory is checked first, then each
array's own header; both must agree and stay within the limits before anything is unpacked. Pickled data is never read.
"""

from __future__ import annotations

import functools
import operator
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from posturecam.config.reading import TooLarge, require_ordinary
from posturecam.i18n.message import Message

_END = b"PK\x05\x06"
_END_BYTES = 22
"""Size of the record that ends a zip file without a comment; PKWARE's APPNOTE, 4.3.16, describes its fields."""
_LONGEST_COMMENT = 65_535
_BEFORE_END = b"PK\x06\x07"
"""Signature of the record, 20 bytes before the end record, that points to a second directory of more than 65 535 files (APPNOTE, 4.3.15)."""
_MOST_DIRECTORY_BYTES = 65_536
"""Largest directory of an archive, bytes: room for hundreds of arrays, where a recording has ten."""
_LONGEST_HEADER = 10_000
"""Longest header of an array, bytes: numpy's own limit."""
_CHUNK_BYTES = 1 << 20


def read_arrays(
    path: Path, names: Sequence[str] | None, *, most_bytes: int, optional: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Read the arrays of these names; nothing else in the archive is touched.

    Args:
        path: The archive.
        names: Names of the arrays; None reads all.
        optional: Names of arrays that may be missing.
        most_bytes: Limit for all of them together, unpacked.

    Raises:
        TooLarge: if they, or the archive's directory, are larger.
        KeyError: if one is missing.
        Exception: whatever numpy and zipfile raise for a damaged file; see `posturecam.config.reading.explained`.
    """
    require_ordinary(path)
    with path.open("rb") as file:
        _require_small_directory(file)
        with zipfile.ZipFile(file) as archive:
            members = {one.filename.removesuffix(".npy"): one for one in archive.infolist()}
            wanted = {name: members[name] for name in (members if names is None else names)}
            wanted |= {name: members[name] for name in optional if name in members}
            together = sum(one.file_size for one in wanted.values())
            if together > most_bytes:
                raise TooLarge(
                    Message(
                        "it takes {size} unpacked; the limit is {most}",
                        size=_megabytes(together),
                        most=_megabytes(most_bytes),
                    )
                )
            return {name: _read(archive, one) for name, one in wanted.items()}


def texts(arrays: Mapping[str, NDArray[Any]], names: Sequence[str], *, longest: int) -> list[str]:
    """Single texts among the arrays.

    Raises:
        ValueError: if one is not a text, or longer than `longest` characters.
    """
    for name in names:
        if arrays[name].shape != () or arrays[name].dtype.kind != "U" or arrays[name].dtype.itemsize > 4 * longest:
            raise ValueError(f"{name} is not a text of at most {longest} characters")
    return [str(arrays[name]) for name in names]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename} is packed in a way that numpy does not use")
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        reads = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, by_column, dtype = reads(file, max_header_size=_LONGEST_HEADER)
        size = functools.reduce(operator.mul, shape, int(dtype.itemsize))
        if dtype.hasobject or (dtype.itemsize == 0 and max(shape, default=1) > 0):
            raise ValueError(f"{member.filename} is no plain array")
        if any(length < 0 for length in shape) or size != member.file_size - file.tell():
            raise ValueError(f"{member.filename} is not as long as its header says")
        held = bytearray(size)
        _fill(file, held)
    return np.frombuffer(held, dtype).reshape(shape, order="F" if by_column else "C")


def _fill(file: IO[bytes], held: bytearray) -> None:
    """Read to the end and past it, which makes zipfile compare the checksum."""
    view, at = memoryview(held), 0
    while part := file.read(_CHUNK_BYTES):
        view[at : at + len(part)] = part
        at += len(part)
    if at != len(held):
        raise EOFError(Message("it was cut short"))


def _require_small_directory(file: IO[bytes]) -> None:
    """Require a small directory, because `zipfile` reads all of it at once and needs a kilobyte per entry."""
    size = file.seek(0, 2)
    file.seek(-min(size, _END_BYTES + _LONGEST_COMMENT + 20), 2)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_BYTES:
        raise zipfile.BadZipFile(Message("its end is missing"))
    (directory,) = struct.unpack_from("<L", tail, end + 12)
    if directory > _MOST_DIRECTORY_BYTES or tail.rfind(_BEFORE_END, 0, end) >= 0:
        raise TooLarge(Message("it lists far more arrays than a recording has"))
    file.seek(0)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB".replace(",", " ")
