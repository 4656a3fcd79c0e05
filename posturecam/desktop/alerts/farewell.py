"""The note on where the window went, the first time it is closed."""

from __future__ import annotations

from collections.abc import Callable

from posturecam.config.files import is_noted, note
from posturecam.desktop.alerts.toast import Toast, ToastButton
from posturecam.i18n.translate import tr

_CLOSED_ONCE = "window-closed-once"
"""An empty file in the user's folder: the note was shown."""


def say_farewell(quit_app: Callable[[], None], *, tray: bool, still: bool, again: bool = False) -> Toast | None:
    """Tell the user that the app keeps running, and where; only once, afterwards None is returned.

    Args:
        quit_app: Ends the app.
        tray: Whether its icon is in the tray; otherwise the small window is shown.
        still: Whether the note appears without moving.
        again: Whether it was shown before in another language, and is still open.
    """
    if is_noted(_CLOSED_ONCE) and not again:
        return None
    note(_CLOSED_ONCE)
    words = (
        tr("Its icon is in the system tray. Click it to come back; quit from its menu.")
        if tray
        else tr("The small window stays. Open posturecam from it, or quit from its menu.")
    )
    buttons = ToastButton(tr("Got it"), lambda: None, "primary"), ToastButton(tr("Quit"), quit_app)
    return Toast(tr("posturecam keeps running"), words, buttons, None, still=still)
