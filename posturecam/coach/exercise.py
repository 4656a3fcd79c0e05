"""The definition of an exercise: immutable types, validated on creation. One exercise is one TOML file (`docs/exercises.md`).

Units: degrees, seconds, T0 (the trunk's length when upright), or a ratio, as the measure named says.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from posturecam.coach.condition import BoundKind, Bounds, Condition, Cue, ExercisePart, Identifier, MeasureName, Text
from posturecam.coach.routine import BodyPart, DeskForm
from posturecam.coach.stretch_measures import TO_THE_WORKING_SIDE
from posturecam.i18n.words import mark
from posturecam.posture.view import View

AT_THE_DESK = mark(
    "Stay where you are. What the camera cannot judge from there is only timed; without a camera, everything is."
)
"""The camera placement in a break: wherever it is."""


class Side(StrEnum):
    """A side of the person's own body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class Sides(StrEnum):
    """How an exercise uses the two sides of the body."""

    NONE = "none"
    """Both sides work together."""
    EACH = "each"
    """All repetitions of one side, then all of the other."""
    ALTERNATE = "alternate"
    """A repetition to one side, then one to the other."""


class Trust(StrEnum):
    """How well a camera can judge the exercise; shown to the user."""

    HIGH = "high"
    """Clear in the skeleton."""
    MEDIUM = "medium"
    """Judged indirectly, by something that moves along."""
    LOW = "low"
    """Guide and time only."""
    TIME = "time"
    """Timed only: nothing is judged, and nobody needs to be in the picture."""


class Facing(StrEnum):
    """The camera angle that an exercise needs."""

    SIDE = "side"
    FRONT = "front"
    FRONT_OBLIQUE = "front oblique"
    """Between front and side; the front and the side themselves are also taken."""
    ANYWHERE = "anywhere"
    """For exercises that are only timed."""

    def allows(self, view: View) -> bool:
        """Whether the exercise can be judged from this view."""
        if self is Facing.SIDE:
            return view.is_side
        if self is Facing.FRONT:
            return view is View.FRONT or view.is_oblique
        return self is Facing.ANYWHERE or view is not View.UNKNOWN


class Stage(ExercisePart):
    """Conditions that must hold together for some time; in a timed exercise, the time to get into position."""

    seconds: float = Field(ge=0, le=5)
    conditions: tuple[Condition, ...] = ()
    cue: Cue | None = None
    """Said to guide the user into this stage."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [condition.id for condition in self.conditions]
        if len(set(ids)) != len(ids):
            raise ValueError(
                f"two conditions have the same id: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}"
            )
        return self


class FaultKind(StrEnum):
    """The kind of a fault; it decides which fault is mentioned first, and whether after pain."""

    SAFETY = "safety"
    FORM = "form"
    FURTHER = "further"
    """A fault of form whose correction leads further into the stretch, which nobody with pain is asked to do."""


class FormFault(ExercisePart):
    """A mistake, present while all its conditions hold; its cue is said once it has lasted."""

    id: Identifier
    text: Text
    """For the summary: "knees popping up"."""
    cue: Cue
    kind: FaultKind = FaultKind.FORM
    priority: int = Field(5, ge=1, le=9)
    """1 is said before 9, among faults of one kind."""
    during: tuple[Literal["entering", "hold", "release"], ...] = ("hold",)
    lasting: float | None = Field(None, ge=0, le=10)
    """Seconds it must last; if omitted, `stretch.fault_lasting`. A fast drop is over sooner, so it sets its own."""
    when: tuple[Condition, ...] = Field(min_length=1)


class Depth(ExercisePart):
    """How far the stretch goes: a score, never a gate."""

    measure: MeasureName
    kind: Literal[BoundKind.VALUE, BoundKind.CHANGE, BoundKind.RATIO] = Field(BoundKind.VALUE, alias="as")
    better: Literal["lower", "higher"]
    levels: tuple[float, ...] = ()
    """The levels of the standard, from first to last, for the strict grade, which is separate from counting."""
    step: float = Field(gt=0)
    """The personal target is the user's best plus this, and at most the best of a week ago plus this."""
    reach: bool = False
    """Also report how far down the leg the fingertips reach."""
    cue: Cue
    """Said to encourage going further; never in the last third of a hold, near the user's own best, or after pain."""

    @model_validator(mode="after")
    def _levels_in_order(self) -> Self:
        deeper = [self.is_better(b, a) for a, b in zip(self.levels, self.levels[1:], strict=False)]
        if not all(deeper):
            raise ValueError(f"levels must each be deeper ({self.better}) than the one before, got {list(self.levels)}")
        return self

    def is_better(self, a: float, than: float) -> bool:
        """Whether the first depth is the deeper one."""
        return a < than if self.better == "lower" else a > than

    def better_of(self, a: float | None, b: float | None) -> float | None:
        """The deeper of two depths, if known."""
        if a is None or b is None:
            return b if a is None else a
        return a if self.is_better(a, b) else b

    @property
    def is_a_fall(self) -> bool:
        """Whether it is how far a measure went down from the start pose, which people read without a minus."""
        return self.kind is BoundKind.CHANGE and self.better == "lower"

    def told(self, depth: float) -> float:
        """The depth as people read it: a head that came back by 0.08 has a depth of 0.08, not of -0.08."""
        return -depth if self.is_a_fall else depth

    def level(self, depth: float) -> int:
        """How many levels of the standard are reached."""
        return sum(not self.is_better(level, depth) for level in self.levels)

    def further(self, depth: float, by: float) -> float:
        """A depth deeper by this much."""
        return depth - by if self.better == "lower" else depth + by


