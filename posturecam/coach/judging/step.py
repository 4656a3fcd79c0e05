"""One exercise, judged: a pure step from (state, check) to (new state, events). Time comes from the check.

    (LEAD_IN ─) SETUP ─ COUNT_IN ─ START ─ ENTERING ─ HOLDING ─ RELEASE ─ REST or SWITCH ─ ENTERING … DONE

A hold counts the seconds in which the pose was seen. A wobble out of it does not matter, a longer one pauses the count,
a still longer one ends the attempt, and its seconds are kept for the next one. If a still pose is lost from sight,
seconds continue to count for a while, separately, as unseen ones, which are accepted only once the same pose or its
release is seen. For a moment out of sight that is no longer than a wobble, what is seen next counts. A repetition counts once it
is released.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from posturecam.coach import events as on
from posturecam.coach.exercise import Exercise, Facing, Side, Sides
from posturecam.coach.judging.by_time import TimedRepetitions, resume_into
from posturecam.coach.judging.conditions import ROUNDING, ConditionInputs, is_still, kept_depth, kept_reach, verdict
from posturecam.coach.judging.repetitions import LEAST_REMAINING, Repetitions
from posturecam.coach.judging.setup import PART_WAY_FOR
from posturecam.coach.judging.start_pose import other_of
from posturecam.coach.judging.state import INTERRUPTED, CoachPhase, CoachState, Hint, Visit
from posturecam.coach.judging.timed import TimedStep
from posturecam.coach.judging.viewpoint import near_left, viewpoint
from posturecam.coach.nearness import Nearness
from posturecam.coach.session_summary import DepthKey, Lacking, PastDepth
from posturecam.coach.stretch_measures import CoachLook, StretchMeasure, measure
from posturecam.config.settings import StretchSettings
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.vision.pose import Pose

LONGEST_ABSENCE = 3.0
"""Seconds for which a still hold continues to count while nobody is found in the picture. The search covers the whole room within
a second, and in 24 rendered holds from 2.5 m nobody was ever lost, so whoever is gone for longer may have walked away.
Coming up takes two to three seconds, so hardly more than an unseen way out is counted as holding."""

_BEFORE_START = (CoachPhase.LEAD_IN, CoachPhase.SETUP, CoachPhase.COUNT_IN)
_BY_POSE = (
    CoachPhase.START, CoachPhase.ENTERING, CoachPhase.HOLDING, CoachPhase.RELEASE, CoachPhase.REST, CoachPhase.SWITCH,
)  # fmt: skip

TURNED_FOR = 1.0
"""Seconds for which somebody must show the start pose with their other side before they are measured again. Choice: longer than
depth is misread without a break."""


def begin(
    exercise: Exercise,
    past: Mapping[DepthKey, PastDepth] | None = None,
    *,
    pain: bool = False,
    lead_in: float = 0.0,
    title_seconds: float = 0.0,
) -> CoachState:
    """The state before the first check.

    Args:
        exercise: The exercise to do.
        past: Depths of earlier sessions.
        pain: Whether the user reported pain before this session.
        lead_in: Seconds for which it is announced; if not 0, it is part of a break at the desk, where nobody is asked
            to move for the camera, and what the camera cannot judge is timed.
        title_seconds: Seconds into the announcement at which the instructions begin: the time its title takes.
    """
    side = None if exercise.sides is Sides.NONE else Side.LEFT
    phase = CoachPhase.LEAD_IN if lead_in > 0 else CoachPhase.SETUP
    return CoachState(
        phase=phase, side=side, past=dict(past or {}), pain=pain, lead_in=lead_in, title_seconds=title_seconds
    )


def look_at(
    t: float,
    pose: Pose | None,
    view: View,
    state: CoachState,
    exercise: Exercise,
    settings: StretchSettings,
    problem: str | None = None,
    nearness: Nearness = Nearness.UNKNOWN,
) -> CoachLook:
    """Measure what this exercise needs on one pose, relative to its start pose if there is one; nothing while it is only timed."""
    if pose is None or state.by_time:
        return CoachLook(t, pose, view, {}, problem=problem, nearness=nearness)

    seen = None if exercise.placement.facing is Facing.FRONT else viewpoint(pose, view, settings.visibility)
    near = near_left(view) if seen is None else seen.near_left
    names = exercise.measures

    def of(working_left: bool) -> dict[str, StretchMeasure]:
        return measure(
            pose,
            names,
            near_left=state.start.near_left if state.start else near,
            working_left=working_left,
            reference=state.start.reference if state.start else None,
            least_visibility=settings.visibility,
        )

    left = state.side is not Side.RIGHT
    either = state.side is not None and state.phase in (CoachPhase.ENTERING, CoachPhase.REST)
    other = of(not left) if either else None
    return CoachLook(t, pose, view, of(left), other, problem, nearness, seen)


def step(
    state: CoachState, look: CoachLook, exercise: Exercise, settings: StretchSettings
) -> tuple[CoachState, tuple[on.Event, ...]]:
    """Process one check: the new state, and what happened."""
    context = (TimedStep if exercise.is_timed else _JudgedStep)(state, look.t, exercise, settings)
    context.see(look)
    return context.state, tuple(context.events)


def pause(state: CoachState, t: float, *, away: bool = False) -> tuple[CoachState, tuple[on.Event, ...]]:
    """Pause at the user's request, or because they are `away`: nothing counts, is lost, or is corrected until `resume`."""
    if state.phase in (CoachPhase.PAUSED, CoachPhase.DONE):
        return state, ()
    cleared = (on.FaultCleared(t, name) for name in state.faults)
    paused = replace(
        state,
        phase=CoachPhase.PAUSED,
        before_pause=state.phase,
        t=t,
        away=away,
        paused_into=t - state.phase_since,
        watches={},
    )
    return paused, (*cleared, on.PausedByUser(t, away))


