"""What is published at the desk besides the rules for alerts: the baseline with an alert, pauses in typing, and breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from moments import BASELINE, NOON, tick

from posturecam.alerts.policy import Response
from posturecam.alerts.text import Because
from posturecam.config.settings import AlertSettings, BreakSettings, MonitorSettings, PlanSettings, Settings
from posturecam.posture.monitor import CameBack, Grade, MonitorState, Phase, SlouchSustained
from posturecam.posture.reading import no_picture
from posturecam.session.protocol.messages import AlertRaised, BreakAhead, BreakOffered
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.session.rules.desk import (
    DeskState,
    answer_alert,
    answer_break,
    begin_stretch,
    glow,
    leave_out_stretching,
    recall_plan,
    step,
)
from posturecam.session.rules.weekly_plan import FRESH, PlannedDay, PlanState, begin, is_fresh

SLOUCH = SlouchSustained(1000.0, 880.0, Grade.MILD, 118.0, None, None, True)


class Desk:
    """Somebody who sits there, checked once a second."""

    def __init__(self, **groups) -> None:
        self.settings = Settings(**groups)
        self.state = DeskState()
        self.t, self.told = 1000.0, []
        self.moment = None

    def sit(self, seconds, slouching=False, typing=False, held=None, events=(), away=False):
        """Sit for this long, or be away, and let this happen first; returns the alerts and suggestions meanwhile."""
        notices = []
        for _ in range(round(seconds)):
            self.t += 1
            seen = tick(Phase.SLOUCHING if slouching else Phase.UPRIGHT)
            grade, deviation = (Grade.MILD, 1.2) if slouching else (Grade.UPRIGHT, 0.2)
            state = MonitorState(t=self.t, phase=seen.state.phase, grade=grade, deviation=deviation)
            state = replace(state, slouch=SLOUCH if slouching else None, away=away, near=slouching)
            frame = replace(seen.frame, t=self.t)
            reading = no_picture(self.t, "the picture is black") if away else replace(seen.reading, t=self.t)
            seen = replace(seen, frame=frame, reading=reading, state=state, events=events)
            events = ()
            at = NOON + timedelta(seconds=self.t)
            self.state, self.moment = step(
                self.state, seen, at, self.settings, held=held, baseline=BASELINE, typing=typing
            )
            self.looked()
            notices += [one for one in self.moment.happened if isinstance(one, AlertRaised | BreakAhead | BreakOffered)]
        return notices

    def looked(self):
        """Answer a lookup requested by the check; nothing here."""


def test_an_alert_keeps_what_it_was_compared_with():
    (alert,) = Desk().sit(1, slouching=True)
    assert alert.evidence.upright.values == pytest.approx(dict(BASELINE.values), abs=1e-3)


def test_an_alert_to_somebody_who_came_back_and_never_sat_upright_says_that_it_may_be_somebody_else():
    desk = Desk()
    desk.sit(5)
    back = (CameBack(1005.0),)
    (stranger,) = desk.sit(1, slouching=True, events=back)
    assert stranger.words.body.endswith("If somebody else sits here now, pause posturecam or calibrate again.")
    desk = Desk()
    desk.sit(1, events=back)
    (user,) = desk.sit(1, slouching=True)
    assert user.words.body.endswith("How about a short stretch?")


def test_the_screen_glows_only_while_an_alert_is_open_and_not_in_a_meeting():
    desk = Desk(alerts=AlertSettings(typing_pause=2))
    desk.sit(3, slouching=True, typing=True)
    assert desk.moment.alert is None
    assert desk.moment.glow == 0.0, "no alert has been raised yet"
    desk.sit(1, slouching=True)
    assert desk.moment.glow > 0.0
    desk.sit(1, slouching=True, held="in a meeting")
    assert desk.moment.glow == 0.0
    desk.sit(1, slouching=True)
    assert desk.moment.glow > 0.0, "the alert is still open after the meeting"


@pytest.mark.parametrize(
    ("deviation", "strength"), [(0.7, 0.0), (1.35, 0.5), (2.0, 1.0), (5.0, 1.0), (0.5, 0.0), (None, 0.0)]
)
def test_the_glow_grows_from_upright_to_a_severe_slouch(deviation, strength):
    settings = MonitorSettings(exit=0.7, severe=2.0)
    slouching = MonitorState(phase=Phase.SLOUCHING, deviation=deviation)
    assert glow(slouching, settings) == pytest.approx(strength)
    assert glow(replace(slouching, phase=Phase.RECOVERING), settings) == 0.0


@pytest.mark.parametrize(("deviation", "strength"), [(0.9, 0.0), (1.0, 0.0), (1.2, 1.0)])
def test_the_glow_is_whole_at_once_where_the_settings_call_every_slouch_severe(deviation, strength):
    settings = MonitorSettings(exit=1, moderate=1, severe=1)
    assert glow(MonitorState(phase=Phase.SLOUCHING, deviation=deviation), settings) == strength


def test_a_second_click_on_an_answer_makes_later_reminders_no_rarer():
    desk = Desk()
    (alert,) = desk.sit(1, slouching=True)
    once, counts = answer_alert(desk.state, Response.FINE, alert)
    assert counts
    assert answer_alert(once, Response.FINE, alert) == (once, False)
    assert answer_alert(once, Response.SNOOZE, alert)[1]
    desk.state = once
    desk.sit(5)
    assert desk.settings.alerts.cool_down < 3600
    desk.t += 3600
    (another,) = desk.sit(1, slouching=True)
    assert answer_alert(desk.state, Response.FINE, another)[1]


def test_an_alert_waits_for_a_pause_in_typing():
    desk = Desk(alerts=AlertSettings(typing_pause=2))
    assert desk.sit(30, slouching=True, typing=True) == []
    assert len(desk.sit(1, slouching=True)) == 1


def test_it_does_not_wait_forever():
    assert len(Desk().sit(125, slouching=True, typing=True)) == 1
    desk = Desk()
    desk.sit(60, slouching=True, typing=True)
    desk.t -= 600  # the clock of the readings begins again
    assert len(desk.sit(125, slouching=True, typing=True)) == 1


def test_a_slouch_that_ended_while_its_alert_waited_uses_up_nothing_of_the_next_ones_wait():
    desk = Desk(alerts=AlertSettings(typing_pause=2))
    assert desk.sit(60, slouching=True, typing=True) == []
    assert desk.sit(200, typing=True) == []
    assert desk.sit(100, slouching=True, typing=True) == []
    assert len(desk.sit(25, slouching=True, typing=True)) == 1


def today(desk):
    """The local time of the last check."""
    return NOON + timedelta(seconds=desk.t)


def test_after_no_stretching_today_nothing_suggests_a_stretch_that_day_and_the_next_day_it_does():
    desk = Desk(breaks=BreakSettings(sitting=300, stand=True, stand_every=600))
    desk.state = leave_out_stretching(desk.state, today(desk).date())
    assert [one.offer.because for one in desk.sit(700)] == [Because.STAND], "standing up is no stretch"
    assert desk.moment.break_in is None
    assert desk.moment.no_stretching
    desk.t += 24 * 3600
    assert [one.offer.because for one in desk.sit(310) if isinstance(one, BreakOffered)] == [Because.SITTING]
    assert not desk.moment.no_stretching


def test_a_reminder_after_no_stretching_today_suggests_no_stretch():
    desk = Desk()
    desk.state = leave_out_stretching(desk.state, today(desk).date())
    (alert,) = desk.sit(1, slouching=True)
    assert alert.words.body.endswith("How about sitting up?")


def test_an_open_reminder_suggests_no_stretch_once_the_user_wants_none_and_its_buttons_still_answer_it():
    desk = Desk()
    (alert,) = desk.sit(1, slouching=True)
    desk.sit(1, slouching=True)
    assert desk.moment.alert.words == alert.words, "nobody has said so yet"
    desk.state = leave_out_stretching(desk.state, today(desk).date())
    desk.sit(1, slouching=True)
    assert desk.moment.alert.words.body.endswith("How about sitting up?")
    for shown in (alert, desk.moment.alert):
        assert answer_alert(desk.state, Response.SNOOZE, shown)[1]


def test_whoever_stretches_after_all_gets_suggestions_again():
    desk = Desk(breaks=BreakSettings(sitting=300))
    desk.state = leave_out_stretching(desk.state, today(desk).date())
    desk.sit(10)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    assert any(isinstance(one, BreakOffered) for one in desk.sit(310))


def test_being_fine_makes_reminders_rarer_but_not_breaks():
    desk = Desk(breaks=BreakSettings(eyes=True, eyes_every=300))
    for _ in range(3):
        desk.sit(1)
        (alert,) = [one for one in desk.sit(1, slouching=True) if isinstance(one, AlertRaised)]
        desk.state, _ = answer_alert(desk.state, Response.FINE, alert)
        desk.t += 7200
    desk.t -= 7200
    assert any(isinstance(one, BreakOffered) for one in desk.sit(900))


def test_after_a_pause_in_typing_the_next_alert_waits_anew():
    desk = Desk()
    assert desk.sit(100, slouching=True, typing=True) == []
    desk.sit(1)
    assert desk.sit(100, slouching=True, typing=True) == []


def test_a_stretch_long_after_a_break_was_suggested_does_not_take_it():
    desk = Desk(breaks=BreakSettings(sitting=300))
    desk.sit(301)
    assert begin_stretch(desk.state, desk.settings)[1]
    desk.t += desk.settings.breaks.again
    desk.sit(1)
    assert not begin_stretch(desk.state, desk.settings)[1]


def test_no_break_is_suggested_soon_after_an_alert():
    desk = Desk(alerts=AlertSettings(cool_down=600), breaks=BreakSettings(sitting=300, heads_up=0))
    desk.sit(290)
    assert [type(one) for one in desk.sit(1, slouching=True)] == [AlertRaised]
    assert desk.sit(598) == []
    assert [type(one) for one in desk.sit(3)] == [BreakOffered]


def test_after_a_gap_as_long_as_a_break_sitting_starts_over_and_after_a_shorter_one_it_continues():
    def sat(gap):
        desk = Desk(breaks=BreakSettings(away=180))
        desk.sit(100)
        desk.t += gap
        desk.sit(1)
        return desk.moment.sitting

    assert sat(170) == pytest.approx(100, abs=2)
    assert sat(180) <= 1


def test_somebody_who_has_left_is_still_away_while_the_picture_is_black():
    desk = Desk(breaks=BreakSettings(away=180))
    desk.sit(100)
    desk.sit(170, away=True)
    assert desk.moment.sitting == pytest.approx(100, abs=2)
    desk.sit(20, away=True)
    assert desk.moment.sitting == 0


def test_a_break_is_announced_then_offered_and_both_wait_for_the_end_of_a_meeting():
    desk = Desk(breaks=BreakSettings(sitting=300))
    desk.sit(239)
    ahead, offered = desk.sit(62)
    assert ahead.seconds == pytest.approx(60, abs=1)
    assert "5 minutes" in offered.words.body
    quiet = Desk(breaks=BreakSettings(sitting=300))
    assert quiet.sit(400, held="in a meeting") == []
    assert [type(one) for one in quiet.sit(2)] == [BreakOffered]


def test_nobody_is_asked_to_rest_their_eyes_just_before_a_break_is_announced():
    desk = Desk(breaks=BreakSettings(sitting=800, heads_up=300, eyes=True, eyes_every=495))
    assert [type(one) for one in desk.sit(600)] == [BreakAhead]
    (offered,) = desk.sit(300)
    assert offered.offer.because is Because.SITTING


def test_a_break_held_back_by_a_reminder_is_said_to_come_when_it_does():
    """It was said to be coming up all that time."""
    desk = Desk(alerts=AlertSettings(cool_down=600), breaks=BreakSettings(sitting=300))
    assert [type(one) for one in desk.sit(200) + desk.sit(1, slouching=True)] == [AlertRaised]
    assert desk.moment.break_in == pytest.approx(600)
    assert desk.sit(540) == []
    assert desk.moment.break_in == pytest.approx(60)
    assert [type(one) for one in desk.sit(60)] == [BreakOffered]


def test_a_break_that_is_postponed_comes_again_and_is_due_then():
    desk = Desk(breaks=BreakSettings(sitting=300, postpone=60))
    desk.sit(301)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    assert desk.sit(1) == [], "who postponed it knows that it is coming"
    assert desk.moment.break_in == pytest.approx(59, abs=1)
    assert [type(one) for one in desk.sit(61)] == [BreakOffered]


def test_a_break_after_slouches_says_how_many_there_were_and_again_once_it_was_postponed():
    desk = Desk(alerts=AlertSettings(cool_down=60), breaks=BreakSettings(slouches=2, postpone=60))
    for _ in range(2):
        assert [type(one) for one in desk.sit(1, slouching=True)] == [AlertRaised]
        offers = desk.sit(61)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    offers += desk.sit(61)
    assert len(offers) == 2
    assert all("You slouched 2 times recently." in one.words.body for one in offers)


def test_a_break_waits_for_a_pause_in_typing_and_sitting_goes_on_being_counted():
    desk = Desk(breaks=BreakSettings(sitting=300, heads_up=0))
    assert desk.sit(330, typing=True) == []
    assert desk.moment.sitting == pytest.approx(330, abs=2)
    assert [type(one) for one in desk.sit(1)] == [BreakOffered]


def test_after_a_break_that_came_in_the_middle_of_typing_the_next_alert_waits_anew():
    desk = Desk(breaks=BreakSettings(sitting=300, heads_up=0))
    assert [type(one) for one in desk.sit(425, typing=True)] == [BreakOffered]
    assert desk.sit(100, slouching=True, typing=True) == []


# The weekly plan.

EVERY_DAY = PlanSettings(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), routine="upper_back", remind_from=0)
NO_BREAKS = BreakSettings(offer=False, postpone=60)


class Planned(Desk):
    """Somebody with a plan for each day, and what the history knows about it."""

    def __init__(self, plan=EVERY_DAY, breaks=NO_BREAKS, **known) -> None:
        super().__init__(plan=plan, breaks=breaks)
        self.known = PlannedDay("Upper back", **known)
        self.asked = 0

    def looked(self):
        if self.moment.routine_to_look_up:
            self.asked += 1
            self.state = recall_plan(self.state, self.known)


def test_after_no_stretching_today_the_plan_reminds_of_nothing_that_day():
    desk = Planned()
    desk.state = leave_out_stretching(desk.state, today(desk).date())
    assert desk.sit(400) == []
    assert desk.moment.planned == ""


def test_a_planned_stretch_is_reminded_of_once_that_day():
    desk = Planned()
    (offered,) = desk.sit(3600)
    assert (offered.offer.because, offered.routine) == (Because.PLAN, "upper_back")
    assert "Upper back" in offered.words.body
    assert desk.moment.planned == "Upper back"
    assert desk.asked == 2, "the history is asked on the day's first look, and before the reminder"


def test_nobody_is_reminded_of_it_on_arriving_or_before_the_hour_they_chose():
    assert Planned().sit(290) == []
    desk = Planned(plan=PlanSettings(days=EVERY_DAY.days, routine="upper_back", remind_from=13))
    assert desk.sit(2500) == [], "the desk begins a thousand seconds past noon"
    assert len(desk.sit(200)) == 1


def test_it_is_suggested_again_on_the_next_planned_day():
    desk = Planned()
    desk.sit(400)
    desk.known = PlannedDay("Upper back", done=True)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    desk.sit(2)
    assert desk.moment.planned == ""
    desk.t, desk.known = desk.t + 24 * 3600, PlannedDay("Upper back")
    assert [one.offer.because for one in desk.sit(310)] == [Because.PLAN]


def test_the_title_stays_while_the_history_is_asked_but_not_that_of_another_routine():
    desk = Planned()
    desk.sit(10)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    desk.sit(1)
    assert desk.moment.planned == "Upper back"
    desk.settings = Settings(plan=EVERY_DAY.model_copy(update={"routine": "full"}), breaks=NO_BREAKS)
    desk.known = PlannedDay("Full session")
    desk.sit(1)
    assert desk.moment.planned == ""
    desk.sit(1)
    assert desk.moment.planned == "Full session"


def test_what_was_done_or_reminded_of_before_is_not_mentioned_again():
    desk = Planned(done=True)
    assert desk.sit(900) == []
    assert desk.moment.planned == ""
    again = Planned(reminded=True)
    assert again.sit(900) == []
    assert again.moment.planned == "Upper back"


def test_a_stretch_done_meanwhile_is_noticed_before_it_is_reminded_of():
    desk = Planned()
    desk.sit(200)
    desk.known = PlannedDay("Upper back", done=True)
    assert desk.sit(600) == []
    assert desk.moment.planned == ""


def test_it_keeps_quiet_in_a_meeting_and_while_typing():
    desk = Planned()
    assert desk.sit(900, held="in a meeting") == []
    assert len(desk.sit(5)) == 1
    busy = Planned()
    busy.sit(295)
    assert busy.sit(60, typing=True) == []
    assert len(busy.sit(5)) == 1


def test_it_gives_way_to_a_break_and_a_break_to_it():
    desk = Planned(breaks=BreakSettings(sitting=400, heads_up=0, again=1200))
    notices = desk.sit(1500)
    assert [one.offer.because for one in notices] == [Because.SITTING]
    other = Planned(breaks=BreakSettings(sitting=600, heads_up=0, again=1200))
    assert [one.offer.because for one in other.sit(1300)] == [Because.PLAN]


SMALLER = [({"eyes": True, "eyes_every": 600}, Because.EYES), ({"stand": True, "stand_every": 600}, Because.STAND)]


@pytest.mark.parametrize(("wanted", "smaller"), SMALLER)
def test_after_a_meeting_it_does_not_come_right_after_a_smaller_reminder(wanted, smaller):
    desk = Planned(breaks=BreakSettings(offer=False, **wanted))
    assert desk.sit(700, held="in a meeting") == []
    assert [one.offer.because for one in desk.sit(170)] == [smaller]
    assert [one.offer.because for one in desk.sit(60)] == [Because.PLAN]


@pytest.mark.parametrize(("wanted", "smaller"), SMALLER)
def test_a_smaller_reminder_does_not_come_right_after_it_either(wanted, smaller):
    desk = Planned(breaks=BreakSettings(offer=False, **wanted), plan=EVERY_DAY.model_copy(update={"remind_from": 13}))
    desk.t = 3100.0  # five hundred seconds before one
    assert [one.offer.because for one in desk.sit(505)] == [Because.PLAN]
    assert desk.sit(170) == []
    assert [one.offer.because for one in desk.sit(60)] == [smaller]


def test_one_that_was_postponed_does_not_come_right_after_a_smaller_reminder_either():
    desk = Planned(breaks=BreakSettings(offer=False, postpone=300, eyes=True, eyes_every=600))
    assert [one.offer.because for one in desk.sit(310)] == [Because.PLAN]
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    assert desk.sit(400, held="in a meeting") == []
    assert [one.offer.because for one in desk.sit(170)] == [Because.EYES]
    assert [one.offer.because for one in desk.sit(60)] == [Because.PLAN]


def test_one_that_was_postponed_does_not_come_with_a_break_or_right_after_it():
    desk = Planned(breaks=BreakSettings(sitting=900, again=600, postpone=600, heads_up=0))
    assert [one.offer.because for one in desk.sit(310)] == [Because.PLAN]
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    assert desk.sit(570, held="in a meeting") == []
    assert [one.offer.because for one in desk.sit(190)] == [Because.SITTING]
    assert [one.offer.because for one in desk.sit(60)] == [Because.PLAN]


def test_it_comes_again_only_where_the_user_postponed_it():
    desk = Planned()
    desk.sit(400)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    assert desk.sit(50) == []
    assert [one.offer.because for one in desk.sit(20)] == [Because.PLAN]
    desk.state = answer_break(desk.state, BreakAnswer.SKIP, desk.settings)
    assert desk.sit(3600) == []


def test_a_reminder_postponed_yesterday_does_not_come_today():
    postponed = PlanState(NOON.date(), routine="upper_back", later=5000.0)
    assert begin(postponed, NOON, EVERY_DAY).later == 5000.0
    assert begin(postponed, NOON + timedelta(days=1), EVERY_DAY).later is None


def test_a_stretch_does_not_carry_a_postponed_reminder_into_the_next_day():
    desk = Planned(plan=PlanSettings(days=EVERY_DAY.days, routine="upper_back", remind_from=12))
    desk.sit(400)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    desk.t += 19 * 3600  # the next morning
    assert desk.sit(900) == [], "it is not noon yet"


def test_a_reminder_postponed_before_another_stretch_comes_again_that_day():
    desk = Planned()
    desk.sit(400)
    desk.state = answer_break(desk.state, BreakAnswer.POSTPONE, desk.settings)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    assert [one.offer.because for one in desk.sit(400)] == [Because.PLAN]


def test_a_routine_done_as_a_stretch_is_no_longer_due():
    desk = Planned()
    desk.sit(10)
    assert desk.moment.planned == "Upper back"
    desk.known = PlannedDay("Upper back", done=True)
    desk.state, _ = begin_stretch(desk.state, desk.settings)
    desk.sit(2)
    assert desk.moment.planned == ""


@pytest.mark.parametrize(("t", "fresh"), [(100.0, True), (100.0 + FRESH, True), (101.0 + FRESH, False), (99.0, False)])
def test_the_historys_answer_is_outdated_after_half_a_minute_and_once_the_clock_was_set_back(t, fresh):
    assert is_fresh(PlanState(recalled=100.0), t) is fresh
    assert not is_fresh(PlanState(), t), "its answer is pending"


def test_other_days_have_no_plan():
    desk = Planned(plan=PlanSettings(days=("mon",) if NOON.weekday() else ("tue",), remind_from=0))
    assert desk.sit(900) == []
    assert desk.moment.planned == ""
    assert desk.asked == 0
