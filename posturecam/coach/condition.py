"""The conditions of an exercise: bounds of a measure, with looser exit bounds. Immutable types, validated on creation."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from posturecam.coach.stretch_measures import MEASURES
from posturecam.i18n.message import printable

MOST_WORDS = 7
"""A cue must be short to be understood with the head down and in motion."""
LONGEST_WINDOW = 5.0
"""Most seconds over which a condition may look at a measure; older values are not kept."""


def _on_a_line(text: Any) -> Any:
    """A text that can be shown and spoken anywhere: no line breaks, no control characters, on which a terminal would act, and no space around it."""
    return " ".join(printable(text).split()) if isinstance(text, str) else text


def _spoken(text: str) -> str:
    """Validate a cue: few words, and no figures or degrees, since nobody can see or judge a degree of their own body."""
    if not text:
        raise ValueError("a cue must not be empty")
    if len(text.split()) > MOST_WORDS:
        raise ValueError(f"a cue has at most {MOST_WORDS} words, and this one has {len(text.split())}")
    if re.search(r"\d|°|\bdegrees?\b", text, re.IGNORECASE):
        raise ValueError("a cue names no figures and no degrees")
    return text


def _known_measure(name: str) -> str:
    if name not in MEASURES:
        near = difflib.get_close_matches(name, MEASURES, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; known are {', '.join(MEASURES)}"
        raise ValueError(f"there is no measure {name!r}{hint}")
    return name


Cue = Annotated[str, BeforeValidator(_on_a_line), AfterValidator(_spoken)]
"""Words spoken to the user: at most seven, no degrees."""
MeasureName = Annotated[str, AfterValidator(_known_measure)]
IDENTIFIER = r"[a-z][a-z0-9_]*"
"""What an identifier is made of, as a regular expression."""
Identifier = Annotated[str, Field(pattern=rf"^{IDENTIFIER}$", max_length=40)]
Text = Annotated[str, BeforeValidator(_on_a_line), Field(min_length=1)]


class BoundKind(StrEnum):
    """Which quantity of a measure is compared with the bounds."""

    VALUE = "value"
    CHANGE = "change"
    """The value minus that of the start pose."""
    RATIO = "ratio"
    """The value divided by that of the start pose."""
    SHARE = "share"
    """The value divided by the user's own best from earlier repetitions; unknown, and then waived, before there is
    one."""
    SWING = "swing"
    """Movement there and back within the window: the smaller of its largest rise and its largest fall. Slow sinking
    does not count."""
    SPEED = "speed"
    """Absolute rate of change per second, averaged over the window."""
    RETURN = "return"
    """How far the depth has come back from the deepest of this hold; only for a release."""

    @property
    def windowed(self) -> bool:
        """Whether it needs a window of time."""
        return self in (BoundKind.SWING, BoundKind.SPEED)


START_VALUES: Mapping[BoundKind, float] = {BoundKind.CHANGE: 0.0, BoundKind.RATIO: 1.0}
"""The value of the start pose itself, in the kinds that are relative to it."""


class ExercisePart(BaseModel):
    """A part of an exercise's file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Bounds(ExercisePart):
    """Bounds that replace a condition's own: those of a variant, or those used if no start pose is known."""

    at_least: float | None = None
    at_most: float | None = None
    exit_at_least: float | None = None
    exit_at_most: float | None = None


class Condition(ExercisePart):
    """A measure within bounds; once it holds, it keeps holding within the looser exit bounds (hysteresis)."""

    id: Identifier = ""
    """Empty takes the measure's name; variants and tests refer to it."""
    measure: MeasureName
    kind: BoundKind = Field(BoundKind.VALUE, alias="as")
    window: float | None = Field(None, gt=0, le=LONGEST_WINDOW)
    """Seconds; for a swing or a speed."""
    at_least: float | None = None
    at_most: float | None = None
    exit_at_least: float | None = None
    """Where it stops holding; if omitted, at the bound itself."""
    exit_at_most: float | None = None
    advisory: bool = False
    """Checked on entering only, and waived there if unknown; it never ends a hold."""
    if_seen: bool = False
    """Waived while it is unknown, and otherwise like any other: for body parts that a desk may hide."""
    hint: Cue | None = None
    """Said if this condition prevents the start pose from being taken; of `enter`, if nothing but such conditions is missing."""
    without_start: Bounds | None = None
    """Bounds of the value itself, for use if its change is unknown because no start pose was taken."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("id") and isinstance(data.get("measure"), str):
            return {**data, "id": data["measure"]}
        return data

    @model_validator(mode="after")
    def _bounds_make_sense(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"{self.id} needs at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"{self.id}: at_least {self.at_least:g} is above at_most {self.at_most:g}")
        for exit_, bound, sign, name in (
            (self.exit_at_least, self.at_least, 1, "at_least"),
            (self.exit_at_most, self.at_most, -1, "at_most"),
        ):
            if exit_ is not None and bound is None:
                raise ValueError(f"{self.id}: exit_{name} {exit_:g} needs {name}")
            if exit_ is not None and bound is not None and sign * (bound - exit_) < 0:
                raise ValueError(f"{self.id}: exit_{name} {exit_:g} must be looser than {name} {bound:g}")
        if self.kind.windowed != (self.window is not None):
            raise ValueError(f"{self.id}: a window is needed for a swing or a speed, and for nothing else")
        if self.without_start is not None and not self.is_relative:
            raise ValueError(f"{self.id}: without_start is for a change or a ratio")
        return self

    @property
    def is_relative(self) -> bool:
        """Whether it compares with the start pose."""
        return self.kind in START_VALUES

    @property
    def unstarted(self) -> Condition | None:
        """The condition to use without a start pose; None if there is none."""
        bounds = self.without_start
        if bounds is None:
            return None
        kept = self.model_dump(include={"id", "measure", "advisory", "if_seen"})
        return Condition.model_validate({**kept, **bounds.model_dump()})

    @property
    def has_hysteresis(self) -> bool:
        """Whether every bound has an exit bound that is truly looser."""
        low = self.at_least is None or (self.exit_at_least is not None and self.exit_at_least < self.at_least)
        high = self.at_most is None or (self.exit_at_most is not None and self.exit_at_most > self.at_most)
        return low and high

    def holds(self, value: float, already: bool = False) -> bool:
        """Whether the value is within the bounds; within the exit bounds if it held `already`."""
        low, high = self.at_least, self.at_most
        if already:
            low = low if self.exit_at_least is None else self.exit_at_least
            high = high if self.exit_at_most is None else self.exit_at_most
        return (low is None or value >= low) and (high is None or value <= high)
