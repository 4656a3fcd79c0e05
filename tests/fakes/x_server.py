"""A separate screen: an X server without a display (Xvfb)."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_numbers = itertools.count()
_FIRST, _SPAN = 1000, 30_000


@contextmanager
def x_server(size: str) -> Iterator[str]:
    """The name of a new display of this size ("800x600x24"), which ends with the context.

    Its number is its own. Servers that each take the lowest free number get in each other's way where tests run side by
    side: one that ends removes the socket of the one that has just taken its number.
    """
    number = _FIRST + (os.getpid() + 7919 * next(_numbers)) % _SPAN
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-displayfd", str(writing), "-screen", "0", size, "-noreset", "-nolisten", "tcp"],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        os.close(writing)
        with os.fdopen(reading) as told:
            assert told.readline().strip() == str(number), "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(20)
