"""What the desktop app costs compared with the bare loop: time to start, processor time hidden and shown, and memory.

`benchmarks/README.md` says what the figures mean. Exits with 1 if the aim is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import program

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `posturecam` does, for all ways alike

import psutil  # type: ignore[import-untyped]

from posturecam.config.limits import pool_freed_memory

pool_freed_memory()  # this too

AIM = 1.10
"""Hidden, the app may cost this many times as much as the bare loop, at the same pace on the same pictures."""
AIM_TRAY, AIM_PICTURE, AIM_SHOWN, AIM_MEMORY = 0.6, 1.2, 1.2, 350.0
"""Further aims: seconds to the tray icon, the first picture and the live view as multiples of the bare loop's, resident
MB."""

_CLIP = Path(__file__).parents[1] / "sample_videos" / "desk_front.mp4"
_WAYS = {
    "bare": "the bare loop",
    "hidden": "the app, hidden",
    "bare preview": "the bare loop, 10 looks/s",
    "shown": "the app, live view shown",
}
"""All of a scene run at once, so that other load on the machine affects all alike; each is paired with the one before it."""
_LIVE = ("bare preview", "shown")
_BENDS = (16.2, 19.8)
"""Seconds of the sample clip between which somebody slumps; before that they sit upright."""
_MEASURED_ALWAYS = "[estimator]\nhold = 0.0\n"
"""Settings with which every look calls the model."""
_SETTINGS = """
[quiet]
when_locked = false
idle_after = 0.0
meeting = false
do_not_disturb = false
[desktop]
tray = false
"""
_SETTLED = 15.0
"""Seconds of watching before measuring begins: until the user is settled, see `follow.settle_after` and
`follow.search_interval`."""
_POLL = 0.01


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """What one way of watching cost."""

    way: str
    wall: float
    process: float
    """Processor seconds of all threads."""
    looks: int
    memory: float
    """Resident MB at the end."""

    @property
    def share(self) -> float:
        """Share of one core."""
        return self.process / self.wall


@dataclasses.dataclass(frozen=True, slots=True)
class Start:
    """Seconds since the process was started; medians."""

    icon: float
    """Until the small window, which stands in for the tray icon here, is painted."""
    answer: float
    """Until the app answers on its socket."""
    picture: float
    """Until its window shows the first picture, not judged yet."""
    looks: float
    """Until it has judged its first picture; without a window."""
    bare: float
    """Until the bare loop has judged its first picture."""


# One way of watching, in a process of its own.


def _watch_bare(video: Path, preview: bool) -> None:
    from posturecam.config.settings_file import load_settings
    from posturecam.history.baselines import load_baselines
    from posturecam.posture.learned.weights import judge_or_geometry
    from posturecam.posture.loop import watch
    from posturecam.session.inputs.paced_source import PREVIEW_SECONDS, PacedSource
    from posturecam.vision.lazy_estimator import LazyEstimator
    from posturecam.vision.sources.looped import LoopedSource

    settings, looped = load_settings(), LoopedSource(video)
    source = PacedSource(looped, lambda seconds: min(seconds, PREVIEW_SECONDS) if preview else seconds)
    meter = _Meter(looped.close)
    with LazyEstimator(settings) as estimator:
        baselines, judge = load_baselines().of(looped.info.key), judge_or_geometry(settings, print)
        for _ in watch(source, estimator, baselines, settings, judge):
            meter.look()


def _watch_in_app(video: Path, shown: bool) -> None:
    from posturecam.config.settings_file import load_settings
    from posturecam.desktop.shell.app import App
    from posturecam.desktop.shell.bridge import Bridge
    from posturecam.desktop.shell.qt_startup import make_application
    from posturecam.session.engine import Engine
    from posturecam.session.inputs.video_camera import VideoCamera
    from posturecam.vision.frame import Frame
    from posturecam.vision.lazy_estimator import LazyEstimator
    from posturecam.vision.pose import Pose

    settings, film = load_settings(), VideoCamera(video)
    application = make_application(settings.desktop)
    bridge = Bridge()
    engine = Engine(settings, bridge.mailbox, open_camera=film.open, now=film.now, clock=film.clock, adapt=film.adapt)
    meter, find = _Meter(engine.quit), LazyEstimator.__call__

    def counting(estimator: LazyEstimator, frame: Frame) -> Pose | None:
        found = find(estimator, frame)
        meter.look()  # here, because not every look is published while somebody sits still
        return found

    LazyEstimator.__call__ = counting  # type: ignore[method-assign, assignment]
    App(application, bridge, engine, real_camera=False).run(minimized=not shown)


def _show_icon(video: Path) -> None:
    """The app as it is started at login; says when its small window has been painted."""

    def patch(status_window: Any) -> None:
        window_type = status_window.SmallWindow
        event, painted = window_type.event, False

        def handling(window: Any, what: Any) -> bool:
            nonlocal painted
            done = bool(event(window, what))
            if what.type() is what.Type.Paint and not painted:
                painted = True
                print("icon", flush=True)
            return done

        window_type.event = handling

    _once_imported("posturecam.desktop.shell.status_window", patch)
    _start("desktop", str(video), "--minimized")


def _show_first_picture(video: Path) -> None:
    """The app as it is started from a menu; says when its window has painted the first picture."""

    def patch(figure_view: Any) -> None:
        view_type = figure_view.FigureView
        paint, painted = view_type.paintEvent, False

        def painting(view: Any, event: Any) -> None:
            nonlocal painted
            paint(view, event)
            if view.figure.image is not None and not painted:
                painted = True
                print("picture", flush=True)

        view_type.paintEvent = painting

    _once_imported("posturecam.desktop.pictures.figure_view", patch)
    _start("desktop", str(video))


def _once_imported(name: str, patch: Callable[[Any], None]) -> None:
    """Change a module as soon as the app has imported it. Imported here, it would bring Qt before the app has put off collecting garbage."""

    class Finder:
        @staticmethod
        def find_spec(wanted: str, path: Any = None, target: Any = None) -> Any:
            spec = PathFinder.find_spec(wanted, path, target) if wanted == name else None
            if spec is None or spec.loader is None:
                return None
            execute = spec.loader.exec_module

            def execute_and_patch(module: Any) -> None:
                execute(module)
                patch(module)

            spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
            return spec

    sys.meta_path.insert(0, Finder)


def _start(*arguments: str) -> None:
    from posturecam.__main__ import main as posturecam

    sys.argv = ["posturecam", *arguments]
    posturecam()


class _Meter:
    """Reports when it is ready, waits for the start command, measures, and ends what is measured."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._looks = 0
        self._first = 0.0

    def look(self) -> None:
        """Count one check."""
        self._looks += 1
        if self._looks == 1:
            print("first", flush=True)
            threading.Thread(target=self._measure, daemon=True).start()

    def _measure(self) -> None:
        time.sleep(_SETTLED)
        print("ready", flush=True)
        seconds = float(sys.stdin.readline() or 0)
        wall, process, looks = time.monotonic(), time.process_time(), self._looks
        time.sleep(seconds)
        wall, process, looks = time.monotonic() - wall, time.process_time() - process, self._looks - looks
        print(json.dumps([wall, process, looks, psutil.Process().memory_info().rss / 1e6]), flush=True)
        self._end()


