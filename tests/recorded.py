"""Recorded results of the pose model, for tests of what is done with them: the model itself would take seconds for each clip."""

from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import pytest
from places import ROOT

from posturecam.vision.lazy_estimator import LazyEstimator
from posturecam.vision.sources.recording import RecordingSource
from posturecam.vision.sources.video import VideoSource

CLIP = "desk_front"


def key_of(picture):
    """A picture's identity, whatever noise a test adds to the lowest bit; a sixteenth of the pixels is enough to tell all pictures of the clip apart."""
    return hash((picture[::4, ::4] >> 1).tobytes())


@cache
def landmarks_by_picture():
    """Landmarks that the model found in each picture of the clip when it was recorded, keyed by the picture."""
    recording = ROOT / "tests" / "data" / "recordings" / f"{CLIP}.npz"
    with VideoSource(ROOT / "sample_videos" / f"{CLIP}.mp4") as pictures, RecordingSource(recording) as recorded:
        known = [(key_of(shown.image), found.pose) for shown, found in zip(pictures, recorded, strict=True)]
    assert len(dict(known)) == len(known)
    return dict(known)


def found_before(_, frame):
    """The landmarks for this picture of the clip, None if nobody is in it; a KeyError for any other picture."""
    if frame.image is None or not frame.image.any():
        return None
    pose = landmarks_by_picture()[key_of(frame.image)]
    return pose and replace(pose, t=frame.t)


@contextmanager
def recorded_landmarks():
    """In this process, every picture of the clip gets the landmarks recorded for it, and no model is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LazyEstimator, "__call__", found_before)
        yield
