"""Settings and baselines survive hand-editing, damage and a full disk."""

import json
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from posturecam.config import files, settings_file
from posturecam.config.settings import Settings
from posturecam.errors import SettingsError
from posturecam.history import baselines
from posturecam.i18n.languages import LANGUAGES
from posturecam.posture.baseline import Baseline, needed
from posturecam.posture.front.judge import FrontUpright
from posturecam.posture.reasons import Reason, Why, reason_of
from posturecam.posture.view import View


def baseline(camera="usb-1", view=View.FRONT, **other) -> Baseline:
    values = dict.fromkeys(needed(by_angle=view.is_side), 0.58)
    return Baseline(view, camera, "Desk camera", "2026-11-22T10:00:00+00:00", 640, 480, 60, 0.1, values, **other)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_without_a_file_the_defaults_hold():
    assert settings_file.load_settings() == Settings()


def test_the_file_needs_only_what_differs():
    write(settings_file.settings_path(), '[alerts]\ncool_down = 900\nquiet_from = "22:00"\nquiet_until = "07:00"\n')
    settings = settings_file.load_settings()
    assert settings.alerts.cool_down == 900
    assert settings.alerts.quiet_from == time(22)
    assert settings.monitor == Settings().monitor


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[alerts\ncool_down = 1", "is damaged (at line 1, column 8: [alerts); fix it"),
        ("[alerts]\n# late\ncool_down = 1 2\n", "is damaged (at line 3, column 15: cool_down = 1 2)"),
        ("[alerts]\ncool_down = ", "is damaged (at line 2: cool_down =)"),
        ("[camera]\nrotate = 90\nrotate = 90", "is damaged (line 3 sets what is already set: rotate = 90)"),
        ("[camera]\nflip = true\n[camera]\nrotate = 90\n\n", "is damaged (line 3 sets what is already set: [camera])"),
        ("[camera]\ndevice = 'rtsp://me:se/cr@et@cam/1?key=secret", "is damaged (at line 2: device = 'rtsp://cam/1)"),
    ],
)
def test_a_file_that_is_not_toml_is_refused_with_file_place_and_remedy(text, said):
    write(settings_file.settings_path(), text)
    with pytest.raises(SettingsError) as refused:
        settings_file.load_settings()
    assert said in str(refused.value)
    assert "settings.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[camera]\nrotate = 'rtsp://me:secret@cam/1?key=secret'",
            "rotate must be one of: 0, 90, 180, 270; got 'rtsp://cam/1'",
        ),
        ("[monitor]\nmild_seconds = true", "monitor.mild_seconds must be a number, got 'true'"),
        (
            "[monitor]\nmild_seconds = '0,5'",
            "monitor.mild_seconds must be a number with a decimal point, such as 0.5, got '0,5'",
        ),
        ("[quiet]\nwatch_from = 2026-11-30", "quiet.watch_from must be a time such as 22:00, got 2026-11-30"),
        ("[breaks]\nslouches = true", "breaks.slouches must be a whole number, got 'true'"),
        ("[monitor]\nmild_seconds = 'soon'", "monitor.mild_seconds must be a number, got 'soon'"),
        ("[breaks]\nslouches = 1.5", "breaks.slouches must be a whole number, got 1.5"),
        ("[desktop]\ntray = 'maybe'", "desktop.tray must be true or false, got 'maybe'"),
        ("[alerts]\nquiet_from = 'late'", "alerts.quiet_from must be a time such as 22:00, got 'late'"),
        ("[estimator]\nmodel = 'big'", "estimator.model must be one of: lite, full, heavy; got 'big'"),
        ("[desktop]\nalerts = ['bell']", "desktop.alerts must be one of: notification, sound, glow, dim"),
        (
            "[desktop]\nlanguage = 'tlh'",
            f"desktop.language must be one of: {', '.join(LANGUAGES)}, or empty; got 'tlh'",
        ),
        ("camera = 3", "camera must be a group of settings, as in [camera], got 3"),
        ("[alerts]\ncool_down = -5", "alerts.cool_down must be at least 0, got -5"),
        ("[alerts]\ncool_donw = 5", "no setting 'alerts.cool_donw'"),
        ("[alerts]\nexit = 0.5", "no setting 'alerts.exit' (similar: monitor.exit)"),
        (
            "[pace]\nsteady = 6\nalert = 1",
            "monitor.longest_gap (5 s) must be longer than pace.steady and pace.alert (6 s)",
        ),
        (
            "[pace]\nsteady = 1\nalert = 5",
            "monitor.longest_gap (5 s) must be longer than pace.steady and pace.alert (5 s)",
        ),
        ('[estimator]\nmodel = "huge"', "estimator.model"),
        (
            "[monitor]\nmild_seconds = 10",
            "monitor.mild_seconds (10 s) must be at least monitor.moderate_seconds (90 s)",
        ),
        ("[monitor]\nmoderate_seconds = 10\nsevere_seconds = 11", "at least monitor.severe_seconds (11 s)"),
        ("[monitor]\nmoderate = 2\nsevere = 1.9", "monitor.severe (1.9) must be at least monitor.moderate (2)"),
        ("[monitor]\neased = 0.9\naround = 0.85", "monitor.around (0.85) must be at least monitor.eased (0.9)"),
        (
            "[learned]\nneck_change = 9\nsevere_change = 9",
            "learned.severe_change (9°) must be more than learned.neck_change (9°)",
        ),
        ('[monitor]\nmild_seconds = "soon"', "monitor.mild_seconds"),
        ("[monitor]\nmild_seconds = nan", "monitor.mild_seconds"),
    ],
)
def test_a_value_that_cannot_be_used_loses_only_itself_and_is_named_with_file_and_remedy(text, said):
    path = settings_file.settings_path()
    write(path, f"{text}\n[view]\nsettle = 7\n")
    read = settings_file.read_settings()
    assert read.settings == Settings.model_validate({"view": {"settle": 7}})
    assert said in read.ignored
    assert str(path) in read.ignored
    assert read.ignored.endswith("correct it there, or start over with: posturecam settings --reset")
    assert "\n" not in read.ignored
    settings_file.change_settings({"goal.upright": "0.8"})
    assert path.read_text().startswith(f"{text}\n"), "it stays in the file"
    assert settings_file.load_settings() == Settings.model_validate({"view": {"settle": 7}, "goal": {"upright": 0.8}})


