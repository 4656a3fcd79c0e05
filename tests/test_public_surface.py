"""The public API of `import posturecam`; the examples in its docstrings run as printed."""

import doctest
import inspect
import math
import re
import subprocess
import sys
from types import SimpleNamespace

import cv2
import cv2_enumerate_cameras
import pytest
from fakes.camera import FakeCapture
from places import ROOT

import posturecam
from posturecam import errors
from posturecam.vision.sources.clock import SystemClock

EXAMPLES = {
    "the package": posturecam,
    "the errors": errors,
    **{
        name: getattr(posturecam, name)
        for name in ("watch", "analyze", "calibrate", "load_judge", "Settings", "PoseEstimator")
        + ("VideoSource", "CameraSource", "RecordingSource")
    },
}


@pytest.fixture
def clips(tmp_path, monkeypatch):
    """A folder with the sample clips and recordings, in which the examples run."""
    for file in (*ROOT.glob("sample_videos/*.mp4"), *ROOT.glob("tests/data/recordings/*.npz")):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def webcam(monkeypatch):
    """A computer with one camera, which shows a clip: a picture that never changes would count as frozen."""
    found = SimpleNamespace(index=0, name="Webcam", path="/dev/video0", vid=None, pid=None)
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", lambda backend: [found])
    with posturecam.VideoSource(ROOT / "sample_videos" / "desk_front.mp4", end=1.0) as video:
        pictures = [frame.image for frame in video]

    def scene(t):
        return pictures[int(10 * t) % len(pictures)]

    monkeypatch.setattr(cv2, "VideoCapture", lambda index, backend: FakeCapture(SystemClock(), scene))


def examples(name: str, thing: object) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(recurse=False)
    return [test for test in finder.find(thing, name, globs={}) if test.examples]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_in_the_docstring_prints_what_it_says(name, clips, request):
    if name == "CameraSource":
        request.getfixturevalue("webcam")
    (test,) = examples(name, EXAMPLES[name])
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    assert runner.run(test, out=report.append).failed == 0, "".join(report)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_a_calibration_of_no_or_endless_time_is_refused(seconds):
    recording = posturecam.RecordingSource(ROOT / "tests" / "data" / "recordings" / "desk_side.npz")
    with pytest.raises(ValueError, match=f"seconds must be .*, got {seconds}"):
        posturecam.calibrate(recording, lambda frame: None, seconds=seconds)


CALLED = (
    "watch",
    "analyze",
    "calibrate",
    "load_judge",
    "PoseEstimator",
    "VideoSource",
    "CameraSource",
    "RecordingSource",
)


@pytest.mark.parametrize("name", CALLED)
def test_help_explains_every_parameter(name):
    thing = getattr(posturecam, name)
    explained = re.findall(
        r"^    (\w+): ", inspect.getdoc(thing).partition("Args:")[2].partition("\n\n")[0], re.MULTILINE
    )
    assert explained == list(inspect.signature(thing).parameters)


def test_every_public_name_is_there_and_listed():
    for name in posturecam.__all__:
        assert getattr(posturecam, name) is not None
        assert name in dir(posturecam)


def test_every_error_is_public():
    kinds = {
        name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.PosturecamError)
    }
    assert kinds <= set(posturecam.__all__)


def test_a_name_that_is_not_public_is_refused_like_any_other():
    with pytest.raises(AttributeError, match="no attribute 'wach'"):
        _ = posturecam.wach


def test_importing_it_imports_nothing_else():
    code = "import sys; before = set(sys.modules); import posturecam; print(sorted(set(sys.modules) - before - {'importlib'}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"numpy|cv2|mediapipe|pydantic|posturecam\.", said)
