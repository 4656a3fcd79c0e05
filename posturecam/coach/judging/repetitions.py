"""How any repetition ends, judged or timed: its result, the next one, the other side, the end of the exercise. Pure."""

from __future__ import annotations

from dataclasses import replace

from posturecam.coach import events as on
from posturecam.coach.condition import LONGEST_WINDOW, START_VALUES, BoundKind
from posturecam.coach.exercise import Facing, Side, Sides
from posturecam.coach.judging.conditions import ROUNDING, is_still, series_of, verdict
from posturecam.coach.judging.setup import PART_WAY, SKIP_IT
from posturecam.coach.judging.start_pose import StartPoseStep
from posturecam.coach.judging.state import CoachPhase, Hold
from posturecam.coach.session_summary import Lacking, SetSummary
from posturecam.i18n.message import Message
from posturecam.i18n.words import EXPLAINED, mark

LEAST_REMAINING = 5.0
"""Seconds for which somebody who left a hold and goes back in has to hold it at least, however little was missing; a shorter
hold starts over. Most short exercises here prescribe as much for one repetition (chin tuck: 10 × 5 s), and a coach would
ask for no less: settling takes two seconds, and nobody should get down for one second."""

CLEARLY = 0.5
"""Share of the depth's step by which a repetition must exceed the user's best to be called that. Choice: 2.5° in a fold, where a
pose that is kept still has a standard deviation of 0.7°; of four alike, three were each praised as the best so far."""


