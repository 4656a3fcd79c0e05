"""Gives memory that is free within the process back to the computer."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Give back what was freed; to be called where much was, such as after a model was put away.

    The GNU C library keeps freed memory between what is still in use, for later; after a model was loaded that is some 40 MB
    that are never wanted again. Other systems' libraries give it back by themselves, and there this does nothing.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
