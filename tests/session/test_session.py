"""A session: what it shows, publishes and saves, step by step on recorded landmarks, without any thread or window."""

import math
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from unittest.mock import Mock

import numpy as np
import pytest
from fakes.frames import FramesInMemory, no_model
from fakes.system import SteppedMonitor
from fakes.voice import FakeVoice
from measured import measured_once
from session_world import BEGAN, ROOT, TIME_SCALE, UPRIGHT_UNTIL, Clip, World, saved
from stretch_figures import FACING, frames

from posturecam.alerts.policy import Response
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach
from posturecam.coach.safety import Answers
from posturecam.config.files import rest_path, settings_path
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.errors import SettingsError
from posturecam.history.baselines import baselines_path, load_baselines, save_baseline
from posturecam.history.database import history_path
from posturecam.history.models import EventKind, TimeCategory
from posturecam.history.stretches import StretchHistory
from posturecam.i18n.translate import choose_language
from posturecam.posture.monitor import SlouchEnded, SlouchSustained
from posturecam.posture.reasons import Reason, Why
from posturecam.session.inputs.paced_source import PREVIEW_SECONDS
from posturecam.session.inputs.video_camera import VideoCamera
from posturecam.session.protocol.commands import StartStretch
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import (
    AlertRaised,  # fmt: skip
    BreakOffered,  # fmt: skip
    Calibrated,  # fmt: skip
    CalibrationFailed,  # fmt: skip
    Complaint,  # fmt: skip
    ModeChanged,  # fmt: skip
    MonitorEvent,  # fmt: skip
    SettingsChanged,  # fmt: skip
    StretchEnded,  # fmt: skip
)
from posturecam.session.protocol.mode import FOLLOWS, Mode, follow
from posturecam.session.protocol.sign import Sign
from posturecam.session.runner import Options, Session
from posturecam.session.stretching.rest_day import keep_rest_day, rest_day
from posturecam.vision.frame import Frame, SourceInfo
from posturecam.vision.head import NoHead
from posturecam.vision.lazy_estimator import LazyEstimator


class Watched:
    """A session run step by step, with everything it produced."""

    MOST_STEPS = 20_000

    def __init__(self, world, session, mailbox):
        self.world, self.session, self.mailbox = world, session, mailbox
        self.steps = session.steps()
        self.snapshot, self.happened = None, []

    def take(self):
        """Everything produced since the last call."""
        snapshot, happened = self.mailbox.take()
        self.happened += happened
        self.snapshot = snapshot or self.snapshot

    def step(self):
        """Run one step; if the session waits, the time passes. False after the last."""
        seconds = next(self.steps, None)
        if seconds:
            self.world.passes(seconds=seconds)
        self.take()
        return seconds is not None

    def go_on(self, steps):
        """Take steps in which nothing in particular is awaited."""
        for _ in range(steps):
            self.step()

    def until(self, holds):
        """Run steps until the condition holds; returns its result."""
        for _ in range(self.MOST_STEPS):
            self.take()
            found = holds(self)
            if found:
                return found
            if not self.step():
                break
        raise AssertionError(
            f"it never came; last: {self.snapshot and (self.snapshot.mode, self.snapshot.why)}; {self.happened[-5:]}"
        )

    def end(self):
        """Ask it to quit, and run the remaining steps."""
        self.session.quit()
        while self.step():
            pass

    def all(self, kind):
        return [one for one in self.happened if isinstance(one, kind)]

    def come(self, kind, count=1):
        return self.until(lambda seen: len(seen.all(kind)) >= count and seen.all(kind)[-1])

    def mode(self, mode):
        return self.until(lambda seen: seen.snapshot and seen.snapshot.mode is mode and seen.snapshot)


@pytest.fixture(autouse=True)
def measures_kept():
    """A few seconds of a clip are shown over and over."""
    with measured_once():
        yield


@pytest.fixture
def world():
    return World()


@pytest.fixture
def begin(world):
    """Create a session, without running a step; all are ended afterwards."""
    begun = []

    def start(settings=None, **named):
        mailbox = Mailbox()
        session = Session(
            saved(settings or Settings()), mailbox, open_camera=world.open, system=SteppedMonitor(world.system), now=world.now,
            clock=world.clock, voice=named.pop("voice", FakeVoice), **named,
        )  # fmt: skip
        begun.append(Watched(world, session, mailbox))
        return begun[-1]

    yield start
    for watched in begun:
        watched.end()


def calibrated(watched):
    watched.session.calibrate()
    return watched.come(Calibrated)


def test_a_calibration_is_learned_kept_and_used(begin, world):
    watched = begin()
    assert watched.until(lambda seen: seen.snapshot and seen.snapshot.uncalibrated)
    learned = calibrated(watched)
    assert load_baselines().of("clip") == {learned.baseline.view: learned.baseline}
    shown = watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot)
    assert shown.baseline == learned.baseline
    assert shown.uncalibrated is None


def test_at_another_desk_it_is_asked_once_whether_the_calibration_still_fits(begin, world):
    watched = begin()
    watched.session.use_place("home")
    learned = calibrated(watched)
    assert learned.baseline.place == "home"
    assert not watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot).elsewhere
    watched.session.use_place("office")
    shown = watched.until(lambda seen: seen.snapshot.elsewhere and seen.snapshot)
    assert shown.baseline == learned.baseline
    watched.session.keep_here()
    shown = watched.until(lambda seen: seen.snapshot.tick and not seen.snapshot.elsewhere and seen.snapshot)
    assert shown.baseline == replace(learned.baseline, place="office")
    watched.session.use_place("home")
    watched.until(lambda seen: seen.snapshot.baseline == learned.baseline)


def test_a_new_calibration_ends_the_complaint_about_an_outdated_one(begin):
    watched = begin()
    save_baseline(replace(calibrated(watched).baseline, outdated=Reason(Why.CAMERA_MOVED, "shoulders")))
    watched.session.use_place("office")
    watched.until(lambda seen: seen.snapshot.uncalibrated and "the chair was moved" in seen.snapshot.uncalibrated)
    watched.session.calibrate()
    learned = watched.come(Calibrated, 2).baseline
    shown = watched.until(lambda seen: seen.snapshot.baseline == learned and seen.snapshot)
    assert shown.uncalibrated is None


def test_a_calibration_fits_again_once_the_picture_has_its_shape_again(begin, world):
    watched = begin()
    learned = calibrated(watched).baseline
    as_before = world.opened[-1].frames
    turned = [replace(frame.pose, width=480, height=640, head=NoHead.NOT_FOUND) for frame in as_before]
    world.opened[-1].frames = [replace(frame, pose=pose) for frame, pose in zip(as_before, turned, strict=True)]
    asked = watched.until(lambda seen: seen.snapshot.uncalibrated and seen.snapshot)
    assert asked.uncalibrated == "the picture is 480×640 now and was 640×480 when you calibrated"
    world.opened[-1].frames = as_before
    watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot.uncalibrated is None)
    watched.session.change_settings({"monitor.mild_seconds": "200"})  # the baselines are loaded again
    assert watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot.baseline) == learned


@pytest.mark.smoke
def test_one_slouch_raises_one_alert_and_its_glow_fades_when_the_user_sits_up(begin, world):
    watched = begin()
    calibrated(watched)
    world.show(22.0, 30.0)
    told = watched.come(AlertRaised)
    assert told.evidence is not None
    assert told.evidence.pose() is not None
    assert told.evidence.upright is not None
    assert watched.until(lambda seen: seen.snapshot.alert == told and seen.snapshot.glow > 0.2)
    world.show(0.0, UPRIGHT_UNTIL)
    watched.until(lambda seen: any(isinstance(one.event, SlouchEnded) for one in seen.all(MonitorEvent)))
    assert watched.until(lambda seen: seen.snapshot.alert is None and seen.snapshot.glow == 0.0)
    assert len(watched.all(AlertRaised)) == 1


