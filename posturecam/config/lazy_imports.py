"""Avoids imports that are not needed.

MediaPipe needs some modules only for features not used here: plots with Matplotlib, and sound recording. Together they
cost 0.4 s of the time to the first picture and 30 MB, and the sound library opens every sound device to see what there
is. While MediaPipe is imported they are replaced by modules that load the real one when anything in it is first used,
so plotting with MediaPipe in the same process still works.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

UNUSED = ("matplotlib", "matplotlib.pyplot", "sounddevice")
"""Modules that MediaPipe 1.2 imports at once but needs only for parts not used here."""


class _OnFirstUse(ModuleType):
    """Stands in for a module until something in it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def deferred(names: tuple[str, ...] = UNUSED) -> Iterator[None]:
    """Within this block, import these modules only when something in them is used, unless they were imported before."""
    stand_ins = {name: _OnFirstUse(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    for name, module in stand_ins.items():
        package, _, part = name.rpartition(".")
        if package in stand_ins:
            setattr(stand_ins[package], part, module)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
