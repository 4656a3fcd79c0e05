"""How the time of a break passes: when the next exercise comes, what an absence costs, and what is left."""

import pytest

from posturecam.coach.breaks.pacing import BACK_AFTER, OVERRUN, PaceAsk, Pacing, pass_time, time_left
from posturecam.coach.judging.by_time import GET_IN
from posturecam.coach.judging.state import CoachPhase, CoachState
from posturecam.config.settings import StretchSettings

RULES = StretchSettings()
PLANNED = 50.0


def asked(phase, used, each=0.0):
    """What a break asks for while somebody is there."""
    return pass_time(
        Pacing(t=100.0, used=used, somebody=100.0), 100.0, True, CoachState(phase=phase), PLANNED, RULES, each
    )[1]


@pytest.mark.parametrize(("each", "following"), [(OVERRUN + 1, None), (OVERRUN + 1.5, PaceAsk.NEXT)])
def test_after_a_rest_no_pose_is_asked_for_that_there_is_no_time_for(each, following):
    assert asked(CoachPhase.REST, PLANNED - 1, each) is following


@pytest.mark.parametrize("phase", [CoachPhase.HOLDING, CoachPhase.RELEASE])
def test_nobody_is_called_out_of_a_hold_for_some_seconds(phase):
    assert asked(phase, PLANNED + OVERRUN - 0.1) is None
    assert asked(phase, PLANNED + OVERRUN) is PaceAsk.NEXT
    assert asked(CoachPhase.ENTERING, PLANNED) is PaceAsk.NEXT


@pytest.mark.parametrize(
    ("interrupted", "given_back"), [(CoachPhase.HOLDING, GET_IN), (CoachPhase.ENTERING, GET_IN), (CoachPhase.REST, 0.0)]
)
def test_getting_into_a_pose_again_after_an_absence_takes_no_time_of_the_exercise(interrupted, given_back):
    away = CoachState(phase=CoachPhase.PAUSED, before_pause=interrupted, away=True)
    before = Pacing(t=100.0, used=30.0, somebody=80.0, here_since=100.0, waiting=True)
    after, wanted = pass_time(before, 100.0 + BACK_AFTER, True, away, PLANNED, RULES)
    assert wanted is PaceAsk.GO_ON
    assert after.used == 30.0 - given_back


def test_an_exercise_that_took_longer_leaves_the_others_their_time():
    assert time_left(Pacing(used=20.0), (50.0, 30.0, 40.0), 0) == 100.0
    assert time_left(Pacing(used=55.0), (50.0, 30.0, 40.0), 0) == 70.0
