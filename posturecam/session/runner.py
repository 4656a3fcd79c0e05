"""Runs a session: carries out what `posturecam.session.core` decides, one check at a time.

    session = Session(load_settings(), mailbox)
    for seconds in session.steps():               # each step: one check, or one moment of rest
        snapshot, happened = mailbox.take()       # immutable values (`posturecam.session.protocol.messages`)
        session.commands.wait(seconds)            # rests, until a command comes

Every shell runs these steps: the app's engine in a thread of its own (`posturecam.session.engine`), the terminal in the
main thread, and the tests without threads. A failing effect is contained: it is reported, and the session continues
without it.

The app creates its session before its tray icon. So whatever only a running session needs (OpenCV, the judge, the
coach) is imported where it is used, in the session's own thread.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from posturecam.alerts.learning import between, taught
from posturecam.alerts.policy import Response
from posturecam.config import uncaught
from posturecam.config.files import rest_path, settings_path
from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused, CameraError, PosturecamError, SettingsError, SourceError
from posturecam.i18n.translate import chosen_language, tr
from posturecam.session import core
from posturecam.session.core import Now, Plan, SessionState, plan_of
from posturecam.session.inputs.outside_changes import OutsideChanges
from posturecam.session.inputs.paced_source import PREVIEW_SECONDS, PacedSource
from posturecam.session.inputs.steady_source import SteadySource
from posturecam.session.inputs.system_monitor import Monitored, SystemMonitor
from posturecam.session.protocol.command_queue import QueuedClient
from posturecam.session.protocol.commands import Calibrate, Command, StartStretch
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import AlertRaised, CalibrationFailed, ModeChanged, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.publisher import Publisher
from posturecam.session.rules import silence
from posturecam.session.rules.desk import trial
from posturecam.session.rules.repeats import decides_nothing, repeats
from posturecam.system import open_system
from posturecam.vision.frame import Frame, Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources.clock import SystemClock, local_now

if TYPE_CHECKING:
    from posturecam.history.baselines import Baselines
    from posturecam.posture.loop import Tick
    from posturecam.session.stretching.run import OpenVoice
    from posturecam.session.upright_postures import UprightPostures
    from posturecam.voice.speech import Voice

log = logging.getLogger("posturecam")

_REST_SECONDS = 1.0
"""Seconds between two snapshots while nothing is watched."""

OpenCamera = Callable[[str, Settings], Source]


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a session; the app uses the defaults."""

    history: bool = True
    """Whether time and events at the desk are recorded."""
    silent: str | None = None
    """Why no alerts are given at all, to complete "silent: …"; None gives alerts."""
    heeds_files: bool = True
    """Whether to use settings and upright postures that another program saves while this runs."""
    ends_on: tuple[type[Exception], ...] = ()
    """Exceptions that end the session and are raised to the caller; all others are reported and retried."""


