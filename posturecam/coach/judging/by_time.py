"""Timed repetitions, and the announcement of an exercise in a break at the desk. Pure.

An exercise follows the clock if no camera judges it at all (`trust.level = "time"`), and in a break if this camera
cannot. A timed exercise is not judged and does not pretend to be: the phases follow the clock, and the time held is
recorded as unseen.
"""

from __future__ import annotations

from dataclasses import replace

from posturecam.coach import events as on
from posturecam.coach.exercise import Exercise
from posturecam.coach.judging.conditions import ROUNDING
from posturecam.coach.judging.framing import framing_hint
from posturecam.coach.judging.repetitions import LEAST_REMAINING, Repetitions
from posturecam.coach.judging.speaking_time import SpeakingTime, speaking_seconds
from posturecam.coach.judging.state import CoachPhase, CoachState, Hold
from posturecam.coach.session_summary import Lacking

GET_READY = 2.0
"""Seconds after the instruction, before anything is judged or counted."""
GET_IN = 3.0
"""Seconds to get into the pose when asked, for exercises that are judged elsewhere: a neck moves in two or three."""
COME_BACK = 2.0
"""Seconds to come back from it, and to hear that."""
RESUMING = 1.0
"""Seconds to say that the exercise resumes, before the instructions are repeated."""
SET_UP_PATIENCE = 1.5
"""Seconds after the instruction within which the camera must see what it needs: in a break nobody is asked to move for
it."""
START_PATIENCE = 5.0
"""Seconds within which the start pose must show, and for which required parts may stay unseen, before it continues by
time."""
POSE_PATIENCE = 6.0
"""Seconds after which a break continues by time if the pose, or its release, is not recognized: nobody is left in
silence."""


def lead_in(exercise: Exercise, speaking: SpeakingTime = speaking_seconds) -> float:
    """Seconds for which a break announces an exercise: its title, what to do, and a moment to get ready."""
    said = "" if exercise.desk is None else exercise.desk.say
    return speaking(exercise.title) + speaking(said) + GET_READY


def lasting(exercise: Exercise, speaking: SpeakingTime = speaking_seconds) -> float:
    """Seconds that an exercise takes in a break if it is timed, and may take if it is judged."""
    holds, rest = exercise.holds, exercise.dose.rest
    return lead_in(exercise, speaking) + holds * of_each(exercise) + (holds - 1) * rest


def of_each(exercise: Exercise) -> float:
    """Seconds that one timed repetition takes, from the request to get into the pose until the user is out of it."""
    return _get_in(exercise) + exercise.dose.hold + COME_BACK


def _get_in(exercise: Exercise) -> float:
    """Seconds to get into the pose; a timed exercise defines its own."""
    return exercise.enter.seconds if exercise.is_timed else GET_IN


def resume_into(state: CoachState) -> float:
    """Seconds into the announcement at which it resumes after an absence: shortly before its instructions."""
    return min(state.paused_into, max(state.title_seconds - RESUMING, 0.0))


class TimedRepetitions(Repetitions):
    """A step in progress: the parts that follow the clock or concern a break's own pace."""

    # The announcement.

    def announce(self) -> None:
        """LEAD_IN: what comes, how to do it, and a moment to get ready; meanwhile, find out whether the camera can judge it."""
        since = self.t - self.state.phase_since
        if not self.state.instructed and since >= self.state.title_seconds - ROUNDING:
            self.set(instructed=True)
            self.tell(on.Instructed(self.t))
        if since < self.state.lead_in - ROUNDING:
            return
        if self.exercise.is_timed:
            self._get_into_it()
        elif self.state.by_time:
            self.go_by_time()
        else:
            self.go(CoachPhase.SETUP)
            self.see_whether_it_can_be_judged()

    def see_whether_it_can_be_judged(self) -> None:
        """SETUP in a break: what cannot be seen from the camera's position is timed, and nobody is asked to move."""
        if framing_hint(self.look, self.exercise.placement, self.settings) is None:
            self.go(CoachPhase.START)
            self.set(view=self.seen_from())
        elif self.t - self.state.phase_since >= SET_UP_PATIENCE - ROUNDING:
            self.go_by_time()

    def is_out_of_patience(self) -> bool:
        """Whether a break continues by time because a pose, or a required part, has not shown for long."""
        if not self.state.lead_in:
            return False
        since = self.t - self.state.phase_since
        if self.state.phase is CoachPhase.START:
            return since >= (SET_UP_PATIENCE if self.is_looked_at_askew() else START_PATIENCE) - ROUNDING
        if self.state.phase in (CoachPhase.ENTERING, CoachPhase.RELEASE) and since >= POSE_PATIENCE - ROUNDING:
            return True
        return self.state.blind_for >= START_PATIENCE - ROUNDING

    # By time.

    def go_by_time(self) -> None:
        """From now on the exercise follows the clock, from its current phase; the time already held counts."""
        held = self.state.hold.began is not None and self.state.phase in (CoachPhase.HOLDING, CoachPhase.RELEASE)
        into_it = held or self.state.phase is CoachPhase.ENTERING  # already asked for
        self.tell(on.LedByTime(self.t))
        self.forget_faults()
        self.seen_again(quietly=True)
        hold = replace(self.state.hold, unseen=self.state.hold.unseen + self.state.pending)
        self.set(by_time=True, hold=hold, visit=None, samples=(), depth_now=None, straight_looks=(), start_looks=())
        if not into_it:
            self._get_into_it()

    def follow_the_clock(self) -> None:
        """Process one check of a timed exercise."""
        since, hold = self.t - self.state.phase_since, self.state.hold
        match self.state.phase:
            case CoachPhase.ENTERING if since >= _get_in(self.exercise) - ROUNDING:
                self.tell(on.Entered(self.t, self.state.rep, self.state.side, self.state.held))
                self.go(CoachPhase.HOLDING)
                self.set(hold=replace(hold, began=self.t if hold.began is None else hold.began, pieces=1))
            case CoachPhase.HOLDING:
                self.set(hold=replace(hold, unseen=hold.unseen + self.elapsed))
                self.count_out()
            case CoachPhase.RELEASE if since >= COME_BACK - ROUNDING:
                if self.exercise.is_timed:
                    self.count()
                else:
                    self._keep()
            case CoachPhase.REST | CoachPhase.SWITCH if since >= self.exercise.dose.rest - ROUNDING:
                self._get_into_it()

    def _get_into_it(self) -> None:
        """Go into the pose; if there are two sides the first one is named, since nothing checks which it is."""
        again = self.same_side_again()
        self.go(CoachPhase.ENTERING)
        first = self.state.side is not None and not self.state.results and self.state.hold == Hold()
        if first and self.state.side is not None:
            self.tell(on.SwitchSide(self.t, self.state.side, asked=False))
        else:
            self.tell(on.RestOver(self.t, again))

    def get_into_it_again(self) -> None:
        """Ask for the pose again after an interruption, with time to get into it; the seconds held so far are kept."""
        self.set_back(LEAST_REMAINING)
        self.set(visit=None)
        if self.state.hold == Hold():
            self._get_into_it()
            return
        self.go(CoachPhase.ENTERING)
        self.tell(on.RestOver(self.t, self.state.side))

    def _keep(self) -> None:
        result = self.result(counted=False, lacking=Lacking.BY_TIME)
        self.tell(on.RepTimed(self.t, result))
        self.set(results=(*self.state.results, result), hold=Hold())
        self.next_rep()
