"""`posturecam watch`, and `posturecam` without a command: a session with the terminal as its shell."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from posturecam.alerts.delivery import Deliveries, open_deliveries
from posturecam.alerts.policy import Response
from posturecam.commands.calibrate import guide, print_caution
from posturecam.commands.questions import can_ask
from posturecam.commands.shared import PatientConsole, leave_if_cut_short, log, prepare
from posturecam.config.settings import CameraSettings, DesktopSettings, Settings
from posturecam.errors import CalibrationRefused, ModelError, PosturecamError, SettingsError
from posturecam.history.baselines import Baselines, load_baselines, save_baseline
from posturecam.i18n.message import Message
from posturecam.i18n.translate import joined, mark, tr
from posturecam.i18n.words import SENTENCES
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import Estimator
from posturecam.posture.view import View
from posturecam.session.guided_calibration import verdict
from posturecam.session.inputs.system_monitor import SystemMonitor, Unmonitored
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import (
    AlertRaised,
    BreakOffered,
    Calibrated,
    Complaint,
    Happened,
    SettingsChanged,
    Snapshot,
    UprightOffered,
    view_of,
)
from posturecam.session.runner import Options, Session
from posturecam.system import open_system
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.moments import News, moments
from posturecam.terminal.watching import Screen, screen
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources import open_source
from posturecam.vision.sources.recording import RecordingWriter

if TYPE_CHECKING:
    from posturecam.commands.camera_check import OtherCameras

_BY_KEY = mark(
    "Time to stretch: press s to start here, or run in another terminal: {command}. Stop if anything "
    "hurts, goes numb or makes you dizzy."
)
_NEW_PLACE = mark(
    "You're sitting upright in a different place than when you calibrated. To calibrate again, press "
    "Ctrl-C and run: {command}"
)
_BY_COMMAND = mark(
    "Time to stretch: press Ctrl-C, then run: {command}. Stop if anything hurts, goes numb or makes you dizzy."
)
"""The answer to "Stretch now", depending on whether there is a keyboard."""
_BACK = mark("Back to watching how you sit.")
_AT_THE_START = frozenset({"alerts.delivery", "desktop.language"})
"""Settings that are read only when this command starts."""
_OF_WINDOWS = (
    frozenset(f"desktop.{name}" for name in DesktopSettings.model_fields) - _AT_THE_START - {"desktop.reduced_motion"}
)
"""Settings of the app's windows, which a terminal does not have; the coach's own window heeds reduced motion."""
_CHANGED = mark("Now using the changed settings: {names}")
_CHANGED_LATER = mark("These changed settings take effect at the next start: {names}")
_NOT_ASKED_FOR = mark("you turned reminders off (--no-alerts)")


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """The options of `posturecam watch`."""

    as_json: bool = False
    record: Path | None = None
    alerts: bool = True
    history: bool = True


def watch_source(
    what: str,
    *,
    as_json: bool,
    record: Path | None,
    alerts: bool,
    rate: float,
    realtime: bool,
    rotate: int | None,
    history: bool,
) -> None:
    """Watch a source to its end, or until Ctrl-C, which is the normal end of watching a camera.

    Leaves with the exit code of partial results if a video was cut short.

    Raises:
        PosturecamError: if the source, the settings, the model or the recording cannot be used.
    """
    settings, source, baselines = prepare(what, rate=rate, realtime=realtime, rotate=rotate)
    with source:
        outdated = baselines.outdated(*source.info.keys)
        if outdated is not None and not baselines.of(*source.info.keys):
            log.warning(
                "%s", Message("The baseline no longer fits ({why}); run: posturecam calibrate", why=_why(outdated))
            )
        options = WatchOptions(as_json, record, alerts, history)
        run(source, baselines, settings, options, camera=what, rotate=rotate)
        leave_if_cut_short(source)


def watch_first_run(camera: str) -> None:
    """Watch the default camera; if it has no baseline yet, learn one first.

    Raises:
        PosturecamError: if the camera, the settings or the model cannot be used.
        CalibrationRefused: if the posture cannot be learned and nobody is there to retry.
    """
    settings, source, baselines = prepare(camera)
    with source:
        if not baselines.of(*source.info.keys):
            with LazyEstimator(settings) as estimator:
                learned = _learn_first(source, estimator, settings, baselines.outdated(*source.info.keys))
            baselines = Baselines((*baselines.kept, learned), unsaved=() if _saved(learned) else (learned,))
        run(source, baselines, settings, camera=camera)


def _learn_first(source: Source, estimator: Estimator, settings: Settings, before: Baseline | None) -> Baseline:
    console, name = PatientConsole(), source.info.name
    if before is None:
        hello = Message(
            "Hello. First I'll learn how you sit upright in front of {camera}. No picture is kept.", camera=name
        )
    else:
        hello = Message(
            "I'm learning your upright posture in front of {camera} again, because the last calibration no longer "
            "fits: {why}.",
            camera=name,
            why=_why(before),
        )
    console.print(Text(tr(hello)))
    while True:
        try:
            baseline = guide(source, estimator, settings, console)
        except CalibrationRefused as refusal:
            if not can_ask():
                raise
            console.print(Text(f"{tr(refusal.text)}\n{tr('Press Enter to try again, or Ctrl-C to stop.')}"))
            try:
                input()
            except EOFError:  # Ctrl-D: nobody tries again
                raise refusal from None
            continue
        console.print(Text(tr(verdict(baseline))))
        print_caution(console, baseline, settings)
        return baseline


def _saved(baseline: Baseline) -> bool:
    """Save what was learned; if that fails, say so. It stays in use, and saving is tried again whenever the camera is opened."""
    try:
        save_baseline(baseline)
    except SettingsError as error:
        log.warning("%s", error.text)
        return False
    return True


def _why(outdated: Baseline) -> str:
    return "" if outdated.outdated is None else outdated.outdated.text


def run(
    source: Source,
    baselines: Baselines,
    settings: Settings,
    options: WatchOptions | None = None,
    *,
    camera: str = "",
    rotate: int | None = None,
    show: Screen | None = None,
) -> None:
    """Watch with the terminal as the shell: the screen, alerts, a recording, and stretches in between.

    When the source is a file, nothing is saved, and nothing silences its alerts. Ctrl-C is the normal end of watching a camera.

    Args:
        source: Already open; a camera that is reopened later, as after a locked screen, is found by its name.
        baselines: The initial ones.
        settings: The user's settings.
        options: The options.
        camera: The source's name, for reopening it.
        rotate: Rotation of its pictures, for reopening it.
        show: Replaces the screen that fits the output.

    Raises:
        PosturecamError: if the model cannot be used, the recording cannot be written, or a file cannot be read.
    """
    options, live = options or WatchOptions(), source.info.live
    once = [source]
    kept = [replace(baselines, complaint=None)]  # problems with their file were reported already
    mailbox = Mailbox()
    session = Session(
        settings,
        mailbox,
        camera=camera,
        open_camera=lambda name, now: once.pop() if once else open_source(name, now, rotate),
        baselines=lambda: kept.pop() if kept else load_baselines(),
        system=SystemMonitor(open_system()) if live else Unmonitored(),
        adapt=partial(
            _as_the_command_line_says, before=settings.camera, named=bool(camera), rotated=rotate is not None
        ),
        options=Options(
            history=live and options.history,
            heeds_files=live,
            silent=None if options.alerts else _NOT_ASKED_FOR,
            ends_on=(ModelError,) if live else (Exception,),
        ),
    )
    with contextlib.ExitStack() as stack:
        writer = (
            stack.enter_context(RecordingWriter(options.record, source.info, settings.estimator.model))
            if options.record
            else None
        )
        view = show or screen(source.info, baselines.of(*source.info.keys), settings, as_json=options.as_json)
        names = (settings.alerts.delivery if live else ("terminal",)) if options.alerts else ()
        deliveries = stack.enter_context(contextlib.closing(open_deliveries(names, view.console)))
        stack.enter_context(contextlib.suppress(KeyboardInterrupt) if live else contextlib.nullcontext())
        keyboard = Keyboard() if live and not options.as_json and options.record is None else None
        shell = WatchShell(session, mailbox, view, deliveries, keyboard, writer, _other_cameras(source, settings))
        shell.run(live=live)


def _as_the_command_line_says(settings: Settings, *, before: CameraSettings, named: bool, rotated: bool) -> Settings:
    """The settings without later changes of what the command line has decided, so that these neither reopen the camera nor are announced."""
    decided: dict[str, object] = {"device": before.device} if named else {}
    if rotated:
        decided |= {"rotate": before.rotate}
    return settings.model_copy(update={"camera": settings.camera.model_copy(update=decided)})


def _other_cameras(source: Source, settings: Settings) -> OtherCameras | None:
    if not source.info.live:
        return None
    from posturecam.commands.camera_check import OtherCameras  # replaying recordings needs no model

    return OtherCameras(source.info, settings)


class WatchShell:
    """Shows a session in the terminal, delivers its alerts, and passes on the user's answers and keys."""

    def __init__(
        self,
        session: Session,
        mailbox: Mailbox,
        view: Screen,
        deliveries: Deliveries,
        keyboard: Keyboard | None,
        writer: RecordingWriter | None,
        others: OtherCameras | None,
    ) -> None:
        """Create it without showing anything.

        Args:
            session: A session that has not begun.
            mailbox: The session's messages.
            view: Where it is shown.
            deliveries: How its alerts are given.
            keyboard: For starting a stretch; None if there is none to read.
            writer: Records what is seen, if requested.
            others: Checks other cameras if this one shows nobody; None for a file.
        """
        self._session, self._mailbox, self._view, self._deliveries = session, mailbox, view, deliveries
        self._keyboard, self._writer, self._others = keyboard, writer, others
        self._last_alert: AlertRaised | None = None
        self._seen_from = View.UNKNOWN
        self._offered, self._routine = False, session.settings.breaks.routine
        self._planned = ""

    def run(self, *, live: bool) -> None:
        """Watch to the end; with a camera, also suggest breaks."""
        with contextlib.closing(moments(self._session, self._mailbox)) as steps:
            over = False
            while not over:
                over = self._watch(steps, live)
                if not over:
                    _stretch(self._session, self._mailbox, steps, self._routine, self._seen_from)
                    Console().print(Text(tr(_BACK)))

    def _watch(self, steps: Generator[News], live: bool) -> bool:
        """Watch until the end, or until the user wants to stretch; returns whether it is the end."""
        with contextlib.ExitStack() as shown:
            shown.enter_context(self._view)
            if self._keyboard is not None:
                shown.enter_context(self._keyboard)
            self._offered = False
            for snapshot, happened in steps:
                self._show(snapshot)
                for what in happened:
                    self._tell(what, live)
                for response in self._deliveries.responses():
                    self._answer(response)
                if self._keyboard is not None and "s" in self._keyboard.pressed().lower() and self._offered:
                    return False
        return True

    def _show(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        self._seen_from = view_of(snapshot, self._seen_from)
        if snapshot.tick is None:
            self._view.rest(snapshot)
            return
        live = snapshot.source is not None and snapshot.source.live
        if live and snapshot.planned and snapshot.planned != self._planned:
            self._view.note(tr("Planned today: {routine}").format(routine=tr(snapshot.planned)))
        self._planned = snapshot.planned
        tick = snapshot.tick
        if self._writer is not None:
            self._writer.add(tick.frame.t, tick.pose, tick.frame.problem)
        self._view.show(tick, snapshot.outlook)
        if self._others is not None and (hint := self._others.hint(tick)) is not None:
            self._view.note(hint)

    def _tell(self, what: Happened, live: bool) -> None:
        match what:
            case AlertRaised():
                self._last_alert = what
                self._deliveries.deliver(what.alert)
            case BreakOffered() if live:
                self._view.note(joined(SENTENCES, (tr(what.words.title), tr(what.words.body))))
                self._offer(what.routine)
            case UprightOffered() if live:
                self._view.note(tr(_NEW_PLACE).format(command="posturecam calibrate"))
            case SettingsChanged(keys=keys):
                self._view.follow(self._session.settings)
                self._say_changed(keys)
            case Calibrated(baseline=baseline):
                self._view.follow(self._session.settings, baseline)
                self._view.note(tr(verdict(baseline)))
            case Complaint(text=text):
                log.warning("%s", text)
            case _:
                pass

    def _say_changed(self, keys: frozenset[str]) -> None:
        used = keys - _OF_WINDOWS
        for said, names in ((_CHANGED, used - _AT_THE_START), (_CHANGED_LATER, used & _AT_THE_START)):
            if names:
                self._view.note(tr(said).format(names=", ".join(sorted(names))))

    def _answer(self, response: Response) -> None:
        if self._last_alert is not None:
            self._session.answer(response, self._last_alert)
        if response is Response.STRETCH:
            self._offer(self._session.settings.breaks.routine)

    def _offer(self, routine: str) -> None:
        self._offered, self._routine = True, routine
        way = _BY_KEY if self._keyboard is not None and self._keyboard.able else _BY_COMMAND
        self._view.note(tr(way).format(command=f"posturecam stretch --routine {routine}"))


def _stretch(session: Session, mailbox: Mailbox, steps: Generator[News], routine: str, view: View) -> None:
    """Run the coach on the same camera in between; report its failures, and continue watching."""
    from posturecam.commands.stretch import stretch_within  # imported only if needed

    try:
        stretch_within(session, mailbox, steps, routine, view)
    except PosturecamError as error:
        log.warning("%s", error.text)
