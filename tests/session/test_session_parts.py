"""The parts of a session in isolation: the camera's events, the thread that reads the system, the coach's memory."""

import os
import sys
import threading
import time
from datetime import date, timedelta

import pytest
from fakes.system import FakeSystem
from moments import BASELINE
from session_world import BEGAN
from stretch_rows import FOLD, rep

from posturecam.alerts.text import Because, BreakOffer
from posturecam.coach.safety import Answers
from posturecam.config.settings import StretchSettings
from posturecam.history.models import EventKind
from posturecam.history.records import SittingRecords
from posturecam.history.stretches import StretchHistory
from posturecam.posture.monitor import CameBack, LeftDesk, SlouchEnded
from posturecam.posture.view import View
from posturecam.session.guided_calibration import CalibrationTick, Part
from posturecam.session.history_recorder import HistoryRecorder
from posturecam.session.inputs.outside_changes import LOOK_SECONDS, OutsideChanges
from posturecam.session.inputs.system_monitor import SystemMonitor
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import BreakOffered, Calibrated, ModeChanged, MonitorEvent
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.session.publisher import Publisher
from posturecam.session.stretching.recorder import earlier
from posturecam.vision.frame import Frame


def kinds_kept(day: date) -> list[EventKind]:
    with SittingRecords() as records:
        return [event.kind for event in records.events(day, day)]


def test_a_camera_that_is_lost_and_comes_back_is_kept_once_each():
    recorder, at = HistoryRecorder(), BEGAN
    lived = [(Mode.WATCHING, Sign.UPRIGHT), (Mode.WATCHING, Sign.CAMERA_LOST), (Mode.CAMERA_LOST, Sign.CAMERA_LOST)]
    for mode, sign in (*lived, (Mode.PAUSED, Sign.PAUSED), *lived[1:], lived[0], lived[0]):
        for _ in range(3):
            at += timedelta(seconds=1)
            recorder.spend(at, mode, sign, 1.0)
    recorder.close()
    assert kinds_kept(BEGAN.date()) == [EventKind.CAMERA_LOST, EventKind.CAMERA_BACK]


def test_what_happens_at_the_desk_is_kept_with_its_details():
    recorder = HistoryRecorder()
    for event in (SlouchEnded(400.0, 150.0), LeftDesk(500.0), CameBack(600.0)):
        recorder.happened(MonitorEvent(BEGAN, event))
    recorder.happened(Calibrated(BEGAN, BASELINE))
    recorder.close()
    with SittingRecords() as records:
        kept = [(event.at, event.kind, event.details) for event in records.events(BEGAN.date(), BEGAN.date())]
    at = BEGAN.timestamp()
    assert kept == [
        (at, EventKind.SLOUCH_ENDED, {"seconds": 250.0}),
        (at, EventKind.LEFT_DESK, {}),
        (at, EventKind.CAME_BACK, {}),
        (at, EventKind.CALIBRATED, {"view": BASELINE.view.value, "quality": BASELINE.quality}),
    ]


def test_of_breaks_only_those_to_stretch_are_kept_and_that_one_was_taken():
    publisher = Publisher(Mailbox(), HistoryRecorder(), lambda: BEGAN, lambda: 0.0, lambda: 5.0)
    for because in (Because.EYES, Because.STAND, Because.SLOUCHES):
        publisher.tell(BreakOffered(BEGAN, BreakOffer(because, 600.0, 3), "desk_break"))
    publisher.break_taken()
    publisher.close()
    assert kinds_kept(BEGAN.date()) == [EventKind.BREAK_OFFERED, EventKind.BREAK_TAKEN]


@pytest.mark.parametrize(
    ("problem", "trouble"), [("the picture is black", "the picture is black"), (None, "I see nobody")]
)
def test_a_check_of_the_calibration_says_why_it_cannot_be_used(problem, trouble):
    frame = Frame(0.0, problem=problem)
    assert CalibrationTick(frame, None, View.UNKNOWN, None, Part("", 12.0), 0, 1.0).trouble == trouble


def test_a_shell_is_notified_once_until_it_has_taken_what_there_is():
    notified = []
    mailbox = Mailbox(lambda: notified.append(True))
    happened = ModeChanged(BEGAN, Mode.STARTING, Mode.OFF, None)
    for expected in (1, 2):
        mailbox.tell(happened)
        mailbox.tell(happened)
        assert len(notified) == expected
        assert mailbox.take() == (None, [happened, happened])


def test_another_reason_for_the_same_mode_is_published_and_the_same_one_is_not():
    mailbox = Mailbox()
    publisher = Publisher(mailbox, None, lambda: BEGAN, lambda: 0.0, lambda: 5.0)
    for why in ("the screen is locked", "the screen is locked", "the lid is closed"):
        publisher.become(Mode.OFF, why)
    snapshot, happened = mailbox.take()
    assert [(one.before, one.after, one.why) for one in happened if isinstance(one, ModeChanged)] == [
        (Mode.STARTING, Mode.OFF, "the screen is locked"),
        (Mode.OFF, Mode.OFF, "the lid is closed"),
    ]
    assert snapshot.why == "the lid is closed"


