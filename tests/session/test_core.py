"""What a session does next, decided from a state, an input, and the time: no thread, no camera, no clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.system import FakeSystem
from moments import tick
from session_world import BEGAN

from posturecam.alerts.policy import Response
from posturecam.coach.library import load_exercise
from posturecam.config.settings import PlanSettings, QuietSettings, Settings
from posturecam.posture.monitor import CameBack, Phase
from posturecam.posture.reading import no_person
from posturecam.posture.view import View
from posturecam.session.core import (
    Attending,
    Begun,
    CameraOpened,
    Failed,
    Finished,
    KeepBreakTaken,
    Now,
    PlanRecalled,
    RecallPlan,
    RefuseCalibration,
    SessionState,
    TakeAnswer,
    Tell,
    UprightsChanged,
    Watched,
    plan_of,
    step,
)
from posturecam.session.protocol.commands import (
    AnswerAlert,
    AnswerBreak,
    Calibrate,
    NoStretching,
    Pause,
    Quit,
    Resume,
    Retry,
    StartStretch,
    StopCalibrating,
    UsePlace,
    UseSettings,
)
from posturecam.session.protocol.messages import SettingsChanged
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules.breaks import BreakAnswer, BreakState
from posturecam.session.rules.desk import DeskState, trial
from posturecam.session.rules.pauses import continued
from posturecam.session.rules.weekly_plan import PlannedDay

STRETCH = StartStretch("Neck", (load_exercise("upper_trapezius"),))
BEGUN_CALIBRATING = (CameraOpened(), Begun(Mode.CALIBRATING))
BEGUN_STRETCHING = (CameraOpened(), Begun(Mode.STRETCHING))
OTHER_CAMERA = UseSettings(frozenset({"camera"}), camera=True)
FREE, LOCKED = FakeSystem().state, FakeSystem(locked=True).state


def at(clock, wall=None):
    return Now(BEGAN + timedelta(seconds=clock if wall is None else wall), clock)


def told(*inputs, state=None):
    """The state after these inputs, one a second."""
    state = state or SessionState(0.0)
    for second, one in enumerate(inputs):
        state, _ = step(state, one, at(second), Settings())
    return state


def mode(state, clock=10.0, system=FREE, wall=None):
    return plan_of(state, system, QuietSettings(), at(clock, wall))[1].mode


def test_no_stretching_today_is_said_of_the_local_day_until_a_stretch_begins_after_all():
    state = told(NoStretching(BEGAN.date()))
    assert state.desk.no_stretching_on == BEGAN.date()
    assert told(STRETCH, *BEGUN_STRETCHING, state=state).desk.no_stretching_on is None


def test_it_watches_if_nothing_else_is_requested():
    assert mode(SessionState(0.0)) is Mode.WATCHING


@pytest.mark.parametrize(
    ("inputs", "then"),
    [
        ((Pause(),), Mode.PAUSED),
        ((Pause(), Resume()), Mode.WATCHING),
        ((Calibrate(),), Mode.CALIBRATING),
        ((Pause(), Calibrate()), Mode.CALIBRATING),
        ((Calibrate(), StopCalibrating()), Mode.WATCHING),
        ((STRETCH,), Mode.STRETCHING),
        ((Calibrate(), STRETCH), Mode.STRETCHING),
        ((STRETCH, Pause(), Resume()), Mode.WATCHING),
        ((Pause(), Quit()), Mode.ENDED),
    ],
)
def test_commands_decide_what_comes_next(inputs, then):
    assert mode(told(*inputs)) is then


@pytest.mark.parametrize(
    "before",
    [(STRETCH,), (STRETCH, *BEGUN_STRETCHING), (Calibrate(), STRETCH, *BEGUN_STRETCHING)],
    ids=["about to begin", "running", "begun in place of a calibration"],
)
def test_a_calibration_never_begins_by_itself_after_a_stretch(before):
    state, effects = step(told(*before), Calibrate(), at(9.0), Settings())
    assert [type(one) for one in effects] == [RefuseCalibration]
    assert mode(told(*BEGUN_STRETCHING, Finished(), state=state)) is Mode.WATCHING
    assert mode(told(Finished(), Calibrate(), state=state)) is (
        Mode.CALIBRATING if state.stretch is None else Mode.STRETCHING
    )


@pytest.mark.parametrize("begun", [(), BEGUN_CALIBRATING], ids=["about to begin", "running"])
@pytest.mark.parametrize("instead", [Pause(), Pause(why="setup"), STRETCH, Failed("unplugged", camera_works=False)])
def test_what_a_calibration_gives_way_to_is_said_once(begun, instead):
    state, effects = step(told(Calibrate(), *begun), instead, at(9.0), Settings())
    assert [type(one) for one in effects] == [RefuseCalibration]
    assert state.interrupts_calibration is not isinstance(instead, Failed)
    assert step(state, Pause(), at(9.1), Settings())[1] == ()


def test_a_stretch_that_a_lost_camera_ended_does_not_refuse_a_calibration():
    state = told(STRETCH, *BEGUN_STRETCHING, Failed("unplugged", camera_works=False))
    state, effects = step(state, Calibrate(), at(9.0), Settings())
    assert (mode(state), effects) == (Mode.CALIBRATING, ())


def test_idle_hands_release_the_camera_only_if_nobody_is_seen_either():
    idle, quiet = FakeSystem(idle_seconds=3600.0).state, QuietSettings(idle_after=600.0)
    for seen, then in ((tick(), Mode.WATCHING), (replace(tick(), reading=no_person(0.0, View.FRONT)), Mode.OFF)):
        state, _ = step(SessionState(0.0), Watched(seen), at(900.0), Settings())
        assert plan_of(state, idle, quiet, at(901.0))[1].mode is then


def test_a_finished_calibration_is_not_refused_afterwards():
    for later in (Pause(), STRETCH, OTHER_CAMERA, Failed("unplugged", camera_works=False)):
        state = told(Calibrate(), *BEGUN_CALIBRATING, Finished())
        assert not any(isinstance(one, RefuseCalibration) for one in step(state, later, at(9.0), Settings())[1])


def test_another_camera_ends_a_calibration_with_words_and_other_thresholds_wait_for_its_end():
    running = told(Calibrate(), *BEGUN_CALIBRATING)
    state, effects = step(running, OTHER_CAMERA, at(9.0), Settings())
    assert any(isinstance(one, RefuseCalibration) for one in effects)
    assert state.interrupts_calibration
    for change in (UseSettings(frozenset({"sensitivity"})), UsePlace("office"), UprightsChanged()):
        state, effects = step(running, change, at(9.0), Settings())
        assert not any(isinstance(one, RefuseCalibration) for one in effects)
        assert (state.interrupts_calibration, state.interrupts) == (False, True)


def test_another_camera_chosen_before_a_calibration_begins_is_the_one_it_uses():
    state, effects = step(told(Calibrate()), OTHER_CAMERA, at(9.0), Settings())
    assert not any(isinstance(one, RefuseCalibration) for one in effects)
    assert mode(state) is Mode.CALIBRATING


@pytest.mark.parametrize(
    ("pause", "meanwhile", "then"),
    [
        (Pause(), (), Mode.PAUSED),
        (Pause(why="setup"), (), Mode.PAUSED),
        (Pause(BEGAN + timedelta(seconds=60), 60.0), (), Mode.PAUSED),
        (Pause(BEGAN + timedelta(seconds=9), 9.0), (), Mode.WATCHING),
        (Pause(), (Resume(),), Mode.WATCHING),
        (Pause(why="setup"), (Resume(),), Mode.PAUSED),
        (Pause(), (Failed("unplugged", camera_works=False),), Mode.PAUSED),
    ],
    ids=[
        "until resumed",
        "before the setup",
        "still going",
        "over meanwhile",
        "resumed meanwhile",
        "resumed before the setup",
        "no camera",
    ],
)
def test_a_stretch_during_a_pause_turns_the_camera_on_for_itself_only(pause, meanwhile, then):
    state = told(pause, STRETCH)
    assert mode(state) is Mode.STRETCHING
    state = told(CameraOpened(), Begun(Mode.STRETCHING), *meanwhile, state=state)
    assert not state.interrupts
    assert mode(state) is then


def test_a_pause_during_a_stretch_lasts_although_an_earlier_one_would_be_over():
    state = told(Pause(BEGAN + timedelta(seconds=60), 60.0), STRETCH, *BEGUN_STRETCHING, Pause(), Finished())
    assert mode(state) is mode(state, 100.0) is Mode.PAUSED


@pytest.mark.parametrize(
    ("pause", "meanwhile", "then"),
    [
        (Pause(), (*BEGUN_CALIBRATING, Finished()), Mode.PAUSED),
        (Pause(why="setup"), (*BEGUN_CALIBRATING, Finished()), Mode.PAUSED),
        (Pause(BEGAN + timedelta(seconds=60), 60.0), (*BEGUN_CALIBRATING, Finished()), Mode.PAUSED),
        (Pause(BEGAN + timedelta(seconds=9), 9.0), (*BEGUN_CALIBRATING, Finished()), Mode.WATCHING),
        (Pause(), (StopCalibrating(),), Mode.PAUSED),
        (Pause(), (*BEGUN_CALIBRATING, StopCalibrating(), Finished()), Mode.PAUSED),
        (Pause(), (Failed("unplugged", camera_works=False),), Mode.PAUSED),
        (Pause(), (STRETCH, *BEGUN_STRETCHING, Finished()), Mode.PAUSED),
        (Pause(), (*BEGUN_CALIBRATING, Resume(), Finished()), Mode.WATCHING),
        (Pause(why="setup"), (*BEGUN_CALIBRATING, Resume(), Finished()), Mode.PAUSED),
    ],
    ids=[
        "until resumed",
        "before the setup",
        "still going",
        "over meanwhile",
        "canceled before it began",
        "canceled",
        "no camera",
        "then a stretch",
        "resumed meanwhile",
        "resumed before the setup",
    ],
)
def test_a_calibration_during_a_pause_turns_the_camera_on_for_itself_only(pause, meanwhile, then):
    state = told(pause, Calibrate())
    assert mode(state) is Mode.CALIBRATING
    assert mode(told(*meanwhile, state=state)) is then


def test_a_pause_ends_by_the_clock_that_is_never_set():
    state = told(Pause(BEGAN + timedelta(seconds=60), 60.0))
    assert mode(state, 59.0, wall=7200.0) is Mode.PAUSED
    assert mode(state, 60.0, wall=-7200.0) is Mode.WATCHING


def test_the_end_of_a_pause_is_told_by_a_clock_that_was_set_and_does_not_waver_with_one_that_is_adjusted():
    pause = Pause(BEGAN + timedelta(minutes=30), 1800.0)
    assert continued(pause, BEGAN + timedelta(minutes=10, seconds=1), 600.0).until == pause.until
    assert continued(pause, BEGAN + timedelta(hours=2, minutes=10), 600.0).until == pause.until + timedelta(hours=2)
    assert continued(pause, BEGAN - timedelta(hours=2), 0.0).until == pause.until - timedelta(hours=2)


def test_a_pause_from_before_a_restart_ends_by_local_time_which_may_be_set_only_after_the_start():
    state = told(Pause(BEGAN + timedelta(hours=8)))
    assert mode(state, 10.0, wall=10.0) is Mode.PAUSED
    assert mode(state, 70.0, wall=7.9 * 3600) is Mode.PAUSED, "the clock was eight hours behind, and was set"
    assert mode(state, 70.0, wall=8 * 3600) is Mode.WATCHING
    assert mode(told(Calibrate(), *BEGUN_CALIBRATING, Finished(), state=state), 70.0, wall=3600.0) is Mode.PAUSED


def planned(state, clock, wall):
    """The state and the mode at this moment."""
    state, plan = plan_of(state, FREE, QuietSettings(), at(clock, wall))
    return state, plan.mode


HOUR = 3600.0


def ended_by_a_clock_that_is_ahead():
    """A session in which a pause of an hour from before a restart ended at once."""
    state, then = planned(told(Pause(BEGAN + timedelta(hours=1))), 10.0, wall=2 * HOUR)
    assert then is Mode.WATCHING
    return state


def test_a_pause_from_before_a_restart_continues_if_the_clock_was_ahead_at_the_start_and_is_set():
    state, then = planned(ended_by_a_clock_that_is_ahead(), 70.0, wall=70.0)
    assert then is Mode.PAUSED
    state, then = planned(state, HOUR, wall=HOUR)
    assert then is Mode.WATCHING
    assert planned(state, HOUR + 1, wall=HOUR - 1)[1] is Mode.WATCHING, "network time has set the clock by a second"


@pytest.mark.parametrize(
    ("inputs", "then"),
    [
        ((Resume(),), Mode.WATCHING),
        ((Pause(BEGAN + timedelta(seconds=30), 30.0),), Mode.WATCHING),
        ((Calibrate(),), Mode.CALIBRATING),
        ((Calibrate(), *BEGUN_CALIBRATING), Mode.WATCHING),
        ((Calibrate(), *BEGUN_CALIBRATING, Finished()), Mode.PAUSED),
        ((STRETCH, *BEGUN_STRETCHING), Mode.WATCHING),
    ],
    ids=["resumed", "paused anew", "calibration requested", "calibrating", "calibrated", "stretching"],
)
def test_what_the_user_asks_for_meanwhile_is_not_ended_by_a_clock_that_is_set(inputs, then):
    state = told(*inputs, state=ended_by_a_clock_that_is_ahead())
    assert planned(state, 70.0, wall=70.0)[1] is then


def test_a_locked_computer_rests_unless_something_is_requested():
    assert mode(SessionState(0.0), system=LOCKED) is Mode.OFF
    assert mode(told(Calibrate()), system=LOCKED) is Mode.CALIBRATING


def test_a_restart_that_is_due_survives_other_changes_of_settings():
    watched = told(UseSettings(frozenset({"monitor"})), UseSettings(frozenset({"desktop"})))
    assert watched.restart
    assert not told(CameraOpened(), state=watched).restart


def test_while_the_camera_was_lost_nobody_was_away():
    idle = FakeSystem(idle_seconds=5000.0).state
    state, _ = step(SessionState(0.0), Failed("unplugged", camera_works=False), at(590.0), Settings())
    assert mode(state, 610.0, idle) is not Mode.OFF
    assert mode(state, 590.0 + QuietSettings().idle_after, idle) is Mode.OFF


def test_nobody_counts_as_away_while_the_camera_was_off():
    untouched = FakeSystem(idle_seconds=5000.0).state
    state, plan = plan_of(SessionState(0.0), LOCKED, QuietSettings(), at(10.0))
    assert plan.mode is Mode.OFF
    assert mode(state, 5000.0, untouched) is Mode.WATCHING
    assert mode(SessionState(0.0), 5000.0, untouched) is Mode.OFF
    assert mode(told(Attending()), 5000.0, untouched) is Mode.OFF


def test_a_lost_camera_is_tried_again_after_longer_and_longer_pauses():
    state, clock, waits = SessionState(0.0), 0.0, []
    for _ in range(5):
        state, _ = step(state, Failed("unplugged", camera_works=False), at(clock), Settings())
        waited = next(seconds for seconds in range(1, 100) if mode(state, clock + seconds) is Mode.WATCHING)
        waits.append(waited)
        clock += waited
    assert waits == [5, 10, 20, 30, 30]
    state, _ = step(state, CameraOpened(), at(clock), Settings())
    state, _ = step(state, Failed("unplugged", camera_works=False), at(clock), Settings())
    assert mode(state, clock + 5) is Mode.WATCHING


@pytest.mark.parametrize(
    "asked",
    [(Pause(), Resume()), (Retry(),), (UseSettings(frozenset({"camera"})),), (UseSettings(frozenset({"side"})),)],
    ids=["resumed", "retried", "another camera", "other settings"],
)
def test_a_camera_that_is_not_there_is_not_tried_over_and_over_whatever_was_asked_before(asked):
    """It was, without a pause, from the first start of an app without a camera: it took a whole core."""
    state = told(*asked)
    assert mode(state) is Mode.WATCHING
    state = told(Failed("there is none", camera_works=False), state=state)
    assert [mode(state, seconds) for seconds in (0.0, 4.9, 5.0)] == [Mode.CAMERA_LOST, Mode.CAMERA_LOST, Mode.WATCHING]


def test_trying_again_what_works_interrupts_nothing():
    """A second click on *Try again* must not close the camera that the first one has opened."""
    lost = told(Failed("unplugged", camera_works=False))
    assert mode(told(Retry(), state=lost), 1.0) is Mode.WATCHING
    opened = told(Retry(), CameraOpened(), Retry(), state=lost)
    assert not opened.interrupts


@pytest.mark.parametrize("group", ["camera", "side"])
def test_changed_settings_are_tried_at_once_while_the_camera_is_lost(group):
    lost = told(Failed("there is none", camera_works=False))
    assert mode(lost, 1.0) is Mode.CAMERA_LOST
    assert mode(told(UseSettings(frozenset({group})), state=lost), 1.0) is Mode.WATCHING
    assert mode(told(UseSettings(frozenset({"alerts"})), state=lost), 1.0) is Mode.CAMERA_LOST


def test_only_a_calibration_that_was_wanted_is_refused():
    failed = Failed("the camera was unplugged", camera_works=False)
    assert step(told(Calibrate()), failed, at(9.0), Settings())[1] == (RefuseCalibration(failed.why),)
    assert step(told(Calibrate(), Begun(Mode.CALIBRATING)), failed, at(9.0), Settings())[1] == (
        RefuseCalibration(failed.why),
    )
    assert step(told(Calibrate(), Begun(Mode.CALIBRATING), Begun(Mode.WATCHING)), failed, at(9.0), Settings())[1] == ()


def test_settings_of_alerts_interrupt_nothing_and_those_of_judging_do():
    assert not told(UseSettings(frozenset({"alerts", "voice"}))).interrupts
    assert told(UseSettings(frozenset({"side"}))).interrupts
    assert told(UseSettings(frozenset({"camera"}))).reopen
    assert not told(UseSettings(frozenset({"side"})), CameraOpened()).interrupts


def test_settings_changed_outside_are_announced_and_those_changed_here_are_not():
    keys = frozenset({"alerts.snooze"})
    for outside, effects in ((keys, (Tell(SettingsChanged(at(1.0).wall, keys)),)), (frozenset(), ())):
        changed = UseSettings(frozenset({"alerts"}), outside=outside)
        assert step(SessionState(0.0), changed, at(1.0), Settings())[1] == effects


def test_an_upright_posture_saved_outside_restarts_watching_and_keeps_the_camera():
    state = told(UprightsChanged())
    assert (state.interrupts, state.reopen) == (True, False)
    assert not told(UprightsChanged(), CameraOpened()).interrupts


def test_an_answer_to_the_last_alert_is_kept_and_ends_it_and_to_an_older_one_does_nothing():
    last, older = trial(BEGAN, 1.0, None), trial(BEGAN, 0.5, None)
    before = SessionState(0.0, desk=DeskState(t=1.0, last=last, standing=last))
    state, effects = step(before, AnswerAlert(Response.FINE, last), at(1.0), Settings())
    assert effects == (TakeAnswer(Response.FINE, last),)
    assert state.desk.standing is None
    assert step(before, AnswerAlert(Response.FINE, older), at(1.0), Settings()) == (before, ())


def test_an_answer_counts_from_when_it_was_given_though_the_last_check_was_long_before():
    last = trial(BEGAN, 0.0, None)
    state = SessionState(0.0, checked=0.0, desk=DeskState(t=1000.0, last=last, standing=last))
    state, _ = step(state, AnswerAlert(Response.SNOOZE, last), at(1200.0), Settings())
    assert state.desk.policy.snoozed == 2200.0
    state, _ = step(state, AnswerBreak(BreakAnswer.POSTPONE), at(1200.0), Settings())
    assert state.desk.breaks.later == 2200.0 + Settings().breaks.postpone


def test_a_stretch_long_after_the_last_check_does_not_count_as_the_break_offered_then():
    sat = SessionState(0.0, checked=0.0, desk=DeskState(t=100.0, breaks=BreakState(sitting=3000.0, offered=90.0)))
    assert step(sat, Begun(Mode.STRETCHING), at(7200.0), Settings())[1] == ()


def test_a_stretch_counts_as_the_break_that_was_offered_and_only_once():
    sat = SessionState(0.0, desk=DeskState(t=100.0, breaks=BreakState(sitting=3000.0, offered=90.0)))
    state, effects = step(sat, Begun(Mode.STRETCHING), at(100.0), Settings())
    assert effects == (KeepBreakTaken(),)
    assert state.desk.breaks.sitting == 0
    again = replace(state, desk=replace(state.desk, breaks=sat.desk.breaks))
    assert step(again, Begun(Mode.STRETCHING), at(101.0), Settings())[1] == ()


def test_events_at_the_desk_are_published_and_what_there_is_to_show_is_remembered():
    seen = tick(Phase.UPRIGHT)
    (state, effects) = step(SessionState(0.0), Watched(replace(seen, events=(CameBack(1.0),))), at(1.0), Settings())
    assert [effect.what.event for effect in effects] == [CameBack(1.0)]
    assert state.moment.alert is None


def test_the_history_is_asked_of_a_planned_day_and_its_answer_is_shown():
    planned = Settings(plan=PlanSettings(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), routine="upper_back"))
    state, effects = step(SessionState(0.0), Watched(tick()), at(1), planned)
    assert RecallPlan("upper_back") in effects
    state, effects = step(state, PlanRecalled(PlannedDay("Upper back")), at(1), planned)
    assert effects == ()
    state, effects = step(state, Watched(tick()), at(2), planned)
    assert not any(isinstance(one, RecallPlan) for one in effects)
    assert state.moment.planned == "Upper back"
