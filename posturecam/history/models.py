"""The records of sitting as values: seconds by category, minute by minute, and events. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from operator import add
from typing import TYPE_CHECKING

from posturecam.alerts.text import Because, BreakOffer
from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.reasons import KeptReason, reason_of

if TYPE_CHECKING:
    from posturecam.posture.records.evidence import Evidence

MINUTE = 60
DAY = 86400
EPOCH = date(1970, 1, 1)
"""The day from which seconds are counted."""
LAST_MOMENT = 32_000_000_000.0
"""Latest valid moment, seconds since 1970 (in the year 2984): later times are wrong, and some systems' calendars end there."""


class TimeCategory(StrEnum):
    """How a moment was spent: the monitor's phases, and times that are deliberately not measured."""

    UPRIGHT = "upright"
    DRIFTING = "drifting"
    SLOUCHING = "slouching"
    RECOVERING = "recovering"
    """Alerted; just upright again. Summaries count it as upright, because the person sits up."""
    UNKNOWN = "unknown"
    """Watched, but the posture was unknown."""
    AWAY = "away"
    PAUSED = "paused"
    """Paused by the user."""
    OFF = "off"
    """Locked, asleep or out of schedule: the camera is closed."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each kind, in the order of `TimeCategory`. Unknown time counts neither as good nor as bad."""

    upright: float = 0.0
    drifting: float = 0.0
    slouching: float = 0.0
    recovering: float = 0.0
    unknown: float = 0.0
    away: float = 0.0
    paused: float = 0.0
    off: float = 0.0

    def of(self, what: TimeCategory) -> float:
        """Seconds of one kind, as they were counted."""
        return self.parts[INDEX[what]]

    @property
    def parts(self) -> tuple[float, ...]:
        """All of them, in the order of `TimeCategory`."""
        return (
            self.upright, self.drifting, self.slouching, self.recovering, self.unknown, self.away, self.paused, self.off
        )  # fmt: skip

    @property
    def sat_up(self) -> float:
        """Seconds upright, including recovering."""
        return self.upright + self.recovering

    @property
    def measured(self) -> float:
        """Seconds in which somebody was there and the posture was known."""
        return self.sat_up + self.drifting + self.slouching

    @property
    def watched(self) -> float:
        """Seconds in which the camera watched: measured, unknown and away."""
        return self.measured + self.unknown + self.away

    @property
    def total(self) -> float:
        """Seconds of every kind."""
        return sum(self.parts)

    @property
    def upright_share(self) -> float | None:
        """Upright share of the measured time (with recovering), 0 to 1; None if nothing was measured."""
        return _share(self.sat_up, self.measured)

    @property
    def drifting_share(self) -> float | None:
        """Drifting fraction of the measured time, 0 to 1; None if nothing was measured."""
        return _share(self.drifting, self.measured)

    @property
    def slouching_share(self) -> float | None:
        """Slouching fraction of the measured time, 0 to 1; None if nothing was measured."""
        return _share(self.slouching, self.measured)

    @property
    def unknown_share(self) -> float | None:
        """Unknown fraction of the watched time, 0 to 1; None if nothing was watched."""
        return _share(self.unknown, self.watched)

    @property
    def away_share(self) -> float | None:
        """Fraction of the watched time spent away, 0 to 1; None if nothing was watched."""
        return _share(self.away, self.watched)

    def __add__(self, other: Times) -> Times:
        return Times(*map(add, self.parts, other.parts))

    def scaled(self, factor: float) -> Times:
        """All categories multiplied by a factor."""
        return Times(*(part * factor for part in self.parts))


INDEX: Mapping[TimeCategory, int] = {what: index for index, what in enumerate(TimeCategory)}
assert tuple(TimeCategory) == tuple(field.name for field in fields(Times))