def test_an_answer_ends_the_glow_and_is_kept_and_moves_the_personal_line_a_little(begin, world):
    watched = begin(Settings.model_validate({"monitor": {"severe": 10.0}}))  # a severe slouch teaches nothing
    calibrated(watched)
    world.show(22.0, 30.0)
    told = watched.come(AlertRaised)
    watched.session.answer(Response.FINE, told)
    assert watched.until(lambda seen: seen.snapshot.alert is None and seen.snapshot.sign is Sign.SLOUCHING)
    assert watched.snapshot.glow == 0.0
    once = load_settings().sensitivity.personal
    assert 1.0 < once < 1.1
    for another in (Response.SNOOZE, Response.FINE):  # right after it, which moves nothing
        watched.session.answer(another, told)
    watched.end()
    assert load_settings().sensitivity.personal == once
    assert watched.session.settings == load_settings()
    assert [event.details["answer"] for event in kept_events(EventKind.ANSWER)] == ["fine", "snooze", "fine"]
    assert [event.evidence is not None for event in kept_events(EventKind.SLOUCH_TOLD)] == [True]


def test_a_slouch_that_is_shown_places_the_line_and_is_learned_even_if_the_line_cannot_be_saved(
    begin, world, monkeypatch
):
    watched = begin(Settings.model_validate({"calibration": {"seconds": 5.0}}))
    watched.mode(Mode.WATCHING)
    changed = Mock(side_effect=SettingsError("The disk is full"))
    monkeypatch.setattr("posturecam.session.protocol.command_queue.change_settings", changed)

    def does_what_is_asked(seen):
        if (now := seen.snapshot.calibration) is not None:
            world.show(*((22.0, 30.0) if "slouch" in now.ask else (0.0, UPRIGHT_UNTIL)))
        return seen.all(Calibrated)

    watched.session.calibrate(slouch=True)
    (learned,) = watched.until(does_what_is_asked)
    assert load_baselines().of("clip") == {learned.baseline.view: learned.baseline}
    changed.assert_called_once_with({"sensitivity.personal": "1.250"})  # a deep one: as far as the line may be moved
    assert [one.text for one in watched.all(Complaint)] == ["The disk is full"]


def kept_events(kind):
    from posturecam.history.records import SittingRecords

    with SittingRecords() as records:
        return [
            event
            for event in records.events(BEGAN.date(), BEGAN.date() + timedelta(days=3), evidence=True)
            if event.kind is kind
        ]


def test_a_pause_releases_the_camera_and_ends_by_itself(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    until = world.now() + timedelta(minutes=15)
    watched.session.pause(until)
    shown = watched.mode(Mode.PAUSED)
    assert shown.until == until
    assert watched.until(lambda _: all(source.closed for source in world.opened))
    count = len(world.opened)
    world.passes(minutes=16)
    watched.mode(Mode.WATCHING)
    assert len(world.opened) == count + 1


@pytest.mark.parametrize("what", [{"locked": True}, {"asleep": True}])
def test_a_locked_or_sleeping_computer_releases_the_camera_until_it_is_back(begin, world, what):
    watched = begin()
    watched.mode(Mode.WATCHING)
    world.system.set(**what)
    watched.mode(Mode.OFF)
    assert watched.until(lambda _: all(source.closed for source in world.opened))
    world.system.set(**dict.fromkeys(what, False))
    watched.mode(Mode.WATCHING)


def test_a_meeting_holds_an_alert_back_and_it_comes_afterwards_if_the_slouch_continues(begin, world):
    watched = begin()
    calibrated(watched)
    world.system.set(microphone_held_by=("Meet",))
    watched.until(lambda seen: seen.snapshot.outlook.silent == "in a meeting")
    world.show(22.0, 30.0)
    watched.until(lambda seen: any(isinstance(one.event, SlouchSustained) for one in seen.all(MonitorEvent)))
    before = watched.snapshot.at
    watched.until(lambda seen: seen.snapshot.at > before + timedelta(minutes=2))
    assert watched.all(AlertRaised) == []
    world.system.set(microphone_held_by=())
    assert watched.come(AlertRaised).alert.late


def test_a_camera_that_cannot_be_opened_is_reported_and_tried_again(begin, world):
    world.fails = "Clip cannot be opened: another program holds it"
    watched = begin()
    shown = watched.mode(Mode.CAMERA_LOST)
    assert shown.sign is Sign.CAMERA_LOST
    assert shown.why == world.fails
    world.passes(seconds=40)
    watched.go_on(5)
    assert {one.after for one in watched.all(ModeChanged)} == {Mode.CAMERA_LOST}  # trying again is not shown
    world.fails = None
    world.passes(seconds=40)
    watched.mode(Mode.WATCHING)


REPLACED = "Clip was unplugged, and another camera is in its place"


def replaced(world):
    """Unplug the open camera, and plug in another one."""
    world.info = SourceInfo("Another", "another", live=True)
    world.opened[-1].fails = REPLACED


def test_a_camera_in_the_place_of_the_open_one_is_opened_and_what_was_learned_with_that_one_is_not_used(begin, world):
    watched = begin()
    calibrated(watched)
    assert watched.mode(Mode.WATCHING).uncalibrated is None
    replaced(world)
    assert watched.mode(Mode.CAMERA_LOST).why == REPLACED
    shown = watched.until(lambda seen: seen.snapshot.tick and seen.snapshot)
    assert shown.source == world.info
    assert shown.uncalibrated is not None


def test_a_calibration_whose_camera_is_replaced_on_the_way_learns_nothing_and_says_why(begin, world):
    """What it had seen by then was saved as if it were all."""
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.calibrate()
    watched.until(lambda seen: (now := seen.snapshot.calibration) and now.counts and now.share > 0.8)
    replaced(world)
    assert watched.come(CalibrationFailed).reason == REPLACED
    assert watched.mode(Mode.WATCHING).source == world.info
    assert watched.all(Calibrated) == []


def test_a_stretch_whose_camera_is_replaced_ends_and_says_why(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    watched.until(lambda seen: seen.snapshot.coaching)
    replaced(world)
    assert watched.mode(Mode.CAMERA_LOST).why == REPLACED
    assert watched.come(StretchEnded).title == "Neck"
    assert watched.mode(Mode.WATCHING).source == world.info


def test_a_lost_camera_is_tried_again_at_once_where_the_user_asks_for_it(begin, world, monkeypatch):
    monkeypatch.setattr("posturecam.session.core.RETRY_SECONDS", (3600.0,))
    world.fails = "Clip cannot be opened: another program holds it"
    watched = begin()
    watched.mode(Mode.CAMERA_LOST)
    world.fails = None
    watched.session.retry()
    watched.mode(Mode.WATCHING)


def test_calibrating_without_a_camera_fails_with_the_reason(begin, world):
    world.fails = "Clip cannot be opened: another program holds it"
    watched = begin()
    watched.mode(Mode.CAMERA_LOST)
    watched.session.calibrate()
    assert watched.come(CalibrationFailed).reason == world.fails


def test_a_calibration_that_is_canceled_learns_nothing_and_watching_continues(begin, world):
    watched = begin(Settings.model_validate({"calibration": {"seconds": 60.0}}))
    watched.mode(Mode.WATCHING)
    watched.session.calibrate()
    watched.mode(Mode.CALIBRATING)
    watched.session.stop_calibrating()
    watched.mode(Mode.WATCHING)
    assert watched.all(Calibrated) == watched.all(CalibrationFailed) == []
    assert watched.until(lambda seen: seen.snapshot.uncalibrated)


def test_a_calibration_after_a_canceled_one_is_not_canceled_with_it(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.calibrate()
    watched.mode(Mode.CALIBRATING)
    watched.session.stop_calibrating()
    watched.mode(Mode.WATCHING)
    watched.session.calibrate()
    assert watched.come(Calibrated)


def test_a_calibration_during_a_pause_leaves_the_camera_off_afterwards(begin, world):
    watched = begin()
    watched.session.pause(world.now() + timedelta(hours=1))
    watched.mode(Mode.PAUSED)
    calibrated(watched)
    watched.mode(Mode.PAUSED)
    watched.go_on(5)
    assert all(camera.closed for camera in world.opened)
    assert Mode.WATCHING not in [one.after for one in watched.all(ModeChanged)]
    watched.session.resume()
    assert watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT)


def test_a_calibration_is_not_ended_by_other_settings_nor_by_another_desk(begin):
    watched = begin()
    watched.session.calibrate()
    watched.until(lambda seen: seen.snapshot and (now := seen.snapshot.calibration) and now.counts and now.share > 0.3)
    watched.session.change_settings({"sensitivity.level": "strict"})
    watched.session.use_place("office")
    assert watched.come(Calibrated).baseline.place == "office"
    watched.mode(Mode.WATCHING)
    assert [one.after for one in watched.all(ModeChanged)].count(Mode.CALIBRATING) == 1


def test_a_calibration_that_a_locked_screen_ends_says_so(begin, world):
    watched = begin()
    watched.session.calibrate()
    watched.mode(Mode.CALIBRATING)
    world.system.set(locked=True)
    assert watched.come(CalibrationFailed).reason == "the screen is locked"
    watched.mode(Mode.OFF)
    assert watched.all(Calibrated) == []


def test_a_calibration_that_gives_way_to_another_camera_says_so(begin, world):
    watched = begin()
    watched.session.calibrate()
    watched.mode(Mode.CALIBRATING)
    watched.session.choose_camera("Other")
    assert watched.come(CalibrationFailed).reason == "the camera or its settings were changed"
    watched.mode(Mode.WATCHING)
    assert watched.all(Calibrated) == []


class Watcher(LazyEstimator):
    """Records which estimators were created and which were closed."""

    made, left = [], []

    def __init__(self, settings, **options):
        super().__init__(settings, **options)
        self.made.append(settings)

    def close(self):
        self.left.append(len(self.made))
        super().close()


@pytest.mark.parametrize("paced", [True, False], ids=["in a break at the desk", "elsewhere"])
def test_somebody_who_stretches_is_looked_for_all_over_the_room_except_in_a_break_at_the_desk(
    begin, monkeypatch, paced
):
    across_room = []

    class Opened(LazyEstimator):
        def __init__(self, settings, **options):
            super().__init__(settings, **options)
            across_room.append(options["across_room"])

    monkeypatch.setattr("posturecam.session.stretching.run.LazyEstimator", Opened)
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),), paced=paced))
    watched.mode(Mode.STRETCHING)
    watched.until(lambda _: across_room)
    assert across_room == [not paced]


