"""One step of the coach before the start pose: setup and count-in; and what is watched throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from posturecam.coach import events as on
from posturecam.coach.condition import LONGEST_WINDOW, Condition
from posturecam.coach.exercise import Exercise, FaultKind, FormFault, Side
from posturecam.coach.judging.conditions import (
    DEPTH,
    ROUNDING,
    ConditionInputs,
    FaultWatch,
    hint_into,
    is_part_way,
    is_settled,
    is_wrong,
    verdict,
    watch_fault,
    watched,
    why_unknown,
)
from posturecam.coach.judging.framing import framing_hint
from posturecam.coach.judging.sideways import SIDEWAYS, lies_sideways
from posturecam.coach.judging.state import INTERRUPTED, CoachPhase, CoachState, Hint
from posturecam.coach.judging.viewpoint import MARGIN, foreshortening
from posturecam.coach.nearness import HINTS, Nearness, not_there
from posturecam.coach.session_summary import DepthKey, Lacking, RepResult, depth_of, target
from posturecam.coach.stretch_measures import MEASURES, CoachLook, StretchMeasure
from posturecam.config.settings import StretchSettings
from posturecam.i18n.words import mark
from posturecam.posture.measures import DEGREES
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View

PART_WAY = 0.5
"""Share of the way from the start pose into the pose from which somebody who stays there seems to hold it. Choice: about
where a repetition is released, so that nobody who sits at ease after one is meant."""
PART_WAY_FOR = 4.0
"""Seconds of that, after which they are told why nothing is counted. Choice: a slow way down passes by in less."""
NOT_YET = mark("Counting starts a little further in")
STAY = mark("Stay in the pose a little longer")
TRIED_FOR = 40.0
"""Seconds of problems in the setup, or before a start pose or the pose itself is taken, after which somebody hears that they may skip
the exercise. Choice: by then they have heard three hints, and had the time to move a camera."""
SKIP_IT = mark("If you cannot, skip this exercise")


class StepContext:
    """A step in progress: the state and the events so far."""

    def __init__(self, state: CoachState, t: float, exercise: Exercise, settings: StretchSettings) -> None:
        self.state, self.t, self.exercise, self.settings = state, t, exercise, settings
        self.events: list[on.Event] = []
        self.elapsed = 0.0
        self._given = state
        self.look = CoachLook(t, None, state.view, {})
        self.evidence = ConditionInputs({}, {})

    def pass_time(self) -> None:
        """Start this check: begin the exercise with the first one, and compute the time since the last."""
        before = self.state.t
        if before is None:
            self.tell(on.ExerciseStarted(self.t, self.exercise.id))
            self.set(phase_since=self.t)
        else:
            self.elapsed = max(self.t - before, 0.0)
            if self.elapsed > self.settings.longest_gap:  # the computer slept: this time does not count
                self.set(phase_since=self.state.phase_since + self.elapsed, **INTERRUPTED)
                self.elapsed = 0.0
        self.set(t=self.t)

    def set(self, **changes: Any) -> None:
        """Change the state: the first time on a copy of the one given, and from then on in that copy, which nobody else holds yet.

        Copying so many fields for each change would be the most expensive part of a check.
        """
        if self.state is self._given:
            self.state = object.__new__(CoachState)
            vars(self.state).update(vars(self._given))
        known = vars(self.state)
        fields = len(known)
        known.update(changes)
        assert len(known) == fields, changes  # a name that is no field would be one more

    def tell(self, event: on.Event) -> None:
        """Add an event."""
        self.events.append(event)

    def go(self, phase: CoachPhase) -> None:
        """Change the phase, and reset what was being waited for."""
        self.forget_faults()
        self.set(
            phase=phase, phase_since=self.t, met_since=None, other_since=None, straight_since=None, turned_since=None
        )

    def forget_faults(self, *, but: str | None = None) -> None:
        """Drop all pending faults, or all but dangerous ones that are watched in this part of a repetition."""
        kept = {one.id for one in self.exercise.faults if but in one.during and one.kind is FaultKind.SAFETY}
        for name in self.state.faults:
            if name not in kept:
                self.tell(on.FaultCleared(self.t, name))
        self.set(watches={name: watch for name, watch in self.state.watches.items() if name in kept})

    def inputs_of(self, measures: Mapping[str, StretchMeasure], side: Side | None) -> ConditionInputs:
        """The inputs for conditions without what is known only over time."""
        start = self.state.start.values.get(side or Side.LEFT, {}) if self.state.start else {}
        return ConditionInputs(measures, start, self.to_share(side), self.state.samples)

    def evidence_of(self, measures: Mapping[str, StretchMeasure], side: Side | None) -> ConditionInputs:
        """The inputs for conditions now; the samples are updated with them."""
        evidence, depth = self.inputs_of(measures, side), self.exercise.depth
        now = evidence.value(depth) if depth else None
        kept = {
            name: found.value
            for name in watched(self.exercise)
            if (found := measures.get(name)) and found.value is not None
        }
        if now is not None:
            kept[DEPTH] = now
        samples = self.state.samples
        oldest = next((n for n, one in enumerate(samples) if one[0] >= self.t - LONGEST_WINDOW), len(samples))
        recent = samples[oldest:]
        self.set(depth_now=now, samples=(*recent, (self.t, kept)) if kept else recent)
        returned, deepest = None, self.state.hold.depth
        if depth is not None and now is not None and deepest is not None:
            returned = now - deepest if depth.better == "lower" else deepest - now
        return replace(evidence, samples=self.state.samples, returned=returned, off_side=self.off_side())

    def off_side(self) -> float | None:
        """How far the camera is off the side view: the most of this check, the start pose, and the last upright check.

        Nobody turns during a hold, and a folded body shows it less well than an upright one: 46° reads as 20 to 35 in
        rendered folds.
        """
        start, seen = self.state.start, self.look.seen
        if seen is None:
            return None
        told = (seen.off_side, self.state.upright_off_side, start.off_side if start is not None else None)
        return max((one for one in told if one is not None), default=None)

    def mind_camera(self) -> None:
        """Remember how far past the side the camera looks at somebody upright, while the exercise could begin there."""
        seen = self.look.seen
        if seen is not None and seen.off_side is not None and seen.is_upright:
            self.set(upright_off_side=min(seen.off_side, self.exercise.placement.off_side + MARGIN))

    def own_best(self, side: Side | None) -> float | None:
        """The user's own best before this repetition, in this session or earlier ones, from the same view."""
        depth, start = self.exercise.depth, self.state.start
        if depth is None or start is None:
            return None
        key = DepthKey(self.exercise.key, side, start.view)
        past = self.state.past.get(key)
        done = tuple(one for one in self.state.results if one.side is side and one.view is start.view)
        return depth.better_of(depth_of(done, depth), past.best if past else None)

    def to_share(self, side: Side | None) -> float | None:
        """The best of which a repetition has to reach a share; None after pain was reported, when nobody should go as far as ever."""
        return None if self.state.pain else self.own_best(side)

    def lasts(self, met: bool | None, seconds: float) -> bool:
        """Whether the awaited conditions have held for this long."""
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
        self.give_hint(self.look.problem or (hint and self.sideways()) or hint)
        if self.lasts(hint is None, self.settings.setup):
            self.go(CoachPhase.COUNT_IN if self.settings.count_in > 0 else CoachPhase.START)
            self.set(hint=Hint(), counted_in=None, view=self.seen_from())
            if self.state.phase is CoachPhase.COUNT_IN:
                self.count_in()

    def give_hint(self, text: str | None) -> None:
        """Say what to change, once the problem has lasted a moment, and repeat it while it remains, less and less often.

        Two hints are at least some seconds apart: nobody can follow one that is contradicted at once. Problems that take turns too fast for
        any of them to last, as when somebody is lost from sight every second, are still mentioned after a while. Somebody who has tried for
        long may be unable to: with one arm, in a wheelchair, in a small room.
        """
        hint, hinted = self.state.hint, self.state.hinted
        waited = hint.waited + (self.elapsed if text is not None else 0.0)
        # Then nobody is there to change anything.
        alone = text is None or text in (self.look.problem, HINTS[Nearness.UNKNOWN])
        tried = hint.tried + (0.0 if alone else self.elapsed)
        lasted = hint.lasted + self.elapsed if text == hint.text else 0.0
        hint = Hint(text, lasted, hint.said if text == hint.text else None, waited, tried)
        last = max(hinted.values(), default=None)
        apart = last is None or self.t - last >= self.settings.any_cue - ROUNDING
        if text is not None and apart and (lasted >= self.settings.hint_after or waited >= self.settings.hint_every):
            same = hinted.get(text)
            if same is None or self.t - same >= max(self.settings.hint_every, lasted / 2) - ROUNDING:
                self.tell(on.SetupHint(self.t, text))
                hint = replace(hint, waited=0.0)
                self.set(hinted={**hinted, text: self.t})
            elif tried >= TRIED_FOR - ROUNDING and not alone and SKIP_IT not in hinted:
                self.tell(on.SetupHint(self.t, SKIP_IT))
                self.set(hinted={**hinted, SKIP_IT: self.t})
        self.set(hint=hint)

    @property
    def last_told(self) -> float:
        """When the user was last told what to do in this phase; its beginning if they were not."""
        since, said = self.state.phase_since, self.state.hint.said
        return since if said is None else max(since, said)

    @property
    def is_told_again(self) -> bool:
        """Whether it is time to tell them again: less and less often."""
        told = self.last_told
        return self.t - told >= max(self.settings.hint_every, told - self.state.phase_since) - ROUNDING

    def mind_waiting(self, met: bool | None) -> None:
        """ENTERING outside a break, which goes on by time: nobody who holds too little, or did not hear, is left in silence.

        Where the count starts is said once in a hold, since it may be more than they can do, and not after pain. What to
        do is repeated less and less often, starting over with each attempt. Somebody who does it to the other side is told
        that instead. If the picture has come to lie on its side, that is said instead: nothing they do would
        look right in it. Somebody who has tried for long without a repetition on this side may be unable to, as in the
        setup: they hear once that they may skip it, and are not urged further in anymore.
        """
        if self.state.lead_in or self.exercise.is_timed or self.state.other_since is not None:
            return
        hint, told = self.state.hint, self.last_told
        again = self._how_to_get_in() if met is False and self.is_told_again else None
        did = any(result.counted and result.side is self.state.side for result in self.state.results)
        tried = hint.tried + (self.elapsed if met is False else 0.0)
        text, lasted, said = None, 0.0, None
        if not met and self.sideways():
            text, lasted = SIDEWAYS, self.elapsed + (hint.lasted if hint.text == SIDEWAYS else 0.0)
            first = lasted - self.elapsed < PART_WAY_FOR - ROUNDING
            due = first or self.t - told >= self.settings.hint_every - ROUNDING
            said = SIDEWAYS if due and lasted >= PART_WAY_FOR - ROUNDING else None
        elif (
            met is False
            and not self.state.pain
            and SKIP_IT not in self.state.hinted  # nobody who cannot go further is urged on
            and not self.is_in_start_pose()  # if it was taken leaning back, sitting up looks like halfway
            and is_part_way(self.exercise.enter.conditions, self.evidence, PART_WAY)
        ):
            text, lasted = NOT_YET, self.elapsed + (hint.lasted if hint.text == NOT_YET else 0.0)
            first = lasted - self.elapsed < PART_WAY_FOR - ROUNDING
            if lasted >= PART_WAY_FOR - ROUNDING:
                said = NOT_YET if first else again
        elif met and hint.text == NOT_YET:
            text, lasted = NOT_YET, hint.lasted  # at the edge of the pose, for too short a moment to count
        elif hint.text == NOT_YET and hint.lasted >= PART_WAY_FOR:
            self.set(phase_since=self.t)  # they are coming back, and are not asked to turn round at once
        else:
            said = again
        if said is not None:
            if not did and tried >= TRIED_FOR - ROUNDING and said != SIDEWAYS and SKIP_IT not in self.state.hinted:
                said, text, lasted = SKIP_IT, None, 0.0
                self.set(hinted={**self.state.hinted, SKIP_IT: self.t})
            self.tell(on.PoseAwaited(self.t, said))
            told = self.t
        self.set(hint=Hint(text, lasted, told, tried=tried))

    def _how_to_get_in(self) -> str | None:
        """The cue into the pose; to somebody in it but for a detail, what that is, but after pain nothing that leads further in."""
        missing = hint_into(self.exercise.enter.conditions, self.evidence)
        further = {fault.cue for fault in self.exercise.faults if fault.kind is FaultKind.FURTHER}
        return self.exercise.enter.cue if missing is None or (self.state.pain and missing in further) else missing

    def mind_haste(self, stayed: float) -> None:
        """Tell somebody who was in the pose for too short a time to count, and has come well out of it, to stay longer.

        At the very edge of the pose it is not time that is missing.
        """
        at_edge = is_part_way(self.exercise.enter.conditions, self.evidence, PART_WAY)
        if stayed >= self.settings.least_visit / 2 and not at_edge:
            self.tell(on.PoseAwaited(self.t, STAY))

    def count_in(self) -> None:
        """COUNT_IN."""
        hint = framing_hint(self.look, self.exercise.placement, self.settings, settled=True)
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

    def seen_from(self) -> View:
        """The current camera angle by name; as in the monitor, it changes only once another one has lasted."""
        seen = self.look.seen
        if seen is None or seen.off_side is None:
            return self.look.view
        if not seen.is_upright:
            seen = replace(seen, off_side=self.off_side())
        near = (View.SIDE_LEFT, View.OBLIQUE_LEFT) if seen.near_left else (View.SIDE_RIGHT, View.OBLIQUE_RIGHT)
        return self.state.view if self.state.view in near and seen.is_between else seen.view

    def sideways(self) -> str | None:
        """The hint to turn the camera, if the picture lies on its side; not in a break, where nobody is asked to move."""
        pose = self.look.pose
        if pose is None or self.state.lead_in:
            return None
        return SIDEWAYS if lies_sideways(pose, self.exercise, self.settings.visibility) else None

    def is_in_start_pose(self) -> bool:
        """Whether this looks like the start pose, whichever one was taken; False if only a change from it tells the pose apart."""
        return not self.exercise.needs_start and verdict(self.exercise.start.conditions, self.evidence) is True

    def aim(self) -> None:
        """Set the personal target for this side and view."""
        depth = self.exercise.depth
        past = self.state.past.get(DepthKey(self.exercise.key, self.state.side, self.state.view))
        if past is not None and self.state.pain:
            past = replace(past, frozen=True)
        self.set(target=target(depth, past) if depth else None)

    # Watched throughout.

    def mind_sight(self, conditions: tuple[Condition, ...], met: bool | None) -> None:
        """Track whether everything needed is seen, and for how long it was not."""
        if met is not None:
            self.seen_again()
            return
        blind_for = self.state.blind_for + self.elapsed
        self.set(blind_for=max(blind_for, ROUNDING))
        visit = self.state.visit
        still_in = visit is not None and visit.still and visit.out_for == 0.0 and not visit.full_told
        holding = still_in and self.state.phase is CoachPhase.HOLDING  # once it is full they were asked to come back
        if self.state.lead_in and not holding:  # in a break nobody is asked to move for the camera
            return
        if blind_for >= self.settings.lost_after and not self.state.lost_told:
            self.lose(self._why(conditions), holding=holding)

    def lose(self, reason: Reason, *, holding: bool) -> None:
        """Tell that it is not seen; from now on, no mistake is known to be there still."""
        self.forget_faults()
        self.set(lost_told=True)
        self.tell(on.Lost(self.t, reason, holding))

    def _why(self, conditions: tuple[Condition, ...]) -> Reason:
        if self.look.problem is not None:
            return Reason(Why.NO_PICTURE, problem=self.look.problem)
        if self.look.pose is None:
            return not_there(self.look.nearness)
        return why_unknown(conditions, self.look.measures) or Reason(Why.NOT_SEEN, "enough")

    def seen_again(self, *, quietly: bool = False) -> None:
        """What is needed is seen, or no longer needed."""
        if self.state.lost_told and not quietly:
            self.tell(on.Found(self.t, self.state.blind_for))
        self.set(blind_for=0.0, lost_told=False)

    def watch_faults(self, during: str) -> None:
        """Watch for the mistakes in this part of a repetition."""
        watches: dict[str, FaultWatch] = dict(self.state.watches)
        for fault in self.exercise.faults:
            before = self.state.watches.get(fault.id, FaultWatch())
            if during not in fault.during:
                continue
            judged = self._may_be_judged(fault, during)
            if not judged and not before.told:
                continue
            present = is_wrong(fault.when, self.evidence, already=before.present_for > 0)
            # One that was mentioned and is now out of sight is still watched, so that it ends.
            if not judged and present is not None:
                continue
            now = watches[fault.id] = watch_fault(before, fault, present, self.elapsed, self.settings)
            if now.told and not before.told:
                self.tell(on.FaultSeen(self.t, fault.id))
                hold = self.state.hold
                if fault.id not in hold.faults and self.state.visit is not None:
                    self.set(hold=replace(hold, faults=(*hold.faults, fault.id)))
            elif before.told and not now.told:
                self.tell(on.FaultCleared(self.t, fault.id))
        self.set(watches=watches)

    def _may_be_judged(self, fault: FormFault, during: str) -> bool:
        """Form is judged in the pose once it is at rest; what is dangerous, at any time that its exercise names.

        After pain, a fault whose correction leads further into the stretch is ignored.
        Once the hold is full the user is asked to come back, and nothing on the way is a mistake in the pose.
        """
        if self.state.pain and fault.kind is FaultKind.FURTHER:
            return False
        if during == "release" or self.state.phase is CoachPhase.RELEASE:
            return fault.kind is FaultKind.SAFETY
        visit = self.state.visit
        if during != "hold" or visit is None:
            return True
        return is_settled(self.state.samples, self.exercise, fault, self.settings, visit.since)

    # The repetition so far.

    def result(self, *, counted: bool, lacking: Lacking | None = None) -> RepResult:
        """The repetition as it stands."""
        hold, depth = self.state.hold, self.exercise.depth
        level = depth.level(hold.depth) if depth and depth.levels and hold.depth is not None else None
        return RepResult(
            rep=self.state.rep,
            side=self.state.side,
            view=self.state.start.view if self.state.start else self.state.view,
            t=self.t if hold.began is None else hold.began,
            seen=hold.seen,
            unseen=hold.unseen,
            counted=counted,
            depth=hold.depth,
            level=level,
            faults=hold.faults,
            pieces=max(hold.pieces, 1),
            lacking=lacking,
            uncertainty=self._uncertainty(),
            reach=hold.reach,
        )

    def _uncertainty(self) -> float | None:
        depth, start = self.exercise.depth, self.state.start
        if depth is None or start is None or start.off_side is None or not start.view.is_oblique:
            return None
        return foreshortening(start.off_side) if MEASURES[depth.measure].unit == DEGREES else None