class Dose(ExercisePart):
    """How long and how often."""

    hold: float = Field(gt=0, le=600)
    """Seconds."""
    reps: int = Field(ge=1, le=100)
    """For each side if sides are done separately; in total if they alternate."""
    rest: float = Field(8.0, ge=0, le=300)
    """Seconds between two holds."""
    source: str = ""
    """Where the dose comes from."""


class Placement(ExercisePart):
    """Where the camera stands, and what it must see."""

    facing: Facing
    text: Text
    """Text for the user."""
    needs: tuple[BodyPart, ...] = ()
    """What must be in the picture before it starts."""
    off_side: float = Field(25.0, ge=0, le=60)
    """From the side: how far the camera may be off the exact side view, degrees, with the measures still good
    enough."""


class Trusted(ExercisePart):
    """What the camera can and cannot judge."""

    level: Trust
    judges: Text
    cannot: Text


class FrontForm(ExercisePart):
    """How a camera in front judges, in a break at the desk, what elsewhere needs a camera at the side."""

    needs: tuple[BodyPart, ...]
    """What must be in the picture."""
    trust: Trusted
    start: Stage
    enter: Stage
    faults: tuple[FormFault, ...] = ()


class VariantBounds(Bounds):
    """A variant's changes to the bounds of a condition."""

    without_start: Bounds | None = None


class Variant(ExercisePart):
    """An easier or different form of the same exercise."""

    title: Text
    about: Text
    """When to choose it."""
    how: tuple[Text, ...] = Field(min_length=1)
    waive: tuple[str, ...] = ()
    """Conditions ("enter.elbow_angle") and faults ("knees_up") that are not judged."""
    bounds: dict[str, VariantBounds] = Field(default_factory=dict)
    """Other bounds for conditions, by stage and id: "start.knee_angle"."""
    levels: tuple[float, ...] | None = None
    """Other depth levels."""


