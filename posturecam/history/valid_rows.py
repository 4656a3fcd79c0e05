"""Which rows of the history are valid: the tables check that values are numbers, but not their range.

A damaged disk, another program or a wrong clock can leave minus nine billion minutes, infinite seconds, or an offset of days. One
such row must not cost the user the others: it is skipped and counted. Written as SQL, so that millions of good rows cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from posturecam.coach.exercise import Side
from posturecam.history.models import DAY, DETAILS, LAST_MOMENT, MINUTE, Detail, EventKind, TimeCategory
from posturecam.posture.view import View

_FULL_MINUTE = MINUTE + 1
"""Most seconds that a minute may hold: 60, plus rounding."""
_DEEPEST = 10_000.0
"""Largest valid depth of a stretch in any unit (degrees or body lengths)."""

_OFFSET = f"utc_offset BETWEEN {1 - DAY} AND {DAY - 1}"
_KINDS = tuple(what.value for what in TimeCategory)
_TEXT = "typeof({0}) = 'text'"


def _one_of(column: str, values: type[Side] | type[View]) -> str:
    return f"{column} IN ({', '.join(repr(one.value) for one in values)})"


GOOD_MINUTE = " AND ".join(
    (
        f"minute BETWEEN 0 AND {int(LAST_MOMENT / MINUTE)}",
        _OFFSET,
        *(f"{kind} BETWEEN 0 AND {_FULL_MINUTE}" for kind in _KINDS),
        f"{' + '.join(_KINDS)} <= {_FULL_MINUTE}",
    )
)
GOOD_EVENT = f"at BETWEEN 0 AND {LAST_MOMENT} AND {_OFFSET} AND {_TEXT.format('kind')} AND {_TEXT.format('details')}"
GOOD_SESSION = " AND ".join(
    (
        f"began BETWEEN 0 AND {LAST_MOMENT}",
        _OFFSET,
        f"(ended IS NULL OR ended BETWEEN 0 AND {LAST_MOMENT})",
        *map(_TEXT.format, ("source", "title")),
    )
)
GOOD_REP = " AND ".join(
    (
        *(f"typeof({name}) IN ('integer', 'real') AND {name} BETWEEN {least} AND {LAST_MOMENT}" for name, least in (
            ("t", -LAST_MOMENT), ("seen", 0), ("unseen", 0), ("counted", 0), ("rep", 0), ("pieces", 0),
        )),
        f"(side IS NULL OR {_one_of('side', Side)})",
        _one_of("view", View),
        f"(depth IS NULL OR depth BETWEEN {-_DEEPEST} AND {_DEEPEST})",
        f"(reach IS NULL OR reach BETWEEN 0 AND {_DEEPEST})",
        "(level IS NULL OR typeof(level) = 'integer')",
        *map(_TEXT.format, ("exercise", "faults")),
    )
)  # fmt: skip


def known_details(kind: EventKind, found: Mapping[str, Any]) -> dict[str, Detail]:
    """The details of an event that its kind allows and that are texts or finite numbers; the reason may be a dictionary of these."""
    return {
        name: _writable(value)
        for name, value in found.items()
        if name in DETAILS[kind] and (_is_plain(value) or (name == "reason" and _is_kept_reason(value)))
    }


def _writable(value: Any) -> Any:
    """The text without lone surrogates, which JSON can contain but which cannot be shown or written."""
    if isinstance(value, dict):
        return {name: _writable(part) for name, part in value.items()}
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _is_kept_reason(value: object) -> bool:
    return isinstance(value, dict) and all(_is_plain(part) and part is not None for part in value.values())


def _is_plain(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return value is None or isinstance(value, str) or (isinstance(value, int | float) and math.isfinite(value))
    except OverflowError:  # an integer of hundreds of digits
        return False