def test_time_in_which_the_computer_slept_is_not_recorded():
    clock, recorder = [0.0], HistoryRecorder()
    at = lambda: BEGAN + timedelta(seconds=clock[0])  # noqa: E731
    publisher = Publisher(Mailbox(), recorder, at, lambda: clock[0], lambda: 5.0)
    publisher.become(Mode.PAUSED, "you paused it")
    for seconds in (3.0, 3600.0, 4.0):
        clock[0] += seconds
        publisher.show()
    publisher.close()
    with SittingRecords() as records:
        assert records.period(BEGAN.date(), at().date()).times.paused == 7.0


def ended(thread: threading.Thread) -> bool:
    thread.join(20)
    return not thread.is_alive()


def test_the_system_is_read_until_it_is_stopped_and_no_thread_outlives_that():
    system, changes = FakeSystem(), threading.Semaphore(0)
    before = {*threading.enumerate()}
    monitor = SystemMonitor(system, every=0.001)
    monitor.start(changes.release)
    (thread,) = {*threading.enumerate()} - before
    assert changes.acquire(timeout=20), "the first look differs from nothing known"
    system.set(locked=True)
    assert changes.acquire(timeout=20)
    assert monitor.state.locked
    looks = system.looks
    ends = time.monotonic() + 20
    while system.looks < looks + 3 and time.monotonic() < ends:
        time.sleep(0.001)
    assert not changes.acquire(blocking=False), "looks alike are no news"
    monitor.stop()
    assert ended(thread)
    assert system.closed


@pytest.mark.parametrize(("after", "rise", "frozen"), [(6, 2, True), (6, 5, False), (2, 2, False)])
def test_after_more_pain_the_targets_of_the_next_session_stay_unchanged(after, rise, frozen):
    with StretchHistory() as history:
        session = history.begin("one", "camera")
        history.add(session, FOLD, rep(depth=52.0))
        history.answer(session, Answers(True, before=2, after=after), ())
        history.end(session)
        past, held = earlier(history, [FOLD], StretchSettings(pain_rise=rise))
        assert held is frozen
        assert [one.frozen for one in past.values()] == [frozen]


def test_without_a_history_there_is_nothing_to_freeze():
    assert earlier(None, [FOLD], StretchSettings()) == ({}, False)


def test_a_changed_file_is_noticed_once_two_checks_agree_and_checks_are_rare(tmp_path):
    file, changes, t, finds = tmp_path / "settings.toml", [], [0.0], []

    def find():
        finds.append(t[0])
        return file

    outside = OutsideChanges(lambda: t[0], {find: lambda: changes.append(t[0])})
    file.write_text("one")
    for _ in range(100):
        outside.look()
        t[0] += 0.1
    assert changes == [pytest.approx(2 * LOOK_SECONDS, abs=0.2)]
    assert len(finds) <= 11
    file.unlink()
    for _ in range(2):
        t[0] += LOOK_SECONDS
        outside.look()
    assert len(changes) == 2


def test_a_file_that_is_gone_when_it_is_first_looked_for_has_changed_once(tmp_path):
    changes, t = [], [0.0]
    outside = OutsideChanges(lambda: t[0], {lambda: tmp_path / "settings.toml": lambda: changes.append(t[0])})
    for _ in range(5):
        t[0] += LOOK_SECONDS
        outside.look()
    assert changes == [LOOK_SECONDS]


def test_a_file_replaced_by_one_of_the_same_size_and_time_has_changed(tmp_path):
    file, changes, t = tmp_path / "settings.toml", [], [0.0]
    file.write_text("one")
    outside = OutsideChanges(lambda: t[0], {lambda: file: lambda: changes.append(True)})
    modified = file.stat()
    (tmp_path / "new").write_text("two")
    (tmp_path / "new").replace(file)
    os.utime(file, ns=(modified.st_atime_ns, modified.st_mtime_ns))
    for _ in range(3):
        t[0] += LOOK_SECONDS
        outside.look()
    assert changes == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions of this kind")
def test_a_file_that_others_may_not_read_is_read_once_that_is_mended(tmp_path):
    file, read, t = tmp_path / "settings.toml", [], [0.0]
    file.write_text("text")
    outside = OutsideChanges(lambda: t[0], {lambda: file: lambda: read.append(oct(file.stat().st_mode & 0o777))})
    for mode in (0o000, 0o600):
        file.chmod(mode)
        for _ in range(3):
            t[0] += LOOK_SECONDS
            outside.look()
    assert read == ["0o0", "0o600"]


def test_a_file_that_is_just_being_written_is_read_once_it_is_whole(tmp_path):
    file, read, t = tmp_path / "settings.toml", [], [0.0]
    file.write_text("old")
    outside = OutsideChanges(lambda: t[0], {lambda: file: lambda: read.append(file.read_text())})
    for text in ("", "ne", "new", "new"):
        if text != file.read_text():
            file.write_text(text)
        t[0] += LOOK_SECONDS
        outside.look()
    assert read == ["new"]
