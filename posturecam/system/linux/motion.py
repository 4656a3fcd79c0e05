"""Whether the user has switched the desktop's animations off: GNOME and its relatives keep it in their settings, KDE in a file of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping

from posturecam.system.linux.do_not_disturb import parse_gsettings
from posturecam.system.reader import Unreadable
from posturecam.system.tools import Run, run_tool

_SCHEMAS = {
    "GNOME": "org.gnome.desktop.interface",
    "UNITY": "org.gnome.desktop.interface",
    "BUDGIE": "org.gnome.desktop.interface",
    "PANTHEON": "org.gnome.desktop.interface",
    "X-CINNAMON": "org.cinnamon.desktop.interface",
    "MATE": "org.mate.interface",
}
"""By the desktop's name in $XDG_CURRENT_DESKTOP: which has the key enable-animations."""
_KDE = ("--file", "kdeglobals", "--group", "KDE", "--key", "AnimationDurationFactor", "--default", "1")


def animations_are_off(run: Run = run_tool, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this desktop is to show no animations.

    Raises:
        Unreadable: if this desktop does not report it.
    """
    desktops = environment.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    for desktop in desktops:
        if desktop in _SCHEMAS:
            return parse_gsettings(run(("gsettings", "get", _SCHEMAS[desktop], "enable-animations")), "false")
    if "KDE" not in desktops:
        raise Unreadable("this desktop has no setting for animations that is known")
    version = environment.get("KDE_SESSION_VERSION", "6")
    said = run((f"kreadconfig{version}", *_KDE)).strip()
    try:
        return float(said) == 0
    except ValueError:
        raise Unreadable(f"kreadconfig{version} gave {said[:40]!r}") from None