OF_A_NEWER_VERSION = """
[alerts]
snooze = 700
hum = true
[estimator]
model = "gigantic"
[mirror]
size = 3
[desktop]
alerts = ["notification", "smell"]
theme = "dark"
[goal]
upright = "most"
"""


def test_a_file_of_a_newer_version_keeps_what_this_one_does_not_know():
    path = settings_file.settings_path()
    write(path, OF_A_NEWER_VERSION)
    read = settings_file.read_settings()
    assert read.settings == Settings.model_validate({"alerts": {"snooze": 700}, "desktop": {"theme": "dark"}})
    assert read.ignored.count(";") == 5, (
        "three of five, how many more, and what to do, since one has a semicolon itself"
    )
    assert "; and 2 more; correct it there" in read.ignored
    assert settings_file.load_or_begin_afresh() == (read.settings, read.ignored)
    settings_file.change_settings({"alerts.snooze": "600", "desktop.theme": ""})
    assert path.read_text() == OF_A_NEWER_VERSION.replace("700", "600").replace('theme = "dark"\n', "")


def test_values_that_cannot_be_used_are_named_in_order_up_to_four_and_each_list_once():
    path = settings_file.settings_path()
    lines = [
        "[alerts]",
        "hum = true",
        "hush = true",
        "[desktop]",
        'alerts = ["smell", "taste"]',
        "[mirror]",
        "size = 3",
    ]
    write(path, "\n".join(lines))
    said = settings_file.read_settings().ignored
    named = ["alerts.hum'", "alerts.hush'", "got 'smell'", "mirror'"]
    assert [said.count(one) for one in named] == [1, 1, 1, 1]
    assert sorted(named, key=said.index) == named
    assert "taste" not in said
    assert " more;" not in said
    write(path, "\n".join([*lines, "[sound]", "volume = 3"]))
    said = settings_file.read_settings().ignored
    assert "got 'smell'; and 2 more; correct it there" in said


