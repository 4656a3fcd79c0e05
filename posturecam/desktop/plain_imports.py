"""Keeps PySide from reading the source of every module that is imported after it."""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401  # replaces the import function


def import_plainly() -> None:
    """Import as if PySide were not there; call it before anything large is imported.

    PySide replaces Python's import function to offer `from __feature__ import snake_case`, which is not used here. Its own function
    searches each module imported afterwards for the word "PySide6" and keeps the source it has read: 15 MB, and 0.1 s of a
    processor.
    """
    before = getattr(builtins, "__orig_import__", None)  # PySide's name for the function that it replaced
    if before is not None:
        builtins.__import__ = before
