"""One step of the coach under way, up to the start pose: set-up, count-in, start; and what is watched all along."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from posturecam.coach import events as on
from posturecam.coach.exercise import Condition, Exercise, Side
from posturecam.coach.judging.conditions import (
    DEPTH,
    LONGEST_WINDOW,
    ConditionInputs,
    FaultWatch,
    unmet,
    verdict,
    watch_fault,
    watched,
    why_unknown,
)
from posturecam.coach.judging.framing import framing_hint, near_left
from posturecam.coach.judging.state import CoachPhase, CoachState, Hint, Start
from posturecam.coach.nearness import not_there
from posturecam.coach.pose_geometry import reference_of
from posturecam.coach.session_summary import DepthKey, depth_of, target
from posturecam.coach.stretch_measures import CoachLook, StretchMeasure, measure
from posturecam.config.settings import StretchSettings
from posturecam.posture.reasons import Reason, Why
from posturecam.vision.pose import Pose

ROUNDING = 1e-6


class StepContext:
    """One step under way: the state so far, and the events so far."""

    def __init__(self, state: CoachState, t: float, exercise: Exercise, settings: StretchSettings) -> None:
        self.state, self.t, self.exercise, self.settings = state, t, exercise, settings
        self.events: list[on.Event] = []
        self.elapsed = 0.0
        self.look = CoachLook(t, None, state.view, {})
        self.evidence = ConditionInputs({}, {})

    def set(self, **changes: Any) -> None:
        """Change the state."""
        # Most looks find everything as it was, and a copy of so many fields is the dearest part of a look.
        if any(getattr(self.state, name) is not value for name, value in changes.items()):
            self.state = replace(self.state, **changes)

    def tell(self, event: on.Event) -> None:
        """Add an event."""
        self.events.append(event)

    def go(self, phase: CoachPhase) -> None:
        """To another phase; what was waited for begins anew."""
        for name in self.state.faults:
            self.tell(on.FaultCleared(self.t, name))
        self.set(phase=phase, phase_since=self.t, met_since=None, other_since=None, watches={})

    def evidence_of(self, measures: Mapping[str, StretchMeasure], side: Side | None) -> ConditionInputs:
        """What is known now; the samples move on with it."""
        start = self.state.start.values[side or Side.LEFT] if self.state.start else {}
        evidence = ConditionInputs(measures, start, self.own_best(side), self.state.samples)
        depth = self.exercise.depth
        now = evidence.value(depth) if depth else None
        kept = {
            name: found.value
            for name in watched(self.exercise)
            if (found := measures.get(name)) and found.value is not None
        }
        if now is not None:
            kept[DEPTH] = now
        recent = tuple(one for one in self.state.samples if one[0] >= self.t - LONGEST_WINDOW)
        self.set(depth_now=now, samples=(*recent, (self.t, kept)) if kept else recent)
        return replace(evidence, samples=self.state.samples)

    def own_best(self, side: Side | None) -> float | None:
        """The own best before this repetition: of this session or of earlier ones, from the same view."""
        depth, start = self.exercise.depth, self.state.start
        if depth is None or start is None:
            return None
        key = DepthKey(self.exercise.key, side, start.view)
        past = self.state.past.get(key)
        done = tuple(one for one in self.state.results if one.side is side and one.view is start.view)
        return depth.better_of(depth_of(done, depth), past.best if past else None)

    def lasts(self, met: bool | None, seconds: float) -> bool:
        """Whether what is waited for has held for so long."""
        if not met:
            self.set(met_since=None)
            return False
        if self.state.met_since is None:
            self.set(met_since=self.t)
        assert self.state.met_since is not None
        return self.t - self.state.met_since >= seconds - ROUNDING

    # Before the start.

    def set_up(self) -> None:
        """SETUP: view and framing."""
        hint = framing_hint(self.look, self.exercise.placement, self.settings)
        self._help(self.look.problem or hint)
        if self.lasts(hint is None, self.settings.setup):
            self.go(CoachPhase.COUNT_IN if self.settings.count_in > 0 else CoachPhase.START)
            self.set(hint=Hint(), counted_in=None, view=self.look.view)
            if self.state.phase is CoachPhase.COUNT_IN:
                self.count_in()

    def _help(self, text: str | None) -> None:
        """Say what would help, once it has been so for a moment, and again while it goes on."""
        hint = self.state.hint
        if text != hint.text:
            self.set(hint=Hint(text))
            return
        hint = replace(hint, lasted=hint.lasted + self.elapsed)
        due = hint.said is None or self.t - hint.said >= self.settings.hint_every
        if text is not None and hint.lasted >= self.settings.hint_after and due:
            self.tell(on.SetupHint(self.t, text))
            hint = replace(hint, said=self.t)
        self.set(hint=hint)

    def count_in(self) -> None:
        """COUNT_IN."""
        hint = framing_hint(self.look, self.exercise.placement, self.settings)
        if self.lasts(hint is not None, 1.0):
            self.go(CoachPhase.SETUP)
            return
        left = self.settings.count_in - (self.t - self.state.phase_since)
        n = int(left + 1 - ROUNDING)
        if left <= ROUNDING:
            self.go(CoachPhase.START)
        elif n != self.state.counted_in:
            self.tell(on.CountIn(self.t, n))
            self.set(counted_in=n)

    def take_start_pose(self) -> None:
        """START: the personal baseline, once the start pose was held."""
        look, stage = self.look, self.exercise.start
        hint = framing_hint(look, self.exercise.placement, self.settings)
        if hint is None and look.view is not self.state.view:
            self.set(view=look.view, met_since=None)
        met = hint is None and verdict(stage.conditions, self.evidence)
        lasts = self.lasts(met, stage.seconds)
        looks = (*self.state.start_looks, look.pose) if met and look.pose is not None else ()
        self.set(start_looks=looks)
        if not lasts:
            wrong = unmet(stage.conditions, self.evidence)
            self._help(None if met else look.problem or hint or (wrong.hint if wrong else None) or stage.cue)
            return
        self._take_start(looks)

    def _take_start(self, looks: tuple[Pose, ...]) -> None:
        reference = reference_of(looks, self.settings.visibility)
        near = near_left(self.state.view)

        def of(side: Side) -> dict[str, float]:
            seen = [
                measure(
                    pose,
                    self.exercise.measures,
                    near_left=near,
                    working_left=side is Side.LEFT,
                    reference=reference,
                    least_visibility=self.settings.visibility,
                )
                for pose in looks
            ]
            values = {name: [one[name].value for one in seen] for name in self.exercise.measures}
            known = {name: [value for value in found if value is not None] for name, found in values.items()}
            return {name: statistics.median(found) for name, found in known.items() if found}

        self.set(start=Start(self.state.view, near, reference, {side: of(side) for side in Side}))
        self.set(start_looks=(), hint=Hint(), samples=())
        self.aim()
        self.tell(on.Ready(self.t, self.state.side, self.state.view))
        self.go(CoachPhase.ENTERING)

    def aim(self) -> None:
        """The personal target of this side and view."""
        depth = self.exercise.depth
        past = self.state.past.get(DepthKey(self.exercise.key, self.state.side, self.state.view))
        if past is not None and self.state.pain:
            past = replace(past, frozen=True)
        self.set(target=target(depth, past) if depth else None)

    # Watched all along.

    def mind_sight(self, conditions: tuple[Condition, ...], met: bool | None) -> None:
        """Whether what is needed is seen, and for how long it was not."""
        if met is not None:
            self.seen_again()
            return
        blind_for = self.state.blind_for + self.elapsed
        self.set(blind_for=max(blind_for, ROUNDING))
        if blind_for >= self.settings.lost_after and not self.state.lost_told:
            visit = self.state.visit
            holding = visit is not None and visit.still and visit.out_for == 0.0
            self.set(lost_told=True)
            self.tell(on.Lost(self.t, self._why(conditions), holding))

    def _why(self, conditions: tuple[Condition, ...]) -> Reason:
        if self.look.problem is not None:
            return Reason(Why.NO_PICTURE, problem=self.look.problem)
        if self.look.pose is None:
            return not_there(self.look.nearness)
        return why_unknown(conditions, self.look.measures) or Reason(Why.NOT_SEEN, "enough")

    def seen_again(self) -> None:
        """What is needed is seen."""
        if self.state.lost_told:
            self.tell(on.Found(self.t, self.state.blind_for))
        self.set(blind_for=0.0, lost_told=False)

    def watch_faults(self, during: str) -> None:
        """Look for the mistakes of this part of a repetition."""
        watches: dict[str, FaultWatch] = dict(self.state.watches)
        for fault in self.exercise.faults:
            if during not in fault.during:
                continue
            before = self.state.watches.get(fault.id, FaultWatch())
            now = watches[fault.id] = watch_fault(before, fault, self.evidence, self.elapsed, self.settings)
            if now.told and not before.told:
                self.tell(on.FaultSeen(self.t, fault.id))
                hold = self.state.hold
                if fault.id not in hold.faults and self.state.visit is not None:
                    self.set(hold=replace(hold, faults=(*hold.faults, fault.id)))
            elif before.told and not now.told:
                self.tell(on.FaultCleared(self.t, fault.id))
        self.set(watches=watches)
