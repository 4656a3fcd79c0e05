"""While somebody sits still, a live view shows every third picture; anything new is shown at once, and what is decided comes in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from fakes.system import SteppedMonitor
from moments import BASELINE, NOON, UPRIGHT, tick
from session_world import World

from posturecam.config.settings import Settings
from posturecam.history.baselines import Baselines
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import CameBack, Phase
from posturecam.posture.reading import Circumstances
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules.repeats import NOTICED, decides_nothing, repeats
from posturecam.session.runner import Options, Session
from posturecam.vision.frame import Frame, Source, SourceInfo
from posturecam.vision.scene import CELLS, VISIBLE, Glance


def later(seen: Tick, seconds: float = 0.1) -> Tick:
    """A later check that shows the same landmarks."""
    t = seen.frame.t + seconds
    pose = None if seen.pose is None else replace(seen.pose, t=t)
    return replace(seen, frame=replace(seen.frame, t=t, pose=pose), pose=pose)


def test_reused_landmarks_are_shown_every_third_time() -> None:
    seen = tick()
    assert repeats(seen, later(seen))
    assert repeats(seen, later(seen, 0.2))
    assert not repeats(seen, later(seen, 0.3))
    assert not repeats(None, seen)
    assert not repeats(later(seen), seen), "time went back"


@pytest.mark.parametrize(("changed", "waits"), [(0, True), (NOTICED - 1, True), (NOTICED, False)])
def test_a_picture_in_which_much_changed_is_shown_at_once(changed: int, waits: bool) -> None:
    before, after = np.full(CELLS, 100, np.float32), np.full(CELLS, 100, np.float32)
    after.flat[:changed] += VISIBLE
    seen, now = (
        replace(one, frame=replace(one.frame, glance=Glance(one.frame.t, cells, 200.0, 0)))
        for one, cells in ((tick(), before), (later(tick()), after))
    )
    assert repeats(seen, now) is waits


@pytest.mark.parametrize(
    "news",
    [
        {"pose": replace(UPRIGHT, points=UPRIGHT.points - 1)},
        {"pose": None},
        {"state": tick(Phase.DRIFTING).state},
        {"reading": tick(Phase.SLOUCHING).reading},
        {"reading": replace(tick().reading, view=View.FRONT)},
        {"events": (CameBack(1000.1),)},
        {"known": Circumstances(moved=True)},
        {"known": Circumstances(tilt=3.0)},
        {"frame": replace(later(tick()).frame, problem="the camera was unplugged")},
    ],
)
def test_anything_new_is_shown_at_once(news: dict[str, object]) -> None:
    seen = tick()
    assert not repeats(seen, replace(later(seen), **news))


def test_decisions_hold_for_half_a_second_whatever_the_landmarks() -> None:
    seen = tick()
    moved = replace(later(seen, 0.4), pose=replace(UPRIGHT, points=UPRIGHT.points - 1))
    assert decides_nothing(seen, moved)
    assert not decides_nothing(seen, later(seen, 0.5))
    assert not decides_nothing(None, seen)
    assert not decides_nothing(later(seen), seen), "time went back"


@pytest.mark.parametrize(
    "news",
    [
        {"state": tick(Phase.DRIFTING).state},
        {"reading": replace(tick().reading, view=View.FRONT)},
        {"reading": tick(reason=Reason(Why.NO_PERSON)).reading},
        {"events": (CameBack(1000.1),)},
        {"known": Circumstances(moved=True)},
        {"frame": replace(later(tick()).frame, problem="the camera was unplugged")},
    ],
)
def test_another_state_is_decided_upon_at_once(news: dict[str, object]) -> None:
    seen = tick()
    assert not decides_nothing(seen, replace(later(seen), **news))


class _Still(Source):
    """Somebody who sits still for this many pictures, with landmarks reused, and then moves for as many."""

    def __init__(self, world: World, pictures: int) -> None:
        self.info = SourceInfo("desk", "desk", live=False)
        self._world, self._pictures = world, pictures

    def __iter__(self):
        for number in range(2 * self._pictures):
            moved = max(number - self._pictures + 1, 0)
            points = UPRIGHT.points if not moved else UPRIGHT.points - moved
            self._world.t += 0.1
            yield Frame(self._world.t, recorded=True, pose=replace(UPRIGHT, t=self._world.t, points=points))


def shown(previewed: bool, pictures: int, act: Callable[[Session, World], None] = lambda *_: None) -> list[Snapshot]:
    """What a session publishes of somebody who sits still and then moves, with a live view or without one.

    `act` is called after each step.
    """
    world, mailbox = World(), Mailbox()
    session = Session(
        Settings(), mailbox, open_camera=lambda *_: _Still(world, pictures), system=SteppedMonitor(world.system),
        now=lambda: NOON + timedelta(seconds=world.t), clock=world.clock, options=Options(history=False),
        baselines=lambda: Baselines((replace(BASELINE, camera="desk"),)),
    )  # fmt: skip
    session.preview(previewed)
    found = []
    for _ in session.steps():
        snapshot, _events = mailbox.take()
        if snapshot is not None:
            found.append(snapshot)
        if snapshot is not None and snapshot.mode in (Mode.PAUSED, Mode.OFF):
            break
        act(session, world)
    return found


def times(snapshots: list[Snapshot]) -> list[float]:
    """When the pictures that are shown were taken, seconds."""
    return [round(one.tick.frame.t, 1) for one in snapshots if one.tick is not None]


def test_a_live_view_shows_three_pictures_a_second_of_somebody_who_sits_still_and_ten_of_somebody_who_moves() -> None:
    assert times(shown(True, 6)) == [0.1, 0.4, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2]


def test_without_a_live_view_every_check_counts() -> None:
    assert len(times(shown(False, 6))) == 12


def test_a_live_view_counts_the_time_of_sitting_to_half_a_second() -> None:
    live, unseen = ([one for one in shown(view, 20) if one.tick is not None][-1].sitting for view in (True, False))
    assert unseen - 0.5 <= live <= unseen


def test_a_pause_begins_with_the_next_check_of_a_live_view() -> None:
    def act(session: Session, world: World) -> None:
        if round(world.t, 1) == 0.9:
            session.pause()

    assert times(shown(True, 6, act))[-1] <= 1.0


def test_a_locked_screen_ends_a_live_view_within_half_a_second() -> None:
    def act(session: Session, world: World) -> None:
        world.system.set(locked=world.t > 0.85)

    snapshots = shown(True, 20, act)
    assert snapshots[-1].mode is Mode.OFF
    assert times(snapshots)[-1] <= 1.4