@pytest.mark.parametrize("change", [{"estimator.model": "full"}, {"follow.memory": "20"}])
def test_another_model_or_way_of_following_takes_the_place_of_the_one_before(begin, world, monkeypatch, change):
    monkeypatch.setattr("posturecam.session.runner.LazyEstimator", Watcher)
    monkeypatch.setattr(Watcher, "made", made := [])
    monkeypatch.setattr(Watcher, "left", left := [])
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.change_settings({"monitor.mild_seconds": "200"})
    watched.until(lambda _: world.t > 60)
    assert (len(made), left) == (1, []), "settings that it does not read leave it"
    watched.session.change_settings(change)
    watched.until(lambda _: len(made) == 2)
    assert left == [1], "the one before was let go first"
    assert made[1] == watched.session.settings


@pytest.mark.parametrize("shown", [True, False], ids=["shown", "hidden"])
def test_the_first_picture_is_shown_before_the_model_that_judges_it_is_loaded(begin, world, monkeypatch, shown):
    meanwhile = []

    class Loading(Watcher):
        loaded = False

        def __call__(self, frame):
            if not self.loaded:
                meanwhile.append(watched.mailbox.take()[0])
            self.loaded = True
            return

    def pictured(frame, step):
        world.t += step
        return Frame(world.t, np.zeros((48, 64, 3), np.uint8))

    monkeypatch.setattr("posturecam.session.runner.LazyEstimator", Loading)
    world.frame = pictured
    watched = begin()
    watched.session.preview(shown)
    judged = watched.until(lambda seen: seen.snapshot if seen.snapshot and seen.snapshot.tick else None)
    (before,) = meanwhile
    assert (before.mode, before.tick, judged.picture) == (Mode.WATCHING, None, None)
    if shown:
        assert before.picture.t <= judged.tick.frame.t
        assert before.picture.image.shape == (48, 64, 3)
    else:
        assert before.picture is None


def test_somebody_who_reads_without_touching_a_key_is_still_watched(begin, world):
    world.system.set(idle_seconds=5000.0)
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.until(lambda _: world.t > 1500)
    assert Mode.OFF not in [one.after for one in watched.all(ModeChanged)]


def test_an_empty_chair_before_an_untouched_keyboard_releases_the_camera(begin, world):
    world.system.set(idle_seconds=5000.0)
    watched = begin()
    watched.mode(Mode.WATCHING)
    world.opened[-1].frames = [Frame(0.0, recorded=True)]
    assert watched.mode(Mode.OFF).why == "nobody is there"
    for _ in range(100):
        watched.step()
        assert watched.snapshot.mode is Mode.OFF
    assert watched.until(lambda _: all(source.closed for source in world.opened))
    world.part = (0.0, UPRIGHT_UNTIL)
    world.system.set(idle_seconds=0.0)
    watched.mode(Mode.WATCHING)