# All ways at once.


def _spawn(way: str, video: Path, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, "--way", way, "--video", str(video)],
        env=os.environ | {"POSTURECAM_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"one way of watching ended with {process.wait()}")
    return line


def measure_costs(
    video: Path, homes: Path, seconds: float, ways: Iterable[str] = _WAYS, settings: str = ""
) -> list[Cost]:
    """Run these ways for this many seconds, all at the same time, with these further settings."""
    homes.mkdir()
    with contextlib.ExitStack() as stack:
        running = {}
        for way in ways:
            home = _home(homes / way.replace(" ", "-"), video, settings)
            process = stack.enter_context(_spawn(way, video, home))
            stack.callback(process.kill)
            running[way] = process
        for process in running.values():
            assert [_line(process), _line(process)] == ["first\n", "ready\n"]
        for process in running.values():
            assert process.stdin is not None
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
        return [Cost(way, *json.loads(_line(process))) for way, process in running.items()]


def measure_starts(video: Path, homes: Path, repeat: int) -> Start:
    """How soon the app is there, and the bare loop, in turns."""
    found = []
    for number in range(repeat + 1):
        home = _home(homes / f"start-{number}", video)
        bare, icon, picture = (_until_line(way, video, home) for way in ("bare", "icon", "first picture"))
        answer, looks = _start_app(video, home)
        found.append((icon, answer, picture, looks, bare))
    return Start(*(statistics.median(column) for column in zip(*found[1:], strict=True)))  # the first warms up the disk


def _until_line(way: str, video: Path, home: Path) -> float:
    began = time.monotonic()
    process = _spawn(way, video, home)
    try:
        _line(process)
        return time.monotonic() - began
    finally:
        process.kill()
        process.communicate()


def _start_app(video: Path, home: Path) -> tuple[float, float]:
    from posturecam.desktop.shell.single_instance import ask

    os.environ["POSTURECAM_HOME"] = str(home)
    began, answered = time.monotonic(), 0.0
    command = [sys.executable, "-m", "posturecam", "desktop", str(video), "--minimized"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            answer = ask("status")
            if answer is not None and not answered:
                answered = time.monotonic() - began
            if answer is not None and answer.get("sign") not in (None, "busy"):
                return answered, time.monotonic() - began
            if process.poll() is not None:
                raise RuntimeError(f"the app ended with {process.returncode}")
            time.sleep(_POLL)
    finally:
        ask("quit")
        process.wait(30)


# The scene.


def to_and_fro(video: Path, path: Path, start: float, end: float) -> Path:
    """The part of a clip between these seconds, played forward and backward, so that it can be repeated without a jump."""
    import cv2
    from clips import load

    pictures = [frame.image for frame in load(video, end) if frame.image is not None and frame.t >= start]
    height, width = pictures[0].shape[:2]
    _SCENES[path] = video
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (width, height))
    for picture in (*pictures, *pictures[-2:0:-1]):
        writer.write(picture)
    writer.release()
    return path


def _home(folder: Path, video: Path, settings: str = "") -> Path:
    """Settings, and the baseline of the person in the clip."""
    from posturecam.history.baselines import save_baseline

    folder.mkdir()
    (folder / "settings.toml").write_text(_SETTINGS + settings)
    os.environ["POSTURECAM_HOME"] = str(folder)
    save_baseline(dataclasses.replace(_learned(_SCENES[video]), camera=video.name))
    return folder


_SCENES: dict[Path, Path] = {}
"""The clip from which each scene was made."""


@functools.cache
def _learned(clip: Path) -> Any:
    from clips import UPRIGHT_UNTIL, learn_upright, load

    from posturecam.config.settings import Settings

    (baseline,) = learn_upright(load(clip, UPRIGHT_UNTIL), Settings()).values()
    return baseline


def _lines(start: Start, costs: list[Cost], others: Mapping[str, list[Cost]]) -> Iterator[str]:
    yield "seconds from the start of the process"
    yield f"  the app's icon is there after {start.icon:.2f} (aim {AIM_TRAY}); it answers after {start.answer:.2f}, shows its first picture after {start.picture:.2f} and has judged it after {start.looks:.2f}"
    yield f"  the bare loop has judged its first picture after {start.bare:.2f}: shown ÷ bare {start.picture / start.bare:.2f} (aim {AIM_PICTURE})"
    yield f"{'':28} % of a core  looks/s  ms a look  resident MB"
    yield from map(_line_of, costs)
    yield f"hidden ÷ bare: {costs[1].share / costs[0].share:.3f}; aim: at most {AIM:.2f}: {'met' if _met(costs) else 'MISSED'}"
    yield f"shown ÷ bare at as many looks: {_live_ratio(costs):.2f} (aim {AIM_SHOWN}); memory: aim {AIM_MEMORY:.0f} MB"
    for scene, found in others.items():
        yield scene
        yield from map(_line_of, found)
        yield f"shown ÷ bare at as many looks: {_live_ratio(found):.2f} (aim {AIM_SHOWN})"


def _line_of(cost: Cost) -> str:
    looks = max(cost.looks, 1)
    return (
        f"{_WAYS[cost.way]:28} {100 * cost.share:11.2f}  {cost.looks / cost.wall:7.2f}  "
        f"{1000 * cost.process / looks:9.1f}  {cost.memory:11.0f}"
    )


def _live_ratio(costs: Sequence[Cost]) -> float:
    """What a look costs with the live view shown, divided by what it costs in the bare loop that looks as often."""
    bare, shown = costs[-2:]
    return shown.process / max(shown.looks, 1) / (bare.process / max(bare.looks, 1))


def _record(cost: Cost) -> dict[str, Any]:
    return dataclasses.asdict(cost) | {"share": cost.share}


def _met(costs: list[Cost]) -> bool:
    return costs[1].share <= AIM * costs[0].share


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--video", type=program.existing_file, default=_CLIP, help="a clip that begins with 6 s of sitting upright"
    )
    parser.add_argument(
        "--seconds", type=program.above_zero, default=180.0, help="of watching that count (default %(default)s)"
    )
    parser.add_argument(
        "--repeat", type=program.at_least_one, default=5, help="starts that count (default %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--way", choices=[*_WAYS, "icon", "first picture"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way in ("hidden", "shown"):
        _watch_in_app(arguments.video, arguments.way == "shown")
        return 0
    if arguments.way == "icon":
        _show_icon(arguments.video)
        return 0
    if arguments.way == "first picture":
        _show_first_picture(arguments.video)
        return 0
    if arguments.way:
        _watch_bare(arguments.video, arguments.way == "bare preview")
        return 0
    from clips import UPRIGHT_UNTIL

    with tempfile.TemporaryDirectory() as folder:
        steady = to_and_fro(arguments.video, Path(folder) / "steady.mp4", 0.0, UPRIGHT_UNTIL)
        moving = to_and_fro(_CLIP, Path(folder) / "moving.mp4", *_BENDS)
        start = measure_starts(steady, Path(folder), arguments.repeat)
        costs = measure_costs(steady, Path(folder) / "still", arguments.seconds)
        short = arguments.seconds / 3
        others = {
            "somebody who moves all the time": measure_costs(moving, Path(folder) / "moving", short, _LIVE),
            "somebody who sits still, no landmarks reused": measure_costs(
                steady, Path(folder) / "measured", short, _LIVE, _MEASURED_ALWAYS
            ),
        }
    if arguments.json:
        records = {scene: [_record(cost) for cost in found] for scene, found in {"still": costs, **others}.items()}
        print(json.dumps({"start": dataclasses.asdict(start), "cost": records, "met": _met(costs)}, indent=2))
    else:
        print(*_lines(start, costs, others), sep="\n")
    return 0 if _met(costs) else 1


if __name__ == "__main__":
    program.run(main)
