"""The start pose: taken, taken again at rest, or done without by somebody who is in the pose already. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import replace

from posturecam.coach import events as on
from posturecam.coach.condition import BoundKind
from posturecam.coach.exercise import Facing, Side, Sides
from posturecam.coach.judging.conditions import (
    ROUNDING,
    ConditionInputs,
    has_turned,
    is_moving,
    is_on_far_side,
    is_part_way,
    unmet,
    verdict,
)
from posturecam.coach.judging.framing import framing_hint
from posturecam.coach.judging.setup import PART_WAY, StepContext
from posturecam.coach.judging.state import CoachPhase, Hint, Hold, Start
from posturecam.coach.judging.viewpoint import near_left
from posturecam.coach.pose_geometry import is_resized, reference_of
from posturecam.coach.stretch_measures import TO_THE_WORKING_SIDE, StretchMeasure, measure
from posturecam.posture.view import View
from posturecam.vision.pose import Pose

_TOWARDS_THE_CAMERA = ("head_turn", "trunk_turn")
"""Measures that keep a start pose from being met while somebody looks at their screen and the camera is beside it."""
WIDER = 1.2
"""How many times as wide as before shoulders have to look to be clearly wider. Choice: twice what counts as having come nearer at
rest, since one picture scatters more than many. Shoulders turned by 35° look that much narrower."""
RESTS_FOR = 3.0
"""Seconds at rest, away from the middle, after which the start pose of an exercise with two sides is taken again. Choice: whoever turns their
head halfway and then lets the nose sink, as the levator stretch asks, pauses for less."""
OTHER_SIDE_FOR = 2.0
"""Seconds for which somebody has to be in the pose of the other side, once they have done a repetition, before that side is taken to be the
next. Choice: longer than a look aside, and as long as a stay in the pose has to last to be an attempt."""


class StartPoseStep(StepContext):
    """A step in progress that may take the start pose."""

    # Before the start pose is awaited.

    def note_start(self) -> None:
        """Before START: remember the last start pose at rest, for somebody who has begun by the time it is taken."""
        if self._start_learned(self._is_framed(), self.exercise.start.seconds):
            if not self._is_moving():
                self.set(noted=self._start_of(self.state.start_looks, self.seen_from()))
            self.forget_looks()

    def forget_looks(self) -> None:
        """Begin to look for a start pose anew."""
        self.set(start_looks=(), learning_since=None)

    def _start_learned(self, may: bool, seconds: float) -> bool:
        """Whether the start pose has shown for this long, in the poses kept for it; only while it `may` be learned."""
        met = may and verdict(self.exercise.start.conditions, self.evidence)
        if not met or self.look.pose is None:
            self.forget_looks()
            return False
        since = self.t if self.state.learning_since is None else self.state.learning_since
        self.set(start_looks=(*self.state.start_looks, self.look.pose), learning_since=since)
        return self.t - since >= seconds - ROUNDING

    # Taking the start pose.

    def take_start_pose(self) -> None:
        """START: take the personal baseline, once the start pose was held."""
        look = self.look
        hint = framing_hint(look, self.exercise.placement, self.settings, settled=True)
        if hint is None and self.seen_from() is not self.state.view:
            self.set(view=self.seen_from(), met_since=None)
        lasts, looks = self._start_lasts(hint is None)
        if not lasts:
            about_camera = None if self.state.lead_in else look.problem or self.sideways() or hint
            asked = None if self.is_looked_at_askew() else self._asked_for()
            self.give_hint(None if looks else about_camera or asked)
            return
        self._begin_from(self._start_of(looks, self.state.view))
        self.tell(on.Ready(self.t, self.state.side, self.state.view))
        self.go(CoachPhase.ENTERING)

    def is_looked_at_askew(self) -> bool:
        """Whether, in a break, the start pose is not met because the camera is beside the screen, where it may stay."""
        missed = unmet(self.exercise.start.conditions, self.evidence)
        turned = missed is not None and missed.measure in _TOWARDS_THE_CAMERA
        return turned and self.state.lead_in > 0 and self.state.view.is_oblique

    def _start_lasts(self, framed: bool) -> tuple[bool, tuple[Pose, ...]]:
        """Whether the start pose was held for long enough, and the poses during that time.

        In an exercise with two sides the user should be at rest: compared with a start pose taken on the way back from one
        side, the middle looks like the other side. Noise can hide that somebody rests, but nobody is on the way for long.
        """
        met = framed and verdict(self.exercise.start.conditions, self.evidence)
        lasts = self.lasts(met, self.exercise.start.seconds)
        looks = (*self.state.start_looks, self.look.pose) if met and self.look.pose is not None else ()
        on_the_way = lasts and not self.lasts(met, self.exercise.start.seconds + self.settings.still_window)
        if on_the_way and self.exercise.sides is not Sides.NONE and self._is_moving():
            lasts, looks = False, looks[1:]
        self.set(start_looks=looks)
        return lasts, looks

    def _is_moving(self) -> bool:
        return is_moving(self.exercise, self.state.samples, self.exercise.start.seconds)

    def _asked_for(self) -> str | None:
        """The cue into the start pose; in turn with the cue into the pose itself, if the user need not pass through the start."""
        wrong = unmet(self.exercise.start.conditions, self.evidence)
        start = (wrong.hint if wrong else None) or self.exercise.start.cue
        turn = int((self.t - self.state.phase_since) / self.settings.hint_every)
        return start if self.exercise.needs_start or turn % 2 == 0 else self.exercise.enter.cue or start

    def _begin_from(self, start: Start) -> None:
        self.set(start=start, start_looks=(), hint=Hint(), samples=())
        self.aim()

    def _start_of(self, looks: tuple[Pose, ...], view: View) -> Start:
        near = near_left(view)
        reference = reference_of(looks, self.settings.visibility)

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

        off_side = self.look.seen.off_side if self.look.seen is not None else None
        return Start(view, near, reference, {side: of(side) for side in Side}, off_side)

    def learn_start(self) -> None:
        """Between two holds, take a start pose if one shows and the pose was reached without one.

        Take it again if the user rests further from the pose before the first hold, because they had begun too early, or
        later looks larger or smaller, because they have moved nearer or away, or has turned, or rests where the start pose
        taken says that they are still in the pose, because they were slumped when it was taken. One taken because they had
        turned is taken again if they rest further from the pose, as before the first hold: whoever looked aside may be back
        in the pose by then. So is one taken from somebody who looked or leaned to one side, since the other could hardly be reached
        from there: as soon as they rest nearer to the middle, or, on the way into the pose, for long.
        """
        start, exercise, seconds = self.state.start, self.exercise, self.exercise.start.seconds
        if start is None or self.state.met_since is not None:
            return
        may = begun = True
        turned = further = aside = nearer = False
        if start.taken:
            begun = bool(self.state.results) or self.state.hold != Hold()
            turned = has_turned(exercise.enter.conditions, self.evidence)
            further = is_on_far_side(exercise.enter.conditions, self.evidence, PART_WAY)
            aside, nearer = self._rests_aside()
            may = begun or turned or further or aside
            seconds = max(seconds, self.settings.still_window)
        if self._start_learned(may, seconds):
            # Where coming out far enough releases the hold, the start pose says little about where they rest.
            otherwise = (
                turned
                or ((start.after_turn or not begun) and further)
                or (self.state.came_to is not None and not self.released_by_return)
                or nearer
            )
            if aside and not otherwise and self.state.phase is CoachPhase.ENTERING and not self._is_part_way():
                assert self.state.learning_since is not None
                otherwise = self.t - self.state.learning_since >= RESTS_FOR - ROUNDING
                if not otherwise:
                    return
            moving = is_moving(exercise, self.state.samples, seconds)
            if moving and not begun and exercise.sides is not Sides.NONE:
                # On the way back from one side, the middle would look like the other side from then on.
                self.set(start_looks=self.state.start_looks[1:])
                return
            rests_otherwise = otherwise and not (moving and begun)
            if not start.taken or rests_otherwise or self._looks_resized(start):
                taken, tried = self._start_of(self.state.start_looks, self.state.view), self.state.hint.tried
                self._begin_from(replace(taken, after_turn=turned))
                self.set(came_to=None, hint=Hint(tried=tried))
            self.forget_looks()

    def _rests_aside(self) -> tuple[bool, bool]:
        """Whether the user, in an exercise with two sides, is part of the way to one of them by the start pose taken, and whether they are nearer to the middle than it.

        Only from the front is the middle known: diagonally, one shoulder is always lower in the picture.
        """
        aside, nearer = False, self.exercise.placement.facing is Facing.FRONT
        for condition in self.exercise.enter.conditions if self.exercise.sides is not Sides.NONE else ():
            then, now = self.evidence.start.get(condition.measure), self.look.value(condition.measure)
            signed = condition.measure in TO_THE_WORKING_SIDE and condition.kind is BoundKind.CHANGE
            if not signed or condition.at_least is None or then is None or now is None:
                continue
            if abs(now - then) >= PART_WAY * condition.at_least:
                aside, nearer = True, nearer and abs(now) < abs(then)
        return aside, aside and nearer

    def _is_part_way(self) -> bool:
        """Whether the user is halfway into the pose of either side, and so hardly at rest."""
        state, conditions = self.state, self.exercise.enter.conditions
        ways = [self.evidence]
        if self.look.other is not None and state.side is not None and state.start is not None:
            ways.append(ConditionInputs(self.look.other, state.start.values.get(state.side.other, {})))
        return any(is_part_way(conditions, one, PART_WAY) for one in ways)

    @property
    def released_by_return(self) -> bool:
        """Whether the release is judged by how far the user came out of this hold, regardless of the pose's own bounds."""
        stage = self.exercise.release
        return stage is not None and any(one.kind is BoundKind.RETURN for one in stage.conditions)

    def _looks_resized(self, start: Start) -> bool:
        now = reference_of(self.state.start_looks, self.settings.visibility)
        return is_resized(start.reference, now, from_side=start.view.is_side)

    def begin_again(self) -> None:
        """Start over after the user left, since the camera may see them differently now. Finished work stays, and the old start pose may be reused."""
        start = self.state.start
        earlier = start if start is not None and start.taken else self.state.earlier
        self.set(
            start=None, earlier=earlier, noted=None, upright_off_side=None, blind_for=0.0, lost_told=False, samples=()
        )
        self.forget_looks()
        self.go(CoachPhase.SETUP)

    # The pose without a start pose.

    def is_straight_in(self) -> bool:
        """Whether the pose itself has lasted, recognized without a start pose, or with one from before.

        That is the one from before the user left, or the one noted before START if they no longer show it. The side is
        theirs to choose.
        """
        known = self._known_start()
        if (self.exercise.needs_start and known is None) or not self._is_framed():
            return self._not_in()
        own, other = self._shows_pose(self.state.side, known), other_of(self.state.side)
        if not own and not (self.may_take(other) and self._shows_pose(other, known)):
            return self._not_in()
        assert self.look.pose is not None
        since, looks = self.state.straight_since, self.state.straight_looks
        if since is None or self.state.straight_other is own:
            since, looks = self.t, ()
        self.set(straight_since=since, straight_looks=(*looks, self.look.pose), straight_other=not own)
        return self.t - since >= self.exercise.enter.seconds - ROUNDING

    def _not_in(self) -> bool:
        self.set(straight_since=None, straight_looks=())
        return False

    def _known_start(self) -> Start | None:
        """A start pose from before that still serves, if there is one."""
        earlier, noted, view = self.state.earlier, self.state.noted, self.seen_from()
        if earlier is not None and earlier.view is view:
            return earlier
        if noted is None or verdict(self.exercise.start.conditions, self.evidence):
            return None
        if self.exercise.placement.facing is Facing.FRONT and self._is_wider_than(noted):
            return None
        # Turning the trunk soon changes the view; seen from the side, the other side of the body may be the near one by now.
        return noted if noted.view is view or self.exercise.placement.facing is not Facing.SIDE else None

    def _is_wider_than(self, noted: Start) -> bool:
        """Whether the shoulders look clearly wider than in a start pose from before: it was taken turned away, or from farther off."""
        before, pose = noted.reference.shoulders, self.look.pose
        if before is None or pose is None:
            return False
        now = reference_of((pose,), self.settings.visibility).shoulders
        return now is not None and now > before * WIDER

    def _shows_pose(self, side: Side | None, known: Start | None) -> bool:
        values = {} if known is None else known.values.get(side or Side.LEFT, {})
        evidence = ConditionInputs(self._measured(side, known), values, self.to_share(side))
        return verdict(self.exercise.enter.conditions, evidence) is True

    def _measured(self, side: Side | None, known: Start | None) -> Mapping[str, StretchMeasure]:
        """The measures of this check for one side, computed with the lengths of the noted start pose if that is the known one."""
        noted = known if known is self.state.noted else None
        if self.look.pose is None or (noted is None and side is self.state.side):
            return self.look.measures
        near = near_left(self.look.view) if self.look.seen is None else self.look.seen.near_left
        return measure(
            self.look.pose,
            self.exercise.measures,
            near_left=near if noted is None else noted.near_left,
            working_left=side is not Side.RIGHT,
            reference=None if noted is None else noted.reference,
            least_visibility=self.settings.visibility,
        )

    def _is_framed(self) -> bool:
        return framing_hint(self.look, self.exercise.placement, self.settings, settled=True) is None

    def take_pose_itself(self) -> None:
        """Take sides and lengths from the pose, and the angles of a start pose from before if there is one."""
        known, view = self._known_start(), self.seen_from()
        side = other_of(self.state.side) if self.state.straight_other else self.state.side
        if known is not None and known is self.state.noted:
            self.set(start=known, view=known.view)
        else:
            self.set(view=view)
            near = near_left(view)
            reference = reference_of(self.state.straight_looks, self.settings.visibility, near_left=near)
            values = {} if known is None else known.values
            self.set(start=Start(view, near, reference, values, self.off_side(), taken=False))
        measures = self._measured(side, known)
        self.set(straight_looks=(), start_looks=(), noted=None, hint=Hint(), met_since=self.state.straight_since)
        if side is self.state.side:
            self.aim()
        else:
            self.choose_side(side, measures)

    # The side.

    def may_take(self, side: Side | None) -> bool:
        """Whether the user may do this side now: any before a repetition is done, even after trying the other; later one with repetitions left, unless sides alternate."""
        done = [one.side for one in self.state.results if one.done]
        if self.exercise.sides is Sides.NONE or not done:
            return self.exercise.sides is not Sides.NONE
        return self.exercise.sides is Sides.EACH and done.count(side) < self.exercise.dose.reps

    def takes_other_side(self) -> bool:
        """ENTERING and REST: whether the user has gone into the pose of the other side, and may; otherwise, they are told which one it is."""
        state, other = self.state, self.look.other
        if other is None or state.side is None or state.start is None:
            self.set(other_since=None)
            return False
        side = state.side.other
        evidence = ConditionInputs(other, state.start.values.get(side, {}), self.to_share(side))
        if not verdict(self.exercise.enter.conditions, evidence):
            self.set(other_since=None)
            return False
        since = self.t if state.other_since is None else state.other_since
        self.set(other_since=since)
        may, begun = self.may_take(side), any(one.done for one in state.results)
        least = OTHER_SIDE_FOR if may and begun else self.exercise.enter.seconds
        if self.t - since < least - ROUNDING:
            return False
        if may:
            self.set(met_since=since)
            self.choose_side(side, other)
        elif state.other_told is None or self.t - state.other_told >= self.settings.same_cue:
            self.set(other_told=self.t)
            self.tell(on.SwitchSide(self.t, state.side, reminder=True))
        return may

    def choose_side(self, side: Side | None, measures: Mapping[str, StretchMeasure]) -> None:
        """The user does this side, whose measures are given; before a repetition is done, somebody who goes back and forth is not told so each time."""
        begun = bool(self.state.results) or self.state.hold != Hold()
        self.turn_to(side)
        self.set(samples=(), other_since=None)
        self.aim()
        told, done = self.state.other_told, any(one.done for one in self.state.results)
        if side is not None and (done or told is None or self.t - told >= self.settings.same_cue):
            self.set(other_told=self.t)
            self.tell(on.SwitchSide(self.t, side, asked=begun))
        self.evidence = self.evidence_of(measures, side)

    def turn_to(self, side: Side | None) -> None:
        """The next repetition is of this side; what was held of the other one goes on when they do that again."""
        if side is not self.state.side:
            self.set(hold=self.state.other_hold, other_hold=self.state.hold)
        done = [one.side for one in self.state.results if one.done]
        self.set(side=side, rep=done.count(side) + 1)


def other_of(side: Side | None) -> Side | None:
    """The other side, if there is one."""
    return None if side is None else side.other