class Exercise(ExercisePart):
    """One exercise, as defined by one TOML file."""

    id: Identifier
    title: Text
    why: Text
    """Why it helps."""
    how: tuple[Text, ...] = Field(min_length=1)
    """How to do it, in steps."""
    position: Literal["floor", "chair", "standing"]
    head_down: bool = False
    """The user cannot see the screen, so everything is spoken."""
    sides: Sides = Sides.NONE
    placement: Placement
    trust: Trusted
    dose: Dose
    start: Stage = Stage(seconds=0)
    enter: Stage
    release: Stage | None = None
    """What ends a repetition; if omitted, leaving the exit bounds of `enter` does."""
    release_cue: Cue = "Slowly come back"
    depth: Depth | None = None
    faults: tuple[FormFault, ...] = ()
    cautions: tuple[Text, ...] = Field(min_length=1)
    skip_if: tuple[Text, ...] = ()
    """Who should skip it."""
    desk: DeskForm | None = None
    """How it is done in a break at the desk; None if it is not."""
    from_front: FrontForm | None = None
    """How a camera in front judges it there; None if in the same way as any other camera."""
    variants: dict[Identifier, Variant] = Field(default_factory=dict)
    variant: str | None = None
    """Which variant this is; None is the exercise itself."""
    sources: tuple[Text, ...] = ()
    """What has been published about it, for people; where the bounds come from is a comment of the file."""

    @model_validator(mode="after")
    def _judged_or_timed(self) -> Self:
        stages = (("start", self.start), ("enter", self.enter), ("release", self.release))
        if self.is_timed:
            judged = [name for name, stage in stages if stage is not None and stage.conditions]
            judged += [name for name in ("depth", "faults", "variants") if getattr(self, name)]
            judged += ["placement.needs"] if self.placement.needs else []
            if judged:
                raise ValueError(f"what is only timed (trust.level) judges nothing, but it has {', '.join(judged)}")
        for name, stage in () if self.is_timed else stages:
            if stage is not None and not stage.conditions:
                raise ValueError(f'{name} needs conditions; without any it is only timed, trust.level = "time"')
            if stage is not None and name != "start":
                _refuse_unjudged(stage, name)
        if (self.placement.facing is Facing.ANYWHERE) != self.is_timed:
            raise ValueError('placement.facing = "anywhere" is for what is only timed, and for nothing else')
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for condition in self.enter.conditions:
            if not condition.advisory and not condition.has_hysteresis:
                raise ValueError(f"enter.{condition.id} needs exit bounds looser than its own")
        for stage, name in ((self.start, "start"), (self.enter, "enter"), (self.release, "release")):
            for condition in stage.conditions if stage else ():
                if condition.kind.windowed:
                    raise ValueError(f"{name}.{condition.id}: a {condition.kind} is for faults only")
                deepens = self.depth is not None and self.depth.measure == condition.measure
                if condition.kind is BoundKind.RETURN and (name != "release" or not deepens):
                    raise ValueError(f"{name}.{condition.id}: a return is for the depth's measure in a release")
                if name == "start" and condition.kind is not BoundKind.VALUE:
                    raise ValueError(f"start.{condition.id}: before the start there is only the value itself")
        ids = [fault.id for fault in self.faults]
        if len(set(ids)) != len(ids):
            raise ValueError(f"two faults have the same id: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}")
        for name in self.variants:
            self.as_variant(name)
        if self.from_front is not None:
            self.at_desk(View.FRONT)
        return self

    @property
    def key(self) -> str:
        """The key under which its depths are saved: the id and the variant, since depths of variants are not comparable."""
        return self.id if self.variant is None else f"{self.id}/{self.variant}"

    @property
    def is_timed(self) -> bool:
        """Whether it is only timed."""
        return self.trust.level is Trust.TIME

    @property
    def is_break(self) -> bool:
        """Always false; a `posturecam.coach.routine.Routine` may be a break."""
        return False

    @property
    def needs_start(self) -> bool:
        """Whether the pose can only be judged relative to the start pose; otherwise it counts however the user got into it."""
        stages = (self.enter, self.release)
        conditions = [one for stage in stages if stage for one in stage.conditions if not (one.advisory or one.if_seen)]
        return any(one.is_relative and one.without_start is None for one in conditions)

    @property
    def names_sides(self) -> bool:
        """Whether its sides are called left and right: the camera can tell them apart, or they are only announced.

        Otherwise the user chooses one, and nobody knows which: in a lunge the model mixes up one in ten of two legs that cross.
        """
        return self.is_timed or any(one.measure in TO_THE_WORKING_SIDE for one in self.enter.conditions)

    @property
    def holds(self) -> int:
        """Number of repetitions on both sides."""
        return self.dose.reps * (2 if self.sides is Sides.EACH else 1)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure it needs, without duplicates."""
        stages = (self.start, self.enter, self.release)
        conditions = [condition for stage in stages if stage for condition in stage.conditions]
        conditions += [condition for fault in self.faults for condition in fault.when]
        names = [one.measure for one in conditions] + ([self.depth.measure] if self.depth else [])
        return tuple(dict.fromkeys([*names, *(["reach"] if self.depth and self.depth.reach else [])]))

    def with_dose(self, hold: float | None = None, reps: int | None = None, rest: float | None = None) -> Exercise:
        """The same exercise with another dose."""
        changed = {"hold": hold, "reps": reps, "rest": rest}
        dose = {**self.dose.model_dump(), **{key: value for key, value in changed.items() if value is not None}}
        return self.model_copy(update={"dose": Dose.model_validate(dose)})

    def at_desk(self, view: View = View.UNKNOWN) -> Exercise:
        """The exercise as done in a break at the desk, with the camera at this angle; unknown counts as in front.

        Raises:
            ValueError: if it is not done there.
        """
        if self.desk is None:
            raise ValueError(f"{self.id} is no exercise for the desk: its file has no [desk]")
        needs = self.placement.needs if self.desk.needs is None else self.desk.needs
        placement = self.placement.model_copy(update={"needs": needs, "text": AT_THE_DESK})
        dosed = self.with_dose(self.desk.hold, self.desk.reps, self.desk.rest)
        sitting = dosed.model_copy(update={"how": self.desk.how, "placement": placement, "variants": {}})
        return sitting if self.from_front is None or view.is_side else sitting._seen_from_front(self.from_front)

    def _seen_from_front(self, form: FrontForm) -> Exercise:
        placement = self.placement.model_copy(update={"facing": Facing.FRONT, "needs": form.needs})
        parts = {name: getattr(form, name) for name in ("trust", "start", "enter", "faults")}
        mine = {name: getattr(self, name) for name in type(self).model_fields}
        other = {"placement": placement, "release": None, "depth": None, "from_front": None}
        return type(self).model_validate({**mine, **parts, **other})

    def as_variant(self, name: str) -> Exercise:
        """The exercise in one of its variants.

        Raises:
            ValueError: if there is no such variant, or it names a condition or fault that is not there.
        """
        if name not in self.variants:
            known = ", ".join(self.variants) or "none"
            raise ValueError(f"{self.id} has no variant {name!r}; it has {known}")
        variant = self.variants[name]
        stages: dict[str, Stage | None] = {"start": self.start, "enter": self.enter, "release": self.release}
        conditions = {f"{part}.{c.id}" for part, stage in stages.items() if stage for c in stage.conditions}
        faults = {fault.id for fault in self.faults}
        for one in variant.waive:
            if one not in conditions | faults:
                raise ValueError(f"variants.{name} names {one!r}, which is neither a condition nor a fault")
        for one in variant.bounds:
            if one not in conditions:
                raise ValueError(f"variants.{name}.bounds names {one!r}, which is not a condition")
        changed = {part: _changed(stage, part, variant) for part, stage in stages.items() if stage is not None}
        for part, stage in changed.items():
            if part != "start":
                _refuse_unjudged(stage, f"variants.{name}: {part}")
        depth = self.depth
        if depth is not None and variant.levels is not None:
            depth = Depth.model_validate({**depth.model_dump(), "levels": variant.levels})
        return self.model_copy(
            update={
                **changed,
                "depth": depth,
                "how": variant.how,
                "faults": tuple(fault for fault in self.faults if fault.id not in variant.waive),
                "variants": {},
                "variant": name,
                "title": f"{self.title}: {variant.title}",
            }
        )


def _refuse_unjudged(stage: Stage, name: str) -> None:
    """Refuse a stage without a condition that is never waived: it would be met while nobody is in the picture."""
    firm = [one for one in stage.conditions if not (one.advisory or one.if_seen or one.kind is BoundKind.SHARE)]
    if not firm:
        raise ValueError(f"{name} needs a condition that is never waived: neither advisory nor if_seen, and no share")


def _changed(stage: Stage, part: str, variant: Variant) -> Stage:
    kept = []
    for condition in stage.conditions:
        path = f"{part}.{condition.id}"
        if path in variant.waive:
            continue
        if path in variant.bounds:
            other = variant.bounds[path].model_dump(exclude_none=True)
            condition = Condition.model_validate({**condition.model_dump(), **other})
            if part == "enter" and not condition.advisory and not condition.has_hysteresis:
                raise ValueError(f"the variant's bounds of {path} need exit bounds looser than its own")
        kept.append(condition)
    return Stage.model_validate({**stage.model_dump(), "conditions": tuple(kept)})
