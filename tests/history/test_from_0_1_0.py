"""Data saved by 0.1.0 still loads, and means the same."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from places import ROOT

from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.history.baselines import load_baselines
from posturecam.history.database import history_path
from posturecam.history.models import EventKind
from posturecam.history.records import SittingRecords
from posturecam.posture.loop import watch
from posturecam.posture.monitor import Phase
from posturecam.posture.view import View
from posturecam.vision.sources.recording import RecordingSource

KEPT = ROOT / "tests" / "data" / "from_0_1_0"
RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front_low.npz"


@pytest.fixture(autouse=True)
def home_of_0_1_0(own_home):
    """The test's own folder contains what 0.1.0 left behind."""
    shutil.copytree(KEPT, own_home, ignore=shutil.ignore_patterns("export.json", "README.md"))


def test_its_settings_hold_and_the_others_are_the_defaults():
    own = {
        "alerts": {"cool_down": 900.0}, "quiet": {"idle_after": 600.0}, "desktop": {"language": "de"},
        "monitor": {"mild_seconds": 30.0, "moderate_seconds": 25.0, "severe_seconds": 20.0}, "breaks": {"sitting": 600.0},
    }  # fmt: skip
    assert load_settings() == Settings.model_validate(own)
    change_settings({"alerts.snooze": "600"})
    assert load_settings() == Settings.model_validate(own | {"alerts": {"cool_down": 900.0, "snooze": 600.0}})


def test_its_baseline_is_that_of_its_camera_and_what_it_says_is_the_same():
    (told,) = json.loads((KEPT / "baselines.json").read_text())
    loaded = load_baselines()
    assert loaded.complaint is None
    (baseline,) = loaded.of("clip").values()
    assert baseline.view is View.FRONT
    assert (baseline.camera_name, baseline.made, baseline.samples) == (
        told["camera_name"],
        told["made"],
        told["samples"],
    )
    assert {name.value: value for name, value in baseline.values.items()} == told["values"]


def test_its_baseline_goes_on_judging():
    with RecordingSource(RECORDING) as source:
        ticks = list(watch(source, lambda frame: None, load_baselines().of("clip"), load_settings()))
    upright = [tick for tick in ticks if tick.frame.t < 5.0]
    assert {tick.state.phase for tick in upright} == {Phase.UPRIGHT}
    assert max(tick.reading.deviation.value or 0.0 for tick in ticks) > 1.0


def exported(run, path):
    assert run("history", "--export", path)[0] == 0
    return json.loads(path.read_text("utf-8"))


def test_its_history_is_exported_where_it_cannot_be_brought_up_to_date(run, tmp_path, monkeypatch):
    """As on a full disk: the file is left alone."""
    monkeypatch.setattr("posturecam.history.database.BUSY_SECONDS", 0.05)
    before, kept = json.loads((KEPT / "export.json").read_text("utf-8")), history_path().read_bytes()
    with closing(sqlite3.connect(history_path(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        now = exported(run, tmp_path / "now.json")
    assert now["minutes"] == before["minutes"]
    assert history_path().read_bytes()[100:] == kept[100:]  # the header says that it has a log now


def test_its_history_is_exported_as_it_exported_it(run, tmp_path):
    # The English words for this reason have changed since.
    saved = (KEPT / "export.json").read_text("utf-8").replace("before the time was full", "before time was up")
    before, now = json.loads(saved), exported(run, tmp_path / "now.json")
    assert now["minutes"] == before["minutes"]
    assert now["stretches"] == before["stretches"]
    assert len(now["events"]) == len(before["events"])
    for one, other in zip(now["events"], before["events"], strict=True):
        assert (one["at"], one["kind"]) == (other["at"], other["kind"])
        kept = other.keys() - {"reason", "evidence"}
        assert {name: one[name] for name in kept} == {name: other[name] for name in kept}
        assert (one.get("evidence") or {}).get("points") == (other.get("evidence") or {}).get("points")


def test_the_moment_of_its_alert_is_shown_again():
    with SittingRecords() as records:
        (told,) = [
            event
            for event in records.events(date(2026, 11, 23), date(2026, 11, 23), evidence=True)
            if event.kind is EventKind.SLOUCH_TOLD
        ]
    assert told.evidence is not None
    assert told.evidence.pose() is not None


@pytest.mark.parametrize(
    "damage",
    ["UPDATE stretch_reps SET depth = 1e300 WHERE rep = 1", "UPDATE sessions SET ended = 1e300"],
)
def test_a_stretch_session_that_a_bad_value_hides_from_its_day_is_reported(damage):
    day = date(2026, 11, 28)
    with SittingRecords() as records:
        assert records.day(day).stretches
        assert records.complaints() == []
    with closing(sqlite3.connect(history_path())) as connection:
        connection.execute(damage)
        connection.commit()
    with SittingRecords() as records:
        assert not records.day(day).stretches
        assert [str(line) for line in records.complaints()] == [
            "1 entry of the history makes no sense and was left out"
        ]
        records.day(day)
        assert records.complaints() == []