def resume(
    state: CoachState, t: float, exercise: Exercise, settings: StretchSettings
) -> tuple[CoachState, tuple[on.Event, ...]]:
    """The user resumed.

    In a break, somebody who was in a pose is asked to get into it again, since nobody keeps a pose while away. Somebody
    who left during the instructions hears them again.
    """
    if state.phase is not CoachPhase.PAUSED or state.before_pause is None:
        return state, ()
    resumed = replace(
        state,
        phase=state.before_pause,
        before_pause=None,
        away=False,
        # A break keeps its time: the part of an announcement or a rest that passed before the pause is not repeated.
        phase_since=t - (state.paused_into if state.lead_in else 0.0),
        t=t,
        **INTERRUPTED,
    )
    if state.away and resumed.phase is CoachPhase.LEAD_IN:
        resumed = replace(resumed, phase_since=t - resume_into(state), instructed=False)
    context = TimedRepetitions(resumed, t, exercise, settings)
    context.tell(on.ResumedByUser(t))
    if state.lead_in and resumed.phase in (CoachPhase.ENTERING, CoachPhase.HOLDING):
        context.get_into_it_again()
    return context.state, tuple(context.events)


def finish(
    state: CoachState,
    t: float,
    exercise: Exercise,
    settings: StretchSettings,
    *,
    skipped: bool = False,
    in_time: bool = False,
) -> tuple[CoachState, tuple[on.Event, ...]]:
    """End the exercise here; what was held so far is kept as a partial repetition.

    It was `skipped` by the user, ended `in_time` because a break moves on, or ended early.
    """
    if state.phase is CoachPhase.DONE:
        return state, ()
    context = Repetitions(state, t, exercise, settings)
    context.finish(skipped=skipped, ended_early=not (skipped or in_time))
    return context.state, tuple(context.events)


