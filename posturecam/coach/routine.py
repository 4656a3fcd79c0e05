"""What a routine is, and what its file shares with an exercise's: frozen types, checked when they are made.

One routine is one TOML file (`docs/exercises.md`).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]
BodyPart = Literal["head", "shoulders", "elbows", "hands", "hips", "knees", "feet"]


class FilePart(BaseModel):
    """A part of an exercise's or a routine's file: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Dose(FilePart):
    """How long and how often."""

    hold: float = Field(gt=0, le=600)
    """Seconds."""
    reps: int = Field(ge=1, le=100)
    """For each side, where sides are apart; in all, where they alternate."""
    rest: float = Field(8.0, ge=0, le=300)
    """Seconds between two holds."""
    source: str = ""
    """Where the dose comes from."""


class DeskForm(FilePart):
    """How an exercise is done as a part of a short break at the desk, before the camera that stands there."""

    part: Literal["neck", "shoulders", "back", "arms"]
    """What it is for, so that a break does something for each."""
    say: Text
    """What to do, in a sentence or two, said before it begins."""
    how: tuple[Text, ...] = Field(min_length=1)
    """How to do it there, in steps: without a word of where the camera stands."""
    needs: tuple[BodyPart, ...] | None = None
    """What the camera must see there to judge it; not given, the same as elsewhere."""
    hold: float = Field(gt=0, le=60)
    """Seconds."""
    reps: int = Field(ge=1, le=20)
    rest: float = Field(2.0, ge=0, le=30)


class Step(FilePart):
    """One exercise of a routine."""

    exercise: Identifier
    variant: str | None = None
    hold: float | None = Field(None, gt=0, le=600)
    reps: int | None = Field(None, ge=1, le=100)
    rest: float | None = Field(None, ge=0, le=300)


class Routine(FilePart):
    """Exercises in order, as one TOML file says them."""

    id: Identifier
    title: Text
    why: Text
    minutes: float = Field(gt=0)
    """About how long it takes."""
    steps: tuple[Step, ...] = ()
    pick: Literal["desk"] | None = None
    """In place of steps: what is done is picked anew each time, for the camera, the time and what was done before."""

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if (self.pick is None) != bool(self.steps):
            raise ValueError("a routine has either steps or pick")
        return self
