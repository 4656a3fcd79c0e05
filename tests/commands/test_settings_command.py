"""`posturecam settings`: what it does besides saving, and files that are not where they should be."""

import json

import pytest

from posturecam.config import settings_file
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


def test_a_name_alone_shows_the_setting_and_changes_nothing(run, own_home):
    """It was refused: one setting could be looked up only among all 200."""
    code, out, _ = run("settings", "alerts.cool_down", "quiet.watch_from")
    assert code == 0
    assert [line.split(" = ")[0] for line in out.splitlines() if " = " in line] == [
        "alerts.cool_down",
        "quiet.watch_from",
    ]
    assert "Source: " in out
    listed = json.loads(run("settings", "quiet", "--json")[1])
    assert len(listed) > 2
    assert {one["key"].partition(".")[0] for one in listed} == {"quiet"}
    assert not (own_home / "settings.toml").exists()


def test_a_name_that_is_no_setting_is_not_shown(run):
    code, out, err = run("settings", "alerts.cooldown")
    assert (code, out) == (6, "")
    assert err.startswith("posturecam: there is no setting 'alerts.cooldown' (similar: alerts.cool_down)")


def test_of_names_and_changes_together_nothing_is_done(run):
    code, _, err = run("settings", "alerts.snooze=700", "alerts.cool_down")
    assert code == 6
    assert "'alerts.cool_down' has no value" in err
    assert json.loads(run("settings", "alerts.snooze", "--json")[1])[0]["value"] == 900


def test_lines_have_no_spaces_up_to_the_margin(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000000")  # so that no line is wrapped
    for arguments in (("settings",), ("settings", "--all")):
        assert max(map(len, run(*arguments)[1].splitlines())) < 1000