@pytest.mark.parametrize("value", ["900", ""])
def test_a_value_that_cannot_be_used_can_be_set_anew_or_back_to_its_default(value):
    write(settings_file.settings_path(), "[alerts]\ncool_down = 'soon'\nsnooze = 700\n[plan]\nremind_from = 99\n")
    changed = settings_file.change_settings({"alerts.cool_down": value})
    assert (changed.alerts.cool_down, changed.alerts.snooze) == (900 if value else Settings().alerts.cool_down, 700)
    assert "remind_from" in settings_file.read_settings().ignored
    assert "cool_down" not in settings_file.read_settings().ignored


def test_a_change_that_does_not_fit_what_is_in_the_file_is_refused_although_other_values_are_wrong():
    write(settings_file.settings_path(), "[alerts]\nsnooze = 'soon'\nquiet_from = '22:00'\n")
    for wrong in ({"pace.steady": "30"}, {"alerts.snooze": "later"}, {"alerts.quiet_until": "22:00"}):
        with pytest.raises(SettingsError, match="Nothing was changed"):
            settings_file.change_settings(wrong)
    settings_file.change_settings({"alerts.quiet_until": "07:00"})
    assert settings_file.load_settings().alerts.quiet_from == time(22)


def test_nothing_is_set_in_what_is_not_a_group():
    write(settings_file.settings_path(), "camera = 3\n")
    with pytest.raises(
        SettingsError, match=r"Nothing was changed: camera must be a group of settings, as in \[camera\]"
    ):
        settings_file.change_settings({"camera.width": "800"})


def test_bytes_that_are_not_text_are_refused():
    settings_file.settings_path().parent.mkdir(parents=True)
    settings_file.settings_path().write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SettingsError, match=r"cannot be read \(it is not text in UTF-8\); save it as UTF-8"):
        settings_file.load_settings()


def test_a_file_with_the_line_ends_of_windows_keeps_them_throughout():
    path = settings_file.settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"# mine\r\n[alerts]\r\ncool_down = 900 # late\r\n\r\n[quiet]\r\nidle_after = 600\r\n")
    settings_file.change_settings({"alerts.snooze": "700", "goal.upright": "0.8"})
    written = path.read_bytes()
    assert b"\r\n[alerts]\r\ncool_down = 900 # late\r\nsnooze = 700\r\n" in written
    assert written.count(b"\n") == written.count(b"\r\n")
    assert settings_file.load_settings().alerts.snooze == 700


@pytest.mark.parametrize(("mistake", "correction"), [("cool_down = soon", "cool_down = 900"), ("[camera", "[camera]")])
def test_settings_that_cannot_be_read_are_set_aside_and_can_be_used_again_as_the_message_says(mistake, correction):
    path = settings_file.settings_path()
    write(path, f"[alerts]\nsnooze = 700\n{mistake}\n")
    settings, complaint = settings_file.load_or_begin_afresh()
    aside = path.with_name("settings.toml.damaged-1")
    assert settings == Settings()
    assert f"It was renamed to {aside}, and the defaults apply." in complaint
    assert complaint.endswith("To use your settings again, fix them there and rename the file back.")
    assert settings_file.load_or_begin_afresh() == (Settings(), None), "said once"
    aside.write_text(aside.read_text().replace(mistake, correction))
    aside.rename(path)
    assert settings_file.load_settings().alerts.snooze == 700


@pytest.mark.smoke
def test_changing_one_setting_keeps_the_users_comments():
    write(settings_file.settings_path(), "# mine\n[alerts]\ncool_down = 900  # a quarter of an hour\n")
    assert settings_file.change_settings({"alerts.snooze": "600"}).alerts.snooze == 600
    text = settings_file.settings_path().read_text()
    assert "# mine" in text
    assert "# a quarter of an hour" in text
    assert settings_file.load_settings().alerts.snooze == 600


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("alerts.nothing", "1", "no setting"),
        ("nothing", "1", "no setting"),
        ("alerts.snooze", "5", "at least 60"),
        ("alerts.snooze", "soon", "soon"),
    ],
)
def test_a_change_that_is_not_allowed_leaves_the_file_alone(key, value, said):
    write(settings_file.settings_path(), "[alerts]\ncool_down = 900\n")
    with pytest.raises(SettingsError, match=said):
        settings_file.change_settings({key: value})
    assert settings_file.settings_path().read_text() == "[alerts]\ncool_down = 900\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("camera.device", "Logitech C920"),
        ("alerts.delivery", '["sound"]'),
        ("alerts.catch_up", "false"),
        ("camera.device", "/dev/video2"),
    ],
)
def test_any_kind_of_value_can_be_set(key, value):
    group, _, name = key.partition(".")
    changed = getattr(getattr(settings_file.change_settings({key: value}), group), name)
    assert changed != getattr(getattr(Settings(), group), name)


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        ("camera.device", "0", "0"),
        ("camera.device", "true", "true"),
        ("alerts.delivery", "sound", ("sound",)),
        ("alerts.delivery", "sound, terminal", ("sound", "terminal")),
        ("alerts.delivery", '"sound"', ("sound",)),
        ("camera.width", "320", 320),
    ],
)
def test_a_value_is_taken_as_its_setting_means_it(key, value, taken):
    group, _, name = key.partition(".")
    settings_file.change_settings({key: value})
    assert getattr(getattr(settings_file.load_settings(), group), name) == taken


