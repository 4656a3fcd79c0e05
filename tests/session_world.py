"""A camera, a clock and a system under the control of a session's test."""

import math
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import tomlkit
from fakes.system import FakeSystem
from places import ROOT

from posturecam.config.files import put, settings_path
from posturecam.config.settings import Settings
from posturecam.errors import CameraError
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.sources.recording import RecordingSource

BEGAN = datetime(2026, 11, 23, 9, 0).astimezone()
TIME_SCALE = 15.0
UPRIGHT_UNTIL, SLUMPED_UNTIL = 6.0, 31.0  # seconds of the clip, see sample_videos/README.md


@cache
def recorded() -> list[Frame]:
    with RecordingSource(ROOT / "tests" / "data" / "recordings" / "desk_front.npz") as source:
        return list(source)


def saved(settings):
    """These settings, in the settings file too, which every session before a camera reads once more after its start."""
    if settings != Settings():
        put(settings_path(), tomlkit.dumps(settings.model_dump(mode="json", exclude_defaults=True)))
    return settings


class Clip(Source):
    """A part of recorded landmarks as a camera, repeated: checks are one pace apart."""

    def __init__(self, world, part=(0.0, math.inf)):
        self.frames = [frame for frame in recorded() if part[0] <= frame.t <= part[1]]
        self.world, self.closed, self.seconds = world, False, 0.2
        self.info = world.info
        self.fails = None
        """Why it gives no more pictures."""

    def __iter__(self):
        while not self.closed:
            for frame in self.frames:
                if self.closed:
                    return
                if self.fails:
                    raise CameraError(self.fails)
                yield self.world.frame(frame, self.seconds)

    def pace(self, seconds):
        self.seconds = seconds

    def close(self):
        self.closed = True


class World:
    """A camera, a clock and a system under the test's control."""

    def __init__(self, rest=0.0):
        self.rest = rest
        """Real seconds that a picture takes, so that other threads get their turn."""
        self.t, self.opened, self.part = 0.0, [], (0.0, UPRIGHT_UNTIL)
        self.info = SourceInfo("Clip", "clip", live=True)
        """What the camera that is there says of itself."""
        self.wall = timedelta()
        """By how much the wall clock was set."""
        self.passed = timedelta()
        """Time that passed without being watched."""
        self.fails = None
        self.go = threading.Event()
        """While it is not set, no picture comes."""
        self.go.set()
        self.system = FakeSystem()

    def frame(self, frame, step):
        self.go.wait(20)
        if self.rest:
            time.sleep(self.rest)
        self.t += step
        pose = None if frame.pose is None else replace(frame.pose, t=self.t)
        return Frame(self.t, recorded=True, pose=pose, problem=frame.problem)

    def open(self, camera, settings):
        if self.fails:
            raise CameraError(self.fails)
        self.opened.append(Clip(self, self.part))
        return self.opened[-1]

    def clock(self):
        return self.t + self.passed.total_seconds()

    def now(self):
        return BEGAN + timedelta(seconds=self.clock()) + self.wall

    def passes(self, **how_long):
        """Let time pass without a check, as when the computer sleeps or nothing is watched."""
        self.passed += timedelta(**how_long)

    def show(self, *part):
        """Show this part of the clip from now on."""
        self.part = part
        if self.opened:
            self.opened[-1].frames = Clip(self, part).frames
