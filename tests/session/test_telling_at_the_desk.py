"""What is told at the desk beside the rules of alerts: the baseline with an alert, pauses in typing, and breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from moments import BASELINE, NOON, tick

from posturecam.config.settings import AlertSettings, BreakSettings, Settings
from posturecam.posture.monitor import Grade, MonitorState, Phase, SlouchSustained
from posturecam.session.protocol.messages import AlertRaised, BreakAhead, BreakOffered
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.session.rules.desk import DeskState, answer_break, step

SLOUCH = SlouchSustained(1000.0, 880.0, Grade.MILD, 118.0, None, None, True)


class Desk:
    """One look a second of somebody who sits there."""

    def __init__(self, **groups) -> None:
        self.settings = Settings(**groups)
        self.state = DeskState()
        self.t, self.told = 1000.0, []
        self.moment = None

    def sit(self, seconds, slouching=False, typing=False, held=None):
        """Sit for so long; returns what was told meanwhile."""
        told = []
        for _ in range(round(seconds)):
            self.t += 1
            seen = tick(Phase.SLOUCHING if slouching else Phase.UPRIGHT)
            state = MonitorState(t=self.t, phase=seen.state.phase, grade=Grade.MILD if slouching else Grade.UPRIGHT)
            state = replace(state, slouch=SLOUCH if slouching else None)
            frame, reading = replace(seen.frame, t=self.t), replace(seen.reading, t=self.t)
            seen = replace(seen, frame=frame, reading=reading, state=state)
            at = NOON + timedelta(seconds=self.t)
            self.state, self.moment = step(
                self.state, seen, at, self.settings, held=held, baseline=BASELINE, typing=typing
            )
            told += [one for one in self.moment.happened if isinstance(one, AlertRaised | BreakAhead | BreakOffered)]
        return told


def test_an_alert_keeps_what_it_was_compared_with():
    (alert,) = Desk().sit(1, slouching=True)
    assert alert.evidence.upright.values == pytest.approx(dict(BASELINE.values), abs=1e-3)


def test_an_alert_waits_for_a_pause_in_typing():
    desk = Desk(alerts=AlertSettings(typing_pause=2))
    assert desk.sit(30, slouching=True, typing=True) == []
    assert len(desk.sit(1, slouching=True)) == 1


def test_it_does_not_wait_for_ever():
    assert len(Desk().sit(125, slouching=True, typing=True)) == 1


def test_a_break_is_announced_then_offered_and_both_wait_for_the_end_of_a_meeting():
    desk = Desk(breaks=BreakSettings(sitting=300))
    desk.sit(239)
    assert [type(one) for one in desk.sit(62)] == [BreakAhead, BreakOffered]
    quiet = Desk(breaks=BreakSettings(sitting=300))
    assert quiet.sit(400, held="in a meeting") == []
    assert [type(one) for one in quiet.sit(2)] == [BreakOffered]


def test_a_break_that_is_postponed_comes_again_and_is_due_then():
    desk = Desk(breaks=BreakSettings(sitting=300, postpone=60))
    desk.sit(301)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    desk.sit(1)
    assert desk.moment.break_in == pytest.approx(59, abs=1)
    assert [type(one) for one in desk.sit(61)] == [BreakOffered]


def test_a_break_waits_for_a_pause_in_typing_and_sitting_goes_on_being_counted():
    desk = Desk(breaks=BreakSettings(sitting=300, heads_up=0))
    assert desk.sit(330, typing=True) == []
    assert desk.moment.sitting == pytest.approx(330, abs=2)
    assert [type(one) for one in desk.sit(1)] == [BreakOffered]