HOURS = [("alerts", "quiet_from", "quiet_until"), ("quiet", "watch_from", "watch_until")]
"""The settings that are a span of the day: group, start and end."""


@pytest.mark.parametrize(("group", "start", "end"), HOURS)
@pytest.mark.parametrize("typed", ["22", "22.5", "2200", "22:00Z", "22:00+01:00", "10pm", "24:00", "7:00"])
def test_only_what_a_clock_on_the_wall_shows_is_a_time_of_day(group, start, end, typed):
    with pytest.raises(
        SettingsError, match=rf"{group}\.{start} must be a time such as 22:00, got '?{re.escape(typed)}"
    ):
        settings_file.change_settings({f"{group}.{start}": typed, f"{group}.{end}": "06:00"})
    settings_file.change_settings({f"{group}.{start}": "22:00:30", f"{group}.{end}": "06:00"})
    write(settings_file.settings_path(), f"[{group}]\n{start} = 22:00:00\n{end} = '06:00'\n")
    assert getattr(getattr(settings_file.load_settings(), group), start) == time(22)
    write(settings_file.settings_path(), f"[{group}]\n{start} = 1979-05-27T22:00:00Z\n{end} = '06:00'\n")
    assert "must be a time such as 22:00" in settings_file.read_settings().ignored


def test_a_time_of_day_is_saved_as_every_reader_of_toml_takes_it():
    settings_file.change_settings({"quiet.watch_from": "09:30", "quiet.watch_until": "17:00"})
    saved = tomllib.loads(settings_file.settings_path().read_text())
    assert saved["quiet"] == {"watch_from": time(9, 30), "watch_until": time(17)}


@pytest.mark.parametrize(("group", "start", "end"), HOURS)
def test_settings_that_belong_together_are_set_together(group, start, end):
    settings_file.change_settings({f"{group}.{start}": "22:00", f"{group}.{end}": "07:00"})
    assert getattr(getattr(settings_file.load_settings(), group), end) == time(7)
    with pytest.raises(SettingsError, match=rf"{group}\.{start} and {group}\.{end} must be given together"):
        settings_file.change_settings({f"{group}.{start}": ""})
    settings_file.change_settings({f"{group}.{start}": "", f"{group}.{end}": ""})
    assert settings_file.load_settings() == Settings()


def test_settings_that_must_not_be_less_than_others_may_be_equal_to_them():
    seconds = dict.fromkeys(("mild_seconds", "moderate_seconds", "severe_seconds"), 90)
    equal = {**seconds, "moderate": 2, "severe": 2, "around": 0.9, "eased": 0.9}
    changed = settings_file.change_settings({f"monitor.{name}": str(value) for name, value in equal.items()})
    assert changed == Settings.model_validate({"monitor": equal})


@pytest.mark.parametrize("wrong", [{"alerts.snooze": "5"}, {"alerts.nothing": "1"}])
def test_of_several_changes_all_or_none_are_written(wrong):
    write(settings_file.settings_path(), "[alerts]\ncool_down = 900\n")
    with pytest.raises(SettingsError):
        settings_file.change_settings({"alerts.cool_down": "300", **wrong})
    assert settings_file.settings_path().read_text() == "[alerts]\ncool_down = 900\n"


def test_settings_of_an_earlier_version_that_are_gone_are_ignored():
    write(
        settings_file.settings_path(), "[learned]\nagreement = 0.3\nneck_change = 5.0\n[front]\napproach_high = 1.9\n"
    )
    assert settings_file.load_settings().learned.neck_change == 5.0


