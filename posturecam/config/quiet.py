"""Native libraries that chatter on standard error and have no setting for it: MediaPipe, libpng, OpenCV's video writer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def without_stderr() -> Iterator[None]:
    """Send the process's own standard error nowhere for a moment. What other threads write then is lost too."""
    try:
        saved = os.dup(2)
    except OSError:  # a program without a console has none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
