"""Fits what is shown to the size of the terminal, so that nothing that matters is cut off and no bar breaks into two."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.segment import Segment
from rich.text import Text

_ANY_WIDTH = 1000
"""Columns in which everything has room."""
_FRAME = 6
"""Columns that a line in a frame leaves to the frame: its corners, a piece of its edge and a space on either side."""


class WidestThatFits:
    """The first of several versions, from wide to narrow, that the terminal has room for; the last if it has room for none."""

    def __init__(self, *versions: RenderableType) -> None:
        """Take the versions, at least one."""
        self._versions = versions

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render it."""
        anything = options.update(width=_ANY_WIDTH)
        fitting = (one for one in self._versions if console.measure(one, options=anything).maximum <= options.max_width)
        yield next(fitting, self._versions[-1])


class HighestThatFits:
    """The first of several versions, ordered from tall to low, that fits the lines of the terminal; the last if none fits."""

    def __init__(self, *versions: RenderableType) -> None:
        """Take the versions, at least one."""
        self._versions = versions

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render it."""
        lines: list[list[Segment]] = []
        for one in self._versions:
            lines = console.render_lines(one, options, new_lines=True)
            if len(lines) <= options.max_height:
                break
        yield from itertools.chain.from_iterable(lines)  # rendered already


class Framed:
    """A panel with a note on its lower edge, or above that edge if the edge is too short for the note."""

    def __init__(self, parts: Sequence[RenderableType], title: str, note: str) -> None:
        """Take what is inside the frame, and the texts on it."""
        self._parts, self._title, self._note = parts, title, note

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render it."""
        on_edge = cell_len(self._note) + _FRAME <= options.max_width
        below = [] if on_edge else [Text(self._note, style="dim")]
        under = 1 if on_edge else 0  # below the note no space is left, since a low terminal cuts off what is below
        yield Panel(
            Group(*self._parts, *below),
            title=Text(self._title, overflow="ellipsis"),
            subtitle=Text(self._note) if on_edge else None,
            border_style="dim",
            padding=(1, 1, under, 1),
        )