@pytest.mark.parametrize("code", ["head_bent", "too_near", "too_far", "uncertain", "contradictory"])
def test_reasons_of_an_earlier_version_that_are_gone_are_read(code):
    assert reason_of({"code": code, "ratio": 1.6}).text == "I cannot see enough of you"


def test_a_reset_keeps_the_old_file_aside():
    write(settings_file.settings_path(), "[alerts]\ncool_down = 900\n")
    aside = settings_file.reset_settings()
    assert aside.read_text() == "[alerts]\ncool_down = 900\n"
    assert settings_file.load_settings() == Settings()
    assert settings_file.reset_settings() is None


def test_baselines_are_kept_per_camera_and_view():
    for one in (baseline(), baseline(view=View.SIDE_LEFT), baseline("usb-2"), baseline(separation=7.0)):
        baselines.save_baseline(one)
    kept = baselines.load_baselines()
    assert len(kept.kept) == 3
    assert kept.of("usb-1")[View.FRONT].separation == 7.0
    assert set(kept.of("usb-1")) == {View.FRONT, View.SIDE_LEFT}
    assert kept.of("unknown") == {}


def test_each_desk_has_its_own_baseline_and_one_of_no_place_makes_way_for_it():
    baselines.save_baseline(baseline(separation=1.0))
    assert baselines.load_baselines().of("usb-1", place="home")[View.FRONT].separation == 1.0
    baselines.save_baseline(baseline(separation=2.0, place="home"))
    baselines.save_baseline(baseline(separation=3.0, place="office"))
    kept = baselines.load_baselines()
    assert len(kept.kept) == 2
    assert kept.of("usb-1", place="home")[View.FRONT].separation == 2.0
    assert kept.of("usb-1", place="office")[View.FRONT].separation == 3.0
    assert kept.of("usb-1", place="train")[View.FRONT].separation == 3.0
    assert kept.of("usb-1")[View.FRONT].separation == 3.0


MOVED = Reason(Why.CAMERA_MOVED, "shoulders")


def test_a_calibration_in_a_terminal_takes_the_place_of_a_desks_that_no_longer_fits():
    old, new = baseline(place="home"), replace(baseline(separation=7.0), made="2026-11-22T11:00:00+00:00")
    baselines.save_baseline(replace(old, outdated=MOVED))
    baselines.save_baseline(new)
    assert baselines.load_baselines().of("usb-1", place="home") == {View.FRONT: new}


def test_another_desks_calibration_does_not_take_the_place_of_one_that_no_longer_fits():
    baselines.save_baseline(baseline(place="home", outdated=MOVED))
    baselines.save_baseline(baseline(place="office"))
    assert baselines.load_baselines().of("usb-1", place="home") == {}


def test_a_baseline_comes_back_as_it_was():
    baselines.save_baseline(baseline(separation=4.25))
    assert baselines.load_baselines().kept == (baseline(separation=4.25),)


def test_an_outdated_baseline_is_kept_but_not_used():
    baselines.save_baseline(baseline(outdated=MOVED))
    kept = baselines.load_baselines()
    assert kept.of("usb-1") == {}
    assert kept.outdated("usb-1").outdated == MOVED
    assert "your shoulders" not in baselines.baselines_path().read_text("utf-8")


@pytest.mark.parametrize(
    "outdated",
    [
        {"code": "camera_moved", "case": "picture", "now": "640×480", "then": "480×640"},
        "the picture is 640×480 now and was 480×640 when you calibrated",
    ],
)
def test_a_baseline_that_was_outdated_by_a_picture_of_another_shape_is_used_again(outdated):
    baselines.save_baseline(baseline())
    path = baselines.baselines_path()
    (old,) = json.loads(path.read_text("utf-8"))
    write(path, json.dumps([{**old, "outdated": outdated}]))
    assert baselines.load_baselines().of("usb-1") == {View.FRONT: baseline()}


