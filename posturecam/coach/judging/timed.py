"""Timed exercises, which no camera can judge: resting the eyes, stretching the wrists. Pure.

    SETUP (its title is said) ─ START (with which side to begin) ─ ENTERING (time to get there) ─ HOLDING ─ REST or SWITCH ─ ENTERING … DONE

In a break at the desk it is announced instead (LEAD_IN); from ENTERING on it follows the clock like everything timed.

None of it is claimed to have been seen: its seconds are recorded as unseen, and nobody has to be in the picture.
"""

from __future__ import annotations

from posturecam.coach import events as on
from posturecam.coach.judging.by_time import TimedRepetitions
from posturecam.coach.judging.conditions import ROUNDING
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.stretch_measures import CoachLook

TITLE_SECONDS, SIDE_SECONDS = 2.5, 2.0
"""For saying the title, and the side, before the first instruction: four words and a breath."""


class TimedStep(TimedRepetitions):
    """One step of a timed exercise."""

    def see(self, look: CoachLook) -> None:
        """Process one check, of which only the time matters."""
        self.pass_time()
        self.look = look
        waited = self.t - self.state.phase_since
        match self.state.phase:
            case CoachPhase.LEAD_IN:
                self.announce()
            case CoachPhase.SETUP if waited >= TITLE_SECONDS - ROUNDING and self.state.side is not None:
                self.tell(on.SwitchSide(self.t, self.state.side, asked=False))
                self.go(CoachPhase.START)
            case CoachPhase.SETUP | CoachPhase.START if waited >= self._before_first - ROUNDING:
                self.tell(on.Ready(self.t, self.state.side, self.state.view))
                self.go(CoachPhase.ENTERING)
            case _:
                self.follow_the_clock()

    @property
    def _before_first(self) -> float:
        """Seconds of this phase before the first instruction."""
        return SIDE_SECONDS if self.state.phase is CoachPhase.START else TITLE_SECONDS
