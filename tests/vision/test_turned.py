"""Pictures rotated before anything processes them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from places import ROOT

from posturecam.config.settings import CameraSettings, Settings
from posturecam.errors import SourceError
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.sources import open_source
from posturecam.vision.sources.opencv import frame_of
from posturecam.vision.sources.stills import StillsSource
from posturecam.vision.sources.turned import TurnedSource

PICTURE = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


class Given(Source):
    """Unmodified frames, a recorded pace, and a truncated end."""

    truncated = "the end is missing"

    def __init__(self, *frames):
        self.info = SourceInfo("given", "given", live=True)
        self.frames, self.seconds, self.closed = frames, None, False

    def __iter__(self):
        return iter(self.frames)

    def pace(self, seconds):
        self.seconds = seconds

    def close(self):
        self.closed = True


@pytest.mark.parametrize(("rotate", "turns"), [(0, 0), (90, -1), (180, 2), (270, 1)])
@pytest.mark.parametrize("flip", [False, True])
def test_pictures_are_turned_clockwise_then_mirrored(rotate, turns, flip):
    [frame] = TurnedSource(Given(Frame(1.0, PICTURE)), rotate, flip=flip)
    wanted = np.rot90(PICTURE, turns)
    np.testing.assert_array_equal(frame.image, wanted[:, ::-1] if flip else wanted)
    assert frame.t == 1.0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("flip", [False, True])
def test_the_rotation_for_a_further_turn_gives_the_picture_turned_by_that(rotate, turn, flip):
    source = TurnedSource(Given(Frame(1.0, PICTURE)), rotate, flip=flip)
    [before] = source
    [after] = TurnedSource(Given(Frame(1.0, PICTURE)), source.info.rotation_for(turn), flip=flip)
    np.testing.assert_array_equal(after.image, np.rot90(before.image, -turn // 90))


def test_what_has_no_picture_goes_through():
    [frame] = TurnedSource(Given(Frame(1.0, problem="the camera was unplugged")), 90)
    assert frame.problem == "the camera was unplugged"


@pytest.mark.parametrize("kind", [str, Path])
def test_recorded_landmarks_cannot_be_turned_and_that_is_reported(kind):
    """It names the file, and not the camera from which it was recorded."""
    recording = ROOT / "tests" / "data" / "recordings" / "desk_side.npz"
    with pytest.raises(SourceError, match=r"desk_side\.npz holds landmarks and no pictures to turn"):
        open_source(kind(recording), Settings(), 90)


def test_everything_else_is_that_of_the_source():
    given = Given()
    with TurnedSource(given, 90) as source:
        source.pace(3.0)
        assert (source.info.name, source.info.key, source.info.live) == ("given", "given", True)
        assert (source.truncated, given.seconds) == (given.truncated, 3.0)
    assert given.closed


def test_another_angle_is_refused():
    with pytest.raises(ValueError, match="0, 90, 180 or 270, got 45"):
        TurnedSource(Given(), 45)


def test_a_file_is_turned_only_where_that_is_asked(tmp_path):
    path = tmp_path / "wide.png"
    cv2.imwrite(str(path), PICTURE)
    settings = Settings(camera=CameraSettings(rotate=90))  # for the camera
    assert isinstance(open_source(path, settings), StillsSource)
    [frame] = open_source(path, settings, 270)
    assert frame.image.shape == (3, 2, 3)


def test_a_camera_is_turned_as_the_settings_say_and_a_command_has_the_last_word(monkeypatch):
    from posturecam.vision.sources import camera

    monkeypatch.setattr(camera, "CameraSource", lambda *_: Given(Frame(0.0, PICTURE)))
    settings = Settings(camera=CameraSettings(rotate=90, flip=True))
    [frame] = open_source("", settings)
    np.testing.assert_array_equal(frame.image, np.rot90(PICTURE, -1)[:, ::-1])
    [frame] = open_source("", settings, 0)
    np.testing.assert_array_equal(frame.image, PICTURE[:, ::-1])


def test_a_turned_picture_is_known_at_a_glance_as_it_is_then():
    """So that the background is known with a camera mounted upside down, too."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24] = 200
    [frame] = TurnedSource(Given(frame_of(1.0, picture)), 180)
    assert frame.glance.cells[0, 0] == 0
    assert frame.glance.cells[-1, 0] == 200