def test_a_baseline_that_0_1_found_outdated_still_says_why():
    baselines.save_baseline(baseline())
    path = baselines.baselines_path()
    (old,) = json.loads(path.read_text("utf-8"))
    write(path, json.dumps([{**old, "outdated": "your shoulders are elsewhere"}]))
    kept = baselines.load_baselines()
    assert kept.complaint is None
    assert kept.outdated("usb-1").outdated.text == "your shoulders are elsewhere"


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", '[{"view": "front"}]', "\x00\x01"])
def test_a_damaged_baseline_file_is_set_aside_and_said(damage):
    write(baselines.baselines_path(), damage)
    kept = baselines.load_baselines()
    assert kept.kept == ()
    assert "posturecam calibrate" in kept.complaint
    aside = list(files.home().glob("baselines.json.damaged-*"))
    assert [file.read_text() for file in aside] == [damage]
    baselines.save_baseline(baseline())  # and saving works again
    assert baselines.load_baselines().complaint is None


@pytest.fixture
def partly_damaged():
    """The text of a file with two calibrations, of which the second is damaged, and something of a newer version."""
    baselines.save_baseline(baseline())
    baselines.save_baseline(baseline("usb-2"))
    path = baselines.baselines_path()
    good, bad = json.loads(path.read_text("utf-8"))
    write(path, json.dumps([{**good, "mood": "cheerful"}, {**bad, "width": -1, "camera_name": "Büro"}]))
    return path.read_text("utf-8")


def test_a_damaged_calibration_loses_only_itself_and_is_kept_and_said_once(partly_damaged):
    kept = baselines.load_baselines()
    aside = files.home() / "baselines.json.damaged-1"
    assert kept.kept == (baseline(),)
    assert kept.complaint == (
        "A calibration was damaged and is not used (camera: Büro); a copy of the file is kept as "
        f"{aside}. Calibrate again: posturecam calibrate"
    )
    assert aside.read_text("utf-8") == partly_damaged
    assert baselines.load_baselines() == baselines.Baselines((baseline(),)), "said once"


def test_a_calibration_keeps_what_a_newer_version_has_saved_with_another_one(partly_damaged):
    baselines.save_baseline(baseline("usb-3"))
    first, second = json.loads(baselines.baselines_path().read_text("utf-8"))
    assert (first["camera"], first["mood"], second["camera"]) == ("usb-1", "cheerful", "usb-3")
    aside = files.home() / "baselines.json.damaged-1"
    assert aside.read_text("utf-8") == partly_damaged, "the calibration that was damaged is not lost either"


def test_where_damage_cannot_be_kept_the_others_are_used_and_nothing_is_overwritten(partly_damaged, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        kept = baselines.load_baselines()
        assert kept.kept == (baseline(),)
        assert "A calibration was damaged and is not used (camera: Büro). " in kept.complaint
        assert "the disk is full" in kept.complaint
        with pytest.raises(SettingsError, match="the disk is full"):
            baselines.save_baseline(baseline("usb-3"))
    assert baselines.baselines_path().read_text("utf-8") == partly_damaged
    assert [file.name for file in files.home().iterdir()] == ["baselines.json"]


def test_where_only_the_copy_of_damage_can_be_written_no_copies_pile_up(partly_damaged, monkeypatch):
    move = Path.replace

    def of_new_names_alone(source, target):
        if Path(target) == baselines.baselines_path():
            raise OSError(28, "No space left on device")
        return move(source, target)

    monkeypatch.setattr(Path, "replace", of_new_names_alone)
    for _ in range(3):
        assert baselines.load_baselines().kept == (baseline(),)
    assert baselines.baselines_path().read_text("utf-8") == partly_damaged
    assert [file.name for file in files.home().iterdir()] == ["baselines.json"]


def test_of_damaged_calibrations_that_are_read_while_running_the_file_stays_as_it_is(partly_damaged):
    read = baselines.read_baselines()
    assert read.kept == (baseline(),)
    assert "(camera: Büro); calibrate again: posturecam calibrate" in read.complaint
    assert baselines.baselines_path().read_text("utf-8") == partly_damaged


def test_a_damaged_calibration_is_set_aside_once_by_programs_that_read_it_at_once(partly_damaged):
    with ThreadPoolExecutor(8) as at_once:
        read = list(at_once.map(lambda _: baselines.load_baselines(), range(8)))
    assert all(one.kept == (baseline(),) for one in read)
    assert len([one for one in read if one.complaint]) == 1
    assert len(list(files.home().glob("*.damaged-*"))) == 1


def test_a_second_damage_does_not_overwrite_the_first():
    for damage in ("{1", "{2"):
        write(baselines.baselines_path(), damage)
        baselines.load_baselines()
    assert sorted(file.read_text() for file in files.home().glob("*.damaged-*")) == ["{1", "{2"]


def test_a_full_disk_leaves_the_old_file_and_no_litter(monkeypatch):
    baselines.save_baseline(baseline())

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match="the disk is full"):
        baselines.save_baseline(baseline("usb-2"))
    assert [one.camera for one in baselines.load_baselines().kept] == ["usb-1"]
    assert [file.name for file in files.home().iterdir()] == ["baselines.json"]