class Repetitions(StartPoseStep):
    """A step in progress that may end a repetition, and with it the exercise."""

    def count_out(self) -> None:
        """Count the whole seconds as they pass, and announce that the hold is full."""
        of, held = self.exercise.dose.hold, self.state.held
        n = min(int(held + ROUNDING), int(of))
        if n > self.state.hold.spoken:
            self.set(hold=replace(self.state.hold, spoken=n))
            self.tell(on.HoldSecond(self.t, n, round(of)))
        if held >= of - ROUNDING and self.state.phase is CoachPhase.HOLDING:
            self.tell(on.HoldReached(self.t, self.state.rep))
            self.forget_faults(but="hold")
            self.set(phase=CoachPhase.RELEASE, phase_since=self.t, met_since=None)

    def set_back(self, least: float) -> None:
        """After an interruption shortly before the hold is full: set the count back, so that at least `least` seconds remain.

        Otherwise somebody who has just gone back into the pose would be asked to come out of it.
        """
        hold, of = self.state.hold, self.exercise.dose.hold
        kept = max(of - least, 0.0)
        if (back := self.state.held - kept) > ROUNDING:
            self.set(hold=replace(hold, set_back=hold.set_back + back, spoken=min(hold.spoken, int(kept + ROUNDING))))

    def is_within(self) -> bool | None:
        """Whether the user is in the pose by the bounds for leaving it; None if that is unknown."""
        return verdict(self.exercise.enter.conditions, self.evidence, already=True, advisory=False)

    # Released.

    def is_back(self) -> bool:
        """Whether the user has come at least halfway back and rests in what looks like the start pose.

        Somebody who leaned back when the start pose was taken only sits up after a hold, and somebody who moved away from
        the camera meanwhile looks smaller; compared with the one taken, they would still be in the pose.
        """
        depth, returned, visit = self.exercise.depth, self.evidence.returned, self.state.visit
        if visit is None:
            return False
        if depth is None:
            back = self._looks_started_after_a_full_hold() and (visit.unlike_start or self._has_come_out_lately())
        elif returned is None:
            return False
        elif self.is_in_start_pose():
            back = any(returned >= PART_WAY * way for way in self._ways_in())
        else:
            out = self.has_come_half_way() or any(returned >= way for way in self._ways_in())
            # Otherwise the release itself says how far out is enough.
            may = visit.unlike_start or not self.released_by_return
            back = out and may and self._looks_started_after_a_full_hold()
        return back and is_still(self.state.samples, self.exercise, self.settings, visit.since)

    def _ways_in(self) -> list[float]:
        """How much the depth has to change from the start pose to the pose, for each bound on it; in the depth's unit."""
        depth = self.exercise.depth
        assert depth is not None
        into = [one for one in self.exercise.enter.conditions if one.measure == depth.measure]
        bounds = [
            (one.at_most if depth.better == "lower" else one.at_least, START_VALUES.get(one.kind)) for one in into
        ]
        return [abs(bound - begin) for bound, begin in bounds if bound is not None and begin is not None]

    def _has_come_out_lately(self) -> bool:
        """Whether a measure compared with the start pose has just come back by as much as it takes to get into the pose."""
        for one in self.exercise.enter.conditions:
            start = self.evidence.start.get(one.measure)
            values = [value for _, value in series_of(self.state.samples, one.measure, LONGEST_WINDOW)]
            if not one.is_relative or one.if_seen or start is None or not values:
                continue
            rest, unit = START_VALUES[one.kind], 1.0 if one.kind is BoundKind.CHANGE else start
            up = (one.at_least - rest) * unit if one.at_least is not None else 0.0
            down = (rest - one.at_most) * unit if one.at_most is not None else 0.0
            if 0 < up <= max(values) - values[-1] or 0 < down <= values[-1] - min(values):
                return True
        return False

    def _looks_started_after_a_full_hold(self) -> bool:
        """Whether the hold is full, and the user looks as in the start pose now."""
        full = self.state.phase is CoachPhase.RELEASE
        return full and verdict(self.exercise.start.conditions, self.evidence) is True

    def has_come_half_way(self) -> bool:
        """Whether the user has come back at least half of the way from the deepest of this hold to the start pose, if that is known."""
        depth, returned, deepest = self.exercise.depth, self.evidence.returned, self.state.hold.depth
        if depth is None or returned is None or deepest is None:
            return False
        start = START_VALUES.get(depth.kind, self.evidence.start.get(depth.measure))
        return start is not None and returned >= PART_WAY * abs(deepest - start)

    def is_released(self) -> bool:
        """Whether the user has been out of the pose for long enough."""
        stage = self.exercise.release
        if stage is not None:
            return self.lasts(verdict(stage.conditions, self.evidence) or self.is_back(), stage.seconds)
        return self.lasts(self.is_within() is False or self.is_back(), self.settings.pause_after)

    def count(self) -> None:
        """Count the repetition."""
        hold = replace(self.state.hold, unseen=self.state.hold.unseen + self.state.pending)
        best = None if self.state.pain else self.own_best(self.state.side)  # praise encourages going deeper
        self.seen_again()
        self.set(hold=hold, visit=None)
        result = self.result(counted=True)
        self.tell(on.Released(self.t))
        self.tell(on.RepCounted(self.t, result))
        depth = self.exercise.depth
        to_beat = None if depth is None or best is None else depth.further(best, CLEARLY * depth.step)
        if depth and result.depth is not None and to_beat is not None and depth.is_better(result.depth, to_beat):
            self.tell(on.NewBest(self.t, result.depth))
        self.set(results=(*self.state.results, result), hold=Hold(), samples=())
        self.next_rep()

    def next_rep(self) -> None:
        """Go on to the next repetition, the other side, or the end."""
        side, reps = self.state.side, self.exercise.dose.reps
        done = {one: sum(r.done and r.side is one for r in self.state.results) for one in (None, *Side)}
        if self.exercise.sides is Sides.NONE:
            over, following = done[None] >= reps, None
        else:
            assert side is not None
            each = self.exercise.sides is Sides.EACH
            over = min(done[s] for s in Side) >= reps if each else sum(done.values()) >= reps
            alternates = done[side.other] < reps and self._changes_by_themselves()
            following = side if each and done[side] < reps and not alternates else side.other
        if over:
            self.finish()
            return
        switch = following is not side
        self.turn_to(following)
        rest = self.exercise.dose.rest
        turns = switch and self.exercise.placement.facing is Facing.SIDE
        at_once = rest <= 0 and not turns
        self.go(CoachPhase.ENTERING if at_once else CoachPhase.SWITCH if switch else CoachPhase.REST)
        if switch and following is not None:
            self.set(other_told=self.t)
            self.aim()
            self.tell(on.SwitchSide(self.t, following))
        if rest > 0:
            self.tell(on.RestStarted(self.t, rest))

    def _changes_by_themselves(self) -> bool:
        """Whether the user last went to the other side while repetitions of the first were left, as most people do after each one."""
        sides = [result.side for result in self.state.results if result.done]
        return len(sides) > 1 and sides[-1] is not sides[-2] and sides[:-1].count(sides[-2]) < self.exercise.dose.reps

    def newly_met(self, met: bool | None) -> bool | None:
        """Whether the pose is met by somebody who has left it since the last repetition or goes back in, not by one still coming out."""
        depth, came_to, now = self.exercise.depth, self.state.came_to, self.state.depth_now
        if depth is None or came_to is None:
            return met
        # A release by return may come anywhere in the pose; otherwise somebody who rests in it has to go further in by a part of the way.
        returns = self.released_by_return
        if met is False and (returns or self.is_within() is False):
            self.set(came_to=None)
            return met
        further = depth.step if returns else max(depth.step, *(PART_WAY * way for way in self._ways_in()), 0.0)
        if met and now is not None and depth.is_better(now, depth.further(came_to, further)):
            self.set(came_to=None)
            return True
        self.set(came_to=came_to if now is None or depth.is_better(now, came_to) else now)
        return None if met is None else False

    def same_side_again(self) -> Side | None:
        """The side after a rest, where the same one follows: most people change sides by themselves."""
        each = self.exercise.sides is Sides.EACH
        return self.state.side if each and self.state.phase is CoachPhase.REST else None

    def finish(self, *, skipped: bool = False, ended_early: bool = False) -> None:
        """End the exercise; what was held so far is kept as a partial repetition."""
        state = self.state
        if state.hold.seen + state.hold.unseen > ROUNDING:
            full = state.phase is CoachPhase.RELEASE or state.before_pause is CoachPhase.RELEASE
            whole = Lacking.BY_TIME if state.by_time else Lacking.RELEASE_UNSEEN
            lacking = whole if full else Lacking.ENDED_EARLY
            result = self.result(counted=False, lacking=lacking)
            if state.visit is not None or state.by_time:  # otherwise it was reported when the attempt ended
                self.tell(on.RepPartial(self.t, result))
            self.set(results=(*state.results, result), hold=Hold())
        if self.state.other_hold != Hold() and self.state.side is not None:
            self.turn_to(self.state.side.other)
            result = self.result(counted=False, lacking=Lacking.LEFT_EARLY)
            self.set(results=(*self.state.results, result), hold=Hold())
        not_begun = None if skipped or self.state.results else self._what_to_begin_with()
        self.go(CoachPhase.DONE)
        summary = SetSummary(self.exercise, self.state.results, self.state.past, ended_early, skipped, not_begun)
        self.set(summary=summary, visit=None, t=self.t)
        self.tell(on.ExerciseDone(self.t, summary))

    def _what_to_begin_with(self) -> str | None:
        """What prevented it from beginning, if there was time to say so."""
        state = self.state
        paused = state.phase is CoachPhase.PAUSED
        phase = state.before_pause if paused else state.phase
        said = {text: t for text, t in state.hinted.items() if text != SKIP_IT}
        if phase in (CoachPhase.SETUP, CoachPhase.START) and said:
            latest = max(said, key=said.__getitem__)
            return latest if said[latest] >= state.phase_since else None
        lasted = state.paused_into if paused else self.t - state.phase_since
        cue = self.exercise.enter.cue
        if phase is CoachPhase.ENTERING and lasted >= self.settings.hint_every and cue and not self.exercise.is_timed:
            return Message.joined(EXPLAINED, (cue, mark("the camera did not see the pose")))
        return None
