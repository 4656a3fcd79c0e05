"""Whether windows can be shown here."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Whether a window could be shown; OpenCV ends the whole process if it cannot."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
