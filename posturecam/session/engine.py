"""The engine: one thread that opens the camera, runs commands, and publishes immutable snapshots."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from posturecam.alerts.learning import between, taught
from posturecam.alerts.policy import Response
from posturecam.config import unheard
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings
from posturecam.errors import (
    CalibrationRefused,
    CameraError,
    ModelError,
    PosturecamError,
    SettingsError,
    SourceError,
)
from posturecam.history.baselines import load_baselines, mark_outdated, save_baseline
from posturecam.history.models import PAUSES
from posturecam.i18n.translate import chosen_language, mark, tr
from posturecam.posture.assess import Judge
from posturecam.posture.baseline import Baseline
from posturecam.posture.learned.weights import caution_about, load_judge
from posturecam.posture.loop import Tick, pick, read, watch
from posturecam.posture.monitor import BaselineOutdated, MonitorState
from posturecam.posture.view import View
from posturecam.session.alert_coordinator import AlertCoordinator, trial
from posturecam.session.guided_calibration import Calibration, CalibrationTick
from posturecam.session.history_recorder import HistoryRecorder
from posturecam.session.inputs.paced_source import PREVIEW_SECONDS, PacedSource
from posturecam.session.inputs.system_monitor import SystemMonitor
from posturecam.session.protocol.command_queue import CommandQueue
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import (
    AlertRaised,
    Calibrated,
    Calibrating,
    CalibrationFailed,
    ModeChanged,
    Snapshot,
)
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.wishes import StretchWish, Wishes
from posturecam.session.publisher import Publisher
from posturecam.session.rules import silence as quiet
from posturecam.session.stretching.recorder import open_history
from posturecam.session.stretching.run import OpenVoice, lead
from posturecam.system import System, open_system
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources import open_source
from posturecam.vision.sources.clock import SystemClock, local_now
from posturecam.voice import open_voice

log = logging.getLogger("posturecam")

NEVER_CALIBRATED = mark("I have not learned yet how you sit upright")
_RETRY_SECONDS = (5.0, 10.0, 20.0, 30.0)
"""Pauses before a camera that cannot be opened is tried again; the last one goes on."""
_CLOCK_WAS_SET = timedelta(seconds=2)
"""By which a clock that is only kept right by the network does not leap."""
_REST_SECONDS = 1.0
"""Between two snapshots while nothing is watched."""

OpenCamera = Callable[[str, Settings], Source]


class Engine(CommandQueue):
    """Watches, calibrates and coaches in a thread of its own; ask it anything from any thread (`posturecam.session.protocol.client`)."""

    def __init__(
        self,
        settings: Settings,
        mailbox: Mailbox,
        *,
        camera: str = "",
        open_camera: OpenCamera = open_source,
        system: System | None = None,
        voice: OpenVoice | None = None,
        now: Callable[[], datetime] = local_now,
        clock: Callable[[], float] | None = None,
        adapt: Callable[[Settings], Settings] = lambda settings: settings,
    ) -> None:
        """Prepare everything; nothing is opened before `start`.

        Args:
            settings: The user's.
            mailbox: Where snapshots and events go.
            camera: In place of the one in the settings; see `posturecam.vision.sources.open_source`.
            open_camera: Opens it; another one for tests.
            system: What is known of the system; None takes the real one.
            voice: Opens the coach's voice; None takes the system's.
            now: Local time: what is shown and kept, and what the schedule goes by; another one for tests.
            clock: Seconds that go on while the computer sleeps and are never set, for everything that lasts; None takes the system's.
            adapt: What is made of the user's settings, for what is no camera.
        """
        super().__init__(settings, camera, adapt, now, clock or SystemClock().time)
        self._open_camera = open_camera
        self._open_voice = voice or (lambda: open_voice(self._settings.voice, chosen_language(), tr))
        self._mailbox, self._desk = mailbox, AlertCoordinator(lambda: self._settings)
        self._watchman = SystemMonitor(system or open_system(), self._wishes.asked.set)
        self._thread = threading.Thread(target=self._run, name="posturecam engine", daemon=True)
        self._outlet: Publisher
        self._record: HistoryRecorder
        self._estimator: LazyEstimator | None = None
        self._baselines: dict[View, Baseline] = {}
        self._outdated: str | None = None
        self._seen = self._clock()
        """When somebody was last seen there, or nobody looked."""
        self._failed = 0
        self._tick: Tick | None = None
        self._taught_at: float | None = None

    def start(self) -> None:
        """Start the threads."""
        self._watchman.start()
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # The thread.

    def _run(self) -> None:
        """Everything inside a net: a thread that died unheard would leave the last state standing for ever."""
        died: str | None = None
        with contextlib.ExitStack() as ending:
            try:
                self._begin(ending)
                while not self._wishes.quit:
                    try:
                        self._turn()
                    except Exception as problem:  # even in putting something right: never end for it, nor spin
                        log.error("%s", problem, exc_info=True)
                        time.sleep(_REST_SECONDS)
            except Exception as mistake:
                died = self._die(mistake)
        self._tell_end(died)

    def _begin(self, ending: contextlib.ExitStack) -> None:
        """Make what lives as long as the thread, and see that each part of it is put away whatever becomes of the others."""
        ending.callback(self._leave, self._watchman.stop)
        ending.callback(self._leave, self._release)
        ending.callback(self._leave, self._let_model_go)
        self._record = HistoryRecorder()
        self._outlet = Publisher(self._mailbox, self._desk, self._record, self._now, self._clock)

    def _leave(self, part: Callable[[], None]) -> None:
        try:
            part()
        except Exception as mistake:
            unheard.keep(mistake, "the end of the session")

    def _die(self, mistake: Exception) -> str:
        unheard.keep(mistake, "the session")
        return unheard.words(mistake)

    def _tell_end(self, died: str | None) -> None:
        """Tell that it is over, and why where nobody wished it; a session that could not even begin tells it too."""
        try:
            self._outlet.become(Mode.ENDED, died)
            self._record.close()
        except Exception as mistake:
            died = died or self._die(mistake)
            at = self._now()
            self._mailbox.tell(ModeChanged(at, Mode.STARTING, Mode.ENDED, died))
            self._mailbox.show(Snapshot(at, Mode.ENDED, died))

    def _let_model_go(self) -> None:
        if self._estimator is not None:
            self._estimator.__exit__(None, None, None)

    def _turn(self) -> None:
        """Rest, or open the camera and run the next command with it."""
        try:
            resting = self._resting()
            if resting is not None:
                self._rest(*resting)
                return
            source = self._opened()
            self._failed = 0
            with self._wishes.lock:
                if self._wishes.paused or self._wishes.quit:  # while it was being opened
                    return
                stretch, self._wishes.stretch = self._wishes.stretch, None
                calibrate, self._wishes.calibrate = self._wishes.calibrate, False
            if stretch is not None:
                self._coach(source, stretch)
            elif calibrate:
                self._calibrate(source)
            else:
                self._watch(source)
        except PosturecamError as problem:
            self._lose(problem.text, camera_works=not isinstance(problem, CameraError | SourceError))
        except Exception as problem:  # a mistake of ours must not end the program, and is told
            log.error("%s", problem, exc_info=True)
            self._lose(unheard.words(problem), camera_works=True)

    def _resting(self) -> tuple[Mode, str, datetime | None] | None:
        """Whether the camera is to be off now: the mode, why, and until when."""
        with self._wishes.lock:
            wishes = self._wishes
            if wishes.paused and wishes.ends is not None:
                self._heed_clocks(wishes, wishes.ends - self._clock())
            if wishes.paused:
                return Mode.PAUSED, PAUSES["user"], wishes.until
            if wishes.stretch is not None or wishes.calibrate:
                return None  # asked for just now, by somebody who is there
        why = quiet.off(self._watchman.state, self._settings.quiet, self._now(), self._clock() - self._seen)
        return None if why is None else (Mode.OFF, why, None)

    def _heed_clocks(self, wishes: Wishes, left: float) -> None:
        """End a pause that is over; tell its end anew where the clock on the wall was set, or is that of another zone."""
        if left <= 0:
            wishes.paused, wishes.until, wishes.ends = False, None, None
            return
        until = self._now() + timedelta(seconds=left)
        if wishes.until is None or abs(until - wishes.until) > _CLOCK_WAS_SET:
            wishes.until = until
        wishes.until = wishes.until.astimezone()

    def _rest(self, mode: Mode, why: str, until: datetime | None) -> None:
        self._release()
        self._tick = None
        self._outlet.become(mode, why, until)
        while not self._wishes.quit and (rest := self._resting()) is not None and rest[:2] == (mode, why):
            self._serve()
            self._outlet.become(*rest)
            self._wait(_REST_SECONDS)
        self._seen = self._clock()  # nobody looked, so nobody can be said to be away

    def _lose(self, why: str, *, camera_works: bool) -> None:
        """Report the problem and wait before the camera, or what else it takes to watch, is tried again."""
        self._release()
        self._tick = None
        wait = _RETRY_SECONDS[min(self._failed, len(_RETRY_SECONDS) - 1)]
        self._failed += 1
        with self._wishes.lock:
            calibrating = self._wishes.calibrate or self._outlet.mode is Mode.CALIBRATING
            self._wishes.calibrate, self._wishes.stretch = False, None
        if calibrating:
            self._outlet.tell(CalibrationFailed(self._now(), why))
        self._outlet.become(Mode.CAMERA_LOST, why, camera_works=camera_works)
        ends, at_last = self._clock() + wait, time.monotonic() + wait  # that of a video stands still without one
        while (
            self._clock() < ends
            and time.monotonic() < at_last
            and not self._wishes.interrupts
            and self._resting() is None
        ):
            self._seen = self._clock()
            self._serve()
            self._outlet.show()
            self._wait(min(_REST_SECONDS, wait))

    def _wait(self, seconds: float) -> None:
        self._wishes.asked.wait(seconds)
        self._wishes.asked.clear()

    # The camera and the model.

    def _opened(self) -> Source:
        with self._wishes.lock:
            reopen, self._wishes.reopen, self._wishes.restart = self._wishes.reopen, False, False
        if reopen:
            self._release()
        if self._source is None:
            if self._outlet.mode is not Mode.CAMERA_LOST:  # trying again is no news
                self._outlet.become(Mode.STARTING)
            self._source = self._open_camera(self._camera, self._settings)
            self._know(self._source)
        return self._source

    def _know(self, source: Source) -> None:
        """Load the baselines of this camera."""
        kept = load_baselines()
        if kept.complaint:
            self._outlet.complain(kept.complaint)
        self._baselines = kept.of(*source.info.keys)
        outdated = kept.outdated(*source.info.keys)
        self._outdated = None
        if outdated is not None and outdated.outdated is not None and not self._baselines:
            self._outdated = outdated.outdated.text

    def _release(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _model(self) -> LazyEstimator:
        settings = self._settings
        before = self._estimator
        if before is not None and not before.serves(settings):
            before.__exit__(None, None, None)
            self._estimator = None
        if self._estimator is None:
            self._estimator = LazyEstimator(settings)
        return self._estimator

    def _pace(self, seconds: float) -> float:
        if self._previewed:
            return min(seconds, PREVIEW_SECONDS)
        if self._watchman.state.on_battery:
            settings = self._settings
            return max(seconds, min(settings.quiet.battery_pace, 0.9 * settings.monitor.longest_gap))
        return seconds

    # What is done with them.

    def _watch(self, source: Source) -> None:
        self._outlet.become(Mode.WATCHING)
        judge = self._judge()
        for tick in watch(PacedSource(source, self._pace), self._model(), self._baselines, self._settings, judge):
            self._tick = tick
            at = self._now()
            if tick.reading.present:
                self._seen = self._clock()
            self._serve()
            baseline = pick(self._baselines, tick.reading.view)
            held = quiet.held(self._watchman.state, self._settings.quiet)
            typing = quiet.typing(self._watchman.state, self._settings.alerts.typing_pause)
            moment = self._desk.take(tick, at, held, baseline=baseline, typing=typing)
            for what in moment.happened:
                self._outlet.tell(what)
            self._outdate(tick)
            self._outlet.show(
                source=source.info,
                tick=tick,
                baseline=baseline,
                uncalibrated=self._outdated or (None if self._baselines else NEVER_CALIBRATED),
                outlook=moment.outlook,
                alert=moment.alert,
                glow=moment.glow,
                sitting=moment.sitting,
                break_in=moment.break_in,
            )
            if self._wishes.interrupts or self._resting() is not None:
                return
        if not self._wishes.interrupts:
            raise CameraError("{camera} gives no more pictures", camera=source.info.name)

    def _judge(self) -> Judge | None:
        """The learned judge; without it geometry goes on by itself, and that is said."""
        try:
            return load_judge(self._settings)
        except ModelError as problem:
            self._outlet.complain(problem.text)
            return None

    def _outdate(self, tick: Tick) -> None:
        """Keep it on record that the camera was moved, so that the next start says so too."""
        for event in tick.events:
            if isinstance(event, BaselineOutdated) and event.view in self._baselines:
                self._outdated = event.reason.text
                try:
                    mark_outdated(self._baselines[event.view], event.reason)
                except SettingsError as problem:
                    self._outlet.complain(problem.text)

    def _calibrate(self, source: Source) -> None:
        self._outlet.become(Mode.CALIBRATING)
        calibration = Calibration(source, self._model(), self._settings, slouch=self._wishes.slouch)
        for look in calibration:
            self._seen = self._clock()
            self._serve()
            self._outlet.show(source=source.info, calibration=self._look(look))
            if self._wishes.interrupts or self._wishes.stop_calibrating or self._closed():
                return
        if self._wishes.interrupts:
            return
        try:
            baseline = calibration.learn(self._now().isoformat(timespec="seconds"))
        except CalibrationRefused as refusal:
            self._outlet.tell(CalibrationFailed(self._now(), refusal.text))
            return
        self._baselines[baseline.view], self._outdated = baseline, None
        try:
            save_baseline(baseline)
        except SettingsError as problem:  # it still serves until the end of this run
            self._outlet.complain(problem.text)
        self._use_shown_slouch(baseline)
        self._outlet.tell(Calibrated(self._now(), baseline, caution_about(baseline, self._settings)))

    def _use_shown_slouch(self, baseline: Baseline) -> None:
        """Put the line where the slouch that was shown suggests it."""
        if baseline.slouch is None:
            return
        try:
            self._settings = self._adapt(change_settings({"sensitivity.personal": f"{between(baseline.slouch):.3f}"}))
        except SettingsError as problem:
            self._outlet.complain(problem.text)

    def _look(self, look: CalibrationTick) -> Calibrating:
        reading = read(look.frame, look.pose, look.view, {}, self._settings)
        tick = Tick(look.frame, look.pose, reading, MonitorState(), ())
        part = look.part
        return Calibrating(
            part.ask, part.counts, look.passed / part.seconds, part.seconds - look.passed, look.trouble, tick
        )

    def _coach(self, source: Source, wish: StretchWish) -> None:
        self._outlet.become(Mode.STRETCHING)
        if self._desk.stretch():
            self._record.break_taken(self._now())

        def left() -> bool:
            self._serve()
            self._seen = self._clock()
            return self._wishes.quit or self._wishes.paused or self._closed()

        lead(wish, source, self._settings, self.controls, self._outlet, self._open_voice, left)

    def _learn_from(self, response: Response, told: AlertRaised) -> None:
        """Keep what an answer teaches; it holds from the next time that watching begins, so that nothing is told twice."""
        before, now = self._settings.sensitivity.personal, time.monotonic()
        since = None if self._taught_at is None else now - self._taught_at
        factor = round(taught(before, response, told.alert.slouch.severity, since), 3)
        if factor == before or told.trial:
            return
        self._taught_at = now
        try:
            kept = change_settings({"sensitivity.personal": str(factor)})
        except SettingsError as problem:
            self._outlet.complain(problem.text)
            return
        self._settings = self._adapt(kept)

    def _closed(self) -> bool:
        """Whether nobody can be at the computer: also a reason to leave a session or a calibration."""
        return quiet.closed(self._watchman.state, self._settings.quiet, 0.0) is not None

    def _serve(self) -> None:
        """Run the small commands, which interrupt nothing."""
        with self._wishes.lock:
            wishes = self._wishes
            responses, wishes.answers = wishes.answers, []
            afterwards, wishes.afterwards = wishes.afterwards, []
            break_answers, wishes.break_answers = wishes.break_answers, []
            wanted, wishes.trial = wishes.trial, False
        for response, told in responses:
            if self._desk.answer(response, told):
                self._record.answered(self._now(), response)
                self._learn_from(response, told)
        for given in break_answers:
            self._desk.answer_break(given)
        if wanted:
            tick = self._tick
            self._outlet.tell(trial(self._now(), 0.0 if tick is None else tick.frame.t, tick))
        if afterwards and (history := open_history(self._outlet.complain)) is not None:
            with history:
                for session, answers in afterwards:
                    history.answer(session, answers)
