"""Returns memory that the process has freed to the operating system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Return freed memory; call it after freeing much, such as a model.

    The GNU C library keeps freed memory between what is still in use, for later; after loading a model, that is some 40 MB
    that are never needed again. Other systems' libraries return it on their own, and there this does nothing.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
