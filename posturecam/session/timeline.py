"""The last hour, as spans of one sign each. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from posturecam.session.protocol.messages import TimelineSpan
from posturecam.session.protocol.sign import Sign

LENGTH = timedelta(hours=1)
_SHORTEST = timedelta(seconds=5)
"""A shorter span is too short to show on a timeline of an hour: it is merged into the next one."""
_LONGEST_GAP = timedelta(seconds=20)
"""A longer pause between two moments is a gap: the program did not run."""


def extended(hour: tuple[TimelineSpan, ...], at: datetime, sign: Sign) -> tuple[TimelineSpan, ...]:
    """Add the time until this moment, and drop what is older than an hour."""
    kept = hour[next((n for n, one in enumerate(hour) if one.end > at - LENGTH), len(hour)) :]
    if kept and at < kept[-1].end:  # the clock was set back
        kept = tuple(replace(one, end=min(one.end, at)) for one in kept if one.start < at)
    if not kept or at - kept[-1].end > _LONGEST_GAP:
        return (*kept, TimelineSpan(at, at, sign))
    last = kept[-1]
    if last.sign is sign:
        return (*kept[:-1], replace(last, end=at))
    if last.end - last.start >= _SHORTEST:
        return (*kept, TimelineSpan(last.end, at, sign))
    if len(kept) > 1 and kept[-2].sign is sign and kept[-2].end == last.start:
        return (*kept[:-2], replace(kept[-2], end=at))
    return (*kept[:-1], TimelineSpan(last.start, at, sign))