def test_an_empty_chair_before_a_keyboard_in_use_is_watched_on(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    world.opened[-1].frames = [Frame(0.0, recorded=True)]
    watched.until(lambda _: world.t > 1500)
    assert Mode.OFF not in [one.after for one in watched.all(ModeChanged)]


def test_it_checks_less_often_on_battery_and_more_often_while_a_window_shows_it(begin, world):
    settings = Settings()
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.until(lambda _: world.opened[-1].seconds == settings.pace.steady)
    world.system.set(on_battery=True)
    watched.until(lambda _: world.opened[-1].seconds == settings.quiet.battery_pace)
    watched.session.preview(True)
    watched.until(lambda _: world.opened[-1].seconds == PREVIEW_SECONDS)
    watched.session.preview(False)
    watched.until(lambda _: world.opened[-1].seconds == settings.quiet.battery_pace)
    world.system.set(on_battery=False)
    watched.until(lambda _: world.opened[-1].seconds == settings.pace.steady)


def test_on_battery_no_check_comes_so_late_that_the_time_before_it_counts_as_unmeasured(begin, world):
    settings = Settings.model_validate({"quiet": {"battery_pace": 10}})
    world.system.set(on_battery=True)
    watched = begin(settings)
    watched.mode(Mode.WATCHING)
    assert watched.until(lambda _: settings.pace.steady < world.opened[-1].seconds < settings.monitor.longest_gap)


@pytest.mark.parametrize(
    ("speech", "chimes", "muted"),
    [(True, True, False), (True, False, False), (False, True, False), (False, False, True)],
)
def test_a_session_is_mute_where_neither_speech_nor_chimes_are_wanted(begin, world, speech, chimes, muted):
    watched = begin(Settings.model_validate({"voice": {"speech": speech, "chimes": chimes}}))
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    watched.until(lambda seen: seen.snapshot.coaching)
    assert watched.snapshot.coaching.tick.muted is muted


def in_a_spoken_stretch(begin):
    """A session that begins a stretch, and the voices opened in it, the newest last."""
    voices = []

    def open_voice():
        voices.append(FakeVoice())
        return voices[-1]

    watched = begin(voice=open_voice)
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    return watched, voices


@pytest.mark.parametrize(
    "change",
    [lambda session: session.change_settings({"voice.volume": "0.3"}), lambda _: choose_language("de")],
    ids=["volume", "language"],
)
def test_a_voice_or_language_that_is_chosen_during_a_stretch_is_heard_at_once(begin, change):
    """German words used to be read by the English voice, among English ones that it had prepared."""
    watched, voices = in_a_spoken_stretch(begin)
    watched.until(lambda seen: seen.snapshot.coaching)
    change(watched.session)
    watched.until(lambda seen: len(voices) == 2 and voices[1].prepared)
    assert [one.closed for one in voices] == [True, False]
    watched.until(lambda seen: voices[1].said)
    watched.session.controls.end()
    watched.come(StretchEnded)
    watched.mode(Mode.WATCHING)
    assert [one.closed for one in voices] == [True, True]


def test_how_late_words_may_be_is_what_is_set_during_the_stretch(begin):
    watched, voices = in_a_spoken_stretch(begin)
    watched.until(lambda seen: seen.snapshot.coaching and voices[0].said)
    watched.session.change_settings({"voice.lateness": "9", "voice.count_lateness": "0.9"})
    watched.until(lambda seen: len(voices) == 2 and voices[1].said)
    assert voices[0].lateness == {2.5}
    assert voices[1].lateness <= {9, 0.9}


def test_a_session_with_the_coach_ends_with_its_summary_and_watching_continues(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),), Answers(False)))
    shown = watched.mode(Mode.STRETCHING)
    assert watched.until(lambda seen: seen.snapshot.coaching and seen.snapshot.coaching.title == "Neck")
    watched.session.controls.end()
    assert watched.come(StretchEnded).title == "Neck"
    watched.mode(Mode.WATCHING)
    assert shown.sign is Sign.BUSY
    with StretchHistory() as history:
        assert history.sessions() == []  # nothing was held


def test_settings_hold_at_once_and_wrong_ones_change_nothing(begin, world):
    watched = begin()
    calibrated(watched)
    watched.session.change_settings(
        {"monitor.mild_seconds": "30", "monitor.moderate_seconds": "25", "monitor.severe_seconds": "20"}
    )
    with pytest.raises(SettingsError):
        watched.session.change_settings({"monitor.mild_seconds": "-3"})
    assert watched.session.settings.monitor.mild_seconds == 30
    world.show(22.0, 30.0)
    assert watched.come(AlertRaised).alert.seconds < 60


def test_another_camera_is_opened_at_once(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    count = len(world.opened)
    watched.session.choose_camera("Other")
    watched.until(lambda _: len(world.opened) == count + 1)
    assert watched.session.settings.camera.device == "Other"


def test_a_trial_alert_is_shown_but_neither_saved_nor_counted(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.try_alert()
    trial = watched.come(AlertRaised)
    assert trial.trial
    watched.session.answer(Response.FINE, trial)
    watched.until(lambda seen: seen.snapshot.alert is None)
    watched.end()
    assert kept_events(EventKind.SLOUCH_TOLD) == []
    assert load_settings().sensitivity.personal == 1.0


def test_long_sitting_offers_a_break_and_stretching_takes_it(begin, world):
    settings = Settings.model_validate({"breaks": {"sitting": 300.0}})
    watched = begin(settings)
    offered = watched.come(BreakOffered)
    assert "5 minutes" in offered.words.body
    assert offered.routine == "desk_break"


def test_no_stretching_today_holds_after_a_restart_and_in_every_program_until_one_of_them_stretches(begin, world):
    def suggests(watched):
        return watched.snapshot is not None and watched.snapshot.break_in is not None

    first = begin()
    first.until(suggests)
    first.session.no_stretching_today()
    first.until(lambda seen: not suggests(seen))
    first.end()
    second = begin()
    second.mode(Mode.WATCHING)
    second.go_on(60)
    assert not suggests(second)
    keep_rest_day(None)  # as another program does that leads a stretch
    second.until(suggests)
    keep_rest_day(world.now().date())  # as `posturecam stretch` does
    second.until(lambda seen: not suggests(seen))
    second.session.stretch(StartStretch("Eyes", (load_exercise("eye_rest"),), paced=True))
    second.until(lambda seen: seen.snapshot.coaching)
    assert rest_day() is None
    second.session.controls.end()
    second.until(suggests)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "\0", "9" * 1000, "ü"])
def test_with_a_damaged_file_of_that_day_stretches_are_suggested_as_ever(begin, text):
    rest_path().parent.mkdir(exist_ok=True)
    rest_path().write_text(text, encoding="utf-8")
    watched = begin()
    watched.until(lambda seen: seen.snapshot is not None and seen.snapshot.break_in is not None)
    watched.go_on(60)
    assert watched.snapshot.break_in is not None
    assert watched.all(Complaint) == []


def test_time_is_recorded_by_how_it_was_spent(begin, world):
    from posturecam.history.records import SittingRecords

    watched = begin()
    calibrated(watched)
    at = watched.snapshot.at
    watched.until(lambda seen: seen.snapshot.at > at + timedelta(minutes=5))
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    watched.end()
    with SittingRecords() as records:
        times = records.day(BEGAN.date()).times
    assert times.of(TimeCategory.UPRIGHT) > 240
    assert times.of(TimeCategory.SLOUCHING) == 0


class ClosedMeanwhile(Clip):
    """A camera that is closed while its next picture is awaited, as the app closes it for a pause and at its end."""

    does = None
    """What the user does at that moment."""

    def __iter__(self):
        for frame in super().__iter__():
            if self.does is not None:
                self.does()
                self.close()
                return
            yield frame


@pytest.fixture
def closing(world, monkeypatch):
    """Open such a camera from now on."""

    def open_(camera, settings):
        world.opened.append(ClosedMeanwhile(world, world.part))
        return world.opened[-1]

    monkeypatch.setattr(world, "open", open_)


@pytest.mark.usefixtures("closing")
def test_a_pause_between_two_pictures_is_no_lost_camera(begin, world):
    watched = begin()
    watched.until(lambda seen: seen.snapshot and seen.snapshot.tick)
    world.opened[-1].does = watched.session.pause
    watched.mode(Mode.PAUSED)
    watched.session.resume()
    watched.mode(Mode.WATCHING)
    watched.end()
    assert Mode.CAMERA_LOST not in [one.after for one in watched.all(ModeChanged)]
    assert kept_events(EventKind.CAMERA_LOST) == kept_events(EventKind.CAMERA_BACK) == []


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize("does", ["pause", "quit"])
def test_half_a_calibration_is_never_learned(begin, world, does):
    watched = begin()
    watched.session.calibrate()
    watched.until(lambda seen: seen.snapshot and (now := seen.snapshot.calibration) and now.counts and now.share > 0.9)
    world.opened[-1].does = getattr(watched.session, does)
    watched.go_on(5)
    assert watched.snapshot.mode in (Mode.PAUSED, Mode.ENDED)
    assert watched.all(Calibrated) == []
    assert load_baselines().kept == ()


def test_the_reason_of_a_pause_is_published(begin):
    watched = begin()
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    assert watched.snapshot.why == "you paused posturecam"
    watched.session.pause(setup=True)
    watched.until(lambda seen: seen.snapshot.why == "the setup is not finished")


