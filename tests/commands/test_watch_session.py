"""Watching in the terminal: the same history, breaks and silence as in the app, on recorded landmarks and a stepped clock."""

import json
import re
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from fakes.system import SteppedMonitor
from moments import BASELINE
from places import ROOT
from session_world import BEGAN, World, saved

from posturecam.commands import watch as command
from posturecam.commands.watch import WatchOptions
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings
from posturecam.errors import ModelError, SettingsError
from posturecam.history.baselines import Baselines, load_baselines, save_baseline
from posturecam.history.database import history_path
from posturecam.history.models import TimeCategory
from posturecam.history.records import SittingRecords
from posturecam.i18n.translate import choose_language
from posturecam.session.guided_calibration import calibrate
from posturecam.session.protocol.command_queue import CommandQueue
from posturecam.session.runner import Session
from posturecam.terminal.watching import rest_text
from posturecam.vision.sources.recording import RecordingSource

RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"


class Told:
    """A screen that performs actions at given times, and Ctrl-C at the end."""

    console = None

    def __init__(self, world, until, at=None):
        self.world, self.until, self.at = world, until, dict(at or {})
        self.notes, self.rests, self.ticks, self.silences = [], [], [], set()
        self.followed = []

    def passes(self):
        for t in [t for t in self.at if self.world.clock() >= t]:
            self.at.pop(t)()
        if self.world.clock() >= self.until:
            raise KeyboardInterrupt

    def show(self, tick, outlook):
        self.ticks.append(tick)
        self.silences.add(outlook.silent)
        self.passes()

    def rest(self, snapshot):
        if (told := rest_text(snapshot)) is not None and told not in self.rests:
            self.rests.append(told)
        self.passes()

    def note(self, text):
        self.notes.append(text)

    def follow(self, settings, baseline=None):
        self.followed.append((settings, baseline))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


@pytest.fixture
def world():
    return World()


@pytest.fixture
def watching(world, monkeypatch):
    """Watch somebody with a known upright posture until a given time; returns what was shown and which alerts were given."""
    alerts = []
    deliveries = SimpleNamespace(responses=list, deliver=alerts.append, close=lambda: None)
    monkeypatch.setattr(command, "open_deliveries", lambda *_: deliveries)
    monkeypatch.setattr(command, "Session", partial(Session, now=world.now, clock=world.clock))
    monkeypatch.setattr(command, "SystemMonitor", lambda system: SteppedMonitor(world.system))
    monkeypatch.setattr(command, "open_source", lambda *_: world.open("", Settings()))
    monkeypatch.setattr(CommandQueue, "wait", lambda queue, seconds: world.passes(seconds=seconds))

    def until(seconds, at=None, settings=None, line=None, **options):
        shown = Told(world, seconds, at)
        source = world.open("", Settings())
        command.run(
            source, Baselines(), saved(settings or Settings()), WatchOptions(**options), show=shown, **line or {}
        )
        return shown, alerts

    return until


def times():
    with SittingRecords() as records:
        return records.day(BEGAN.date()).times


def test_the_time_in_front_of_a_camera_is_kept_in_the_history(watching):
    watching(600.0)
    assert sum(times().of(what) for what in TimeCategory) == pytest.approx(600.0, rel=0.05)


def test_nothing_is_kept_without_a_history(watching):
    watching(60.0, history=False)
    assert not history_path().exists()


def test_of_a_file_nothing_is_kept(run):
    assert run("watch", RECORDING)[0] == 0
    assert not history_path().exists()


def test_a_break_is_offered_after_long_sitting_with_the_way_to_take_it(watching):
    shown, _ = watching(700.0, settings=Settings.model_validate({"breaks": {"sitting": 300.0}}))
    (offer, way) = shown.notes
    assert "5 minutes" in offer
    assert "posturecam stretch --routine desk_break" in way


def test_settings_changed_outside_are_used_and_named_and_those_that_wait_for_the_next_start_too(watching):
    changes = {"monitor.mild_seconds": "100", "alerts.delivery": "terminal"}
    shown, _ = watching(40.0, {10.0: lambda: change_settings(changes)})
    assert shown.notes == [
        "Now using the changed settings: monitor.mild_seconds",
        "These changed settings take effect at the next start: alerts.delivery",
    ]
    assert [settings.monitor.mild_seconds for settings, _ in shown.followed] == [100.0]


def test_settings_that_the_command_line_decides_and_those_of_windows_are_not_said_to_be_in_use(watching, world):
    changes = {"camera.device": "another", "camera.rotate": "90", "desktop.theme": "dark", "desktop.language": "de"}
    shown, _ = watching(40.0, {10.0: lambda: change_settings(changes)}, line={"camera": "Clip", "rotate": 180})
    assert shown.notes == ["These changed settings take effect at the next start: desktop.language"]
    assert len(world.opened) == 1, "the camera stays open"


def test_a_camera_chosen_outside_is_opened_and_named_where_the_command_line_names_none(watching, world):
    changes = {"camera.device": "another", "camera.rotate": "90"}
    shown, _ = watching(40.0, {10.0: lambda: change_settings(changes)})
    assert shown.notes == ["Now using the changed settings: camera.device, camera.rotate"]
    assert len(world.opened) == 2


