"""What the history knows of a planned day."""

from datetime import datetime, timedelta

import pytest
from stretch_rows import FOLD, Clock, rep

from posturecam.alerts.text import Because
from posturecam.coach.session_summary import Lacking
from posturecam.history.database import history_path
from posturecam.history.models import EventKind
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import StretchHistory
from posturecam.session.planned_day import recall
from posturecam.session.rules.weekly_plan import PlannedDay

NOW = datetime(2026, 11, 23, 15, 0).astimezone()


def stretched(at, title="Upper back", **result):
    with StretchHistory(now=Clock(at.timestamp())) as history:
        history.add(history.begin(title, "camera"), FOLD, rep(**result))


def test_of_a_day_without_anything_only_the_title_is_known():
    assert recall(NOW, "upper_back") == PlannedDay("Upper back")


def test_a_routine_is_done_once_a_repetition_of_it_counted_that_day():
    stretched(NOW - timedelta(days=1))
    stretched(NOW, title="Full session")
    stretched(NOW - timedelta(hours=2), counted=False)
    assert not recall(NOW, "upper_back").done
    stretched(NOW - timedelta(hours=1))
    assert recall(NOW, "upper_back").done


def test_a_break_that_was_only_timed_is_done_too():
    stretched(NOW - timedelta(hours=1), title="Desk break", counted=False, lacking=Lacking.ENDED_EARLY)
    assert not recall(NOW, "desk_break").done
    stretched(NOW, title="Desk break", counted=False, lacking=Lacking.BY_TIME)
    assert recall(NOW, "desk_break").done


@pytest.mark.parametrize(("reason", "reminded"), [(Because.PLAN, True), (Because.SITTING, False)])
def test_a_reminder_of_that_day_is_known_after_a_restart(reason, reminded):
    history = SittingHistory()
    history.event(NOW.timestamp(), EventKind.BREAK_OFFERED, reason=reason.value, seconds=900.0, slouches=0.0)
    history.close()
    assert recall(NOW, "upper_back").reminded is reminded
    assert not recall(NOW + timedelta(days=1), "upper_back").reminded


def test_a_session_without_history_knows_nothing_of_the_day_but_the_title():
    stretched(NOW)
    assert recall(NOW, "upper_back").done
    assert recall(NOW, "upper_back", kept=False) == PlannedDay("Upper back")
    assert recall(NOW, "no_such_routine", kept=False) is None


def test_of_a_history_that_cannot_be_read_only_the_title_is_known():
    history_path().mkdir(parents=True)
    assert recall(NOW, "upper_back") == PlannedDay("Upper back")


def test_there_is_no_plan_for_a_routine_that_is_gone():
    assert recall(NOW, "no_such_routine") is None