def test_a_read_only_home_is_reported_in_one_line(monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(SettingsError, match=r"cannot be written \(permission denied\).*POSTURECAM_HOME"):
        baselines.save_baseline(baseline())


def test_a_home_that_is_a_file_is_reported(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / "file"))
    with pytest.raises(SettingsError, match="cannot be written"):
        baselines.save_baseline(baseline())


def test_of_changes_that_come_at_once_none_is_lost():
    changes = {
        "alerts.snooze": "600",
        "alerts.cool_down": "900",
        "monitor.exit": "0.7",
        "camera.width": "1280",
        "pace.steady": "2",
    }
    settings_file.change_settings({"camera.height": "720"})  # create the folder first
    with ThreadPoolExecutor(len(changes)) as at_once:
        list(at_once.map(lambda change: settings_file.change_settings(dict([change])), changes.items()))
    kept = settings_file.load_settings()
    assert (kept.alerts.snooze, kept.alerts.cool_down, kept.monitor.exit) == (600, 900, 0.7)
    assert (kept.camera.width, kept.pace.steady) == (1280, 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[monitor]\nmild_second = 100", "'monitor.mild_second' (similar: monitor.mild_seconds)"),
        ("mild_seconds = 100", "'mild_seconds' (similar: monitor.mild_seconds)"),
        ("[monitr]\nmild_seconds = 100", "'monitr' (similar: monitor)"),
        ("[no_such_thing_at_all]", "'no_such_thing_at_all';"),
        ("[monitor]\nMILD_SECONDS = 100", "'monitor.MILD_SECONDS' (similar: monitor.mild_seconds)"),
        ("[Alerts]\ncool_down = 100", "'Alerts' (similar: alerts)"),  # there is a setting desktop.alerts as well
    ],
)
def test_a_setting_that_does_not_exist_is_named_with_what_was_probably_meant(text, named):
    write(settings_file.settings_path(), text)
    ignored = settings_file.read_settings().ignored
    assert f"there is no setting {named}" in ignored
    assert str(settings_file.settings_path()) in ignored


def test_a_mistyped_setting_on_the_command_line_is_named_with_what_was_probably_meant():
    with pytest.raises(
        SettingsError, match=r"no setting 'mild_seconds' \(similar: monitor.mild_seconds\); see them all"
    ):
        settings_file.change_settings({"mild_seconds": "5"})


def test_a_group_on_the_command_line_is_named_as_one_with_a_setting_in_it():
    with pytest.raises(SettingsError, match=r"'voice' is a group of settings; name one of them, such as voice\.speech"):
        settings_file.change_settings({"voice": "5"})


@pytest.mark.skipif(sys.platform == "win32", reason="no symbolic links without rights")
def test_settings_that_are_a_link_to_itself_are_not_said_to_be_reset():
    path = settings_file.settings_path()
    path.parent.mkdir(parents=True)
    path.symlink_to(path)
    with pytest.raises(SettingsError, match="points back to itself"):
        settings_file.reset_settings()
    settings, complaint = settings_file.load_or_begin_afresh()
    assert settings == Settings()
    assert "points back to itself" in complaint
    assert "None" not in complaint


NO_REASONS = [
    {"code": "camera_moved", "case": []},
    {"code": "head_turned", "angle": None},
    {"code": "head_turned", "angle": 10**400},
    {"code": "head_turned", "angle": float("inf")},
    {"code": "camera_moved", "case": "picture", "now": {}, "then": "4×3"},
]


@pytest.mark.parametrize("outdated", NO_REASONS)
def test_something_that_is_no_reason_is_damage(outdated):
    with pytest.raises(ValueError, match="reason"):
        reason_of(outdated)
    baselines.save_baseline(baseline())
    (document,) = json.loads(baselines.baselines_path().read_text())
    baselines.baselines_path().write_text(json.dumps([{**document, "outdated": outdated}]))
    assert "was damaged" in str(baselines.load_baselines().complaint)