def test_an_upright_posture_learned_outside_is_used_and_said(watching):
    learned = replace(BASELINE, camera="clip")
    shown, _ = watching(40.0, {10.0: lambda: save_baseline(learned)})
    assert [baseline for _, baseline in shown.followed] == [learned]
    assert len(shown.notes) == 1


def test_a_meeting_silences_the_terminal(watching, world):
    shown, _ = watching(120.0, {0.0: lambda: world.system.set(microphone_held_by=("Meet",))})
    assert "in a meeting" in shown.silences
    assert not watching(240.0, alerts=False)[1]


def test_a_locked_screen_lets_the_camera_go_until_it_is_back(watching, world):
    shown, _ = watching(
        400.0, {100.0: lambda: world.system.set(locked=True), 200.0: lambda: world.system.set(locked=False)}
    )
    assert shown.rests == ["Paused: the screen is locked"]
    assert len(world.opened) == 2
    assert world.opened[0].closed


def test_what_the_first_run_learned_on_a_full_disk_outlasts_a_locked_screen_and_is_saved_as_soon_as_possible(
    watching, world, monkeypatch, caplog
):
    def full(_):
        raise SettingsError("No space left on device")

    def locked_for_a_moment(at):
        return {at: lambda: world.system.set(locked=True), at + 10: lambda: world.system.set(locked=False)}

    learned = calibrate(world.open("", Settings()), lambda _: None)
    said, shown = [], Told(world, 200.0, locked_for_a_moment(50.0))
    monkeypatch.setattr(command, "prepare", lambda _: (Settings(), world.open("", Settings()), Baselines()))
    monkeypatch.setattr(command, "guide", lambda *_: learned)
    monkeypatch.setattr(command, "screen", lambda *_, **__: said.extend(caplog.messages) or shown)
    monkeypatch.setattr(command, "save_baseline", full)
    monkeypatch.setattr("posturecam.session.upright_postures.save_baseline", full)
    command.watch_first_run("")
    assert said == ["No space left on device"]  # before it watches
    assert shown.rests == ["Paused: the screen is locked"]
    assert shown.ticks[-1].reading.compared

    monkeypatch.setattr("posturecam.session.upright_postures.save_baseline", save_baseline)
    shown.until, shown.at = 400.0, locked_for_a_moment(250.0)
    command.watch_first_run("")
    assert load_baselines().kept == (learned,)


def test_why_it_rests_is_explained_in_the_users_language(watching, world):
    choose_language("de")
    shown, _ = watching(100.0, {50.0: lambda: world.system.set(locked=True)})
    assert shown.rests == ["Pausiert: der Bildschirm ist gesperrt"]


@pytest.fixture
def damaged_weights(monkeypatch):
    def load(path=None):
        raise ModelError("The learned estimator is damaged")

    monkeypatch.setattr("posturecam.posture.learned.weights.load_model", load)


SAID = "The learned estimator is damaged. Until then your posture is judged by geometry alone."


def test_without_its_weights_watch_continues_with_geometry_and_says_so(run, damaged_weights, caplog):
    code, out, _ = run("watch", RECORDING, "--json")
    assert (code, caplog.messages) == (0, [SAID])
    with RecordingSource(RECORDING) as source:
        assert len(out.splitlines()) == len(list(source))
    assert any(json.loads(line)["deviation"]["value"] is not None for line in out.splitlines())


def test_without_its_weights_analyze_continues_with_geometry_and_says_so(run, damaged_weights, no_workers, tmp_path):
    code, out, err = run("analyze", RECORDING, "-o", tmp_path, "--no-video", "--no-plot", "--json")
    assert (code, err) == (0, f"posturecam: {SAID}\n")
    (summary,) = json.loads(out)
    assert summary["warnings"] == [SAID]


def test_what_was_seen_in_a_file_has_the_punctuation_of_the_language(run, no_workers, tmp_path):
    run("settings", "desktop.language=zh")
    seen = run("analyze", RECORDING, "-o", tmp_path, "--no-video", "--no-plot")[1].splitlines()[0]
    assert re.match(r"desk_front\.npz  \d+ 秒，.*；端正 \d+%", seen), seen


def test_without_its_weights_a_calibration_is_kept_all_the_same(run, damaged_weights, caplog):
    """Seen obliquely, since in front the face decides whether to caution, and no weights are needed."""
    code, out, _ = run("calibrate", RECORDING.with_name("desk_oblique.npz"), "--seconds", "6")
    assert code == 0
    assert "Learned how you sit upright" in out
    assert "The learned estimator is damaged" in caplog.text
    assert len(load_baselines().kept) == 1


@pytest.mark.usefixtures("kept_models")
def test_the_doctor_names_damaged_weights(damaged_weights):
    from posturecam.commands.doctor import checks

    finding = next(one for one in checks() if one.what == "estimator")
    assert (finding.ok, finding.exit_code) == (False, 0)
    assert "damaged" in finding.detail
