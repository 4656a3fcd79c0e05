"""The coach's words in writing, for people to read: `python -m tools.cues`.

For the sample videos, and for breaks at the desk of somebody who does as told (`tools.obeying`), in every language.
`record` runs the model on the clips once and saves the landmarks in `tests/data/recordings`; `write` runs the coach on
these and writes every word with its time to `tests/data/cues`, which a test compares. Read the diff before committing
it: somebody will hear each line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from posturecam.coach.cues import SayKind
from posturecam.coach.library import load_exercise, pick
from posturecam.coach.loop import CoachTick, coach, for_stretching
from posturecam.config.settings import Settings, VoiceSettings
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View
from posturecam.vision.frame import Frame
from posturecam.vision.pose import Pose
from posturecam.vision.sources.recording import RecordingSource
from posturecam.voice.speaking_time import speaking_time
from tools.obeying import ObeyingUser, poses_of

ROOT = Path(__file__).parents[1]
CLIPS = {
    "thoracic_stretch": "thoracic_stretch",
    "thoracic_stretch_far": "thoracic_stretch",
    "childs_pose": "childs_pose",
    "childs_pose_far": "childs_pose",
    "neck_side_bend": "upper_trapezius",
}
"""Sample videos and the exercise in each."""
BREAKS = tuple((language, minutes) for language in LANGUAGES for minutes in (1, 3, 5))
"""Languages and minutes of breaks at the desk."""
IN_BREAKS = "karl"
"""The rendered person who takes them."""
RATE = 5.0
"""Checks per second."""

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def recording(clip: str) -> Path:
    """The file with a clip's landmarks."""
    return ROOT / "tests" / "data" / "recordings" / f"stretch_{clip}.npz"


def written(clip: str) -> Path:
    """The file with the words for a clip."""
    return ROOT / "tests" / "data" / "cues" / f"{clip}.txt"


def said(clip: str) -> str:
    """Every word for a clip, one line each: its time in seconds, the phase, and the words; the numbers of a count share a line."""
    with RecordingSource(recording(clip)) as source:
        exercise = load_exercise(CLIPS[clip]).with_dose(reps=1 if clip != "thoracic_stretch" else None)
        return "".join(_lines(list(coach(source, _no_model, [exercise], for_stretching(Settings())))))


def said_in_break(language: str, minutes: int) -> str:
    """The same for a break in front of a frontal camera, in this language."""
    choose_language(language)
    speaking = speaking_time(VoiceSettings(), language, tr)
    user = ObeyingUser(poses_of(IN_BREAKS))
    exercises = pick(View.FRONT, minutes, speaking=speaking)
    ticks = []
    for tick in coach(user, _no_model, exercises, for_stretching(Settings()), paced=True, speaking=speaking):
        user.hear(tick)
        ticks.append(tick)
    return "".join(_lines(ticks))


def written_of_break(language: str, minutes: int) -> Path:
    """The file with the words for a break."""
    return written(f"break_{minutes}_{language}")


def _lines(ticks: list[CoachTick]) -> Iterator[str]:
    count: list[str] = []
    for tick in ticks:
        if tick.say is None:
            continue
        if tick.say.kind is SayKind.COUNT:
            count.append(tick.say.text)
            continue
        if count:
            yield f"{'':7}{'':11}{' '.join(count)}\n"
            count = []
        yield f"{tick.frame.t:6.1f} {tick.state.phase.value:10} {tr(tick.say.text)}\n"
    if count:
        yield f"{'':7}{'':11}{' '.join(count)}\n"


def _no_model(frame: Frame) -> Pose | None:
    raise AssertionError("recorded landmarks need no model")


@app.command()
def record() -> None:
    """Run the model on the clips, and save the landmarks."""
    from posturecam.vision.lazy_estimator import LazyEstimator
    from posturecam.vision.sources.recording import RecordingWriter
    from posturecam.vision.sources.video import VideoSource

    settings = for_stretching(Settings())
    for clip in CLIPS:
        with (
            VideoSource(ROOT / "sample_videos" / f"{clip}.mp4", rate=RATE) as source,
            LazyEstimator(settings, across_room=True) as estimator,
            RecordingWriter(recording(clip), source.info, settings.estimator.model) as kept,
        ):
            for frame in source:
                kept.add(frame.t, estimator(frame))
        print(recording(clip))


@app.command()
def write() -> None:
    """Write the words for the recorded landmarks, and for the breaks."""
    for clip in CLIPS:
        written(clip).parent.mkdir(parents=True, exist_ok=True)
        written(clip).write_text(said(clip), encoding="utf-8")
        print(written(clip))
    for kind in BREAKS:
        written_of_break(*kind).write_text(said_in_break(*kind), encoding="utf-8")
        print(written_of_break(*kind))


if __name__ == "__main__":
    app()
