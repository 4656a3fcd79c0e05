"""Writes the pages and pictures that are made from the code: `python docs/build.py`. A test fails when settings.md is out of date."""

from __future__ import annotations

import argparse
import io
import tempfile
from pathlib import Path

import cv2
from rich.console import Console

from posturecam.alerts.policy import PolicyState, decide
from posturecam.alerts.text import describe
from posturecam.analysis.single import analyze
from posturecam.analysis.summary import AnalyzeOptions
from posturecam.coach.library import load_exercise
from posturecam.coach.loop import coach, for_stretching
from posturecam.coach.presentation.coach_picture import coach_picture
from posturecam.coach.presentation.coach_view import ShowState, show
from posturecam.commands.demo import TIME_SCALE, UPRIGHT_SECONDS
from posturecam.commands.settings import markdown
from posturecam.config.resources import demo_video
from posturecam.config.settings import Settings
from posturecam.drawing.annotate import annotate
from posturecam.posture.calibration import learn, sample
from posturecam.posture.loop import watch
from posturecam.terminal.watching import panel
from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources.video import VideoSource

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
SETTINGS = Settings()


def learned():
    """The baseline of the demo clip."""
    with VideoSource(demo_video(), end=UPRIGHT_SECONDS) as clip, LazyEstimator(SETTINGS) as estimator:
        looks = [
            sample(tick.pose, tick.reading.view, tick.reading.measures) if tick.pose else None
            for tick in watch(clip, estimator, {}, SETTINGS)
        ]
        baseline = learn(looks, clip.info.key, clip.info.name, "2026-11-22T10:00:00+00:00", SETTINGS)
    return {baseline.view: baseline}


def the_moment_of_the_alert() -> None:
    """What the window and the terminal show at the alert of the demo."""
    from datetime import datetime

    baselines, policy = learned(), PolicyState()
    clip = VideoSource(demo_video(), rate=10 / TIME_SCALE, time_scale=TIME_SCALE)
    with clip, LazyEstimator(SETTINGS) as estimator:
        for tick in watch(clip, estimator, baselines, SETTINGS):
            policy, alert = decide(policy, tick.state, tick.frame.t, datetime(2026, 11, 22, 10), SETTINGS.alerts)
            if alert is not None:
                words = describe(alert)
                picture = annotate(tick.frame.image, tick, SETTINGS, note=words.body)
                cv2.imwrite(str(IMAGES / "annotated_front.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
                console = Console(record=True, width=88, file=io.StringIO(), force_terminal=True)
                console.print(panel(tick, clip.info, baselines, SETTINGS, [f"{words.title} {words.body}"]))
                console.save_svg(str(IMAGES / "live.svg"), title="posturecam")
                return


def the_plot() -> None:
    """The plot that `posturecam analyze` makes of the demo clip."""
    options = AnalyzeOptions(upright_seconds=UPRIGHT_SECONDS, time_scale=TIME_SCALE, video=False)
    with tempfile.TemporaryDirectory() as folder:
        summary = analyze(demo_video(), Path(folder), options)
        (IMAGES / "plot_front.png").write_bytes((summary.folder / "plot.png").read_bytes())


def the_coach() -> None:
    """What the coach's window shows in the middle of a well-done hold of the sample video."""
    settings, state = for_stretching(SETTINGS), ShowState()
    clip = VideoSource(DOCS.parent / "sample_videos" / "thoracic_stretch.mp4", rate=10, end=15)
    with clip, LazyEstimator(settings, across_room=True) as estimator:
        for tick in coach(clip, estimator, [load_exercise("thoracic_stretch")], settings):
            state, shown = show(state, tick)
            if tick.frame.t >= 14:
                picture = coach_picture(tick, shown, settings)
                cv2.imwrite(str(IMAGES / "coach.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
                return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-pictures", action="store_true", help="write settings.md only")
    chosen = parser.parse_args()
    (DOCS / "settings.md").write_text(markdown(SETTINGS), encoding="utf-8")
    if not chosen.no_pictures:
        IMAGES.mkdir(exist_ok=True)
        the_moment_of_the_alert()
        the_plot()
        the_coach()