@pytest.mark.parametrize("lasting", [timedelta(minutes=5), None], ids=["one that ends", "one until resumed"])
def test_no_pause_takes_the_place_of_the_wait_for_the_setup(begin, world, lasting):
    watched = begin()
    watched.session.pause(setup=True)
    watched.mode(Mode.PAUSED)
    watched.session.pause(None if lasting is None else watched.snapshot.at + lasting)
    opened, at = len(world.opened), watched.snapshot.at
    watched.until(lambda seen: seen.snapshot.at > at + timedelta(minutes=10))
    assert (watched.snapshot.why, watched.snapshot.until) == ("the setup is not finished", None)
    assert len(world.opened) == opened
    watched.session.resume()
    watched.mode(Mode.WATCHING)


def test_nothing_that_happens_is_dropped_while_snapshots_are(begin, world):
    watched = begin()
    calibrated(watched)
    world.show(0.0, math.inf)
    ends = world.t + 1800
    while world.t < ends:  # a slow window: many ticks pass unseen
        next(watched.steps)
    watched.end()
    snapshot, happened = watched.snapshot, watched.happened
    slouches = [one for one in happened if isinstance(one, MonitorEvent) and isinstance(one.event, SlouchSustained)]
    ended = [one for one in happened if isinstance(one, MonitorEvent) and isinstance(one.event, SlouchEnded)]
    assert snapshot.mode is Mode.ENDED
    assert len(slouches) >= 1
    assert len(slouches) - len(ended) in (0, 1)
    assert [one.at for one in happened] == sorted(one.at for one in happened)


def test_a_mistake_in_the_program_is_reported_and_does_not_end_it(begin, world, monkeypatch):
    def breaks(*_):
        monkeypatch.undo()
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("posturecam.session.runner.silence.held", breaks)
    watched = begin()
    shown = watched.mode(Mode.CAMERA_LOST)
    assert "ZeroDivisionError" in shown.why
    world.passes(seconds=40)
    watched.mode(Mode.WATCHING)


def test_a_history_that_cannot_be_opened_is_reported_and_watching_continues(begin, world, own_home):
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "history.sqlite3").mkdir()
    watched = begin()
    watched.mode(Mode.WATCHING)
    assert "history" in watched.come(Complaint).text.lower()


def test_a_mistake_while_paused_is_reported_and_does_not_end_it(begin, world, monkeypatch):
    watched = begin()
    watched.session.pause()
    watched.mode(Mode.PAUSED)

    def breaks(*_, **__):
        monkeypatch.undo()
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("posturecam.session.publisher.Publisher.become", breaks)
    watched.until(lambda seen: any(one.after is Mode.CAMERA_LOST for one in seen.all(ModeChanged)))
    watched.mode(Mode.PAUSED)


def test_a_stretch_requested_during_another_takes_its_place_at_once(begin):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),), paced=True))
    watched.until(lambda seen: seen.snapshot.coaching)
    watched.session.stretch(StartStretch("Eyes", (load_exercise("eye_rest"),), paced=True))
    watched.until(lambda seen: seen.snapshot.coaching and seen.snapshot.coaching.title == "Eyes")
    assert [one.title for one in watched.all(StretchEnded)] == ["Neck"]
    assert watched.world.t < 10, "it does not wait for the end of the other"
    watched.session.controls.end()
    watched.mode(Mode.WATCHING)
    assert [one.title for one in watched.all(StretchEnded)] == ["Neck", "Eyes"]


def test_of_two_stretches_requested_at_once_only_the_later_one_is_done(begin):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),), paced=True))
    watched.session.stretch(StartStretch("Eyes", (load_exercise("eye_rest"),), paced=True))
    watched.until(lambda seen: seen.snapshot.coaching)
    watched.session.controls.end()
    watched.mode(Mode.WATCHING)
    assert [one.title for one in watched.all(StretchEnded)] == ["Eyes"]


def test_a_stretch_without_a_camera_reports_that_it_cannot_be_used(begin, world):
    world.fails = "No camera was found"
    watched = begin()
    watched.mode(Mode.CAMERA_LOST)
    watched.happened.clear()
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    lost = watched.until(lambda seen: [one for one in seen.all(ModeChanged) if one.after is Mode.CAMERA_LOST])
    assert [one.why for one in lost] == ["No camera was found"]
    assert watched.all(StretchEnded) == []


