"""`posturecam settings`: what it does besides saving, and files that are not where they should be."""

import inspect
import json

import pytest

from posturecam.config import settings_file
from posturecam.config.settings import Settings
from posturecam.system.autostart import open_autostart

AUTOSTART = "desktop.autostart"


@pytest.fixture
def login(monkeypatch, tmp_path):
    """What the system starts at login, in a folder of this test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return open_autostart()


def test_the_start_at_login_is_switched_on_and_off_in_the_system_too(run, login):
    """When the app starts, what the system has takes precedence: a setting alone was silently taken back."""
    assert run("settings", f"{AUTOSTART}=true")[0] == 0
    assert login.enabled()
    assert run("settings", f"{AUTOSTART}=false")[0] == 0
    assert not login.enabled()
    run("settings", f"{AUTOSTART}=true", "alerts.snooze=700")
    run("settings", f"{AUTOSTART}=")
    assert not login.enabled()


def test_a_reset_switches_the_start_at_login_off(run, login):
    run("settings", f"{AUTOSTART}=true")
    assert run("settings", "--reset")[0] == 0
    assert not login.enabled()


def test_a_refused_change_leaves_the_start_at_login_as_it_was(run, login):
    assert run("settings", f"{AUTOSTART}=true", "alerts.snooze=x")[0] == 6
    assert not login.enabled()


def test_a_start_at_login_that_cannot_be_arranged_is_reported(run, login, tmp_path):
    (tmp_path / "autostart").touch()
    code, out, err = run("settings", f"{AUTOSTART}=true")
    assert (code, out) == (6, "")
    assert "cannot be written" in err


def test_the_list_of_all_settings_says_what_each_group_is_for(run):
    out = "".join(run("settings", "--all")[1].split())
    for name, group in Settings():
        about = inspect.getdoc(group)
        assert about, name
        assert f"[{name}]{''.join(about.split())}" in out


def test_after_a_change_what_else_in_the_file_cannot_be_used_is_reported(run, own_home):
    own_home.mkdir(parents=True)
    (own_home / "settings.toml").write_text("[alerts]\nsnore = 5\n")
    code, out, err = run("settings", "alerts.snooze=700")
    assert (code, out.partition(" is now ")[0]) == (0, "alerts.snooze")
    assert "alerts.snore" in err


def test_a_settings_file_named_in_capitals_is_reported(run, own_home):
    own_home.mkdir(parents=True)
    (own_home / "SETTINGS.TOML").write_text("[alerts]\ncool_down = 900\n")
    if (own_home / "settings.toml").exists():
        pytest.skip("both names are the same file here")
    _, _, err = run("settings", "--json")
    assert "SETTINGS.TOML is ignored, because its name must be settings.toml; rename it" in err
    checks = {one["what"]: one for one in json.loads(run("doctor", "--json")[1])}
    assert "SETTINGS.TOML" in checks["settings"]["detail"]
    (own_home / "settings.toml").touch()
    assert settings_file.read_settings().ignored is None


def test_lines_have_no_spaces_up_to_the_margin(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000000")  # so that no line is wrapped
    for arguments in (("settings",), ("settings", "--all")):
        assert max(map(len, run(*arguments)[1].splitlines())) < 1000


# Single settings, shown.


def test_one_setting_is_shown_by_its_name(run):
    run("settings", "monitor.mild_seconds=90")
    code, out, err = run("settings", "monitor.mild_seconds")
    assert (code, err) == (0, "")
    assert out.startswith("monitor.mild_seconds = 90 s   (5–3600)\n")
    assert "mild slouch" in out
    assert "moderate" not in out


def test_a_group_and_several_settings_are_shown(run):
    listed = json.loads(run("settings", "goal", "alerts.cool_down", "--json")[1])
    assert {one["key"] for one in listed} == {"goal.upright", "goal.least_minutes", "alerts.cool_down"}


def test_a_setting_with_its_value_as_another_word_is_not_taken_for_two_to_show(run):
    for arguments in (("alerts.cool_down", "900"), ("alerts.cool_down", "=", "900"), ("alerts.cool_down", "Stretch")):
        code, out, err = run("settings", *arguments)
        assert (code, out) == (6, "")
        assert "'alerts.cool_down' has no value; write group.name=value" in err


def test_an_unknown_setting_to_show_is_refused_with_a_similar_one(run):
    for arguments in (("alerts.snoze",), ("alerts.cool_down", "alerts.snoze")):
        code, out, err = run("settings", *arguments)
        assert (code, out) == (6, "")
        assert "there is no setting 'alerts.snoze' (similar: alerts.snooze)" in err


# Units.


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("monitor.mild_seconds=2m", "monitor.mild_seconds must be a number, got '2m' (unit: s)"),
        ("monitor.mild_seconds=2", "monitor.mild_seconds must be at least 5, got 2 (unit: s)"),
        ("goal.least_minutes=8 h", "goal.least_minutes must be a number, got '8 h' (unit: min)"),
        ("voice.volume=loud", "voice.volume must be a number, got 'loud'"),
    ],
)
def test_a_refused_number_is_told_its_unit(run, typed, said):
    assert run("settings", typed) == (6, "", f"posturecam: Nothing was changed: {said}\n")