class _JudgedStep(TimedRepetitions):
    """One step of an exercise that the camera judges."""

    # Common to every check.

    def see(self, look: CoachLook) -> None:
        state = self.state
        self.look = look
        if self._is_blink():
            return
        self.pass_time()
        self.mind_camera()
        self.evidence = self.evidence_of(look.measures, state.side)
        if state.by_time and state.phase not in (CoachPhase.LEAD_IN, CoachPhase.PAUSED, CoachPhase.DONE):
            self.follow_the_clock()
            return
        handle: Mapping[CoachPhase, Callable[[], None]] = {
            CoachPhase.LEAD_IN: self.announce,
            CoachPhase.SETUP: self.see_whether_it_can_be_judged if state.lead_in else self.set_up,
            CoachPhase.COUNT_IN: self.count_in,
            CoachPhase.START: self._starting,
            CoachPhase.ENTERING: self._entering,
            CoachPhase.HOLDING: self._holding,
            CoachPhase.RELEASE: self._holding,
            CoachPhase.REST: self._rest,
            CoachPhase.SWITCH: self._rest,
            CoachPhase.PAUSED: lambda: None,
            CoachPhase.DONE: lambda: None,
        }
        if state.phase in _BEFORE_START:
            self.note_start()
        handle[state.phase]()
        if state.phase is not CoachPhase.START is self.state.phase:
            self.forget_looks()

    def _is_blink(self) -> bool:
        """Whether this check does not show what is awaited, so soon after one that did that the next one stands for it.

        A body that is found in two checks of three shows as much as fewer checks would.
        """
        state, look = self.state, self.look
        recent = state.t is not None and 0 < self.t - state.t <= self.settings.pause_after + ROUNDING
        if not recent or state.by_time or state.blind_for > 0 or look.problem is not None:
            return False
        if state.phase is CoachPhase.SETUP:
            return look.pose is None and state.met_since is not None
        if state.phase not in _BY_POSE:
            return False
        stage = self.exercise.start if state.phase is CoachPhase.START else self.exercise.enter
        return verdict(stage.conditions, self.inputs_of(look.measures, state.side), already=True) is None

    # Into the pose.

    def _starting(self) -> None:
        """Somebody already in the pose needs no start pose, if the pose can be recognized without one."""
        if self.is_straight_in():
            self.take_pose_itself()
            self._enter()
        elif self.is_out_of_patience():
            self.go_by_time()
        else:
            self.take_start_pose()

    def _entering(self) -> None:
        stage = self.exercise.enter
        self.learn_start()
        met = self.newly_met(verdict(stage.conditions, self.evidence))
        self.mind_sight(stage.conditions, met)
        if self.is_out_of_patience():
            self.go_by_time()
            return
        if self.state.blind_for >= self.settings.restart_after or self._has_turned_around():
            self.begin_again()
            return
        if met is not None:
            self.watch_faults("entering")
        if self.lasts(met, stage.seconds) or (not met and self.takes_other_side()):
            self._enter()
        if self.state.phase is CoachPhase.ENTERING:
            self.mind_waiting(met)

    def _has_turned_around(self) -> bool:
        """Whether the user has shown the start pose with their other side, which was not measured, for long enough; call it at every check.

        Exercises with two sides ask for the turn themselves, and a break goes on by time.
        """
        matters = self.exercise.placement.facing is Facing.SIDE and self.state.side is None and not self.state.lead_in
        turned = matters and self._shows_other_side()
        since = self.state.turned_since if self.state.turned_since is not None else self.t
        self.set(turned_since=since if turned else None)
        return turned and self.t - since >= TURNED_FOR - ROUNDING

    def _shows_other_side(self) -> bool:
        """Whether this check shows the start pose with the other side than the measured one; a bent body may only seem turned."""
        start, seen, pose = self.state.start, self.look.seen, self.look.pose
        if start is None or seen is None or pose is None or seen.near_left is start.near_left:
            return False
        measures = measure(
            pose, self.exercise.measures, near_left=seen.near_left, least_visibility=self.settings.visibility
        )
        return verdict(self.exercise.start.conditions, ConditionInputs(measures, {})) is True

    def _enter(self) -> None:
        since, hold = self.state.met_since, self.state.hold
        assert since is not None
        visit = Visit(since, hold)
        entered = replace(
            hold,
            began=since if hold.began is None else hold.began,
            seen=hold.seen + self.t - since,
            pieces=hold.pieces + 1,
            faults=(*hold.faults, *(name for name in self.state.faults if name not in hold.faults)),
        )
        self.tell(on.Entered(self.t, self.state.rep, self.state.side, hold.seen + hold.unseen))
        self.go(CoachPhase.HOLDING)
        samples = tuple(one for one in self.state.samples if one[0] >= since)
        self.set(hold=entered, visit=visit, samples=samples, hint=Hint())
        self.count_out()

    # In the pose.

    @property
    def _visit(self) -> Visit:
        assert self.state.visit is not None
        return self.state.visit

    def _holding(self) -> None:
        conditions = self.exercise.enter.conditions
        within = self.is_within()
        inside = within and not self.is_back()
        if self.state.phase is CoachPhase.RELEASE and (not inside or self.released_by_return) and self.is_released():
            self.count()
            self.set(came_to=self.state.depth_now if within else None)
            return
        if inside is None:
            self._unseen()
        self.mind_sight(conditions, inside)
        if self.is_out_of_patience():
            self.go_by_time()
            return
        if inside:
            self._inside()
        elif inside is False:
            self._outside()
        if self.state.phase in (CoachPhase.HOLDING, CoachPhase.RELEASE):
            self.count_out()

    def _inside(self) -> None:
        visit, hold = self._visit, self.state.hold
        if visit.paused:
            hold = replace(hold, pieces=hold.pieces + 1)
            self.tell(on.HoldResumed(self.t, self.state.held))
        hold = replace(hold, seen=hold.seen + self.elapsed + visit.wobble, unseen=hold.unseen + visit.pending)
        gone = visit.nobody_for > LONGEST_ABSENCE
        unlike = visit.unlike_start or verdict(self.exercise.start.conditions, self.evidence) is False
        visit = replace(visit, wobble=0.0, out_for=0.0, paused=False, pending=0.0, nobody_for=0.0, unlike_start=unlike)
        self.set(hold=hold, visit=visit)
        if gone and self.state.phase is CoachPhase.HOLDING:
            self.set_back(LEAST_REMAINING)  # they may have left the pose and gone back in
        if not self.released_by_return:
            self.set(met_since=None)
        if self.state.phase is CoachPhase.RELEASE:
            self._repeat_release_cue(part_out=self.has_come_half_way())
        self._keep_depth()
        self.watch_faults("hold")
        self._suggest_depth()

    def _outside(self) -> None:
        visit = self._visit
        out_for = visit.out_for + self.elapsed
        has_left = visit.paused or out_for >= self.settings.end_after - ROUNDING
        wobble = 0.0 if has_left else visit.wobble + self.elapsed
        visit = replace(visit, out_for=out_for, wobble=wobble)
        self.set(visit=visit)
        is_out = out_for >= self.settings.pause_after - ROUNDING
        if is_out:
            self.forget_faults(but="release")  # those of the pose are over with it
        self.watch_faults("release")
        if self.state.phase is CoachPhase.RELEASE:
            self._repeat_release_cue(part_out=True)
            return
        if visit.full_told and is_out:  # they came back as asked: do not ask them to go back in
            self._end_attempt(Lacking.UNSEEN)
            return
        if not visit.paused and is_out:
            stayed = self.state.hold.seen - visit.before.seen
            if stayed < min(self.settings.least_visit, self.exercise.dose.hold / 2):
                self.set(hold=visit.before, visit=None)  # jitter at the edge: no attempt
                self.go(CoachPhase.ENTERING)
                self.mind_haste(stayed)
                return
            self.set(visit=replace(visit, paused=True, wobble=0.0))
            self.set_back(self.settings.least_visit)
            self.tell(on.HoldPaused(self.t, self.state.held))
        if out_for >= self.settings.end_after - ROUNDING:
            self._end_attempt(Lacking.LEFT_EARLY)

    def _repeat_release_cue(self, *, part_out: bool) -> None:
        """Outside a break, repeat the release cue, less and less often, to somebody who came only part of the way out.

        Somebody who stays in the pose may do so for as long as they like.
        """
        hint, cue, told = self.state.hint, self.exercise.release_cue, self.last_told
        lasted = self.elapsed + (hint.lasted if hint.text == cue else 0.0) if part_out else 0.0
        if self.is_told_again and lasted >= PART_WAY_FOR - ROUNDING and not self.state.lead_in:
            self.tell(on.PoseAwaited(self.t, cue))
            told = self.t
        self.set(hint=Hint(cue if part_out else None, lasted, told))

    def _unseen(self) -> None:
        """Lost from sight in the pose: if it was still, seconds continue to count for a while, separately."""
        visit, hold = self._visit, self.state.hold
        if self.state.blind_for == 0.0:
            visit = replace(visit, still=is_still(self.state.samples, self.exercise, self.settings, visit.since))
        blind_for = self.state.blind_for + self.elapsed
        visit = replace(visit, longest_blind=max(visit.longest_blind, blind_for))
        nobody_for = visit.nobody_for + (self.elapsed if self.look.pose is None else 0.0)
        if visit.still and visit.out_for == 0.0:
            most = self.settings.unseen_share * self.exercise.dose.hold
            room = most - hold.unseen - visit.pending
            counted = min(self.elapsed, room)
            if self.look.pose is None:
                counted = min(counted, LONGEST_ABSENCE - visit.nobody_for)
            visit = replace(visit, pending=visit.pending + max(counted, 0.0))
            over = (room <= self.elapsed and blind_for >= min(LONGEST_ABSENCE, most)) or blind_for >= most
            if over and not visit.full_told and self.state.phase is CoachPhase.HOLDING:
                visit = replace(visit, full_told=True)
                self.lose(Reason(Why.NOT_SEEN, "too_long"), holding=False)
        self.set(visit=replace(visit, nobody_for=nobody_for))

    def _end_attempt(self, lacking: Lacking) -> None:
        visit = self._visit
        stage = self.exercise.release
        if stage is None or verdict(stage.conditions, self.evidence):
            self.set(hold=replace(self.state.hold, unseen=self.state.hold.unseen + visit.pending))
        self.set(visit=None)
        self.set_back(LEAST_REMAINING)
        to_hold = self.exercise.dose.hold - self.state.held
        self.tell(on.RepPartial(self.t, self.result(counted=False, lacking=lacking), to_hold))
        self.go(CoachPhase.ENTERING)
        if visit.longest_blind >= self.settings.restart_after:
            self.begin_again()

    # Out of it, and onwards.

    def _rest(self) -> None:
        """Resting; the user may continue before it is over."""
        rested = self.t - self.state.phase_since >= self.exercise.dose.rest - ROUNDING
        if self.state.phase is CoachPhase.SWITCH and self.exercise.placement.facing is Facing.SIDE:
            if rested:  # somebody turning around for the other side must be measured again
                self.begin_again()
            return
        self.learn_start()
        if self._has_turned_around():
            if rested:
                self.begin_again()
        elif self.lasts(
            self.newly_met(verdict(self.exercise.enter.conditions, self.evidence)), self.exercise.enter.seconds
        ) or (self.may_take(other_of(self.state.side)) and self.takes_other_side()):
            self._enter()
        elif rested and self.state.other_since is None:  # nobody is asked for a side while they seem to do the other
            since, again = self.state.met_since, self.same_side_again()
            self.go(CoachPhase.ENTERING)
            self.set(met_since=since, other_told=self.state.other_told if again is None else self.t)
            self.tell(on.RestOver(self.t, again))

    # Depth.

    def _keep_depth(self) -> None:
        depth = self.exercise.depth
        if depth is None:
            return
        kept = kept_depth(self.state.samples, depth, self.settings.depth_kept, self._visit.since)
        known = [self.state.hold.reach, kept_reach(self.state.samples, self.settings.depth_kept, self._visit.since)]
        reach = max((one for one in known if one is not None), default=None)
        best = depth.better_of(self.state.hold.depth, kept)
        if (best, reach) != (self.state.hold.depth, self.state.hold.reach):
            self.set(hold=replace(self.state.hold, depth=best, reach=reach))

    def _suggest_depth(self) -> None:
        """Suggest going deeper, once per hold, and never near its end, near the user's own best, at the best grade, or after pain."""
        depth, hold = self.exercise.depth, self.state.hold
        if depth is None or hold.depth is None or hold.deeper_told or self.state.pain or self.state.faults:
            return
        if not self.settings.deeper_after <= self.state.held < (1 - self.settings.last_part) * self.exercise.dose.hold:
            return
        best = self.own_best(self.state.side)
        if depth.levels and depth.level(hold.depth) == len(depth.levels):
            return
        if best is not None:
            short = depth.is_better(depth.further(best, -depth.step), hold.depth)
        else:
            short = bool(depth.levels) and depth.level(hold.depth) == 0
        if short:
            self.set(hold=replace(hold, deeper_told=True))
            self.tell(on.CouldGoDeeper(self.t))