def test_requests_from_before_a_pause_do_not_start_after_it(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    watched.session.resume()
    watched.mode(Mode.WATCHING)
    assert Mode.STRETCHING not in [one.after for one in watched.all(ModeChanged)]


def test_after_a_pause_the_camera_looks_before_anybody_counts_as_away(begin, world):
    world.system.set(idle_seconds=5000.0)  # reads, touching nothing
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.pause(world.now() + timedelta(minutes=30))
    watched.mode(Mode.PAUSED)
    world.passes(minutes=31)
    watched.mode(Mode.WATCHING)
    assert Mode.OFF not in [one.after for one in watched.all(ModeChanged)]


def test_a_long_pause_is_a_break_from_sitting(begin, world):
    watched = begin()
    watched.until(lambda seen: seen.snapshot and seen.snapshot.sitting > 600)
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    world.t += 3600
    watched.session.resume()
    watched.until(lambda seen: seen.snapshot.mode is Mode.WATCHING and seen.snapshot.tick)
    assert watched.snapshot.sitting < 600


def test_a_locked_screen_ends_a_session_and_keeps_what_was_done(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.stretch(StartStretch("Neck", (load_exercise("upper_trapezius"),)))
    watched.mode(Mode.STRETCHING)
    world.system.set(locked=True)
    watched.come(StretchEnded)
    watched.mode(Mode.OFF)
    assert watched.until(lambda _: all(source.closed for source in world.opened))


def test_a_locked_screen_is_not_recorded(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    world.system.set(locked=True)
    watched.mode(Mode.OFF)
    watched.end()
    assert [dict(event.details) for event in kept_events(EventKind.PAUSED)] == [{}]


def test_a_clock_set_back_does_not_keep_a_lost_camera_waiting(begin, world, monkeypatch):
    world.fails = "Clip cannot be opened"
    watched = begin()
    watched.mode(Mode.CAMERA_LOST)
    world.wall -= timedelta(hours=1)
    world.fails = None
    watched.mode(Mode.WATCHING)


def about(lasting, **expected):
    """Whether it is that, except for checks in progress: far from the hours by which clocks are set here."""
    return abs(lasting - timedelta(**expected)) < timedelta(seconds=10)


def test_a_pause_lasts_as_long_as_was_asked_wherever_the_clock_is_set(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.pause(world.now() + timedelta(minutes=1))
    until = watched.mode(Mode.PAUSED).until
    world.wall -= timedelta(hours=2)
    shown = watched.until(lambda seen: seen.snapshot.until != until and seen.snapshot)
    assert about(shown.until - world.now(), minutes=1)  # what is shown follows the wall clock
    world.wall += timedelta(hours=5)
    watched.until(lambda seen: about(seen.snapshot.until - seen.snapshot.at, minutes=1))
    assert watched.snapshot.mode is Mode.PAUSED
    world.passes(seconds=61)
    watched.mode(Mode.WATCHING)


def test_a_pause_is_over_when_the_computer_wakes_after_its_end(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.pause(world.now() + timedelta(hours=1))
    watched.mode(Mode.PAUSED)
    world.system.set(asleep=True)
    world.passes(hours=9)
    world.system.set(asleep=False)
    watched.mode(Mode.WATCHING)


def test_a_second_pause_takes_the_place_of_the_first(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.pause(world.now() + timedelta(hours=1))
    watched.mode(Mode.PAUSED)
    watched.session.pause(world.now() + timedelta(minutes=5))
    watched.until(lambda seen: about(seen.snapshot.until - seen.snapshot.at, minutes=5))
    watched.session.pause()
    watched.until(lambda seen: seen.snapshot.mode is Mode.PAUSED and seen.snapshot.until is None)
    world.passes(hours=2)
    watched.session.resume()
    watched.mode(Mode.WATCHING)


def test_somebody_present_is_not_called_away_because_the_clock_was_set(begin, world):
    world.system.set(idle_seconds=5000.0)  # reads, touching nothing
    watched = begin()
    watched.mode(Mode.WATCHING)
    world.wall += timedelta(hours=3)
    at = world.t
    watched.until(lambda _: world.t > at + 60)
    assert Mode.OFF not in [one.after for one in watched.all(ModeChanged)]


def test_time_is_kept_as_long_as_it_was_where_the_clock_is_set_meanwhile(begin, world):
    from posturecam.history.records import SittingRecords

    watched = begin()
    calibrated(watched)
    began = world.t
    for hours in (3, -6, 3):
        at = world.t
        watched.until(lambda _, at=at: world.t > at + 180)
        world.wall += timedelta(hours=hours)
    watched.end()
    with SittingRecords() as records:
        times = records.day(BEGAN.date()).times
    assert times.of(TimeCategory.UPRIGHT) == pytest.approx(world.t - began, rel=0.05)


def test_an_answer_holds_for_its_alert_only_and_also_when_the_slouch_is_over(begin, world):
    watched = begin()
    calibrated(watched)
    world.show(22.0, 30.0)
    told = watched.come(AlertRaised)
    world.show(0.0, UPRIGHT_UNTIL)
    watched.until(lambda seen: seen.snapshot.alert is None)
    watched.session.answer(Response.FINE, replace(told, at=told.at - timedelta(hours=1)))  # to an older one
    watched.session.answer(Response.SNOOZE, told)
    watched.until(lambda seen: (seen.snapshot.outlook.silent or "").startswith("snoozed until "))
    watched.end()
    assert [event.details["answer"] for event in kept_events(EventKind.ANSWER)] == ["snooze"]


def test_a_baseline_that_cannot_be_kept_is_reported_and_serves_meanwhile(begin, world, monkeypatch):
    def full(_):
        raise SettingsError("No space left on device")

    monkeypatch.setattr("posturecam.session.upright_postures.save_baseline", full)
    watched = begin()
    calibrated(watched)
    assert "No space left" in watched.come(Complaint).text
    watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT)


def test_a_baseline_that_could_not_be_kept_serves_until_the_end_and_is_kept_once_that_is_possible(begin, monkeypatch):
    saving = [SettingsError("No space left on device")] * 3

    def keep(baseline):
        if saving:
            raise saving.pop()
        save_baseline(baseline)

    monkeypatch.setattr("posturecam.session.upright_postures.save_baseline", keep)
    watched = begin()
    learned = calibrated(watched).baseline
    for kept in ((), (learned,)):  # each pause closes the camera and opens it anew
        watched.session.pause()
        watched.mode(Mode.PAUSED)
        watched.session.resume()
        assert watched.until(lambda seen: seen.snapshot.mode is Mode.WATCHING and seen.snapshot.baseline) == learned
        assert load_baselines().kept == kept
    assert [one.text for one in watched.all(Complaint)] == ["No space left on device"]


def test_a_baseline_that_could_not_be_kept_is_kept_at_the_end_if_there_is_room_by_then(begin, monkeypatch):
    def full(_):
        raise SettingsError("No space left on device")

    with monkeypatch.context() as no_room:
        no_room.setattr("posturecam.session.upright_postures.save_baseline", full)
        watched = begin()
        learned = calibrated(watched).baseline
    watched.end()
    assert load_baselines().kept == (learned,)


def test_a_calibration_that_cannot_be_kept_for_another_desk_is_reported_with_its_cause_not_as_a_bug(
    begin, world, monkeypatch
):
    watched = begin()
    watched.session.use_place("home")
    calibrated(watched)
    watched.session.use_place("office")
    watched.until(lambda seen: seen.snapshot.elsewhere)

    def full(_):
        raise SettingsError("No space left on device")

    monkeypatch.setattr("posturecam.session.upright_postures.save_baseline", full)
    watched.session.keep_here()
    assert watched.come(Complaint).text == "No space left on device"


def test_no_break_is_offered_while_an_alert_stands_or_has_just_been_given(begin, world):
    settings = Settings.model_validate({"breaks": {"slouches": 1}, "alerts": {"cool_down": 1200.0}})
    watched = begin(settings)
    calibrated(watched)
    world.show(22.0, 30.0)
    told = watched.come(AlertRaised)
    world.show(0.0, UPRIGHT_UNTIL)
    offered = watched.come(BreakOffered)
    assert offered.at - told.at >= timedelta(seconds=1200)


def test_every_mode_change_is_in_the_table_and_nothing_follows_the_end():
    for before, after in product(Mode, Mode):
        if after is before or after in FOLLOWS[before]:
            assert follow(before, after) is after
        else:
            with pytest.raises(ValueError, match="cannot follow"):
                follow(before, after)
    assert FOLLOWS[Mode.ENDED] == frozenset()


def test_mode_changes_are_published_in_order(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    watched.session.resume()
    watched.mode(Mode.WATCHING)
    changes = watched.all(ModeChanged)
    assert [one.after for one in changes] == [Mode.WATCHING, Mode.PAUSED, Mode.STARTING, Mode.WATCHING]


def test_a_film_repeats_and_its_clock_follows():
    film = VideoCamera(ROOT / "sample_videos" / "desk_side.mp4", speed=math.inf, time_scale=TIME_SCALE)
    began, source, times = film.now(), film.open("", Settings()), []
    source.pace(30.0)
    for frame in source:
        times.append(frame.t)
        if len(times) == 30:
            break
    assert all(after > before for before, after in pairwise(times))
    assert times[-1] > 600  # beyond the end of the video, at 15 s for each of its seconds
    assert (film.now() - began).total_seconds() == pytest.approx(times[-1], abs=5)


def test_in_a_time_lapse_a_break_at_the_desk_goes_by_like_everything_else():
    """Its checks are seconds apart: each counted as following a gap, and "10 seconds to get ready" never ended."""
    settings = VideoCamera(ROOT / "sample_videos" / "desk_front.mp4", time_scale=TIME_SCALE).adapt(Settings())
    film = FramesInMemory(frames((60, FACING), rate=0.5), live=True)
    ticks = list(coach(film, no_model, [load_exercise("chin_tuck").at_desk()], settings, paced=True))
    assert CoachPhase.HOLDING in {tick.state.phase for tick in ticks}


def test_a_posture_that_was_not_offered_cannot_be_learned(begin, world):
    watched = begin()
    learned = calibrated(watched)
    watched.session.take_upright()
    shown = watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot)
    assert shown.baseline == learned.baseline
    assert not shown.upright_offered


def test_where_slouching_begins_is_worked_out_only_while_a_window_shows_it(begin, world):
    watched = begin()
    calibrated(watched)
    watched.until(lambda seen: seen.snapshot.sign is Sign.UPRIGHT and seen.snapshot.boundary is None)
    watched.session.preview(True)
    watched.until(lambda seen: seen.snapshot.boundary is not None)
    watched.session.preview(False)
    watched.until(lambda seen: seen.snapshot.boundary is None)


# A break at the desk.


def test_a_break_without_a_camera_is_timed_only_and_kept_as_such(begin, world):
    world.fails = "Clip cannot be opened: another program holds it"
    watched = begin()
    watched.mode(Mode.CAMERA_LOST)
    exercise = load_exercise("overhead_reach").at_desk()
    watched.session.stretch(StartStretch("Desk break", (exercise,), Answers(False, 0), paced=True))
    ended = watched.come(StretchEnded)
    (done,) = ended.summary.sets
    assert (done.counted, done.timed) == (0, 1)
    assert watched.mode(Mode.CAMERA_LOST).why == world.fails, "and afterwards it is as it was"
    with StretchHistory() as history:
        assert history.done_last() == ("overhead_reach",)
        (rep,) = history.sessions()[0].reps
        assert not rep.result.counted
        assert rep.result.seen == 0


def test_a_stretch_that_could_not_be_saved_is_not_said_to_be_saved(begin, world):
    history_path().mkdir(parents=True)
    world.fails = "Clip cannot be opened"
    watched = begin()
    exercise = load_exercise("eye_rest")
    watched.session.stretch(StartStretch("Eye rest", (exercise,), paced=True))
    ended = watched.come(StretchEnded)
    assert ended.summary.done == 1
    assert ended.session is None
    history_path().rmdir()
    watched.session.stretch(StartStretch("Eye rest", (exercise,), paced=True))
    assert watched.come(StretchEnded, 2).session is not None


def test_a_camera_that_is_lost_in_a_break_does_not_end_it(begin, world):
    watched = begin()
    watched.session.stretch(StartStretch("Desk break", (load_exercise("upper_trapezius").at_desk(),), paced=True))
    watched.until(lambda seen: seen.snapshot and seen.snapshot.coaching)
    world.fails = "Clip cannot be opened"
    world.opened[-1].close()
    (done,) = watched.come(StretchEnded).summary.sets
    assert done.timed == 2


# What another program changes meanwhile.


def test_settings_changed_outside_are_used_and_announced(begin):
    watched = begin()
    watched.mode(Mode.WATCHING)
    change_settings({"sensitivity.level": "strict", "voice.volume": "0.3"})
    told = watched.come(SettingsChanged)
    assert told.keys == {"sensitivity.level", "voice.volume"}
    assert (watched.session.settings.sensitivity.level, watched.session.settings.voice.volume) == ("strict", 0.3)
    watched.mode(Mode.WATCHING)
    assert len(watched.world.opened) == 1  # the camera stays open


def test_settings_changed_after_they_were_loaded_and_before_the_session_begins_are_used(begin):
    watched = begin()
    change_settings({"voice.volume": "0.3"})
    assert watched.come(SettingsChanged).keys == {"voice.volume"}
    assert watched.session.settings.voice.volume == 0.3


def test_settings_deleted_while_the_session_starts_are_back_to_their_defaults(begin):
    watched = begin(Settings.model_validate({"voice": {"volume": 0.3}}))
    settings_path().unlink()
    assert watched.come(SettingsChanged).keys == {"voice.volume"}
    assert watched.session.settings == Settings()


def test_settings_changed_outside_during_a_pause_are_used_too(begin):
    watched = begin()
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    settings_path().parent.mkdir(exist_ok=True)
    settings_path().write_text("[goal]\nupright = 0.5\n")
    watched.come(SettingsChanged)
    assert watched.session.settings.goal.upright == 0.5
    assert watched.snapshot.mode is Mode.PAUSED


def test_another_camera_chosen_outside_is_opened(begin, world):
    watched = begin()
    watched.mode(Mode.WATCHING)
    change_settings({"camera.device": "another"})
    watched.until(lambda seen: len(world.opened) == 2)
    assert world.opened[0].closed


def test_what_the_session_saves_itself_is_not_announced_as_changed_outside(begin):
    watched = begin()
    calibrated(watched)
    watched.session.change_settings({"voice.volume": "0.4"})
    watched.session.keep_personal(1.23456)
    watched.go_on(60)
    assert load_settings().sensitivity.personal == 1.235
    assert watched.all(SettingsChanged) == []
    assert len(watched.all(Calibrated)) == 1
    assert watched.session.settings == load_settings()


def test_a_change_here_does_not_undo_one_outside_that_was_not_noticed_yet(begin):
    watched = begin()
    watched.mode(Mode.WATCHING)
    change_settings({"goal.upright": "0.5"})
    watched.session.change_settings({"voice.volume": "0.4"})
    assert watched.come(SettingsChanged).keys == {"goal.upright"}
    assert (watched.session.settings.goal.upright, load_settings().goal.upright) == (0.5, 0.5)
    assert load_settings().voice.volume == 0.4


def test_a_settings_file_that_cannot_be_used_changes_nothing_and_is_reported_once(begin):
    change_settings({"voice.volume": "0.4"})
    watched = begin(load_settings())
    watched.mode(Mode.WATCHING)
    for text in ("[voice\nvolume = 0.2\n", "[voice\nvolume = 0.2\n# still\n"):
        settings_path().write_text(text)
        for _ in range(30):
            watched.step()
    (complaint,) = watched.all(Complaint)
    assert "is damaged (at line 1" in complaint.text
    assert complaint.text.endswith("; until that is fixed, posturecam keeps using what it loaded before")
    assert watched.session.settings.voice.volume == 0.4
    assert settings_path().read_text() == "[voice\nvolume = 0.2\n# still\n"
    with pytest.raises(SettingsError):  # and it is not overwritten by a change here
        watched.session.change_settings({"goal.upright": "0.5"})
    settings_path().write_text("[voice]\nvolume = 0.6\n")
    assert watched.come(SettingsChanged).keys == {"voice.volume"}


def test_a_value_that_another_program_set_wrong_loses_only_itself_and_is_reported_once(begin):
    change_settings({"voice.volume": "0.4"})
    watched = begin(load_settings())
    watched.mode(Mode.WATCHING)
    for text in ("[voice]\nvolume = 7\nwords_a_minute = 120\n", "[voice]\nvolume = 7\nwords_a_minute = 120\n# still\n"):
        settings_path().write_text(text)
        for _ in range(30):
            watched.step()
    watched.session.change_settings({"goal.upright": "0.5"})
    for _ in range(30):
        watched.step()
    (complaint,) = watched.all(Complaint)
    assert "is ignored: voice.volume must be at most 1, got 7; correct it there" in complaint.text
    assert watched.session.settings.voice == Settings().voice.model_copy(update={"words_a_minute": 120.0})
    assert settings_path().read_text().startswith("[voice]\nvolume = 7\nwords_a_minute = 120\n# still\n")


def test_what_was_wrong_with_the_settings_when_they_were_loaded_is_not_reported_again(begin):
    settings_path().parent.mkdir()
    settings_path().write_text("[voice]\nvolume = 7\n")
    watched = begin(load_settings())
    watched.mode(Mode.WATCHING)
    watched.session.change_settings({"goal.upright": "0.5"})
    watched.go_on(60)
    assert watched.all(Complaint) == []


@pytest.mark.parametrize("wrong", ["[voice]\nvolume = 7\n", "[voice\nvolume = 7\n"])
def test_the_same_mistake_in_the_settings_file_is_said_again_once_it_was_corrected_in_between(begin, wrong):
    watched = begin()
    watched.mode(Mode.WATCHING)
    settings_path().parent.mkdir(exist_ok=True)
    for text in ("", wrong, "[voice]\nvolume = 0.6\n", wrong):
        settings_path().write_text(text)
        for _ in range(30):
            watched.step()
    first, second = watched.all(Complaint)
    assert first.text == second.text


def newer(baseline, **changes):
    """Another calibration with the same camera."""
    return replace(baseline, made="2026-11-24T08:00:00+01:00", **changes)


def test_an_upright_posture_learned_outside_is_used_at_once(begin, world):
    watched = begin()
    learned = calibrated(watched).baseline
    outside = newer(learned, spread=learned.spread / 2)
    save_baseline(outside)
    assert watched.come(Calibrated, 2).baseline == outside
    watched.until(lambda seen: seen.snapshot.baseline == outside)
    assert len(world.opened) == 1
    assert load_baselines().kept == (outside,)


def test_one_learned_in_a_terminal_counts_for_the_present_desk(begin):
    watched = begin()
    watched.session.use_place("office")
    at_desk = calibrated(watched).baseline
    assert at_desk.place == "office"
    save_baseline(newer(at_desk, place="home"))
    save_baseline(newer(at_desk, place=""))
    assert watched.come(Calibrated, 2).baseline == newer(at_desk)
    assert {one.place for one in load_baselines().kept} == {"office", "home"}
    watched.go_on(60)
    assert len(watched.all(Calibrated)) == 2


@pytest.mark.parametrize("elsewhere", [{"camera": "another"}, {"place": "home"}], ids=["camera", "desk"])
def test_one_learned_for_another_camera_or_desk_changes_nothing(begin, elsewhere):
    watched = begin()
    watched.session.use_place("office")
    learned = calibrated(watched).baseline
    save_baseline(newer(learned, **elsewhere))
    watched.go_on(60)
    assert len(watched.all(Calibrated)) == 1


def test_a_first_one_learned_outside_during_a_pause_is_there_afterwards(begin):
    watched = begin()
    learned = calibrated(watched).baseline
    watched.session.pause()
    watched.mode(Mode.PAUSED)
    save_baseline(newer(learned))
    watched.come(Calibrated, 2)
    watched.session.resume()
    watched.until(lambda seen: seen.snapshot.baseline == newer(learned))


def test_a_damaged_baselines_file_is_left_alone_and_the_baseline_in_use_stays(begin):
    watched = begin()
    learned = calibrated(watched).baseline
    for text in ("[", "[1"):
        baselines_path().write_text(text)
        for _ in range(30):
            watched.step()
    (complaint,) = watched.all(Complaint)
    assert "baselines.json is damaged" in complaint.text
    assert baselines_path().read_text() == "[1"
    watched.until(lambda seen: seen.snapshot.baseline == learned)


def test_while_watching_a_file_outside_changes_are_ignored(begin):
    watched = begin(options=Options(heeds_files=False))
    watched.mode(Mode.WATCHING)
    change_settings({"voice.volume": "0.4"})
    watched.go_on(60)
    assert watched.session.settings == Settings()


class Life:
    """A user, a computer and a camera that do anything at any moment, and what must hold all the same."""

    def __init__(self, watched, seed):
        self.watched, self.world, self.session = watched, watched.world, watched.session
        self.rnd, self.did, self.seen = random.Random(seed), [], 0
        self.paused_until = None
        """Clock time at which the pause ends; None if there is none."""
        self.calibrates = False
        """Whether a calibration was asked for that was neither answered nor canceled."""
        self.stretches = ""
        """Title of the stretch that was asked for last, until it is over, or a pause or a lost camera has ended it."""
        self.wrong = Counter()
        """For how many steps something has been wrong: a step or two pass until a command is obeyed."""

    def pause(self):
        seconds = self.rnd.choice([30, 3600, None])
        self.session.pause(None if seconds is None else self.world.now() + timedelta(seconds=seconds))
        self.stretches = ""
        self.paused_until = math.inf if seconds is None else self.world.clock() + seconds

    def resume(self):
        self.session.resume()
        self.paused_until = None

    def calibrate(self):
        self.session.calibrate(slouch=self.rnd.random() < 0.2)
        self.calibrates = True

    def stop_calibrating(self):
        self.session.stop_calibrating()
        self.calibrates = False

    def stretch(self):
        self.stretches = f"Neck {len(self.did)}"
        paced = self.rnd.random() < 0.5
        self.session.stretch(StartStretch(self.stretches, (load_exercise("upper_trapezius"),), paced=paced))

    def end_stretch(self):
        self.session.controls.end()

    def change_a_setting(self):
        level, turned = self.rnd.choice(["strict", "normal"]), self.rnd.choice(["0", "180"])
        self.session.change_settings(self.rnd.choice([{"sensitivity.level": level}, {"camera.rotate": turned}]))

    def change_a_setting_outside(self):
        change_settings({"monitor.mild_seconds": self.rnd.choice(["120", "150"])})

    def change_the_desk(self):
        self.session.use_place(self.rnd.choice(["home", "office"]))
        self.session.keep_here()

    def lock(self):
        self.world.system.set(locked=self.rnd.random() < 0.3)

    def lose_the_camera(self):
        self.world.fails = self.rnd.choice(["unplugged", None, None])
        if self.world.fails:
            self.world.opened[-1].close()

    def try_again(self):
        self.session.retry()

    def sleep(self):
        self.world.passes(seconds=self.rnd.choice([20, 700, 40_000]))

    def set_the_clock(self):
        self.world.wall += timedelta(hours=self.rnd.choice([-2, 1]))

    def step(self):
        doings = [
            self.pause,
            self.resume,
            self.resume,
            self.calibrate,
            self.calibrate,
            self.stop_calibrating,
            self.stretch,
        ]
        doings += [
            self.end_stretch,
            self.end_stretch,
            self.change_a_setting,
            self.change_a_setting_outside,
            self.change_the_desk,
        ]
        doings += [self.lock, self.lock, self.lose_the_camera, self.lose_the_camera, self.try_again, self.sleep, self.set_the_clock]  # fmt: skip
        if self.rnd.random() < 0.15:
            for does in self.rnd.choices(doings, k=self.rnd.choice([1, 1, 2, 3])):
                self.did.append(does.__name__)
                does()
        self.watched.step()
        self.require()

    def require(self):
        new, self.seen = self.watched.happened[self.seen :], len(self.watched.happened)
        self.calibrates &= not any(isinstance(one, Calibrated | CalibrationFailed) for one in new)
        if self.paused_until is not None and self.world.clock() >= self.paused_until:
            self.paused_until = None
        mode, coaching = self.watched.snapshot.mode, self.watched.snapshot.coaching
        ended = [one.title for one in new if isinstance(one, StretchEnded)]
        if mode is Mode.CAMERA_LOST or self.stretches in ended:
            self.stretches = ""
        other = mode is Mode.STRETCHING and coaching is not None and coaching.title != self.stretches
        self.did += [one.after.value for one in new if isinstance(one, ModeChanged)]
        for wrong, holds in {
            "it watches in a pause": self.paused_until is not None and mode is Mode.WATCHING,
            "a calibration was forgotten": self.calibrates and mode not in (Mode.CALIBRATING, Mode.STARTING),
            "a stretch was forgotten": self.stretches and mode not in (Mode.STRETCHING, Mode.STARTING),
            "another stretch goes on": self.stretches and other,
            "a camera is on": mode in (Mode.PAUSED, Mode.OFF) and not all(one.closed for one in self.world.opened),
        }.items():
            self.wrong[wrong] = self.wrong[wrong] + 1 if holds else 0
            assert self.wrong[wrong] < 5, f"{wrong}: {self.did[-30:]}"


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_in_whatever_order_no_pause_and_no_request_is_lost(begin, world, seed):
    watched = begin()
    watched.mode(Mode.WATCHING)
    life = Life(watched, seed)
    for _ in range(500):
        life.step()
    assert all(one.after is two.before for one, two in pairwise(watched.all(ModeChanged)))
    assert not any("rror" in one.text for one in watched.all(Complaint)), watched.all(Complaint)
    world.fails = None
    world.system.set(locked=False)
    for _ in range(5):  # a stretch may only now begin
        life.stop_calibrating()
        life.end_stretch()
        life.resume()
        watched.go_on(8)
    watched.until(lambda seen: seen.snapshot.mode is Mode.WATCHING and seen.snapshot.tick)
