"""`posturecam watch`, and `posturecam` by itself: the loop with alerts, a screen and the saved baseline."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from posturecam.alerts import Deliveries, PolicyState, Response, decide, open_deliveries, outlook, respond
from posturecam.commands.calibrate import guide, print_caution
from posturecam.commands.shared import log, prepare
from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused, PosturecamError, SettingsError
from posturecam.history.baselines import mark_outdated, save_baseline
from posturecam.i18n.message import Message
from posturecam.i18n.translate import tr
from posturecam.posture.baseline import Baseline
from posturecam.posture.learned.weights import load_judge
from posturecam.posture.loop import Estimator, Tick, watch
from posturecam.posture.monitor import BaselineOutdated
from posturecam.posture.view import View
from posturecam.session.guided_calibration import verdict
from posturecam.terminal.keyboard import Keyboard
from posturecam.terminal.watching import Screen, screen
from posturecam.vision.frame import Source
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources import RecordingWriter
from posturecam.vision.sources.clock import local_now

if TYPE_CHECKING:
    from posturecam.commands.camera_check import OtherCameras

BREAK = "desk_break"
"""The routine that "Stretch now" leads to."""
STRETCH = (
    f"A stretch: {{how}} posturecam stretch --routine {BREAK}. Stop if anything hurts, goes numb or makes you dizzy."
)
"""What "Stretch now" says; how it is begun depends on whether there is a keyboard."""
_BY_KEY, _BY_COMMAND = "press s to begin it here, or run in another terminal:", "end this with Ctrl-C and run:"


def watch_source(
    what: str,
    *,
    as_json: bool,
    record: Path | None,
    alerts: bool,
    rate: float,
    realtime: bool,
    rotate: int | None = None,
) -> None:
    """Watch a source to its end, or until Ctrl-C, which is the normal end of watching a camera.

    Raises:
        PosturecamError: if the source, the settings, the model or the recording cannot be used.
    """

    def watched() -> bool:
        settings, source, baselines = prepare(what, rate=rate, realtime=realtime, rotate=rotate)
        with source, LazyEstimator(settings) as estimator:
            known = baselines.of(*source.info.keys)
            outdated = baselines.outdated(*source.info.keys)
            if outdated is not None and not known:
                log.warning(
                    "%s", Message("The baseline no longer fits ({why}); run: posturecam calibrate", why=_why(outdated))
                )
            return run(source, estimator, known, settings, as_json=as_json, record=record, alerts=alerts)

    while watched():
        stretch_now(what)


def watch_first_run(camera: str) -> None:
    """Watch the default camera; where it has no baseline yet, learn one first.

    Raises:
        PosturecamError: if the camera, the settings or the model cannot be used.
        CalibrationRefused: where the posture cannot be learned and nobody is there to try again.
    """

    def watched() -> bool:
        settings, source, baselines = prepare(camera)
        with source, LazyEstimator(settings) as estimator:
            known = baselines.of(*source.info.keys)
            if not known:
                baseline = _learn_first(source, estimator, settings, baselines.outdated(*source.info.keys))
                known = {baseline.view: baseline}
            return run(source, estimator, known, settings, as_json=False, record=None, alerts=True)

    while watched():
        stretch_now(camera)


def stretch_now(camera: str) -> None:
    """The coach on the same camera, in between; what goes wrong with it is said, and watching goes on."""
    from posturecam.commands.stretch import stretch  # only who stretches pays for its imports

    try:
        stretch("", routine=BREAK, source=camera, as_json=False)
    except PosturecamError as error:
        log.warning("%s", error.text)
    Console().print("Back to watching how you sit.")


def _learn_first(source: Source, estimator: Estimator, settings: Settings, before: Baseline | None) -> Baseline:
    console, name = Console(), source.info.name
    if before is None:
        hello = Message(
            "Hello. First I learn how you sit upright in front of {camera}. No picture is kept.", camera=name
        )
    else:
        hello = Message(
            "I learn again how you sit upright in front of {camera}, because the last baseline no longer fits: {why}.",
            camera=name,
            why=_why(before),
        )
    console.print(Text(tr(hello)))
    while True:
        try:
            baseline = guide(source, estimator, settings, console)
        except CalibrationRefused as refusal:
            if not sys.stdin.isatty():
                raise
            console.print(Text(f"{tr(refusal.text)}\n{tr('Press Enter to try again, or Ctrl-C to stop.')}"))
            input()
            continue
        console.print(Text(tr(verdict(baseline))))
        print_caution(console, baseline, settings)
        try:
            save_baseline(baseline)
        except SettingsError as error:  # it still serves until the end of this run
            log.warning("%s", error.text)
        return baseline


def _why(outdated: Baseline) -> str:
    return "" if outdated.outdated is None else outdated.outdated.text


def run(
    source: Source,
    estimator: Estimator,
    baselines: dict[View, Baseline],
    settings: Settings,
    *,
    as_json: bool = False,
    record: Path | None = None,
    alerts: bool = True,
    show: Screen | None = None,
) -> bool:
    """The loop with everything around it: the screen, alerts, a recording, and baselines that no longer fit.

    Returns whether it ended for the user to stretch, which a terminal's keyboard offers once an alert was answered so.
    """
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(RecordingWriter(record, source.info, settings.estimator.model)) if record else None
        view = stack.enter_context(show or screen(source.info, baselines, settings, as_json=as_json))
        names: Iterable[str] = (
            settings.alerts.delivery if alerts and source.info.live else ("terminal",) if alerts else ()
        )
        deliveries = stack.enter_context(contextlib.closing(open_deliveries(names, view.console)))
        stack.enter_context(contextlib.suppress(KeyboardInterrupt) if source.info.live else contextlib.nullcontext())
        keyboard = stack.enter_context(Keyboard()) if source.info.live and not as_json and record is None else None
        by_key = keyboard is not None and keyboard.able
        others = _other_cameras(source, settings)
        policy, held, offered = PolicyState(), None if alerts else "no alerts were asked for", False
        for tick in watch(source, estimator, baselines, settings, load_judge(settings)):
            if writer is not None:
                writer.add(tick.frame.t, tick.pose, tick.frame.problem)
            for response in deliveries.responses():
                policy = respond(policy, response, tick.frame.t)
                if response is Response.STRETCH:
                    offered = True
                    view.note(STRETCH.format(how=_BY_KEY if by_key else _BY_COMMAND))
            if others is not None and (hint := others.hint(tick)) is not None:
                view.note(hint)
            policy = _show_and_tell(policy, tick, deliveries, view, settings, held)
            if source.info.live:
                _forget_outdated(tick, baselines)
            if keyboard is not None and "s" in keyboard.pressed().lower() and offered:
                return True
    return False


def _other_cameras(source: Source, settings: Settings) -> OtherCameras | None:
    """Who looks at other cameras where nobody is seen by this one; None for a file."""
    if not source.info.live:
        return None
    from posturecam.commands.camera_check import OtherCameras  # who replays recordings needs no model

    return OtherCameras(source.info, settings)


def _show_and_tell(
    policy: PolicyState, tick: Tick, deliveries: Deliveries, view: Screen, settings: Settings, held: str | None
) -> PolicyState:
    t, now = tick.frame.t, local_now()
    policy, alert = decide(policy, tick.state, t, now, settings.alerts, held=held)
    view.show(tick, outlook(policy, tick.state, t, now, settings, held=held))
    if alert is not None:
        deliveries.deliver(alert)
    return policy


def _forget_outdated(tick: Tick, baselines: dict[View, Baseline]) -> None:
    """Keep it on record that a live camera was moved, so that the next start asks for a new baseline."""
    for event in tick.events:
        if isinstance(event, BaselineOutdated) and event.view in baselines:
            try:
                mark_outdated(baselines[event.view], event.reason)
            except SettingsError as error:
                log.warning("%s", error.text)
