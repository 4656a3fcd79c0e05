"""Routines, and what their files share with those of exercises: immutable types, validated on creation.

One routine is one TOML file (`docs/exercises.md`).
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from posturecam.coach.condition import ExercisePart, Identifier, Text

BodyPart = Literal["head", "shoulders", "elbows", "hands", "hips", "knees", "feet"]


class DeskForm(ExercisePart):
    """How an exercise is done in a short break at the desk, with the camera where it is."""

    part: Literal["neck", "shoulders", "back", "arms", "eyes"]
    """The part of the body it is for, so that a break does something for each."""
    say: Text
    """Instructions of a sentence or two, said before it begins."""
    how: tuple[Text, ...] = Field(min_length=1)
    """How to do it there, in steps, without mentioning where the camera stands."""
    needs: tuple[BodyPart, ...] | None = None
    """What the camera must see there to judge it; if omitted, the same as elsewhere."""
    hold: float = Field(gt=0, le=60)
    """Seconds."""
    reps: int = Field(ge=1, le=20)
    rest: float = Field(2.0, ge=0, le=30)


class Step(ExercisePart):
    """One exercise of a routine."""

    exercise: Identifier
    variant: str | None = None
    hold: float | None = Field(None, gt=0, le=600)
    reps: int | None = Field(None, ge=1, le=100)
    rest: float | None = Field(None, ge=0, le=300)


class Routine(ExercisePart):
    """Exercises in order, as defined by one TOML file."""

    id: Identifier
    title: Text
    why: Text
    minutes: float = Field(gt=0)
    """About how long it takes."""
    steps: tuple[Step, ...] = ()
    pick: Literal["desk"] | None = None
    """Instead of steps: the exercises are picked anew each time, for the camera, the time and what was done before."""

    @property
    def is_break(self) -> bool:
        """Whether it is a break at the desk, whose length the user chooses."""
        return self.pick is not None

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if (self.pick is None) != bool(self.steps):
            raise ValueError("a routine has either steps or pick")
        return self