def total(many: Iterable[Times]) -> Times:
    """Sum of all of them."""
    return Times(*map(sum, zip(*(one.parts for one in many), strict=True)))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def local_date(at: float, utc_offset: float) -> date:
    """The day on the wall at a moment (seconds since 1970, UTC), by the local clock's offset then (seconds)."""
    return EPOCH + timedelta(days=math.floor((at + utc_offset) / DAY))


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute as it was kept."""

    minute: int
    """Minutes since 1970, UTC."""
    utc_offset: float
    """UTC offset of the local clock then, seconds: it gives the day and hour."""
    times: Times
    """At most 60 seconds together; less if posturecam did not run for all of it."""

    @property
    def at(self) -> float:
        """When it began, seconds since 1970, UTC."""
        return float(self.minute * MINUTE)

    @property
    def date(self) -> date:
        """The local day."""
        return local_date(self.at, self.utc_offset)

    @property
    def hour(self) -> int:
        """The local hour, 0 to 23."""
        return int((self.at + self.utc_offset) % DAY // 3600)


class EventKind(StrEnum):
    """The kinds of events."""

    SLOUCH_TOLD = "slouch_told"
    SLOUCH_ENDED = "slouch_ended"
    ANSWER = "answer"
    """The user's answer to an alert; "fine" means that it was not needed."""
    BREAK_OFFERED = "break_offered"
    BREAK_TAKEN = "break_taken"
    PAUSED = "paused"
    RESUMED = "resumed"
    CALIBRATED = "calibrated"
    BASELINE_OUTDATED = "baseline_outdated"
    CAMERA_LOST = "camera_lost"
    CAMERA_BACK = "camera_back"
    LEFT_DESK = "left_desk"
    CAME_BACK = "came_back"


Detail = float | str | KeptReason | None

DETAILS: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.SLOUCH_TOLD: ("severity", "cause", "change", "seconds"),
    EventKind.SLOUCH_ENDED: ("seconds",),
    EventKind.ANSWER: ("answer",),
    EventKind.BREAK_OFFERED: ("reason", "seconds", "slouches", "said"),
    EventKind.BREAK_TAKEN: (),
    EventKind.PAUSED: ("reason", "seconds", "said"),
    EventKind.RESUMED: ("reason",),
    EventKind.CALIBRATED: ("view", "quality"),
    EventKind.BASELINE_OUTDATED: ("view", "reason"),
    EventKind.CAMERA_LOST: ("reason",),
    EventKind.CAMERA_BACK: (),
    EventKind.LEFT_DESK: (),
    EventKind.CAME_BACK: (),
}
"""The details that each kind may have; one that is missing or None is unknown.

`severity` is "mild", "moderate" or "severe"; `cause` a measure (`posturecam.posture.measures.Name`) and `change` how far it was from the
baseline, in its own unit; `seconds` how long the slouch had lasted (the pause is to last, somebody had been sitting); `answer`
a `posturecam.alerts.policy.Response`; `view` a `posturecam.posture.view.View`; `quality` "good" or "fair"; `slouches` the number
of recent alerts. `reason` is a code: of a break a `posturecam.alerts.text.Because`, of a pause one of `PAUSES`, of a baseline
what `posturecam.posture.reasons.kept_reason` makes. `said` is a text saved by an older posturecam, in its language at that time.
"""
PAUSES: Mapping[str, str] = {
    "user": mark("you paused posturecam"),
    "setup": mark("the setup is not finished"),
    "schedule": mark("outside the hours you chose"),
}
"""The reasons of a pause, by code. What the system did (locked, asleep) is deliberately not recorded."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """Something that happened.

    Raises:
        TypeError: for a detail that its kind does not have: an error in the program, as a wrong argument is.
    """

    at: float
    """Seconds since 1970, UTC."""
    utc_offset: float
    """UTC offset of the local clock then, seconds."""
    kind: EventKind
    details: Mapping[str, Detail]
    evidence: Evidence | None = None
    """The evidence of an alert, if it was saved and requested."""

    def __post_init__(self) -> None:
        strange = self.details.keys() - set(DETAILS[self.kind])
        if strange:
            raise TypeError(f"{self.kind} has no detail {', '.join(sorted(strange))}")

    @property
    def date(self) -> date:
        """The local day."""
        return local_date(self.at, self.utc_offset)

    @property
    def why(self) -> Message | None:
        """Its reason in English, to be shown in the user's language; None if there is none or it is unknown."""
        reason, said = self.details.get("reason"), self.details.get("said")
        if isinstance(said, str):
            return Message(said)
        match self.kind:
            case EventKind.BREAK_OFFERED if reason in tuple(Because):
                seconds, slouches = (_number(self.details.get(name)) for name in ("seconds", "slouches"))
                return Message(BreakOffer(Because(str(reason)), seconds, int(slouches)).words.body)
            case EventKind.PAUSED if isinstance(reason, str):
                return Message(PAUSES[reason]) if reason in PAUSES else None
            case EventKind.BASELINE_OUTDATED if reason is not None:
                with suppress(ValueError):
                    return reason_of(reason).text
        return None


def _number(detail: Detail) -> float:
    return detail if isinstance(detail, int | float) else 0.0