class Session(QueuedClient):
    """Watches, calibrates and coaches, a step at a time; takes commands from any thread (`posturecam.session.protocol.client`)."""

    def __init__(
        self,
        settings: Settings,
        mailbox: Mailbox,
        *,
        camera: str = "",
        open_camera: OpenCamera | None = None,
        baselines: Callable[[], Baselines] | None = None,
        system: Monitored | None = None,
        voice: OpenVoice | None = None,
        now: Callable[[], datetime] = local_now,
        clock: Callable[[], float] | None = None,
        adapt: Callable[[Settings], Settings] = lambda settings: settings,
        options: Options | None = None,
    ) -> None:
        """Prepare everything; nothing is opened before the first step.

        Args:
            settings: The user's settings.
            mailbox: Where snapshots and events go.
            camera: Used instead of the one in the settings; see `posturecam.vision.sources.open_source`.
            open_camera: Opens the camera, or returns a source that is already open; None uses `posturecam.vision.sources.open_source`.
            baselines: Loads the baselines; called whenever a camera is opened. None uses the saved ones.
            system: The state of the system; None reads the real one.
            voice: Opens the coach's voice; None uses the system's.
            now: Local time, for display, records and the schedule; replaced in tests.
            clock: Seconds of a clock that is never adjusted and keeps running during sleep, for all durations; None uses the system's.
            adapt: Adapts the settings to a source that is not a camera.
            options: How the shell differs from the app.
        """
        super().__init__(settings, adapt, now, clock or SystemClock().time)
        self._camera, self._open_camera, self._load_baselines = camera, open_camera or _open_source, baselines
        self._system = system or SystemMonitor(open_system())
        self._open_voice = voice or self._open_own_voice
        self._options = options or Options()
        self._mailbox = mailbox
        self._publisher: Publisher
        self._source: Source | None = None
        self._estimator: LazyEstimator | None = None
        self._uprights: UprightPostures
        self._outside: OutsideChanges
        self._state = SessionState(self._clock())
        self._tick: Tick | None = None
        self._taught_at: float | None = None

    def steps(self) -> Generator[float]:
        """Run until the session ends: each step is one check, or one moment of rest.

        Yields:
            Seconds to wait for a command (`commands.wait`) before the next step; 0 for none.

        Raises:
            Exception: those named in the options, and nothing else.
        """
        died: str | None = None
        try:
            with contextlib.ExitStack() as ending:
                self._begin(ending)
                while not self._state.quitting:
                    yield from self._carefully()
        except Exception as mistake:
            if isinstance(mistake, self._options.ends_on):
                raise
            died = self._die(mistake)
        finally:
            self._tell_end(died)

    # Beginning and ending.

    def _begin(self, ending: contextlib.ExitStack) -> None:
        """Create everything that lives as long as the session, and make sure that each part is closed even if others fail."""
        ending.callback(self._leave, self._system.stop)
        ending.callback(self._leave, self._release)
        ending.callback(self._leave, self._let_model_go)
        from posturecam.history.baselines import baselines_path, load_baselines
        from posturecam.session.history_recorder import HistoryRecorder
        from posturecam.session.upright_postures import UprightPostures

        record = HistoryRecorder() if self._options.history else None
        self._publisher = Publisher(
            self._mailbox, record, self._now, self._clock, lambda: self._settings.monitor.longest_gap
        )
        self._uprights = UprightPostures(self._load_baselines or load_baselines, self._publisher, self._now)
        files = {settings_path: self._reread_settings, baselines_path: self._take_newer, rest_path: self.reread_rest}
        self._outside = OutsideChanges(self._clock, files if self._options.heeds_files else {})
        self._system.start(self.commands.wake)

    def _leave(self, part: Callable[[], None]) -> None:
        try:
            part()
        except Exception as mistake:
            uncaught.log(mistake, "the end of the session")

    def _die(self, mistake: Exception) -> str:
        uncaught.log(mistake, "the session")
        return uncaught.words(mistake)

    def _tell_end(self, died: str | None) -> None:
        """Publish that the session is over, and why if it failed; also for a session that could not start."""
        try:
            self._publisher.become(Mode.ENDED, died)
            self._publisher.close()
        except Exception as mistake:
            died = died or self._die(mistake)
            at = self._now()
            self._mailbox.tell(ModeChanged(at, Mode.STARTING, Mode.ENDED, died))
            self._mailbox.show(Snapshot(at, Mode.ENDED, died))

    # Decisions, made by `core`.

    def _moment(self) -> Now:
        return Now(self._now(), self._clock())

    def _note(self, what: Command | core.Fact) -> None:
        """Pass a command or a fact to `core`, and carry out the effects at once."""
        self._state, effects = core.step(self._state, what, self._moment(), self._settings)
        for effect in effects:
            try:
                self._carry_out(effect)
            except PosturecamError as problem:  # the other effects and the session continue without it
                self._publisher.complain(problem.text)
            except Exception as problem:
                uncaught.log(problem, type(effect).__name__)
                self._publisher.complain(uncaught.words(problem))

    def _obey(self) -> bool:
        """Process the commands that have arrived; returns whether there were any."""
        commands = self.commands.drain()
        for command in commands:
            self._note(command)
        return bool(commands)

    def _plan(self) -> Plan:
        self._outside.look()
        self._obey()
        self._state, plan = plan_of(self._state, self._system.state, self._settings.quiet, self._moment())
        return plan

    def _goes_on(self) -> bool:
        """Whether the activity that uses the camera may continue."""
        plan = self._plan()
        return plan.mode is Mode.WATCHING and not self._state.interrupts

    def _closed(self) -> str | None:
        """Why nobody can be at the computer, which also ends a stretch session or a calibration; None if somebody can."""
        return silence.closed(self._system.state, self._settings.quiet, 0.0)

    # Carrying it out.

    def _carefully(self) -> Iterator[float]:
        """Carry out the plan; failures are reported and retried later."""
        try:
            yield from self._turn()
        except Exception as problem:  # even a failure while handling one must not end the session or make it spin
            if isinstance(problem, self._options.ends_on):
                raise
            log.error("%s", problem, exc_info=True)
            yield _REST_SECONDS

    def _turn(self) -> Iterator[float]:
        try:
            plan = self._plan()
            if plan.mode is not Mode.ENDED:
                yield from self._do(plan)
        except Exception as problem:
            if isinstance(problem, self._options.ends_on):
                raise
            if isinstance(problem, PosturecamError):
                self._lose(problem.text, camera_works=not isinstance(problem, CameraError | SourceError))
            else:  # a bug of ours must not end the program, and is reported
                log.error("%s", problem, exc_info=True)
                self._lose(uncaught.words(problem), camera_works=True)
            yield 0.0

    def _do(self, plan: Plan) -> Iterator[float]:
        if plan.mode in (Mode.PAUSED, Mode.OFF, Mode.CAMERA_LOST):
            yield from self._rest(plan)
            return
        request = self._state.stretch
        source = self._opened_for(plan.mode, request)
        if self._plan().mode is not plan.mode or self._state.stretch is not request:  # while it was being opened
            return
        calibrate, stretch = self._state.calibrate, self._state.stretch
        self._note(core.Begun(plan.mode))
        self._publisher.become(plan.mode)
        if stretch is not None and plan.mode is Mode.STRETCHING:
            yield from self._coach(source, stretch)
            self._note(core.Finished())
        elif calibrate is not None and plan.mode is Mode.CALIBRATING:
            yield from self._calibrate(source, calibrate)
            self._note(core.Finished())
        else:
            yield from self._watch(source)

    def _rest(self, plan: Plan) -> Iterator[float]:
        self._release()
        self._tick = None
        self._publisher.become(plan.mode, plan.why, plan.until, camera_works=plan.camera_works)
        if plan.mode is Mode.CAMERA_LOST:
            self._note(core.Waited())
        yield _REST_SECONDS

    def _lose(self, why: str, *, camera_works: bool) -> None:
        self._release()
        self._tick = None
        self._note(core.Failed(why, camera_works))
        self._publisher.become(Mode.CAMERA_LOST, why, camera_works=camera_works)

    def _carry_out(self, effect: core.Effect) -> None:
        match effect:
            case core.ShowTrial():
                tick = self._tick
                self._publisher.tell(trial(self._now(), 0.0 if tick is None else tick.frame.t, tick))
            case core.TakeAnswer(response=response, alert=alert):
                self._publisher.answered(response)
                self._learn_from(response, alert)
            case core.Tell(what=what):
                self._publisher.tell(what)
            case core.KeepBreakTaken():
                self._publisher.break_taken()
            case core.Relocate(place=place):
                self._uprights.move(place)
            case core.KeepBaselinesHere():
                self._uprights.keep_here()
            case core.LearnOffered():
                self._uprights.learn_offered(self._settings)
            case core.StoreAnswers(session=session, answers=answers):
                from posturecam.session.stretching.recorder import open_history

                if (history := open_history(self._publisher.complain)) is not None:
                    with history:
                        history.answer(session, answers)
            case core.ForgetCamera():
                self._camera = ""
            case core.RecallPlan(routine=routine):
                from posturecam.session.planned_day import recall

                self._note(core.PlanRecalled(recall(self._now(), routine, kept=self._options.history)))
            case core.RefuseCalibration(why=why):
                self._publisher.tell(CalibrationFailed(self._now(), why))
            case _:
                assert_never(effect)

    def _learn_from(self, response: Response, raised: AlertRaised) -> None:
        """Save what an answer teaches; it takes effect when watching next starts, so that no alert comes twice."""
        before, now = self._settings.sensitivity.personal, self._clock()
        since = None if self._taught_at is None else now - self._taught_at
        factor = round(taught(before, response, raised.alert.slouch.severity, since), 3)
        if factor == before:
            return
        self._taught_at = now
        self._keep_personal(factor)

    def _keep_personal(self, factor: float) -> None:
        try:
            self.keep_personal(factor)
        except SettingsError as problem:
            self._publisher.complain(problem.text)

    def _reread_settings(self) -> None:
        with self._publisher.taking_changes("settings"):
            self._publisher.complain_of("settings", self.reread_settings())

    def _take_newer(self) -> None:
        if self._uprights.take_newer(self._settings):
            self._note(core.UprightsChanged())

    def _open_own_voice(self) -> Voice:
        from posturecam.voice.speech import open_voice

        return open_voice(self._settings.voice, chosen_language(), tr)

    # The camera and the model.

    def _opened(self) -> Source:
        if self._state.reopen:
            self._release()
        if self._source is None:
            asked = self._state.stretch is not None or self._state.calibrate is not None
            if asked or self._publisher.mode is not Mode.CAMERA_LOST:  # an automatic retry does not change the mode
                self._publisher.become(Mode.STARTING)
            self._source = self._open_camera(self._camera, self._settings)
            self._uprights.open(self._source, self._settings)
        self._note(core.CameraOpened())
        return self._source

    def _opened_for(self, mode: Mode, stretch: StartStretch | None) -> Source:
        """The opened camera; a break at the desk continues even if the camera cannot be opened, or is lost."""
        if mode is not Mode.STRETCHING or stretch is None or not stretch.paced:
            return self._opened()
        try:
            source = self._opened()
        except (CameraError, SourceError) as problem:
            return SteadySource(None, problem.text, self._clock)
        return (
            SteadySource(source, "", self._clock)
            if source.info.live and not isinstance(source, SteadySource)
            else source
        )

    def _release(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            try:
                source.close()
            finally:
                self._uprights.close()

    def _model(self, source: Source) -> LazyEstimator:
        settings, camera = self._settings, source.info.key
        if self._estimator is None or not self._estimator.serves(settings, camera):
            self._let_model_go()
            self._estimator = LazyEstimator(settings, camera=camera, complain=self._publisher.complain)
        return self._estimator

    def _let_model_go(self) -> None:
        if self._estimator is not None:
            self._estimator.close()

    def _pace(self, seconds: float) -> float:
        if self._state.previewed:
            return min(seconds, PREVIEW_SECONDS)
        if self._system.state.on_battery:
            settings = self._settings
            return max(seconds, min(settings.quiet.battery_pace, 0.9 * settings.monitor.longest_gap))
        return seconds

    # The activities.

    def _watch(self, source: Source) -> Iterator[float]:
        from posturecam.posture.learned.weights import judge_or_geometry
        from posturecam.posture.loop import pick, watch
        from posturecam.session.slouch_line import SlouchLine

        judge = judge_or_geometry(self._settings, self._publisher.complain)
        line = SlouchLine(self._settings, judge)
        model = self._model(source)

        def seen(frame: Frame) -> None:
            unloaded = not (model.loaded or frame.recorded)  # loading takes half a second
            if unloaded and self._state.previewed and frame.image is not None:
                self._publisher.show(source=source.info, picture=frame)

        shown: Tick | None = None
        decided: Tick | None = None
        for tick in watch(PacedSource(source, self._pace, seen), model, self._uprights.all, self._settings, judge):
            self._tick = tick
            idle = not self._obey() and self._state.previewed and self._state.moment.alert is None
            if idle and repeats(shown, tick):
                yield 0.0
                continue
            shown = tick
            if decides := not (idle and decides_nothing(decided, tick)):
                decided = tick
                baseline = pick(self._uprights.all, tick.reading.view)
                held = self._options.silent or silence.held(self._system.state, self._settings.quiet)
                typing = silence.typing(self._system.state, self._settings.alerts.typing_pause)
                self._note(core.Watched(tick, baseline, held, typing))
                known = {**self._uprights.follow(tick, baseline, self._settings), **self._state.moment.shown}
            boundary = line(tick, baseline) if self._state.previewed else None
            self._publisher.show(**known, source=source.info, tick=tick, boundary=boundary)
            yield 0.0
            if decides and not self._goes_on():
                return
        self._obey()  # a pause, or the end of the program, closes the camera while its next picture is awaited
        if self._state.interrupts:
            return
        if source.info.live:
            raise CameraError("{camera} stopped sending pictures", camera=source.info.name)
        self.quit()

    def _calibrate(self, source: Source, request: Calibrate) -> Iterator[float]:
        from posturecam.session.guided_calibration import Calibration, shown

        calibration = Calibration(source, self._model(source), self._settings, slouch=request.slouch)
        for look in calibration:
            self._note(core.Attending())
            self._obey()
            self._publisher.show(source=source.info, calibration=shown(look, self._settings))
            yield 0.0
            self._obey()
            if self._state.interrupts_calibration or self._state.canceled:
                return
            if (closed := self._closed()) is not None:
                self._publisher.tell(CalibrationFailed(self._now(), closed))
                return
        self._obey()  # as while watching: half a calibration must not be learned
        if self._state.interrupts_calibration:
            return
        try:
            baseline = calibration.learn(self._now().isoformat(timespec="seconds"))
        except CalibrationRefused as refusal:
            self._publisher.tell(CalibrationFailed(self._now(), refusal.text))
            yield 0.0
            return
        if baseline.slouch is not None:  # set the threshold suggested by the demonstrated slouch
            self._keep_personal(between(baseline.slouch, baseline.harmless or 0.0))
        self._uprights.learn(baseline, self._settings)
        yield 0.0

    def _coach(self, source: Source, request: StartStretch) -> Iterator[float]:
        from posturecam.session.stretching.run import lead

        def left() -> bool:
            self._note(core.Attending())
            self._obey()
            return self._state.interrupts_stretch or self._closed() is not None

        yield from lead(request, source, lambda: self._settings, self.controls, self._publisher, self._open_voice, left)
        yield 0.0  # show that it is over before watching begins


def _open_source(camera: str, settings: Settings) -> Source:
    from posturecam.vision.sources import open_source

    return open_source(camera, settings)
