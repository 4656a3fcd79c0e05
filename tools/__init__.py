"""Tools for the people who develop posturecam; nothing here is installed for its users."""

from __future__ import annotations

import sys
from types import TracebackType


def _end(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Say that Ctrl-C ended a tool instead of showing where, also while it is still importing, which takes seconds."""
    if issubclass(kind, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, problem, trace)


if sys.argv[:1] == ["-m"]:  # what the interpreter writes there while `python -m tools.…` finds the tool
    sys.excepthook = _end
