"""The app as a whole: its start and end, its windows, the tray, and control from outside."""

from posturecam.desktop.plain_imports import import_plainly

import_plainly()