@pytest.mark.parametrize(
    ("name", "value"), [("distance", 0.0), ("distance", -50.0), ("neck_height", 1e308), ("neck_height_spread", -1.0)]
)
def test_a_baseline_whose_face_makes_no_sense_is_damaged_and_never_judged_by(name, value):
    baselines.save_baseline(baseline(front=FrontUpright(20.0, 60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)))
    (document,) = json.loads(baselines.baselines_path().read_text())
    document["front"][name] = value
    baselines.baselines_path().write_text(json.dumps([document]))
    assert "was damaged" in str(baselines.load_baselines().complaint)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spread", float("nan")),
        ("spread", 10**400),
        ("separation", float("inf")),
        ("width", 10**400),
        ("shoulder_height", float("nan")),
        ("head_roll", -1e308),
    ],
)
def test_an_impossible_number_is_damage_at_once_and_not_only_after_the_next_calibration(name, value):
    baselines.save_baseline(baseline())
    (document,) = json.loads(baselines.baselines_path().read_text())
    (document["values"] if name in document["values"] or name == "head_roll" else document)[name] = value
    baselines.baselines_path().write_text(json.dumps([document]))
    assert "was damaged" in str(baselines.load_baselines().complaint)
    baselines.save_baseline(baseline("usb-2"))
    kept = baselines.load_baselines()
    assert (kept.complaint, [one.camera for one in kept.kept]) == (None, ["usb-2"])


def deny_reading(monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)


def test_a_calibration_never_replaces_others_that_cannot_be_read(monkeypatch):
    baselines.save_baseline(baseline())
    with monkeypatch.context() as denied:
        deny_reading(denied)
        assert "cannot be read (permission denied)" in baselines.load_baselines().complaint
        with pytest.raises(SettingsError, match=r"cannot be read \(permission denied\)"):
            baselines.save_baseline(baseline("usb-2"))
    assert [one.camera for one in baselines.load_baselines().kept] == ["usb-1"]


def test_names_of_desks_may_begin_with_a_byte_order_mark():
    write(baselines.places_path(), '\ufeff{"screens": "Office"}')
    assert baselines.name_place("others", "Home") == "Home"
    assert dict(baselines.place_names()) == {"screens": "Office", "others": "Home"}


def test_a_damaged_name_of_a_desk_loses_only_itself_and_stays_in_the_file_until_that_desk_is_named():
    write(baselines.places_path(), '{"first": 5, "second": "Office", "third": null}')
    assert dict(baselines.place_names()) == {"second": "Office"}
    assert baselines.place_called("office") == "second"
    baselines.name_place("third", "Home")
    assert json.loads(baselines.places_path().read_text("utf-8")) == {"first": 5, "second": "Office", "third": "Home"}


@pytest.mark.parametrize("damage", ['{"screens": "Office",', "[]", ""])
def test_damaged_names_of_desks_are_set_aside_and_said_before_one_is_named(damage):
    write(baselines.places_path(), damage)
    with pytest.raises(
        SettingsError, match=r"was damaged and was renamed to .*places\.json\.damaged-1; name this desk"
    ):
        baselines.name_place("others", "Home")
    assert (files.home() / "places.json.damaged-1").read_text() == damage
    assert baselines.name_place("others", "Home") == "Home"


def test_a_desk_is_not_named_where_the_names_of_the_others_cannot_be_read(monkeypatch):
    baselines.name_place("screens", "Office")
    with monkeypatch.context() as denied:
        deny_reading(denied)
        with pytest.raises(SettingsError, match=r"cannot be read \(permission denied\)"):
            baselines.name_place("others", "Home")
    assert dict(baselines.place_names()) == {"screens": "Office"}


def test_names_given_to_desks_at_once_are_all_kept():
    baselines.name_place("first", "First")  # create the folder first
    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(lambda number: baselines.name_place(f"desk-{number}", f"Desk {number}"), range(8)))
    assert len(baselines.place_names()) == 9


def test_damage_is_said_even_where_the_file_cannot_be_set_aside(monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    write(baselines.baselines_path(), "{")
    monkeypatch.setattr(Path, "replace", denied)
    said = baselines.load_baselines().complaint
    assert f"{baselines.baselines_path()} is damaged. " in said
    assert "cannot be written (permission denied)" in said
